/* Groups of connections: sums, what is chosen from, and the way in and back. */
#include "tests/views_listed.h"

/* ---- order ---- */

/* How many they are is exact. */
START_TEST(members_of_a_group_are_counted_to_the_last) {
    enum { MANY = 1234 };
    static struct world_client clients[MANY];
    for (int i = 0; i < MANY; i++)
        clients[i] = (struct world_client){0, (uint64_t)i + 5, "same", NULL, "go", 0, 1, 0};
    world_init(&w);
    w.clients = clients;
    w.client_count = MANY;
    w.nodes[0].connections = MANY;
    w.nodes[1].connections = w.nodes[2].connections = 0;
    world_run(&w, 30);
    frame_open(&f, &w, "connections");
    press("B Down Enter");
    look_for(" 1234 ");
    end();
}
END_TEST

/* ---- groups ---- */

static const struct object *group_called(const struct connections *c, const char *key) {
    for (size_t i = 0; i < c->groups.count; i++)
        if (strcmp(group_key(c->groups.all[i])->text, key) == 0)
            return c->groups.all[i];
    ck_abort_msg("no group %s", key);
    return NULL;
}

static double number(const struct object *object, enum quantity q) {
    double n;
    ck_assert_msg(value_number(quantity_get(w.model, object, q), &n), "%s is not known", quantities[q].name);
    return n;
}

START_TEST(groups_have_sums) {
    begin();
    press("B Down Enter");
    const struct connections *c = shown();
    ck_assert_uint_eq(c->groups.count, 5);
    const struct object *billing = group_called(c, "billing");
    ck_assert_double_eq(number(billing, Q_GROUP_connections), 3);
    ck_assert_double_eq(number(billing, Q_GROUP_servers), 3);
    ck_assert_double_eq_tol(number(billing, Q_GROUP_in_msgs_per_s), 1200 + 10 + 1100, 1);
    ck_assert_double_eq_tol(number(billing, Q_GROUP_out_msgs_per_s), 40 + 900 + 35, 1);
    ck_assert_double_eq(number(billing, Q_GROUP_in_msgs), (1200 + 10 + 1100) * 303);
    end();
}
END_TEST

/* Who sends most is the first one when asked for. */
START_TEST(groups_sort_and_filter_like_every_list) {
    begin();
    press("B Down Enter");
    struct quantity_list *list = ((struct connections *)f.state)->list.focus;
    ck_assert(list_sort_by(list, "in_msgs_per_s"));
    shown();
    ck_assert_str_eq(cell(list, 0, Q_GROUP_key).text, "orders-api");
    f.context.filter = "connections>2 !tiles";
    shown();
    ck_assert_uint_eq(list->count, 1);
    ck_assert_str_eq(cell(list, 0, Q_GROUP_key).text, "billing");
    ck_assert_ptr_nonnull(f.view->check_filter(f.state, "nosuch>2"));
    ck_assert_ptr_null(f.view->check_filter(f.state, "in_msgs_per_s>2"));
    end();
}
END_TEST

/* Group, its connections, groups of these, and back layer by layer with each one's filter. */
START_TEST(the_way_into_groups_and_back) {
    begin();
    struct connections *c = f.state;
    f.context.filter = "subscriptions>1";
    press("B Down Down Enter"); /* by account */
    ck_assert_str_eq(f.context.filter, "");
    look_for("by account: 4 of what passes subscriptions>1");
    f.context.filter = "PAY";
    press("Enter");
    ck_assert_str_eq(f.context.filter, "subscriptions>1");
    look_for("-11 open   account PAY: 3 ");
    ck_assert_uint_eq(c->list.focus->count, 3);
    press("B Down Down Down Down Enter"); /* by host */
    look_for("account PAY: 3   by host: 3");
    press("Enter");
    look_for("account PAY, host 10.4.1.2: 1 ");
    ck_assert_uint_eq(c->list.focus->count, 1);
    f.context.filter = "nothing";
    press("Esc"); /* what was typed here */
    ck_assert_str_eq(f.context.filter, "subscriptions>1");
    press("Esc");
    look_for("account PAY: 3   by host: 3");
    ck_assert_str_eq(f.context.filter, "");
    press("Esc");
    look_for("-11 open   account PAY: 3 ");
    press("Esc");
    ck_assert_str_eq(f.context.filter, "PAY"); /* of the groups, as it was */
    shown();
    ck_assert_uint_eq(c->list.focus->count, 1);
    f.context.filter = "";
    press("Esc");
    ck_assert_str_eq(f.context.filter, "subscriptions>1");
    ck_assert(!c->grouped && c->depth == 0);
    struct view_request request;
    ck_assert_uint_eq(frame_key(&f, "Esc", &request), REACT_PASS);
    end();
}
END_TEST

/* A filter that names what connections have and groups don't says whose groups they are; in a group it stays.
 */
START_TEST(a_filter_of_connections_chooses_whose_groups) {
    begin();
    press("B Down Enter");
    struct connections *c = f.state;
    ck_assert_ptr_null(f.view->check_filter(f.state, "account=PAY"));
    ck_assert_ptr_nonnull(f.view->check_filter(f.state, "acount=PAY"));
    f.context.filter = "account!=PAY host~10.4.1";
    look_for("by name: 1 of what passes account!=PAY host~10.4.1");
    ck_assert_uint_eq(c->list.focus->count, 1);
    ck_assert_double_eq(number(row(c->list.focus, 0), Q_GROUP_connections), 2);
    f.context.filter = "connections>2"; /* of groups again */
    look_for("by name: 5 ");
    ck_assert_uint_eq(c->list.focus->count, 2);
    f.context.filter = "account=SHOP";
    press("Enter");
    ck_assert_str_eq(f.context.filter, "account=SHOP");
    look_for("name orders-api: 2 ");
    press("Esc");
    look_for("by name: 1 of what passes account=SHOP");
    ck_assert_str_eq(f.context.filter, "account=SHOP");
    end();
}
END_TEST

/* Who has no name is a group, too. */
START_TEST(those_without_a_name_are_a_group) {
    begin();
    press("B Down Enter");
    struct quantity_list *list = ((struct connections *)f.state)->list.focus;
    ck_assert(list_sort_by(list, "key"));
    shown();
    ck_assert_int_eq(cell(list, 0, Q_GROUP_key).type, VALUE_UNKNOWN);
    press("g Enter");
    look_for("name (none): 2 ");
    ck_assert_uint_eq(((struct connections *)f.state)->list.focus->count, 2);
    end();
}
END_TEST

START_TEST(selection_sticks_to_the_group) {
    begin();
    press("B Down Enter");
    struct connections *c = f.state;
    press("Down Down");
    shown();
    const struct object *selected = quantity_list_selected(c->list.focus, w.model);
    char key[300];
    snprintf(key, sizeof(key), "%s", group_key(selected)->text);
    uint64_t made = c->groups_made;
    world_run(&w, 3);
    f.context.utc_ns = world_utc(&w);
    f.context.mono_ns = world_mono(&w);
    ck_assert(list_sort_by(c->list.focus, "connections"));
    shown();
    ck_assert_uint_gt(c->groups_made, made);
    ck_assert_str_eq(group_key(quantity_list_selected(c->list.focus, w.model))->text, key);
    made = c->groups_made;
    shown(); /* nothing is new: nothing is made again */
    ck_assert_uint_eq(c->groups_made, made);
    end();
}
END_TEST

/* What is as last seen beside live ones is in no sum, and is said apart, in the group, too. */
START_TEST(groups_count_who_lives) {
    static const struct world_client clients[] = {{0, 5, "a", NULL, "go", 0, 10, 0},
                                                  {1, 7, "a", NULL, "go", 0, 10, 0},
                                                  {1, 8, "b", NULL, "go", 0, 20, 0}};
    begin_with_n2_silent(clients, 3);
    press("B Down Enter");
    struct connections *c = f.state;
    ck_assert(list_sort_by(c->list.focus, "key"));
    look_for("-1 open, 2 as last seen: n2-lon does not answer   by name: 2");
    look_for(">a                    ≥1   ≥1 ");
    look_for("  ≥10 ");
    look_for("? b                    1~   1~ ");
    look_for(" 20~ ");
    press("g Enter");
    look_for("   name a: 1 +1 as last seen   per second");
    ck_assert_uint_eq(c->list.focus->count, 2);
    end();
}
END_TEST

/* They sent what they sent, and send nothing. */
START_TEST(groups_of_closed_ones_have_totals) {
    begin();
    press("x B Down Enter");
    struct connections *c = f.state;
    look_for("-2 closed in 8s   by name: 2   since connected");
    look_for("     IN    OUT ");
    for (size_t i = 0; i < c->list.focus->count; i++)
        ck_assert_int_ne(cell(c->list.focus, i, Q_GROUP_out_msgs).type, VALUE_UNKNOWN);
    ck_assert_str_eq(list_sort_name(c->list.focus, c->list.focus->table.then), "in_msgs");
    press("x x");
    look_for("-11 open   by name: 5   per second");
    look_for("   IN/s  OUT/s ");
    ck_assert_str_eq(list_sort_name(c->list.focus, c->list.focus->table.then), "in_msgs_per_s");
    press("U x");
    look_for("   since connected");
    press("x x");
    look_for("   since connected");
    press("U");
    look_for("   per second");
    end();
}
END_TEST

int main(void) {
    Suite *suite = suite_create("views: groups");
    TCase *tc = tcase_create("groups");
    tcase_set_timeout(tc, 60);
    tcase_add_test(tc, members_of_a_group_are_counted_to_the_last);
    tcase_add_test(tc, groups_have_sums);
    tcase_add_test(tc, groups_sort_and_filter_like_every_list);
    tcase_add_test(tc, the_way_into_groups_and_back);
    tcase_add_test(tc, a_filter_of_connections_chooses_whose_groups);
    tcase_add_test(tc, those_without_a_name_are_a_group);
    tcase_add_test(tc, selection_sticks_to_the_group);
    tcase_add_test(tc, groups_count_who_lives);
    tcase_add_test(tc, groups_of_closed_ones_have_totals);
    suite_add_tcase(suite, tc);
    return suite_run(suite);
}
