#include "views/chrome_tally.h"

#include <stdio.h>

#include "base/clock.h"
#include "views/quantity_text.h"

static void tally_pending(const struct model *model, struct tally *t) {
    size_t count;
    const struct finding *pending = model_pending(model, &count);
    for (size_t i = 0; i < count; i++) {
        int64_t due = pending[i].due_utc_ns - model_utc_ns(model);
        if (pending[i].lesser)
            continue;
        if (t->pending++ > 0 && due >= t->due_ns)
            continue;
        t->due_ns = due > 0 ? due : 0;
        t->moved = pending[i].moved;
    }
}

void tally_due(const struct tally *t, bool brief, char *out, size_t size) {
    char span[TIME_TEXT_SIZE];
    const char *first = t->pending > 1 && !brief ? "first " : "";
    lasted_format(span, t->due_ns);
    if (t->due_ns)
        snprintf(out, size, "%sin %s%s", first, span, t->moved && !brief ? ", as its leader changed" : "");
    else
        snprintf(out, size, "%sat the next answer", first);
}

/* What began before the worst did. */
static void find_first(const struct finding *findings, size_t count, struct tally *t) {
    for (size_t i = 0; i < count; i++) {
        const struct finding *f = &findings[i];
        if (f->severity != findings[0].severity && f->sign_utc_ns && f->sign_utc_ns < t->since &&
            (!t->first || f->sign_utc_ns < t->first->sign_utc_ns))
            t->first = f;
    }
}

/* A thing counts once: what is less bad about it goes without saying. */
struct tally tally_of(const struct model *model) {
    struct tally t = {0};
    size_t count;
    tally_pending(model, &t);
    const struct finding *findings = model_burning(model, &count);
    for (size_t i = 0; i < count; i++) {
        if (findings[i].lesser)
            continue;
        if (findings[i].severity == findings[0].severity &&
            (t.since == 0 || findings[i].sign_utc_ns < t.since)) {
            t.since = findings[i].sign_utc_ns;
            t.least = findings[i].sign_least;
        }
    }
    find_first(findings, count, &t);
    struct alert_things things = model_alert_things(model);
    t.crit = things.crit;
    t.warn = things.warn;
    t.unheard = things.unheard;
    struct alert_counts n = model_alert_counts(model);
    t.acked = n.acked;
    t.silenced = n.silenced;
    return t;
}

void tally_aside(const struct tally *t, char *out, size_t size) {
    const struct {
        size_t count;
        const char *what;
    } parts[] = {{t->acked, "acked"}, {t->silenced, "silenced"}, {t->unheard, "unheard"}};
    size_t len = 0;
    out[0] = 0;
    for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
        if (parts[i].count && len < size)
            len += (size_t)snprintf(out + len, size - len, "%s%zu %s", len ? ", " : "", parts[i].count,
                                    parts[i].what);
}
