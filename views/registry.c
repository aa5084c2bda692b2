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
