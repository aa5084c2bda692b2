#include "model/rule_text.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

struct words {
    char *out;
    size_t size, len;
};

__attribute__((format(printf, 2, 3))) static void put(struct words *w, const char *format, ...) {
    va_list args;
    va_start(args, format);
    int len = w->len < w->size ? vsnprintf(w->out + w->len, w->size - w->len, format, args) : 0;
    w->len += len > 0 ? (size_t)len : 0;
    va_end(args);
}

static void put_level(struct words *w, const char *word, const struct rule_level *level) {
    bool minutes = level->hold_s >= 60 && fmod(level->hold_s, 60) == 0;
    if (!level->is)
        return;
    put(w, "  %s%s%s", word, *level->limit ? " " : "", level->limit);
    if (level->hold_s > 0)
        put(w, " for %g%s", minutes ? level->hold_s / 60 : level->hold_s, minutes ? "m" : "s");
}

void rule_text(const struct rule *rule, char *out, size_t size) {
    struct words w = {out, size, 0};
    put(&w, "%s: %s", object_kind_name(rule->kind), *rule->value ? rule->value : rule->where);
    put_level(&w, "warn", &rule->warn);
    put_level(&w, "critical", &rule->crit);
    if (rule->clear.is)
        put(&w, "  clear %s", rule->clear.limit);
    if (*rule->value && *rule->where)
        put(&w, "  while %s", rule->where);
    if (*rule->match)
        put(&w, "  match %s", rule->match);
}

void rule_in_vain_text(const struct rule *rule, char *out, size_t size) {
    struct words w = {out, size, 0};
    put(&w, "applies to no %s here: %s (%.300s, %s)", object_kind_name(rule->kind), rule->name, rule->match,
        rule->origin);
}
