#include "entry/manual_keys.h"

#include <stdio.h>
#include <string.h>

#include "entry/command_line.h"
#include "tui/table.h"
#include "views/glossary.h"
#include "views/keymap.h"

static void print_row(const char *keys, const char *name, const char *help, void (*troff)(const char *text)) {
    fputs(".TP\n\\fB", stdout);
    troff(keys);
    fputs("\\fR", stdout);
    if (name != NULL) {
        fputs(" \\fI", stdout);
        troff(name);
        fputs("\\fR", stdout);
    }
    putchar('\n');
    char filled[600];
    troff(keymap_fill(help, filled, sizeof filled));
    putchar('\n');
}

static void print_states(enum object_kind kind, void (*troff)(const char *text)) {
    struct state_rule rule;
    char meaning[400];
    fputs(".SS ", stdout);
    troff(object_kind_plural(kind));
    putchar('\n');
    for (int n = 0; state_rule_at(kind, n, &rule); n++) {
        print_row(rule.name, NULL, rule.condition, troff);
        state_meaning(&rule, meaning, sizeof meaning);
        if (strcmp(meaning, rule.condition) != 0) {
            fputs(".br\nSays: ", stdout);
            troff(meaning);
            putchar('\n');
        }
    }
}

static bool has_names(enum object_kind kind) {
    for (int q = 0; q < QUANTITY_COUNT; q++)
        if (quantities[q].kind == kind)
            return true;
    return false;
}

static void print_quantities(enum object_kind kind, void (*troff)(const char *text)) {
    if (!has_names(kind))
        return;
    fputs(".SS ", stdout);
    troff(object_kind_plural(kind));
    putchar('\n');
    for (int q = 0; q < QUANTITY_COUNT; q++) {
        if (quantities[q].kind != kind)
            continue;
        print_row(quantities[q].title, quantities[q].name, quantities[q].help, troff);
        if (quantities[q].flags & QUANTITY_HIDDEN)
            puts("Not in JSON.");
    }
}

static void print_levels(void (*troff)(const char *text)) {
    static const struct {
        const char *key;
        enum quantity quantity;
    } levels[] = {
#define TOLD(KIND, NAME, KEY, FORM) {"io.nats.monitor." KEY, Q_##KIND##_told_##NAME},
#include "model/told.def"
#undef TOLD
    };
    puts(".SH METADATA\nLevels that streams and consumers carry themselves, as nats server check and audits "
         "read them, and the quantity that each is. They count before ours of the same matter. What is "
         "changed or removed there is with the next configuration that is asked for, within a minute.");
    for (size_t i = 0; i < sizeof levels / sizeof *levels; i++)
        print_row(levels[i].key, quantities[levels[i].quantity].name, quantities[levels[i].quantity].help,
                  troff);
}

void manual_print_words(void (*troff)(const char *text)) {
    puts(".SH STATES\nOf each the first rule that holds, and what it says then, N for a figure. What is not "
         "known makes no "
         "rule true.");
    print_states(OBJECT_CONSUMER, troff);
    print_states(OBJECT_STREAM, troff);
    puts(".SH COMPARISONS\nWhat filters, rules and their levels are written in: quantities by name, numbers "
         "with "
         "units (10k, 1 MiB, 80 %, 500us, 10 s, 5m, 21d, 100/s), + \\- * / and parentheses; = != < > <= >=, "
         "~ and !~ "
         "for a pattern; and, or, not. rate(NAME) is how fast a counter grows each second, as in "
         "rate(slow_consumers) > 0; of what is no counter another quantity says that, as lag_slope does of "
         "lag. "
         "What is not known makes no comparison true, nor its opposite.");
    puts(".SH QUANTITIES\nThe heading of the column, and the name that filters, rules, JSON and the "
         "configuration know "
         "it by.");
    for (int kind = 0; kind < OBJECT_KIND_COUNT; kind++)
        print_quantities((enum object_kind)kind, troff);
    print_levels(troff);
}

/* A row that is valid in several contexts stands in each: there somebody looks for it. */
void manual_print_keys(void (*troff)(const char *text)) {
    puts(".SH KEYS\nWith the name by which the configuration binds other keys to it.");
    for (int context = 0; context < CONTEXT_COUNT; context++) {
        fputs(".SS ", stdout);
        troff(context_titles[context]);
        putchar('\n');
        for (int id = ACTION_NONE + 1; id < ACTION_COUNT; id++)
            if (key_infos[id].contexts & 1u << context)
                print_row(*key_infos[id].keys ? key_infos[id].keys : "(no key)", key_infos[id].name,
                          key_infos[id].help, troff);
    }
    puts(".SH MARKS\nIn front of rows and counts.");
    for (int severity = 0; table_mark_meaning(severity) != NULL; severity++)
        print_row(table_mark(severity) + strspn(table_mark(severity), " "), NULL,
                  table_mark_meaning(severity), troff);
    puts(".SH SIGNS\nAt numbers and names.");
    struct sign sign;
    for (int n = 0; sign_at(n, &sign); n++)
        print_row(sign.sign, NULL, sign.meaning, troff);
    puts(".SH COMMAND LINE");
    for (const struct help_line *line = command_line_help(); line->text != NULL; line++)
        if (line->keys != NULL)
            print_row(line->keys, NULL, line->text, troff);
}
