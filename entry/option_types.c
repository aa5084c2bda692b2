#include "entry/option_types.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/choice.h"
#include "base/memory.h"
#include "base/number.h"
#include "collectors/endpoint.h"
#include "entry/options.h"

/* ---- from text ---- */

static const char *take_FLAG(const char *arg, void *field, const char *text) {
    (void)arg;
    *(bool *)field = text == NULL || strcmp(text, "true") == 0;
    return text == NULL || *(bool *)field || strcmp(text, "false") == 0 ? NULL : "takes true or false";
}

static const char *take_TEXT(const char *arg, void *field, const char *text) {
    (void)arg;
    *(const char **)field = text;
    return NULL;
}

static const char *take_FILE(const char *arg, void *field, const char *text) {
    if (access(text, R_OK) != 0)
        return errno == ENOENT ? "there is no such file" : "this file can't be read";
    return take_TEXT(arg, field, text);
}

struct list { /* as in struct options */
    const char **items;
    int count;
};

static const char *take_LIST(const char *arg, void *field, const char *text) {
    (void)arg;
    struct list list;
    memcpy(&list, field, sizeof list);
    list.items = memory_grow(list.items, (size_t)list.count + 1, sizeof *list.items);
    list.items[list.count++] = text;
    memcpy(field, &list, sizeof list);
    return NULL;
}

static const char *take_SPAN(const char *arg, void *field, const char *text) {
    (void)arg;
    double ns;
    enum unit unit;
    size_t used = number_parse(text, &ns, &unit);
    if (used == 0 || text[used] != '\0' || unit != UNIT_NS || ns < 1e6 || ns > 86400e9)
        return "takes a time from 1ms to 24h, such as 500ms, 5s or 2m";
    int64_t ms = (int64_t)(ns / 1e6);
    memcpy(field, &ms, sizeof ms);
    return NULL;
}

static const char *take_CADENCE(const char *arg, void *field, const char *text) {
    int64_t ms = 0;
    const char *fault = take_SPAN(arg, &ms, text);
    if (fault != NULL)
        return fault;
    if (ms < 100)
        return "is too short; 100ms is the least";
    if (ms > 3600 * 1000)
        return "is too long; 1h is the most";
    memcpy(field, &ms, sizeof ms);
    return NULL;
}

static const char *take_EVERY(const char *arg, void *field, const char *text) {
    char name[32];
    const char *value = strchr(text, '=');
    snprintf(name, sizeof name, "%.*s", (int)(value != NULL ? value - text : 0), text);
    int shape = shape_by_name(name);
    if (value == NULL || shape <= 0 || endpoint_by_shape((unsigned)shape) < 0)
        return "takes an endpoint and a time, such as jsz=10s";
    if (shape == SHAPE_VARZ)
        return "the cadence of /varz is --interval";
    return take_CADENCE(arg, (int64_t *)field + shape, value + 1);
}

static bool take_number(int64_t least, void *field, const char *text) {
    char *end;
    errno = 0;
    long long n = strtoll(text, &end, 10);
    if (errno != 0 || end == text || *end != '\0' || n < least || n > 1000000)
        return false;
    int64_t number = n;
    memcpy(field, &number, sizeof number);
    return true;
}

static const char *take_INT(const char *arg, void *field, const char *text) {
    (void)arg;
    return take_number(0, field, text) ? NULL : "takes a whole number from 0 to 1000000";
}

static const char *take_TIMES(const char *arg, void *field, const char *text) {
    (void)arg;
    return take_number(1, field, text) ? NULL : "takes a whole number from 1 to 1000000";
}

static const char *take_SIZE(const char *arg, void *field, const char *text) {
    (void)arg;
    struct option_size size;
    char rest;
    if (sscanf(text, "%dx%d%c", &size.cols, &size.rows, &rest) != 2 || size.cols < 1 || size.rows < 1 ||
        size.cols > 500 || size.rows > 200)
        return "takes COLSxROWS from 1x1 to 500x200, such as 120x40";
    memcpy(field, &size, sizeof size);
    return NULL;
}

static const char *wants_word(const char *arg) {
    static char text[200];
    snprintf(text, sizeof text, "takes one of %s", arg);
    return text;
}

static const char *take_CHOICE(const char *arg, void *field, const char *text) {
    return choice_index(arg, text) < 0 ? wants_word(arg) : take_TEXT(arg, field, text);
}

static const char *take_SWITCH(const char *arg, void *field, const char *text) {
    int at = choice_index(arg, text);
    *(bool *)field = at == 1;
    return at < 0 ? wants_word(arg) : NULL;
}

/* ---- to text ---- */

static void show_FLAG(const char *arg, const void *field, char *out, size_t size) {
    (void)arg;
    snprintf(out, size, "%s", *(const bool *)field ? "true" : "false");
}

/* What stands between quotes: backslash and quote are escaped; nothing else has to be in what was cleaned. */
static size_t quote(char *out, size_t size, const char *text, size_t len) {
    size_t n = 0;
    if (size < 3)
        return 0;
    out[n++] = '"';
    for (size_t i = 0; i < len && n + 3 < size; i++) {
        if (text[i] == '"' || text[i] == '\\')
            out[n++] = '\\';
        out[n++] = text[i];
    }
    out[n++] = '"';
    out[n] = '\0';
    return n;
}

static void show_TEXT(const char *arg, const void *field, char *out, size_t size) {
    (void)arg;
    const char *text = *(const char *const *)field;
    quote(out, size, text != NULL ? text : "", text != NULL ? strlen(text) : 0);
}

static size_t begin_list(char *out, size_t size) {
    snprintf(out, size, "[");
    return 1;
}

static size_t add_item(char *out, size_t size, size_t at, const char *item, size_t len) {
    if (at + len + 8 >= size)
        return at;
    if (at > 1)
        at += (size_t)snprintf(out + at, size - at, ", ");
    return at + quote(out + at, size - at - 2, item, len);
}

static void end_list(char *out, size_t size, size_t at) {
    snprintf(out + at, size - at, "]");
}

static void show_WORDS(const char *arg, const void *field, char *out, size_t size) {
    (void)arg;
    const char *text = *(const char *const *)field;
    size_t at = begin_list(out, size), len;
    for (const char *word = text != NULL ? text : ""; *word != '\0'; word += len + (word[len] == ' ')) {
        len = strcspn(word, " ");
        at = add_item(out, size, at, word, len);
    }
    end_list(out, size, at);
}

static void show_LIST(const char *arg, const void *field, char *out, size_t size) {
    (void)arg;
    struct list list;
    memcpy(&list, field, sizeof list);
    size_t at = begin_list(out, size);
    for (int i = 0; i < list.count; i++)
        at = add_item(out, size, at, list.items[i], strlen(list.items[i]));
    end_list(out, size, at);
}

static void show_SPAN(const char *arg, const void *field, char *out, size_t size) {
    (void)arg;
    int64_t ms = *(const int64_t *)field;
    if (ms % 1000 == 0)
        snprintf(out, size, "\"%" PRId64 "s\"", ms / 1000);
    else
        snprintf(out, size, "\"%" PRId64 "ms\"", ms);
}

static void show_INT(const char *arg, const void *field, char *out, size_t size) {
    (void)arg;
    snprintf(out, size, "%" PRId64, *(const int64_t *)field);
}

static void show_SWITCH(const char *arg, const void *field, char *out, size_t size) {
    char word[64] = "";
    choice_word(arg, *(const bool *)field, word, sizeof word);
    quote(out, size, word, strlen(word));
}

/* ---- the types ---- */

const struct option_type type_FLAG = {take_FLAG, show_FLAG, sizeof(bool), false, false};
const struct option_type type_TEXT = {take_TEXT, show_TEXT, sizeof(char *), true, false};
const struct option_type type_FILE = {take_FILE, show_TEXT, sizeof(char *), true, false};
const struct option_type type_CHOICE = {take_CHOICE, show_TEXT, sizeof(char *), true, false};
const struct option_type type_WORDS = {take_TEXT, show_WORDS, sizeof(char *), true, false};
const struct option_type type_LIST = {take_LIST, show_LIST, sizeof(struct list), true, false};
const struct option_type type_SPAN = {take_SPAN, show_SPAN, sizeof(int64_t), true, false};
const struct option_type type_CADENCE = {take_CADENCE, show_SPAN, sizeof(int64_t), true, false};
const struct option_type type_EVERY = {take_EVERY, NULL, sizeof(int64_t) * SHAPE_LIMIT, true, false};
const struct option_type type_INT = {take_INT, show_INT, sizeof(int64_t), false, false};
const struct option_type type_TIMES = {take_TIMES, show_INT, sizeof(int64_t), false, false};
const struct option_type type_SIZE = {take_SIZE, NULL, sizeof(struct option_size), true, false};
const struct option_type type_SWITCH = {take_SWITCH, show_SWITCH, sizeof(bool), true, false};
const struct option_type type_LOOSE = {take_TEXT, show_TEXT, sizeof(char *), true, true};
