/* Connections that fill: what the model makes of what real servers said (model_fills.h), and of what none
 * says. */
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

static struct sample *varz_of(struct night *n, const struct fill *fill) {
    struct sample *s = build_varz(n, 1, "IDA", "n1");
    struct row *row = row_of(s, ENTITY_SERVER);
    put_text(s, row, F_SERVER_version, fill->version);
    put_i(row, F_SERVER_max_pending, fill->max_pending);
    put_i(row, F_SERVER_write_deadline, ns(fill->deadline));
    if (counted.from_clients_per_s >= 0)
        put_i(row, F_SERVER_in_client_msgs, (int64_t)((double)(counted.from_clients_per_s * n->at) / 1e9));
    return s;
}

static struct row *add_connection(struct sample *s, uint64_t cid, const struct fill_row *r) {
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

static void send_row(struct night *n, const struct fill_row *r) {
    struct sample *s = build(n, 1, SHAPE_CONNZ_HOT, "IDA");
    put_u(row_of(s, ENTITY_ANSWER), F_ANSWER_total, 1);
    add_connection(s, 9, r);
    send(n, s);
}

static void begin(struct night *n, const struct fill *fill) {
    counted.stalls = counted.from_clients_per_s = -1;
    counted.each = strcmp(fill->version, "2.15.2") == 0;
    night_begin(n, 0, 1);
    send_target(n, 1, "http://h:8222", "named", "polled", NULL, NULL);
    send(n, varz_of(n, fill));
}

/* Up to that second of the connection, with the server answering. */
static void go_to(struct night *n, const struct fill *fill, double at) {
    while (n->at < ns(BEFORE_S + at)) {
        double next = floor((double)n->at / 1e9) + 1, end = BEFORE_S + at;
        night_until(n, next < end ? next : end);
        send(n, varz_of(n, fill));
    }
}

static void play(struct night *n, const struct fill *fill, const struct fill_row *r) {
    go_to(n, fill, r->at);
    send_row(n, r);
}

static const struct object *billing(const struct night *n) {
    return find_by(n, Q_CONNECTION_name, "billing");
}

static double value_of(const struct night *n, enum quantity q) {
    return number_value(n, billing(n), q);
}

static const char *words_of(const struct night *n, enum quantity q) {
    return text_value(n, billing(n), q);
}

static bool is_row(const struct fill_row *r) {
    return r->at > 0 || r->out_bytes > 0;
}

static int rows_of(const struct fill *fill) {
    int count = 0;
    while (count < COUNT(fill->rows) && (is_row(&fill->rows[count]) || !count))
        count++;
    return count;
}

/* All of its polls up to that second. */
static void play_until(struct night *n, const struct fill *fill, double until) {
    begin(n, fill);
    for (int i = 0; i < rows_of(fill) && fill->rows[i].at <= until; i++)
        play(n, fill, &fill->rows[i]);
}

/* ---- when ---- */

static const struct fill *const steady[] = {
    &fill_stop,    &fill_stop_small, &fill_stop_held, &fill_slow,    &fill_slow_small, &fill_slow_old,
    &fill_trickle, &fill_slower,     &fill_large,     &fill_small,   &fill_kernel,     &fill_short,
    &fill_fast,    &fill_slow_again, &fill_half,      &fill_half_new};

static int first_above(const struct fill *fill, long long pending) {
    int i = 0;
    while (i < rows_of(fill) && fill->rows[i].pending < pending)
        i++;
    return i;
}

/* The first poll at which it holds half of what it may; of one that is cut before, of what it held at last.
 */
static int half_of(const struct fill *fill) {
    int last = rows_of(fill) - 1, half = first_above(fill, fill->max_pending / 2);
    return half <= last ? half : first_above(fill, fill->rows[last].pending / 2);
}

START_TEST(a_cut_is_foreseen_from_half_full_on) {
    const struct fill *fill = steady[_i];
    struct night n;
    begin(&n, fill);
    int half = half_of(fill), right = 0, asked = 0;
    double most = fmax(2 * POLL_S, 0.25 * (fill->cut - fill->rows[half].at));
    for (int i = 0; i < rows_of(fill); i++) {
        play(&n, fill, &fill->rows[i]);
        double foreseen = fill->rows[i].at + value_of(&n, Q_CONNECTION_cut_in) / 1e9;
        if (i == half)
            printf("%-75s cut at %6.2f s, foreseen for %6.2f at %6.2f\n", fill->what, fill->cut, foreseen,
                   fill->rows[i].at);
        if (i >= half) {
            asked++;
            right += fabs(foreseen - fill->cut) <= most;
        }
    }
    /* of long ones one poll may be off: the drain is known well only when the next write has ended */
    ck_assert_msg(right == asked || (asked > 4 && right >= asked - 1), "%s: %d of %d", fill->what, right,
                  asked);
    ck_assert_double_lt(
        fabs(fill->rows[rows_of(fill) - 1].at + value_of(&n, Q_CONNECTION_cut_in) / 1e9 - fill->cut),
        2 * POLL_S);
    go_to(&n, fill, fill->cut);
    ck_assert_ptr_nonnull(finding_of(&n, "cut_foreseen"));
    night_end(&n);
}
END_TEST

START_TEST(who_is_held_again_and_again_is_not_cut) {
    struct night n;
    begin(&n, &fill_never);
    for (int i = 0; i < rows_of(&fill_never); i++) {
        play(&n, &fill_never, &fill_never.rows[i]);
        ck_assert_ptr_null(finding_of(&n, "cut_foreseen"));
    }
    ck_assert_str_eq(words_of(&n, Q_CONNECTION_likely), "slow reader");
    ck_assert_ptr_nonnull(finding_of(&n, "producers_held"));
    ck_assert_ptr_nonnull(strstr(words_of(&n, Q_CONNECTION_next), "producers held for "));
    night_end(&n);
}
END_TEST

static const struct fill *const slows[] = {&fill_slow_old,   &fill_never,  &fill_slow,
                                           &fill_large,      &fill_slower, &fill_small,
                                           &fill_slow_again, &fill_kernel, &fill_half_new};

/* One write that ends in time takes nothing back: more waits behind it. */
START_TEST(a_warning_is_not_taken_back_by_the_next_poll) {
    const struct fill *fill = slows[_i];
    struct night n;
    bool warned = false;
    size_t count;
    begin(&n, fill);
    for (int i = 0; i < rows_of(fill); i++) {
        play(&n, fill, &fill->rows[i]);
        go_to(&n, fill, fill->rows[i].at + 0.2);
        const struct finding *findings = model_findings(n.model, &count);
        ck_assert_msg(count || !warned, "%s at %g", fill->what, fill->rows[i].at);
        for (size_t k = 0; k < count; k++)
            warned |= findings[k].severity >= SEVERITY_WARN;
    }
    ck_assert(warned);
    night_end(&n);
}
END_TEST

/* How long before the cut it is said, and said to be sure. */
static const struct {
    const struct fill *fill;
    double warned, sure;
} stops[] = {{&fill_soon, 7.5, 5.5},
             {&fill_soon_old, 7, 5},
             {&fill_soon_held, 6.5, 4.5},
             {&fill_little, 4.5, 2.5},
             {&fill_little_old, 4, 2}};

static bool is_said_by(struct night *n, const struct fill *fill, double until, const char *rule) {
    int row = 0;
    for (double t = 0; t < until; t += 0.5) {
        for (; row < rows_of(fill) && fill->rows[row].at <= t; row++)
            play(n, fill, &fill->rows[row]);
        go_to(n, fill, t);
        if (finding_of(n, rule))
            return true;
    }
    return false;
}

START_TEST(who_stops_is_foretold_in_time) {
    const struct fill *fill = stops[_i].fill;
    struct night n;
    begin(&n, fill);
    bool warned = is_said_by(&n, fill, fill->cut - stops[_i].warned, "cut_threatens") ||
                  finding_at(&n, "buffer_filling", SEVERITY_CRIT);
    ck_assert_msg(warned, "%s: no warning", fill->what);
    night_end(&n);
    begin(&n, fill);
    ck_assert_msg(is_said_by(&n, fill, fill->cut - stops[_i].sure, "cut_foreseen"), "%s", fill->what);
    ck_assert_double_eq_tol(value_of(&n, Q_CONNECTION_cut_in) / 1e9,
                            fill->cut + BEFORE_S - (double)n.at / 1e9, 2);
    ck_assert_str_eq(words_of(&n, Q_CONNECTION_likely), "stopped");
    night_end(&n);
}
END_TEST

/* Some wait at each poll, and these are always others. */
START_TEST(who_keeps_up_with_little_is_well) {
    static const struct fill fill = {"", "2.15.2", 64 << 20, 10, 0, {{0, 0, 0, 0}}};
    struct night n;
    size_t count;
    begin(&n, &fill);
    for (int i = 0; i < 60; i++) {
        play(&n, &fill,
             &(struct fill_row){2 * i, i / 3 % 2 ? 500 * i : 5000, 40000LL * i + (i > 30) * 1000LL, 40 * i});
        model_findings(n.model, &count);
        ck_assert_uint_eq(count, 0);
        ck_assert_ptr_null(((const struct connection *)billing(&n)->extra)->filling);
    }
    night_end(&n);
}
END_TEST

/* ---- watched too late to see the write begin ---- */

static unsigned flags_of(const struct night *n, enum quantity q) {
    return quantity_get(n->model, billing(n), q).flags & (VALUE_BOUND | VALUE_ESTIMATED);
}

static const struct {
    const struct fill *fill;
    double from;
    unsigned flags;
} lates[] = {{&fill_stop, 8, VALUE_ESTIMATED},      {&fill_stop, 10, VALUE_ESTIMATED},
             {&fill_soon, 32, VALUE_ESTIMATED},     {&fill_soon, 36, VALUE_ESTIMATED},
             {&fill_soon_old, 34, VALUE_ESTIMATED}, {&fill_stop_held, 8, VALUE_BOUND},
             {&fill_stop_held, 12, VALUE_BOUND}};

/* Where as much comes all the time, what waits at first sight tells how long it has; else it is cut so late
 * at most. */
START_TEST(a_write_that_began_before_is_told_with_what_is_not_known) {
    const struct fill *fill = lates[_i].fill;
    const char *words = lates[_i].flags == VALUE_BOUND ? "write deadline within " : "s~";
    struct night n;
    int asked = 0, polls = 0;
    begin(&n, fill);
    for (int i = 0; i < rows_of(fill); i++) {
        if (fill->rows[i].at < lates[_i].from)
            continue;
        play(&n, fill, &fill->rows[i]);
        double foreseen = fill->rows[i].at + value_of(&n, Q_CONNECTION_cut_in) / 1e9;
        if (isnan(foreseen))
            continue;
        ck_assert_double_gt(foreseen, fill->cut - 0.5);
        if (++polls == 1)
            ck_assert_uint_eq(flags_of(&n, Q_CONNECTION_cut_in), VALUE_BOUND);
        if (polls < 2)
            continue;
        ck_assert_uint_eq(flags_of(&n, Q_CONNECTION_cut_in), lates[_i].flags);
        bool due = value_of(&n, Q_CONNECTION_cut_in) < 1e9;
        ck_assert_ptr_nonnull(strstr(words_of(&n, Q_CONNECTION_next), due ? "write deadline due" : words));
        if (lates[_i].flags == VALUE_ESTIMATED)
            ck_assert_double_eq_tol(foreseen, fill->cut, 1);
        asked++;
    }
    ck_assert_int_gt(asked, 0);
    night_end(&n);
}
END_TEST

START_TEST(what_comes_unsteadily_tells_no_time) {
    static const struct fill fill = {"", "2.15.2", 64 << 20, 20, 0, {{0, 0, 0, 0}}};
    struct night n;
    begin(&n, &fill);
    for (int i = 0; i < 4; i++) {
        long long more = (i + i / 2) * 2000000LL;
        play(&n, &fill, &(struct fill_row){2 * i, 4000000 + more, 40000000 + more, 10000 + more / 4000});
    }
    ck_assert_uint_eq(flags_of(&n, Q_CONNECTION_cut_in), VALUE_BOUND);
    ck_assert_double_eq_tol(value_of(&n, Q_CONNECTION_cut_in) / 1e9, 20 - 6, 0.1);
    ck_assert_str_eq(words_of(&n, Q_CONNECTION_next), "write deadline within 14s");
    ck_assert_str_eq(words_of(&n, Q_CONNECTION_step), "cut \u226414s");
    char text[200];
    go_to(&n, &fill, 7);
    finding_text_of(n.model, finding_of(&n, "cut_foreseen"), 1, text, sizeof text);
    ck_assert_ptr_eq(strstr(text, "n1 cid 9 billing: write deadline within "), text);
    night_end(&n);
}
END_TEST

/* ---- why, and what next ---- */

START_TEST(a_reader_that_stops) {
    struct night n;
    play_until(&n, &fill_stop, 13);
    ck_assert_str_eq(words_of(&n, Q_CONNECTION_likely), "stopped");
    ck_assert_double_eq(value_of(&n, Q_CONNECTION_drain), 0);
    ck_assert_double_eq_tol(value_of(&n, Q_CONNECTION_pending_slope), 2e6, 0.1e6);
    ck_assert_ptr_eq(strstr(words_of(&n, Q_CONNECTION_next), "write deadline in "),
                     words_of(&n, Q_CONNECTION_next));
    double left = value_of(&n, Q_CONNECTION_cut_in);
    go_to(&n, &fill_stop, 14.5); /* no row since */
    ck_assert_double_lt(value_of(&n, Q_CONNECTION_cut_in), left - 1e9);
    char text[200];
    finding_text_of(n.model, finding_of(&n, "cut_foreseen"), 1, text, sizeof text);
    ck_assert_ptr_eq(strstr(text, "n1 cid 9 billing: write deadline in "), text);
    ck_assert_ptr_nonnull(strstr(text, ", stopped, pending "));
    night_end(&n);
}
END_TEST

START_TEST(a_slow_reader) {
    struct night n;
    play_until(&n, &fill_slow, 31);
    ck_assert_str_eq(words_of(&n, Q_CONNECTION_likely), "slow reader");
    ck_assert_double_eq_tol(value_of(&n, Q_CONNECTION_drain), 1e6, 0.1e6);
    ck_assert_double_eq_tol(value_of(&n, Q_CONNECTION_pending_slope), 1e6, 0.1e6);
    ck_assert_ptr_eq(strstr(words_of(&n, Q_CONNECTION_next), "cut in 1"), words_of(&n, Q_CONNECTION_next));
    ck_assert_ptr_nonnull(strstr(words_of(&n, Q_CONNECTION_next), "s, producers held from 75% full in "));
    ck_assert(isnan(value_of(&n, Q_CONNECTION_held_for)));
    night_end(&n);
    play_until(&n, &fill_slow, 43);
    ck_assert_double_ge(value_of(&n, Q_CONNECTION_held_for), 1.9e9);
    ck_assert_ptr_eq(strstr(words_of(&n, Q_CONNECTION_next), "producers held, cut in "),
                     words_of(&n, Q_CONNECTION_next));
    night_end(&n);
}
END_TEST

/* What waits has its protocol around it, which what was sent is counted without. */
START_TEST(small_messages_are_larger_on_the_wire) {
    struct night n;
    play_until(&n, &fill_small, 13);
    double out = value_of(&n, Q_CONNECTION_out_bytes_per_s);
    ck_assert_double_eq_tol(value_of(&n, Q_CONNECTION_pending_slope) / out, 1.15, 0.02);
    night_end(&n);
}
END_TEST

START_TEST(flat_while_producers_are_held) {
    struct night n;
    play_until(&n, &fill_stop_held, 23);
    ck_assert_double_ge(value_of(&n, Q_CONNECTION_flat_for), 8e9);
    ck_assert_double_ge(value_of(&n, Q_CONNECTION_held_for), 8e9);
    ck_assert_ptr_eq(strstr(words_of(&n, Q_CONNECTION_next), "flat for "), words_of(&n, Q_CONNECTION_next));
    ck_assert_ptr_nonnull(strstr(words_of(&n, Q_CONNECTION_next), "s: write deadline in "));
    ck_assert_ptr_nonnull(strstr(words_of(&n, Q_CONNECTION_next), ", producers held"));
    night_end(&n);
}
END_TEST

/* 1 kB/s does not show within one write: what is proven of it is said, also when it has been cut. */
START_TEST(who_stops_may_read_a_little) {
    struct night n;
    char text[200];
    play_until(&n, &fill_stop, 17);
    double most = value_of(&n, Q_CONNECTION_reads_most);
    ck_assert_double_eq_tol(most, 3700800 / 8.0, 1000);
    finding_text_of(n.model, finding_of(&n, "cut_foreseen"), 1, text, sizeof text);
    ck_assert_ptr_nonnull(strstr(text, ", reads < 452K/s"));
    night_end(&n);
    play_until(&n, &fill_slow, 31);
    ck_assert(isnan(value_of(&n, Q_CONNECTION_reads_most)));
    night_end(&n);
}
END_TEST

/* 2.6 MB each two seconds, nothing leaves, max_pending 16 MB: up to that poll. */
static void play_stopped(struct night *n, const char *version, int polls, int stalls, int from_clients) {
    struct fill fill = {"", version, 16000000, 30, 0, {{0, 0, 0, 0}}};
    begin(n, &fill);
    for (int i = 0; i < polls; i++) {
        counted.stalls = stalls < 0 ? -1 : i > 4 ? (i - 4) * stalls : 0;
        counted.from_clients_per_s = from_clients;
        counted.each = false;
        play(n, &fill, &(struct fill_row){2 * i, i * 2600000LL, 9000000 + i * 2600000LL, 1000 + i * 100});
    }
    go_to(n, &fill, 2 * polls - 1.5);
}

static const struct {
    const char *version;
    int polls, stalls, from_clients;
    const char *next, *unheld; /* how it begins; NULL not known */
} helds[] = {
    {"2.15.2", 7, 40, 50, "producers held, cut due", NULL},
    {"2.15.2", 7, 0, 50, "cut due", "its server counts no pause"},
    {"2.15.2", 6, 0, 50, "cut in 1s", NULL}, /* above it at one poll */
    {"2.15.2", 3, 0, 50, "cut in 7s, producers held from 75% full in 4s", NULL},
    {"2.15.2", 3, 0, 0, "cut in 7s", "no client of its server sends as much"},
    {"2.15.2", 7, 0, 0, "cut due", "no client of its server sends as much"},
    {"2.11.0", 7, -1, -1, "producers held, cut due", NULL},
    {"2.9.10", 7, -1, -1, "cut due", "as much comes as before"},
};

START_TEST(nobody_is_held_unless_pauses_are_counted) {
    struct night n;
    play_stopped(&n, helds[_i].version, helds[_i].polls, helds[_i].stalls, helds[_i].from_clients);
    const char *next = words_of(&n, Q_CONNECTION_next), *unheld = words_of(&n, Q_CONNECTION_unheld);
    ck_assert_msg(strncmp(next, helds[_i].next, strlen(helds[_i].next)) == 0, "%s", next);
    ck_assert_msg(helds[_i].unheld ? strstr(unheld, helds[_i].unheld) == unheld : !*unheld, "%s", unheld);
    ck_assert_int_eq(!isnan(value_of(&n, Q_CONNECTION_held_for)), strstr(next, "producers held,") != NULL);
    if (helds[_i].unheld || !strchr(helds[_i].next, ','))
        ck_assert_ptr_null(strstr(next, "held"));
    night_end(&n);
}
END_TEST

/* What was foreseen has run out, and what is shown is still the poll before it: no count of seconds is told.
 */
START_TEST(what_has_run_out_is_due) {
    struct night n;
    play_stopped(&n, "2.15.2", 4, 0, 50);
    ck_assert_str_eq(words_of(&n, Q_CONNECTION_next), "cut in 5s, producers held from 75% full in 2s");
    night_until(&n, (double)n.at / 1e9 + 2.4);
    ck_assert_str_eq(words_of(&n, Q_CONNECTION_next),
                     "cut in 3s, producers held from 75% full, due by its growth");
    night_end(&n);
    play_stopped(&n, "2.15.2", 7, 0, 50);
    ck_assert_str_eq(words_of(&n, Q_CONNECTION_step), "cut due");
    night_end(&n);
    play_stopped(&n, "2.15.2", 7, 40, 50);
    ck_assert_str_eq(words_of(&n, Q_CONNECTION_next), "producers held, cut due");
    night_end(&n);
}
END_TEST

START_TEST(silence_after_a_burst) {
    struct night n;
    play_until(&n, &fill_silence, 6.5);
    ck_assert_str_eq(words_of(&n, Q_CONNECTION_likely), ""); /* it may drain yet, or not */
    night_end(&n);
    play_until(&n, &fill_silence, 11);
    ck_assert_str_eq(words_of(&n, Q_CONNECTION_likely), "stopped");
    ck_assert_double_eq_tol(value_of(&n, Q_CONNECTION_cut_in) / 1e9, fill_silence.cut - 10, 1);
    night_end(&n);
}
END_TEST

START_TEST(a_burst_wakes_nobody) {
    struct night n;
    begin(&n, &fill_burst);
    bool seen = false;
    for (int i = 0; i < rows_of(&fill_burst); i++) {
        size_t count;
        play(&n, &fill_burst, &fill_burst.rows[i]);
        seen |= strcmp(words_of(&n, Q_CONNECTION_likely), "burst") == 0;
        const struct finding *findings = model_findings(n.model, &count);
        for (size_t f = 0; f < count; f++)
            ck_assert_int_lt(findings[f].severity, SEVERITY_CRIT);
    }
    ck_assert(seen);
    ck_assert_str_eq(words_of(&n, Q_CONNECTION_likely), "");
    ck_assert_ptr_null(finding_at(&n, "buffer_filling", SEVERITY_WARN));
    night_end(&n);
}
END_TEST

/* Its producer waits in the server for the sake of another, with what it sent last not handed on yet: one
 * large message waits at each poll, each time another one. */
START_TEST(who_takes_each_message_is_no_slow_reader) {
    static const struct fill fill = {"", "2.9.10", 16000000, 10, 0, {{0, 0, 0, 0}}};
    static const int came[] = {2, 9, 5, 4, 5, 5, 4, 6, 5, 4, 5, 5};
    enum { SIZE = 200000, HELD = SIZE + 26 };
    struct night n;
    begin(&n, &fill);
    play(&n, &fill, &(struct fill_row){0, 0, 70 * SIZE, 70});
    for (int i = 0, sent = 70; i < COUNT(came); i++) {
        sent += came[i];
        play(&n, &fill, &(struct fill_row){2 * i + 2, HELD, (long long)sent * SIZE, sent});
        ck_assert_str_eq(words_of(&n, Q_CONNECTION_likely), "");
        ck_assert_str_eq(words_of(&n, Q_CONNECTION_next), "");
        ck_assert(isnan(value_of(&n, Q_CONNECTION_drain)) || value_of(&n, Q_CONNECTION_drain) > 1.5 * SIZE);
    }
    night_end(&n);
}
END_TEST

/* Its record begins with two polls, and already nothing has left between them. */
START_TEST(a_burst_behind_what_waited_long) {
    static const struct fill fill = {"", "2.15.2", 64 << 20, 10, 0, {{0, 0, 0, 0}}};
    struct night n;
    begin(&n, &fill);
    play(&n, &fill, &(struct fill_row){2, 0, 4300000, 86});
    play(&n, &fill, &(struct fill_row){4, 200000, 4500000, 90});
    play(&n, &fill, &(struct fill_row){6, 10200000, 14500000, 290});
    ck_assert_double_eq(value_of(&n, Q_CONNECTION_pending_slope), 5e6);
    night_end(&n);
}
END_TEST

START_TEST(one_that_was_cut_is_listed_until_its_last_write_ends) {
    struct night n;
    begin(&n, &fill_slow_small);
    for (int i = 0; i < rows_of(&fill_slow_small); i++)
        play(&n, &fill_slow_small, &fill_slow_small.rows[i]);
    for (int i = 0; i < 3; i++) /* what it holds stands, what is sent to it goes on being counted */
        play(&n, &fill_slow_small,
             &(struct fill_row){15 + 2 * i, 15999806, 30000000 + i * 4000000LL, 8000 + i * 1000});
    ck_assert_str_eq(words_of(&n, Q_CONNECTION_next), "was cut, its last write still goes on");
    ck_assert(isnan(value_of(&n, Q_CONNECTION_drain)));
    ck_assert(isnan(value_of(&n, Q_CONNECTION_cut_in)));
    ck_assert_str_eq(words_of(&n, Q_CONNECTION_likely), "slow reader");
    night_end(&n);
}
END_TEST

/* ---- its life ---- */

static const struct connection *extra_of(const struct night *n) {
    return billing(n)->extra;
}

START_TEST(quiet_ones_have_no_record) {
    struct night n;
    size_t count;
    begin(&n, &fill_stop);
    for (int poll = 0; poll < 3; poll++) {
        go_to(&n, &fill_stop, 2 * poll);
        struct sample *s = build(&n, 1, SHAPE_CONNZ_HOT, "IDA");
        put_u(row_of(s, ENTITY_ANSWER), F_ANSWER_total, 10000);
        for (uint64_t cid = 1; cid <= 10000; cid++)
            add_connection(s, cid,
                           &(struct fill_row){0, (long long)(cid % 30) * 1000, poll * 1000000LL, poll * 100});
        send(&n, s);
    }
    const struct object *const *all = model_objects(n.model, OBJECT_CONNECTION, &count);
    ck_assert_uint_eq(count, 10000);
    for (size_t i = 0; i < count; i++)
        ck_assert_ptr_null(((const struct connection *)all[i]->extra)->filling);
    ck_assert_double_gt(number_value(&n, all[0], Q_CONNECTION_drain), 0); /* by its rates alone */
    night_end(&n);
}
END_TEST

START_TEST(a_record_ends_when_it_was_quiet_for_a_while) {
    struct night n;
    play_until(&n, &fill_burst, 15);
    ck_assert_ptr_nonnull(extra_of(&n)->filling);
    struct fill_row row = {16, 0, 40000000, 10000};
    for (; row.at < 60; row.at += 2, row.out_bytes += 600000, row.out_msgs += 150) {
        play(&n, &fill_burst, &row);
        if (row.at < 40)
            ck_assert_ptr_nonnull(extra_of(&n)->filling);
        if (row.at == 26)
            ck_assert_str_eq(words_of(&n, Q_CONNECTION_next), "emptied 10s ago");
    }
    ck_assert_ptr_null(extra_of(&n)->filling);
    night_end(&n);
}
END_TEST

START_TEST(a_paused_screen_has_its_own) {
    struct night n;
    play_until(&n, &fill_stop, 13);
    struct night paused = n;
    paused.model = model_clone(n.model);
    play(&n, &fill_stop, &(struct fill_row){15, 0, 40000000, 10000});
    ck_assert_str_eq(words_of(&n, Q_CONNECTION_likely), "");
    night_end(&n);
    ck_assert_str_eq(words_of(&paused, Q_CONNECTION_likely), "stopped");
    ck_assert_ptr_nonnull(strstr(words_of(&paused, Q_CONNECTION_next), "write deadline in "));
    night_end(&paused);
}
END_TEST

START_TEST(a_record_of_its_end_ends_it_and_keeps_the_reason) {
    struct night n;
    play_until(&n, &fill_stop, 15);
    struct sample *s = build(&n, 1, SHAPE_CONNZ_CLOSED, "IDA");
    put_u(row_of(s, ENTITY_ANSWER), F_ANSWER_total, 1);
    struct row *row = add_connection(s, 9, &(struct fill_row){0, 20099456, 32000000, 7800});
    put_i(row, F_CONNECTION_stop, NIGHT_UTC + n.at);
    put_text(s, row, F_CONNECTION_reason, "Slow Consumer (Write Deadline)");
    send(&n, s);
    ck_assert_ptr_null(extra_of(&n)->filling);
    ck_assert_str_eq(words_of(&n, Q_CONNECTION_likely), "stopped");
    ck_assert_str_eq(words_of(&n, Q_CONNECTION_next), "");
    ck_assert(isnan(value_of(&n, Q_CONNECTION_cut_in)));
    night_end(&n);
}
END_TEST

START_TEST(nonsense_does_no_harm) {
    static const struct fill_row rows[] = {
        {1, 0, 0, 0},          {2, 50000000, 1, 1},
        {3, INT64_MAX, 2, 2},  {4, 60000000, INT64_MAX, INT64_MAX},
        {5, 50000000, 0, 0},   {6, -5, -5, -5},
        {7, 64000001, 10, 10}, {8, 64000001, 10, 9},
        {8.05, 1, 1, 1},       {10, 63000000, 1000, 1},
    };
    struct night n;
    begin(&n, &fill_stop);
    for (int i = 0; i < COUNT(rows); i++) {
        play(&n, &fill_stop, &rows[i]);
        double left = value_of(&n, Q_CONNECTION_cut_in), drain = value_of(&n, Q_CONNECTION_drain);
        ck_assert(isnan(left) || left >= 0);
        ck_assert(isnan(drain) || drain >= 0);
        words_of(&n, Q_CONNECTION_next);
    }
    night_end(&n);
}
END_TEST

/* ---- the rules of servers ---- */

static struct cut_rules rules_of(const char *version, const char *kind, double body) {
    struct sample *s = sample_create();
    struct row *server = sample_add(s, ENTITY_SERVER), *row = sample_add(s, ENTITY_CONNECTION);
    put_text(s, server, F_SERVER_version, version);
    put_i(server, F_SERVER_max_pending, 1000);
    put_i(server, F_SERVER_write_deadline, ns(10));
    put_text(s, row, F_CONNECTION_kind, kind);
    struct cut_rules rules = cut_rules_of(server, row, 16, body);
    sample_destroy(s);
    return rules;
}

START_TEST(producers_are_held_by_version) {
    static const struct {
        const char *version;
        double share;
    } cases[] = {{"2.9.10", 0.5},        {"2.10.25", 0.5}, {"2.10.26", 0.75}, {"2.11.0", 0.75},
                 {"2.10.26-RC.1", 0.75}, {"2.15.2", 0.75}, {"3.0", 0.75}};
    for (int i = 0; i < COUNT(cases); i++)
        ck_assert_double_eq(rules_of(cases[i].version, "Client", 100).held_share, cases[i].share);
    ck_assert(isinf(rules_of("main", "Client", 100).max_pending));
    ck_assert(isinf(rules_of("2.15.2", "Router", 100).max_pending));
    ck_assert(rules_of("2.15.2", "Leafnode", 100).kept && !rules_of("2.15.2", "Client", 100).kept);
    ck_assert_double_eq(rules_of("2.9.10", "Leafnode", 100).held_share, 0.5);
}
END_TEST

/* Its whole node stopped; 4 MB/s, 2.15.2. At a deadline its server puts what waits into its next write, which
 * is not among what waits: that is no reading. */
static const struct fill leaf = {"a leaf node that stops",
                                 "2.15.2",
                                 16000000,
                                 6,
                                 0,
                                 {{0, 0, 4000000, 20},
                                  {2, 0, 12000000, 60},
                                  {4, 3600000, 20000000, 100},
                                  {6, 11601160, 28000000, 140},
                                  {8, 19500000, 36000000, 180},
                                  {10, 4236764, 44000000, 220},
                                  {12, 12100000, 52000000, 260},
                                  {14, 19838324, 60000000, 300},
                                  {16, 27400000, 67600000, 338},
                                  {18, 34566610, 75000000, 375}}};

static void send_leaf(struct night *n, const struct fill_row *r) {
    struct sample *s = build(n, 1, SHAPE_CONNZ_HOT, "IDA");
    put_u(row_of(s, ENTITY_ANSWER), F_ANSWER_total, 1);
    put_text(s, add_connection(s, 9, r), F_CONNECTION_kind, "Leafnode");
    send(n, s);
}

START_TEST(a_leaf_node_that_stops) {
    struct night n;
    begin(&n, &leaf);
    for (int i = 0; i < rows_of(&leaf); i++) {
        go_to(&n, &leaf, leaf.rows[i].at);
        send_leaf(&n, &leaf.rows[i]);
        const char *next = words_of(&n, Q_CONNECTION_next), *likely = words_of(&n, Q_CONNECTION_likely);
        ck_assert(isnan(value_of(&n, Q_CONNECTION_cut_in))); /* no number of bytes cuts it */
        ck_assert_msg(!likely || strcmp(likely, "slow reader") != 0, "%g s: %s", leaf.rows[i].at, likely);
        if (leaf.rows[i].at == 6)
            ck_assert_str_eq(
                next, "write deadline 6s: closed if nothing leaves, producers held from 75% full, due by "
                      "its growth");
        if (leaf.rows[i].at == 16)
            ck_assert_str_eq(next, "producers held for 4s, write deadline 6s: closed if nothing leaves");
        if (leaf.rows[i].at >= 14)
            ck_assert_str_eq(likely, "stopped");
    }
    ck_assert_double_eq(value_of(&n, Q_CONNECTION_held_from), 0.75);
    night_end(&n);
}
END_TEST

START_TEST(a_deadline_is_for_so_many_buffers) {
    ck_assert(isinf(rules_of("2.10.25", "Client", 4096).chunk));
    ck_assert_double_eq_tol(rules_of("2.15.2", "Client", 100).chunk, 1024 * 512, 1024 * 64);
    ck_assert_double_eq_tol(rules_of("2.15.2", "Client", 4096).chunk, 4.2e6, 0.3e6);
    ck_assert_double_eq_tol(rules_of("2.15.2", "Client", 60000).chunk, 64e6, 4e6);
}
END_TEST

START_TEST(who_keeps_up_is_not_cut) {
    struct cut_rules rules = rules_of("2.9.10", "Client", 100);
    rules.max_pending = 64e6;
    rules.held_above = 32e6;
    struct cut cut = cut_foresee(&rules, &(struct writing){5e6, -0.5, 1e6, 2e6, 1e6});
    ck_assert_int_eq(cut.by, CUT_NOT);
    ck_assert(isinf(cut.in_s) && isinf(cut.held_in_s));
    cut = cut_foresee(&rules, &(struct writing){5e6, -0.5, 1e6, 1e6, 2e6});
    ck_assert_int_eq(cut.by, CUT_BY_DEADLINE); /* 11 s after the first write of more than 10 MB began */
    ck_assert_double_gt(cut.in_s, 10);
}
END_TEST

static TCase *filling(void) {
    TCase *tc = tcase_create("filling");
    tcase_add_loop_test(tc, a_cut_is_foreseen_from_half_full_on, 0, COUNT(steady));
    tcase_add_test(tc, what_has_run_out_is_due);
    tcase_add_test(tc, who_is_held_again_and_again_is_not_cut);
    tcase_add_loop_test(tc, a_warning_is_not_taken_back_by_the_next_poll, 0, COUNT(slows));
    tcase_add_loop_test(tc, who_stops_is_foretold_in_time, 0, COUNT(stops));
    tcase_add_test(tc, who_keeps_up_with_little_is_well);
    tcase_add_loop_test(tc, a_write_that_began_before_is_told_with_what_is_not_known, 0, COUNT(lates));
    tcase_add_test(tc, what_comes_unsteadily_tells_no_time);
    tcase_add_test(tc, a_reader_that_stops);
    tcase_add_test(tc, a_slow_reader);
    tcase_add_test(tc, small_messages_are_larger_on_the_wire);
    tcase_add_test(tc, flat_while_producers_are_held);
    tcase_add_test(tc, who_stops_may_read_a_little);
    tcase_add_loop_test(tc, nobody_is_held_unless_pauses_are_counted, 0, COUNT(helds));
    tcase_add_test(tc, silence_after_a_burst);
    tcase_add_test(tc, a_burst_wakes_nobody);
    tcase_add_test(tc, a_burst_behind_what_waited_long);
    tcase_add_test(tc, who_takes_each_message_is_no_slow_reader);
    tcase_add_test(tc, one_that_was_cut_is_listed_until_its_last_write_ends);
    tcase_add_test(tc, quiet_ones_have_no_record);
    tcase_add_test(tc, a_record_ends_when_it_was_quiet_for_a_while);
    tcase_add_test(tc, a_paused_screen_has_its_own);
    tcase_add_test(tc, a_record_of_its_end_ends_it_and_keeps_the_reason);
    tcase_add_test(tc, nonsense_does_no_harm);
    tcase_add_test(tc, producers_are_held_by_version);
    tcase_add_test(tc, a_leaf_node_that_stops);
    tcase_add_test(tc, a_deadline_is_for_so_many_buffers);
    tcase_add_test(tc, who_keeps_up_is_not_cut);
    return tc;
}

int main(void) {
    return run_case("model/filling", filling);
}
