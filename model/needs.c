#include "model/needs.h"

#include "model/expecting.h"
#include "model/server.h"

#define OF(SHAPE)   (1u << SHAPE_##SHAPE)
#define COUNT(rows) (sizeof(rows) / sizeof(*(rows)))

static const unsigned usual[OBJECT_KIND_COUNT] = {
    [OBJECT_CLUSTER] = OF(JSZ) | OF(CONNZ_HOT),
    [OBJECT_SERVER] = OF(JSZ) | OF(SUBSZ) | OF(ROUTEZ) | OF(CONNZ_HOT),
    [OBJECT_CONNECTION] = OF(CONNZ_FULL),
    [OBJECT_CLIENT] = OF(CONNZ_HOT) | OF(CONNZ_CLOSED),
    [OBJECT_VISITOR] = OF(CONNZ_HOT) | OF(CONNZ_CLOSED),
    [OBJECT_STREAM] = OF(JSZ),
    [OBJECT_CONSUMER] = OF(JSZ),
    [OBJECT_REPLICA] = OF(JSZ),
    [OBJECT_SOURCE] = OF(JSZ),
    [OBJECT_META_PEER] = OF(JSZ),
    [OBJECT_ROUTE] = OF(ROUTEZ),
    [OBJECT_GATEWAY] = OF(GATEWAYZ),
    [OBJECT_LEAF] = OF(LEAFZ),
    [OBJECT_EXPECTATION] = OF(VARZ),
};

/* Quantities that say more than what is usual of their kind, or less. */
static const struct {
    enum quantity quantity;
    unsigned shapes;
} own[] = {
    {Q_CONNECTION_pending_bytes, OF(CONNZ_HOT)}, {Q_CONNECTION_pending_share, OF(CONNZ_HOT)},
    {Q_CONNECTION_pending_slope, OF(CONNZ_HOT)}, {Q_CONNECTION_drain, OF(CONNZ_HOT)},
    {Q_CONNECTION_feed, OF(CONNZ_HOT)},          {Q_CONNECTION_next, OF(CONNZ_HOT)},
    {Q_CONNECTION_step, OF(CONNZ_HOT)},          {Q_CONNECTION_cut_in, OF(CONNZ_HOT)},
    {Q_CONNECTION_threatened, OF(CONNZ_HOT)},    {Q_CONNECTION_likely, OF(CONNZ_HOT)},
    {Q_CONNECTION_reads_most, OF(CONNZ_HOT)},    {Q_CONNECTION_flat_for, OF(CONNZ_HOT)},
    {Q_CONNECTION_held_for, OF(CONNZ_HOT)},      {Q_CONNECTION_held_from, OF(CONNZ_HOT)},
    {Q_CONNECTION_unheld, OF(CONNZ_HOT)},        {Q_CONNECTION_filling, OF(CONNZ_HOT)},
    {Q_CONNECTION_fed_by, OF(CONNZ_FEED)},       {Q_CONNECTION_closed_at, OF(CONNZ_CLOSED)},
    {Q_CONNECTION_reason, OF(CONNZ_CLOSED)},     {Q_CONNECTION_reason_brief, OF(CONNZ_CLOSED)},
    {Q_CONNECTION_closed_by, OF(CONNZ_CLOSED)},  {Q_CONNECTION_lived, OF(CONNZ_CLOSED)},
};

unsigned kind_shapes(enum object_kind kind) {
    return usual[kind];
}

/* What is computed of a server comes from what is always asked. */
static unsigned of_server(const struct quantity_info *info) {
    bool is_field = info->how == HOW_FIELD || info->how == HOW_RATE;
    int side = is_field ? side_of((enum entity)fields[info->field].entity) : -1;
    return side < 0 ? OF(VARZ) : 1u << side_shape(side);
}

unsigned quantity_shapes(enum quantity q) {
    for (size_t i = 0; i < COUNT(own); i++)
        if (own[i].quantity == q)
            return own[i].shapes;
    if (quantities[q].kind == OBJECT_SERVER)
        return of_server(&quantities[q]);
    return usual[quantities[q].kind];
}

unsigned needs_together(unsigned shapes) {
    return shapes & (OF(CONNZ_HOT) | OF(CONNZ_CLOSED)) ? shapes & ~OF(CONNZ_FULL) : shapes;
}

unsigned model_shapes(const struct model *model) {
    const struct ruleset *set = model_rules(model);
    unsigned shapes = 0;
    for (size_t r = 0; r < ruleset_count(set); r++)
        shapes |= ruleset_at(set, r)->enabled ? ruleset_at(set, r)->shapes : 0;
    for (size_t i = 0; i < kind_count(model, OBJECT_EXPECTATION); i++)
        shapes |= expecting_of(&kind_at(model, OBJECT_EXPECTATION, i)->object)->shapes;
    return shapes;
}
