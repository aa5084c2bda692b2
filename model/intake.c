#include "model/intake.h"

#include <string.h>

#include "base/clock.h"
#include "model/lag.h"

#define STEPS 2 /* of its age a mark may be away from the next */

/* A mark goes when those beside it tell nearly as much; else the first one does. */
static void make_room(struct intake *in) {
    int64_t now = in->marks[in->count - 1].moment;
    unsigned kept = 1;
    for (unsigned i = 1; i < in->count; i++) {
        bool last = i + 1 == in->count;
        if (last ||
            in->marks[i + 1].moment - in->marks[kept - 1].moment > (now - in->marks[i + 1].moment) / STEPS)
            in->marks[kept++] = in->marks[i];
    }
    if (kept == INTAKE_MARKS)
        memmove(in->marks, in->marks + 1, --kept * sizeof *in->marks);
    in->count = kept;
}

/* What was there then may go without being delivered. */
static bool is_counted_otherwise(const struct row *row) {
    return strcmp(row_text(row, F_CONSUMER_deliver_policy), "last_per_subject") == 0;
}

void intake_put(struct intake *in, const struct object *consumer, int64_t moment) {
    const struct row *row = consumer->now;
    double lag;
    if (!lag_of(consumer, &lag) || !row_has(row, F_CONSUMER_delivered_consumer_seq) ||
        is_counted_otherwise(row)) {
        intake_forget(in);
        return;
    }
    uint64_t came = row_u64(row, F_CONSUMER_delivered_consumer_seq, 0) + row_u64(row, F_CONSUMER_pending, 0);
    bool fell =
        in->count && (came < in->marks[in->count - 1].came || moment <= in->marks[in->count - 1].moment);
    if (lag == 0 || fell)
        intake_forget(in);
    in->repeated |= row_u64(row, F_CONSUMER_redelivered, 1) > 0;
    if (in->count == INTAKE_MARKS)
        make_room(in);
    in->marks[in->count++] = (struct intake_mark){came, moment};
}

void intake_forget(struct intake *in) {
    in->count = 0;
    in->repeated = false;
}

struct intake_span intake_oldest(const struct intake *in, const struct row *row) {
    struct intake_span span = {TIME_UNSET, TIME_UNSET, TIME_UNSET};
    bool none = strcmp(row_text(row, F_CONSUMER_ack_policy), "none") == 0;
    enum field done = none ? F_CONSUMER_delivered_consumer_seq : F_CONSUMER_ack_floor_consumer_seq;
    uint64_t its = row_u64(row, done, UINT64_MAX - 1) + 1;
    unsigned i = 0;
    while (i < in->count && in->marks[i].came < its)
        i++;
    if (i == in->count)
        return span;
    const struct intake_mark *to = &in->marks[i], *from = i ? to - 1 : NULL;
    span.to_ns = to->moment;
    if (!from || in->repeated)
        return span;
    double part = (double)(its - from->came) / (double)(to->came - from->came);
    span.from_ns = from->moment;
    span.guess_ns = from->moment + (int64_t)(part * (double)(to->moment - from->moment));
    return span;
}
