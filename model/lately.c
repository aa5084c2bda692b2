#include "model/lately.h"

#include "base/clock.h"

#define SLOT_NS (10 * NS_PER_S)

static uint32_t *slot_of(struct lately *lately, int64_t number) {
    return &lately->counts[number % LATELY_SLOTS];
}

void lately_add(struct lately *lately, int64_t utc_ns, uint64_t count) {
    int64_t number = utc_ns / SLOT_NS;
    if (!count || number <= 0 || number <= lately->newest - LATELY_SLOTS)
        return;
    for (int i = 0; lately->newest < number && i < LATELY_SLOTS; i++)
        *slot_of(lately, number - i) = number - i > lately->newest ? 0 : *slot_of(lately, number - i);
    lately->newest = number > lately->newest ? number : lately->newest;
    uint32_t *slot = slot_of(lately, number);
    *slot = count > UINT32_MAX - *slot ? UINT32_MAX : *slot + (uint32_t)count;
}

static int64_t first_of(const struct lately *lately, int64_t utc_ns, int64_t span_ns) {
    int64_t first = (utc_ns - span_ns) / SLOT_NS, oldest = lately->newest - LATELY_SLOTS + 1;
    return first > oldest ? first : oldest;
}

uint64_t lately_within(const struct lately *lately, int64_t utc_ns, int64_t span_ns) {
    uint64_t sum = 0;
    for (int64_t n = first_of(lately, utc_ns, span_ns); lately->newest && n <= lately->newest; n++)
        sum += lately->counts[n % LATELY_SLOTS];
    return sum;
}

uint64_t lately_take(struct lately *lately, int64_t utc_ns, int64_t span_ns, uint64_t count) {
    uint64_t taken = 0;
    for (int64_t n = first_of(lately, utc_ns, span_ns); lately->newest && n <= lately->newest; n++) {
        uint32_t *slot = slot_of(lately, n);
        uint32_t some = *slot < count - taken ? *slot : (uint32_t)(count - taken);
        *slot -= some;
        taken += some;
    }
    return taken;
}
