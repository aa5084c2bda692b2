#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "model/calc.h"
#include "model/connection.h"

#define NAME_WIDTH 30  /* columns */
#define LIST_WIDTH 20  /* the same where several are named */
#define EXPLAINS   0.4 /* of what comes to a reader, who may be subscribed twice */
#define MATCHES    0.8 /* as much, as far as rates tell */
#define ALIKE      0.8 /* of how well the best matches */
#define SLOWED     0.5 /* of what it sent before */
#define SURE_OF    4   /* so many alike are told from one more */

enum { FEW = 12, NAMED = 4, TOGETHER = 3 };

/* Who sends within its account, and how well that is what comes to it: messages and bytes, of the time before
 * anybody was held back. Nobody says who publishes to what, so all of it is a guess by rate: those that match
 * as well as the best are told as one, and so are those of which only the sum matches. */
struct traffic {
    double msgs, bytes; /* a second */
};
struct sender {
    const struct object *object;
    struct traffic sent;
    double rank;
};
/* The first of them: by rank, then those of the reader's server, then by name. */
struct few {
    struct sender at[FEW];
    size_t kept, all;
};
struct search {
    const struct model *model;
    const struct object *fed;
    struct traffic got;
    size_t count; /* of all senders */
    double match; /* of the best: how well */
    double alone; /* the part of what comes that it can account for */
    double all;   /* the parts of all of them */
    struct traffic like;
    struct few few;
};
typedef void (*take_sender)(struct search *search, const struct object *connection, struct traffic sent);

/* ---- how alike ---- */

static struct traffic traffic_of(const struct model *model, const struct object *connection, enum busy msgs,
                                 enum busy bytes) {
    const struct busiest *busiest = &((const struct connection *)connection->extra)->busiest;
    return (struct traffic){busiest_of(busiest, msgs, model->mono_ns),
                            busiest_of(busiest, bytes, model->mono_ns)};
}

static double part_of(double sent, double got) {
    return got > sent ? sent / got : 1;
}

/* 1: as much, 0: much less or much more. */
static double nearness(double a, double b) {
    return a == b ? 1 : a < b ? a / b : b / a;
}

/* What it can account for, of messages and of bytes. */
static double part(struct traffic sent, struct traffic got) {
    double msgs = part_of(sent.msgs, got.msgs), bytes = part_of(sent.bytes, got.bytes);
    return msgs < bytes ? msgs : bytes;
}

/* As many messages, and of that size. */
static double match(struct traffic sent, struct traffic got) {
    double size = nearness(sent.bytes / sent.msgs, got.bytes / got.msgs);
    return nearness(sent.msgs, got.msgs) * size;
}

static struct traffic times(struct traffic sent, double n) {
    return (struct traffic){sent.msgs * n, sent.bytes * n};
}

/* ---- who ---- */

static const char *account_of(const struct model *model, const struct object *connection) {
    return calc_connection_account(model, connection).text;
}

static bool may_feed(const struct model *model, const struct object *connection, const struct object *fed) {
    return connection != fed && connection->freshness == FRESH_LIVE && connection->now &&
           strcmp(account_of(model, connection), account_of(model, fed)) == 0;
}

static void each_sender(struct search *search, take_sender take) {
    const struct model *model = search->model;
    for (size_t i = 0; i < kind_count(model, OBJECT_CONNECTION); i++) {
        const struct object *object = &kind_at(model, OBJECT_CONNECTION, i)->object;
        if (kind_at(model, OBJECT_CONNECTION, i)->dead || !may_feed(model, object, search->fed))
            continue;
        struct traffic sent = traffic_of(model, object, BUSY_IN_MSGS, BUSY_IN_BYTES);
        if (sent.msgs > 0)
            take(search, object, sent);
    }
}

static void measure(struct search *search, const struct object *connection, struct traffic sent) {
    double m = match(sent, search->got);
    (void)connection;
    search->count++;
    search->all += part(sent, search->got);
    if (search->count > 1 && m <= search->match)
        return;
    search->match = m;
    search->alone = part(sent, search->got);
}

static int order(const struct search *search, const struct sender *a, const struct sender *b) {
    int near_a = a->object->parent == search->fed->parent, near_b = b->object->parent == search->fed->parent;
    if (a->rank != b->rank)
        return a->rank > b->rank ? -1 : 1;
    if (near_a != near_b)
        return near_b - near_a;
    int names =
        strcmp(row_text(a->object->now, F_CONNECTION_name), row_text(b->object->now, F_CONNECTION_name));
    return names ? names : a->object->id < b->object->id ? -1 : 1;
}

static void keep(struct search *search, struct sender sender) {
    struct few *few = &search->few;
    size_t at = few->kept;
    few->all++;
    while (at && order(search, &sender, &few->at[at - 1]) < 0)
        at--;
    if (at == FEW)
        return;
    few->kept += few->kept < FEW;
    memmove(&few->at[at + 1], &few->at[at], (few->kept - at - 1) * sizeof few->at[0]);
    few->at[at] = sender;
}

/* As well as the best does. */
static void keep_match(struct search *search, const struct object *connection, struct traffic sent) {
    if (match(sent, search->got) >= ALIKE * search->match)
        keep(search, (struct sender){connection, sent, 0});
}

/* It may be a part of what comes. */
static void keep_part(struct search *search, const struct object *connection, struct traffic sent) {
    if (part(search->got, sent) >= MATCHES)
        keep(search, (struct sender){connection, sent, part(sent, search->got)});
}

static void keep_alike(struct search *search, const struct object *connection, struct traffic sent) {
    if (match(sent, search->like) >= ALIKE)
        keep(search, (struct sender){connection, sent, 0});
}

static void choose(struct search *search, take_sender take) {
    search->few.kept = search->few.all = 0;
    each_sender(search, take);
}

/* ---- the sum of several ---- */

/* So many of those that send alike; 0: that is no match. */
static size_t alike_together(struct search *search) {
    struct traffic mean = {0, 0};
    search->like = search->few.at[0].sent;
    choose(search, keep_alike);
    for (size_t i = 0; i < search->few.kept; i++) {
        mean.msgs += search->few.at[i].sent.msgs / (double)search->few.kept;
        mean.bytes += search->few.at[i].sent.bytes / (double)search->few.kept;
    }
    double wanted = round(search->got.msgs / mean.msgs);
    bool right = wanted >= 2 && wanted <= (double)search->few.all &&
                 match(times(mean, wanted), search->got) >= MATCHES;
    return right ? (size_t)wanted : 0;
}

struct sums {
    const struct search *search;
    size_t size, found;
    unsigned in_any; /* bits: who is in one of them */
};

static void try_sums(struct sums *sums, size_t from, size_t left, struct traffic sum, unsigned in) {
    const struct few *few = &sums->search->few;
    if (!left && match(sum, sums->search->got) >= MATCHES) {
        sums->found++;
        sums->in_any |= in;
    }
    for (size_t i = from; left && i < few->kept; i++) {
        struct traffic more = {sum.msgs + few->at[i].sent.msgs, sum.bytes + few->at[i].sent.bytes};
        try_sums(sums, i + 1, left - 1, more, in | 1U << i);
    }
}

/* The same for those that are about as large. */
static double step(double part) {
    return round(log2(part) * 2);
}

/* The fewest of which the sum matches: how many; all that may be among them are kept. 0: none do. */
static size_t several_together(struct search *search) {
    struct sums sums = {.search = search, .size = 2};
    for (; sums.size <= TOGETHER && !sums.found; sums.size++)
        try_sums(&sums, 0, sums.size, (struct traffic){0, 0}, 0);
    struct few all = search->few;
    search->few.kept = search->few.all = 0;
    for (size_t i = 0; i < all.kept; i++)
        if (sums.in_any & 1U << i)
            keep(search, (struct sender){all.at[i].object, all.at[i].sent, step(all.at[i].rank)});
    return sums.found ? sums.size - 1 : 0;
}

/* A page that has who sends most was answered twice, or one that has all. */
static bool senders_are_known(const struct model *model) {
    uint64_t rows, all;
    model_connection_cover(model, &rows, &all);
    for (size_t i = 0; rows < all && i < kind_count(model, OBJECT_SERVER); i++) {
        const struct server *server = server_const(&kind_at(model, OBJECT_SERVER, i)->object);
        if (server_is_up(server) && server->polls[SHAPE_CONNZ_FEED] < 2 &&
            server->polls[SHAPE_CONNZ_FULL] < 2)
            return false;
    }
    return true;
}

/* ---- in words ---- */

struct words {
    char *out;
    size_t size, len;
};

static void add(struct words *words, const char *text) {
    words->len += (size_t)snprintf(words->out + words->len, words->size - words->len, "%s", text);
    words->len = words->len < words->size ? words->len : words->size - 1;
}

static void add_name(struct words *words, const struct object *sender, int width) {
    char name[TEXT_MAX_BYTES + 1];
    text_cut_middle(name, sizeof name, row_text(sender->now, F_CONNECTION_name), width);
    if (!*name)
        snprintf(name, sizeof name, "cid %llu",
                 (unsigned long long)row_u64(sender->now, F_CONNECTION_cid, 0));
    add(words, name);
}

static bool is_held(const struct object *fed, const struct object *sender) {
    const struct filling *filling = filling_of(fed);
    return filling && filling->held_ns != TIME_UNSET && filling->unheld == FILL_HELD &&
           sender->parent == fed->parent;
}

/* " 20/s 489K/s", " sent 40/s 1.5M/s before it was held, 3/s now"; each: of several of which it is one. */
static void add_rate(struct words *words, const struct search *search, const struct sender *sender,
                     bool each) {
    char msgs[NUMBER_TEXT_SIZE], bytes[NUMBER_TEXT_SIZE], now[NUMBER_TEXT_SIZE], text[200];
    struct value rate = rate_of_field(sender->object, F_CONNECTION_in_msgs);
    bool slowed = rate.type == VALUE_REAL && rate.f < SLOWED * sender->sent.msgs;
    bool held = is_held(search->fed, sender->object);
    value_format(msgs, sizeof msgs, value_real(sender->sent.msgs), UNIT_PER_S);
    value_format(bytes, sizeof bytes, value_real(sender->sent.bytes), UNIT_BYTES_PER_S);
    value_format(now, sizeof now, rate, UNIT_PER_S);
    const char *one = each ? " each" : "", *when = !held  ? "lately"
                                                   : each ? "before they were held"
                                                          : "before it was held";
    if (slowed)
        snprintf(text, sizeof text, " sent%s %s/s %s/s%s %s, %s/s now", each ? " about" : "", msgs, bytes,
                 one, when, now);
    else
        snprintf(text, sizeof text, "%s %s/s %s/s%s", each ? " about" : "", msgs, bytes, one);
    add(words, text);
}

/* "eq-0, eq-1, eq-2, eq-3 and 2 more 10/s 196K/s each" */
static void add_names(struct words *words, const struct search *search, bool alike) {
    const struct few *few = &search->few;
    size_t named = few->kept < NAMED ? few->kept : NAMED;
    char more[40];
    for (size_t i = 0; i < named; i++) {
        add(words, i ? ", " : "");
        add_name(words, few->at[i].object, LIST_WIDTH);
        if (!alike)
            add_rate(words, search, &few->at[i], false);
    }
    snprintf(more, sizeof more, " and %zu more", few->all - named);
    add(words, few->all > named ? more : "");
    if (alike)
        add_rate(words, search, &few->at[0], true);
}

static void add_one(struct words *words, const struct search *search, const char *as) {
    if (!search->few.at[0].object)
        return;
    add(words, "~");
    add_name(words, search->few.at[0].object, NAME_WIDTH);
    add_rate(words, search, &search->few.at[0], false);
    add(words, as);
}

/* "~a 20/s 489K/s and b 10/s 245K/s together, by rate", "~3 of 4 together by rate: a, b, c, d 10/s 196K/s
 * each" */
static void add_together(struct words *words, const struct search *search, size_t together, bool alike) {
    const struct few *few = &search->few;
    char text[60];
    if (together == 2 && few->all == 2) {
        add_one(words, search, " and ");
        add_name(words, few->at[1].object, NAME_WIDTH);
        add_rate(words, search, &few->at[1], false);
        add(words, " together, by rate");
        return;
    }
    if (few->all == together)
        snprintf(text, sizeof text, "~%zu together by rate: ", together);
    else
        snprintf(text, sizeof text, "~%s%zu of %zu together by rate: ", together > SURE_OF ? "about " : "",
                 together, few->all);
    add(words, text);
    add_names(words, search, alike);
}

static void add_single(struct words *words, const struct search *search, bool matches) {
    char text[60];
    if (search->few.all == 1) {
        add_one(words, search, matches ? ", by rate the best match" : ", by rate the nearest");
        return;
    }
    snprintf(text, sizeof text, "~one of %zu that %s by rate: ", search->few.all,
             matches ? "match" : "come nearest");
    add(words, text);
    add_names(words, search, true);
}

/* The best match; else the sum of some; else who comes nearest. */
static void say(struct words *words, struct search *search) {
    size_t together = 0;
    bool matches = search->match >= MATCHES;
    if (search->count > 1 && !matches) {
        choose(search, keep_part);
        struct few parts = search->few;
        bool alike = parts.kept && (together = alike_together(search)) > 0;
        if (!alike) {
            search->few = parts;
            together = several_together(search);
        }
        if (together) {
            add_together(words, search, together, alike);
            return;
        }
    }
    choose(search, keep_match);
    if (search->alone < EXPLAINS && search->few.all == 1)
        add_one(words, search, ", by rate with others");
    else
        add_single(words, search, matches);
}

/* Where it fills; who it is first, that a line which is too short ends in what matters less. */
struct value calc_connection_fed_by(const struct model *model, const struct object *object) {
    char text[1200], of[120];
    struct search search = {.model = model, .fed = object};
    struct words words = {text, sizeof text, 0};
    if (object->freshness != FRESH_LIVE || row_i64(object->now, F_CONNECTION_pending_bytes, 0) <= 0)
        return value_unknown(0);
    search.got = traffic_of(model, object, BUSY_OUT_MSGS, BUSY_OUT_BYTES);
    if (!(search.got.msgs > 0) || !senders_are_known(model))
        return value_unknown(0);
    each_sender(&search, measure);
    if (!search.count || search.all < EXPLAINS)
        return value_text(
            "not known: no known sender of its account sends so much; another account, a stream, or "
            "beyond this cluster");
    const char *account = account_of(model, object);
    if (search.count == 1) {
        choose(&search, keep_match);
        add_one(&words, &search, ", a guess by rate");
        snprintf(of, sizeof of, ": the only known sender of %.60s", account);
    } else {
        say(&words, &search);
        snprintf(of, sizeof of, ", of %zu senders of %.60s", search.count, account);
    }
    add(&words, of);
    return value_text(model_say(model, text));
}
