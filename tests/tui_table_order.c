/* In which order, and which row is selected. */
#include "tests/tui_fruit.h"

START_TEST(sorts_both_ways) {
    table.sort = NAME;
    expect_order(0, "apple* banana cherry date elder");
    table.reverse = true;
    expect_order(0, "elder* date cherry banana apple");
    table.sort = LAG; /* numbers: the largest first, the unknown last */
    table.reverse = false;
    expect_order(0, "banana* date elder apple cherry");
    table.reverse = true;
    expect_order(0, "cherry* apple date elder banana");
    table.sort = -1;
    expect_order(0, "elder* apple cherry date banana");
}
END_TEST

START_TEST(equal_rows_go_by_the_second_column) {
    table_init(&table, columns, 4, LAG, NAME);
    get(1)->lag = 30;
    expect_order(0, "banana* apple date elder cherry");
    table.reverse = true;
    expect_order(0, "cherry* apple date elder banana");
}
END_TEST

/* Whoever came first: what is equal stands by name, also when all is reversed. */
START_TEST(ties_go_by_name) {
    basket_size = 0;
    put(1, "melon", 5, 0);
    put(2, "lime", 5, 0);
    put(3, "kiwi", 9, 0);
    put(4, "fig", 5, 0);
    struct table_source from = source();
    from.tie = fruit_tie;
    for (int reverse = 0; reverse < 2; reverse++) {
        static const char *const expected[][4] = {{"kiwi", "fig", "lime", "melon"},
                                                  {"fig", "lime", "melon", "kiwi"}};
        table_init(&table, columns, 4, LAG, LAG);
        table.reverse = reverse;
        table_arrange(&table, &from, 20, 0);
        for (size_t i = 0; i < 4; i++)
            ck_assert_str_eq(basket[table.order[i]].name, expected[reverse][i]);
        if (!reverse)
            table_finish(&table);
    }
}
END_TEST

START_TEST(sort_walks_over_the_columns) {
    table.width = 80;
    table.hidden[NODE] = true;
    static const char *const right[] = {"NAME", "LAG", "WHY", "severity", "NAME"};
    for (int i = 0; i < 5; i++) {
        table_sort_next(&table, 1);
        ck_assert_str_eq(table_sort_title(&table), right[i]);
    }
    table_sort_next(&table, -1);
    ck_assert_str_eq(table_sort_title(&table), "severity");
    table.reverse = true;
    table_sort_next(&table, -1);
    ck_assert_str_eq(table_sort_title(&table), "WHY");
    ck_assert(!table.reverse);
}
END_TEST

/* One that has no room, or is scrolled away, would leave the rows unsorted to the eye. */
START_TEST(sort_walks_over_what_is_seen) {
    table.width = 24;
    uint64_t seen = table_shown(&table), met = 0;
    ck_assert_uint_eq(seen & 1u << NODE, 0);
    ck_assert_uint_ne(seen & 1u << WHY, 0);
    table_sort_next(&table, 1);
    for (int i = 0; i < 4 && table.sort >= 0; i++, table_sort_next(&table, 1))
        met |= 1u << table.sort;
    ck_assert_uint_eq(met, seen);
    table.sort = NODE; /* as the menu does it: the keys lead on from there */
    table_sort_next(&table, -1);
    ck_assert_str_eq(table_sort_title(&table), "LAG");
}
END_TEST

START_TEST(the_first_row_is_selected_until_somebody_moves) {
    expect_order(0, "banana* date cherry elder apple");
    ck_assert_uint_eq(table_selected(&table), 2);
    get(1)->severity = 4;
    get(1)->lag = 1000;
    expect_order(1, "apple* banana date cherry elder");
    ck_assert_uint_eq(table_selected(&table), 1);
}
END_TEST

START_TEST(the_selection_sticks_to_the_object) {
    expect_order(0, "banana* date cherry elder apple");
    table_move(&table, 1, 0);
    ck_assert_uint_eq(table_selected(&table), 4);
    expect_order(6 * NS_PER_S, "banana date* cherry elder apple");
    get(4)->severity = 0;
    expect_order(7 * NS_PER_S, "banana cherry date* elder apple");
    get(4)->severity = 4;
    get(4)->lag = 1000;
    expect_order(8 * NS_PER_S, "date* banana cherry elder apple");
}
END_TEST

START_TEST(a_gone_selection_leaves_its_place) {
    expect_order(0, "banana* date cherry elder apple");
    table_move(&table, 2, 0);
    expect_order(6 * NS_PER_S, "banana date cherry* elder apple");
    take_out(3);
    expect_order(7 * NS_PER_S, "banana date elder* apple");
    ck_assert_uint_eq(table_selected(&table), 5);
    take_out(1);
    take_out(5);
    expect_order(8 * NS_PER_S, "banana date*");
    basket_size = 0;
    expect_order(9 * NS_PER_S, "");
    ck_assert_uint_eq(table_selected(&table), 0);
}
END_TEST

START_TEST(moves_end_at_the_ends) {
    expect_order(0, "banana* date cherry elder apple");
    table_move(&table, -1, 0);
    expect_order(0, "banana* date cherry elder apple");
    table_move(&table, LONG_MAX, 0);
    expect_order(0, "banana date cherry elder apple*");
    table_move(&table, 3, 0);
    expect_order(0, "banana date cherry elder apple*");
    table_move(&table, -2, 0);
    expect_order(0, "banana date cherry* elder apple");
    table_move(&table, LONG_MIN, 0);
    expect_order(0, "banana* date cherry elder apple");
}
END_TEST

START_TEST(the_order_freezes_after_a_cursor_key) {
    expect_order(0, "banana* date cherry elder apple");
    table_move(&table, 1, 0);
    get(1)->severity = 4;
    get(1)->lag = 5000;
    expect_order(NS_PER_S, "banana date* cherry elder apple");
    put(6, "fig", 9999, 4); /* a new one comes last */
    take_out(3);            /* a gone one leaves */
    expect_order(4 * NS_PER_S, "banana date* elder apple fig");
    table_move(&table, 1, 4 * NS_PER_S); /* and five seconds more */
    expect_order(9 * NS_PER_S - 1, "banana date elder* apple fig");
    expect_order(9 * NS_PER_S, "fig apple banana date elder*");
}
END_TEST

START_TEST(a_frozen_order_survives_rows_that_change_places) {
    expect_order(0, "banana* date cherry elder apple");
    table_move(&table, 1, 0);
    struct fruit first = basket[0];
    basket[0] = basket[4];
    basket[4] = first;
    expect_order(1, "banana date* cherry elder apple");
}
END_TEST

START_TEST(a_new_order_ends_the_freeze) {
    expect_order(0, "banana* date cherry elder apple");
    table_move(&table, 1, 0);
    table.sort = NAME;
    expect_order(1, "apple banana cherry date* elder");
    table_move(&table, 1, 1);
    table.reverse = true;
    expect_order(2, "elder* date cherry banana apple");
}
END_TEST

static bool fruit_near(void *data, size_t a, size_t b, int column) {
    const struct fruit *all = data;
    int x = all[a].lag, y = all[b].lag, most = x > y ? x : y;
    return column == LAG && x > 0 && y > 0 && 10 * abs(x - y) <= most;
}

static void expect_held(const char *names) {
    struct table_source from = source();
    char text[512] = "";
    from.near = fruit_near;
    table_arrange(&table, &from, 20, 0);
    for (size_t i = 0; i < table.rows; i++) {
        size_t len = strlen(text);
        snprintf(text + len, sizeof text - len, "%s%s", len ? " " : "", basket[table.order[i]].name);
    }
    ck_assert_str_eq(text, names);
}

/* One overtakes the other with each answer; what happens to others is no reason to follow. */
START_TEST(near_rows_keep_their_places) {
    static const int by_severity[] = {-1, LAG};
    for (int i = 0; i < 2; i++) {
        teardown();
        setup();
        for (uint64_t id = 1; id <= 5; id++)
            get(id)->severity = 0;
        table_init(&table, columns, 4, by_severity[i], LAG);
        get(1)->lag = 1000, get(2)->lag = 990, get(3)->lag = 100, get(4)->lag = 50, get(5)->lag = 0;
        expect_held("apple banana cherry date elder");
        get(2)->lag = 1090;
        expect_held("apple banana cherry date elder");
        get(4)->lag = 500; /* all are put in order again */
        expect_held("apple banana date cherry elder");
        get(2)->lag = 1150;
        expect_held("banana apple date cherry elder");
        get(1)->lag = 1200;
        expect_held("banana apple date cherry elder");
        take_out(3);
        put(6, "fig", 1300, 0);
        expect_held("apple fig banana date elder");
        get(1)->lag = 1700;
        get(2)->lag = 1600;
        expect_held("apple banana fig date elder");
    }
}
END_TEST

/* Each near to the next, and the last one far from the first. */
START_TEST(a_chain_of_near_rows_is_sorted) {
    table_init(&table, columns, 4, LAG, LAG);
    for (uint64_t id = 1; id <= 5; id++)
        get(id)->lag = 1000 - (int)id;
    expect_held("apple banana cherry date elder");
    for (uint64_t id = 1; id <= 5; id++)
        get(id)->lag = 1000 + 60 * (int)id;
    expect_held("cherry date elder apple banana");
}
END_TEST

START_TEST(rows_scroll_with_the_selection) {
    table_init(&table, columns, 2, NAME, NAME);
    expect_at(18, 4, 0,
              " S NAME        LAG\n"
              " .>apple         7\n"
              "!! banana      900\n"
              " ? cherry        -\n");
    ck_assert_int_eq(table.page, 3);
    table_move(&table, table.page, 0);
    expect_at(18, 4, 0,
              " S NAME        LAG\n"
              "!! banana      900\n"
              " ? cherry        -\n"
              " !>date         30\n");
    table_move(&table, -1, 0);
    expect_at(18, 4, 0,
              " S NAME        LAG\n"
              "!! banana      900\n"
              " ?>cherry        -\n"
              " ! date         30\n");
    table_move(&table, LONG_MAX, 0);
    expect_at(18, 3, 0,
              " S NAME        LAG\n"
              " ! date         30\n"
              " .>elder        30\n");
    expect_at(18, 10, 0, /* more room: no row is kept from sight */
              " S NAME        LAG\n"
              " . apple         7\n"
              "!! banana      900\n"
              " ? cherry        -\n"
              " ! date         30\n"
              " .>elder        30\n"
              "\n\n\n\n");
}
END_TEST

START_TEST(many_rows_in_order_are_not_sorted_again) {
    static struct fruit many[10000];
    for (size_t i = 0; i < 10000; i++)
        many[i] = (struct fruit){i + 1, "x", (int)((i * 7919) % 10007), 0};
    struct table_source from = source();
    from.data = many;
    from.rows = 10000;
    table.sort = LAG;
    table_arrange(&table, &from, 40, 0);
    for (size_t i = 1; i < 10000; i++)
        ck_assert_int_ge(many[table.order[i - 1]].lag, many[table.order[i]].lag);
    compared = 0;
    table_arrange(&table, &from, 40, 0);
    ck_assert_uint_eq(compared, 9999);
    table_move(&table, 5000, 0);
    from.rows = 9000; /* while frozen */
    table_arrange(&table, &from, 40, 1);
    bool *seen = memory_array(9000, sizeof *seen);
    for (size_t i = 0; i < 9000; i++) {
        ck_assert_uint_lt(table.order[i], 9000);
        ck_assert(!seen[table.order[i]]);
        seen[table.order[i]] = true;
        if (i)
            ck_assert_int_ge(many[table.order[i - 1]].lag, many[table.order[i]].lag);
    }
    free(seen);
}
END_TEST

/* Whoever says that the rows are the same is not asked again, but for an order that nobody has seen yet. */
START_TEST(the_same_rows_are_not_looked_at) {
    struct table_source from = source();
    table.sort = LAG;
    expect_order(0, "banana* date elder apple cherry");
    get(1)->lag = 1000;
    from.same = true;
    table_arrange(&table, &from, 20, 1);
    ck_assert_str_eq(basket[table.order[0]].name, "banana");
    table_move(&table, 1, 1);
    table_arrange(&table, &from, 20, 2);
    ck_assert_uint_eq(table_selected(&table), 4);
    table.reverse = true;
    table_arrange(&table, &from, 20, 3);
    ck_assert_str_eq(basket[table.order[4]].name, "apple");
    table_move(&table, 1, 4);
    get(3)->lag = 2000;
    expect_order(5, "cherry date elder* banana apple"); /* others, and frozen */
    table_arrange(&table, &from, 20, 6 * NS_PER_S);
    ck_assert_str_eq(basket[table.order[4]].name, "cherry");
}
END_TEST

int main(void) {
    TCase *test = tcase_create("table");
    tcase_add_test(test, sorts_both_ways);
    tcase_add_test(test, equal_rows_go_by_the_second_column);
    tcase_add_test(test, ties_go_by_name);
    tcase_add_test(test, sort_walks_over_the_columns);
    tcase_add_test(test, sort_walks_over_what_is_seen);
    tcase_add_test(test, the_first_row_is_selected_until_somebody_moves);
    tcase_add_test(test, the_selection_sticks_to_the_object);
    tcase_add_test(test, a_gone_selection_leaves_its_place);
    tcase_add_test(test, moves_end_at_the_ends);
    tcase_add_test(test, the_order_freezes_after_a_cursor_key);
    tcase_add_test(test, a_frozen_order_survives_rows_that_change_places);
    tcase_add_test(test, a_new_order_ends_the_freeze);
    tcase_add_test(test, near_rows_keep_their_places);
    tcase_add_test(test, a_chain_of_near_rows_is_sorted);
    tcase_add_test(test, rows_scroll_with_the_selection);
    tcase_add_test(test, many_rows_in_order_are_not_sorted_again);
    tcase_add_test(test, the_same_rows_are_not_looked_at);
    return run_fruit_tests(test, "tui_table_order");
}
