#include "model/places.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/address.h"

#define WHO_WITHIN (5 * NS_PER_S) /* routes are listed after they are counted */

/* ---- how many there should be ---- */

static bool counts(const struct entry *entry, const struct entry *cluster) {
    const struct server *server = server_const(&entry->object);
    return !entry->dead && cluster_at(entry) == cluster && !server->placeholder && !server->forgotten;
}

/* A URL that was given to us and refuses. */
static bool is_closed(const struct entry *entry, const struct entry *cluster) {
    const struct server *server = server_const(&entry->object);
    return counts(entry, cluster) && !server->reached && !server->name && server->address &&
           server->state == SERVER_DOWN && server->failure == FAILURE_REFUSED;
}

static bool is_peer(const struct entry *entry, const struct entry *cluster) {
    const struct server *server = server_const(&entry->object);
    return counts(entry, cluster) && server->address && server->state == SERVER_KNOWN;
}

static bool are_at_one_host(const struct entry *a, const struct entry *b) {
    char host[300], other[300];
    host_of(server_const(&a->object)->address->bytes, host, sizeof host);
    host_of(server_const(&b->object)->address->bytes, other, sizeof other);
    return same_host(host, other);
}

/* Such a URL, and a peer at its host that nobody knows where to ask: one server without a monitoring port,
 * and two rows. How many of these there are. */
static int rows_beside(const struct model *model, const struct entry *cluster) {
    int count = 0;
    for (size_t i = 0; i < kind_count(model, OBJECT_SERVER); i++) {
        const struct entry *url = kind_at(model, OBJECT_SERVER, i);
        int peers = 0;
        if (!is_closed(url, cluster))
            continue;
        for (size_t k = 0; k < kind_count(model, OBJECT_SERVER); k++) {
            const struct entry *other = kind_at(model, OBJECT_SERVER, k);
            if (is_peer(other, cluster))
                peers += are_at_one_host(url, other);
            else if (k < i && is_closed(other, cluster))
                peers -= are_at_one_host(url, other);
        }
        count += peers > 0;
    }
    return count;
}

static int rows_that_count(const struct model *model, const struct entry *cluster) {
    int count = 0;
    for (size_t i = 0; i < kind_count(model, OBJECT_SERVER); i++)
        count += counts(kind_at(model, OBJECT_SERVER, i), cluster);
    return count - rows_beside(model, cluster);
}

static int by_own_signs(const struct model *model, const struct entry *entry) {
    const struct cluster *cluster = cluster_of(&entry->object);
    int expected = rows_that_count(model, entry);
    int urls = cluster->route_addresses - cluster->forgotten_nameless;
    int peers = cluster->remotes_max ? (int)cluster->remotes_max + 1 : 0;
    expected = urls > expected ? urls : expected;
    return peers > expected ? peers : expected;
}

/* What --expect says is of all clusters together; who of these is nowhere to be seen is missed in the first.
 */
int expected_servers(const struct model *model, const struct entry *cluster) {
    int expected = by_own_signs(model, cluster), told = model->expect;
    if (cluster != model->cluster || expected >= told)
        return expected;
    for (size_t i = 0; i < kind_count(model, OBJECT_CLUSTER); i++) {
        const struct entry *other = kind_at(model, OBJECT_CLUSTER, i);
        told -= other != cluster && !other->dead ? by_own_signs(model, other) : 0;
    }
    return told > expected ? told : expected;
}

/* ---- which ones are not there ---- */

/* Servers that the living ones are connected with, themselves included; -1 when no one can tell. */
static int connected_servers(const struct model *model, const struct entry *cluster) {
    int most = -1;
    for (size_t i = 0; i < kind_count(model, OBJECT_SERVER); i++) {
        const struct entry *entry = kind_at(model, OBJECT_SERVER, i);
        if (!entry->dead && cluster_at(entry) == cluster && server_is_up(server_const(&entry->object))) {
            int here = (int)row_u64(entry->object.now, F_SERVER_remotes, 0) + 1;
            most = here > most ? here : most;
        }
    }
    return most;
}

static int rows_down(const struct model *model, const struct entry *cluster) {
    int count = 0;
    for (size_t i = 0; i < kind_count(model, OBJECT_SERVER); i++) {
        const struct entry *entry = kind_at(model, OBJECT_SERVER, i);
        count += counts(entry, cluster) && server_const(&entry->object)->state == SERVER_DOWN;
    }
    return count - rows_beside(model, cluster);
}

struct missing { /* route addresses that nobody seems to listen at, and how many servers are behind them */
    const struct text *addresses[PLACES_MAX];
    size_t count, absent;
};

/* What to call one: its address, or all that it could be when there are more of these than missing servers.
 */
static void name_missing(const struct missing *m, size_t i, char *out, size_t size) {
    size_t used = 0;
    out[0] = '\0';
    if (m->count <= m->absent && i < m->count) {
        snprintf(out, size, "%s", m->addresses[i]->bytes);
        return;
    }
    for (size_t u = 0; u < m->count && u < 3 && used < size; u++)
        used += (size_t)snprintf(out + used, size - used, "%s%s", u ? " or " : "", m->addresses[u]->bytes);
    if (m->count > 3 && used < size)
        snprintf(out + used, size - used, " or %zu more", m->count - 3);
}

/* How many are missing is counted first: while nobody is, nobody has to be looked for. */
static size_t count_missing(const struct model *model, const struct entry *cluster, int connected) {
    int expected = expected_servers(model, cluster);
    int without_row = expected - rows_that_count(model, cluster);
    int without_route = expected - connected - rows_down(model, cluster);
    int absent = without_row < without_route ? without_row : without_route;
    return absent < 0 ? 0 : (size_t)absent;
}

static void name_vacant(const struct model *model, const struct entry *cluster, struct missing *m) {
    struct places *places = places_create(model, cluster);
    for (size_t i = 0; i < kind_count(model, OBJECT_SERVER); i++) {
        const struct entry *entry = kind_at(model, OBJECT_SERVER, i);
        if (!entry->dead && cluster_at(entry) == cluster && !server_const(&entry->object)->placeholder)
            take_own_places(places, entry);
    }
    if (vacant_places(places))
        take_routed_places(model, cluster, places, NULL);
    for (size_t i = 0; i < places->count; i++) {
        if (!places->items[i].taken)
            m->addresses[m->count++] = places->items[i].address;
    }
    free(places);
}

static void find_missing(const struct model *model, const struct entry *cluster, int connected,
                         struct missing *m) {
    m->count = 0;
    m->absent = count_missing(model, cluster, connected);
    if (m->absent)
        name_vacant(model, cluster, m);
    m->absent = m->absent < m->count ? m->absent : m->count;
}

static bool is_first_of(const char *place, const struct text *address) {
    return strncmp(place, address->bytes, address->len) == 0 &&
           (place[address->len] == '\0' || place[address->len] == ' ');
}

bool expected_is_there(const struct model *model, const struct entry *cluster, const char *place) {
    int connected = connected_servers(model, cluster);
    if (connected < 0 || connected < expected_servers(model, cluster) || rows_down(model, cluster))
        return false;
    struct places *places = places_create(model, cluster);
    bool configured = false;
    for (size_t i = 0; i < places->count; i++)
        configured |= is_first_of(place, places->items[i].address);
    free(places);
    return configured;
}

static void placeholder_set(struct model *model, struct entry *entry, const char *name, int64_t utc_ns) {
    struct server *server = server_of(entry);
    if (!server->address || strcmp(server->address->bytes, name) != 0) {
        server->address = model_text_of(model, name);
        server->supposed[0] = '\0';
    }
    server->placeholder = true;
    snprintf(server->reason, sizeof server->reason, "no server has a route to it");
    server_set_state(model, entry, SERVER_DOWN, utc_ns);
}

static void placeholder_add(struct model *model, struct entry *cluster, const char *name, int64_t utc_ns) {
    struct entry *entry = server_create(model, utc_ns);
    cluster_place(model, entry, cluster);
    placeholder_set(model, entry, name, utc_ns);
}

/* A URL that never answered and counts to the first cluster, because no one knows better. */
static bool is_stray(const struct entry *entry) {
    const struct server *server = server_const(&entry->object);
    return !entry->dead && !server->placed && !server->placeholder && server->state == SERVER_DOWN &&
           server->address;
}

static bool is_missing_at(const struct missing *missing, const struct text *address) {
    char host[300], other[300];
    host_of(address->bytes, host, sizeof host);
    for (size_t i = 0; i < missing->count; i++) {
        host_of(missing->addresses[i]->bytes, other, sizeof other);
        if (same_host(host, other))
            return true;
    }
    return false;
}

/* Silent URLs at a host where this cluster misses somebody are who is missed; how many of them there were. */
static size_t claim_strays(struct model *model, struct entry *cluster, const struct missing *missing) {
    size_t claimed = 0;
    for (size_t i = 0; i < kind_count(model, OBJECT_SERVER) && claimed < missing->absent; i++) {
        struct entry *entry = kind_at(model, OBJECT_SERVER, i);
        if (cluster_at(entry) == cluster || !is_stray(entry) ||
            !is_missing_at(missing, server_of(entry)->address))
            continue;
        cluster_place(model, entry, cluster);
        claimed++;
    }
    return claimed;
}

static size_t count_placeholders(const struct model *model, const struct entry *cluster) {
    size_t count = 0;
    for (size_t i = 0; i < kind_count(model, OBJECT_SERVER); i++) {
        const struct entry *entry = kind_at(model, OBJECT_SERVER, i);
        count += !entry->dead && cluster_at(entry) == cluster && server_const(&entry->object)->placeholder;
    }
    return count;
}

/* Fewer are missed, and not known yet who is back: whose row is taken away then may be another's, whose
 * trouble would end, and begin anew under another row. */
static bool is_who_awaited(const struct model *model, struct entry *cluster, const struct missing *missing) {
    int64_t *back = &cluster_of(&cluster->object)->some_back_mono_ns;
    size_t rows = count_placeholders(model, cluster);
    bool open = missing->absent && missing->absent < rows && missing->count >= rows;
    *back = !open ? 0 : *back ? *back : model->mono_ns;
    return open && model->mono_ns - *back < WHO_WITHIN;
}

/* Who was missed before is called as before, whoever else is missed by now. */
static void keep_names(const struct model *model, const struct entry *cluster, struct missing *missing) {
    size_t at = 0;
    for (size_t i = 0; i < kind_count(model, OBJECT_SERVER) && at < missing->count; i++) {
        const struct entry *entry = kind_at(model, OBJECT_SERVER, i);
        const struct server *server = server_const(&entry->object);
        if (entry->dead || cluster_at(entry) != cluster || !server->placeholder)
            continue;
        for (size_t k = at; k < missing->count; k++) {
            const struct text *address = missing->addresses[k];
            if (!text_same(address, server->address))
                continue;
            missing->addresses[k] = missing->addresses[at];
            missing->addresses[at] = address;
        }
        at++;
    }
}

static void look_for_missing(struct model *model, struct entry *cluster, int64_t utc_ns) {
    struct missing missing;
    char name[1000];
    size_t have = 0;
    int connected = connected_servers(model, cluster);
    if (connected < 0)
        return; /* no one to tell: what we knew stays */
    find_missing(model, cluster, connected, &missing);
    if (claim_strays(model, cluster, &missing))
        find_missing(model, cluster, connected, &missing);
    if (is_who_awaited(model, cluster, &missing))
        return;
    if (missing.count <= missing.absent)
        keep_names(model, cluster, &missing);
    for (size_t i = 0; i < kind_count(model, OBJECT_SERVER); i++) {
        struct entry *entry = kind_at(model, OBJECT_SERVER, i);
        if (entry->dead || cluster_at(entry) != cluster || !server_of(entry)->placeholder)
            continue;
        if (have < missing.absent) {
            name_missing(&missing, have++, name, sizeof name);
            placeholder_set(model, entry, name, utc_ns);
        } else {
            server_remove(model, entry);
        }
    }
    while (have < missing.absent) {
        name_missing(&missing, have++, name, sizeof name);
        placeholder_add(model, cluster, name, utc_ns);
    }
}

void expected_tick(struct model *model, int64_t utc_ns) {
    for (size_t i = 0; i < kind_count(model, OBJECT_CLUSTER); i++) {
        if (!kind_at(model, OBJECT_CLUSTER, i)->dead)
            look_for_missing(model, kind_at(model, OBJECT_CLUSTER, i), utc_ns);
    }
}

void expected_answered(struct model *model, struct entry *cluster, int64_t utc_ns) {
    int connected = connected_servers(model, cluster);
    if (connected >= 0 && count_missing(model, cluster, connected) != count_placeholders(model, cluster))
        look_for_missing(model, cluster, utc_ns);
}

/* One that stands for a server at this host, else the first. */
struct entry *placeholder_take(struct model *model, const char *host) {
    struct entry *first = NULL;
    for (size_t i = 0; i < kind_count(model, OBJECT_SERVER); i++) {
        struct entry *entry = kind_at(model, OBJECT_SERVER, i);
        char own[300];
        if (entry->dead || !server_of(entry)->placeholder)
            continue;
        host_of(server_of(entry)->address->bytes, own, sizeof own);
        if (same_host(own, host))
            return entry;
        first = first ? first : entry;
    }
    return first;
}
