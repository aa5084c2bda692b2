/* Screens as readable text, compared with tests/golden/NAME.COLSxROWS.txt. NATSIGHT_GOLDEN=write rewrites
 * them. */
#include <check.h>

#include "tests/harness/suite.h"
#include "tests/harness/text_file.h"
#include "tests/views_colorless.h"
#include "tests/views_frame.h"
#include "tests/views_scenes.h"
#include "views/glossary.h"
#include "views/menu.h"

typedef void world_fn(struct world *w);
typedef void prepare_fn(struct frame *f, const struct world *w);

static const struct screen_case {
    const char *name, *view;
    world_fn *world;
    prepare_fn *prepare;
    bool ascii;
    int sizes; /* of the list below, from the first on */
} cases[] = {
    {"overview-busy", "overview", world_busy, NULL, false, 11},
    {"overview-busy-ascii", "overview", world_busy, NULL, true, 3},
    {"subjects", "subjects", world_sampled, NULL, false, 5},
    {"subjects-ascii", "subjects", world_sampled, NULL, true, 1},
    {"subjects-sums", "subjects", world_sampled, idle_too, false, 2},
    {"subjects-rate", "subjects", world_sampled_rate, NULL, false, 3},
    {"subjects-full", "subjects", world_sampled_full, NULL, false, 2},
    {"subjects-over", "subjects", world_sampled_over, NULL, false, 2},
    {"subjects-late", "subjects", world_sampled_late, NULL, false, 1},
    {"subjects-nothing", "subjects", world_sampled_nothing, NULL, false, 1},
    {"subjects-refused", "subjects", world_sampled_refused, NULL, false, 2},
    {"subjects-hostile", "subjects", world_sampled_hostile, NULL, false, 3},
    {"subjects-empty", "subjects", world_busy, NULL, false, 3},
    {"overview-empty", "overview", world_empty, NULL, false, 7},
    {"overview-failing", "overview", world_failing, NULL, false, 9},
    {"connections-fails-now", "connections", world_fails_now, NULL, false, 7},
    {"connections-failing", "connections", world_failing, NULL, false, 2},
    {"jetstream-failing", "jetstream", world_failing, NULL, false, 2},
    {"node-failing", "node", world_failing, node_n2, false, 3},
    {"overview-failover", "overview", world_failover, NULL, false, 3},
    {"events-failover", "events", world_failover, NULL, false, 2},
    {"connections-stretched", "connections", world_stretched, NULL, false, 2},
    {"node-silent", "node", world_silent, node_dead, false, 2},
    {"overview-partial", "overview", world_partial, NULL, false, 3},
    {"jetstream-partial", "jetstream", world_partial, NULL, false, 5},
    {"jetstream-headless", "jetstream", world_headless, NULL, false, 2},
    {"streams-headless", "jetstream", world_headless, geo_selected, false, 2},
    {"overview-minority", "overview", world_minority, NULL, false, 6},
    {"overview-known", "overview", world_known, NULL, false, 5},
    {"overview-apart", "overview", world_apart, NULL, false, 5},
    {"overview-crowded", "overview", world_crowded, NULL, false, 2},
    {"overview-untold", "overview", world_untold, NULL, false, 2},
    {"overview-sort", "overview", world_busy, last_sort, false, 4},
    {"overview-twins", "overview", world_twins, configured, false, 5},
    {"jetstream-twins", "jetstream", world_twins, configured, false, 2},
    {"connections-twins", "connections", world_twins, configured, false, 1},
    {"jetstream-pending", "jetstream", world_soon, NULL, false, 5},
    {"jetstream-pending-faults", "jetstream", world_soon, faults_alone, false, 2},
    {"overview-pending", "overview", world_soon, NULL, false, 6},
    {"overview-first", "overview", world_first, NULL, false, 1},
    {"overview-quiet", "overview", world_quiet, NULL, false, 3},
    {"overview-stale", "overview", world_stale, NULL, false, 10},
    {"overview-hostile", "overview", world_hostile, NULL, false, 5},
    {"connections-busy", "connections", world_busy, NULL, false, 5},
    {"connections-empty", "connections", world_empty, NULL, false, 1},
    {"connections-stale", "connections", world_stale, NULL, false, 3},
    {"connections-hostile", "connections", world_hostile, NULL, false, 3},
    {"connections-columns", "connections", world_busy, columns_open, false, 1},
    {"connections-sort", "connections", world_busy, sorted, false, 1},
    {"connections-bits", "connections", world_busy, bits_and_local, false, 2},
    {"connections-open", "connections", world_services, NULL, false, 3},
    {"connections-totals", "connections", world_services, connections_totals, false, 3},
    {"connections-closed", "connections", world_services, connections_closed, false, 3},
    {"connections-both", "connections", world_services, connections_both, false, 3},
    {"connections-group-choice", "connections", world_services, group_choice, false, 2},
    {"connections-grouped", "connections", world_services, grouped_by_name, false, 5},
    {"connections-grouped-ascii", "connections", world_busy, grouped_by_name, true, 1},
    {"connections-grouped-totals", "connections", world_services, grouped_totals, false, 3},
    {"connections-in-group", "connections", world_services, in_a_group, false, 3},
    {"connections-grouped-hostile", "connections", world_hostile, grouped_by_name, false, 2},
    {"connections-grouped-empty", "connections", world_empty, grouped_by_name, false, 1},
    {"connections-grouped-stale", "connections", world_stale, grouped_by_name, false, 2},
    {"connection-filling", "connection", world_filling, connection_filling, false, 5},
    {"connection-ascii", "connection", world_filling, connection_filling, true, 2},
    {"connection-charts", "connection", world_filling, connection_charts, false, 5},
    {"connection-figures", "connection", world_filling, connection_figures, false, 5},
    {"connection-subscriptions", "connection", world_filling, connection_subscriptions, false, 5},
    {"connection-quiet", "connection", world_filling, connection_quiet, false, 2},
    {"connection-lives", "connection", world_cut_again, connection_lives, false, 5},
    {"connection-cut", "connection", world_cut_again, connection_cut, false, 5},
    {"connection-left", "connection", world_cut_again, connection_left, false, 2},
    {"connection-again", "connection", world_cut_again, connection_again, false, 2},
    {"connection-forgotten", "connection", world_filling, connection_forgotten, false, 1},
    {"connection-flat", "connection", world_flat, connection_filling, false, 2},
    {"connection-stale", "connection", world_stale, NULL, false, 2},
    {"connection-hostile", "connection", world_hostile, NULL, false, 5},
    {"connection-empty", "connection", world_empty, NULL, false, 1},
    {"jetstream-busy", "jetstream", world_busy, NULL, false, 5},
    {"jetstream-ascii", "jetstream", world_busy, NULL, true, 2},
    {"jetstream-streams", "jetstream", world_busy, streams_tab, false, 3},
    {"jetstream-filter", "jetstream", world_busy, narrowed, false, 2},
    {"jetstream-empty", "jetstream", world_empty, NULL, false, 1},
    {"jetstream-none", "jetstream", world_quiet, NULL, false, 1},
    {"jetstream-stale", "jetstream", world_stale, NULL, false, 3},
    {"jetstream-hostile", "jetstream", world_hostile, NULL, false, 3},
    {"jetstream-meta", "jetstream", world_busy, meta_tab, false, 5},
    {"jetstream-meta-stale", "jetstream", world_stale, meta_tab, false, 2},
    {"jetstream-meta-minority", "jetstream", world_minority, meta_tab, false, 2},
    {"jetstream-meta-moving", "jetstream", world_moving, meta_tab, false, 2},
    {"jetstream-minority", "jetstream", world_minority, NULL, false, 2},
    {"consumer-busy", "consumer", world_busy, consumer_billing, false, 5},
    {"consumer-ascii", "consumer", world_busy, consumer_billing, true, 2},
    {"consumer-stale", "consumer", world_stale, consumer_billing, false, 2},
    {"consumer-empty", "consumer", world_empty, NULL, false, 1},
    {"consumer-none", "consumer", world_quiet, NULL, false, 1},
    {"consumer-hostile", "consumer", world_hostile, NULL, false, 2},
    {"consumer-charts", "consumer", world_states, consumer_charts, false, 5},
    {"consumer-setup", "consumer", world_states, consumer_setup, false, 5},
    {"consumer-siblings", "consumer", world_states, consumer_siblings, false, 5},
    {"stream-busy", "stream", world_busy, stream_orders, false, 5},
    {"stream-limits-alone", "stream", world_kinds, stream_limits_alone, false, 5},
    {"stream-setup", "stream", world_states, stream_setup, false, 5},
    {"stream-readers", "stream", world_states, stream_readers, false, 5},
    {"stream-limits", "stream", world_kinds, stream_orders, false, 4},
    {"stream-sources", "stream", world_kinds, stream_of_sources, false, 2},
    {"jetstream-kinds", "jetstream", world_kinds, streams_tab, false, 5},
    {"overview-called", "overview", world_called, NULL, false, 2},
    {"overview-called-all", "overview", world_called, idle_too, false, 1},
    {"jetstream-called", "jetstream", world_called, idle_too, false, 2},
    {"consumer-called", "consumer", world_called, NULL, false, 1},
    {"jetstream-states", "jetstream", world_states, idle_too, false, 5},
    {"jetstream-stalled", "jetstream", world_states, stalled_alone, false, 1},
    {"jetstream-late", "jetstream", world_states, late_ones, false, 1},
    {"overview-states", "overview", world_states, NULL, false, 3},
    {"jetstream-by-window", "jetstream", world_busy, by_window, false, 2},
    {"jetstream-accounts", "jetstream", world_accounts, configured, false, 5},
    {"overview-contested", "overview", world_contested, NULL, false, 2},
    {"jetstream-contested", "jetstream", world_contested, NULL, false, 3},
    {"streams-contested", "jetstream", world_contested, streams_tab, false, 3},
    {"stream-contested", "stream", world_contested, stream_orders, false, 2},
    {"consumer-contested", "consumer", world_contested, consumer_billing, false, 2},
    {"jetstream-bound", "jetstream", world_bound, NULL, false, 5},
    {"state-stays_behind", "consumer", world_stays, NULL, false, 2},
    {"consumer-bound", "consumer", world_bound, NULL, false, 2},
    {"consumer-bound-ascii", "consumer", world_bound, NULL, true, 1},
    {"jetstream-bound-stale", "jetstream", world_bound_stale, NULL, false, 2},
    {"consumer-bound-stale", "consumer", world_bound_stale, NULL, false, 2},
    {"overview-accounts", "overview", world_accounts, configured, false, 5},
    {"jetstream-long", "jetstream", world_long, NULL, false, 5},
    {"overview-long", "overview", world_long, NULL, false, 3},
    {"consumer-long", "consumer", world_long, consumer_billing, false, 3},
    {"stream-long", "stream", world_long, NULL, false, 3},
    {"stream-accounts", "stream", world_accounts, stream_orders, false, 2},
    {"stream-losing", "stream", world_states, stream_orders, false, 5},
    {"stream-deleted", "stream", world_deleted, stream_orders, false, 5},
    {"consumer-deleted", "consumer", world_deleted, consumer_late, false, 5},
    {"stream-ascii", "stream", world_busy, stream_orders, true, 2},
    {"stream-stale", "stream", world_stale, stream_orders, false, 2},
    {"stream-empty", "stream", world_empty, NULL, false, 1},
    {"stream-hostile", "stream", world_hostile, NULL, false, 2},
    {"overview-late", "overview", world_busy, late_link, false, 2},
    {"node-busy", "node", world_busy, hot_node, false, 3},
    {"node-ascii", "node", world_busy, node_n2, true, 2},
    {"node-pooled", "node", world_pooled, node_n2, false, 1},
    {"node-empty", "node", world_empty, NULL, false, 1},
    {"node-stale", "node", world_stale, node_n2, false, 3},
    {"node-hostile", "node", world_hostile, NULL, false, 2},
    {"alerts-burning", "alerts", world_alerted, acknowledged, false, 5},
    {"alerts-ascii", "alerts", world_alerted, acknowledged, true, 2},
    {"alerts-detail", "alerts", world_alerted, alert_alone, false, 5},
    {"alerts-filter", "alerts", world_alerted, late_consumers, false, 2},
    {"alerts-calm", "alerts", world_quiet, NULL, false, 5},
    {"alerts-vain", "alerts", world_quiet, rule_in_vain, false, 2},
    {"alerts-hostile", "alerts", world_hostile, NULL, false, 2},
    {"alerts-stale", "alerts", world_stale, NULL, false, 3},
    {"alerts-empty", "alerts", world_empty, NULL, false, 1},
    {"overview-acked", "overview", world_alerted, acknowledged, false, 5},
    {"events-stale", "events", world_stale, NULL, false, 3},
    {"events-alerts", "events", world_alerted, NULL, false, 3},
    {"events-empty", "events", world_empty, NULL, false, 1},
    {"events-calm", "events", world_quiet, NULL, false, 3},
    {"events-heard", "events", world_published, NULL, false, 3},
    {"events-ascii", "events", world_published, no_clients, true, 1},
    {"overview-heard", "overview", world_published, NULL, false, 2},
    {"slow-filling", "slow", world_filling, NULL, false, 5},
    {"slow-flat", "slow", world_flat, NULL, false, 5},
    {"slow-again", "slow", world_cut_again, NULL, false, 5},
    {"slow-again-cut", "slow", world_cut_again, cut_off, false, 5},
    {"slow-again-all", "slow", world_cut_again, idle_too, false, 2},
    {"slow-again-ascii", "slow", world_cut_again, NULL, true, 2},
    {"slow-old", "slow", world_old_servers, NULL, false, 5},
    {"slow-old-counters", "slow", world_old_servers, counters, false, 5},
    {"slow-calm", "slow", world_calm, NULL, false, 5},
    {"slow-route", "slow", world_slow_route, NULL, false, 5},
    {"slow-route-ascii", "slow", world_slow_route, NULL, true, 2},
    {"slow-leafs", "slow", world_slow_leafs, NULL, false, 2},
    {"slow-gateway", "slow", world_slow_gateway, NULL, false, 5},
    {"overview-slow-gateway", "overview", world_slow_gateway, NULL, false, 2},
    {"slow-empty", "slow", world_empty, NULL, false, 2},
    {"slow-busy", "slow", world_busy, NULL, false, 3},
    {"slow-stale", "slow", world_stale, NULL, false, 2},
    {"slow-failing", "slow", world_failing, NULL, false, 2},
    {"slow-hostile", "slow", world_hostile, NULL, false, 2},
    {"slow-twins", "slow", world_twins, configured, false, 2},
    {"overview-again", "overview", world_cut_again, NULL, false, 3},
    {"overview-filling", "overview", world_filling, NULL, false, 5},
    {"find-busy", "find", world_busy, find_bil, false, 5},
    {"find-ascii", "find", world_busy, find_bil, true, 2},
    {"find-pattern", "find", world_busy, find_pattern, false, 2},
    {"find-nothing", "find", world_busy, find_nobody, false, 5},
    {"find-unasked", "find", world_busy, NULL, false, 2},
    {"find-stale", "find", world_stale, find_bil, false, 3},
    {"find-failing", "find", world_failing, find_node, false, 2},
    {"find-twins", "find", world_twins, find_bil, false, 3},
    {"find-hostile", "find", world_hostile, find_x, false, 3},
    {"find-closed", "find", world_cut_again, find_bil, false, 3},
    {"find-empty", "find", world_empty, find_bil, false, 1},
    {"interest", "interest", world_listened, NULL, false, 5},
    {"interest-ascii", "interest", world_listened, NULL, true, 2},
    {"interest-members", "interest", world_listened, members_alone, false, 5},
    {"interest-in-part", "interest", world_listened_in_part, NULL, false, 3},
    {"interest-first", "interest", world_listened_once, NULL, false, 2},
    {"interest-unknown", "interest", world_listened_unknown, NULL, false, 2},
    {"interest-deserted", "interest", world_deserted, NULL, false, 3},
    {"interest-unheard", "interest", world_unheard, NULL, false, 2},
    {"interest-dear", "interest", world_dear_interest, NULL, false, 5},
    {"interest-none", "interest", world_busy, NULL, false, 2},
    {"interest-hostile", "interest", world_hostile_interest, members_alone, false, 3},
    {"events-interest", "events", world_deserted, NULL, false, 1},
    {"cost-busy", "cost", world_busy, NULL, false, 3},
    {"cost-dear", "cost", world_dear, NULL, false, 2},
    {"cost-empty", "cost", world_empty, NULL, false, 1},
};
/* A phone, and a pane of a split window. */
static const int small_sizes[][2] = {{28, 8}, {40, 12}};
static const int sizes[][2] = {{80, 24}, {120, 40}, {200, 60}, {60, 15}, {28, 8}, {19, 3},
                               {40, 5},  {110, 6},  {80, 5},   {80, 3},  {40, 12}};

static char *read_all(const char *path) {
    FILE *file = fopen(path, "r");
    if (!file)
        return NULL;
    static char text[200000];
    size_t len = fread(text, 1, sizeof(text) - 1, file);
    fclose(file);
    text[len] = 0;
    return text;
}

static void compare(const char *name, int cols, int rows, const char *text) {
    char path[200];
    snprintf(path, sizeof(path), "tests/golden/%s.%dx%d.txt", name, cols, rows);
    const char *mode = getenv("NATSIGHT_GOLDEN");
    if (mode && strcmp(mode, "write") == 0) {
        text_file_write(path, "%s", text);
        return;
    }
    const char *expected = read_all(path);
    ck_assert_msg(expected != NULL, "%s is missing: NATSIGHT_GOLDEN=write makes it", path);
    if (strcmp(expected, text) != 0) {
        printf("==== %s, expected:\n%s==== drawn:\n%s", path, expected, text);
        ck_abort_msg("%s differs", path);
    }
}

START_TEST(golden) {
    const struct screen_case *c = &cases[_i];
    struct world w;
    c->world(&w);
    for (int i = 0; i < c->sizes; i++) {
        struct frame f;
        frame_open(&f, &w, c->view);
        if (c->prepare)
            c->prepare(&f, &w);
        char *text = frame_text(&f, sizes[i][0], sizes[i][1], c->ascii);
        compare(c->name, sizes[i][0], sizes[i][1], text);
        free(text);
        frame_close(&f);
    }
    world_finish(&w);
}
END_TEST

/* Whatever is wrong: rows of data are seen. */
START_TEST(small_screens_show_data) {
    static const char *const shown[][3] = {{"overview", "ORDERS / billing", "ORDERS / audit"},
                                           {"connections", "4711", "4702"},
                                           {"jetstream", "ORDERS / billing", "ORDERS / audit"},
                                           {"slow", "4711", "4702"},
                                           {"node", "CPU%", "CONN"},
                                           {"stream", "ORDERS", "19.4M"},
                                           {"consumer", "ORDERS / billing", "1.24M"},
                                           {"cost", "n1-lon", "n2-lon"},
                                           {"events", "alert !!", "alert !!"}};
    struct world w;
    char name[60];
    world_busy(&w);
    for (size_t i = 0; i < sizeof(shown) / sizeof(shown[0]); i++)
        for (size_t k = 0; k < 2; k++) {
            struct frame f;
            frame_open(&f, &w, shown[i][0]);
            char *text = frame_text(&f, small_sizes[k][0], small_sizes[k][1], false);
            snprintf(name, sizeof(name), "small-%s", shown[i][0]);
            compare(name, small_sizes[k][0], small_sizes[k][1], text);
            ck_assert_msg(strstr(text, shown[i][1]) && strstr(text, shown[i][2]), "%s", text);
            free(text);
            frame_close(&f);
        }
    world_finish(&w);
}
END_TEST

/* Each state in words, with its reason, on a page of its own. */
START_TEST(every_state_has_its_page) {
    static const char *const states[] = {
        "keeping_up",   "catching_up",     "falling_behind",  "stalled_delivery",
        "stalled_acks", "ack_window_full", "nobody_pulling",  "nobody_bound",
        "paused",       "poison",          "backlog_evicted", "leaderless",
        "idle"};
    struct world w;
    world_states(&w);
    for (size_t i = 0; i < sizeof(states) / sizeof(states[0]); i++) {
        char name[80], words[40];
        struct frame f;
        frame_open(&f, &w, "consumer");
        f.context.object = world_object(&w, OBJECT_CONSUMER, Q_CONSUMER_name, states[i]);
        const struct object *consumer = model_object(w.model, f.context.object);
        ck_assert_str_eq(quantity_name_text(w.model, consumer, Q_CONSUMER_state), states[i]);
        snprintf(name, sizeof(name), "state-%s", states[i]);
        snprintf(words, sizeof(words), "%s: ", states[i]);
        for (char *c = words; *c; c++)
            *c = *c == '_' ? ' ' : *c;
        for (int size = 0; size < 2; size++) {
            char *text = frame_text(&f, sizes[size][0], sizes[size][1], false);
            compare(name, sizes[size][0], sizes[size][1], text);
            ck_assert_msg(strstr(text, words) != NULL, "%s", text);
            free(text);
        }
        frame_close(&f);
    }
    world_finish(&w);
}
END_TEST

START_TEST(states_are_told_without_color) {
    const struct screen_case *c = &cases[_i];
    struct world w;
    int untold = 0;
    c->world(&w);
    for (int i = 0; i < c->sizes; i++) {
        struct frame f;
        frame_open(&f, &w, c->view);
        if (c->prepare)
            c->prepare(&f, &w);
        struct surface *s = frame_draw(&f, sizes[i][0], sizes[i][1], c->ascii);
        untold += colorless_untold(s, c->name);
        surface_destroy(s);
        frame_close(&f);
    }
    world_finish(&w);
    ck_assert_int_eq(untold, 0);
}
END_TEST

/* One line each: what was drawn, and whether that can be told. */
static const struct {
    const char *mark, *text;
    enum role role;
    int untold;
} told[] = {
    {"!!", "33.5M", ROLE_CRIT, 0},     {" !", "33.5M", ROLE_CRIT, 1},     {" .", "33.5M", ROLE_CRIT, 1},
    {"", "33.5M", ROLE_WARN, 1},       {" !", "33.5M", ROLE_WARN, 0},     {" .", "33.5M~", ROLE_DIM, 0},
    {" .", "33.5M", ROLE_DIM, 1},      {" ?", "33.5M", ROLE_DIM, 0},      {"", "down", ROLE_CRIT, 0},
    {"!!", "down", ROLE_OK, 1},        {" .", "down", ROLE_OK, 1},        {"", "up", ROLE_OK, 0},
    {"", "2/3 up", ROLE_ROW1_WARN, 0}, {"", "3/3 up", ROLE_ROW1_WARN, 1}, {"", "!", ROLE_CHART_MARK, 0},
    {"!!3 !2", "SLOW", ROLE_CRIT, 0},  {"!3", "SLOW", ROLE_CRIT, 1},      {"!!x !2", "SLOW", ROLE_CRIT, 1},
};

START_TEST(a_state_by_color_alone_is_found) {
    struct surface *s = surface_create(40, 1);
    surface_text(s, surface_rect(s), 0, 0, ROLE_TEXT, 0, told[_i].mark);
    surface_text(s, surface_rect(s), 10, 0, told[_i].role, 0, told[_i].text);
    ck_assert_int_eq(colorless_untold(s, "one line"), told[_i].untold);
    surface_destroy(s);
}
END_TEST

START_TEST(golden_menu) {
    struct surface *s = surface_create(80, 24);
    menu_draw(view_by_name("connections"), 3, s, surface_rect(s));
    char *text = surface_plain(s);
    compare("menu", 80, 24, text);
    free(text);
    surface_clear(s);
    menu_draw(view_by_name("connections"), view_count - 1, s, (struct rect){0, 0, 40, 5});
    text = surface_plain(s);
    compare("menu-small", 80, 24, text);
    free(text);
    surface_destroy(s);
}
END_TEST

static void compare_help(const struct help *help, const char *title, const char *name) {
    struct surface *s = surface_create(80, 24);
    help_draw(help, title, 0, s, surface_rect(s));
    char *text = surface_plain(s);
    compare(name, 80, 24, text);
    free(text);
    surface_destroy(s);
}

START_TEST(golden_help) {
    static const struct help_line extra[] = {
        {NULL, "Typed after :"}, {":column", "No such command."}, {NULL, NULL}};
    unsigned contexts = view_by_name("overview")->contexts | CONTEXT_EVERYWHERE | CONTEXT_ALWAYS;
    struct help help = {.contexts = contexts, .filter = "", .extra = extra, .width = 80};
    compare_help(&help, "Overview", "help");
    help.filter = "column";
    compare_help(&help, "Overview", "help-column");
    help.words = glossary_of(view_by_name("jetstream"));
    help.filter = "stalled";
    compare_help(&help, "JetStream", "help-stalled");
    help.filter = "signs";
    compare_help(&help, "JetStream", "help-signs");
}
END_TEST

int main(void) {
    Suite *suite = suite_create("views golden");
    TCase *tc = tcase_create("screens");
    tcase_set_timeout(tc, 60);
    tcase_add_loop_test(tc, golden, 0, sizeof(cases) / sizeof(cases[0]));
    tcase_add_test(tc, small_screens_show_data);
    tcase_add_test(tc, every_state_has_its_page);
    tcase_add_loop_test(tc, states_are_told_without_color, 0, sizeof(cases) / sizeof(cases[0]));
    tcase_add_loop_test(tc, a_state_by_color_alone_is_found, 0, sizeof(told) / sizeof(told[0]));
    tcase_add_test(tc, golden_menu);
    tcase_add_test(tc, golden_help);
    suite_add_tcase(suite, tc);
    return suite_run(suite);
}
