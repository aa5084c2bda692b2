#include "model/api.h"
#include "model/calc.h"

/* Its server number `i`, counting all servers; NULL when that one is another cluster's. */
static const struct object *server_in(const struct model *model, const struct object *cluster, size_t i) {
    const struct object *server = &kind_at(model, OBJECT_SERVER, i)->object;
    return server->parent == cluster ? server : NULL;
}

static const struct object *living_in(const struct model *model, const struct object *cluster, size_t i) {
    const struct object *server = server_in(model, cluster, i);
    return server && server_is_up(server_const(server)) ? server : NULL;
}

struct value calc_cluster_name(const struct model *model, const struct object *object) {
    bool first = object == model_cluster(model);
    if (first && model->label)
        return value_text(model->label);
    if (first && model->told_label && model->told_label->len)
        return value_text(model->told_label->bytes);
    const struct text *name = cluster_of(object)->name;
    return value_text(name ? name->bytes : NULL);
}

struct value calc_cluster_of_server(const struct model *model, const struct object *object) {
    return calc_server_cluster(model, object->parent);
}

struct value calc_cluster_of_asset(const struct model *model, const struct object *object) {
    return calc_cluster_name(model, object->parent);
}

static uint64_t count_state(const struct model *model, const struct object *cluster,
                            enum server_state state) {
    uint64_t count = 0;
    for (size_t i = 0; i < kind_count(model, OBJECT_SERVER); i++) {
        const struct object *server = server_in(model, cluster, i);
        count += server && server_const(server)->state == state;
    }
    return count;
}

/* No server was ever asked: how many there are nobody told. */
static bool is_of_account(const struct model *model, const struct object *cluster) {
    const struct object *account = model_account(model);
    return account && account->parent == cluster;
}

struct value calc_cluster_servers(const struct model *model, const struct object *object) {
    if (is_of_account(model, object))
        return value_unknown(0);
    return value_uint(count_state(model, object, SERVER_UP));
}

struct value calc_cluster_expected(const struct model *model, const struct object *object) {
    if (is_of_account(model, object))
        return value_unknown(0);
    return value_uint((uint64_t)expected_servers(model, entry_of(object)));
}

struct value calc_cluster_known(const struct model *model, const struct object *object) {
    if (is_of_account(model, object))
        return value_unknown(0);
    return value_uint(count_state(model, object, SERVER_KNOWN));
}

/* Who is known by a route lives, though nobody may ask it. */
struct value calc_cluster_missing(const struct model *model, const struct object *object) {
    if (is_of_account(model, object))
        return value_unknown(0);
    uint64_t expected = (uint64_t)expected_servers(model, entry_of(object));
    uint64_t there = count_state(model, object, SERVER_UP) + count_state(model, object, SERVER_KNOWN);
    return value_uint(expected > there ? expected - there : 0);
}

/* Who has a row that is down or stale is said by that. */
struct value calc_cluster_unseen(const struct model *model, const struct object *object) {
    if (is_of_account(model, object))
        return value_unknown(0);
    uint64_t missing = calc_cluster_missing(model, object).u;
    uint64_t said = count_state(model, object, SERVER_DOWN) + count_state(model, object, SERVER_STALE);
    return value_uint(missing > said ? missing - said : 0);
}

struct value calc_cluster_connections(const struct model *model, const struct object *object) {
    uint64_t sum = 0;
    bool any = false;
    for (size_t i = 0; i < kind_count(model, OBJECT_SERVER); i++) {
        const struct object *server = living_in(model, object, i);
        if (!server)
            continue;
        if (!row_has(server->now, F_SERVER_connections))
            return value_unknown(0);
        sum += row_u64(server->now, F_SERVER_connections, 0);
        any = true;
    }
    return any ? value_uint(sum) : value_unknown(0);
}

/* One server that can't tell makes the whole sum unknown: a part would look like a drop. */
static struct value client_sum(const struct model *model, const struct object *object, int traffic) {
    struct client_traffic sum = {0, 0};
    double per_s;
    bool any = false, estimated = false, fresh = false, blind = false;
    for (size_t i = 0; i < kind_count(model, OBJECT_SERVER); i++) {
        const struct object *server = living_in(model, object, i);
        struct client_traffic rate;
        if (!server)
            continue;
        any = true;
        enum client_rate known = client_rate(model, server, traffic, &rate);
        fresh |= known == CLIENT_NEW;
        blind |= known == CLIENT_UNKNOWN;
        estimated |= known == CLIENT_ESTIMATED;
        sum.per_s += rate.per_s;
        sum.slack += rate.slack;
    }
    if (!any || blind || fresh || !client_settle(&sum, &per_s))
        return value_unknown(any && fresh && !blind ? VALUE_NEW : 0);
    struct value v = value_real(per_s);
    v.flags = estimated ? VALUE_ESTIMATED : 0;
    return v;
}

struct value calc_cluster_in_client_msgs(const struct model *model, const struct object *object) {
    return client_sum(model, object, TRAFFIC_IN_MSGS);
}

struct value calc_cluster_out_client_msgs(const struct model *model, const struct object *object) {
    return client_sum(model, object, TRAFFIC_OUT_MSGS);
}

struct value calc_cluster_in_client_bytes(const struct model *model, const struct object *object) {
    return client_sum(model, object, TRAFFIC_IN_BYTES);
}

struct value calc_cluster_out_client_bytes(const struct model *model, const struct object *object) {
    return client_sum(model, object, TRAFFIC_OUT_BYTES);
}

static bool answers(const struct model *model, const struct object *cluster) {
    for (size_t i = 0; i < kind_count(model, OBJECT_SERVER); i++) {
        const struct object *server = living_in(model, cluster, i);
        if (server && server_const(server)->polls[SHAPE_JSZ])
            return true;
    }
    return api_answers(model, cluster);
}

static uint64_t count_heard(const struct model *model, const struct object *cluster) {
    uint64_t count = 0;
    for (size_t i = 0; i < kind_count(model, OBJECT_SERVER); i++) {
        const struct object *server = server_in(model, cluster, i);
        count += server && server_const(server)->polls[SHAPE_JSZ];
    }
    return count;
}

struct value calc_cluster_js_heard(const struct model *model, const struct object *object) {
    if (is_of_account(model, object))
        return value_unknown(0);
    return value_uint(count_heard(model, object));
}

/* Members of the meta group, which are all that have streams; UINT64_MAX: nobody tells. */
static uint64_t count_unheard_members(const struct model *model, const struct object *cluster) {
    uint64_t members = 0, heard = 0;
    for (size_t i = 0; i < kind_count(model, OBJECT_SERVER); i++) {
        const struct object *server = server_in(model, cluster, i);
        const struct row *js = server ? server_const(server)->sides[SIDE_JETSTREAM].now : NULL;
        uint64_t size = js ? row_u64(js, F_JETSTREAM_meta_size, 0) : 0;
        heard += size > 0;
        members = size > members ? size : members;
    }
    return members > heard ? members - heard : members ? 0 : UINT64_MAX;
}

struct value calc_cluster_js_unheard(const struct model *model, const struct object *object) {
    if (is_of_account(model, object))
        return value_unknown(0);
    uint64_t all = count_state(model, object, SERVER_UP) + count_state(model, object, SERVER_KNOWN) +
                   calc_cluster_missing(model, object).u;
    uint64_t heard = count_heard(model, object), members = count_unheard_members(model, object);
    uint64_t unheard = all > heard ? all - heard : 0;
    return value_uint(members < unheard ? members : unheard);
}

/* There may be more on servers that were never heard. */
static bool is_partial(const struct model *model, const struct object *cluster) {
    return calc_cluster_js_unheard(model, cluster).u > 0;
}

static struct lag_sum add_up(const struct model *model, const struct object *cluster) {
    struct lag_sum s = {.version = model_version(model, OBJECT_CONSUMER)};
    for (size_t i = 0; i < kind_count(model, OBJECT_CONSUMER); i++) {
        const struct object *consumer = &kind_at(model, OBJECT_CONSUMER, i)->object;
        if (consumer->parent != cluster || consumer->freshness == FRESH_GONE)
            continue;
        if (consumer->freshness != FRESH_LIVE && asset_is_lost(model, consumer)) {
            s.left_out = true;
            continue;
        }
        struct value lag = calc_consumer_lag(model, consumer);
        if (lag.type != VALUE_UINT || lag.u > UINT64_MAX - s.sum)
            return s;
        s.sum += lag.u;
        s.live |= consumer->freshness == FRESH_LIVE;
        s.old |= consumer->freshness != FRESH_LIVE;
    }
    s.known = s.live || !(s.old || s.left_out); /* where no leader answers nothing is */
    return s;
}

/* One consumer of which nobody told makes the sum unknown, as with rates; one whose leader does not answer
 * now counts with what it said last, and that is marked; one that nobody can lead is left out, so that there
 * is at least as much. */
struct value calc_cluster_lag(const struct model *model, const struct object *object) {
    struct lag_sum *s = &cluster_of(object)->lag_sum;
    if (s->version != model_version(model, OBJECT_CONSUMER))
        *s = add_up(model, object);
    if (!s->known || !answers(model, object))
        return value_unknown(0);
    struct value v = value_uint(s->sum);
    v.flags = (uint8_t)((s->old ? VALUE_ESTIMATED | VALUE_OLD : 0) |
                        (s->left_out || is_partial(model, object) ? VALUE_LEAST : 0));
    return v;
}

struct value calc_cluster_max_pending(const struct model *model, const struct object *object) {
    int64_t most = -1;
    for (size_t i = 0; i < kind_count(model, OBJECT_SERVER); i++) {
        const struct object *server = living_in(model, object, i);
        if (server && server_const(server)->max_pending > most)
            most = server_const(server)->max_pending;
    }
    return most < 0 ? value_unknown(0) : value_int(most);
}

struct value calc_cluster_meta_leader(const struct model *model, const struct object *object) {
    (void)model;
    const struct meta *meta = &cluster_of(object)->meta;
    return meta->led ? value_text(meta->leader->bytes) : value_unknown(0);
}

struct value calc_cluster_meta_quorum(const struct model *model, const struct object *object) {
    (void)model;
    return value_text(cluster_of(object)->meta.quorum);
}

struct value calc_cluster_meta_since(const struct model *model, const struct object *object) {
    (void)model;
    const struct meta *meta = &cluster_of(object)->meta;
    struct value v = meta->quorum ? value_time(meta->since_utc_ns) : value_unknown(0);
    v.flags = meta->quorum && meta->since_least ? VALUE_LEAST : 0;
    return v;
}

struct value calc_cluster_meta_pending(const struct model *model, const struct object *object) {
    (void)model;
    const struct meta *meta = &cluster_of(object)->meta;
    return meta->pending_told ? value_uint(meta->pending) : value_unknown(0);
}

static struct value changes_within(const struct model *model, const struct object *cluster, int64_t span_ns) {
    const struct meta *meta = &cluster_of(cluster)->meta;
    uint64_t count = 0;
    for (unsigned i = 0; i < meta->changes && i < LEADERS_MOST; i++)
        count += model->utc_ns - meta->changed_utc_ns[i] < span_ns;
    return meta->leader ? watched_for(model, span_ns, value_uint(count)) : value_unknown(0);
}

struct value calc_cluster_meta_leader_changes(const struct model *model, const struct object *object) {
    return changes_within(model, object, 3600 * NS_PER_S);
}

struct value calc_cluster_meta_flaps(const struct model *model, const struct object *object) {
    return changes_within(model, object, 600 * NS_PER_S);
}

static struct value count_assets(const struct model *model, const struct object *cluster,
                                 enum object_kind kind) {
    uint64_t count = 0;
    bool some_live = answers(model, cluster), partial = is_partial(model, cluster);
    if (!count_heard(model, cluster))
        return value_unknown(0);
    for (size_t i = 0; i < kind_count(model, kind); i++) {
        const struct object *asset = &kind_at(model, kind, i)->object;
        if (asset->parent != cluster || asset->freshness == FRESH_GONE ||
            asset_state(model, asset) == ASSET_UNLISTED)
            continue;
        bool lost = some_live && asset_is_lost(model, asset);
        count += !lost;
        partial |= lost;
    }
    struct value v = value_uint(count);
    v.flags = partial ? VALUE_LEAST : 0;
    return v;
}

struct value calc_cluster_streams(const struct model *model, const struct object *object) {
    return count_assets(model, object, OBJECT_STREAM);
}

struct value calc_cluster_consumers(const struct model *model, const struct object *object) {
    return count_assets(model, object, OBJECT_CONSUMER);
}
