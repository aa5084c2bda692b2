/* What titles and lines say: how many, since when, and what is not known. */
#include "views/account.h"
#include "views/slow_parts.h"

#include <stdio.h>
#include <string.h>

#include "base/number.h"
#include "base/text.h"
#include "model/reported.h"
#include "views/links.h"

#define COUNT(a) ((int)(sizeof(a) / sizeof((a)[0])))

/* ---- titles ---- */

typedef void title_fn(const struct slow *slow, const struct view_context *context, char *title, size_t size,
                      char *right, size_t right_size);

/* Rows that are still listed though their buffer holds little by now. */
static size_t emptied_of(const struct quantity_list *list, const struct view_context *context) {
    size_t emptied = 0;
    for (size_t i = 0; i < list->count; i++)
        emptied += strncmp(quantity_name_text(context->model, list->rows[i].object, Q_CONNECTION_step),
                           "emptied", strlen("emptied")) == 0;
    return emptied;
}

static void now_title(const struct slow *slow, const struct view_context *context, char *title, size_t size,
                      char *right, size_t right_size) {
    const struct quantity_list *list = &slow->lists[SLOW_NOW];
    char of[NUMBER_TEXT_SIZE], sort[300];
    uint64_t rows, all;
    model_connection_cover(context->model, &rows, &all);
    number_format_grouped(of, all);
    size_t emptied = emptied_of(list, context);
    int len =
        snprintf(title, size, all || list->known ? "NOW %zu of %s: over 1 %% of max, or growing" : "NOW",
                 list->known - emptied, of);
    if (emptied)
        snprintf(title + len, size - (size_t)len, ", and %zu just emptied", emptied);
    quantity_list_status(list, sort, sizeof(sort));
    snprintf(right, right_size, "| = producers are held from here   %s", sort);
    if (text_width(title) + text_width(right) + 6 > slow->place[SLOW_NOW].w)
        snprintf(right, right_size, "%s", sort);
}

/* "at least 300 closed unseen": what is missed is never glossed over. */
static void missed_text(const struct slow_tally *tally, char *out, size_t size) {
    char missed[NUMBER_TEXT_SIZE];
    number_format_grouped(missed, tally->missed);
    snprintf(out, size, tally->missed ? "at least %s closed unseen" : "", missed);
}

/* "+ 12 more", as far as they are neither seen nor scrolled past. */
static void more_text(const struct quantity_list *list, char *out, size_t size) {
    size_t page = list->table.page > 0 ? (size_t)list->table.page : 0, seen = list->table.top + page;
    snprintf(out, size, list->count > seen ? "+ %zu more" : "", list->count - seen);
}

/* "3 closed for other reasons: i shows them", in brief "3 for other reasons (i)" */
static void others_text(const struct quantity_list *list, bool wide, char *out, size_t size) {
    char key[32];
    keymap_first(ACTION_HIDDEN, key, sizeof(key));
    int len =
        snprintf(out, size, list->quiet ? "%zu %sfor other reasons" : "", list->quiet, wide ? "closed " : "");
    if (list->quiet && *key)
        snprintf(out + len, size - (size_t)len, wide ? ": %s shows them" : " (%s)", key);
}

/* Links that were closed as clients are: ", 1 leaf node, 2 routes". Returns its length. */
static int closed_links_text(const struct slow_tally *tally, char *out, size_t size) {
    const struct {
        size_t closed;
        const char *one, *many;
    } links[] = {{tally->leafs, "leaf node", "leaf nodes"},
                 {tally->routes, "route closed", "routes closed"},
                 {tally->gateways, "gateway closed", "gateways closed"}};
    bool first = !tally->cut && tally->last_ns == TIME_UNSET;
    int len = 0;
    out[0] = 0;
    for (int i = 0; i < COUNT(links); i++) {
        if (!links[i].closed)
            continue;
        len += snprintf(out + len, size - (size_t)len, "%s%zu %s", first ? " " : ", ", links[i].closed,
                        links[i].closed == 1 ? links[i].one : links[i].many);
        first = false;
    }
    return len;
}

static void cut_title(const struct slow *slow, const struct view_context *context, char *title, size_t size,
                      char *right, size_t right_size) {
    const struct quantity_list *list = &slow->lists[SLOW_CUT];
    struct slow_tally tally = slow_tally_of(context);
    char ago[TIME_TEXT_SIZE], parts[3][80];
    bool wide = slow->place[SLOW_CUT].w >= 100;
    int len = snprintf(title, size, wide ? "CUT OFF BY SERVER" : "CUT OFF");
    if (tally.told && (tally.cut || tally.last_ns != TIME_UNSET)) {
        lasted_format(ago, tally.last_ns);
        len += snprintf(title + len, size - (size_t)len, " %s%zu in 10 min, last %s ago",
                        tally.least ? "≥" : "", tally.cut, ago);
    }
    len += closed_links_text(&tally, title + len, size - (size_t)len);
    if (tally.told && tally.told < tally.asked)
        snprintf(title + len, size - (size_t)len, "   ? %zu of %zu servers told", tally.told, tally.asked);
    missed_text(&tally, parts[0], sizeof(parts[0])); /* the first ones stay where there is no room */
    more_text(list, parts[1], sizeof(parts[1]));
    others_text(list, wide, parts[2], sizeof(parts[2]));
    right[0] = 0;
    for (int i = 0; i < COUNT(parts); i++) {
        len = (int)strlen(right);
        if (*parts[i])
            snprintf(right + len, right_size - (size_t)len, "%s%s", len ? "   " : "", parts[i]);
    }
}

/* What a version does not report, in a word. */
static const struct {
    enum quantity quantity;
    const char *name;
} since_version[] = {
    {Q_SERVER_slow_clients, "kinds"},
    {Q_SERVER_stalls_per_s, "stalls"},
    {Q_SERVER_stale_connections, "stale"},
};

static unsigned unreported(const struct object *server) {
    unsigned missing = 0;
    for (int i = 0; i < COUNT(since_version); i++)
        missing |= (unsigned)!quantity_is_reported(server, since_version[i].quantity) << i;
    return missing;
}

static bool is_first_of_version(const struct object *const *servers, size_t at,
                                const struct view_context *context) {
    const char *version = quantity_name_text(context->model, servers[at], Q_SERVER_version);
    for (size_t i = 0; i < at; i++)
        if (strcmp(quantity_name_text(context->model, servers[i], Q_SERVER_version), version) == 0)
            return false;
    return *version != 0;
}

/* "not reported by 2.9.10: kinds, stalls, stale" */
static void unreported_text(const struct view_context *context, char *out, size_t size) {
    size_t count, len = 0;
    const struct object *const *servers = model_objects(context->model, OBJECT_SERVER, &count);
    out[0] = 0;
    for (size_t i = 0; i < count; i++) {
        unsigned missing = unreported(servers[i]);
        if (!missing || !is_first_of_version(servers, i, context) || len >= size)
            continue;
        len += (size_t)snprintf(out + len, size - len, "%s by %.16s:", len ? ";" : "not reported",
                                quantity_name_text(context->model, servers[i], Q_SERVER_version));
        for (int n = 0, first = 1; n < COUNT(since_version) && len < size; n++)
            if (missing >> n & 1) {
                len +=
                    (size_t)snprintf(out + len, size - len, "%s %s", first ? "" : ",", since_version[n].name);
                first = 0;
            }
    }
}

static void counters_title(const struct slow *slow, const struct view_context *context, char *title,
                           size_t size, char *right, size_t right_size) {
    static const char *const headings[] = {"COUNTERS since each server's start, MISSED since we watch",
                                           "COUNTERS since start, MISSED since we watch", "COUNTERS"};
    unreported_text(context, right, right_size);
    int room = slow->place[SLOW_COUNTERS].w - 6 - text_width(right), i = 0;
    while (i < COUNT(headings) - 1 && text_width(headings[i]) > room)
        i++;
    snprintf(title, size, "%s", headings[i]);
}

/* ---- where there is nothing ---- */

static bool any_answer(const struct model *model) {
    return model_has(model, SHAPE_CONNZ_HOT) || model_has(model, SHAPE_CONNZ_FULL);
}

/* Servers that were heard and do not answer now; false: no other does. */
static bool silent_text(const struct model *model, char *out, size_t size) {
    size_t count, up = 0, silent = 0;
    const char *name = "";
    const struct object *const *servers = model_objects(model, OBJECT_SERVER, &count);
    for (size_t i = 0; i < count; i++) {
        const char *state = quantity_name_text(model, servers[i], Q_SERVER_state);
        up += strcmp(state, "up") == 0;
        if (strcmp(state, "stale") != 0 && strcmp(state, "down") != 0)
            continue;
        silent++;
        name = quantity_name_text(model, servers[i], Q_SERVER_name);
    }
    if (silent == 1 && *name)
        snprintf(out, size, "%.40s does not answer", name);
    else
        snprintf(out, size, silent ? "%zu server%s not answer" : "", silent, silent == 1 ? " does" : "s do");
    return up || !silent;
}

/* What is so where servers answer, and where none does. */
static void claim_text(const struct view_context *context, bool narrow, const char *claim, char *out,
                       size_t size) {
    char silent[80];
    if (!silent_text(context->model, silent, sizeof(silent)))
        snprintf(out, size, "not known: no server answers");
    else if (!*silent)
        snprintf(out, size, "%s", claim);
    else if (narrow)
        snprintf(out, size, "%s; else %s", silent, claim);
    else
        snprintf(out, size, "%s; %s", claim, silent);
}

/* "1 that was cut still holds producers; " */
static void lingering_text(const struct view_context *context, char *out, size_t size) {
    size_t count, holding;
    model_lingering(context->model, &count, &holding);
    *out = 0;
    if (holding)
        snprintf(out, size, "%zu that %s cut still hold%s producers; ", holding,
                 holding == 1 ? "was" : "were", holding == 1 ? "s" : "");
    else if (count)
        snprintf(out, size, "%zu that %s cut %s kept open still; ", count, count == 1 ? "was" : "were",
                 count == 1 ? "is" : "are");
}

/* Links that hold bytes have lines of their own below; of others that no version tells of nothing is claimed.
 */
static void now_empty(const struct view_context *context, bool narrow, char *out, size_t size) {
    char untold[120], claim[200], lingering[80];
    lingering_text(context, lingering, sizeof(lingering));
    links_untold_text(context, untold, sizeof(untold));
    if (*lingering && narrow)
        snprintf(claim, sizeof(claim), "%.*s", (int)strlen(lingering) - 2, lingering);
    else if (*untold && !narrow)
        snprintf(claim, sizeof(claim), "%sno client's buffer above 1 %%%s", lingering, untold);
    else if (*untold || slow_links(context))
        snprintf(claim, sizeof(claim), "%sno client's buffer above 1 %% of max", lingering);
    else
        snprintf(claim, sizeof(claim), "%sno buffer above 1 %% of max%s", lingering,
                 narrow ? "" : ", and none grows");
    if (!any_answer(context->model))
        snprintf(out, size, "not collected here yet");
    else
        claim_text(context, narrow, claim, out, size);
}

/* For how long it can be said that nobody was cut is for how long we watch. */
static void nobody_text(const struct view_context *context, const struct slow_tally *tally, bool narrow,
                        char *out, size_t size) {
    char since[TIME_TEXT_SIZE], counted[NUMBER_TEXT_SIZE];
    bool whole = context->utc_ns - tally->since_ns >= SLOW_WINDOW_NS;
    time_format_clock(since, tally->since_ns, context->local_time);
    number_format_grouped(counted, tally->awaited ? tally->awaited : tally->untold);
    if (tally->awaited)
        snprintf(out, size, narrow ? "%s counted, looked up" : "%s counted just now, who it was is looked up",
                 counted);
    else if (tally->untold && narrow)
        snprintf(out, size, "%s counted, no record says who", counted);
    else if (tally->undivided)
        snprintf(out, size, "%s counted, no record says who: links have none (watched since %s)", counted,
                 since);
    else if (tally->untold)
        snprintf(out, size, "%s counted since the start, no record is left (watched since %s)", counted,
                 since);
    else
        snprintf(out, size,
                 narrow  ? "no client since %s"
                 : whole ? "no client cut in the last 10 min (watched since %s)"
                         : "no client cut since we watch (watched since %s)",
                 since);
}

static void cut_empty(const struct view_context *context, bool narrow, char *out, size_t size) {
    struct slow_tally tally = slow_tally_of(context);
    char claim[160] = "not collected here yet";
    if (tally.since_ns != TIME_UNSET)
        nobody_text(context, &tally, narrow, claim, sizeof(claim));
    claim_text(context, narrow, claim, out, size);
}

static void counters_empty(const struct view_context *context, bool narrow, char *out, size_t size) {
    (void)narrow;
    snprintf(out, size, "%s", account_empty(context->model, "no server yet"));
}

static const struct {
    title_fn *title;
    void (*empty)(const struct view_context *context, bool narrow, char *out, size_t size);
} words[SLOW_LISTS] = {
    [SLOW_NOW] = {now_title, now_empty},
    [SLOW_CUT] = {cut_title, cut_empty},
    [SLOW_COUNTERS] = {counters_title, counters_empty},
};

void slow_draw_list(const struct slow *slow, enum slow_part part, const struct view_context *context,
                    struct surface *s) {
    char title[300], right[400], empty[200];
    words[part].title(slow, context, title, sizeof(title), right, sizeof(right));
    words[part].empty(context, slow->place[part].w < 60, empty, sizeof(empty));
    quantity_panel_draw(&slow->lists[part], s, slow->place[part], title, right, empty);
}
