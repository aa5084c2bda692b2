/* Why a connection is as it is: rules in words, the surest first. */
#include "views/slow_parts.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "model/sentence.h"

#define COUNT(a) ((int)(sizeof(a) / sizeof((a)[0])))

enum { LINES_MOST = 5 };

/* It holds where the quantity is that word, "" where it is known at all. What {is not known} is left out. */
static const struct why {
    enum quantity quantity;
    const char *word, *text, *sure;
} whys[] = {
    {Q_CONNECTION_next, "", "{next}", "by the server's rules"},
    {Q_CONNECTION_unheld, "", "nobody is held: {unheld}", "by what is counted"},
    {Q_CONNECTION_reason_brief, "pending bytes",
     "more would have waited than max_pending allows, {pending_bytes} were[ ({pending_share})]", "certain"},
    {Q_CONNECTION_reason_brief, "write deadline", "one write to it took longer than write_deadline",
     "certain"},
    {Q_CONNECTION_lingers, "", "{lingers}", "seen"},
    {Q_CONNECTION_likely, "stopped",
     "stopped[, or reads less than {reads_most}/s]: nothing left its buffer at three polls, and should have",
     "likely"},
    {Q_CONNECTION_likely, "slow reader",
     "slow reader: less leaves than comes[, it takes {drain}/s][ of {feed}/s]", "likely"},
    {Q_CONNECTION_likely, "burst", "burst: it was sent many times the usual[, and takes {drain}/s]",
     "likely"},
    {Q_CONNECTION_fed_by, "", "who feeds it: {fed_by}", "inferred"},
};

static bool holds(const struct model *model, const struct object *connection, const struct why *why) {
    const char *text = quantity_name_text(model, connection, why->quantity);
    return *text && (!*why->word || strcmp(text, why->word) == 0);
}

struct lines {
    struct surface *s; /* NULL: they are counted */
    struct rect area;
    int count;
};

static void say(struct lines *l, const char *text, const char *sure) {
    char cut[1100], tail[60];
    int y = l->area.y + l->count, x = l->area.x + 2;
    if (l->count >= LINES_MOST || l->count >= l->area.h)
        return;
    l->count++;
    if (!l->s)
        return;
    snprintf(tail, sizeof(tail), "  [%s]", sure);
    text_cut(cut, sizeof(cut), text, l->area.w - 5 - text_width(tail));
    x += surface_printf(l->s, l->area, x, y, ROLE_MUTED, 0, "%d ", l->count);
    x += surface_text(l->s, l->area, x, y, ROLE_TEXT, 0, cut);
    surface_text(l->s, l->area, x, y, ROLE_MUTED, 0, tail);
}

int slow_why_draw(const struct view_context *context, const struct object *connection, struct surface *s,
                  struct rect area) {
    struct lines lines = {s, area, 0};
    char text[600];
    for (int i = 0; i < COUNT(whys); i++) {
        if (!holds(context->model, connection, &whys[i]))
            continue;
        sentence_make(context->model, connection, whys[i].text, NULL, NULL, text, sizeof(text));
        say(&lines, text, whys[i].sure);
    }
    const struct object *client = slow_client_of(context->model, connection);
    if (client)
        say(&lines, quantity_name_text(context->model, client, Q_CLIENT_pattern), "seen");
    return lines.count;
}
