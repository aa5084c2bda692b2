#include "tui/action.h"

#include <string.h>

#include "tui/keys.h"

static int names_key(const char *names, uint32_t key) {
    while (*names) {
        char name[32];
        size_t len = strcspn(names, " ");
        if (len && len < sizeof name) {
            memcpy(name, names, len);
            name[len] = '\0';
            if (key_parse(name) == key)
                return 1;
        }
        names += len;
        names += strspn(names, " ");
    }
    return 0;
}

const struct action *action_find(const struct action_table *table, uint32_t key) {
    if (!table || !key)
        return NULL;
    for (int i = 0; i < table->count; i++)
        if (names_key(table->actions[i].keys, key))
            return &table->actions[i];
    return NULL;
}
