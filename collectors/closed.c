#include "collectors/closed.h"

#include <string.h>

#include "base/clock.h"
#include "collectors/schedule.h"

#define LIMIT_MIN   100u
#define LIMIT_FIRST 1000u  /* so that what happened before we came is known */
#define LIMIT_MAX   10000u /* max_closed_clients of a server that is not told otherwise */
#define RUNS_OVER   (LIMIT_MAX / 4)
#define SLACK       20u /* closed between a /varz and the list */
#define LATE_NS     (2 * NS_PER_S)
#define BEFORE_NS   (600 * NS_PER_S) /* before we came: so far back the first answer has to reach */
#define FIRST_ASKED 8                /* of those that were cut before we came */
#define SUBS_MOST   1000

void cids_add(struct cids *cids, uint64_t cid, bool closed) {
    for (int i = 0; i < cids->count; i++)
        if (cids->waiting[i].cid == cid && cids->waiting[i].closed == closed)
            return;
    if (cids->count < CIDS_MAX)
        cids->waiting[cids->count++] = (struct asked_cid){cid, closed};
}

struct asked_cid cids_take(struct cids *cids) {
    if (cids->count == 0)
        return (struct asked_cid){0};
    struct asked_cid cid = cids->waiting[0];
    memmove(cids->waiting, cids->waiting + 1, (size_t)--cids->count * sizeof cids->waiting[0]);
    return cid;
}

unsigned closed_limit(const struct target *t) {
    const struct closed_list *list = &t->closed;
    uint64_t since = list->closed > list->taken ? list->closed - list->taken : 0;
    uint64_t limit = !list->known ? LIMIT_FIRST : since + since / 10 + SLACK + list->late;
    if (limit < LIMIT_MIN)
        limit = LIMIT_MIN;
    if (list->larger > 1)
        limit *= list->larger;
    return (unsigned)(limit < LIMIT_MAX ? limit : LIMIT_MAX);
}

static bool was_cut(const struct row *row) {
    static const char slow[] = "Slow Consumer";
    return strncmp(row_text(row, F_CONNECTION_reason), slow, sizeof slow - 1) == 0;
}

void closed_see(struct closed_seen *seen, const struct closed_list *list, const struct row *row) {
    int64_t stop = row_i64(row, F_CONNECTION_stop, TIME_UNSET);
    if (stop == TIME_UNSET)
        return;
    if (seen->newest == TIME_UNSET || stop > seen->newest)
        seen->newest = stop;
    if (seen->oldest == TIME_UNSET || stop < seen->oldest)
        seen->oldest = stop;
    seen->late += stop > seen->newest - LATE_NS;
    uint64_t subscriptions = row_u64(row, F_CONNECTION_subscriptions, 0);
    int most = list->known ? CIDS_MAX : FIRST_ASKED;
    bool is_new = !list->known || stop > list->newest;
    if (is_new && was_cut(row) && subscriptions > 0 && subscriptions <= SUBS_MOST && seen->cut.count < most)
        cids_add(&seen->cut, row_u64(row, F_CONNECTION_cid, 0), true);
}

void closed_varz(struct target *t, const struct facts *f) {
    struct closed_list *list = &t->closed;
    if (list->start != f->start)
        *list = (struct closed_list){.start = f->start, .newest = TIME_UNSET, .troubles = f->troubles};
    bool moved = f->troubles > list->troubles;
    list->troubles = f->troubles;
    list->closed = f->total_connections > f->open ? f->total_connections - f->open : 0;
    bool runs_over = list->known && list->closed > list->taken + RUNS_OVER;
    if (t->plan[EP_CONNZ_CLOSED].active && (moved || runs_over))
        schedule_ask(t, EP_CONNZ_CLOSED);
    static const enum endpoint_index links[] = {EP_ROUTEZ,
                                                EP_GATEWAYZ}; /* not in that list, and it may be one */
    for (size_t i = 0; i < sizeof links / sizeof *links && moved; i++)
        if (t->plan[links[i]].active)
            schedule_ask(t, links[i]);
}

/* The server has more than it gave, and the oldest of these was not closed well before the newest that we
 * knew, if we knew any; of what was before us the last minutes are wanted, in which cuts may lie behind a
 * thousand who came back. */
static bool leaves_gap(const struct closed_list *list, const struct facts *f) {
    int64_t back = TIME_UNSET;
    if (list->newest != TIME_UNSET)
        back = list->newest - LATE_NS;
    else if (!list->known && f->now != TIME_UNSET)
        back = f->now - BEFORE_NS;
    bool reaches_back = back != TIME_UNSET && f->closed.oldest <= back;
    return f->closed.oldest != TIME_UNSET && !reaches_back && f->has_total && f->num < f->total;
}

bool closed_answer(struct target *t, bool good, const struct facts *f) {
    struct closed_list *list = &t->closed;
    if (!good) {
        list->hopeless = list->larger > 0;
        list->larger = 0;
        return true;
    }
    if (leaves_gap(list, f) && !list->hopeless && closed_limit(t) < LIMIT_MAX) {
        list->larger = list->larger > 0 ? list->larger * 4 : 4;
        schedule_ask(t, EP_CONNZ_CLOSED);
        return false;
    }
    for (int i = 0; i < f->closed.cut.count; i++)
        cids_add(&t->cids, f->closed.cut.waiting[i].cid, true);
    if (f->closed.newest != TIME_UNSET && (list->newest == TIME_UNSET || f->closed.newest > list->newest))
        list->newest = f->closed.newest;
    list->late = f->closed.late;
    list->taken = list->closed;
    list->known = true;
    list->hopeless = false;
    list->larger = 0;
    return true;
}
