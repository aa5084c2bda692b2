#include "collectors/demand.h"

static bool is_clustered(const struct target *t) {
    return t->clustered;
}
static bool has_gateways(const struct target *t) {
    return t->gateways;
}
static bool has_leafs(const struct target *t) {
    return t->leafs;
}
static bool has_cid(const struct target *t) {
    return t->wants[EP_CONNZ_SUBS].cid > 0 || t->cids.count > 0;
}
static bool has_subject(const struct target *t) {
    return t->wants[EP_INTEREST].subject[0] != '\0';
}
static bool is_account(const struct target *t) {
    return t->account[0] != '\0';
}
static bool (*const condition[WANTED_COUNT])(const struct target *) = {
    [WANTED_ROUTES] = is_clustered, [WANTED_GATEWAYS] = has_gateways, [WANTED_LEAFS] = has_leafs,
    [WANTED_CID] = has_cid,         [WANTED_SUBJECT] = has_subject,   [WANTED_ACCOUNT] = is_account};

bool demand_allows(const struct target *t, int e) {
    if (t->state == TARGET_GONE || t->plan[e].quarantined ||
        is_account(t) != (endpoints[e].wanted == WANTED_ACCOUNT))
        return false;
    if (e == EP_VARZ)
        return !t->hidden || t->collector->unmatched > 0;
    if (t->hidden || !t->up)
        return false;
    return t->state == TARGET_POLLED || (t->state == TARGET_BALANCER && e == EP_ROUTEZ);
}

bool demand_wants(const struct target *t, int e) {
    if (!demand_allows(t, e))
        return false;
    bool holds = condition[endpoints[e].wanted] == NULL || condition[endpoints[e].wanted](t);
    return e == EP_VARZ || (t->wants[endpoint_meant(e)].on && holds);
}
