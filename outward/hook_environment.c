#include "outward/hook_environment.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/memory.h"
#include "base/text.h"

enum { VALUE_BYTES = 2000 };
#define USUAL_PATH "/usr/local/bin:/usr/bin:/bin"

struct list {
    char **items; /* NULL ends */
    size_t count;
};

static void add(struct list *list, char *item) {
    list->items = memory_grow(list->items, list->count + 2, sizeof *list->items);
    list->items[list->count++] = item;
    list->items[list->count] = NULL;
}

static void add_ours(struct list *list, const char *name, const char *otherwise) {
    const char *value = getenv(name);
    if (value == NULL)
        value = otherwise;
    if (value != NULL)
        add(list, memory_format("%s=%s", name, value));
}

static void append_clean(struct buffer *out, const char *text) {
    size_t len = strlen(text), used, from = out->len;
    for (; len > 0 && out->len - from < VALUE_BYTES; text += used, len -= used) {
        uint32_t c;
        used = utf8_decode(text, len, &c);
        if (char_kind(c) == CHAR_CONTROL)
            buffer_append(out, " ", 1);
        else
            buffer_append(out, text, used);
    }
}

static void add_value(struct list *list, const char *key, const json_t *value) {
    struct buffer text = {0};
    buffer_append_text(&text, "NATSIGHT_");
    for (; *key != '\0'; key++)
        buffer_append(&text, &(char){(char)toupper((unsigned char)*key)}, 1);
    buffer_append_text(&text, "=");
    if (json_is_string(value))
        append_clean(&text, json_string_value(value));
    else if (json_is_integer(value))
        buffer_printf(&text, "%lld", (long long)json_integer_value(value));
    else if (json_is_boolean(value))
        buffer_append_text(&text, json_is_true(value) ? "1" : "0");
    if (json_is_string(value) || json_is_integer(value) || json_is_boolean(value))
        add(list, memory_text(buffer_text(&text)));
    buffer_finish(&text);
}

char **hook_environment(json_t *document, const char *const *pass) {
    struct list list = {0};
    add_ours(&list, "PATH", USUAL_PATH);
    add_ours(&list, "HOME", NULL);
    add_ours(&list, "LANG", NULL);
    for (int i = 0; pass[i] != NULL; i++)
        add_ours(&list, pass[i], NULL);
    for (void *at = json_object_iter(document); at != NULL; at = json_object_iter_next(document, at))
        add_value(&list, json_object_iter_key(at), json_object_iter_value(at));
    return list.items;
}

void hook_environment_free(char **environment) {
    for (int i = 0; environment[i] != NULL; i++)
        free(environment[i]);
    free(environment);
}
