#include "model/turnover.h"

#include "base/clock.h"
#include "sample/row.h"

#define SPAN_NS (60 * NS_PER_S)

void turnover_put(struct turnover *t, const struct row *varz, int64_t utc_ns) {
    bool told = row_has(varz, F_SERVER_total_connections) && row_has(varz, F_SERVER_connections);
    uint64_t ever = row_u64(varz, F_SERVER_total_connections, 0),
             open = row_u64(varz, F_SERVER_connections, 0);
    if (told && t->known && ever >= t->ever && ever - t->ever + t->open >= open) {
        lately_add(&t->opened, utc_ns, ever - t->ever);
        lately_add(&t->closed, utc_ns, ever - t->ever + t->open - open);
        t->since_ns = t->since_ns ? t->since_ns : utc_ns;
    }
    t->known = told;
    t->ever = ever;
    t->open = open;
}

void turnover_forget_run(struct turnover *t) {
    t->known = false;
}

bool turnover_churn(const struct turnover *t, int64_t utc_ns, uint64_t *count) {
    uint64_t opened = lately_within(&t->opened, utc_ns, SPAN_NS);
    uint64_t closed = lately_within(&t->closed, utc_ns, SPAN_NS);
    *count = opened < closed ? opened : closed;
    return t->since_ns && utc_ns - t->since_ns >= SPAN_NS;
}
