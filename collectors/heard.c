#include "collectors/heard.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/memory.h"
#include "collectors/decode.h"
#include "collectors/event.h"
#include "collectors/heard_text.h"
#include "collectors/schedule.h"

#define WINDOW_FIRST NS_PER_S
#define WINDOW_MOST  (60 * NS_PER_S)
#define SHARE        5 /* dear questions are asked so many times as often as their cost allows, at most */

enum how { HOW_TOLD, HOW_POLLED, HOW_OFTEN };
enum asks { ASKS_NOTHING, ASKS_CLIENTS, ASKS_LIFE, ASKS_ASSETS };

static const struct row_of_table {
    const char *subject, *reason, *kind;
    enum how how;
    enum asks asks;
    const char *sentence, *more;
} table[] = {
#define HEARD(SUBJECT, REASON, KIND, HOW, ASKS, SENTENCE, MORE)                                              \
    {SUBJECT, REASON, KIND, HOW_##HOW, ASKS_##ASKS, SENTENCE, MORE},
#include "collectors/advisories.def"
};
#define ROWS ((int)(sizeof table / sizeof *table))

static const char *const listened[] = {
#define LISTEN(SUBJECT) SUBJECT,
#include "collectors/advisories.def"
};
_Static_assert(sizeof listened / sizeof *listened <= LINE_SUBJECTS_MAX, "each has its place in the line");

static const char *const how_names[] = {[HOW_TOLD] = "told", [HOW_POLLED] = "polled", [HOW_OFTEN] = "often"};

/* Of one row of the table. */
struct window {
    int64_t until_ns, span_ns; /* mono */
    unsigned told;
    uint64_t more;
};

struct heard {
    struct collector *collector;
    struct decoder *decoder;
    struct loop_source *timer;
    struct window windows[ROWS + 1]; /* the last one of those that were missed */
    const char *subject;
};

/* ---- what is asked at once ---- */

static const struct question {
    enum asks asks;
    enum endpoint_index endpoint;
    int64_t gap_ns;
} questions[] = {
    {ASKS_CLIENTS, EP_VARZ, NS_PER_S / 4}, {ASKS_CLIENTS, EP_CONNZ_CLOSED, NS_PER_S},
    {ASKS_LIFE, EP_VARZ, NS_PER_S / 4},    {ASKS_LIFE, EP_HEALTHZ, NS_PER_S},
    {ASKS_ASSETS, EP_JSZ, NS_PER_S},       {ASKS_ASSETS, EP_API, NS_PER_S},
};

static void ask(struct target *t, const struct question *q) {
    struct plan *p = &t->plan[q->endpoint];
    int64_t gap = p->interval / SHARE > q->gap_ns ? p->interval / SHARE : q->gap_ns;
    int64_t due = p->last_asked > 0 ? p->last_asked + gap : 0;
    if (!p->active || due >= p->due)
        return;
    p->due = due;
    schedule_stir(t);
}

static struct target *target_meant(const struct collector *c, const struct row *event) {
    const char *id = row_text(event, F_EVENT_server_id), *leader = row_text(event, F_EVENT_leader);
    for (int i = 0; i < c->target_count; i++)
        if ((id[0] != '\0' && strcmp(c->targets[i]->asked_id, id) == 0) ||
            (leader[0] != '\0' && strcmp(c->targets[i]->name, leader) == 0))
            return c->targets[i];
    return NULL;
}

static void ask_at_once(const struct collector *c, enum asks asks, struct target *meant) {
    for (size_t k = 0; k < sizeof questions / sizeof *questions; k++)
        for (int i = 0; i < c->target_count && questions[k].asks == asks; i++)
            if (meant == NULL || c->targets[i] == meant)
                ask(c->targets[i], &questions[k]);
}

/* ---- what is told ---- */

static void tell(struct heard *h, struct row *event, const struct row_of_table *row, const char *text) {
    struct collector *c = h->collector;
    row_put(event, F_EVENT_utc)->i = clock_utc_ns();
    collector_put(c, event, F_EVENT_kind, row->kind);
    collector_put(c, event, F_EVENT_heard, how_names[row->how]);
    collector_put(c, event, F_EVENT_text, text);
    outbox_row(c->outbox, FRAME_EVENT, event);
}

static void send_number(struct heard *h, const struct row_of_table *row, uint64_t more) {
    struct row_any any;
    char text[200];
    collector_row(h->collector, &any.row, ENTITY_EVENT);
    row_put(&any.row, F_EVENT_count)->u = more;
    snprintf(text, sizeof text, "%llu %s", (unsigned long long)more, row->more);
    tell(h, &any.row, row, text);
}

/* The end of a window in which more came than was told: the next one is longer. */
static void end_window(struct heard *h, int i) {
    struct window *w = &h->windows[i];
    if (w->more > 0 && i == ROWS)
        event_tell(h->collector, NULL, "gap", "%llu events came faster than they are read, and are not told",
                   (unsigned long long)w->more);
    else if (w->more > 0)
        send_number(h, &table[i], w->more);
    w->span_ns = w->more == 0 || w->span_ns == 0 ? WINDOW_FIRST
                 : w->span_ns * 2 < WINDOW_MOST  ? w->span_ns * 2
                                                 : WINDOW_MOST;
    w->until_ns = 0;
    w->told = 0;
    w->more = 0;
}

static void end_windows(struct heard *h, int64_t now) {
    int64_t next = INT64_MAX;
    for (int i = 0; i <= ROWS; i++) {
        struct window *w = &h->windows[i];
        if (w->until_ns > 0 && w->until_ns <= now)
            end_window(h, i);
        if (w->until_ns > 0 && w->until_ns < next)
            next = w->until_ns;
    }
    loop_timer_set(h->timer, next);
}

static struct window *open_window(struct heard *h, int i) {
    struct window *w = &h->windows[i];
    int64_t now = clock_mono_ns();
    if (w->until_ns > 0 && w->until_ns <= now)
        end_window(h, i);
    if (w->until_ns == 0) {
        w->span_ns = w->span_ns > 0 ? w->span_ns : WINDOW_FIRST;
        w->until_ns = now + w->span_ns;
        end_windows(h, now);
    }
    return w;
}

static bool may_tell(struct heard *h, int i) {
    struct window *w = open_window(h, i);
    if (w->told < HEARD_AT_ONCE) {
        w->told++;
        return true;
    }
    w->more += table[i].more[0] != '\0';
    return false;
}

static int row_for(const char *subject, const struct row *event) {
    const char *reason = row_text(event, F_EVENT_reason);
    for (int i = 0; i < ROWS; i++)
        if (subject_fits(subject, table[i].subject) &&
            strncmp(reason, table[i].reason, strlen(table[i].reason)) == 0)
            return i;
    return -1;
}

/* Who says that it ends says nothing else: its id stands in the subject. */
static void take_id(struct heard *h, struct row *event) {
    static const char before[] = "$SYS.SERVER.";
    char id[NAME_SIZE];
    if (row_has(event, F_EVENT_server_id) || strncmp(h->subject, before, sizeof before - 1) != 0)
        return;
    const char *from = h->subject + sizeof before - 1;
    snprintf(id, sizeof id, "%.*s", (int)strcspn(from, "."), from);
    collector_put(h->collector, event, F_EVENT_server_id, id);
}

static void on_row(void *data, const struct row *row) {
    struct heard *h = data;
    struct row_any any;
    char text[TEXT_MAX_BYTES + 1];
    if (row->entity != ENTITY_EVENT)
        return;
    collector_row(h->collector, &any.row, ENTITY_EVENT);
    row_copy(&any.row, row);
    take_id(h, &any.row);
    int i = row_for(h->subject, &any.row);
    if (i < 0)
        return;
    struct target *t = target_meant(h->collector, &any.row);
    ask_at_once(h->collector, table[i].asks, t);
    if (table[i].kind[0] == '\0' || !may_tell(h, i))
        return;
    if (t != NULL && !t->hidden && row_has(&any.row, F_EVENT_server_id))
        row_put(&any.row, F_EVENT_target)->u = t->id;
    heard_text(&any.row, table[i].sentence, text, sizeof text);
    tell(h, &any.row, &table[i], text);
}

void heard_take(struct heard *h, const char *subject, const char *data, size_t len) {
    char why[100];
    h->subject = subject;
    decoder_start(h->decoder, SHAPE_HEARD, NULL, on_row, h);
    if (decoder_feed(h->decoder, data, len))
        decoder_finish(h->decoder, why, sizeof why);
}

void heard_missed(struct heard *h, uint64_t messages) {
    open_window(h, ROWS)->more += messages;
}

void heard_listen(struct line *line) {
    for (size_t i = 0; i < sizeof listened / sizeof *listened; i++)
        line_listen(line, listened[i]);
}

static void on_timer(struct loop *loop, void *data) {
    (void)loop;
    end_windows(data, clock_mono_ns());
}

struct heard *heard_create(struct collector *c) {
    struct heard *h = memory_new(sizeof *h);
    h->collector = c;
    h->decoder = decoder_create();
    h->timer = loop_add_timer(c->loop, INT64_MAX, on_timer, h);
    return h;
}

void heard_destroy(struct heard *h) {
    loop_remove(h->timer);
    decoder_destroy(h->decoder);
    free(h);
}
