/* The table of keys: what is listed is what is dispatched, nothing is bound twice, names and faults. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/harness/suite.h"
#include "tui/keys.h"
#include "tui/table.h"
#include "views/glossary.h"
#include "views/quantity_table.h"
#include "views/view.h"

static struct keymap map;
static char message[500];

static void keep_first(void *count, const char *where, const char *text) {
    ck_assert(strncmp(text, where, strlen(where)) == 0);
    if ((*(int *)count)++ == 0)
        snprintf(message, sizeof message, "%s", text);
}

/* How many messages there are; the first is in message[]. */
static int clashes(void) {
    int count = 0;
    keymap_give_way(&map);
    keymap_clashes(&map, keep_first, &count);
    return count;
}

static void defaults(void) {
    keymap_defaults(&map);
    keymap_use(&map);
}

static void change(const char *name, const char *keys, const char *where) {
    ck_assert_msg(keymap_change(&map, name, keys, where, message, sizeof message), "%s", message);
}

static void refused(const char *name, const char *keys, const char *why) {
    struct keymap before = map;
    ck_assert(!keymap_change(&map, name, keys, "natsight.conf:7", message, sizeof message));
    ck_assert_str_eq(message, why);
    ck_assert(memcmp(&before, &map, sizeof map) == 0);
}

/* The sets of contexts that are valid at some moment. */
static int moments(unsigned out[]) {
    int n = 0;
    for (int i = 0; i < view_count; i++)
        out[n++] = views[i]->contexts | CONTEXT_EVERYWHERE | CONTEXT_ALWAYS;
    out[n++] = CONTEXT_CHOICE | CONTEXT_ALWAYS;
    out[n++] = CONTEXT_MENU | CONTEXT_ALWAYS;
    out[n++] = CONTEXT_HELP | CONTEXT_ALWAYS;
    out[n++] = CONTEXT_PROMPT;
    return n;
}

static bool listed(const struct help *help, const char *keys, const char *text) {
    struct help_line line;
    for (int i = 0; help_line(help, i, &line); i++)
        if (line.keys && strcmp(line.keys, keys) == 0 && strcmp(line.text, text) == 0)
            return true;
    return false;
}

static int keys_listed(const struct help *help) {
    struct help_line line;
    int n = 0;
    for (int i = 0; help_line(help, i, &line); i++)
        n += line.keys != NULL;
    return n;
}

START_TEST(each_key_does_what_help_says) {
    unsigned moment[64];
    int count = moments(moment);
    defaults();
    ck_assert_msg(clashes() == 0, "%s", message);
    for (int m = 0; m < count; m++) {
        struct help help = {.contexts = moment[m], .filter = ""};
        int rows = 0;
        while (table_mark_meaning(rows))
            rows++;
        for (int id = ACTION_NONE + 1; id < ACTION_COUNT; id++) {
            if (!(key_infos[id].contexts & moment[m]))
                continue;
            rows += map.row[id].count > 0;
            for (int k = 0; k < map.row[id].count; k++)
                ck_assert_msg(keymap_find(moment[m], map.row[id].keys[k]) == (enum action_id)id,
                              "key %d of %s", k, key_infos[id].name);
            if (map.row[id].count)
                ck_assert_msg(listed(&help, map.row[id].text, key_infos[id].help), "%s is not listed",
                              key_infos[id].name);
        }
        ck_assert_int_eq(keys_listed(&help), rows);
    }
}
END_TEST

/* Of the view that is open, and however narrow that is. */
START_TEST(help_explains_what_a_view_shows) {
    for (int v = 0; v < view_count; v++) {
        struct help help = {.filter = "", .words = glossary_of(views[v])};
        bool consumers = false;
        for (const struct view_list_row *list = views[v]->lists; list && list->name; list++)
            for (int c = 0; c < list->column_count; c++) {
                const struct quantity_column *column = &list->columns[c];
                const struct quantity_info *q = &quantities[column->quantity];
                consumers |= column->quantity == Q_CONSUMER_state;
                if (column->form == COLUMN_VALUE)
                    ck_assert_msg(listed(&help, column->title ? column->title : q->title, q->help), "%s",
                                  q->name);
            }
        struct state_rule rule;
        char meaning[400];
        for (int n = 0; consumers && state_rule_at(OBJECT_CONSUMER, n, &rule); n++) {
            state_meaning(&rule, meaning, sizeof(meaning));
            ck_assert_msg(listed(&help, rule.name, meaning), "%s", rule.name);
            ck_assert_ptr_null(strchr(meaning, '['));
        }
        int lines = help_lines(&help);
        help.width = 40;
        ck_assert_int_ge(help_lines(&help), lines);
    }
}
END_TEST

/* What the program does itself is shown end to end. */
START_TEST(views_do_what_their_contexts_list) {
    for (int i = 0; i < view_count; i++)
        for (int id = ACTION_NONE + 1; id < ACTION_COUNT; id++)
            if (key_infos[id].contexts & views[i]->contexts ||
                (views[i]->contexts & CONTEXT_LIST && key_infos[id].contexts & CONTEXT_CHOICE))
                ck_assert_msg(action_of(views[i]->actions, (enum action_id)id) != NULL, "%s: nobody does %s",
                              views[i]->name, key_infos[id].name);
}
END_TEST

START_TEST(names_are_bindings) {
    for (int id = ACTION_NONE + 1; id < ACTION_COUNT; id++) {
        ck_assert_uint_gt(strlen(key_infos[id].help), 3);
        ck_assert_msg(key_infos[id].help[strlen(key_infos[id].help) - 1] == '.', "%s", key_infos[id].help);
        for (int other = 1; other < id; other++)
            if (strcmp(key_infos[id].name, key_infos[other].name) == 0)
                ck_assert_str_eq(key_infos[id].keys, key_infos[other].keys);
    }
    defaults();
    for (int id = ACTION_NONE + 1; id < ACTION_COUNT; id++)
        ck_assert_str_eq(map.row[id].text, key_infos[id].keys);
}
END_TEST

START_TEST(a_sentence_names_the_key_in_force) {
    char text[100];
    keymap_defaults(&map);
    ck_assert_str_eq(keymap_fill("{quit} quits, {filter} {", text, sizeof text), "q quits, / {");
    ck_assert(keymap_change(&map, "quit", "F9 x", "conf:1", message, sizeof message));
    ck_assert(keymap_change(&map, "filter", "", "conf:2", message, sizeof message));
    keymap_use(&map);
    ck_assert_str_eq(keymap_fill("{quit} quits", text, sizeof text), "F9 quits");
    ck_assert_str_eq(keymap_fill("{filter}!", text, sizeof text), "(filter, which has no key)!");
    ck_assert_str_eq(keymap_fill("{quit}{quit}{quit}", text, 6), "F9F9F");
    for (int id = ACTION_NONE + 1; id < ACTION_COUNT; id++) {
        char help[600];
        keymap_fill(key_infos[id].help, help, sizeof help);
        ck_assert_ptr_null(strchr(help, '{'));
    }
    keymap_defaults(&map);
    keymap_use(&map);
}
END_TEST

START_TEST(a_binding_is_renamed_everywhere) {
    defaults();
    change("down", "n F9", "natsight.conf:3");
    change("quit", "", "natsight.conf:4");
    ck_assert_int_eq(clashes(), 0);
    ck_assert_int_eq(keymap_find(CONTEXT_LIST, 'j'), ACTION_DOWN); /* not in force yet */
    keymap_use(&map);
    ck_assert_int_eq(keymap_find(CONTEXT_LIST, 'j'), ACTION_NONE);
    ck_assert_int_eq(keymap_find(CONTEXT_LIST, 'n'), ACTION_DOWN);
    ck_assert_int_eq(keymap_find(CONTEXT_HELP, K_F9), ACTION_LINE_DOWN);
    ck_assert_str_eq(keymap_keys(ACTION_DOWN), "n F9");
    ck_assert_int_eq(keymap_find(CONTEXT_EVERYWHERE, 'q'), ACTION_NONE);
    ck_assert_int_eq(keymap_find(CONTEXT_ALWAYS, K_CTRL('c')), ACTION_INTERRUPT);
    char text[40];
    keymap_hint(ACTION_DOWN, "next", text, sizeof text);
    ck_assert_str_eq(text, "n=next");
    keymap_hint(ACTION_QUIT, "quit", text, sizeof text);
    ck_assert_str_eq(text, "");
}
END_TEST

START_TEST(a_clash_names_both_places) {
    defaults();
    change("faults", "c", "natsight.conf:12");
    change("columns", "C", "natsight.conf:13"); /* they may change places */
    ck_assert_int_eq(clashes(), 0);
    change("units", "C", "natsight.conf:14");
    ck_assert_int_gt(clashes(), 0);
    ck_assert_str_eq(message, "natsight.conf:14: units is C, but columns has that key (natsight.conf:13)");
    defaults();
    change("overview", "x", "natsight.conf:1"); /* in the dialog, beside what is valid always */
    change("write", "x", "natsight.conf:2");
    ck_assert_int_gt(clashes(), 0);
    defaults();
    change("next_object", "Tab", "natsight.conf:2"); /* never valid together */
    ck_assert_int_eq(clashes(), 0);
    change("half_up", "Ctrl-B", "natsight.conf:3");
    ck_assert_int_eq(clashes(), 0);
}
END_TEST

/* A new default never makes an older configuration a faulty one. */
START_TEST(what_is_bound_is_taken_from_a_default) {
    defaults();
    change("pause", "Space p", "natsight.conf:3");
    ck_assert_int_eq(clashes(), 0);
    keymap_use(&map);
    unsigned consumer = CONTEXT_CONSUMER | CONTEXT_EVERYWHERE | CONTEXT_ALWAYS;
    ck_assert_int_eq(keymap_find(consumer, 'p'), ACTION_PAUSE);
    ck_assert_str_eq(map.row[ACTION_OPEN_STREAM].text, "");
    ck_assert_str_eq(keymap_row_named(&map, "stream_of")->lost, "p went to pause");
    ck_assert_str_eq(map.row[ACTION_TOGGLE_COLUMN].text, "Space"); /* never valid together */
    change("units", "q Tab", "natsight.conf:4");
    change("faults", "F10 o", "natsight.conf:5");
    ck_assert_int_eq(clashes(), 0);
    ck_assert_str_eq(map.row[ACTION_SORT].text, "F6"); /* keeps the other one */
    ck_assert_str_eq(map.row[ACTION_CHOICE_SORT].text, "F6");
    ck_assert_str_eq(map.row[ACTION_SORT].lost, "o went to faults");
    ck_assert_str_eq(map.row[ACTION_QUIT].text, "");
    ck_assert_str_eq(map.row[ACTION_QUIT].lost, "F10 went to faults, q to units");
    ck_assert_str_eq(map.row[ACTION_NEXT_PANEL].lost, "Tab went to units");
    ck_assert_str_eq(map.row[ACTION_SWITCH].lost, "Tab went to units");
    ck_assert_str_eq(map.row[ACTION_COMPLETE].text, "Tab"); /* while something is typed */
    keymap_use(&map);
    ck_assert_int_eq(keymap_find(consumer, K_CTRL('c')), ACTION_INTERRUPT);
}
END_TEST

START_TEST(faults_name_the_nearest) {
    defaults();
    refused("quti", "x", "natsight.conf:7: nothing is called \"quti\"; did you mean quit?");
    refused("zzzzzzzz", "x",
            "natsight.conf:7: nothing is called \"zzzzzzzz\"; natsight manual lists all names");
    refused("", "x", "natsight.conf:7: nothing is called \"\"; natsight manual lists all names");
    refused("quit", "q PgDwn", "natsight.conf:7: quit: no key is called \"PgDwn\"; did you mean PgDn?");
    refused("quit", "Hyper-Left-Q",
            "natsight.conf:7: quit: no key is called \"Hyper-Left-Q\"; write a character, Ctrl-X, F5, PgUp");
    refused("interrupt", "x", "natsight.conf:7: interrupt is always Ctrl-C");
    refused("faults", "f Ctrl-C", "natsight.conf:7: faults can't be Ctrl-C: it quits");
    refused("cancel", "x", "natsight.conf:7: cancel can't be x: it is typed there");
    refused("units", "a b c d e f g h i", "natsight.conf:7: units: at most 8 keys for one thing");
    change("cancel", "F12", "natsight.conf:8");
    change("units", "  b   b ", "natsight.conf:9");
    ck_assert_str_eq(map.row[ACTION_UNITS].text, "b");
}
END_TEST

int main(void) {
    Suite *suite = suite_create("views keymap");
    TCase *tc = tcase_create("keymap");
    tcase_add_test(tc, each_key_does_what_help_says);
    tcase_add_test(tc, help_explains_what_a_view_shows);
    tcase_add_test(tc, views_do_what_their_contexts_list);
    tcase_add_test(tc, names_are_bindings);
    tcase_add_test(tc, a_sentence_names_the_key_in_force);
    tcase_add_test(tc, a_binding_is_renamed_everywhere);
    tcase_add_test(tc, a_clash_names_both_places);
    tcase_add_test(tc, what_is_bound_is_taken_from_a_default);
    tcase_add_test(tc, faults_name_the_nearest);
    suite_add_tcase(suite, tc);
    return suite_run(suite);
}
