/* /jsz as recorded: each asset speaks once, by its leader. */
#include "tests/harness/recorded.h"
#include "tests/harness/suite.h"

static const struct expected stream_leader_fields[] = {
    {"name", F_STREAM_name},
    {"cluster.leader", F_STREAM_leader},
    {"created", F_STREAM_created},
    {"state.messages", F_STREAM_messages},
    {"state.bytes", F_STREAM_bytes},
    {"state.first_seq", F_STREAM_first_seq},
    {"state.last_seq", F_STREAM_last_seq},
    {"state.first_ts", F_STREAM_first_ts},
    {"state.last_ts", F_STREAM_last_ts},
    {"state.consumer_count", F_STREAM_consumer_count},
    {"state.num_deleted", F_STREAM_num_deleted},
    {"cluster.leader_since", F_STREAM_leader_since},
    {"config.max_msgs", F_STREAM_max_msgs},
    {"config.max_bytes", F_STREAM_max_bytes},
    {"config.max_age", F_STREAM_max_age},
    {"config.num_replicas", F_STREAM_replicas},
    {"config.storage", F_STREAM_storage},
    {"config.retention", F_STREAM_retention},
};
static const struct expected consumer_leader_fields[] = {
    {"stream_name", F_CONSUMER_stream},
    {"name", F_CONSUMER_name},
    {"cluster.leader", F_CONSUMER_leader},
    {"created", F_CONSUMER_created},
    {"num_pending", F_CONSUMER_pending},
    {"num_ack_pending", F_CONSUMER_ack_pending},
    {"num_redelivered", F_CONSUMER_redelivered},
    {"num_waiting", F_CONSUMER_waiting},
    {"delivered.consumer_seq", F_CONSUMER_delivered_consumer_seq},
    {"delivered.stream_seq", F_CONSUMER_delivered_stream_seq},
    {"delivered.last_active", F_CONSUMER_last_delivered},
    {"ack_floor.consumer_seq", F_CONSUMER_ack_floor_consumer_seq},
    {"ack_floor.stream_seq", F_CONSUMER_ack_floor_stream_seq},
    {"ack_floor.last_active", F_CONSUMER_last_ack},
    {"push_bound", F_CONSUMER_push_bound},
    {"ts", F_CONSUMER_ts},
    {"paused", F_CONSUMER_paused},
    {"cluster.leader_since", F_CONSUMER_leader_since},
    {"config.max_ack_pending", F_CONSUMER_max_ack_pending},
    {"config.ack_policy", F_CONSUMER_ack_policy},
    {"config.ack_wait", F_CONSUMER_ack_wait},
    {"config.filter_subject", F_CONSUMER_filter_subject},
    {"config.deliver_subject", F_CONSUMER_deliver_subject},
    {"config.num_replicas", F_CONSUMER_replicas},
    {"config.durable_name", F_CONSUMER_durable},
};
static const struct expected replica_fields[] = {
    {"name", F_REPLICA_name},     {"current", F_REPLICA_current}, {"offline", F_REPLICA_offline},
    {"active", F_REPLICA_active}, {"lag", F_REPLICA_lag},         {"peer", F_REPLICA_peer},
};

static bool has_leader_field(const struct row *row) {
    const struct entity_info *e = &entities[row->entity];
    for (int f = (int)e->first; f < (int)e->first + e->count; f++)
        if (fields[f].flags & FIELD_LEADER && row_has(row, (enum field)f))
            return true;
    return false;
}

static size_t check_replicas(const struct sample *s, size_t at, const json_t *asset, bool leads,
                             const char *stream, const char *consumer) {
    const json_t *list = at_path(asset, "cluster.replicas");
    for (size_t i = 0; i < json_array_size(list); i++, at++) {
        const struct row *row = nth(s, ENTITY_REPLICA, at);
        ck_assert_ptr_nonnull(row);
        ck_assert_str_eq(row_text(row, F_REPLICA_account), "APP");
        ck_assert_str_eq(row_text(row, F_REPLICA_stream), stream);
        ck_assert_int_eq(row_has(row, F_REPLICA_consumer), consumer != NULL);
        ck_assert_str_eq(row_text(row, F_REPLICA_consumer), consumer ? consumer : "");
        ck_assert_str_eq(row_text(row, F_REPLICA_name),
                         json_string_value(at_path(json_array_get(list, i), "name")));
        ck_assert_int_eq(has_leader_field(row), leads);
        if (leads)
            ck_assert_uint_ge(CHECK_FIELDS(row, json_array_get(list, i), replica_fields), 4);
    }
    return at;
}

START_TEST(jsz_as_recorded) {
    EACH_BODY(version, node) {
        struct said said = decode_file(version, node, SHAPE_JSZ, "jsz");
        json_t *tree = tree_of(version, node, "jsz");
        const json_t *account = json_array_get(at_path(tree, "account_details"), 0),
                     *streams = at_path(account, "stream_detail");
        const json_t *stream, *consumer;
        size_t i, k, consumers = 0, replicas = 0;
        ck_assert_uint_eq(count_of(said.rows, ENTITY_STREAM), json_array_size(streams));
        json_array_foreach(streams, i, stream) {
            const struct row *row = nth(said.rows, ENTITY_STREAM, i);
            const char *name = json_string_value(at_path(stream, "name")),
                       *leader = row_text(row, F_STREAM_leader);
            bool leads = !strcmp(leader, node);
            ck_assert_str_eq(row_text(row, F_STREAM_account), "APP");
            ck_assert_str_eq(row_text(row, F_STREAM_name), name);
            ck_assert_str_eq(leader, json_string_value(at_path(stream, "cluster.leader")));
            ck_assert_uint_eq(row_u64(row, F_STREAM_clustered, 0), 1);
            ck_assert_int_eq(has_leader_field(row), leads);
            if (leads)
                CHECK_FIELDS(row, stream, stream_leader_fields);
            replicas = check_replicas(said.rows, replicas, stream, leads, name, NULL);
            json_array_foreach(at_path(stream, "consumer_detail"), k, consumer) {
                const struct row *c = nth(said.rows, ENTITY_CONSUMER, consumers++);
                bool c_leads = !strcmp(json_string_value(at_path(consumer, "cluster.leader")), node);
                ck_assert_str_eq(row_text(c, F_CONSUMER_account), "APP");
                ck_assert_str_eq(row_text(c, F_CONSUMER_stream), name);
                ck_assert_str_eq(row_text(c, F_CONSUMER_leader),
                                 json_string_value(at_path(consumer, "cluster.leader")));
                ck_assert_int_eq(has_leader_field(c), c_leads);
                if (c_leads)
                    ck_assert_uint_ge(CHECK_FIELDS(c, consumer, consumer_leader_fields), 14);
                replicas = check_replicas(said.rows, replicas, consumer, c_leads, name,
                                          json_string_value(at_path(consumer, "name")));
            }
        }
        ck_assert_uint_eq(count_of(said.rows, ENTITY_CONSUMER), consumers);
        ck_assert_uint_eq(count_of(said.rows, ENTITY_REPLICA), replicas);
        ck_assert_uint_ge(consumers, 5);
        const struct row *js = sample_first(said.rows, ENTITY_JETSTREAM);
        ck_assert_uint_eq(row_u64(js, F_JETSTREAM_streams, 99),
                          (uint64_t)json_integer_value(at_path(tree, "streams")));
        ck_assert_uint_eq(row_u64(js, F_JETSTREAM_bytes, 99),
                          (uint64_t)json_integer_value(at_path(tree, "bytes")));
        ck_assert_uint_eq(row_u64(js, F_JETSTREAM_meta, 0), 1);
        ck_assert_uint_eq(row_u64(js, F_JETSTREAM_meta_size, 0), 3);
        const char *meta_leader = json_string_value(at_path(tree, "meta_cluster.leader"));
        ck_assert_str_eq(row_text(js, F_JETSTREAM_meta_leader), meta_leader);
        ck_assert_uint_eq(count_of(said.rows, ENTITY_META_PEER), strcmp(meta_leader, node) ? 0 : 2);
        json_decref(tree);
        sample_destroy(said.rows);
    }
}
END_TEST

/* Over the three answers of a cluster each asset speaks exactly once. */
START_TEST(each_asset_has_one_authoritative_row) {
    for (int v = 0; v < 2; v++) {
        static const char *const streams[] = {"ORDERS", "EVENTS", "AUDIT", "EMPTY"};
        static const char *const consumers[] = {"ship", "bill", "mail", "watch", "log", "spy"};
        unsigned stream_rows[4] = {0}, consumer_rows[6] = {0}, all_streams = 0, all_consumers = 0, meta = 0;
        for (int n = 0; n < 3; n++) {
            struct said said = decode_file(versions[v], nodes[n], SHAPE_JSZ, "jsz");
            for (size_t i = 0; i < said.rows->count; i++) {
                const struct row *row = said.rows->rows[i];
                all_streams += row->entity == ENTITY_STREAM;
                all_consumers += row->entity == ENTITY_CONSUMER;
                meta += row->entity == ENTITY_META_PEER;
                for (int k = 0; k < 4 && row->entity == ENTITY_STREAM && has_leader_field(row); k++)
                    stream_rows[k] += !strcmp(row_text(row, F_STREAM_name), streams[k]);
                for (int k = 0; k < 6 && row->entity == ENTITY_CONSUMER && has_leader_field(row); k++)
                    consumer_rows[k] += !strcmp(row_text(row, F_CONSUMER_name), consumers[k]);
            }
            sample_destroy(said.rows);
        }
        for (int k = 0; k < 4; k++)
            ck_assert_msg(stream_rows[k] == 1, "%s of %s: %u", streams[k], versions[v], stream_rows[k]);
        for (int k = 0; k < 6; k++)
            ck_assert_msg(consumer_rows[k] == 1, "%s of %s: %u", consumers[k], versions[v], consumer_rows[k]);
        ck_assert_uint_eq(all_streams, 2 * 3 + 2);
        ck_assert_uint_eq(all_consumers, 5 * 3 + 1);
        ck_assert_uint_eq(meta, 2);
    }
}
END_TEST

START_TEST(without_a_name_nobody_leads) {
    size_t len;
    char *body = load("2.15.2-n2-jsz", &len);
    for (int i = 0; i < 2; i++) {
        struct said said = decode_in(SHAPE_JSZ, i ? "" : NULL, body, len, 100);
        for (size_t k = 0; k < said.rows->count; k++)
            ck_assert(!has_leader_field(said.rows->rows[k]));
        ck_assert_uint_eq(count_of(said.rows, ENTITY_STREAM), 3);
        ck_assert_uint_eq(count_of(said.rows, ENTITY_META_PEER), 0);
        sample_destroy(said.rows);
    }
    free(body);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("collectors/decode of /jsz");
    TCase *c = tcase_create("decode");
    tcase_set_timeout(c, 120);
    tcase_add_test(c, jsz_as_recorded);
    tcase_add_test(c, each_asset_has_one_authoritative_row);
    tcase_add_test(c, without_a_name_nobody_leads);
    suite_add_tcase(suite, c);
    return suite_run(suite);
}
