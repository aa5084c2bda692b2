#include "model/sentence.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"

#define SUBJECT_LEAST 20    /* room in which a shortened one says something */
#define SMALL         10000 /* said in full: "1000/1000", not "1.00k/1.00k" */

static bool is_small_count(struct value v, int q) {
    bool whole = v.type == VALUE_UINT || (v.type == VALUE_INT && v.i >= 0);
    return whole && v.u < SMALL && (quantities[q].unit == UNIT_COUNT || quantities[q].unit == UNIT_MSGS);
}

void sentence_count(char out[NUMBER_TEXT_SIZE], uint64_t count) {
    if (count < SMALL)
        snprintf(out, NUMBER_TEXT_SIZE, "%d", (int)count);
    else
        number_format(out, (double)count, UNIT_MSGS);
}

bool sentence_quantity(const struct model *model, const struct object *object, const char *name, char *out,
                       size_t size) {
    int q = object ? quantity_by_name(object->kind, name) : -1;
    struct value v = q >= 0 ? quantity_get(model, object, (enum quantity)q) : (struct value){0};
    double number;
    if (q >= 0 && quantities[q].flags & QUANTITY_SIGNED && value_number(v, &number)) {
        char text[NUMBER_TEXT_SIZE];
        number_format_signed(text, number, quantities[q].unit);
        snprintf(out, size, "%s%s", text, v.flags & VALUE_ESTIMATED ? "~" : "");
        return true;
    }
    if (is_small_count(v, q)) {
        const char *bound = v.flags & VALUE_BOUND ? "≤" : v.flags & VALUE_LEAST ? "≥" : "";
        snprintf(out, size, "%s%d%s", bound, (int)v.u, v.flags & VALUE_ESTIMATED ? "~" : "");
        return true;
    }
    value_format(out, (unsigned)size, v, q >= 0 ? quantities[q].unit : UNIT_NONE);
    return v.type != VALUE_UNKNOWN;
}

/* ---- names ---- */

static const char *const names[] = {"name",    "object", "called", "stream", "consumer",
                                    "account", "server", "peer",   "leader", "domain"};

static bool is_name(const char *word) {
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(names[i], word) == 0)
            return true;
    return false;
}

/* Its middle goes, so that what is said of it can be read. */
static void shorten(char *name, size_t size, int columns) {
    char cut[4 * SENTENCE_NAME_COLUMNS + 8];
    if (text_width(name) <= columns)
        return;
    text_cut_middle(cut, sizeof cut < size ? sizeof cut : size, name, columns);
    memcpy(name, cut, strlen(cut) + 1);
}

/* Bytes of what it is about: what stands before a colon or two blanks, unless a comma does. */
static size_t subject_length(const char *text) {
    size_t colon = strstr(text, ": ") ? (size_t)(strstr(text, ": ") - text) : strlen(text);
    size_t blanks = strstr(text, "  ") ? (size_t)(strstr(text, "  ") - text) : strlen(text);
    size_t len = colon < blanks ? colon : blanks;
    return strcspn(text, ",") < len || !text[len] ? strcspn(text, " ") : len;
}

void sentence_fit(const char *text, int width, int rows, char *out, size_t size) {
    char subject[512], cut[512];
    size_t len = subject_length(text);
    int room = width * rows, rest = text_width(text + len);
    int most = room - (rest < room / 2 ? rest : room / 2);
    most = most < width ? most : width;
    snprintf(subject, sizeof subject, "%.*s", (int)(len < sizeof subject ? len : sizeof subject - 1), text);
    if (text_width(subject) > most && width >= SUBJECT_LEAST)
        text_cut_middle(cut, sizeof cut, subject, most);
    else
        memcpy(cut, subject, strlen(subject) + 1);
    snprintf(out, size, "%s%s", cut, text + len);
}

/* ---- making ---- */

struct sentence {
    char *out;
    size_t size, used;
    size_t part; /* where the part began that may be left out */
    bool known;  /* all of that part */
};

static void add_char(struct sentence *s, char c) {
    if (s->used + 1 < s->size)
        s->out[s->used++] = c;
}

void sentence_make(const struct model *model, const struct object *object, const char *text,
                   sentence_word_fn *word, void *data, char *out, size_t size) {
    sentence_make_short(model, object, text, word, data, SENTENCE_NAME_COLUMNS, out, size);
}

void sentence_make_short(const struct model *model, const struct object *object, const char *text,
                         sentence_word_fn *word, void *data, int name_columns, char *out, size_t size) {
    struct sentence s = {out, size, 0, 0, true};
    for (const char *p = text; *p && size; p++) {
        const char *end = *p == '{' ? strchr(p, '}') : NULL;
        if (*p == '[') {
            s.part = s.used;
            s.known = true;
        } else if (*p == ']') {
            s.used = s.known ? s.used : s.part;
        } else if (!end) {
            add_char(&s, *p);
        } else {
            char name[64];
            size_t len = (size_t)(end - p - 1);
            len = len < sizeof name ? len : sizeof name - 1;
            memcpy(name, p + 1, len);
            name[len] = '\0';
            int known = word ? word(data, name, out + s.used, size - s.used) : -1;
            s.known &=
                known < 0 ? sentence_quantity(model, object, name, out + s.used, size - s.used) : known;
            if (is_name(name))
                shorten(out + s.used, size - s.used, name_columns);
            s.used += strlen(out + s.used);
            p = end;
        }
    }
    if (size)
        out[s.used] = '\0';
}
