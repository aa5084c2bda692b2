#include "model/burst.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "model/client.h"

#define MANY   5
#define WITHIN (1 * NS_PER_S)
#define LOOKED BURST_TOLD_NS   /* back from the last cut: what is told of now may have come before we did */
#define NEAR   (10 * NS_PER_S) /* who is cut so shortly before or after belongs to them */
#define AGAIN  (60 * NS_PER_S) /* who of them is cut again so soon */

struct cut {
    int64_t stop_ns; /* of the server's clock: the spans between cuts are exact */
    int64_t mono_ns; /* ours, which nobody moves */
    uint64_t connection;
    struct client *client; /* NULL: not known */
    uint64_t who;          /* the client; of a crowd that can't be told apart the connection */
    size_t number;         /* the same of the same who */
    bool in_crowd;
};

static int by_time(const void *a, const void *b) {
    const struct cut *x = a, *y = b;
    return (x->stop_ns > y->stop_ns) - (x->stop_ns < y->stop_ns);
}

static int by_who(const void *a, const void *b) {
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

static struct cut cut_of(const struct model *model, const struct closed_record *record) {
    struct cut cut = {
        .stop_ns = record->stop_ns, .mono_ns = record->mono_ns, .connection = record->id, .who = record->id};
    const struct object *connection = model_object(model, record->id);
    const struct object *client = connection ? client_of(model, connection) : NULL;
    cut.client = client ? client->extra : NULL;
    if (client && !cut.client->crowded)
        cut.who = client->id;
    return cut;
}

/* Gives each client a number, the same to all cuts of it. */
static void number_clients(struct cut *cuts, size_t count, uint64_t *known) {
    size_t clients = 0;
    for (size_t i = 0; i < count; i++)
        known[i] = cuts[i].who;
    qsort(known, count, sizeof *known, by_who);
    for (size_t i = 0; i < count; i++)
        if (!i || known[i] != known[i - 1])
            known[clients++] = known[i];
    for (size_t i = 0; i < count; i++) {
        const uint64_t *at = bsearch(&cuts[i].who, known, clients, sizeof *known, by_who);
        cuts[i].number = (size_t)(at - known);
    }
}

static void note(struct burst *burst, uint64_t clients, int64_t at_mono_ns) {
    bool follows = burst->clients && at_mono_ns - burst->at_mono_ns <= BURST_TOLD_NS;
    if (!follows || clients > burst->clients)
        burst->clients = clients;
    if (!follows || at_mono_ns > burst->at_mono_ns)
        burst->at_mono_ns = at_mono_ns;
}

/* ---- what belongs to them ---- */

static size_t place_of(const struct cut *cut) {
    size_t i = cut->client->count;
    while (i > 0 && cut->client->items[i - 1].connection != cut->connection)
        i--;
    return i;
}

/* It was one of them not long before, and they are still spoken of. */
static bool is_cut_again(const struct burst *burst, const struct cut *cut, size_t place) {
    const struct client_cut *items = cut->client->items, *this = &items[place - 1];
    if (cut->mono_ns < burst->at_mono_ns || cut->mono_ns - burst->at_mono_ns > BURST_TOLD_NS)
        return false;
    for (size_t i = place - 1; i-- > 0 && this->stop_ns - items[i].stop_ns <= AGAIN;)
        if (items[i].in_crowd && items[i].server == this->server)
            return true;
    return false;
}

/* Those near them, where these are in order of time. */
static void spread(struct cut *cuts, size_t count) {
    int64_t before = INT64_MIN, after = INT64_MAX;
    bool *near = memory_array(count + 1, sizeof *near);
    for (size_t i = 0; i < count; i++) {
        before = cuts[i].in_crowd ? cuts[i].stop_ns : before;
        near[i] = before != INT64_MIN && cuts[i].stop_ns - before <= NEAR;
    }
    for (size_t i = count; i-- > 0;) {
        after = cuts[i].in_crowd ? cuts[i].stop_ns : after;
        near[i] |= after != INT64_MAX && after - cuts[i].stop_ns <= NEAR;
    }
    for (size_t i = 0; i < count; i++)
        cuts[i].in_crowd = near[i];
    free(near);
}

static void mark(const struct burst *burst, struct cut *cuts, size_t count) {
    spread(cuts, count);
    for (size_t i = 0; i < count; i++) {
        size_t place = cuts[i].client ? place_of(&cuts[i]) : 0;
        if (place && (cuts[i].in_crowd || is_cut_again(burst, &cuts[i], place)))
            cuts[i].client->items[place - 1].in_crowd = true;
    }
}

/* Each second that begins with a cut. `held` is zero before and after: cuts in it of each client. */
static void look_through(struct burst *burst, struct cut *cuts, size_t count, uint64_t *held) {
    size_t clients = 0, marked = 0, first = 0, over = 0; /* they began with the first, until `over` */
    for (size_t i = 0, end = 0; i < count; i++) {
        for (; end < count && cuts[end].stop_ns - cuts[i].stop_ns <= WITHIN; end++)
            clients += !held[cuts[end].number]++;
        if (clients >= MANY) {
            for (size_t c = marked > i ? marked : i; c < end; c++)
                cuts[c].in_crowd = true;
            marked = end;
            first = i < over ? first : i;
            over = i < over ? over : end;
            note(burst, clients, cuts[first].mono_ns);
        }
        clients -= !--held[cuts[i].number];
    }
}

static void judge(const struct model *model, struct entry *entry) {
    struct server *server = server_of(entry);
    const struct closed_queue *queue = &server->closing.kept[CLOSED_CUT];
    int64_t last = INT64_MIN;
    size_t count = 0;
    if (server->burst.looked == server->closing.cut)
        return;
    server->burst.looked = server->closing.cut;
    struct cut *cuts = memory_array(queue->count + 1, sizeof *cuts);
    uint64_t *room = memory_array(queue->count + 1, sizeof *room);
    for (size_t i = 0; i < queue->count; i++)
        last = queue->items[queue->first + i].mono_ns > last ? queue->items[queue->first + i].mono_ns : last;
    for (size_t i = 0; i < queue->count; i++) {
        const struct closed_record *record = &queue->items[queue->first + i];
        if (last - record->mono_ns <= LOOKED)
            cuts[count++] = cut_of(model, record);
    }
    number_clients(cuts, count, room);
    qsort(cuts, count, sizeof *cuts, by_time);
    memset(room, 0, count * sizeof *room);
    look_through(&server->burst, cuts, count, room);
    mark(&server->burst, cuts, count);
    free(cuts);
    free(room);
}

void bursts_tick(struct model *model) {
    for (size_t i = 0; i < kind_count(model, OBJECT_SERVER); i++) {
        struct entry *entry = kind_at(model, OBJECT_SERVER, i);
        if (!entry->dead)
            judge(model, entry);
    }
}
