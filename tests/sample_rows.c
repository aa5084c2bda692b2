/* The tables of fields, rows and their keys, samples in memory. */
#include <check.h>

#include "sample/sample.h"
#include "tests/harness/suite.h"

START_TEST(tables_agree) {
    unsigned char taken[1024] = {0};
    for (int e = 0; e < ENTITY_COUNT; e++) {
        ck_assert_int_gt(entities[e].count, 0);
        ck_assert_int_le(entities[e].count, ROW_MAX_CELLS);
        for (int i = 0; i < entities[e].count; i++) {
            int f = (int)entities[e].first + i;
            ck_assert_int_eq(fields[f].entity, e);
            ck_assert_int_eq(fields[f].cell, i);
            ck_assert_int_lt(fields[f].number, 1024);
            ck_assert_msg(!taken[fields[f].number], "number %d twice", fields[f].number);
            taken[fields[f].number] = 1;
            ck_assert_int_eq(field_by_number(fields[f].number), f);
        }
    }
    ck_assert_int_eq(fields[F_STREAM_last_seq].number, 448);
    ck_assert_int_eq(fields[F_STREAM_last_seq].flags, FIELD_LEADER | FIELD_EXACT);
    ck_assert_int_eq(fields[F_SERVER_in_msgs].kind, KIND_COUNTER);
    ck_assert_str_eq(entities[ENTITY_CONSUMER].name, "consumer");
    ck_assert_int_eq(field_by_number(999), -1);
    ck_assert_int_eq(field_by_number(4000000000u), -1);
    ck_assert_str_eq(shape_name(SHAPE_JSZ), "jsz");
    ck_assert_ptr_null(shape_name(63));
    ck_assert_ptr_null(shape_name(77));
    ck_assert_int_eq(shape_by_name("connz_full"), SHAPE_CONNZ_FULL);
    ck_assert_int_eq(shape_by_name("nothing"), SHAPE_NONE);
    ck_assert_str_eq(field_type_name(TYPE_SPAN), "span");
    ck_assert_str_eq(failure_name(FAILURE_OTHER_SERVER), "other_server");
}
END_TEST

START_TEST(keys_compare_by_content) {
    struct sample *s = sample_create(), *t = sample_create();
    struct row *a = sample_add(s, ENTITY_REPLICA), *b = sample_add(t, ENTITY_REPLICA);
    row_put(a, F_REPLICA_account)->s = sample_text(s, "A", 1);
    row_put(a, F_REPLICA_stream)->s = sample_text(s, "B", 1);
    row_put(b, F_REPLICA_stream)->s = sample_text(t, "B", 1);
    ck_assert(!row_same_key(a, b));
    row_put(b, F_REPLICA_account)->s = sample_text(t, "A", 1);
    row_put(b, F_REPLICA_lag)->u = 5;
    ck_assert(row_same_key(a, b));
    ck_assert_uint_eq(row_key_hash(a), row_key_hash(b));
    row_put(b, F_REPLICA_consumer)->s = text_empty;
    ck_assert(!row_same_key(a, b));
    ck_assert_uint_ne(row_key_hash(a), row_key_hash(b));
    row_drop(b, F_REPLICA_consumer);
    row_put(b, F_REPLICA_stream)->s = sample_text(t, "A", 1);
    row_put(b, F_REPLICA_account)->s = sample_text(t, "B", 1);
    ck_assert_uint_ne(row_key_hash(a), row_key_hash(b));
    double v;
    ck_assert(row_number(b, F_REPLICA_lag, &v) && v == 5);
    ck_assert(!row_number(b, F_REPLICA_stream, &v));
    ck_assert(!row_number(a, F_REPLICA_lag, &v));
    ck_assert_uint_eq(row_u64(a, F_REPLICA_lag, 9), 9);
    sample_destroy(s);
    sample_destroy(t);
}
END_TEST

START_TEST(a_sample_keeps_addresses) {
    struct sample *s = sample_create();
    struct row *first = sample_add(s, ENTITY_TICK);
    row_put(first, F_TICK_utc)->i = 1;
    for (int i = 0; i < 10000; i++) {
        struct row *row = sample_add(s, ENTITY_CONSUMER);
        ck_assert(!row_has(row, F_CONSUMER_pending));
        row_put(row, F_CONSUMER_pending)->u = (uint64_t)i;
    }
    ck_assert_uint_eq(s->count, 1 + 10000);
    ck_assert_ptr_eq(s->rows[0], first);
    ck_assert_int_eq(row_i64(first, F_TICK_utc, 0), 1);
    ck_assert_uint_eq(row_u64(s->rows[1], F_CONSUMER_pending, 1), 0);
    ck_assert_uint_eq(row_u64(s->rows[10000], F_CONSUMER_pending, 0), 9999);
    ck_assert_ptr_eq(sample_first(s, ENTITY_CONSUMER), s->rows[1]);
    ck_assert_ptr_null(sample_first(s, ENTITY_STREAM));
    sample_clear(s);
    ck_assert_uint_eq(s->count, 0);
    ck_assert_str_eq(s->error->bytes, "");
    ck_assert_ptr_null(sample_first(s, ENTITY_CONSUMER));
    sample_destroy(s);
    sample_destroy(NULL);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("sample/row");
    TCase *c = tcase_create("rows");
    tcase_set_timeout(c, 60);
    tcase_add_test(c, tables_agree);
    tcase_add_test(c, keys_compare_by_content);
    tcase_add_test(c, a_sample_keeps_addresses);
    suite_add_tcase(suite, c);
    return suite_run(suite);
}
