#include "model/model.h"

#include "model/alert_book.h"
#include "model/client.h"
#include "model/expecting.h"
#include "model/interest.h"
#include "model/lone_streams.h"
#include "model/remembered.h"
#include "model/replica.h"
#include "model/sampling.h"
#include "model/server.h"
#include "model/source.h"
#include "model/state.h"
#include "model/subscription.h"
#include "model/supposed.h"
#include "model/visitor.h"

/* Between two looks at all assets: each other tick of half a second. */
#define WEIGH_NS     (900 * NS_PER_MS)
#define UNWATCHED_NS (20 * NS_PER_S) /* between two ticks: we slept, and nobody's silence was heard */

/* There are thousands of assets, and their answers come seconds apart: a look at each second is enough,
 * unless one has come, or who leads them is not there any more. */
static bool is_time_to_weigh(struct model *model) {
    bool due = model->mono_ns - model->weighed_mono_ns >= WEIGH_NS || !model->weighed_mono_ns;
    if (!due && !model->assets_told && !model->leaders_moved)
        return false;
    model->weighed_mono_ns = model->mono_ns;
    model->assets_told = false;
    return true;
}

static void assets_weigh(struct model *model) {
    assets_tick(model);
    asset_parts_tick(model);
    if (model->leaders_moved)
        replicas_count(model);
    orphans_count(model);
    model_changed(model);
}

/* States and series. */
static bool tick_states(struct model *model) {
    servers_tick(model);
    twins_tick(model);
    others_tick(model);
    clusters_settle(model);
    expected_tick(model, model->utc_ns);
    remembered_tick(model);
    lone_streams_tick(model);
    supposed_tick(model);
    clusters_judge(model);
    model_sweep(model);
    connections_tick(model);
    closing_tick(model);
    subscriptions_tick(model);
    interest_tick(model);
    clients_tick(model);
    visitors_tick(model);
    cut_counters_tick(model);
    bursts_tick(model);
    links_tick(model);
    model->weighs = is_time_to_weigh(model);
    if (model->weighs)
        assets_weigh(model);
    meta_tick(model);
    gaps_tick(model);
    heard_tick(model);
    sampling_tick(model);
    history_clusters(model);
    expectations_tick(model);
    model_changed_but(model, KINDS_OF_ASSETS);
    return false;
}

static bool tick_rules(struct model *model) {
    rules_tick(model, model->weighs);
    model_changed_but(model, KINDS_OF_ASSETS);
    return false;
}

static bool tick_assets(struct model *model) {
    if (!model->weighs)
        return false;
    if (rules_weigh(model))
        return true;
    model_changed(model);
    return false;
}

static bool tick_alerts(struct model *model) {
    bool more = alerts_see(model);
    model_changed_but(model, KINDS_OF_ASSETS);
    return more;
}

static bool tick_sentences(struct model *model) {
    alerts_look(model);
    model_changed_but(model, KINDS_OF_ASSETS);
    return false;
}

static bool tick_ends(struct model *model) {
    alerts_end(model);
    model_changed_but(model, KINDS_OF_ASSETS);
    model_sweep(model);
    return false;
}

static bool tick_burning(struct model *model) {
    burning_tick(model);
    return false;
}

static bool tick_texts(struct model *model) {
    model_compact_texts(model);
    return false;
}

/* One that is true is to be made again: there is more of it than is worth a wait. */
static bool (*const steps[])(struct model *model) = {tick_states,    tick_rules, tick_assets,  tick_alerts,
                                                     tick_sentences, tick_ends,  tick_burning, tick_texts};
enum { STEPS = sizeof steps / sizeof *steps };

/* What burns is that of the last tick until all of this one is known. */
bool model_tick_step(struct model *model) {
    if (!model->steps_left)
        return false;
    bool knew = burning_is_known(model);
    bool more = steps[STEPS - model->steps_left](model);
    model->steps_left -= !more;
    if (knew)
        burning_keep(model);
    return model->steps_left > 0;
}

void model_tick_begin(struct model *model, int64_t utc_ns, int64_t mono_ns) {
    model_tick_finish(model);
    model_begin(model, utc_ns, mono_ns);
    if (mono_ns < model->mono_ns)
        mono_ns = model->mono_ns;
    if (model->utc_ns && mono_ns - model->mono_ns > UNWATCHED_NS)
        model->awake_mono_ns = mono_ns;
    model->utc_ns = utc_ns;
    model->mono_ns = mono_ns;
    model->steps_left = STEPS;
}

void model_tick_finish(struct model *model) {
    while (model_tick_step(model))
        continue;
}

void model_tick(struct model *model, int64_t utc_ns, int64_t mono_ns) {
    model_tick_begin(model, utc_ns, mono_ns);
    model_tick_finish(model);
}
