#include <stdio.h>
#include <string.h>

#include "model/calc.h"

#define NAMED 3 /* senders that are named; the others are counted */

/* Who sends within its account, by rates of what is known: nobody says who publishes to what, so that one is
 * blamed only where it is alone. */
struct sender {
    const struct object *connection;
    double rate;
};
struct senders {
    struct sender most[NAMED]; /* the busiest first */
    size_t count;              /* of all */
    double all;                /* their rates' sum */
};

static bool may_feed(const struct object *connection, const struct object *fed) {
    return connection != fed && connection->freshness == FRESH_LIVE && connection->now;
}

static const char *account_of(const struct model *model, const struct object *connection) {
    return calc_connection_account(model, connection).text;
}

static void add_sender(struct senders *senders, const struct object *connection, double rate) {
    size_t at = senders->count < NAMED ? senders->count : NAMED;
    senders->count++;
    senders->all += rate;
    for (; at > 0 && rate > senders->most[at - 1].rate; at--)
        if (at < NAMED)
            senders->most[at] = senders->most[at - 1];
    if (at < NAMED)
        senders->most[at] = (struct sender){connection, rate};
}

static struct senders find_senders(const struct model *model, const struct object *fed) {
    struct senders senders = {.count = 0};
    const char *account = account_of(model, fed);
    for (size_t i = 0; i < kind_count(model, OBJECT_CONNECTION); i++) {
        const struct object *object = &kind_at(model, OBJECT_CONNECTION, i)->object;
        double rate;
        if (may_feed(object, fed) && strcmp(account_of(model, object), account) == 0 &&
            value_number(quantity_get(model, object, Q_CONNECTION_in_msgs_per_s), &rate) && rate > 0)
            add_sender(&senders, object, rate);
    }
    return senders;
}

/* What is known to be sent in its account is not what comes to it: somebody else feeds it, as through a
 * gateway or from another account. */
static bool explains_little(const struct model *model, const struct object *fed,
                            const struct senders *senders) {
    double queued;
    return value_number(quantity_get(model, fed, Q_CONNECTION_out_msgs_per_s), &queued) &&
           senders->all < queued / 2;
}

/* "orders-api-1 4.0k/s" */
static void name_sender(char *out, size_t size, const struct sender *sender) {
    char rate[NUMBER_TEXT_SIZE];
    const struct row *row = sender->connection->now;
    value_format(rate, sizeof rate, value_real(sender->rate), UNIT_PER_S);
    if (*row_text(row, F_CONNECTION_name))
        snprintf(out, size, "%.79s %s/s", row_text(row, F_CONNECTION_name), rate);
    else
        snprintf(out, size, "cid %llu %s/s", (unsigned long long)row_u64(row, F_CONNECTION_cid, 0), rate);
}

/* "~one of 5 senders of PAY: orders-api-1 4.0k/s, orders-api-2 300/s, cid 7 10/s, + 2 more" */
static void name_senders(char *out, size_t size, const struct senders *senders, const char *account) {
    char name[120];
    size_t len = (size_t)snprintf(out, size, "~one of %zu senders of %.60s:", senders->count, account);
    for (size_t i = 0; i < senders->count && i < NAMED && len < size; i++) {
        name_sender(name, sizeof name, &senders->most[i]);
        len += (size_t)snprintf(out + len, size - len, "%s %s", i ? "," : "", name);
    }
    if (senders->count > NAMED && len < size)
        snprintf(out + len, size - len, ", + %zu more", senders->count - NAMED);
}

/* "~orders-api-1 4.0k/s, the only known sender of PAY"; where it fills. */
struct value calc_connection_fed_by(const struct model *model, const struct object *object) {
    char text[500], name[120];
    if (object->freshness != FRESH_LIVE || row_i64(object->now, F_CONNECTION_pending_bytes, 0) <= 0)
        return value_unknown(0);
    struct senders senders = find_senders(model, object);
    if (!senders.count || explains_little(model, object, &senders))
        return value_unknown(0);
    if (senders.count > 1) {
        name_senders(text, sizeof text, &senders, account_of(model, object));
    } else {
        name_sender(name, sizeof name, &senders.most[0]);
        snprintf(text, sizeof text, "~%s, the only known sender of %.60s", name, account_of(model, object));
    }
    return value_text(model_say(model, text));
}
