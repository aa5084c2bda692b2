/* What a client's last cuts have in common. */
#include "model/client.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MIDDLE_OF  16 /* of the last lives */
#define NODES_OF   64
#define NODES_MOST 8

static int by_size(const void *a, const void *b) {
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

static int64_t lived_of(const struct client_cut *cut) {
    return cut->start_ns == TIME_UNSET ? -1 : cut->stop_ns - cut->start_ns;
}

static int64_t back_of(const struct client_cut *cut) {
    return cut->back_ns;
}

static int64_t pending_of(const struct client_cut *cut) {
    return cut->pending;
}

/* What is less than nothing is not known. */
static int64_t middle(const struct client *client, int64_t (*figure)(const struct client_cut *cut)) {
    int64_t figures[MIDDLE_OF];
    size_t count = 0;
    for (size_t i = client->count; i-- > 0 && count < MIDDLE_OF;) {
        figures[count] = figure(&client->items[i]);
        count += figures[count] >= 0;
    }
    if (!count)
        return -1;
    qsort(figures, count, sizeof *figures, by_size);
    return figures[count / 2];
}

int64_t client_lived(const struct client *client) {
    return client->crowded ? -1 : middle(client, lived_of);
}

int64_t client_back_after(const struct client *client) {
    return client->crowded ? -1 : middle(client, back_of);
}

int64_t client_pending(const struct client *client) {
    return middle(client, pending_of);
}

bool client_cuts_within(const struct client *client, int64_t utc_ns, int64_t span_ns, bool alone,
                        uint64_t *cuts) {
    size_t i = client->count;
    *cuts = 0;
    for (; i > 0 && utc_ns - client->items[i - 1].stop_ns <= span_ns; i--)
        *cuts += !(alone && client->items[i - 1].in_crowd);
    return !i && client->cuts > client->count;
}

bool client_was_cut_at(const struct client *client, uint64_t server, int64_t since_ns) {
    for (size_t i = client->count; i-- > 0 && client->items[i].stop_ns >= since_ns;) {
        if (client->items[i].server == server)
            return true;
    }
    return false;
}

static const struct text *node_of(const struct client_cut *cut) {
    return cut->node;
}

static const struct text *host_of(const struct client_cut *cut) {
    return cut->host;
}

/* The distinct ones of the last cuts, so many at most, in order of the first. */
static size_t distinct(const struct client *client, const struct text *(*what)(const struct client_cut *cut),
                       const struct text *out[NODES_MOST]) {
    size_t count = 0;
    for (size_t i = client->count > NODES_OF ? client->count - NODES_OF : 0; i < client->count; i++) {
        const struct text *text = what(&client->items[i]);
        size_t at = 0;
        while (at < count && !text_same(out[at], text))
            at++;
        if (at == count && text && count < NODES_MOST)
            out[count++] = text;
    }
    return count;
}

size_t client_nodes(const struct client *client, char *out, size_t size) {
    const struct text *nodes[NODES_MOST];
    size_t count = distinct(client, node_of, nodes), len = 0;
    for (size_t i = 0; out && i < count && len < size; i++)
        len += (size_t)snprintf(out + len, size - len, "%s%s", i ? " " : "", nodes[i]->bytes);
    return count;
}

size_t client_hosts(const struct client *client) {
    const struct text *hosts[NODES_MOST];
    return distinct(client, host_of, hosts);
}
