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

static bool same_host(const char *a, const char *b) {
    static const char *const loopback[] = {"localhost", "127.0.0.1", "::1"};
    bool loops_a = false, loops_b = false;
    for (size_t i = 0; i < sizeof loopback / sizeof *loopback; i++) {
        loops_a |= strcmp(a, loopback[i]) == 0;
        loops_b |= strcmp(b, loopback[i]) == 0;
    }
    return *a && (strcmp(a, b) == 0 || (loops_a && loops_b));
}

void route_urls_put(struct model *model, struct server *server, const struct sample *sample) {
    size_t count = 0;
    for (size_t i = 0; i < sample->count && count < URLS_MAX; i++) {
        const struct row *row = sample->rows[i];
        if (row->entity != ENTITY_ROUTE_URL || !row_has(row, F_ROUTE_URL_url))
            continue;
        char address[300];
        address_of(row_text(row, F_ROUTE_URL_url), address, sizeof address);
        if (count >= server->route_url_count) {
            server->route_url_count = count + 1;
            server->route_urls = memory_grow(server->route_urls, count + 1, sizeof(const struct text *));
        }
        server->route_urls[count++] = model_text_of(model, address);
    }
    server->route_url_count = count;
}

static bool is_forgotten(const struct model *model, const struct text *address) {
    for (size_t i = 0; i < model->forgotten_count; i++) {
        if (text_same(model->forgotten[i], address))
            return true;
    }
    return false;
}

/* The distinct configured route addresses; `out` has room for URLS_MAX. */
static size_t route_addresses(const struct model *model, const struct text **out) {
    size_t count = 0;
    for (size_t i = 0; i < kind_count(model, OBJECT_SERVER); i++) {
        const struct server *server = server_of(kind_at(model, OBJECT_SERVER, i));
        for (size_t u = 0; u < server->route_url_count && count < URLS_MAX; u++) {
            const struct text *address = server->route_urls[u];
            size_t same = 0;
            while (same < count && out[same] != address)
                same++;
            if (same == count && !is_forgotten(model, address))
                out[count++] = address;
        }
    }
    return count;
}

/* ---- how many there should be ---- */

static bool counts(const struct entry *entry) {
    const struct server *server = server_const(&entry->object);
    return !entry->dead && !server->placeholder && !server->forgotten;
}

static int rows_that_count(const struct model *model) {
    int count = 0;
    for (size_t i = 0; i < kind_count(model, OBJECT_SERVER); i++)
        count += counts(kind_at(model, OBJECT_SERVER, i));
    return count;
}

int expected_servers(const struct model *model) {
    const struct text *addresses[URLS_MAX];
    int expected = model->expect;
    int rows = rows_that_count(model);
    int urls = (int)route_addresses(model, addresses) - model->forgotten_nameless;
    int peers = model->remotes_max ? (int)model->remotes_max + 1 : 0;
    expected = rows > expected ? rows : expected;
    expected = urls > expected ? urls : expected;
    return peers > expected ? peers : expected;
}

/* ---- which ones are not there ---- */

static bool routed_to(const struct model *model, const struct server *server, const char *host,
                      uint64_t port) {
    for (size_t i = 0; server->server_id && i < kind_count(model, OBJECT_ROUTE); i++) {
        const struct row *row = kind_at(model, OBJECT_ROUTE, i)->object.now;
        if (row_u64(row, F_ROUTE_port, 0) == port && row_has(row, F_ROUTE_remote_id) &&
            text_same(row_cell(row, F_ROUTE_remote_id)->s, server->server_id) &&
            same_host(row_text(row, F_ROUTE_ip), host))
            return true;
    }
    return false;
}

static bool listens_at(const struct model *model, const struct entry *entry, const char *host,
                       uint64_t port) {
    const struct server *server = server_const(&entry->object);
    const struct row *row = entry->object.now;
    char own[300] = "";
    if (server->address)
        host_of(server->address->bytes, own, sizeof own);
    uint64_t cluster_port = row ? row_u64(row, F_SERVER_cluster_port, 0) : 0;
    if (same_host(own, host) && cluster_port == port)
        return true;
    if (same_host(own, host) && server->state == SERVER_KNOWN && port_of(server->address->bytes) == port)
        return true;
    return routed_to(model, server, host, port);
}

/* Nobody else at this host could be meant: then the host alone tells. */
static bool alone_at(const struct entry *entry, const char *host, const struct text *const *addresses,
                     size_t count) {
    const struct server *server = server_const(&entry->object);
    char own[300] = "", other[300];
    if (server->address)
        host_of(server->address->bytes, own, sizeof own);
    if (!same_host(own, host))
        return false;
    int here = 0;
    for (size_t i = 0; i < count; i++) {
        host_of(addresses[i]->bytes, other, sizeof other);
        here += same_host(other, host);
    }
    return here == 1;
}

static bool is_there(const struct model *model, const struct text *address,
                     const struct text *const *addresses, size_t count) {
    char host[300];
    host_of(address->bytes, host, sizeof host);
    for (size_t i = 0; i < kind_count(model, OBJECT_SERVER); i++) {
        const struct entry *entry = kind_at(model, OBJECT_SERVER, i);
        if (!entry->dead && !server_const(&entry->object)->placeholder &&
            (listens_at(model, entry, host, port_of(address->bytes)) ||
             alone_at(entry, host, addresses, count)))
            return true;
    }
    return false;
}

/* Servers that the living ones are connected with, themselves included; -1 when no one can tell. */
static int connected_servers(const struct model *model) {
    int most = -1;
    for (size_t i = 0; i < kind_count(model, OBJECT_SERVER); i++) {
        const struct entry *entry = kind_at(model, OBJECT_SERVER, i);
        if (!entry->dead && server_is_up(server_const(&entry->object))) {
            int here = (int)row_u64(entry->object.now, F_SERVER_remotes, 0) + 1;
            most = here > most ? here : most;
        }
    }
    return most;
}

static int rows_down(const struct model *model) {
    int count = 0;
    for (size_t i = 0; i < kind_count(model, OBJECT_SERVER); i++) {
        const struct entry *entry = kind_at(model, OBJECT_SERVER, i);
        count += counts(entry) && server_const(&entry->object)->state == SERVER_DOWN;
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

static void find_missing(const struct model *model, int connected, struct missing *m) {
    const struct text *addresses[URLS_MAX];
    size_t count = route_addresses(model, addresses);
    m->count = 0;
    for (size_t i = 0; i < count; i++) {
        if (!is_there(model, addresses[i], addresses, count))
            m->addresses[m->count++] = addresses[i];
    }
    int expected = expected_servers(model);
    int without_row = expected - rows_that_count(model);
    int without_route = expected - connected - rows_down(model);
    int absent = without_row < without_route ? without_row : without_route;
    m->absent = absent < 0 ? 0 : (size_t)absent < m->count ? (size_t)absent : m->count;
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

void expected_tick(struct model *model, int64_t utc_ns) {
    struct missing missing;
    char name[1000];
    size_t have = 0;
    int connected = connected_servers(model);
    if (connected < 0)
        return; /* no one to tell: what we knew stays */
    find_missing(model, connected, &missing);
    for (size_t i = 0; i < kind_count(model, OBJECT_SERVER); i++) {
        struct entry *entry = kind_at(model, OBJECT_SERVER, i);
        if (entry->dead || !server_of(entry)->placeholder)
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
        placeholder_set(model, server_create(model, utc_ns), name, utc_ns);
    }
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
    const struct text *addresses[URLS_MAX];
    size_t count = route_addresses(model, addresses), found = 0;
    const struct server *server = server_const(&entry->object);
    for (size_t i = 0; i < count; i++) {
        char host[300];
        host_of(addresses[i]->bytes, host, sizeof host);
        bool its = server->placeholder ? server->address == addresses[i]
                                       : listens_at(model, entry, host, port_of(addresses[i]->bytes)) ||
                                             alone_at(entry, host, addresses, count);
        if (its) {
            forget_address(model, addresses[i]);
            found++;
        }
    }
    if (!found && count)
        model->forgotten_nameless++;
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
    model->remotes_max = 0; /* grows again from what the servers say next */
    if (server_is_up(server_of(entry)) || server_of(entry)->state == SERVER_KNOWN)
        server_of(entry)->forgotten = true;
    else
        server_remove(model, entry);
    model_sweep(model);
    return true;
}
