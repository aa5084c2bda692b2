#include "model/rule_open.h"

#include <math.h>
#include <string.h>

#include "model/asset.h"
#include "model/rule_cover.h"
#include "model/rule_judge.h"
#include "model/server.h"

/* ---- what is not known for now ---- */

typedef bool wants_fn(const struct model *model, const struct object *object);

static bool always(const struct model *model, const struct object *object) {
    (void)model, (void)object;
    return true;
}

/* Those that it has are to be compared. */
static bool has_several(const struct model *model, const struct object *cluster) {
    return quantity_get(model, cluster, Q_CLUSTER_expected).u > 1;
}

static bool tells_no_health(const struct model *model, const struct object *server) {
    return server_const(server)->sides[SIDE_HEALTH].now &&
           !server_is_fresh(model, server_const(server), SHAPE_HEALTHZ);
}

static bool tells_no_gateways(const struct model *model, const struct object *server) {
    return server_const(server)->gateways.told &&
           !server_is_fresh(model, server_const(server), SHAPE_GATEWAYZ);
}

/* Else that nobody can tell is a word that stands: its limits don't say when it loses. */
static bool is_led_by_nobody(const struct model *model, const struct object *asset) {
    return asset_state(model, asset) != ASSET_OK;
}

struct want {
    enum quantity quantity;
    wants_fn *wants;
};

/* Of these unknown is never that there is none, while that one says so. */
static const struct want wanted[] = {
    {Q_CLUSTER_connections, always},
    {Q_CLUSTER_in_client_msgs_per_s, always},
    {Q_CLUSTER_out_client_msgs_per_s, always},
    {Q_CLUSTER_in_client_bytes_per_s, always},
    {Q_CLUSTER_out_client_bytes_per_s, always},
    {Q_CLUSTER_lag, always},
    {Q_CLUSTER_max_pending_bytes, always},
    {Q_CLUSTER_meta_leader, meta_is_there},
    {Q_CLUSTER_meta_quorum, meta_is_there},
    {Q_CLUSTER_meta_since, meta_is_there},
    {Q_CLUSTER_meta_pending, meta_is_there},
    {Q_CLUSTER_versions, always},
    {Q_CLUSTER_configurations, has_several},
    {Q_CLUSTER_drifted, has_several},
    {Q_SERVER_health, tells_no_health},
    {Q_SERVER_gateways_lost, tells_no_gateways},
    {Q_STREAM_leadership, always},
    {Q_CONSUMER_leadership, always},
    {Q_EXPECTATION_found, always},
    {Q_EXPECTATION_missing, always},
};

/* Of these a word is "unknown": as long as that one says so it may be another in a moment. */
static const struct want worded[] = {
    {Q_STREAM_loss, is_led_by_nobody}, {Q_CONSUMER_loss, is_led_by_nobody}, {Q_CONSUMER_state, always},
    {Q_AUDIENCE_state, always},        {Q_EXPECTATION_state, always},
};

static bool is_among(const struct want *wants, size_t count, const struct asking *asking, int id) {
    for (size_t i = 0; i < count; i++)
        if ((int)wants[i].quantity == id)
            return wants[i].wants(asking->model, asking->object);
    return false;
}
#define IS_AMONG(wants, asking, id) is_among(wants, sizeof(wants) / sizeof *(wants), asking, id)

/* It is known, and not of now. */
static bool is_old(const struct asking *asking, int id) {
    struct asking ever = {.model = asking->model, .object = asking->object};
    return asking_get(&ever, id).type != EXPR_UNKNOWN;
}

/* A counter is told, and between its last two values nothing can be counted. */
static bool is_between(const struct object *object, int id) {
    const struct quantity_info *info = &quantities[id % QUANTITY_COUNT];
    bool rate = id >= QUANTITY_COUNT || info->how == HOW_RATE;
    return rate && object->now && row_has(object->now, info->field);
}

/* That endpoint of its server does not answer, or not yet again. */
static bool is_of_silent_side(const struct asking *asking, int id) {
    const struct quantity_info *info = &quantities[id % QUANTITY_COUNT];
    if (info->kind != OBJECT_SERVER || info->how != HOW_FIELD)
        return false;
    int side = side_of((enum entity)fields[info->field].entity);
    const struct server *server = server_const(asking->object);
    return side >= 0 && server->sides[side].now && row_has(server->sides[side].now, info->field) &&
           !server_is_fresh(asking->model, server, side_shape(side));
}

static bool is_for_now(const struct asking *asking, int id) {
    return rule_awaits(asking->model, asking->object, id) || is_old(asking, id) ||
           is_between(asking->object, id) || is_of_silent_side(asking, id) || IS_AMONG(wanted, asking, id);
}

/* ---- three answers ---- */

enum answer { ANSWER_NO, ANSWER_OPEN, ANSWER_YES };

struct question {
    const struct asking *asking;
    bool open; /* something of it is not known for now */
};

static bool says_unknown(const struct asking *asking, int id, struct expr_value v) {
    return v.type == EXPR_TEXT && strcmp(v.text, "unknown") == 0 && IS_AMONG(worded, asking, id);
}

static struct expr_value get(void *data, int id) {
    struct question *question = data;
    struct expr_value v = asking_get((void *)question->asking, id);
    bool unknown = says_unknown(question->asking, id, v);
    question->open |= unknown || (v.type == EXPR_UNKNOWN && is_for_now(question->asking, id));
    return unknown ? (struct expr_value){EXPR_UNKNOWN, 0, NULL} : v;
}

static enum answer answer_of(struct question *question, const struct expr *expr) {
    question->open = false;
    struct expr_value v = expr ? expr_eval(expr, get, question) : (struct expr_value){EXPR_BOOL, 1, NULL};
    if (v.type == EXPR_BOOL)
        return v.number != 0 ? ANSWER_YES : ANSWER_NO;
    return question->open ? ANSWER_OPEN : ANSWER_NO;
}

static enum answer meets(struct question *question, const struct rule_level *level, double value) {
    struct expr_value limit = {EXPR_NUMBER, level->threshold, NULL};
    if (level->asked)
        limit = expr_eval(level->asked, get, question);
    if (limit.type != EXPR_NUMBER)
        return question->open ? ANSWER_OPEN : ANSWER_NO;
    return rule_meets(level->sign, value, limit.number) ? ANSWER_YES : ANSWER_NO;
}

static enum answer level_of(struct question *question, const struct rule *rule, enum severity level,
                            bool spoke) {
    question->open = false;
    if (!rule->value_expr)
        return ANSWER_YES;
    struct expr_value v = expr_eval(rule->value_expr, get, question);
    if (v.type != EXPR_NUMBER)
        return question->open ? ANSWER_OPEN : ANSWER_NO;
    enum answer met = meets(question, rule_level(rule, level), v.number);
    if (met == ANSWER_NO && spoke && rule->clear.is && (level == SEVERITY_WARN || !rule->warn.is))
        met = (enum answer)(ANSWER_YES - meets(question, &rule->clear, v.number));
    return met;
}

bool rule_is_open(const struct asking *asking, const struct rule *rule, enum severity level, bool spoke) {
    struct question question = {asking, false};
    if (!rule->enabled || !rule_can_ask(rule, asking->object) || asking->object->freshness == FRESH_GONE)
        return false;
    if (rule->unless_quantity >= 0 && asking_get((void *)asking, rule->unless_quantity).type != EXPR_UNKNOWN)
        return false;
    enum answer match = answer_of(&question, rule->match_expr);
    enum answer where = match ? answer_of(&question, rule->where_expr) : ANSWER_NO;
    enum answer value = where ? level_of(&question, rule, level, spoke) : ANSWER_NO;
    return value != ANSWER_NO && (match == ANSWER_OPEN || where == ANSWER_OPEN || value == ANSWER_OPEN);
}
