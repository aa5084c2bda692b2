#include <stdio.h>
#include <string.h>

#include "model/calc.h"

/* Who sends most within its account, by rates of what is known: nobody says who publishes to what. */
struct sender {
    const struct object *most;
    double rate, all;
};

static bool may_feed(const struct object *connection, const struct object *fed) {
    return connection != fed && connection->freshness == FRESH_LIVE && connection->now;
}

static const char *account_of(const struct model *model, const struct object *connection) {
    return calc_connection_account(model, connection).text;
}

static struct sender find_sender(const struct model *model, const struct object *fed) {
    struct sender sender = {NULL, 0, 0};
    const char *account = account_of(model, fed);
    for (size_t i = 0; i < kind_count(model, OBJECT_CONNECTION); i++) {
        const struct object *object = &kind_at(model, OBJECT_CONNECTION, i)->object;
        double rate;
        if (!may_feed(object, fed) || strcmp(account_of(model, object), account) != 0 ||
            !value_number(quantity_get(model, object, Q_CONNECTION_in_msgs_per_s), &rate))
            continue;
        sender.all += rate;
        if (rate > sender.rate) {
            sender.rate = rate;
            sender.most = object;
        }
    }
    return sender;
}

/* What is known to be sent in its account is not what comes to it: somebody else feeds it, as through a
 * gateway or from another account. */
static bool explains_little(const struct model *model, const struct object *fed,
                            const struct sender *sender) {
    double queued;
    return value_number(quantity_get(model, fed, Q_CONNECTION_out_msgs_per_s), &queued) &&
           sender->all < queued / 2;
}

/* "~orders-api-1 4.0k/s (62 % of PAY)"; where it fills alone. */
struct value calc_connection_fed_by(const struct model *model, const struct object *object) {
    char text[300], rate[NUMBER_TEXT_SIZE], name[80];
    if (object->freshness != FRESH_LIVE || row_i64(object->now, F_CONNECTION_pending_bytes, 0) <= 0)
        return value_unknown(0);
    struct sender sender = find_sender(model, object);
    if (!sender.most || explains_little(model, object, &sender))
        return value_unknown(0);
    value_format(rate, sizeof rate, value_real(sender.rate), UNIT_PER_S);
    const char *called = row_text(sender.most->now, F_CONNECTION_name);
    if (*called)
        snprintf(name, sizeof name, "%.79s", called);
    else
        snprintf(name, sizeof name, "cid %llu",
                 (unsigned long long)row_u64(sender.most->now, F_CONNECTION_cid, 0));
    snprintf(text, sizeof text, "~%s %s/s (%.0f %% of %.60s)", name, rate, 100 * sender.rate / sender.all,
             account_of(model, object));
    return value_text(model_say(model, text));
}
