#include <check.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/clock.h"
#include "base/memory.h"
#include "collectors/decode.h"

#ifndef BODIES
#define BODIES "tests/bodies"
#endif

/* ---- decoding into a sample ---- */

static void keep_row(void *data, const struct row *row) {
    struct sample *s = data;
    struct row *copy = sample_add(s, (enum entity)row->entity);
    row_copy(copy, row);
    for (int c = 0; c < row->cells; c++) {
        enum field f = (enum field)((int)entities[row->entity].first + c);
        if (fields[f].type == TYPE_TEXT && row_has(row, f))
            row_put(copy, f)->s = sample_text(s, row_cell(row, f)->s->bytes, row_cell(row, f)->s->len);
    }
}

struct said {
    struct sample *rows;
    enum failure failure;
    char error[200];
    uint64_t dropped, unusable;
    bool nats;
};

static struct said decode_in(enum shape shape, const char *server, const char *body, size_t len,
                             size_t piece) {
    struct said said = {.rows = sample_create()};
    struct decoder *d = decoder_create();
    decoder_start(d, shape, server, keep_row, said.rows);
    for (size_t at = 0; at < len; at += piece) {
        size_t n = len - at < piece ? len - at : piece;
        char *block = malloc(n);
        memcpy(block, body + at, n);
        bool more = decoder_feed(d, block, n);
        free(block);
        if (!more)
            break;
    }
    said.failure = decoder_finish(d, said.error, sizeof said.error);
    said.dropped = decoder_dropped(d);
    said.unusable = decoder_unusable(d);
    said.nats = decoder_is_nats(d);
    decoder_destroy(d);
    return said;
}

static struct said decode(enum shape shape, const char *server, const char *body) {
    return decode_in(shape, server, body, strlen(body), 1 << 20);
}

static char *load(const char *name, size_t *len) {
    char path[300];
    snprintf(path, sizeof path, "%s/%s.json", BODIES, name);
    FILE *f = fopen(path, "rb");
    ck_assert_msg(f != NULL, "%s is missing", path);
    struct buffer b = {0};
    for (int c; (c = getc(f)) != EOF;)
        *buffer_reserve(&b, 1) = (char)c, b.len++;
    fclose(f);
    *len = b.len;
    return b.data;
}

static struct said decode_file(const char *version, const char *node, enum shape shape,
                               const char *endpoint) {
    char name[100];
    size_t len;
    snprintf(name, sizeof name, "%s-%s-%s", version, node, endpoint);
    char *body = load(name, &len);
    struct said said = decode_in(shape, node, body, len, 1 << 20);
    free(body);
    ck_assert_msg(said.failure == FAILURE_NONE, "%s: %s", name, said.error);
    ck_assert_msg(said.dropped == 0, "%s: %d rows dropped", name, (int)said.dropped);
    ck_assert_msg(said.unusable == 0, "%s: %d values unusable", name, (int)said.unusable);
    ck_assert(said.nats);
    return said;
}

/* jansson's tree of the same file, with what it can't take (2^64-1) made small. */
static json_t *tree_of(const char *version, const char *node, const char *endpoint) {
    char name[100], *at;
    size_t len;
    snprintf(name, sizeof name, "%s-%s-%s", version, node, endpoint);
    char *body = load(name, &len);
    while ((at = memmem(body, len, "18446744073709551615", 20)))
        memcpy(at, "                  -1", 20);
    json_error_t error;
    json_t *tree = json_loadb(body, len, JSON_ALLOW_NUL, &error);
    ck_assert_msg(tree != NULL, "%s: %s", name, error.text);
    free(body);
    return tree;
}

/* ---- one field against what stands in the tree ---- */

static const json_t *at_path(const json_t *tree, const char *path) {
    char key[100];
    while (*path && tree) {
        size_t len = strcspn(path, ".");
        snprintf(key, sizeof key, "%.*s", (int)len, path);
        tree = json_object_get(tree, key);
        path += len + (path[len] == '.');
    }
    return tree;
}

static int64_t time_of(const char *text) {
    int64_t ns;
    ck_assert_msg(time_parse(text, strlen(text), &ns), "no time: %s", text);
    return ns;
}

static int64_t span_of(const json_t *value) {
    int64_t ns = json_integer_value(value);
    if (json_is_string(value))
        ck_assert(span_parse(json_string_value(value), json_string_length(value), &ns));
    return ns;
}

static void same_value(const struct row *row, enum field f, const json_t *want, const char *path) {
    const union cell *c = row_cell(row, f);
    char clean[TEXT_MAX_BYTES + 1];
    switch ((enum field_type)fields[f].type) {
    case TYPE_U64:
        ck_assert_msg(c->u == (uint64_t)json_integer_value(want), "%s", path);
        break;
    case TYPE_I64:
        ck_assert_msg(c->i == json_integer_value(want), "%s", path);
        break;
    case TYPE_F64:
        ck_assert_msg(c->f == json_number_value(want), "%s", path);
        break;
    case TYPE_BOOL:
        ck_assert_msg(c->u == (uint64_t)json_is_true(want), "%s", path);
        break;
    case TYPE_TEXT:
        text_clean(clean, json_string_value(want), json_string_length(want));
        ck_assert_msg(!strcmp(c->s->bytes, clean), "%s: %s, not %s", path, c->s->bytes, clean);
        ck_assert_uint_eq(c->s->hash, hash_bytes(c->s->bytes, c->s->len));
        break;
    case TYPE_TIME:
        ck_assert_msg(c->i == time_of(json_string_value(want)), "%s", path);
        break;
    case TYPE_SPAN:
        ck_assert_msg(c->i == span_of(want), "%s", path);
        break;
    }
}

struct expected {
    const char *path;
    enum field field;
};

/* Each field is present exactly when the tree has the path, and is equal then. */
static unsigned check_fields(const struct row *row, const json_t *object, const struct expected *list,
                             size_t count) {
    unsigned present = 0;
    for (size_t i = 0; i < count; i++) {
        const json_t *want = at_path(object, list[i].path);
        if (json_is_string(want) && fields[list[i].field].type == TYPE_TIME &&
            time_of(json_string_value(want)) == TIME_UNSET)
            want = NULL;
        ck_assert_msg(row_has(row, list[i].field) == (want != NULL), "%s: %s", list[i].path,
                      want ? "lost" : "from nowhere");
        if (want)
            same_value(row, list[i].field, want, list[i].path);
        present += want != NULL;
    }
    return present;
}
#define CHECK_FIELDS(ROW, OBJECT, LIST) check_fields(ROW, OBJECT, LIST, sizeof LIST / sizeof *LIST)

static const char *const versions[] = {"2.9.10", "2.15.2"};
static const char *const nodes[] = {"n1", "n2", "n3"};
#define EACH_BODY(V, N)                                                                                      \
    for (int V##_i = 0; V##_i < 2; V##_i++)                                                                  \
        for (int N##_i = 0; N##_i < 3; N##_i++)                                                              \
            for (const char *V = versions[V##_i], *N = nodes[N##_i], *once = V; once; once = NULL)

static size_t count_of(const struct sample *s, enum entity entity) {
    size_t n = 0;
    for (size_t i = 0; i < s->count; i++)
        n += s->rows[i]->entity == entity;
    return n;
}

static const struct row *nth(const struct sample *s, enum entity entity, size_t n) {
    for (size_t i = 0; i < s->count; i++)
        if (s->rows[i]->entity == entity && n-- == 0)
            return s->rows[i];
    return NULL;
}

/* ---- recorded bodies ---- */

static const struct expected varz_fields[] = {
    {"server_id", F_SERVER_server_id},
    {"server_name", F_SERVER_name},
    {"version", F_SERVER_version},
    {"host", F_SERVER_host},
    {"port", F_SERVER_port},
    {"start", F_SERVER_start},
    {"config_load_time", F_SERVER_config_load_time},
    {"mem", F_SERVER_mem},
    {"cores", F_SERVER_cores},
    {"gomaxprocs", F_SERVER_gomaxprocs},
    {"cpu", F_SERVER_cpu},
    {"connections", F_SERVER_connections},
    {"total_connections", F_SERVER_total_connections},
    {"max_connections", F_SERVER_max_connections},
    {"routes", F_SERVER_routes},
    {"remotes", F_SERVER_remotes},
    {"leafnodes", F_SERVER_leafnodes},
    {"in_msgs", F_SERVER_in_msgs},
    {"out_msgs", F_SERVER_out_msgs},
    {"in_bytes", F_SERVER_in_bytes},
    {"out_bytes", F_SERVER_out_bytes},
    {"in_client_msgs", F_SERVER_in_client_msgs},
    {"out_client_bytes", F_SERVER_out_client_bytes},
    {"slow_consumers", F_SERVER_slow_consumers},
    {"stalled_clients", F_SERVER_stalled_clients},
    {"subscriptions", F_SERVER_subscriptions},
    {"max_payload", F_SERVER_max_payload},
    {"max_pending", F_SERVER_max_pending},
    {"write_deadline", F_SERVER_write_deadline},
    {"http_port", F_SERVER_http_port},
    {"https_port", F_SERVER_https_port},
    {"cluster.name", F_SERVER_cluster},
    {"gateway.name", F_SERVER_gateway},
    {"jetstream.config.max_memory", F_SERVER_js_max_memory},
    {"jetstream.config.max_storage", F_SERVER_js_max_storage},
    {"jetstream.config.domain", F_SERVER_js_domain},
    {"jetstream.stats.storage", F_SERVER_js_storage},
    {"jetstream.stats.ha_assets", F_SERVER_js_ha_assets},
    {"jetstream.stats.api.total", F_SERVER_js_api_total},
    {"jetstream.stats.api.errors", F_SERVER_js_api_errors},
    {"auth_required", F_SERVER_auth_required},
    {"tls_required", F_SERVER_tls_required},
};

START_TEST(varz_as_recorded) {
    EACH_BODY(version, node) {
        struct said said = decode_file(version, node, SHAPE_VARZ, "varz");
        json_t *tree = tree_of(version, node, "varz");
        const struct row *row = sample_first(said.rows, ENTITY_SERVER);
        ck_assert_ptr_nonnull(row);
        ck_assert_uint_ge(CHECK_FIELDS(row, tree, varz_fields), 30);
        ck_assert_str_eq(row_text(row, F_SERVER_version), version);
        ck_assert_str_eq(row_text(row, F_SERVER_name), node);
        ck_assert_int_eq(row_has(row, F_SERVER_in_client_msgs), version_i == 1);
        ck_assert_int_eq(row_has(row, F_SERVER_stalled_clients), version_i == 1);
        const json_t *urls = at_path(tree, "cluster.urls");
        ck_assert_uint_eq(count_of(said.rows, ENTITY_ROUTE_URL), json_array_size(urls));
        ck_assert_uint_ge(json_array_size(urls), 3);
        for (size_t i = 0; i < json_array_size(urls); i++)
            ck_assert_str_eq(row_text(nth(said.rows, ENTITY_ROUTE_URL, i), F_ROUTE_URL_url),
                             json_string_value(json_array_get(urls, i)));
        ck_assert_uint_eq(count_of(said.rows, ENTITY_CLIENT_URL),
                          json_array_size(at_path(tree, "connect_urls")));
        const struct row *last = said.rows->rows[said.rows->count - 1];
        ck_assert_int_eq(last->entity, ENTITY_ANSWER);
        ck_assert_str_eq(row_text(last, F_ANSWER_server_id), row_text(row, F_SERVER_server_id));
        ck_assert_int_eq(row_i64(last, F_ANSWER_now, 0), time_of(json_string_value(at_path(tree, "now"))));
        json_decref(tree);
        sample_destroy(said.rows);
    }
}
END_TEST

static const struct expected connz_fields[] = {
    {"cid", F_CONNECTION_cid},
    {"kind", F_CONNECTION_kind},
    {"type", F_CONNECTION_type},
    {"name", F_CONNECTION_name},
    {"account", F_CONNECTION_account},
    {"authorized_user", F_CONNECTION_user},
    {"ip", F_CONNECTION_ip},
    {"port", F_CONNECTION_port},
    {"start", F_CONNECTION_start},
    {"last_activity", F_CONNECTION_last_activity},
    {"rtt", F_CONNECTION_rtt},
    {"pending_bytes", F_CONNECTION_pending_bytes},
    {"in_msgs", F_CONNECTION_in_msgs},
    {"out_msgs", F_CONNECTION_out_msgs},
    {"in_bytes", F_CONNECTION_in_bytes},
    {"out_bytes", F_CONNECTION_out_bytes},
    {"subscriptions", F_CONNECTION_subscriptions},
    {"lang", F_CONNECTION_lang},
    {"version", F_CONNECTION_version},
    {"tls_version", F_CONNECTION_tls},
};

START_TEST(connz_as_recorded) {
    EACH_BODY(version, node) {
        struct said said = decode_file(version, node, SHAPE_CONNZ_HOT, "connz");
        json_t *tree = tree_of(version, node, "connz");
        const json_t *list = at_path(tree, "connections");
        size_t count = count_of(said.rows, ENTITY_CONNECTION);
        bool hostile = false;
        ck_assert_uint_eq(count, json_array_size(list));
        ck_assert_uint_ge(count, 2);
        for (size_t i = 0; i < count; i++) {
            const struct row *row = nth(said.rows, ENTITY_CONNECTION, i);
            ck_assert_uint_ge(CHECK_FIELDS(row, json_array_get(list, i), connz_fields), 16);
            ck_assert_ptr_null(strchr(row_text(row, F_CONNECTION_name), '\033'));
            hostile = hostile ||
                      !strcmp(row_text(row, F_CONNECTION_name), "naïve \xef\xbf\xbd[31m\xef\xbf\xbd name");
        }
        ck_assert(hostile); /* the client that was named with ESC and a bidi mark */
        const struct row *answer = sample_first(said.rows, ENTITY_ANSWER);
        ck_assert_uint_eq(row_u64(answer, F_ANSWER_total, 99), count);
        ck_assert_uint_eq(row_u64(answer, F_ANSWER_num, 99), count);
        ck_assert_uint_eq(row_u64(answer, F_ANSWER_limit, 99), 100);
        json_decref(tree);
        sample_destroy(said.rows);
    }
}
END_TEST

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

static const struct expected route_fields[] = {
    {"rid", F_ROUTE_rid},
    {"remote_id", F_ROUTE_remote_id},
    {"remote_name", F_ROUTE_remote_name},
    {"ip", F_ROUTE_ip},
    {"port", F_ROUTE_port},
    {"rtt", F_ROUTE_rtt},
    {"pending_size", F_ROUTE_pending_bytes},
    {"in_msgs", F_ROUTE_in_msgs},
    {"out_msgs", F_ROUTE_out_msgs},
    {"in_bytes", F_ROUTE_in_bytes},
    {"out_bytes", F_ROUTE_out_bytes},
    {"start", F_ROUTE_start},
};

START_TEST(routez_as_recorded) {
    EACH_BODY(version, node) {
        struct said said = decode_file(version, node, SHAPE_ROUTEZ, "routez");
        json_t *tree = tree_of(version, node, "routez");
        const json_t *list = at_path(tree, "routes"), *route;
        size_t i;
        ck_assert_uint_eq(count_of(said.rows, ENTITY_ROUTE), json_array_size(list));
        ck_assert_uint_eq(json_array_size(list), version_i ? 8 : 2);
        json_array_foreach(list, i, route) ck_assert_uint_ge(
            CHECK_FIELDS(nth(said.rows, ENTITY_ROUTE, i), route, route_fields), 11 - !version_i);
        ck_assert_uint_eq(row_u64(sample_first(said.rows, ENTITY_ANSWER), F_ANSWER_num, 0),
                          json_array_size(list));
        json_decref(tree);
        sample_destroy(said.rows);
    }
}
END_TEST

static const struct expected gateway_fields[] = {
    {"cid", F_GATEWAY_cid},           {"name", F_GATEWAY_remote_id},
    {"rtt", F_GATEWAY_rtt},           {"pending_bytes", F_GATEWAY_pending_bytes},
    {"in_msgs", F_GATEWAY_in_msgs},   {"out_msgs", F_GATEWAY_out_msgs},
    {"in_bytes", F_GATEWAY_in_bytes}, {"out_bytes", F_GATEWAY_out_bytes},
};
static const struct expected leaf_fields[] = {
    {"name", F_LEAF_name},         {"account", F_LEAF_account},   {"ip", F_LEAF_ip},
    {"port", F_LEAF_port},         {"rtt", F_LEAF_rtt},           {"in_msgs", F_LEAF_in_msgs},
    {"out_msgs", F_LEAF_out_msgs}, {"in_bytes", F_LEAF_in_bytes}, {"out_bytes", F_LEAF_out_bytes},
};

START_TEST(gatewayz_and_leafz_as_recorded) {
    for (int v = 0; v < 2; v++) {
        struct said said = decode_file(versions[v], "super", SHAPE_GATEWAYZ, "gatewayz");
        json_t *tree = tree_of(versions[v], "super", "gatewayz");
        ck_assert_uint_eq(count_of(said.rows, ENTITY_GATEWAY), 2);
        const struct row *out = nth(said.rows, ENTITY_GATEWAY, 0), *in = nth(said.rows, ENTITY_GATEWAY, 1);
        ck_assert_str_eq(row_text(out, F_GATEWAY_direction), "outbound");
        ck_assert_str_eq(row_text(in, F_GATEWAY_direction), "inbound");
        ck_assert_str_eq(row_text(out, F_GATEWAY_cluster), "west");
        ck_assert_str_eq(row_text(in, F_GATEWAY_cluster), "west");
        ck_assert_uint_eq(
            CHECK_FIELDS(out, at_path(tree, "outbound_gateways.west.connection"), gateway_fields), 8);
        const json_t *first = json_array_get(at_path(tree, "inbound_gateways.west"), 0);
        ck_assert_uint_eq(CHECK_FIELDS(in, at_path(first, "connection"), gateway_fields), 8);
        json_decref(tree);
        sample_destroy(said.rows);

        said = decode_file(versions[v], "super", SHAPE_LEAFZ, "leafz");
        tree = tree_of(versions[v], "super", "leafz");
        ck_assert_uint_eq(count_of(said.rows, ENTITY_LEAF), 1);
        ck_assert_uint_ge(CHECK_FIELDS(sample_first(said.rows, ENTITY_LEAF),
                                       json_array_get(at_path(tree, "leafs"), 0), leaf_fields),
                          8);
        ck_assert_uint_eq(row_u64(sample_first(said.rows, ENTITY_ANSWER), F_ANSWER_num, 0), 1);
        json_decref(tree);
        sample_destroy(said.rows);
    }
}
END_TEST

START_TEST(the_small_ones_as_recorded) {
    EACH_BODY(version, node) {
        struct said said = decode_file(version, node, SHAPE_HEALTHZ, "healthz");
        ck_assert_uint_eq(said.rows->count, 1);
        ck_assert_str_eq(row_text(said.rows->rows[0], F_HEALTH_status), "ok");
        ck_assert(!row_has(said.rows->rows[0], F_HEALTH_error));
        sample_destroy(said.rows);
        said = decode_file(version, node, SHAPE_SUBSZ, "subsz");
        json_t *tree = tree_of(version, node, "subsz");
        const struct row *row = sample_first(said.rows, ENTITY_SUBLIST);
        ck_assert_uint_eq(row_u64(row, F_SUBLIST_num_subscriptions, 0),
                          (uint64_t)json_integer_value(at_path(tree, "num_subscriptions")));
        ck_assert_double_eq(row_cell(row, F_SUBLIST_avg_fanout)->f,
                            json_number_value(at_path(tree, "avg_fanout")));
        json_decref(tree);
        sample_destroy(said.rows);
        said = decode_file(version, node, SHAPE_LEAFZ, "leafz"); /* "leafs": null or [] */
        ck_assert_uint_eq(count_of(said.rows, ENTITY_LEAF), 0);
        sample_destroy(said.rows);
        said = decode_file(version, node, SHAPE_GATEWAYZ, "gatewayz");
        ck_assert_uint_eq(count_of(said.rows, ENTITY_GATEWAY), 0);
        sample_destroy(said.rows);
    }
}
END_TEST

/* ---- made bodies ---- */

START_TEST(values_by_their_type) {
    struct said s =
        decode(SHAPE_VARZ, NULL,
               "{\"server_id\":\"A\",\"port\":-1,\"mem\":-5,\"cores\":4.0,\"gomaxprocs\":2.5,\"cpu\":7,"
               "\"in_msgs\":18446744073709551615,\"total_connections\":18446744073709551615,\"out_msgs\":1e3,"
               "\"auth_required\":true,\"tls_required\":1,\"server_name\":17,\"version\":null,\"host\":\"\","
               "\"start\":\"0001-01-01T00:00:00Z\",\"config_load_time\":\"yesterday\","
               "\"write_deadline\":10000000000,\"connections\":[1,2],\"routes\":{\"a\":1},"
               "\"remotes\":3,\"remotes\":null,\"leafnodes\":1,\"leafnodes\":2}");
    ck_assert_int_eq(s.failure, FAILURE_NONE);
    const struct row *row = sample_first(s.rows, ENTITY_SERVER);
    ck_assert(!row_has(row, F_SERVER_port));
    ck_assert_int_eq(row_i64(row, F_SERVER_mem, 0), -5);
    ck_assert_uint_eq(row_u64(row, F_SERVER_cores, 0), 4);
    ck_assert(!row_has(row, F_SERVER_gomaxprocs));
    ck_assert_double_eq(row_cell(row, F_SERVER_cpu)->f, 7);
    ck_assert(!row_has(row, F_SERVER_in_msgs));
    ck_assert_uint_eq(row_u64(row, F_SERVER_total_connections, 0), UINT64_MAX);
    ck_assert_int_eq(row_i64(row, F_SERVER_out_msgs, 0), 1000);
    ck_assert_uint_eq(row_u64(row, F_SERVER_auth_required, 0), 1);
    ck_assert(!row_has(row, F_SERVER_tls_required));
    ck_assert(!row_has(row, F_SERVER_name));
    ck_assert(!row_has(row, F_SERVER_version));
    ck_assert(row_has(row, F_SERVER_host));
    ck_assert(!row_has(row, F_SERVER_start));
    ck_assert(!row_has(row, F_SERVER_config_load_time));
    ck_assert_int_eq(row_i64(row, F_SERVER_write_deadline, 0), 10 * NS_PER_S);
    ck_assert(!row_has(row, F_SERVER_connections));
    ck_assert(!row_has(row, F_SERVER_routes));
    ck_assert(!row_has(row, F_SERVER_remotes)); /* the last of two counts, also when it says nothing */
    ck_assert_uint_eq(row_u64(row, F_SERVER_leafnodes, 0), 2);
    ck_assert_uint_eq(s.unusable, 6); /* port gomaxprocs in_msgs tls_required server_name config_load_time */
    sample_destroy(s.rows);
}
END_TEST

START_TEST(a_round_trip_of_zero_was_not_measured) {
    struct said s =
        decode(SHAPE_CONNZ_HOT, NULL,
               "{\"connections\":[{\"cid\":1,\"rtt\":\"0s\",\"in_msgs\":0},{\"cid\":2,\"rtt\":\"1.5ms\"}]}");
    ck_assert(!row_has(s.rows->rows[0], F_CONNECTION_rtt));
    ck_assert(row_has(s.rows->rows[0], F_CONNECTION_in_msgs));
    ck_assert_int_eq(row_i64(s.rows->rows[1], F_CONNECTION_rtt, 0), 1500000);
    ck_assert_uint_eq(s.unusable, 0);
    ck_assert(!s.nats);
    sample_destroy(s.rows);
}
END_TEST

START_TEST(rows_without_their_key_are_dropped) {
    struct said s = decode(
        SHAPE_CONNZ_HOT, NULL,
        "{\"server_id\":\"A\",\"connections\":[{\"name\":\"x\"},{},{\"cid\":-1},{\"cid\":\"7\"},null,7,[],"
        "{\"cid\":3}]}");
    ck_assert_uint_eq(count_of(s.rows, ENTITY_CONNECTION), 1);
    ck_assert_uint_eq(s.dropped, 4);
    sample_destroy(s.rows);
    s = decode(SHAPE_LEAFZ, NULL, "{\"server_id\":\"A\",\"leafs\":[{\"account\":\"$G\"},{\"in_msgs\":1}]}");
    ck_assert_uint_eq(count_of(s.rows, ENTITY_LEAF), 1);
    ck_assert_uint_eq(s.dropped, 1);
    sample_destroy(s.rows);
    s = decode(SHAPE_JSZ, "n1",
               "{\"account_details\":[{\"stream_detail\":[{\"name\":\"S\"}]},"
               "{\"id\":\"A\",\"stream_detail\":[{\"state\":{}},{\"name\":\"T\"}]},"
               "{\"stream_detail\":[{\"name\":\"U\"}]}]}");
    ck_assert_uint_eq(count_of(s.rows, ENTITY_STREAM),
                      1); /* an account's id is not kept for the next account */
    ck_assert_str_eq(row_text(sample_first(s.rows, ENTITY_STREAM), F_STREAM_account), "A");
    ck_assert_uint_eq(s.dropped, 3);
    sample_destroy(s.rows);
}
END_TEST

START_TEST(a_standalone_server_is_its_own_leader) {
    struct said s =
        decode(SHAPE_JSZ, "solo",
               "{\"server_id\":\"X\",\"streams\":1,\"account_details\":[{\"name\":\"tag\",\"id\":\"A\","
               "\"reserved_memory\":18446744073709551615,\"stream_detail\":[{\"name\":\"S\","
               "\"cluster\":{\"leader\":\"solo\"},\"state\":{\"messages\":18446744073709551615},"
               "\"consumer_detail\":[{\"stream_name\":\"S\",\"name\":\"c\",\"num_pending\":5}]}]}]}");
    const struct row *stream = sample_first(s.rows, ENTITY_STREAM),
                     *c = sample_first(s.rows, ENTITY_CONSUMER);
    ck_assert_str_eq(row_text(stream, F_STREAM_account), "A");
    ck_assert_uint_eq(row_u64(stream, F_STREAM_messages, 0), UINT64_MAX);
    ck_assert_uint_eq(row_u64(c, F_CONSUMER_pending, 0), 5);
    ck_assert(!row_has(c, F_CONSUMER_clustered));
    ck_assert_str_eq(row_text(c, F_CONSUMER_account), "A");
    ck_assert(!row_has(sample_first(s.rows, ENTITY_JETSTREAM), F_JETSTREAM_meta));
    sample_destroy(s.rows);
}
END_TEST

START_TEST(maps_and_their_keys) {
    struct said s = decode(
        SHAPE_GATEWAYZ, NULL,
        "{\"server_id\":\"X\",\"outbound_gateways\":{\"B\":{\"connection\":{\"cid\":1}},\"C\":{"
        "\"connection\":"
        "{\"cid\":2}},\"D\":null},\"inbound_gateways\":{\"B\":[{\"connection\":{\"cid\":3}},{\"connection\":"
        "{\"cid\":4}}],\"C\":[{\"connection\":{\"cid\":5}}],\"E\":null,\"F\":[]}}");
    static const char *const clusters[] = {"B", "C", "B", "B", "C"};
    ck_assert_uint_eq(count_of(s.rows, ENTITY_GATEWAY), 5);
    for (size_t i = 0; i < 5; i++) {
        const struct row *row = nth(s.rows, ENTITY_GATEWAY, i);
        ck_assert_uint_eq(row_u64(row, F_GATEWAY_cid, 0), i + 1);
        ck_assert_str_eq(row_text(row, F_GATEWAY_cluster), clusters[i]);
        ck_assert_str_eq(row_text(row, F_GATEWAY_direction), i < 2 ? "outbound" : "inbound");
    }
    sample_destroy(s.rows);
}
END_TEST

START_TEST(what_is_not_nats) {
    static const char *const bodies[] = {"{}",
                                         "[]",
                                         "null",
                                         "7",
                                         "\"ok\"",
                                         "{\"foo\":1}",
                                         "[{\"server_id\":\"A\"}]",
                                         "{\"server_id\":7}",
                                         "{\"connections\":null}"};
    for (int shape = 1; shape < SHAPE_LIMIT; shape++)
        for (size_t i = 0; shape_name((unsigned)shape) && i < sizeof bodies / sizeof *bodies; i++) {
            struct said s = decode((enum shape)shape, NULL, bodies[i]);
            ck_assert_int_eq(s.failure, FAILURE_NONE);
            ck_assert(!s.nats);
            sample_destroy(s.rows);
        }
    struct said s = decode(SHAPE_HEALTHZ, NULL, "{\"status\":\"unavailable\",\"error\":\"A \\u003e B\"}");
    ck_assert(s.nats);
    ck_assert_str_eq(row_text(s.rows->rows[0], F_HEALTH_error), "A > B");
    sample_destroy(s.rows);
    s = decode(SHAPE_SUBSZ, NULL, "{\"num_subscriptions\":1}");
    ck_assert(s.nats);
    sample_destroy(s.rows);
}
END_TEST

START_TEST(faults_are_told_apart) {
    static const struct {
        const char *body, *error;
        enum failure failure;
    } cases[] = {
        {"", "the body is empty", FAILURE_BODY},
        {"{\"server_id\":", "the body ends in the middle, after 13 bytes", FAILURE_CUT},
        {"404 page not found\n", "not JSON: more behind the document at byte 4", FAILURE_BODY},
        {"<html>", "not JSON: no value where one is due at byte 0", FAILURE_BODY},
        {"{\"a\":01}", "not JSON: a malformed number at byte 7", FAILURE_BODY},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct said s = decode(SHAPE_VARZ, NULL, cases[i].body);
        ck_assert_int_eq(s.failure, cases[i].failure);
        ck_assert_str_eq(s.error, cases[i].error);
        ck_assert(!s.nats || s.failure != FAILURE_NONE);
        sample_destroy(s.rows);
    }
}
END_TEST

START_TEST(deep_bodies_end_early) {
    char *deep = memory_new(200001);
    for (int kind = 0; kind < 2; kind++) {
        struct buffer b = {0};
        buffer_append_text(&b, "{\"server_id\":\"A\",\"connections\":");
        for (int i = 0; i < 100000; i++)
            buffer_append_text(&b, kind ? "[" : "{\"connections\":");
        struct said s = decode_in(SHAPE_CONNZ_FULL, NULL, b.data, b.len, 4096);
        ck_assert_int_eq(s.failure, FAILURE_BODY);
        ck_assert_str_eq(s.error, "nested deeper than 2048 levels");
        sample_destroy(s.rows);
        buffer_finish(&b);
    }
    free(deep);
}
END_TEST

START_TEST(hostile_names) {
    struct buffer b = {0};
    buffer_append_text(&b, "{\"server_id\":\"A\",\"connections\":[");
    static const char *const names[] = {"a\\u0000b", "\\u001b[31mred", "\\u202eevil", "bad\xff\xfeutf",
                                        "\\ud800"};
    for (size_t i = 0; i < 5; i++)
        buffer_printf(&b, "{\"cid\":%zu,\"name\":\"%s\"},", i, names[i]);
    for (int i = 0; i < 2; i++) {
        buffer_printf(&b, "{\"cid\":%d,\"name\":\"", 5 + i);
        for (int n = 0; n < 1 << 20; n++)
            buffer_append(&b, "n", 1);
        buffer_printf(&b, "%d\"}%s", i, i ? "" : ",");
    }
    buffer_append_text(&b, "]}");
    static const char *const clean[] = {"a\xef\xbf\xbd"
                                        "b",
                                        "\xef\xbf\xbd[31mred",
                                        "\xef\xbf\xbd"
                                        "evil",
                                        "bad\xef\xbf\xbdutf", "\xef\xbf\xbd"};
    static const size_t pieces[] = {1, 7, 4096, 1 << 22};
    for (int p = 0; p < 4; p++) {
        struct said s = decode_in(SHAPE_CONNZ_FULL, NULL, b.data, b.len, pieces[p]);
        ck_assert_int_eq(s.failure, FAILURE_NONE);
        ck_assert_uint_eq(count_of(s.rows, ENTITY_CONNECTION), 7);
        for (size_t i = 0; i < 5; i++)
            ck_assert_str_eq(row_text(s.rows->rows[i], F_CONNECTION_name), clean[i]);
        const char *x = row_text(s.rows->rows[5], F_CONNECTION_name),
                   *y = row_text(s.rows->rows[6], F_CONNECTION_name);
        ck_assert_uint_eq(strlen(x), TEXT_MAX_BYTES);
        ck_assert_int_eq(x[TEXT_MAX_BYTES - 9], '~');
        ck_assert_int_eq(strncmp(x, y, TEXT_MAX_BYTES - 8), 0);
        ck_assert_str_ne(x, y); /* the same for a megabyte, then another: two names */
        sample_destroy(s.rows);
    }
    buffer_finish(&b);
}
END_TEST

static bool same_rows(const struct sample *a, const struct sample *b) {
    if (a->count != b->count)
        return false;
    for (size_t i = 0; i < a->count; i++) {
        const struct row *x = a->rows[i], *y = b->rows[i];
        if (x->entity != y->entity || memcmp(x->present, y->present, sizeof x->present))
            return false;
        for (int c = 0; c < x->cells; c++) {
            enum field f = (enum field)((int)entities[x->entity].first + c);
            if (!row_has(x, f))
                continue;
            if (fields[f].type == TYPE_TEXT ? strcmp(row_text(x, f), row_text(y, f))
                                            : x->cell[c].u != y->cell[c].u)
                return false;
        }
    }
    return true;
}

/* Cut at each byte: never whole, never a crash; fed in any pieces: the same rows. */
START_TEST(any_cut_is_told_and_any_piece_gives_the_same) {
    static const struct {
        enum shape shape;
        const char *name;
    } bodies[] = {{SHAPE_VARZ, "2.15.2-n1-varz"},
                  {SHAPE_CONNZ_HOT, "2.9.10-n2-connz"},
                  {SHAPE_JSZ, "2.15.2-n2-jsz"},
                  {SHAPE_ROUTEZ, "2.9.10-n1-routez"},
                  {SHAPE_LEAFZ, "2.9.10-super-leafz"},
                  {SHAPE_HEALTHZ, "2.9.10-n1-healthz"},
                  {SHAPE_GATEWAYZ, "2.15.2-super-gatewayz"},
                  {SHAPE_SUBSZ, "2.15.2-n3-subsz"}};
    for (size_t i = 0; i < sizeof bodies / sizeof *bodies; i++) {
        size_t len;
        char *body = load(bodies[i].name, &len);
        while (len && body[len - 1] == '\n')
            len--;
        struct said whole = decode_in(bodies[i].shape, "n2", body, len, len);
        for (size_t piece = 1; piece < 20; piece += 3) {
            struct said s = decode_in(bodies[i].shape, "n2", body, len, piece);
            ck_assert_msg(same_rows(whole.rows, s.rows), "%s in pieces of %zu", bodies[i].name, piece);
            sample_destroy(s.rows);
        }
        for (size_t cut = 0; cut < len; cut++) {
            struct said s = decode_in(bodies[i].shape, "n2", body, cut, 1000);
            ck_assert_int_eq(s.failure, cut ? FAILURE_CUT : FAILURE_BODY);
            sample_destroy(s.rows);
        }
        sample_destroy(whole.rows);
        free(body);
    }
}
END_TEST

static void count_row(void *data, const struct row *row) {
    (void)row;
    ++*(uint64_t *)data;
}

START_TEST(bodies_and_rows_are_capped) {
    struct decoder *d = decoder_create();
    uint64_t rows = 0;
    char error[100], *urls = memory_new(1 << 20);
    decoder_start(d, SHAPE_VARZ, NULL, count_row, &rows);
    decoder_feed(d, "{\"connect_urls\":[\"\"", 19);
    for (int i = 0; i < 1 << 20; i += 4)
        memcpy(urls + i, ",\"a\"", 4);
    for (int i = 0; i < 10; i++)
        ck_assert(decoder_feed(d, urls, 1 << 20));
    ck_assert_uint_eq(rows, DECODE_MAX_ROWS);
    ck_assert_uint_eq(decoder_dropped(d), 1 + 10 * (1 << 18) - DECODE_MAX_ROWS);
    for (int i = 10; i < 63; i++)
        ck_assert(decoder_feed(d, urls, 1 << 20));
    ck_assert(!decoder_feed(d, urls, 1 << 20)); /* 64 MiB and 19 bytes */
    ck_assert_int_eq(decoder_finish(d, error, sizeof error), FAILURE_TOO_LARGE);
    ck_assert_str_eq(error, "the body is larger than 64 MiB");
    free(urls);
    decoder_destroy(d);
    decoder_destroy(NULL);
}
END_TEST

int main(void) {
    Suite *s = suite_create("collectors/decode");
    TCase *tc = tcase_create("decode");
    tcase_set_timeout(tc, 120);
    tcase_add_test(tc, varz_as_recorded);
    tcase_add_test(tc, connz_as_recorded);
    tcase_add_test(tc, jsz_as_recorded);
    tcase_add_test(tc, each_asset_has_one_authoritative_row);
    tcase_add_test(tc, without_a_name_nobody_leads);
    tcase_add_test(tc, routez_as_recorded);
    tcase_add_test(tc, gatewayz_and_leafz_as_recorded);
    tcase_add_test(tc, the_small_ones_as_recorded);
    tcase_add_test(tc, values_by_their_type);
    tcase_add_test(tc, a_round_trip_of_zero_was_not_measured);
    tcase_add_test(tc, rows_without_their_key_are_dropped);
    tcase_add_test(tc, a_standalone_server_is_its_own_leader);
    tcase_add_test(tc, maps_and_their_keys);
    tcase_add_test(tc, what_is_not_nats);
    tcase_add_test(tc, faults_are_told_apart);
    tcase_add_test(tc, deep_bodies_end_early);
    tcase_add_test(tc, hostile_names);
    tcase_add_test(tc, any_cut_is_told_and_any_piece_gives_the_same);
    tcase_add_test(tc, bodies_and_rows_are_capped);
    suite_add_tcase(s, tc);
    SRunner *sr = srunner_create(s);
    srunner_run_all(sr, CK_NORMAL);
    int failed = srunner_ntests_failed(sr);
    srunner_free(sr);
    return failed != 0;
}
