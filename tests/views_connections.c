/* The lists of connections: every column both ways, totals for rates, open and closed ones. */
#include <math.h>

#include "tests/views_listed.h"

static int column_named(const struct quantity_list *list, const char *name) {
    return quantity_column_named(list->columns, list->column_count, name);
}

/* ---- order ---- */

/* What is within a tenth stays as it was. */
static int order_of(struct value a, struct value b) {
    double x, y;
    if (value_number(a, &x) && value_number(b, &y) && fabs(x - y) <= 0.11 * fmax(fabs(x), fabs(y)))
        return 0;
    return value_compare(a, b);
}

static void check_order(const struct quantity_list *list, const char *name, int column) {
    enum quantity q = list->columns[column].quantity;
    int down = list->made[column].align > 0 ? -1 : 1;
    int way = list->table.reverse ? -down : down;
    for (size_t i = 1; i < list->count; i++)
        ck_assert_msg(order_of(cell(list, i - 1, q), cell(list, i, q)) * way <= 0,
                      "%s %s%s: row %zu does not come before row %zu", name, quantities[q].name,
                      list->table.reverse ? " reversed" : "", i - 1, i);
}

static size_t to_list(int i) {
    static const char *const keys[] = {"", "x", "x", "B Down Enter"};
    press(keys[i]);
    return ((const struct connections *)f.state)->list.focus->column_count;
}

START_TEST(every_column_sorts_both_ways) {
    begin();
    for (int i = 0; i < CONNECTIONS_LISTS; i++) {
        int count = (int)to_list(i);
        for (int column = 0; column < count; column++) {
            struct quantity_list *list = ((struct connections *)f.state)->list.focus;
            const char *name = list_sort_name(list, column);
            uint64_t first[2];
            ck_assert_ptr_nonnull(name);
            for (int reverse = 0; reverse < 2; reverse++) {
                ck_assert(list_sort_by(list, name));
                ck_assert_int_eq(list->table.reverse, reverse);
                shown();
                ck_assert_uint_gt(list->count, 1);
                check_order(list, connection_list_rows[i].name, column);
                first[reverse] = row(list, 0)->id;
                press("r r");
            }
            struct value a = cell(list, 0, list->columns[column].quantity),
                         b = cell(list, list->count - 1, list->columns[column].quantity);
            if (order_of(a, b) != 0)
                ck_assert_msg(first[0] != first[1], "%s: reversed is not another order", name);
        }
    }
    end();
}
END_TEST

/* What nobody else needs is theirs, and where there is not enough the middle goes. */
START_TEST(names_take_what_is_left) {
    world_hostile(&w);
    frame_open(&f, &w, "connections");
    struct quantity_list *list = ((struct connections *)f.state)->list.focus;
    shown();
    quantity_list_set_columns(list, "cid name");
    char *text = frame_text(&f, 200, 60, false), *tail = strstr(text, "x~5ae6156f");
    ck_assert_msg(tail && strstr(text, "xxx…xxx"), "%.2000s", text);
    int columns = 0;
    for (char *at = tail; at[-1] == 'x'; at--)
        columns++;
    ck_assert_int_gt(columns, 80);
    free(text);
    end();
}
END_TEST

START_TEST(a_choice_of_columns_holds_for_open_and_closed) {
    begin();
    struct connections *c = f.state;
    struct quantity_list *open = &c->lists[CONNECTIONS_OPEN], *closed = &c->lists[CONNECTIONS_CLOSED],
                         *both = &c->lists[CONNECTIONS_BOTH];
    int own = column_named(open, "subscriptions"), other = column_named(closed, "subscriptions"),
        third = column_named(both, "subscriptions");
    struct view_request request;
    shown();
    press("c");
    for (int i = 0; open->table.sequence[open->choice] != own; i++) {
        ck_assert_int_lt(i, open->column_count);
        press("Down");
    }
    ck_assert(frame_key(&f, "Space", &request) & REACT_DRAW);
    ck_assert_ptr_nonnull(request.say);
    ck_assert_str_eq(request.say, "until the end; F2, then w keeps these columns");
    press("Esc");
    shown();
    ck_assert(open->table.hidden[own] && closed->table.hidden[other] && both->table.hidden[third]);
    ck_assert(!closed->table.hidden[column_named(closed, "lived")]);
    quantity_list_set_columns(closed, "cid subscriptions"); /* as a configuration does: of this list alone */
    shown();
    ck_assert(open->table.hidden[own]);
    end();
}
END_TEST

/* "-" is a name that somebody may have. */
START_TEST(who_has_no_name_is_found) {
    begin();
    f.context.filter = "name=\"\"";
    const struct quantity_list *list = shown()->list.focus;
    ck_assert_uint_eq(list->count, 2);
    for (size_t i = 0; i < list->count; i++)
        ck_assert_int_eq(cell(list, i, Q_CONNECTION_name).type, VALUE_UNKNOWN);
    f.context.filter = "name!=\"\"";
    size_t count = shown()->list.focus->count;
    f.context.filter = "";
    ck_assert_uint_eq(shown()->list.focus->count, count + 2);
    press("B Down Enter");
    look_for(" (none) ");
    end();
}
END_TEST

/* It is known who does not answer; another one that does has no connections. */
START_TEST(who_does_not_answer_is_said) {
    static const struct world_client clients[] = {{0, 5, "c", NULL, "go", 0, 10, 0},
                                                  {1, 7, "a", NULL, "go", 0, 10, 0},
                                                  {1, 8, "b", NULL, "go", 0, 10, 0}};
    begin_with_n2_silent(clients + 1, 2);
    look_for("-2 open as last seen: n2-lon does not answer ");
    end();
    begin_with_n2_silent(clients, 3);
    look_for("-1 open, 2 as last seen: n2-lon does not answer ");
    end();
}
END_TEST

/* A few bytes that wait for the length of a poll move no row to the top. */
START_TEST(a_little_that_waits_moves_nothing) {
    static struct world_client clients[] = {{0, 7, "a", NULL, "go", 0, 10, 0},
                                            {0, 8, "b", NULL, "go", 0, 10, 0}};
    world_init(&w);
    w.clients = clients;
    w.client_count = 2;
    world_run(&w, 30);
    frame_open(&f, &w, "connections");
    const struct quantity_list *list = shown()->list.focus;
    ck_assert_str_eq(cell(list, 0, Q_CONNECTION_name).text, "a");
    static const struct {
        double pending;
        const char *first;
    } steps[] = {{300, "a"}, {40000, "a"}, {4e8, "b"}};
    for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
        clients[1].pending = steps[i].pending;
        world_run(&w, 4);
        f.context.utc_ns = world_utc(&w);
        f.context.mono_ns = world_mono(&w);
        list = shown()->list.focus;
        ck_assert_str_eq(cell(list, 0, Q_CONNECTION_name).text, steps[i].first);
    }
    end();
}
END_TEST

/* What the manual names can be chosen, and the list of both has all of it. */
START_TEST(every_quantity_is_a_column) {
    begin();
    const struct connections *c = f.state;
    for (int q = 0; q < QUANTITY_COUNT; q++)
        if (quantities[q].kind == OBJECT_CONNECTION && !(quantities[q].flags & QUANTITY_HIDDEN)) {
            const char *name = quantities[q].name;
            ck_assert_msg(column_named(&c->lists[CONNECTIONS_BOTH], name) >= 0, "no %s", name);
            bool ended = strcmp(name, "state") == 0 || column_named(&c->lists[CONNECTIONS_CLOSED], name) >= 0;
            ck_assert_msg(ended || column_named(&c->lists[CONNECTIONS_OPEN], name) >= 0, "no %s", name);
        }
    end();
}
END_TEST

/* It is sorted by what is hidden, or has no room: that is there as long. */
START_TEST(what_it_is_sorted_by_is_seen) {
    begin();
    struct quantity_list *list = ((struct connections *)f.state)->list.focus;
    shown();
    int host = column_named(list, "host");
    ck_assert(list->table.hidden[host] && !(table_shown(&list->table) >> host & 1));
    list_sort_by(list, "host");
    free(frame_text(&f, 80, 24, false));
    ck_assert(table_shown(&list->table) >> host & 1);
    list_sort_by(list, "cid");
    shown();
    ck_assert(!(table_shown(&list->table) >> host & 1));
    end();
}
END_TEST

/* Rows stand still for a while after a key, and that is said. */
START_TEST(an_order_that_is_held_is_said) {
    begin();
    look_for("sort: severity then PEND -");
    press("Down");
    world_run(&w, 1);
    f.context.utc_ns = world_utc(&w);
    f.context.mono_ns = world_mono(&w);
    look_for("sort: severity then PEND   order held -");
    world_run(&w, 10);
    f.context.utc_ns = world_utc(&w);
    f.context.mono_ns = world_mono(&w);
    look_for("sort: severity then PEND -");
    end();
}
END_TEST

/* From severity to severity; bit: column that was sorted by. */
static uint64_t walk(struct table *t, const char *key) {
    uint64_t seen = 0;
    for (int i = 0; i < t->column_count + 1; i++) {
        press(key);
        if (t->sort < 0)
            return seen;
        ck_assert_msg(!(seen >> t->sort & 1), "%s is met twice", table_sort_title(t));
        seen |= 1ull << t->sort;
        look_for("sort: ");
    }
    ck_abort_msg("%s does not lead to severity", key);
    return 0;
}

/* Keys lead to what is seen and back to severity, the menu to all. */
START_TEST(keys_lead_to_every_column_on_the_screen) {
    begin();
    shown();
    struct quantity_list *list = ((struct connections *)f.state)->list.focus;
    struct table *t = &list->table;
    uint64_t first = table_shown(t);
    ck_assert_uint_eq(walk(t, ">"), first);
    ck_assert_uint_eq(walk(t, "<"), first);
    press("Right Right Right Right");
    shown();
    uint64_t scrolled = table_shown(t);
    ck_assert_uint_ne(scrolled, first);
    ck_assert_uint_eq(walk(t, ">"), scrolled);
    uint64_t menu = 0;
    press("o");
    for (int i = 0; i < quantity_menu_lines(list); i++)
        if (quantity_menu_column(list, i) >= 0)
            menu |= 1ull << quantity_menu_column(list, i);
    ck_assert_uint_ne(first & menu, menu);
    for (int i = 0; i < list->column_count; i++)
        ck_assert_msg(t->hidden[i] || menu >> i & 1, "%s is out of reach", list->titles[i]);
    end();
}
END_TEST

START_TEST(selection_sticks_while_rows_move) {
    static struct world_client moving[3] = {{0, 1, "one", NULL, "go", 0, 10, 0},
                                            {0, 2, "two", NULL, "go", 0, 200, 0},
                                            {0, 3, "three", NULL, "go", 0, 3000, 0}};
    world_init(&w);
    w.jetstream = false;
    w.clients = moving;
    w.client_count = 3;
    for (int i = 0; i < w.node_count; i++)
        w.nodes[i].connections = i == 0 ? 3 : 0;
    world_run(&w, 5);
    frame_open(&f, &w, "connections");
    struct quantity_list *list = (struct quantity_list *)((struct connections *)f.state)->list.focus;
    ck_assert(list_sort_by(list, "in_msgs"));
    press("Down");
    shown();
    ck_assert_str_eq(cell(list, 1, Q_CONNECTION_name).text, "two");
    uint64_t id = table_selected(&list->table);
    ck_assert_uint_eq(id, row(list, 1)->id);
    moving[1].in_rate = 9000; /* the counter follows */
    world_run(&w, 8);
    f.context.utc_ns = world_utc(&w);
    f.context.mono_ns = world_mono(&w);
    shown();
    ck_assert_str_eq(cell(list, 0, Q_CONNECTION_name).text, "two");
    ck_assert_uint_eq(table_selected(&list->table), id);
    ck_assert_uint_eq(list->table.selected_row, 0);
    end();
}
END_TEST

/* ---- rates and totals ---- */

START_TEST(totals_take_the_place_of_rates) {
    static const char *const keys[] = {"", "B Down Enter"};
    for (int grouped = 0; grouped < 2; grouped++) {
        char before[2000], after[2000];
        begin();
        press(keys[grouped]);
        struct quantity_list *list = ((struct connections *)f.state)->list.focus;
        ck_assert(list_sort_by(list, "out_bytes_per_s"));
        quantity_list_columns(list, before, sizeof(before));
        look_for("   per second ");
        press("U");
        look_for("   since connected ");
        quantity_list_columns(list, after, sizeof(after));
        ck_assert_ptr_nonnull(strstr(after,
                                     " in_msgs out_msgs in_bytes out_bytes in_msgs_per_s out_msgs_per_s "
                                     "in_bytes_per_s out_bytes_per_s "));
        ck_assert_str_eq(list_sort_name(list, list->table.sort), "out_bytes");
        /* As a configuration has them: in another list they are the same. */
        struct quantity_list other = *list;
        other.several = false;
        quantity_list_set_columns(&other, after);
        ck_assert(quantity_list_shows_totals(&other));
        press("U");
        quantity_list_columns(list, after, sizeof(after));
        ck_assert_str_eq(after, before);
        ck_assert_str_eq(list_sort_name(list, list->table.sort), "out_bytes_per_s");
        end();
    }
}
END_TEST

/* Where one of a pair was chosen alone, the other takes its place, on small screens, too. */
START_TEST(a_total_has_the_room_of_its_rate) {
    begin();
    struct quantity_list *list = ((struct connections *)f.state)->list.focus;
    quantity_list_set_columns(list, "cid name in_msgs_per_s pending_bytes");
    press("U");
    char names[300];
    quantity_list_columns(list, names, sizeof(names));
    ck_assert_str_eq(names, "cid name in_msgs pending_bytes");
    char *text = frame_text(&f, 80, 24, false);
    ck_assert_ptr_nonnull(strstr(text, "    IN   PEND"));
    free(text);
    press("U");
    quantity_list_columns(list, names, sizeof(names));
    ck_assert_str_eq(names, "cid name in_msgs_per_s pending_bytes");
    end();
}
END_TEST

/* ---- open and closed ---- */

START_TEST(open_closed_or_both) {
    begin();
    shown();
    struct connections *c = f.state;
    look_for("-11 open   per second");
    ck_assert_uint_eq(c->list.focus->count, 11);
    press("Down Down x");
    look_for("-2 closed in 8s   since connected");
    ck_assert_uint_eq(c->list.focus->count, 2);
    for (size_t i = 0; i < 2; i++)
        ck_assert_int_eq(row(c->list.focus, i)->freshness, FRESH_GONE);
    press("x");
    look_for("-11 open, 2 closed in 8s   per second");
    ck_assert_uint_eq(c->list.focus->count, 13);
    press("x");
    look_for("-11 open   per second");
    end();
}
END_TEST

static uint64_t selected_of(const struct connections *c) {
    return table_selected(&c->list.focus->table);
}

/* Nobody chose a row: the first one is selected wherever. */
START_TEST(the_first_row_stays_the_selected_one) {
    begin();
    for (int i = 0; i < 4; i++) {
        const struct connections *c = shown();
        ck_assert_uint_eq(c->list.focus->table.selected_row, 0);
        ck_assert_uint_eq(selected_of(c), row(c->list.focus, 0)->id);
        press("x");
    }
    end();
}
END_TEST

START_TEST(what_was_chosen_stays_where_it_is_listed) {
    begin();
    const struct connections *c = f.state;
    press("Down Down");
    shown();
    uint64_t chosen = selected_of(c);
    ck_assert_uint_eq(chosen, row(c->list.focus, 2)->id);
    press("x");
    shown();
    ck_assert_uint_eq(c->list.focus->table.selected_row, 0); /* not among the closed ones */
    press("x");
    shown();
    ck_assert_uint_eq(selected_of(c), chosen);
    press("x");
    shown();
    ck_assert_uint_eq(selected_of(c), chosen);
    press("x Down");
    shown();
    uint64_t closed = selected_of(c);
    ck_assert_uint_eq(closed, row(c->list.focus, 1)->id);
    press("x");
    shown();
    ck_assert_uint_eq(selected_of(c), closed);
    ck_assert_uint_eq(row(c->list.focus, c->list.focus->table.selected_row)->id, closed);
    end();
}
END_TEST

/* How long one was idle when it ended is no matter beside those that are. */
START_TEST(closed_ones_are_not_idle) {
    begin();
    press("x x");
    const struct connections *c = shown();
    int closed = 0;
    for (size_t i = 0; i < c->list.focus->count; i++) {
        bool known = cell(c->list.focus, i, Q_CONNECTION_idle).type != VALUE_UNKNOWN;
        bool open = row(c->list.focus, i)->freshness == FRESH_LIVE;
        ck_assert_int_eq(known, open);
        closed += !open;
    }
    ck_assert_int_eq(closed, 2);
    end();
}
END_TEST

static void closed_are_told(const struct world_life *lives, int count, const char *what) {
    world_init(&w);
    w.jetstream = false;
    w.closes = true;
    w.lives = lives;
    w.life_count = count;
    world_run(&w, 600);
    frame_open(&f, &w, "connections");
    press("x");
    look_for(what);
    end();
}

/* What is kept is not what was closed. */
START_TEST(the_last_ones_are_not_all) {
    static struct world_life lives[1100];
    for (int i = 0; i < 1100; i++)
        lives[i] = (struct world_life){.node = 0,
                                       .name = "crawler",
                                       .cid = 3000 - (uint64_t)i, /* the newest first */
                                       .first = 100 + (1099 - i) / 3,
                                       .lives = 1,
                                       .lived = 2,
                                       .reason = "Client Closed"};
    closed_are_told(lives + 200, 900, "-900 closed in 8m18s   ");
    closed_are_told(lives, 1100, "-the last 1,000 closed   ");
}
END_TEST

int main(void) {
    Suite *suite = suite_create("views: connections");
    TCase *tc = tcase_create("connections");
    tcase_set_timeout(tc, 60);
    tcase_add_test(tc, every_column_sorts_both_ways);
    tcase_add_test(tc, names_take_what_is_left);
    tcase_add_test(tc, a_choice_of_columns_holds_for_open_and_closed);
    tcase_add_test(tc, who_has_no_name_is_found);
    tcase_add_test(tc, who_does_not_answer_is_said);
    tcase_add_test(tc, a_little_that_waits_moves_nothing);
    tcase_add_test(tc, every_quantity_is_a_column);
    tcase_add_test(tc, what_it_is_sorted_by_is_seen);
    tcase_add_test(tc, an_order_that_is_held_is_said);
    tcase_add_test(tc, keys_lead_to_every_column_on_the_screen);
    tcase_add_test(tc, selection_sticks_while_rows_move);
    tcase_add_test(tc, totals_take_the_place_of_rates);
    tcase_add_test(tc, a_total_has_the_room_of_its_rate);
    tcase_add_test(tc, open_closed_or_both);
    tcase_add_test(tc, the_first_row_stays_the_selected_one);
    tcase_add_test(tc, what_was_chosen_stays_where_it_is_listed);
    tcase_add_test(tc, closed_ones_are_not_idle);
    tcase_add_test(tc, the_last_ones_are_not_all);
    suite_add_tcase(suite, tc);
    return suite_run(suite);
}
