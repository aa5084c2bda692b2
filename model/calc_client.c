#include "model/calc.h"
#include "model/client.h"
#include "model/reason.h"

#include <stdarg.h>
#include <stdio.h>

#define MINUTE_NS  (60 * NS_PER_S)
#define PATTERN_NS (10 * MINUTE_NS)
#define TEXT_SIZE  (4 * TEXT_MAX_BYTES)

static const char *const joined_by[] = {
    [CLIENT_BY_NAME] = "name", [CLIENT_BY_USER] = "user", [CLIENT_BY_ADDRESS] = "address"};

const char *client_by_word(int n) {
    return n < (int)(sizeof joined_by / sizeof *joined_by) ? joined_by[n] : NULL;
}

static const struct client_cut *last_of(const struct client *client) {
    return client->count ? &client->items[client->count - 1] : NULL;
}

struct value calc_client_cluster(const struct model *model, const struct object *object) {
    return calc_cluster_name(model, object->parent);
}

struct value calc_client_account(const struct model *model, const struct object *object) {
    (void)model;
    const struct text *account = client_const(object)->account;
    return value_text(account ? account->bytes : "$G");
}

struct value calc_client_name(const struct model *model, const struct object *object) {
    (void)model;
    return value_text(client_const(object)->key->bytes);
}

struct value calc_client_by(const struct model *model, const struct object *object) {
    (void)model;
    return value_text(joined_by[client_const(object)->by]);
}

/* Where it comes from: known when it is one. */
struct value calc_client_address(const struct model *model, const struct object *object) {
    (void)model;
    const struct client *client = client_const(object);
    const struct client_cut *last = last_of(client);
    return value_text(last && last->host && client_hosts(client) == 1 ? last->host->bytes : NULL);
}

struct value calc_client_addresses(const struct model *model, const struct object *object) {
    (void)model;
    size_t hosts = client_hosts(client_const(object));
    return hosts ? value_uint(hosts) : value_unknown(0);
}

/* Some of its cuts may have been at a server that could not be asked, and so may it be back there. */
static bool is_unheard(const struct object *object) {
    return cluster_of(object->parent)->closed_unheard.count > 0;
}

/* So may they at one that began in that span, and that we did not know before. */
static bool is_partial(const struct model *model, const struct object *object, int64_t span_ns) {
    return is_unheard(object) || model->utc_ns - span_ns < cluster_of(object->parent)->closed_since_utc_ns;
}

struct value calc_client_cuts(const struct model *model, const struct object *object) {
    (void)model;
    struct value v = value_uint(client_const(object)->cuts);
    v.flags = is_unheard(object) ? VALUE_LEAST : 0;
    return v;
}

static struct value cuts_within(const struct model *model, const struct object *object, enum quantity q,
                                bool alone) {
    uint64_t cuts;
    int64_t span_ns = quantities[q].within_ns;
    bool more = client_cuts_within(client_const(object), model->utc_ns, span_ns, alone, &cuts);
    struct value v = value_uint(cuts);
    v.flags = more || is_partial(model, object, span_ns) ? VALUE_LEAST : 0;
    return v;
}

struct value calc_client_cuts_10m(const struct model *model, const struct object *object) {
    return cuts_within(model, object, Q_CLIENT_cuts_10m, false);
}

struct value calc_client_alone_5m(const struct model *model, const struct object *object) {
    return cuts_within(model, object, Q_CLIENT_alone_5m, true);
}

struct value calc_client_alone_1m(const struct model *model, const struct object *object) {
    return cuts_within(model, object, Q_CLIENT_alone_1m, true);
}

static struct value span_or_unknown(int64_t ns) {
    return ns >= 0 ? value_span(ns) : value_unknown(0);
}

struct value calc_client_lived(const struct model *model, const struct object *object) {
    (void)model;
    return span_or_unknown(client_lived(client_const(object)));
}

struct value calc_client_back_after(const struct model *model, const struct object *object) {
    struct value v = span_or_unknown(client_back_after(client_const(object)));
    v.flags |= v.type == VALUE_SPAN && is_partial(model, object, PATTERN_NS) ? VALUE_BOUND : 0;
    return v;
}

struct value calc_client_pending(const struct model *model, const struct object *object) {
    (void)model;
    int64_t pending = client_pending(client_const(object));
    return pending >= 0 ? value_int(pending) : value_unknown(0);
}

struct value calc_client_last_cut(const struct model *model, const struct object *object) {
    (void)model;
    const struct client_cut *last = last_of(client_const(object));
    return last ? value_time(last->stop_ns) : value_unknown(0);
}

struct value calc_client_last_reason(const struct model *model, const struct object *object) {
    (void)model;
    const struct client_cut *last = last_of(client_const(object));
    return value_text(last && last->reason ? last->reason->bytes : NULL);
}

struct value calc_client_last_server(const struct model *model, const struct object *object) {
    (void)model;
    const struct client_cut *last = last_of(client_const(object));
    return value_text(last ? last->node->bytes : NULL);
}

struct value calc_client_open(const struct model *model, const struct object *object) {
    return value_uint(client_open_count(model, client_const(object)));
}

struct value calc_client_servers(const struct model *model, const struct object *object) {
    char nodes[TEXT_SIZE];
    return client_nodes(client_const(object), nodes, sizeof nodes) ? value_text(model_say(model, nodes))
                                                                   : value_unknown(0);
}

struct value calc_connection_cuts(const struct model *model, const struct object *object) {
    const struct object *client = client_of(model, object);
    return client ? calc_client_cuts_10m(model, client) : value_unknown(0);
}

/* ---- the pattern, for people ---- */

struct sentence {
    char text[TEXT_SIZE];
    size_t len;
};

static void add(struct sentence *s, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void add(struct sentence *s, const char *format, ...) {
    va_list args;
    va_start(args, format);
    if (s->len < sizeof s->text)
        s->len += (size_t)vsnprintf(s->text + s->len, sizeof s->text - s->len, format, args);
    va_end(args);
}

/* No tenths, unless it is less than a second. */
static void add_span(struct sentence *s, const char *what, int64_t ns) {
    char span[TIME_TEXT_SIZE];
    if (ns < 0)
        return;
    if (ns >= NS_PER_S && ns < MINUTE_NS)
        lasted_format(span, ns + NS_PER_S / 2);
    else
        span_format(span, ns);
    add(s, ", %s%s", what, span);
}

static void add_name(struct sentence *s, const struct client *client) {
    add(s, "%s%s", client->by == CLIENT_BY_USER ? "user " : "", client->key->bytes);
    if (client->host)
        add(s, " at %s", client->host->bytes);
}

static void add_times(struct sentence *s, const struct model *model, const struct object *object) {
    const struct client *client = client_const(object);
    char ago[TIME_TEXT_SIZE];
    uint64_t cuts;
    bool more = client_cuts_within(client, model->utc_ns, PATTERN_NS, false, &cuts) ||
                is_partial(model, object, PATTERN_NS);
    lasted_format(ago, model->utc_ns - last_of(client)->stop_ns);
    add(s, " cut");
    if (client->cuts > 1)
        add(s, " %s%llu times", more ? "at least " : "",
            (unsigned long long)(cuts > 1 ? cuts : client->cuts));
    if (cuts > 1)
        add(s, " in 10 min");
    else
        add(s, "%s %s ago", client->cuts > 1 ? ", last" : "", ago);
}

/* Which of them is at fault: what changes from cut to cut is not. */
static void add_places(struct sentence *s, const struct client *client) {
    char nodes[TEXT_SIZE];
    size_t node_count = client_nodes(client, nodes, sizeof nodes), host_count = client_hosts(client);
    if (node_count == 1)
        add(s, ", on %s", nodes);
    else
        add(s, ", on %zu nodes", node_count);
    if (host_count > 1)
        add(s, ", from %zu addresses", host_count);
    else if (node_count > 1 && host_count == 1 && !client->crowded)
        add(s, ", one address: the client is slow, not the node");
}

static void add_unasked(struct sentence *s, const struct model *model, const struct object *object) {
    const struct cluster *cluster = cluster_of(object->parent);
    const struct object *one = model_object(model, cluster->closed_unheard.one);
    if (cluster->closed_unheard.count == 1 && one)
        add(s, ", %s %s", server_label(server_const(one)),
            server_is_up(server_const(one)) ? "has not told yet" : "could not be asked");
    else if (cluster->closed_unheard.count)
        add(s, ", %u nodes could not be asked", cluster->closed_unheard.count);
}

/* Whose list begins within the time that is spoken of. */
static void add_short(struct sentence *s, const struct model *model, const struct object *object) {
    const struct object *one = NULL;
    unsigned count = 0;
    for (size_t i = 0; i < kind_count(model, OBJECT_SERVER); i++) {
        const struct entry *entry = kind_at(model, OBJECT_SERVER, i);
        const struct closing *closing = &server_const(&entry->object)->closing;
        if (entry->dead || entry->object.parent != object->parent || !closing->since_utc_ns ||
            !closing_is_short(model, closing, PATTERN_NS))
            continue;
        one = &entry->object;
        count++;
    }
    if (count == 1)
        add(s, ", %s is up for under 10 min", server_label(server_const(one)));
    else if (count)
        add(s, ", %u nodes are up for under 10 min", count);
}

struct value calc_client_pattern(const struct model *model, const struct object *object) {
    const struct client *client = client_const(object);
    const struct client_cut *last = last_of(client);
    struct sentence s = {.len = 0};
    if (!last)
        return value_unknown(0);
    add_name(&s, client);
    add_times(&s, model, object);
    if (client->cuts == 1 && last->reason)
        add(&s, " (%s)", reason_of(last->reason->bytes).brief);
    add_span(&s, client->cuts == 1 ? "lived " : "lives ", client_lived(client));
    add_span(&s, is_partial(model, object, PATTERN_NS) ? "back after ≤" : "back after ",
             client_back_after(client));
    add_places(&s, client);
    if (client->crowded)
        add(&s, ", one of several connections of that %s", joined_by[client->by]);
    add_unasked(&s, model, object);
    add_short(&s, model, object);
    return value_text(model_say(model, s.text));
}
