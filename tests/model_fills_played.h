/* What model_fills.h has is said by one server to a model: each poll at its second, and what the model then
 * says of the connection.
 *
 * Header only, as tests/model_build.h is. */
#ifndef TESTS_MODEL_FILLS_PLAYED_H
#define TESTS_MODEL_FILLS_PLAYED_H

#include "model/connection.h"
#include "tests/model_build.h"
#include "tests/model_fills.h"

#define COUNT(a) ((int)(sizeof(a) / sizeof((a)[0])))
#define POLL_S   2.0
#define BEFORE_S 10.0 /* the client connected so long after the night began */

/* What its server counts since, -1 nothing: pauses for the sake of the connection, messages of its clients.
 * Else one that counts pauses has one for each message. */
static struct {
    int64_t stalls, from_clients_per_s;
    bool each;
} counted;

static inline struct sample *varz_of(struct night *n, const struct fill *fill) {
    struct sample *s = build_varz(n, 1, "IDA", "n1");
    struct row *row = row_of(s, ENTITY_SERVER);
    put_text(s, row, F_SERVER_version, fill->version);
    put_i(row, F_SERVER_max_pending, fill->max_pending);
    put_i(row, F_SERVER_write_deadline, ns(fill->deadline));
    if (counted.from_clients_per_s >= 0)
        put_i(row, F_SERVER_in_client_msgs, (int64_t)((double)(counted.from_clients_per_s * n->at) / 1e9));
    return s;
}

static inline struct row *add_connection(struct sample *s, uint64_t cid, const struct fill_row *r) {
    struct row *row = sample_add(s, ENTITY_CONNECTION);
    put_u(row, F_CONNECTION_cid, cid);
    put_text(s, row, F_CONNECTION_name, cid == 9 ? "billing" : "quiet");
    put_text(s, row, F_CONNECTION_kind, "Client");
    put_i(row, F_CONNECTION_start, NIGHT_UTC + ns(BEFORE_S));
    put_i(row, F_CONNECTION_pending_bytes, r->pending);
    put_i(row, F_CONNECTION_out_bytes, r->out_bytes);
    put_i(row, F_CONNECTION_out_msgs, r->out_msgs);
    if (counted.stalls > 0 || counted.each)
        put_i(row, F_CONNECTION_stalls, counted.stalls > 0 ? counted.stalls : r->out_msgs);
    return row;
}

static inline void send_row(struct night *n, const struct fill_row *r) {
    struct sample *s = build(n, 1, SHAPE_CONNZ_HOT, "IDA");
    put_u(row_of(s, ENTITY_ANSWER), F_ANSWER_total, 1);
    add_connection(s, 9, r);
    send(n, s);
}

static inline void begin(struct night *n, const struct fill *fill) {
    counted.stalls = counted.from_clients_per_s = -1;
    counted.each = strcmp(fill->version, "2.15.2") == 0;
    night_begin(n, 0, 1);
    send_target(n, 1, "http://h:8222", "named", "polled", NULL, NULL);
    send(n, varz_of(n, fill));
}

/* Up to that second of the connection, with the server answering. */
static inline void go_to(struct night *n, const struct fill *fill, double at) {
    while (n->at < ns(BEFORE_S + at)) {
        double next = floor((double)n->at / 1e9) + 1, end = BEFORE_S + at;
        night_until(n, next < end ? next : end);
        send(n, varz_of(n, fill));
    }
}

static inline void play(struct night *n, const struct fill *fill, const struct fill_row *r) {
    go_to(n, fill, r->at);
    send_row(n, r);
}

static inline const struct object *billing(const struct night *n) {
    return find_by(n, Q_CONNECTION_name, "billing");
}

static inline double value_of(const struct night *n, enum quantity q) {
    return number_value(n, billing(n), q);
}

static inline const char *words_of(const struct night *n, enum quantity q) {
    return text_value(n, billing(n), q);
}

static inline bool is_row(const struct fill_row *r) {
    return r->at > 0 || r->out_bytes > 0;
}

static inline int rows_of(const struct fill *fill) {
    int count = 0;
    while (count < COUNT(fill->rows) && (is_row(&fill->rows[count]) || !count))
        count++;
    return count;
}

/* All of its polls up to that second. */
static inline void play_until(struct night *n, const struct fill *fill, double until) {
    begin(n, fill);
    for (int i = 0; i < rows_of(fill) && fill->rows[i].at <= until; i++)
        play(n, fill, &fill->rows[i]);
}

#endif
