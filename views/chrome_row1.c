/* Row 1: which cluster, is this live, how old is it, what time is it. Parts are dropped whole as the width
 * shrinks. */
#include "views/chrome_parts.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "views/account.h"
#include "views/clusters.h"
#include "views/jetstream_heard.h"
#include "views/quantity_text.h"

#define DATA_OLD_NS  (3 * NS_PER_S)
#define LINK_LATE_NS NS_PER_S
#define NARROW       40
#define SHORT_CLOCK  50
#define LEAST_NOTE   16
#define DATE_WIDTH   10
#define PAUSED_WIDTH 16 /* "[PAUSED +10m05s]" */

struct made {
    bool narrow; /* in: little room, the short form */
    char text[200];
    enum role role;
    unsigned attrs;
};

typedef void part_fn(const struct chrome_context *c, struct made *out);

static const struct model *model_of(const struct chrome_context *c) {
    return c->view_context->model;
}

static void part_label(const struct chrome_context *c, struct made *out) {
    size_t clusters = clusters_count(model_of(c)).clusters;
    char cut[120], several[40];
    const char *name = quantity_name_text(model_of(c), model_cluster(model_of(c)), Q_CLUSTER_name);
    snprintf(several, sizeof(several), out->narrow ? "%zu cl." : "%zu clusters", clusters);
    if (c->label && *c->label)
        name = c->label;
    else if (clusters > 1)
        name = several;
    char account[200];
    account_name(model_of(c), account, sizeof(account));
    if (!*name)
        name = account;
    text_cut(cut, sizeof(cut), *name ? name : "NATS", out->narrow ? 10 : 24);
    snprintf(out->text, sizeof(out->text), out->narrow ? " %s" : " %s ", cut);
    out->role = c->label_role;
}

static void part_servers(const struct chrome_context *c, struct made *out) {
    struct cluster_count n = clusters_count(model_of(c));
    unsigned expected = clusters_expected(&n);
    char clusters[40] = "";
    if (!expected)
        return;
    if (n.clusters > 1 && c->label && *c->label && !out->narrow)
        snprintf(clusters, sizeof(clusters), "%zu clusters  ", n.clusters);
    snprintf(out->text, sizeof(out->text), out->narrow ? "%s%u/%u" : "%s%u/%u up", clusters, n.up, expected);
    if (n.up < expected) {
        out->role = n.up > 0 ? ROLE_ROW1_WARN : ROLE_ROW1_CRIT;
        out->attrs = ATTR_BOLD;
    }
}

static const struct js_word { /* the worst last */
    const char *quorum, *text;
    bool bad;
} js_words[] = {
    {"yes", "JS ok", false},
    {"ok", "JS ok", false},
    {"leaderless", "JS no leader", true},
    {"no", "JS no quorum", true},
};

/* A server without a cluster has no group that could be anything but well. */
static const char *quorum_of(const struct model *model, const struct object *cluster) {
    struct value alone = quantity_get(model, cluster, Q_CLUSTER_js_alone);
    return alone.type == VALUE_BOOL && alone.b ? "ok"
                                               : quantity_name_text(model, cluster, Q_CLUSTER_meta_quorum);
}

static const struct js_word *worst_word(const struct model *model) {
    const struct js_word *worst = NULL;
    size_t count;
    const struct object *const *clusters = model_objects(model, OBJECT_CLUSTER, &count);
    for (size_t c = 0; c < count; c++)
        for (size_t i = 0; i < sizeof(js_words) / sizeof(js_words[0]); i++)
            if (strcmp(quorum_of(model, clusters[c]), js_words[i].quorum) == 0 &&
                (!worst || &js_words[i] > worst))
                worst = &js_words[i];
    if (!worst && account_answers(model)) /* its meta group answers lists of streams */
        worst = &js_words[1];
    return worst;
}

/* Nobody speaks of the meta group. */
static void part_js_unknown(const struct chrome_context *c, struct made *out) {
    char absence[100], heard[60];
    jetstream_absence(model_of(c), absence, sizeof(absence));
    jetstream_heard(model_of(c), heard, sizeof(heard));
    snprintf(out->text, sizeof(out->text), "%s", *absence && !*heard ? "JS off" : "JS ?");
}

static enum severity worst_js(const struct finding *findings, size_t count) {
    enum severity worst = SEVERITY_OK;
    for (size_t i = 0; i < count; i++)
        if (strcmp(finding_tag(&findings[i]), "JS") == 0 && findings[i].severity > worst)
            worst = findings[i].severity;
    return worst;
}

/* The meta group is well, and what it looks after may not be. */
static void part_js_assets(const struct chrome_context *c, struct made *out) {
    size_t count;
    const struct finding *findings = model_findings(model_of(c), &count);
    enum severity found = worst_js(findings, count);
    findings = model_forming(model_of(c), &count);
    if (found >= SEVERITY_WARN) {
        bool crit = found == SEVERITY_CRIT;
        snprintf(out->text, sizeof(out->text), crit ? "JS CRIT" : "JS WARN");
        out->role = crit ? ROLE_ROW1_CRIT : ROLE_ROW1_WARN;
        out->attrs = ATTR_BOLD;
    } else if (worst_js(findings, count) >= SEVERITY_WARN) {
        snprintf(out->text, sizeof(out->text), "JS ?");
    }
}

static void part_js(const struct chrome_context *c, struct made *out) {
    const struct js_word *word = worst_word(model_of(c));
    unsigned heard, all;
    if (word && !word->bad && jetstream_is_partial(model_of(c), &heard, &all))
        snprintf(out->text, sizeof(out->text), "%s %u/%u", word->text, heard, all);
    else if (word)
        snprintf(out->text, sizeof(out->text), "%s", word->text);
    else if (model_has(model_of(c), SHAPE_JSZ))
        part_js_unknown(c, out);
    if (word && word->bad) {
        out->role = ROLE_ROW1_CRIT;
        out->attrs = ATTR_BOLD;
    } else if (word) {
        part_js_assets(c, out);
    }
}

static void part_meta(const struct chrome_context *c, struct made *out) {
    const char *leader = quantity_name_text(model_of(c), model_cluster(model_of(c)), Q_CLUSTER_meta_leader);
    char cut[100];
    text_cut(cut, sizeof(cut), leader, 16);
    if (*leader && clusters_count(model_of(c)).clusters < 2) /* each has its own */
        snprintf(out->text, sizeof(out->text), "meta %s", cut);
}

static void part_version(const struct chrome_context *c, struct made *out) {
    size_t count, answering = 0;
    const char *first = "";
    char cut[80];
    struct cluster_count n = clusters_count(model_of(c));
    const struct object *const *servers = model_objects(model_of(c), OBJECT_SERVER, &count);
    for (size_t i = 0; i < count; i++) {
        const char *version = quantity_name_text(model_of(c), servers[i], Q_SERVER_version);
        if (!*version || servers[i]->freshness != FRESH_LIVE)
            continue;
        if (*first && strcmp(first, version) != 0) {
            snprintf(out->text, sizeof(out->text), "versions differ");
            return;
        }
        first = version;
        answering++;
    }
    bool all = answering >= clusters_expected(&n);
    text_cut(cut, sizeof(cut), first, 12);
    if (*first)
        snprintf(out->text, sizeof(out->text), "%s%s", all ? "all " : "", cut);
}

/* Of what the view shows, which may be asked more seldom. */
static int64_t shown_age(const struct chrome_context *c, int64_t age) {
    int64_t own = c->view && c->view->dated_by ? model_shape_age_ns(model_of(c), c->view->dated_by) : -1;
    return own > age ? own : age;
}

static void part_data(const struct chrome_context *c, struct made *out) {
    int64_t age = model_data_age_ns(model_of(c));
    char span[TIME_TEXT_SIZE];
    int64_t gap = model_data_gap_ns(model_of(c)), limit = 3 * (gap > c->interval_ns ? gap : c->interval_ns);
    limit = limit > DATA_OLD_NS ? limit : DATA_OLD_NS;
    bool ever = model_has(model_of(c), SHAPE_VARZ), bad = age < 0 ? ever : age > limit;
    if (out->narrow && !bad)
        return;
    age_format(span, bad ? age : shown_age(c, age));
    if (age < 0)
        snprintf(out->text, sizeof(out->text), "%s",
                 out->narrow ? "NO DATA"
                 : ever      ? "!! NO DATA"
                             : "no data yet");
    else if (bad)
        snprintf(out->text, sizeof(out->text), out->narrow ? "OLD %s" : "!! DATA %s OLD", span);
    else
        snprintf(out->text, sizeof(out->text), "data %s old", span);
    if (bad) {
        out->role = ROLE_ROW1_CRIT;
        out->attrs = ATTR_BOLD;
    }
}

static void part_place(const struct chrome_context *c, struct made *out) {
    if (c->view && !(c->view->contexts & CONTEXT_OVERVIEW))
        snprintf(out->text, sizeof(out->text), "> %s", c->view->title);
}

static void part_status(const struct chrome_context *c, struct made *out) {
    if (c->view && c->view->status)
        c->view->status(c->view_state, c->view_context, out->text, sizeof(out->text));
    else if (c->view && *c->view_context->filter)
        snprintf(out->text, sizeof(out->text), "filter: %s", c->view_context->filter);
}

static void part_faults(const struct chrome_context *c, struct made *out) {
    if (c->view_context->faults_only)
        snprintf(out->text, sizeof(out->text), "faults only");
}

static void part_note(const struct chrome_context *c, struct made *out) {
    if (!c->note || !*c->note)
        return;
    text_cut(out->text, sizeof(out->text), c->note, 60);
    out->role = ROLE_ROW1_CRIT;
}

/* In the date's place, as wide as that: nothing moves. */
static void part_link(const struct chrome_context *c, struct made *out) {
    double seconds = (double)c->link_lag_ns / (double)NS_PER_S;
    char lag[40];
    if (c->link_lag_ns <= LINK_LATE_NS)
        return;
    snprintf(lag, sizeof(lag), seconds < 99.95 ? "LINK %.1fs" : "LINK %.0fs", seconds);
    snprintf(out->text, sizeof(out->text), "%*s", out->narrow ? 0 : DATE_WIDTH, lag);
    out->role = ROLE_ROW1_WARN;
    out->attrs = ATTR_BOLD;
}

static void part_date(const struct chrome_context *c, struct made *out) {
    char date[TIME_TEXT_SIZE];
    if (c->link_lag_ns > LINK_LATE_NS)
        return;
    time_format_date(date, c->view_context->utc_ns, c->view_context->local_time);
    if (c->view_context->utc_ns)
        snprintf(out->text, sizeof(out->text), "%s", date);
}

static void part_time(const struct chrome_context *c, struct made *out) {
    char clock[TIME_TEXT_SIZE], zone[TIME_TEXT_SIZE];
    if (!c->view_context->utc_ns)
        return;
    time_format_clock(clock, c->view_context->utc_ns, c->view_context->local_time);
    time_format_zone(zone, c->view_context->utc_ns, c->view_context->local_time);
    if (out->narrow)
        snprintf(out->text, sizeof(out->text), "%s", clock);
    else
        snprintf(out->text, sizeof(out->text), "%s %s", clock, zone);
}

static void part_interval(const struct chrome_context *c, struct made *out) {
    if (c->interval_ns <= 0)
        return;
    if (c->interval_ns % NS_PER_S == 0)
        snprintf(out->text, sizeof(out->text), "%llds", (long long)(c->interval_ns / NS_PER_S));
    else
        span_format(out->text, c->interval_ns);
}

/* How far behind has a place of fixed width: nothing beside it moves while it grows. */
static void part_mode(const struct chrome_context *c, struct made *out) {
    static const char *const words[] = {"LIVE", "PAUSED", "REPLAY", "SNAPSHOT"};
    char span[TIME_TEXT_SIZE], paused[TIME_TEXT_SIZE + 20];
    lasted_format(span, c->behind_ns > 0 ? c->behind_ns : 0);
    snprintf(paused, sizeof(paused), "[%s +%s]", words[c->mode], span);
    if (!out->narrow && c->mode == CHROME_PAUSED)
        snprintf(out->text, sizeof(out->text), "%*s", PAUSED_WIDTH, paused);
    else
        snprintf(out->text, sizeof(out->text), out->narrow ? "%s" : "[%s]", words[c->mode]);
    out->attrs = ATTR_BOLD;
}

static const struct part {
    part_fn *make;
    bool right;
    int keep; /* the smallest goes first */
} parts[] = {
    {part_label, false, 100},  {part_servers, false, 95}, {part_js, false, 60},    {part_meta, false, 20},
    {part_version, false, 22}, {part_data, false, 90},    {part_place, false, 50}, {part_status, false, 45},
    {part_faults, false, 55},  {part_note, false, 79},    {part_link, true, 86},   {part_date, true, 30},
    {part_time, true, 80},     {part_interval, true, 10}, {part_mode, true, 92},
};
#define PART_COUNT ((int)(sizeof(parts) / sizeof(parts[0])))

static int width_of(const struct made *made, int gap) {
    int total = 0;
    for (int i = 0; i < PART_COUNT; i++)
        if (made[i].text[0])
            total += text_width(made[i].text) + gap;
    return total;
}

/* Of a note its beginning is better than nothing. */
static void drop_or_cut(struct made *part, bool note, int excess) {
    char cut[sizeof(part->text)];
    int left = text_width(part->text) - excess;
    text_cut(cut, sizeof(cut), part->text, note && left >= LEAST_NOTE ? left : 0);
    snprintf(part->text, sizeof(part->text), "%s", cut);
}

static void drop_one(struct made *made, int excess) {
    int worst = -1;
    for (int i = 0; i < PART_COUNT; i++)
        if (made[i].text[0] && (worst < 0 || parts[i].keep < parts[worst].keep))
            worst = i;
    if (worst >= 0)
        drop_or_cut(&made[worst], parts[worst].make == part_note, excess);
}

/* What went after it may have left room enough. */
static void bring_back_clock(const struct chrome_context *c, struct made *made, int gap, int width) {
    for (int i = 0; i < PART_COUNT; i++) {
        if (parts[i].make != part_time || made[i].text[0])
            continue;
        parts[i].make(c, &made[i]);
        if (width_of(made, gap) > width + gap)
            made[i].text[0] = 0;
    }
}

static int parts_left(const struct made *made) {
    int n = 0;
    for (int i = 0; i < PART_COUNT; i++)
        n += made[i].text[0] != 0;
    return n;
}

void chrome_row1(const struct chrome_context *c, struct surface *s, struct rect row) {
    struct made made[PART_COUNT];
    enum role base = c->mode == CHROME_LIVE || c->mode == CHROME_SNAPSHOT ? ROLE_ROW1 : ROLE_ROW1_HELD;
    int gap = row.w >= 100 ? 3 : row.w < NARROW ? 1 : 2;
    for (int i = 0; i < PART_COUNT; i++) {
        int narrow = parts[i].make == part_time ? SHORT_CLOCK : NARROW;
        made[i] = (struct made){.narrow = row.w < narrow, .role = base};
        parts[i].make(c, &made[i]);
    }
    while (width_of(made, gap) > row.w + gap && parts_left(made) > 1)
        drop_one(made, width_of(made, gap) - row.w - gap);
    bring_back_clock(c, made, gap, row.w);
    surface_fill(s, row, base, 0, ' ');
    int left = row.x, right = row.x + row.w;
    for (int i = 0; i < PART_COUNT; i++)
        if (made[i].text[0] && !parts[i].right)
            left += surface_text(s, row, left, row.y, made[i].role, made[i].attrs, made[i].text) +
                    (i == 0 && gap > 1 ? gap - 1 : gap);
    for (int i = PART_COUNT; i-- > 0;)
        if (made[i].text[0] && parts[i].right) {
            right -= text_width(made[i].text);
            surface_text(s, row, right, row.y, made[i].role, made[i].attrs, made[i].text);
            right -= parts[i].make == part_time ? 1 : gap; /* the date belongs to it */
        }
}
