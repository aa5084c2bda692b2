#include "views/view.h"

#include <string.h>
#include <strings.h>

#define VIEW(symbol) extern const struct view_ops view_##symbol;
#include "views/views.def"
#undef VIEW

const struct view_ops *const views[] = {
#define VIEW(symbol) &view_##symbol,
#include "views/views.def"
#undef VIEW
};
const int view_count = sizeof(views) / sizeof(views[0]);

enum action_id view_action(const struct view_ops *view) {
    for (int id = ACTION_NONE + 1; id < ACTION_COUNT; id++)
        if (key_infos[id].contexts & CONTEXT_ALWAYS && strcmp(key_infos[id].name, view->name) == 0)
            return (enum action_id)id;
    return ACTION_NONE;
}

const struct view_ops *view_by_name(const char *name) {
    const struct view_ops *prefix = NULL;
    size_t len = strlen(name);
    int fits = 0;
    for (int i = 0; i < view_count; i++) {
        if (strcasecmp(views[i]->name, name) == 0)
            return views[i];
        if (len > 0 && strncasecmp(views[i]->name, name, len) == 0) {
            prefix = views[i];
            fits++;
        }
    }
    return fits == 1 ? prefix : NULL;
}

bool view_list_at(int index, struct view_list *out) {
    for (int v = 0; v < view_count; v++)
        for (const struct view_list_row *row = views[v]->lists; row && row->name; row++)
            if (index-- == 0) {
                *out = (struct view_list){views[v], v, *row};
                return true;
            }
    return false;
}
