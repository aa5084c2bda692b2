#include "model/round_trip.h"

#include <string.h>

#include "base/memory.h"

#define SOON (600 * NS_PER_S) /* leaf nodes are asked each two minutes, routes and gateways more often */

/* Two that are alike to the microsecond don't happen; 0 stands for not measured yet. */
void round_trip_seen(struct entry *link, enum field rtt) {
    if (!link->object.extra)
        link->object.extra = memory_new(sizeof(struct round_trip));
    struct round_trip *trip = link->object.extra;
    int64_t ns = row_i64(link->object.now, rtt, 0), mono_ns = link->object.now_at.mono_ns;
    if (link->rows <= 1) /* of this run of its server */
        trip->count = 0;
    if (ns <= 0 || (trip->count && ns == trip->ns[0]))
        return;
    if (mono_ns - trip->mono_ns > SOON)
        trip->count = 0;
    memmove(trip->ns + 1, trip->ns, sizeof *trip->ns * (ROUND_TRIPS - 1));
    trip->ns[0] = ns;
    trip->count += trip->count < ROUND_TRIPS;
    trip->mono_ns = mono_ns;
}

int64_t round_trip_lasting(const struct model *model, const struct object *link) {
    const struct round_trip *trip = link->extra;
    if (!trip || trip->count < ROUND_TRIPS || model->mono_ns - trip->mono_ns > SOON)
        return -1;
    int64_t least = trip->ns[0];
    for (int i = 1; i < ROUND_TRIPS; i++)
        least = trip->ns[i] < least ? trip->ns[i] : least;
    return least;
}
