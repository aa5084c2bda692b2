#include "model/reason.h"

#include <stddef.h>
#include <string.h>

static const struct reason reasons[] = {
#define REASON(SAID, GROUP, BRIEF) {SAID, BRIEF, REASON_##GROUP},
#include "model/reasons.def"
};

static const char *const names[REASON_GROUP_COUNT] = {
    [REASON_SLOW] = "slow",         [REASON_ORDINARY] = "ordinary", [REASON_LIVENESS] = "liveness",
    [REASON_AUTH] = "auth",         [REASON_TLS] = "tls",           [REASON_LIMIT] = "limit",
    [REASON_PROTOCOL] = "protocol", [REASON_TOPOLOGY] = "topology", [REASON_OTHER] = "other",
};

struct reason reason_of(const char *said) {
    for (size_t i = 0; i < sizeof reasons / sizeof *reasons; i++) {
        if (strcmp(reasons[i].said, said) == 0)
            return reasons[i];
    }
    return (struct reason){said, said, REASON_OTHER};
}

const char *reason_group_name(enum reason_group group) {
    return names[group];
}
