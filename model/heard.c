#include "model/heard.h"

#include <stdio.h>
#include <string.h>

#include "model/asset.h"
#include "model/connection.h"
#include "model/lame_duck.h"
#include "model/server.h"

#define ALIKE_NS (20 * NS_PER_S)

/* ---- whose it is ---- */

/* "ORDERS", "ORDERS / billing". Of that account where the event names one ("" not): elsewhere it is our own.
 */
static struct entry *asset_by_name(const struct model *model, bool consumer, const char *name,
                                   const char *account) {
    enum object_kind kind = consumer ? OBJECT_CONSUMER : OBJECT_STREAM;
    for (size_t i = 0; i < kind_count(model, kind); i++) {
        struct entry *entry = kind_at(model, kind, i);
        const struct row *row = entry->object.now;
        if (entry->dead || !row || strcmp(asset_called(&entry->object), name) != 0)
            continue;
        if (!*account ||
            strcmp(row_text(row, consumer ? F_CONSUMER_account : F_STREAM_account), account) == 0)
            return entry;
    }
    return NULL;
}

static struct entry *connection_meant(const struct model *model, const struct entry *server, uint64_t cid,
                                      bool closed) {
    struct row_any key;
    row_init(&key.row, ENTITY_CONNECTION);
    row_put(&key.row, F_CONNECTION_cid)->u = cid;
    return server && cid ? entry_find(model, OBJECT_CONNECTION, &server->object,
                                      closed ? server_const(&server->object)->server_id : NULL, &key.row)
                         : NULL;
}

struct meant {
    const struct object *object; /* NULL: none that we know */
    char subject[HEARD_SUBJECT_SIZE];
};

static void mean_asset(const struct model *model, const struct row *event, struct meant *m) {
    bool consumer = row_has(event, F_EVENT_consumer);
    snprintf(m->subject, sizeof m->subject, "%s%s%s", row_text(event, F_EVENT_stream), consumer ? " / " : "",
             row_text(event, F_EVENT_consumer));
    const struct entry *entry = asset_by_name(model, consumer, m->subject, row_text(event, F_EVENT_account));
    m->object = entry ? &entry->object : NULL;
}

/* By name, as whoever looks for it knows it; its page is that of its server where it is not listed. */
static void mean_client(const struct model *model, const struct entry *server, const struct row *event,
                        struct meant *m) {
    uint64_t cid = row_u64(event, F_EVENT_cid, 0);
    const struct entry *entry = connection_meant(model, server, cid, false);
    const char *name = row_text(event, F_EVENT_client);
    m->object = entry ? &entry->object : server ? &server->object : NULL;
    if (*name)
        snprintf(m->subject, sizeof m->subject, "%s", name);
    else
        snprintf(m->subject, sizeof m->subject, "cid %llu", (unsigned long long)cid);
}

static struct meant mean(const struct model *model, const struct entry *server, const struct row *event) {
    struct meant m = {.object = server ? &server->object : NULL};
    if (row_has(event, F_EVENT_stream))
        mean_asset(model, event, &m);
    else if (row_has(event, F_EVENT_cid))
        mean_client(model, server, event, &m);
    else
        snprintf(m.subject, sizeof m.subject, "%s",
                 server ? server_label(server_const(&server->object)) : row_text(event, F_EVENT_server));
    return m;
}

/* ---- what both tell ---- */

static void wait(struct model *model, const struct entry *server, const struct row *event,
                 const struct meant *m) {
    struct heard_list *list = &model->heard;
    if (list->count == HEARD_WAITING_MOST)
        return;
    struct heard_waiting *w = &list->waiting[list->count++];
    *w = (struct heard_waiting){.utc_ns = row_i64(event, F_EVENT_utc, model->utc_ns),
                                .until_mono_ns = model->mono_ns + HEARD_WAITS_S * NS_PER_S,
                                .object = m->object ? m->object->id : 0,
                                .server = server ? server->object.id : 0,
                                .cid = row_u64(event, F_EVENT_cid, 0)};
    snprintf(w->kind, sizeof w->kind, "%s", row_text(event, F_EVENT_kind));
    w->of = row_has(event, F_EVENT_consumer) ? HEARD_OF_CONSUMER
            : row_has(event, F_EVENT_stream) ? HEARD_OF_STREAM
                                             : HEARD_OF_ANOTHER;
    snprintf(w->account, sizeof w->account, "%s", row_text(event, F_EVENT_account));
    snprintf(w->subject, sizeof w->subject, "%s", m->subject);
    snprintf(w->text, sizeof w->text, "%s", row_text(event, F_EVENT_text));
}

/* One of that kind about the same, or about many at once. */
/* It may have come to be known since. */
static const struct entry *entry_meant(const struct model *model, const struct heard_waiting *w) {
    if (w->of == HEARD_OF_ANOTHER)
        return w->object ? entry_by_id(model, w->object) : NULL;
    return asset_by_name(model, w->of == HEARD_OF_CONSUMER, w->subject, w->account);
}

static bool is_told(const struct model *model, const struct heard_waiting *w, uint64_t object) {
    for (size_t i = model_event_count(model); i-- > 0;) {
        const struct event *e = model_event(model, i);
        if (e->utc_ns < w->utc_ns - ALIKE_NS)
            break;
        if (!e->heard && e->utc_ns <= w->utc_ns + ALIKE_NS && strcmp(e->kind, w->kind) == 0 &&
            (e->object == object || !e->object))
            return true;
    }
    return false;
}

/* Its record came: it is counted, and stands in the list of those that were cut. */
static bool is_recorded(const struct model *model, const struct heard_waiting *w) {
    const struct entry *server = w->server ? entry_by_id(model, w->server) : NULL;
    return connection_meant(model, server, w->cid, true) != NULL;
}

/* Who is new was first seen with the leader that it chose. */
static bool is_new(const struct entry *entry, const struct heard_waiting *w) {
    return entry && entry->object.first_utc_ns > w->utc_ns - ALIKE_NS;
}

static void settle(struct model *model, const struct heard_waiting *w) {
    const struct entry *entry = entry_meant(model, w);
    if (w->cid ? is_recorded(model, w)
               : is_told(model, w, entry ? entry->object.id : w->object) || is_new(entry, w))
        return;
    model_add_heard(model, w->utc_ns, w->kind, entry ? &entry->object : NULL, w->subject, w->text, !entry);
}

void heard_tick(struct model *model) {
    struct heard_list *list = &model->heard;
    size_t due = 0;
    while (due < list->count && list->waiting[due].until_mono_ns <= model->mono_ns)
        settle(model, &list->waiting[due++]);
    list->count -= due;
    if (due)
        memmove(list->waiting, list->waiting + due, list->count * sizeof *list->waiting);
}

/* ---- what is counted ---- */

/* Where there are too many the one that came first is forgotten. */
static struct heard_counted *counted_of(struct heard_list *list, uint64_t object) {
    for (size_t i = 0; i < list->counted_count; i++)
        if (list->counted[i].object == object)
            return &list->counted[i];
    if (list->counted_count == HEARD_COUNTED_MOST)
        memmove(list->counted, list->counted + 1, --list->counted_count * sizeof *list->counted);
    struct heard_counted *c = &list->counted[list->counted_count++];
    *c = (struct heard_counted){.object = object};
    return c;
}

static void count(struct model *model, const struct object *object, int64_t utc_ns) {
    if (object && object->kind == OBJECT_CONSUMER)
        lately_add(&counted_of(&model->heard, object->id)->given_up, utc_ns, 1);
    else
        model->heard.uncounted_utc_ns = utc_ns;
}

bool heard_given_up(const struct model *model, const struct object *consumer, int64_t span_ns,
                    uint64_t *messages, bool *least) {
    const struct heard_list *list = &model->heard;
    for (size_t i = 0; i < list->counted_count; i++) {
        if (list->counted[i].object != consumer->id)
            continue;
        *messages = lately_within(&list->counted[i].given_up, model->utc_ns, span_ns);
        *least = list->uncounted_utc_ns && model->utc_ns - list->uncounted_utc_ns <= span_ns;
        return true;
    }
    return false;
}

/* ---- what comes ---- */

void heard_put(struct model *model, struct entry *server, const struct row *event) {
    const char *how = row_text(event, F_EVENT_heard), *kind = row_text(event, F_EVENT_kind);
    int64_t utc_ns = row_i64(event, F_EVENT_utc, model->utc_ns);
    if (!server && row_has(event, F_EVENT_server_id))
        server = server_by_id(model, row_cell(event, F_EVENT_server_id)->s);
    struct meant m = mean(model, server, event);
    if (strcmp(kind, "given up") == 0)
        count(model, m.object, utc_ns);
    if (strcmp(kind, "leaving") == 0 && server)
        lame_duck_said(model, server, utc_ns);
    else if (strcmp(how, "polled") == 0 && !row_has(event, F_EVENT_count))
        wait(model, server, event, &m);
    else if (strcmp(how, "polled") != 0)
        model_add_heard(model, utc_ns, kind, m.object, m.subject, row_text(event, F_EVENT_text),
                        strcmp(how, "often") == 0);
}
