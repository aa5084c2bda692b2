#include "base/state_folder.h"

#include <stdio.h>
#include <stdlib.h>

bool state_folder(char *out, size_t size) {
    static const struct {
        const char *variable, *rest;
    } places[] = {{"XDG_STATE_HOME", "/natsight"}, {"HOME", "/.local/state/natsight"}};
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        const char *value = getenv(places[i].variable);
        if (value == NULL || value[0] != '/')
            continue;
        if ((size_t)snprintf(out, size, "%s%s", value, places[i].rest) < size)
            return true;
        break;
    }
    out[0] = '\0';
    return false;
}
