#include "collectors/server_reply.h"

#include <string.h>

#include "collectors/json_reader.h"

#define DEEPEST 64

struct reading {
    struct server_reply *reply;
    int depth;
    bool server; /* within it */
    char *to;
    size_t size;
};

static enum json_answer on_begin(void *data, bool array) {
    struct reading *r = data;
    if (array || r->depth == 2 || (r->depth == 1 && !r->server))
        return JSON_SKIP;
    r->depth++;
    return JSON_GO;
}

static void on_end(void *data, bool array) {
    struct reading *r = data;
    (void)array;
    r->depth--;
    r->server = false;
}

static enum json_answer on_key(void *data, const char *key, size_t len) {
    struct reading *r = data;
    const struct {
        const char *key;
        char *to;
        size_t size;
    } known[] = {{"id", r->reply->id, sizeof r->reply->id},
                 {"name", r->reply->name, sizeof r->reply->name},
                 {"cluster", r->reply->cluster, sizeof r->reply->cluster}};
    r->to = NULL;
    if (r->depth == 1)
        r->server = len == 6 && memcmp(key, "server", 6) == 0;
    for (size_t i = 0; i < sizeof known / sizeof *known && r->depth == 2; i++)
        if (strlen(known[i].key) == len && memcmp(known[i].key, key, len) == 0) {
            r->to = known[i].to;
            r->size = known[i].size;
        }
    return r->depth == 1 ? (r->server ? JSON_GO : JSON_SKIP) : r->to != NULL ? JSON_GO : JSON_SKIP;
}

static void on_scalar(void *data, const struct json_scalar *s) {
    struct reading *r = data;
    char clean[TEXT_MAX_BYTES + 1];
    if (r->depth != 2 || r->to == NULL || s->kind != JSON_TEXT)
        return;
    size_t len = text_clean(clean, s->text, s->len);
    len = len < r->size ? len : r->size - 1;
    memcpy(r->to, clean, len);
    r->to[len] = '\0';
}

bool server_reply_read(struct server_reply *reply, const char *body, size_t len) {
    static const struct json_handler handler = {on_begin, on_end, on_key, on_scalar};
    struct reading reading = {.reply = reply};
    *reply = (struct server_reply){0};
    struct json_reader *reader = json_reader_create(&handler, &reading, DEEPEST);
    bool whole = json_reader_feed(reader, body, len) == JSON_DONE;
    json_reader_destroy(reader);
    return whole && reply->id[0] != '\0';
}
