#include "base/version.h"

#ifndef NATSIGHT_VERSION
#define NATSIGHT_VERSION "0.1.0"
#endif
#ifndef NATSIGHT_COMMIT
#define NATSIGHT_COMMIT "unknown"
#endif

const char *version_text(void) {
    return NATSIGHT_VERSION;
}

const char *version_commit(void) {
    return NATSIGHT_COMMIT;
}
