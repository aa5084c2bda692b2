#include "tests/harness/document.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define NS INT64_C(1000000000)

enum { ARGUMENTS_MAX = 64, DUMP_MAX = 20000 };

static int64_t mono_ms(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000LL + t.tv_nsec / 1000000;
}

int64_t doc_utc_ns(void) {
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    return t.tv_sec * NS + t.tv_nsec;
}

bool documents_open(struct documents *d, const char *names, const char *const arguments[]) {
    const char *argv[ARGUMENTS_MAX] = {command_natsight(), "print", "--json", "-n", "1000000"};
    char words[256], *rest = NULL;
    int n = 5;
    snprintf(words, sizeof words, "%s", names);
    for (char *w = strtok_r(words, " ", &rest); w && n < 30; w = strtok_r(NULL, " ", &rest))
        argv[n++] = w;
    for (int i = 0; arguments[i] && n < ARGUMENTS_MAX - 1; i++)
        argv[n++] = arguments[i];
    memset(d, 0, sizeof *d);
    return command_start(&d->command, argv, NULL);
}

/* A whole line that was not looked at yet, as JSON. */
static json_t *take_line(struct documents *d) {
    char *line = d->command.output + d->taken, *end = strchr(line, '\n');
    json_error_t error;
    if (!end)
        return NULL;
    json_t *document = json_loadb(line, (size_t)(end - line), JSON_ALLOW_NUL, &error);
    if (!document)
        fprintf(stderr, "documents: no JSON: %s: %.300s\n", error.text, line);
    d->taken += (size_t)(end - line) + 1;
    return document;
}

json_t *documents_next(struct documents *d, int ms) {
    int64_t deadline = mono_ms() + ms;
    for (;;) {
        json_t *document = take_line(d);
        if (document) {
            json_decref(d->last);
            d->last = document;
            d->count++;
            return document;
        }
        int64_t left = deadline - mono_ms();
        if (left < 0)
            left = 0;
        if (!command_pump(&d->command, (int)left) && (left == 0 || d->command.out < 0))
            return NULL;
    }
}

json_t *documents_wait(struct documents *d, bool (*met)(json_t *document, void *context), void *context,
                       const char *what, int ms) {
    int64_t deadline = mono_ms() + ms;
    while (mono_ms() < deadline) {
        json_t *document = documents_next(d, (int)(deadline - mono_ms()));
        if (document && met(document, context))
            return document;
        if (!document && d->command.out < 0)
            break;
    }
    if (d->command.out < 0)
        fprintf(stderr, "documents: the program ended with %d\n", command_finish(&d->command, 1000));
    fprintf(stderr, "documents: not within %d ms: %s; its errors:\n%s\nthe last document:\n", ms, what,
            d->command.errors);
    doc_dump(d->last);
    return NULL;
}

void documents_close(struct documents *d) {
    command_free(&d->command);
    json_decref(d->last);
    memset(d, 0, sizeof *d);
}

json_t *doc_find(json_t *document, const char *list, const char *key, const char *text) {
    size_t i;
    json_t *object, *array = json_object_get(document, list);
    json_array_foreach(array, i, object) {
        const char *value = json_string_value(json_object_get(object, key));
        if (value && strcmp(value, text) == 0)
            return object;
    }
    return NULL;
}

int doc_count(json_t *document, const char *list) {
    json_t *array = json_object_get(document, list);
    return json_is_array(array) ? (int)json_array_size(array) : -1;
}

const char *doc_text(json_t *object, const char *key) {
    const char *text = json_string_value(json_object_get(object, key));
    return text ? text : "";
}

double doc_number(json_t *object, const char *key) {
    json_t *value = json_object_get(object, key);
    return json_is_number(value) ? json_number_value(value) : NAN;
}

static bool is_marked(json_t *object, const char *mark, const char *key) {
    size_t i;
    json_t *name;
    json_array_foreach(json_object_get(object, mark), i, name) {
        if (strcmp(json_string_value(name) ? json_string_value(name) : "", key) == 0)
            return true;
    }
    return false;
}

bool doc_is_estimated(json_t *object, const char *key) {
    return is_marked(object, "estimated", key);
}

bool doc_is_at_least(json_t *object, const char *key) {
    return is_marked(object, "at_least", key);
}

int64_t doc_parse_instant(const char *text) {
    struct tm tm = {0};
    const char *rest = text ? strptime(text, "%Y-%m-%dT%H:%M:%S", &tm) : NULL;
    if (!rest)
        return INT64_MIN;
    int64_t ns = 0;
    if (*rest == '.') {
        int64_t unit = NS / 10;
        for (rest++; *rest >= '0' && *rest <= '9'; rest++, unit /= 10)
            ns += unit * (*rest - '0');
    }
    int hours = 0, minutes = 0;
    int64_t offset = 0;
    if ((*rest == '+' || *rest == '-') && sscanf(rest + 1, "%2d:%2d", &hours, &minutes) == 2)
        offset = (*rest == '-' ? -1 : 1) * (hours * 3600 + minutes * 60);
    return (timegm(&tm) - offset) * NS + ns;
}

int64_t doc_instant(json_t *object, const char *key) {
    return doc_parse_instant(json_string_value(json_object_get(object, key)));
}

void doc_dump(json_t *document) {
    char *text = document ? json_dumps(document, JSON_INDENT(1)) : NULL;
    fprintf(stderr, "%.*s\n", DUMP_MAX, text ? text : "none");
    free(text);
}
