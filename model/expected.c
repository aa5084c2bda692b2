#include "model/server.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

#define URLS_MAX 1024 /* route addresses that count; a hostile configuration has more */

/* ---- addresses ---- */

void address_of(const char *url, char *out, size_t size) {
    const char *scheme = strstr(url, "://");
    const char *from = scheme ? scheme + 3 : url;
    size_t len = strcspn(from, "/?#");
    for (size_t i = len; i-- > 0;) {
        if (from[i] == '@') {
            from += i + 1;
            len -= i + 1;
            break;
        }
    }
    snprintf(out, size, "%.*s", (int)len, from);
}

void host_of(const char *address, char *out, size_t size) {
    const char *bracket = *address == '[' ? strchr(address, ']') : NULL;
    const char *colon = strrchr(bracket ? bracket : address, ':');
    size_t len = colon ? (size_t)(colon - address) : strlen(address);
    if (bracket) {
        address++;
        len = (size_t)(bracket - address);
    }
    snprintf(out, size, "%.*s", (int)len, address);
    for (char *p = out; *p; p++)
        *p = (char)tolower((unsigned char)*p);
}

static uint64_t port_of(const char *address) {
    const char *colon = strrchr(address, ':');
    return colon ? strtoull(colon + 1, NULL, 10) : 0;
}

/* Hosts compare by their names; those of this machine are one. */
static const char *one_name(const char *host) {
    return strcmp(host, "localhost") == 0 || strcmp(host, "::1") == 0 ? "127.0.0.1" : host;
}

static bool same_host(const char *a, const char *b) {
    return *a && strcmp(one_name(a), one_name(b)) == 0;
}

void route_urls_put(struct model *model, struct entry *entry, const struct sample *sample) {
    struct server *server = server_of(entry);
    size_t count = 0;
    bool changed = false;
    for (size_t i = 0; i < sample->count && count < URLS_MAX; i++) {
        const struct row *row = sample->rows[i];
        if (row->entity != ENTITY_ROUTE_URL || !row_has(row, F_ROUTE_URL_url))
            continue;
        char address[300];
        address_of(row_text(row, F_ROUTE_URL_url), address, sizeof address);
        const struct text *text = model_text_of(model, address);
        if (count >= server->route_url_count) {
            server->route_url_count = count + 1;
            server->route_urls = memory_grow(server->route_urls, count + 1, sizeof(const struct text *));
            server->route_urls[count] = NULL;
        }
        changed |= server->route_urls[count] != text;
        server->route_urls[count++] = text;
    }
    changed |= count != server->route_url_count;
    server->route_url_count = count;
    if (changed)
        route_addresses_changed(model, cluster_at(entry));
}

static bool is_forgotten(const struct model *model, const struct text *address) {
    for (size_t i = 0; i < model->forgotten_count; i++) {
        if (text_same(model->forgotten[i], address))
            return true;
    }
    return false;
}

#define SEEN_SLOTS (4 * URLS_MAX) /* a power of two */

struct addresses { /* the distinct configured ones */
    const struct text *items[URLS_MAX], *seen[SEEN_SLOTS];
    size_t count, seen_count;
};

static bool is_new(struct addresses *addresses, const struct text *address) {
    size_t at = address->hash & (SEEN_SLOTS - 1);
    for (; addresses->seen[at]; at = (at + 1) & (SEEN_SLOTS - 1)) {
        if (addresses->seen[at] == address)
            return false;
    }
    if (addresses->seen_count < SEEN_SLOTS / 2) {
        addresses->seen_count++;
        addresses->seen[at] = address;
    }
    return true;
}

static void route_addresses(const struct model *model, const struct entry *cluster, struct addresses *out) {
    memset(out, 0, sizeof *out);
    for (size_t i = 0; i < kind_count(model, OBJECT_SERVER); i++) {
        const struct entry *entry = kind_at(model, OBJECT_SERVER, i);
        const struct server *server = server_const(&entry->object);
        if (entry->dead || cluster_at(entry) != cluster)
            continue;
        for (size_t u = 0; u < server->route_url_count && out->count < URLS_MAX; u++) {
            const struct text *address = server->route_urls[u];
            if (is_new(out, address) && !is_forgotten(model, address))
                out->items[out->count++] = address;
        }
    }
}

void route_addresses_changed(struct model *model, const struct entry *cluster) {
    struct addresses addresses;
    route_addresses(model, cluster, &addresses);
    cluster_of(&cluster->object)->route_addresses = (int)addresses.count;
}

/* ---- how many there should be ---- */

static bool counts(const struct entry *entry, const struct entry *cluster) {
    const struct server *server = server_const(&entry->object);
    return !entry->dead && cluster_at(entry) == cluster && !server->placeholder && !server->forgotten;
}

static int rows_that_count(const struct model *model, const struct entry *cluster) {
    int count = 0;
    for (size_t i = 0; i < kind_count(model, OBJECT_SERVER); i++)
        count += counts(kind_at(model, OBJECT_SERVER, i), cluster);
    return count;
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

#define NO_PLACE (-1)

struct place { /* where a configured address leads to, and whether somebody is there */
    const struct text *address;
    char host[300];
    uint64_t port;
    bool taken;
    int next; /* in its bucket */
};

struct places {
    struct place items[URLS_MAX];
    int first[URLS_MAX]; /* by host */
    size_t count;
};

static int *bucket_of(struct places *places, const char *host) {
    return &places->first[hash_bytes(host, strlen(host)) % URLS_MAX];
}

static struct places *places_create(const struct model *model, const struct entry *cluster) {
    struct addresses addresses;
    struct places *places = memory_new(sizeof *places);
    route_addresses(model, cluster, &addresses);
    for (size_t i = 0; i < URLS_MAX; i++)
        places->first[i] = NO_PLACE;
    for (size_t i = 0; i < addresses.count; i++) {
        struct place *place = &places->items[places->count++];
        char host[300];
        host_of(addresses.items[i]->bytes, host, sizeof host);
        snprintf(place->host, sizeof place->host, "%s", one_name(host));
        place->address = addresses.items[i];
        place->port = port_of(place->address->bytes);
        int *first = bucket_of(places, place->host);
        place->next = *first;
        *first = (int)i;
    }
    return places;
}

static struct place *next_at(struct places *places, const char *host, int i) {
    while (i != NO_PLACE && strcmp(places->items[i].host, host) != 0)
        i = places->items[i].next;
    return i == NO_PLACE ? NULL : &places->items[i];
}

/* By its own address: cluster port, monitoring port of one that is known alone, or nobody else could be meant
 * by this host. */
static void take_own_places(struct places *places, const struct entry *entry) {
    const struct server *server = server_const(&entry->object);
    char own[300] = "";
    if (server->address)
        host_of(server->address->bytes, own, sizeof own);
    if (!*own)
        return;
    const char *host = one_name(own);
    uint64_t cluster_port = entry->object.now ? row_u64(entry->object.now, F_SERVER_cluster_port, 0) : 0;
    uint64_t known_port = server->state == SERVER_KNOWN ? port_of(server->address->bytes) : cluster_port;
    struct place *first = next_at(places, host, *bucket_of(places, host)), *second = NULL;
    for (struct place *p = first; p; p = next_at(places, host, p->next)) {
        second = p != first ? p : NULL;
        p->taken |= p->port == cluster_port || p->port == known_port;
    }
    if (first && !second)
        first->taken = true;
}

/* By the routes that lead there: what is at their other end runs. `only` NULL: any living server. */
static void take_routed_places(const struct model *model, const struct entry *cluster, struct places *places,
                               const struct entry *only) {
    for (size_t i = 0; i < kind_count(model, OBJECT_ROUTE); i++) {
        const struct object *route = &kind_at(model, OBJECT_ROUTE, i)->object;
        const struct row *row = route->now;
        if (route->parent->parent != &cluster->object)
            continue;
        const char *host = one_name(row_text(row, F_ROUTE_ip));
        if (!*host || !row_has(row, F_ROUTE_remote_id))
            continue;
        struct place *p = next_at(places, host, *bucket_of(places, host));
        for (; p; p = next_at(places, host, p->next)) {
            if (p->taken || p->port != row_u64(row, F_ROUTE_port, 0))
                continue;
            const struct text *id = row_cell(row, F_ROUTE_remote_id)->s;
            const struct entry *peer = only ? only : server_by_id(model, id);
            p->taken = peer && text_same(server_const(&peer->object)->server_id, id);
        }
    }
}

static size_t vacant_places(const struct places *places) {
    size_t count = 0;
    for (size_t i = 0; i < places->count; i++)
        count += !places->items[i].taken;
    return count;
}

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
    return count;
}

struct missing { /* route addresses that nobody seems to listen at, and how many servers are behind them */
    const struct text *addresses[URLS_MAX];
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

static void placeholder_set(struct model *model, struct entry *entry, const char *name, int64_t utc_ns) {
    struct server *server = server_of(entry);
    if (!server->address || strcmp(server->address->bytes, name) != 0) {
        server->address = model_text_of(model, name);
        entry->dirty = true;
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
    size_t placeholders = 0;
    for (size_t i = 0; i < kind_count(model, OBJECT_SERVER); i++) {
        const struct entry *entry = kind_at(model, OBJECT_SERVER, i);
        placeholders +=
            !entry->dead && cluster_at(entry) == cluster && server_const(&entry->object)->placeholder;
    }
    if (connected >= 0 && count_missing(model, cluster, connected) != placeholders)
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

/* ---- scale-down ---- */

static void forget_address(struct model *model, const struct text *address) {
    model->forgotten = memory_grow(model->forgotten, model->forgotten_count + 1, sizeof(const struct text *));
    model->forgotten[model->forgotten_count++] = address;
}

static void forget_addresses(struct model *model, const struct entry *entry) {
    const struct entry *cluster = cluster_at(entry);
    struct places *places = places_create(model, cluster);
    const struct server *server = server_const(&entry->object);
    size_t found = 0;
    for (size_t i = 0; server->placeholder && i < places->count; i++)
        places->items[i].taken = text_same(server->address, places->items[i].address);
    if (!server->placeholder) {
        take_own_places(places, entry);
        take_routed_places(model, cluster, places, entry);
    }
    for (size_t i = 0; i < places->count; i++) {
        if (places->items[i].taken) {
            forget_address(model, places->items[i].address);
            found++;
        }
    }
    if (!found && places->count)
        cluster_of(&cluster->object)->forgotten_nameless++;
    free(places);
    route_addresses_changed(model, cluster);
}

static struct entry *find_called(const struct model *model, const char *name) {
    struct entry *found = NULL;
    for (size_t i = 0; i < kind_count(model, OBJECT_SERVER); i++) {
        struct entry *entry = kind_at(model, OBJECT_SERVER, i);
        const struct server *server = server_of(entry);
        if (!entry->dead &&
            (strcmp(server_label(server), name) == 0 ||
             (server->address && strcmp(server->address->bytes, name) == 0) ||
             (server->url && strcmp(server->url->bytes, name) == 0)) &&
            (!found || !server_is_up(server)))
            found = entry;
    }
    return found;
}

bool model_forget(struct model *model, const char *name) {
    struct entry *entry = find_called(model, name);
    if (!entry)
        return false;
    if (!server_of(entry)->forgotten)
        forget_addresses(model, entry);
    cluster_of(entry->object.parent)->remotes_max = 0; /* grows again from what the servers say next */
    if (server_is_up(server_of(entry)) || server_of(entry)->state == SERVER_KNOWN)
        server_of(entry)->forgotten = true;
    else
        server_remove(model, entry);
    clusters_settle(model);
    model_sweep(model);
    return true;
}
