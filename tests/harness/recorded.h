/* Recorded bodies beside jansson's tree of the same file: each field of a row against what stands there.
 *
 * For tests/collectors_decode*.c alone, as harness/decoded.h. */
#ifndef HARNESS_RECORDED_H
#define HARNESS_RECORDED_H

#include <jansson.h>

#include "base/clock.h"
#include "tests/harness/decoded.h"

static struct said decode_file(const char *version, const char *node, enum shape shape,
                               const char *endpoint) {
    char name[100];
    size_t len;
    snprintf(name, sizeof name, "%s-%s-%s", version, node, endpoint);
    char *body = load(name, &len);
    struct said said = decode_in(shape, node, body, len, 1 << 20);
    free(body);
    ck_assert_msg(said.failure == FAILURE_NONE, "%s: %s", name, said.error);
    ck_assert_msg(said.dropped == 0, "%s: %d rows dropped", name, (int)said.dropped);
    ck_assert(said.nats);
    return said;
}

/* jansson's tree of the same file, with what it can't take (2^64-1) made small. */
static json_t *tree_of(const char *version, const char *node, const char *endpoint) {
    char name[100], *at;
    size_t len;
    snprintf(name, sizeof name, "%s-%s-%s", version, node, endpoint);
    char *body = load(name, &len);
    while ((at = memmem(body, len, "18446744073709551615", 20)))
        memcpy(at, "                  -1", 20);
    json_error_t error;
    json_t *tree = json_loadb(body, len, JSON_ALLOW_NUL, &error);
    ck_assert_msg(tree != NULL, "%s: %s", name, error.text);
    free(body);
    return tree;
}

static const json_t *at_path(const json_t *tree, const char *path) {
    char key[100];
    while (*path && tree) {
        size_t len = strcspn(path, ".");
        snprintf(key, sizeof key, "%.*s", (int)len, path);
        tree = json_object_get(tree, key);
        path += len + (path[len] == '.');
    }
    return tree;
}

static int64_t time_of(const char *text) {
    int64_t ns;
    ck_assert_msg(time_parse(text, strlen(text), &ns), "no time: %s", text);
    return ns;
}

static int64_t span_of(const json_t *value) {
    int64_t ns = json_integer_value(value);
    if (json_is_string(value))
        ck_assert(span_parse(json_string_value(value), json_string_length(value), &ns));
    return ns;
}

static void same_value(const struct row *row, enum field f, const json_t *want, const char *path) {
    const union cell *c = row_cell(row, f);
    char clean[TEXT_MAX_BYTES + 1];
    switch ((enum field_type)fields[f].type) {
    case TYPE_U64:
        ck_assert_msg(c->u == (uint64_t)json_integer_value(want), "%s", path);
        break;
    case TYPE_I64:
        ck_assert_msg(c->i == json_integer_value(want), "%s", path);
        break;
    case TYPE_F64:
        ck_assert_msg(c->f == json_number_value(want), "%s", path);
        break;
    case TYPE_BOOL:
        ck_assert_msg(c->u == (uint64_t)json_is_true(want), "%s", path);
        break;
    case TYPE_TEXT:
        text_clean(clean, json_string_value(want), json_string_length(want));
        ck_assert_msg(!strcmp(c->s->bytes, clean), "%s: %s, not %s", path, c->s->bytes, clean);
        ck_assert_uint_eq(c->s->hash, hash_bytes(c->s->bytes, c->s->len));
        break;
    case TYPE_TIME:
        ck_assert_msg(c->i == time_of(json_string_value(want)), "%s", path);
        break;
    case TYPE_SPAN:
        ck_assert_msg(c->i == span_of(want), "%s", path);
        break;
    }
}

struct expected {
    const char *path;
    enum field field;
};

/* Each field is present exactly when the tree has the path, and is equal then. */
static unsigned check_fields(const struct row *row, const json_t *object, const struct expected *list,
                             size_t count) {
    unsigned present = 0;
    for (size_t i = 0; i < count; i++) {
        const json_t *want = at_path(object, list[i].path);
        if (json_is_string(want) && fields[list[i].field].type == TYPE_TIME &&
            time_of(json_string_value(want)) == TIME_UNSET)
            want = NULL;
        ck_assert_msg(row_has(row, list[i].field) == (want != NULL), "%s: %s", list[i].path,
                      want ? "lost" : "from nowhere");
        if (want)
            same_value(row, list[i].field, want, list[i].path);
        present += want != NULL;
    }
    return present;
}
#define CHECK_FIELDS(ROW, OBJECT, LIST) check_fields(ROW, OBJECT, LIST, sizeof LIST / sizeof *LIST)

static const char *const versions[] = {"2.9.10", "2.15.2"};
static const char *const nodes[] = {"n1", "n2", "n3"};
#define EACH_BODY(V, N)                                                                                      \
    for (int V##_i = 0; V##_i < 2; V##_i++)                                                                  \
        for (int N##_i = 0; N##_i < 3; N##_i++)                                                              \
            for (const char *V = versions[V##_i], *N = nodes[N##_i], *once = V; once; once = NULL)

#endif
