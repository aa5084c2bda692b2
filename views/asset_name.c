#include "views/asset_name.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"

enum { PARTS = 3, NONE = -1 };

/* Quantities that are names, and what they are made of. */
static const struct asset_naming {
    enum quantity name;
    int account, first, last;
} namings[] = {
    {Q_CONSUMER_path, Q_CONSUMER_account, Q_CONSUMER_stream_shown, Q_CONSUMER_name},
    {Q_CONSUMER_name, NONE, NONE, Q_CONSUMER_name},
    {Q_STREAM_shown, Q_STREAM_account, NONE, Q_STREAM_shown},
    {Q_STREAM_name, NONE, NONE, Q_STREAM_name},
};

static const struct asset_naming *naming_of(enum quantity q) {
    for (size_t i = 0; i < sizeof(namings) / sizeof(namings[0]); i++)
        if (namings[i].name == q)
            return &namings[i];
    return NULL;
}

/* The most columns of one part with which all of them take no more than `room`. */
static int most_of_each(const char *const *parts, int count, int room) {
    int longest = 0, most, sum = 0;
    for (int i = 0; i < count; i++) {
        int width = text_width(parts[i]);
        longest = width > longest ? width : longest;
        sum += width;
    }
    for (most = longest; most > 1 && sum > room; most--) {
        sum = 0;
        for (int i = 0; i < count; i++) {
            int width = text_width(parts[i]);
            sum += width < most - 1 ? width : most - 1;
        }
    }
    return most;
}

static void join(char *out, size_t size, const char *const *parts, int count, const char *between,
                 int width) {
    int room = width - (count - 1) * text_width(between);
    int most = width > 0 ? most_of_each(parts, count, room) : TEXT_MAX_BYTES;
    size_t len = 0;
    out[0] = '\0';
    for (int i = 0; i < count && len < size; i++) {
        char part[TEXT_MAX_BYTES + 8];
        text_cut_middle(part, sizeof(part), parts[i], most);
        len += (size_t)snprintf(out + len, size - len, "%s%s", i ? between : "", part);
    }
}

bool asset_name(char *out, size_t size, const struct model *model, const struct object *object,
                enum quantity q, bool account, int width) {
    const struct asset_naming *naming = naming_of(q);
    if (!naming)
        return false;
    account = account && naming->account != NONE;
    int sources[PARTS] = {account ? naming->account : NONE, naming->first, naming->last}, count = 0;
    const char *parts[PARTS];
    for (int i = 0; i < PARTS; i++)
        if (sources[i] != NONE)
            parts[count++] = quantity_name_text(model, object, (enum quantity)sources[i]);
    join(out, size, parts, count, account ? "/" : " / ", width);
    return true;
}

bool asset_is_internal(const struct model *model, const struct object *asset) {
    enum quantity q = asset->kind == OBJECT_STREAM ? Q_STREAM_internal : Q_CONSUMER_internal;
    struct value v = quantity_get(model, asset, q);
    return v.type == VALUE_BOOL && v.b;
}
