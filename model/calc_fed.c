#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "model/calc.h"
#include "model/connection.h"

#define NAME_WIDTH 30  /* columns */
#define EXPLAINS   0.4 /* of what comes to a reader, who may be subscribed twice */
#define ALIKE      0.8 /* of how well the best matches */

/* Who sends within its account, and how well that is what comes to it: messages and bytes, of the time before
 * anybody was held back. Nobody says who publishes to what, so the best is a match and no proof. */
struct traffic {
    double msgs, bytes; /* a second */
};
struct senders {
    const struct object *best;
    struct traffic most; /* what that one sends */
    double match, alone; /* of the best: how well; the part of what comes that it can account for */
    double all;          /* the parts of all of them */
    size_t count, alike; /* of all; beside the best, of those that match as well */
};

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

static const char *account_of(const struct model *model, const struct object *connection) {
    return calc_connection_account(model, connection).text;
}

static bool may_feed(const struct model *model, const struct object *connection, const struct object *fed) {
    return connection != fed && connection->freshness == FRESH_LIVE && connection->now &&
           strcmp(account_of(model, connection), account_of(model, fed)) == 0;
}

static void add_sender(struct senders *senders, const struct object *connection, struct traffic sent,
                       struct traffic got) {
    double m = match(sent, got);
    senders->count++;
    senders->all += part(sent, got);
    if (senders->best && m <= senders->match)
        return;
    senders->best = connection;
    senders->match = m;
    senders->most = sent;
    senders->alone = part(sent, got);
}

static struct senders find_senders(const struct model *model, const struct object *fed, struct traffic got) {
    struct senders senders = {.best = NULL};
    for (int round = 0; round < 2; round++)
        for (size_t i = 0; i < kind_count(model, OBJECT_CONNECTION); i++) {
            const struct object *object = &kind_at(model, OBJECT_CONNECTION, i)->object;
            if (kind_at(model, OBJECT_CONNECTION, i)->dead || !may_feed(model, object, fed))
                continue;
            struct traffic sent = traffic_of(model, object, BUSY_IN_MSGS, BUSY_IN_BYTES);
            if (sent.msgs > 0 && !round)
                add_sender(&senders, object, sent, got);
            else if (sent.msgs > 0 && object != senders.best)
                senders.alike += match(sent, got) >= ALIKE * senders.match;
        }
    return senders;
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

/* "orders-api-1 20/s 489K/s" */
static void name_sender(char *out, size_t size, const struct senders *senders) {
    const struct row *row = senders->best->now;
    char msgs[NUMBER_TEXT_SIZE], bytes[NUMBER_TEXT_SIZE], name[TEXT_MAX_BYTES + 1];
    value_format(msgs, sizeof msgs, value_real(senders->most.msgs), UNIT_PER_S);
    value_format(bytes, sizeof bytes, value_real(senders->most.bytes), UNIT_BYTES_PER_S);
    text_cut_middle(name, sizeof name, row_text(row, F_CONNECTION_name), NAME_WIDTH);
    if (!*name)
        snprintf(name, sizeof name, "cid %llu", (unsigned long long)row_u64(row, F_CONNECTION_cid, 0));
    snprintf(out, size, "%.150s %s/s %s/s", name, msgs, bytes);
}

/* "best match of 4 senders of PAY" */
static void say_which(char *out, size_t size, const struct senders *senders, const char *account) {
    if (senders->count == 1)
        snprintf(out, size, "the only known sender of %.60s", account);
    else if (senders->alone < EXPLAINS)
        snprintf(out, size, "with others of %zu senders of %.60s", senders->count, account);
    else if (senders->alike)
        snprintf(out, size, "or %zu other%s that match%s as well, of %zu senders of %.60s", senders->alike,
                 senders->alike == 1 ? "" : "s", senders->alike == 1 ? "es" : "", senders->count, account);
    else
        snprintf(out, size, "best match of %zu senders of %.60s", senders->count, account);
}

/* Where it fills; the best match first, that a line which is too short ends in what matters less. */
struct value calc_connection_fed_by(const struct model *model, const struct object *object) {
    char text[500], name[260], which[160];
    if (object->freshness != FRESH_LIVE || row_i64(object->now, F_CONNECTION_pending_bytes, 0) <= 0)
        return value_unknown(0);
    struct traffic got = traffic_of(model, object, BUSY_OUT_MSGS, BUSY_OUT_BYTES);
    if (!(got.msgs > 0) || !senders_are_known(model))
        return value_unknown(0);
    struct senders senders = find_senders(model, object, got);
    if (!senders.best || senders.all < EXPLAINS)
        return value_text(
            "not known: no known sender of its account sends so much; another account, a stream, or "
            "beyond this cluster");
    name_sender(name, sizeof name, &senders);
    say_which(which, sizeof which, &senders, account_of(model, object));
    snprintf(text, sizeof text, "~%s, %s", name, which);
    return value_text(model_say(model, text));
}
