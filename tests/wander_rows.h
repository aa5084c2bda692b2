/* Rows full of what a server might say: each field of the tables has a plausible value that follows from who
 * it is of and from the time. For nights that nobody has thought of: tests/wander.h.
 *
 * Counters go up, gauges change each few seconds, what a thing was made as stays. Now and then a field is
 * missing; a liar says the largest there is. */
#ifndef TESTS_WANDER_ROWS_H
#define TESTS_WANDER_ROWS_H

#include "tests/model_build.h"

/* ---- dice ---- */

static inline uint64_t mixed(uint64_t x) {
    x ^= x >> 33;
    x *= 0xff51afd7ed558ccdULL;
    x ^= x >> 33;
    x *= 0xc4ceb9fe1a85ec53ULL;
    return x ^ x >> 33;
}

struct dice {
    uint64_t state;
};
static inline uint64_t roll(struct dice *d, uint64_t sides) {
    d->state += 0x9e3779b97f4a7c15ULL;
    return mixed(d->state) % sides;
}
/* As often as that, from 0 to 1. */
static inline bool chance(struct dice *d, double p) {
    return (double)roll(d, 1u << 30) < p * (double)(1u << 30);
}
static inline double between(struct dice *d, double low, double high) {
    return low + (high - low) * (double)roll(d, 1u << 30) / (double)(1u << 30);
}

/* ---- values ---- */

struct filling_in {
    struct dice *dice;
    uint64_t who;   /* another value for another one */
    int64_t utc_ns; /* by its server's clock */
    double age;     /* seconds since its counters began */
    double missing; /* share of the fields */
    bool lies;      /* now and then it is the largest there is, or less than nothing */
    double gauge_s; /* gauges change so often */
};

static const struct {
    enum field field;
    const char *words; /* with a bar between */
} said_words[] = {
    {F_SERVER_version, "2.15.2|2.9.10|2.10.20|2.14.0-RC.1|"},
    {F_SERVER_cluster, "C"},
    {F_SERVER_gateway, "C"},
    {F_SERVER_host, "0.0.0.0|10.0.0.1"},
    {F_SERVER_js_domain, "hub"},
    {F_SERVER_route_timeout, "close|retry|"},
    {F_HEALTH_status, "ok|error|unavailable"},
    {F_HEALTH_error,
     "JetStream stream 'A > ORDERS' is not current|JetStream is not current with the meta leader|"},
    {F_CONNECTION_kind, "Client|Leafnode"},
    {F_CONNECTION_type, "nats|websocket|mqtt"},
    {F_CONNECTION_account, "A|B|$G"},
    {F_CONNECTION_user, "svc|etl"},
    {F_CONNECTION_lang, "go|C|python"},
    {F_CONNECTION_ip, "10.0.0.7|fe80::1"},
    {F_STREAM_storage, "file|memory"},
    {F_STREAM_retention, "limits|interest|workqueue"},
    {F_STREAM_discard, "old|new"},
    {F_STREAM_told_enabled, "true|false|yes"},
    {F_STREAM_told_peer_expect, "3|1|12x"},
    {F_STREAM_told_lag, "100|0|-1"},
    {F_STREAM_told_seen, "5s|1m|soon"},
    {F_STREAM_told_msgs_warn, "1000|10"},
    {F_STREAM_told_msgs_critical, "10|100000|x"},
    {F_CONSUMER_told_enabled, "true|false"},
    {F_CONSUMER_told_outstanding_ack, "10|x"},
    {F_CONSUMER_told_unprocessed, "100|5"},
    {F_CONSUMER_told_last_delivery, "10s|-1"},
    {F_CONSUMER_ack_policy, "explicit|none|all"},
    {F_CONSUMER_deliver_policy, "all|new|last"},
    {F_CONSUMER_priority_policy, "pinned_client|overflow|none"},
    {F_SOURCE_error, "stream not found|"},
    {F_GATEWAY_direction, "outbound|inbound"},
    {F_GATEWAY_cluster, "EU|US"},
    {F_JETSTREAM_domain, "hub"},
    {F_SUBSCRIPTION_subject, "orders.created|orders.*|>|audit"},
    {F_SUBSCRIPTION_queue, "workers|"},
};

/* One of several words with bars between. */
static inline void word_at(const char *words, uint64_t n, char *out, size_t size) {
    uint64_t count = 1;
    for (const char *c = words; *c; c++)
        count += *c == '|';
    for (n %= count; n > 0; n--)
        words = strchr(words, '|') + 1;
    snprintf(out, size, "%.*s", (int)strcspn(words, "|"), words);
}

static inline void say_word(struct sample *s, struct row *row, enum field f, uint64_t value) {
    char word[120];
    const char *words =
        "alpha|beta|gamma|a name that is much longer than a column of any table will ever be|日本";
    for (size_t i = 0; i < sizeof said_words / sizeof *said_words; i++)
        if (said_words[i].field == f)
            words = said_words[i].words;
    word_at(words, value, word, sizeof word);
    put_text(s, row, f, word);
}

/* How large such a thing is, from none to many. */
static inline double size_of_it(uint64_t value) {
    static const double sizes[] = {0, 0, 1, 3, 10, 100, 5000, 1e6, 1e9, 64 << 20};
    return sizes[value % 10] * (1 + (double)(value >> 32 & 7) / 8);
}

static inline void say_number(const struct filling_in *in, struct row *row, enum field f) {
    const struct field_info *info = &fields[f];
    uint64_t fixed = mixed(in->who * 1000003 + (uint64_t)f);
    uint64_t moment = info->kind == KIND_GAUGE ? (uint64_t)((double)in->utc_ns / 1e9 / in->gauge_s) : 0;
    uint64_t value = mixed(fixed + moment * 7919);
    double size = size_of_it(value);
    union cell *cell = row_put(row, f);
    if (info->kind == KIND_COUNTER)
        size = floor(in->age * size_of_it(fixed) / 100);
    switch (info->type) {
    case TYPE_BOOL:
        cell->u = value % 3 == 0;
        break;
    case TYPE_F64:
        cell->f = info->unit == UNIT_RATIO ? (double)(value % 101) / 100 : (double)(value % 4000) / 10;
        break;
    case TYPE_TIME:
        cell->i = in->utc_ns - (int64_t)(value % 4 == 0 ? fixed % 100 : fixed % 7200) * NS_PER_S;
        break;
    case TYPE_SPAN:
        cell->i =
            info->kind == KIND_COUNTER ? (int64_t)(in->age * 1e6) : (int64_t)pow(10, (double)(value % 13));
        break;
    case TYPE_I64:
        cell->i = info->kind == KIND_INFO && value % 5 == 0 ? -1 : (int64_t)size;
        if (in->lies && roll(in->dice, 200) == 0)
            cell->i = roll(in->dice, 2) ? INT64_MAX : INT64_MIN;
        break;
    default:
        cell->u = (uint64_t)size;
        if (in->lies && roll(in->dice, 200) == 0)
            cell->u = UINT64_MAX;
    }
}

/* All that is not said yet, but keys. */
static inline void fill_in(const struct filling_in *in, struct sample *s, struct row *row) {
    const struct entity_info *entity = &entities[row->entity];
    for (int i = 0; i < entity->count; i++) {
        enum field f = (enum field)((int)entity->first + i);
        if (row_has(row, f) || fields[f].flags & FIELD_KEY || chance(in->dice, in->missing))
            continue;
        if (fields[f].type == TYPE_TEXT)
            say_word(s, row, f, mixed(in->who * 31 + (uint64_t)f));
        else
            say_number(in, row, f);
    }
}

#endif
