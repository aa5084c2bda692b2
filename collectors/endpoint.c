#include "collectors/endpoint.h"

#include <stdio.h>
#include <string.h>

const struct endpoint endpoints[EP_COUNT] = {
#define ENDPOINT(SHAPE, PATH, LANE, EVERY, TIMEOUT, WANTED, SETS)                                            \
    [EP_##SHAPE] = {SHAPE_##SHAPE, PATH, LANE_##LANE, EVERY, TIMEOUT, WANTED_##WANTED, SETS},
#include "collectors/endpoints.def"
};

const struct cadence cadences[] = {
#define CADENCE(SHAPE, WHEN, EVERY, WHY) {EP_##SHAPE, WHEN_##WHEN, EVERY, WHY},
#include "collectors/endpoints.def"
};
const int cadence_count = sizeof cadences / sizeof cadences[0];

const struct pace paces[] = {
#define PACE(SHAPE, MS, MOST) {EP_##SHAPE, MS, MOST},
#include "collectors/endpoints.def"
};
const int pace_count = sizeof paces / sizeof paces[0];

const struct spacing spacings[] = {
#define SPACING(SHAPE, MS) {EP_##SHAPE, MS},
#include "collectors/endpoints.def"
};
const int spacing_count = sizeof spacings / sizeof spacings[0];

const struct endpoint_request endpoint_requests[EP_COUNT] = {
#define LARGE                              true
#define SMALL                              false
#define REQUEST(SHAPE, NAME, BODY, LARGE_) [EP_##SHAPE] = {NAME, BODY, LARGE_},
#include "collectors/endpoints.def"
#undef LARGE
#undef SMALL
};

enum endpoint_index endpoint_meant(int e) {
    static const struct {
        enum endpoint_index endpoint, meant;
    } instead[] = {
#define INSTEAD(SHAPE, OTHER) {EP_##SHAPE, EP_##OTHER},
#include "collectors/endpoints.def"
    };
    for (size_t i = 0; i < sizeof instead / sizeof instead[0]; i++)
        if ((int)instead[i].endpoint == e)
            return instead[i].meant;
    return (enum endpoint_index)e;
}

int endpoint_by_shape(unsigned shape) {
    for (int i = 0; i < EP_COUNT; i++)
        if (endpoints[i].shape == shape)
            return i;
    return -1;
}

static size_t put(char *out, size_t size, size_t at, const char *text, size_t len) {
    for (size_t i = 0; i < len && at + 1 < size; i++)
        out[at++] = text[i];
    return at;
}

struct words_said {
    char limit[16], cid[24], subject[6 * ENDPOINT_SUBJECT_SIZE];
};

/* RFC 3986, 2.3: what needs no escape. */
static bool is_unreserved(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           (c != '\0' && strchr("-._~", c) != NULL);
}

static bool is_plain_json(char c) {
    return (unsigned char)c >= ' ' && c != '"' && c != '\\';
}

static void escape(const char *text, bool (*as_it_is)(char c), const char *code, char *out, size_t size) {
    size_t at = 0;
    for (; text != NULL && *text != '\0' && at + 7 <= size; text++) {
        if (as_it_is(*text))
            out[at++] = *text;
        else
            at += (size_t)snprintf(out + at, size - at, "%s%02X", code, (unsigned char)*text);
    }
    out[at] = '\0';
}

/* What placeholders stand for, in a path and in a body; "" for a name that nothing stands for. */
static const char *word(const struct endpoint_words *words, bool body, const char *name, size_t len,
                        struct words_said *said) {
    snprintf(said->limit, sizeof said->limit, "%u", words->limit);
    snprintf(said->cid, sizeof said->cid, "%llu", (unsigned long long)words->cid);
    escape(words->subject, body ? is_plain_json : is_unreserved, body ? "\\u00" : "%", said->subject,
           sizeof said->subject);
    const struct {
        const char *name, *in_path, *in_body;
    } known[] = {
        {"config", words->config ? "&config=1" : "", words->config ? ",\"config\":true" : ""},
        {"sort", words->sort != NULL && words->sort[0] != '\0' ? words->sort : "cid", NULL},
        {"limit", said->limit, NULL},
        {"cid", said->cid, NULL},
        {"state", words->closed ? "closed" : "open", words->closed ? "1" : "0"},
        {"subject", said->subject, NULL},
    };
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        if (strlen(known[i].name) == len && memcmp(known[i].name, name, len) == 0)
            return body && known[i].in_body != NULL ? known[i].in_body : known[i].in_path;
    return "";
}

/* The end of the placeholder that begins here; NULL: none does. */
static const char *placeholder_end(const char *p) {
    if (*p != '{')
        return NULL;
    const char *end = p + 1;
    while (*end >= 'a' && *end <= 'z')
        end++;
    return *end == '}' && end > p + 1 ? end : NULL;
}

static void fill(const char *template, const struct endpoint_words *words, bool body, char *out,
                 size_t size) {
    size_t at = 0;
    const char *p = template;
    while (*p != '\0') {
        const char *end = placeholder_end(p);
        if (end == NULL) {
            at = put(out, size, at, p++, 1);
            continue;
        }
        struct words_said said;
        const char *text = word(words, body, p + 1, (size_t)(end - p - 1), &said);
        at = put(out, size, at, text, strlen(text));
        p = end + 1;
    }
    out[at] = '\0';
}

void endpoint_path(const struct endpoint *endpoint, const struct endpoint_words *words, char *out,
                   size_t size) {
    fill(endpoint->path, words, false, out, size);
}

void endpoint_body(const struct endpoint_request *request, const struct endpoint_words *words, char *out,
                   size_t size) {
    fill(request->body, words, true, out, size);
}

/* Is the word [word, word + len) one of the comma-separated list? */
static bool listed(const char *list, const char *name, size_t len) {
    while (list != NULL) {
        size_t n = strcspn(list, ",");
        if (n == len && memcmp(list, name, len) == 0)
            return true;
        list = list[n] == ',' ? list + n + 1 : NULL;
    }
    return false;
}

static bool set_exists(const char *name, size_t len) {
    if (len == 3 && memcmp(name, "all", 3) == 0)
        return true;
    for (int i = 0; i < EP_COUNT; i++)
        if (listed(endpoints[i].sets, name, len))
            return true;
    return false;
}

bool endpoint_in_sets(const struct endpoint *endpoint, const char *sets) {
    for (const char *p = sets; p != NULL;) {
        size_t n = strcspn(p, ",");
        if ((n == 3 && memcmp(p, "all", 3) == 0) || listed(endpoint->sets, p, n))
            return true;
        p = p[n] == ',' ? p + n + 1 : NULL;
    }
    return false;
}

bool endpoint_check_sets(const char *sets, char *bad, size_t size) {
    for (const char *p = sets; p != NULL;) {
        size_t n = strcspn(p, ",");
        if (!set_exists(p, n)) {
            snprintf(bad, size, "%.*s", (int)n, p);
            return false;
        }
        p = p[n] == ',' ? p + n + 1 : NULL;
    }
    return true;
}
