#include "model/told.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "sample/row.h"

/* What stands there, read; a BOOL, a UINT or a SPAN. */
struct reading {
    bool b;
    int64_t i;
};

static bool read_yes_no(const char *text, struct reading *out) {
    static const char *const words[] = {"1", "t", "T", "true",  "TRUE",  "True",
                                        "0", "f", "F", "false", "FALSE", "False"};
    const size_t count = sizeof words / sizeof *words;
    for (size_t i = 0; i < count; i++) {
        out->b = i < count / 2;
        if (strcmp(words[i], text) == 0)
            return true;
    }
    return false;
}

static bool read_digits(const char *text, struct reading *out) {
    int64_t sum = 0;
    if (!*text)
        return false;
    for (; *text; text++) {
        if (*text < '0' || *text > '9' || __builtin_mul_overflow(sum, 10, &sum) ||
            __builtin_add_overflow(sum, *text - '0', &sum))
            return false;
    }
    out->i = sum;
    return true;
}

static bool read_whole(const char *text, struct reading *out) {
    bool negative = *text == '-';
    if (!read_digits(text + (*text == '-' || *text == '+'), out))
        return false;
    out->i = negative ? -out->i : out->i;
    return true;
}

/* Its parts may stand apart: "1h 30m". */
static bool read_span(const char *text, struct reading *out) {
    int64_t sum = 0, part;
    bool any = false;
    while (*(text += strspn(text, " ")) != '\0') {
        size_t len = strcspn(text, " ");
        if (!span_parse(text, len, &part) || __builtin_add_overflow(sum, part, &sum))
            return false;
        text += len;
        any = true;
    }
    out->i = sum;
    return any;
}

enum form { FORM_YES_NO, FORM_UINT, FORM_INT, FORM_SPAN };

static const struct {
    bool (*read)(const char *text, struct reading *out);
    enum value_type type;
    const char *name;
} forms[] = {
    [FORM_YES_NO] = {read_yes_no, VALUE_BOOL, "neither true nor false"},
    [FORM_UINT] = {read_digits, VALUE_UINT, "no whole number"},
    [FORM_INT] = {read_whole, VALUE_UINT, "no whole number"},
    [FORM_SPAN] = {read_span, VALUE_SPAN, "no time with a unit"},
};

static const struct {
    enum object_kind kind;
    enum field field;
    const char *key;
    enum form form;
} keys[TOLD_COUNT] = {
#define TOLD(KIND, NAME, KEY, FORM) {OBJECT_##KIND, F_##KIND##_told_##NAME, KEY, FORM_##FORM},
#include "model/told.def"
#undef TOLD
};

/* `wrong`: it is set, and can't be read. */
static struct value read_told(const struct object *asset, enum told told, bool *wrong) {
    struct value none = {.type = VALUE_UNKNOWN}, v = {.type = forms[keys[told].form].type};
    struct reading reading = {false, 0};
    *wrong = false;
    if (!asset->now || asset->kind != keys[told].kind || !row_has(asset->now, keys[told].field))
        return none;
    *wrong = !forms[keys[told].form].read(row_text(asset->now, keys[told].field), &reading);
    if (*wrong)
        return none;
    if (v.type == VALUE_BOOL)
        v.b = reading.b;
    else if (reading.i <= 0)
        return none;
    else if (v.type == VALUE_UINT)
        v.u = (uint64_t)reading.i;
    else
        v.i = reading.i;
    return v;
}

/* Where they stand in a row of that kind, all at once: thousands are asked, and most have none. */
static const uint64_t *told_cells(enum object_kind kind) {
    static uint64_t cells[OBJECT_KIND_COUNT][ROW_MAX_CELLS / 64];
    static bool found;
    for (int t = 0; t < TOLD_COUNT && !found; t++) {
        unsigned cell = fields[keys[t].field].cell;
        cells[keys[t].kind][cell / 64] |= UINT64_C(1) << cell % 64;
    }
    found = true;
    return cells[kind];
}

bool told_nothing(const struct object *asset) {
    const uint64_t *cells = told_cells(asset->kind);
    uint64_t told = 0;
    for (int i = 0; i < ROW_MAX_CELLS / 64 && asset->now; i++)
        told |= asset->now->present[i] & cells[i];
    return !told;
}

static bool is_off(const struct object *asset) {
    bool wrong;
    enum told enabled = asset->kind == OBJECT_STREAM ? TOLD_STREAM_enabled : TOLD_CONSUMER_enabled;
    struct value v = read_told(asset, enabled, &wrong);
    return v.type == VALUE_BOOL && !v.b;
}

static bool is_switch(enum told told) {
    return told == TOLD_STREAM_enabled || told == TOLD_CONSUMER_enabled;
}

struct value told_level(const struct object *asset, enum told told) {
    bool wrong;
    struct value v = read_told(asset, told, &wrong);
    if (v.type != VALUE_UNKNOWN && !is_switch(told) && is_off(asset))
        v.type = VALUE_UNKNOWN;
    return v;
}

bool told_levels(const struct object *asset, char *out, size_t size) {
    size_t len = 0;
    for (int t = 0; t < TOLD_COUNT; t++) {
        if (is_switch((enum told)t) || told_level(asset, (enum told)t).type == VALUE_UNKNOWN)
            continue;
        int more = snprintf(out + len, size - len, "%s%s %s", len ? ", " : "", keys[t].key,
                            row_text(asset->now, keys[t].field));
        len = more < 0 || (size_t)more >= size - len ? size - 1 : len + (size_t)more;
    }
    return len > 0;
}

bool told_wrong(const struct object *asset, char *out, size_t size) {
    unsigned count = 0;
    size_t len = 0;
    for (int t = 0; t < TOLD_COUNT; t++) {
        bool wrong;
        read_told(asset, (enum told)t, &wrong);
        if (wrong && !count++)
            len = (size_t)snprintf(out, size, "%s: \"%.40s\" is %s", keys[t].key,
                                   row_text(asset->now, keys[t].field), forms[keys[t].form].name);
    }
    if (count > 1 && len < size)
        snprintf(out + len, size - len, ", and %u more", count - 1);
    return count > 0;
}
