#include "collectors/discover.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/memory.h"
#include "collectors/event.h"
#include "collectors/schedule.h"

#define NAMING_LASTS    (60 * NS_PER_S) /* of somebody who says nothing any more */
#define SETTLES_WITHIN  (5 * NS_PER_S)
#define LOST_AFTER      3
#define EPHEMERAL_PORTS 32768

struct naming {
    uint64_t target; /* whose route it is */
    int64_t at;
};

struct peer {
    char remote_id[NAME_SIZE], name[NAME_SIZE], ip[NAME_SIZE];
    uint32_t hash; /* of remote_id: each of n servers names n - 1 of them, every two seconds */
    uint64_t port;
    uint64_t row_id; /* of its "known" row, 0 none */
    int64_t first_named;
    struct naming *namings;
    size_t naming_count;
    const struct target *match;
    uint32_t stranger; /* hash of the id that its address answered with, told as an event */
    char told[1000];
};

/* ---- addresses become candidates ---- */

bool discover_host_of(const char *url, char *out, size_t size) {
    const char *p = strstr(url, "://");
    p = p != NULL ? p + 3 : url;
    size_t len = *p == '[' ? strcspn(++p, "]") : strcspn(p, ":/");
    if (len == 0 || len >= size || len > 255)
        return false;
    memcpy(out, p, len);
    out[len] = '\0';
    return strcmp(out, "0.0.0.0") != 0 && strcmp(out, "::") != 0;
}

static bool url_beside(const struct target *seed, const char *host, struct url *url) {
    char text[600], problem[200];
    bool v6 = strchr(host, ':') != NULL;
    snprintf(text, sizeof text, v6 ? "%s://[%s]:%d%s" : "%s://%s:%d%s", seed->url.https ? "https" : "http",
             host, seed->url.port, seed->url.prefix);
    return url_parse(url, text, problem, sizeof problem);
}

static struct target *find_url(struct collector *c, const struct url *url) {
    for (int i = 0; i < c->target_count; i++)
        if (c->targets[i]->state != TARGET_GONE && url_same(&c->targets[i]->url, url))
            return c->targets[i];
    return NULL;
}

/* Makes room by giving up the candidate that nobody has named for the longest time, or a server that is gone.
 */
static void make_room(struct collector *c) {
    struct target *oldest = NULL;
    for (int i = 0; i < c->target_count; i++) {
        struct target *t = c->targets[i];
        bool free_to_go = (t->hidden || t->state == TARGET_GONE) && !t->lane[0].busy && !t->lane[1].busy;
        if (free_to_go && (oldest == NULL || t->named_at < oldest->named_at))
            oldest = t;
    }
    if (oldest != NULL && clock_mono_ns() - oldest->named_at > NAMING_LASTS)
        target_destroy(oldest);
    else if (!c->told_full) {
        c->told_full = true;
        collector_log(c, "more than %d addresses named: the others are not tried", TARGETS_MAX);
    }
}

static const char *check_name(const struct target *seed, const char *host) {
    if (seed->collector->options->tls_name != NULL)
        return seed->collector->options->tls_name;
    bool address = strchr(host, ':') != NULL || strspn(host, "0123456789.") == strlen(host);
    if (!address)
        return NULL;
    return seed->address.check_name[0] != '\0' ? seed->address.check_name : seed->url.host;
}

static void add_candidate(struct target *seed, const char *host, const char *origin) {
    struct collector *c = seed->collector;
    struct url url;
    if (strlen(host) > 255 || strpbrk(host, "@ /?#%\\[]") != NULL || !url_beside(seed, host, &url))
        return;
    struct target *t = find_url(c, &url);
    if (t == NULL && c->target_count == TARGETS_MAX)
        make_room(c);
    if (t == NULL)
        t = target_create(c, &url, origin, check_name(seed, host));
    if (t != NULL)
        t->named_at = clock_mono_ns();
}

void discover_hosts(struct target *t, const struct facts *f) {
    uint32_t hash = 1;
    for (size_t i = 0; i < f->host_count; i++)
        hash = hash * 31 + hash_bytes(f->hosts[i].host, strlen(f->hosts[i].host));
    if (hash == t->hosts_hash || t->hidden || !t->collector->searches)
        return;
    t->hosts_hash = hash;
    for (size_t i = 0; i < f->host_count; i++)
        add_candidate(t, f->hosts[i].host, f->hosts[i].origin);
}

/* Somebody new is named: every address is worth another try at once. */
static void try_again(struct collector *c) {
    for (int i = 0; i < c->target_count; i++)
        if (c->targets[i]->hidden) {
            c->targets[i]->backoff = 0;
            c->targets[i]->plan[EP_VARZ].due = 0;
            schedule_stir(c->targets[i]);
        }
}

/* ---- peers ---- */

static struct peer *find_peer(struct collector *c, const char *remote_id) {
    uint32_t hash = hash_bytes(remote_id, strlen(remote_id));
    for (int i = 0; i < c->peer_count; i++)
        if (c->peers[i]->hash == hash && strcmp(c->peers[i]->remote_id, remote_id) == 0)
            return c->peers[i];
    return NULL;
}

static const struct target *match(struct collector *c, struct peer *p) {
    if (p->match != NULL && p->match->state == TARGET_POLLED && target_had_id(p->match, p->remote_id))
        return p->match;
    for (int i = 0; i < c->target_count; i++)
        if (c->targets[i]->state == TARGET_POLLED && target_had_id(c->targets[i], p->remote_id))
            return c->targets[i];
    return NULL;
}

static struct peer *add_peer(struct collector *c, const struct seen_route *route) {
    if (c->peer_count == PEERS_MAX)
        return NULL;
    struct peer *p = c->peers[c->peer_count++] = memory_new(sizeof *p);
    snprintf(p->remote_id, sizeof p->remote_id, "%s", route->id);
    p->hash = hash_bytes(p->remote_id, strlen(p->remote_id));
    p->first_named = clock_mono_ns();
    p->match = match(c, p);
    if (p->match == NULL)
        try_again(c);
    return p;
}

static void remove_peer(struct collector *c, int i) {
    free(c->peers[i]->namings);
    free(c->peers[i]);
    for (c->peer_count--; i < c->peer_count; i++)
        c->peers[i] = c->peers[i + 1];
}

static void name_peer(struct peer *p, const struct target *by, const struct seen_route *route, int64_t now) {
    if (route->name[0] != '\0')
        snprintf(p->name, sizeof p->name, "%s", route->name);
    /* the end that was connected to has the port of its configuration, the other one a passing number */
    if (p->ip[0] == '\0' || (p->port >= EPHEMERAL_PORTS && route->port < EPHEMERAL_PORTS)) {
        snprintf(p->ip, sizeof p->ip, "%s", route->ip);
        p->port = route->port;
    }
    for (size_t i = 0; i < p->naming_count; i++)
        if (p->namings[i].target == by->id) {
            p->namings[i].at = now;
            return;
        }
    p->namings = memory_grow(p->namings, p->naming_count + 1, sizeof *p->namings);
    p->namings[p->naming_count++] = (struct naming){by->id, now};
}

/* Drops what `by` said before `since`, and what anybody said long ago. */
static void drop_namings(struct peer *p, const struct target *by, int64_t since, int64_t now) {
    size_t kept = 0;
    for (size_t i = 0; i < p->naming_count; i++) {
        const struct naming *n = &p->namings[i];
        bool taken_back = by != NULL && by->state != TARGET_BALANCER && n->target == by->id && n->at < since;
        if (!taken_back && now - n->at < NAMING_LASTS)
            p->namings[kept++] = *n;
    }
    p->naming_count = kept;
}

void discover_routes(struct target *t, const struct facts *f) {
    struct collector *c = t->collector;
    int64_t now = clock_mono_ns();
    for (size_t i = 0; i < f->route_count && c->searches; i++) {
        struct peer *p = find_peer(c, f->routes[i].id);
        if (p == NULL)
            p = add_peer(c, &f->routes[i]);
        if (p == NULL)
            continue;
        name_peer(p, t, &f->routes[i], now);
        if (p->match == NULL)
            add_candidate(t, p->ip, "route");
    }
    for (int i = 0; i < c->peer_count; i++)
        drop_namings(c->peers[i], t, now, now);
    c->judge = true;
}

/* ---- believing ---- */

/* A living target of the same name that has not said yet whether the new id is its own after a restart. */
static struct target *undecided_namesake(struct target *candidate, const struct peer *p) {
    struct collector *c = candidate->collector;
    for (int i = 0; i < c->target_count; i++) {
        struct target *t = c->targets[i];
        bool same = t != candidate && t->state == TARGET_POLLED && strcmp(t->name, candidate->name) == 0 &&
                    strcmp(t->cluster, candidate->cluster) == 0;
        if (same && t->varz_failures < LOST_AFTER && t->varz_asked <= p->first_named)
            return t;
    }
    return NULL;
}

/* The server moved: whoever was found under its name and is silent is not looked for there any more. */
static void retire_namesakes(struct target *moved) {
    struct collector *c = moved->collector;
    for (int i = 0; i < c->target_count; i++) {
        struct target *t = c->targets[i];
        if (t != moved && !t->named && t->state == TARGET_POLLED && t->varz_failures >= LOST_AFTER &&
            strcmp(t->name, moved->name) == 0 && strcmp(t->cluster, moved->cluster) == 0)
            target_set(t, TARGET_GONE, "it is at %s now", moved->base);
    }
}

bool discover_believe(struct target *t) {
    struct collector *c = t->collector;
    struct peer *p = find_peer(c, t->server_id);
    if (p == NULL || p->naming_count == 0 || target_by_id(c, t->server_id, t) != NULL)
        return false;
    struct target *namesake = undecided_namesake(t, p);
    if (namesake != NULL) {
        schedule_ask(namesake, EP_VARZ);
        return false;
    }
    bool takes_row = p->row_id != 0;
    if (takes_row) {
        t->id = p->row_id;
        p->row_id = 0;
    }
    t->hidden = false;
    retire_namesakes(t);
    target_set(t, TARGET_POLLED, "%s", "");
    schedule_adopt(t);
    if (takes_row) /* the answer at hand carries the number that the candidate had */
        schedule_ask(t, EP_VARZ);
    c->judge = true;
    return !takes_row;
}

/* ---- judging ---- */

/* Has everybody who could be this peer been asked since it was named? */
static bool settled(struct collector *c, const struct peer *p, int64_t now) {
    if (now - p->first_named > SETTLES_WITHIN)
        return true;
    for (int i = 0; i < c->target_count; i++) {
        const struct target *t = c->targets[i];
        if (t->state <= TARGET_POLLED && t->varz_asked <= p->first_named)
            return false;
    }
    return true;
}

/* A named URL at that very address that never answered: most likely this peer, which then has its row. One
 * that refuses is not: whoever has routes runs. */
static bool has_silent_row(struct collector *c, const struct peer *p) {
    for (int i = 0; i < c->target_count; i++) {
        const struct target *t = c->targets[i];
        if (t->named && t->state == TARGET_PROBING && t->failure != FAILURE_REFUSED &&
            strcmp(t->url.host, p->ip) == 0)
            return true;
    }
    return false;
}

/* The target at its address that answers as somebody else, NULL when there is none: `out` says why either
 * way. */
static const struct target *reason_of(struct collector *c, const struct peer *p, char *out, size_t size) {
    snprintf(out, size, "nobody says where its monitoring port is");
    for (int i = 0; i < c->target_count; i++) {
        const struct target *t = c->targets[i];
        if (strcmp(t->url.host, p->ip) != 0 || t->state == TARGET_GONE)
            continue;
        const char *open = t->url.v6 ? "[" : "", *close = t->url.v6 ? "]" : "";
        if (t->server_id[0] != '\0' && t->failure == FAILURE_NONE) {
            snprintf(out, size, "another server answers at %s%s%s:%d; name this one's own URL", open, p->ip,
                     close, t->url.port);
            return t;
        }
        if (t->failure != FAILURE_NONE)
            snprintf(out, size, "its monitoring port does not answer at %s%s%s:%d: %s", open, p->ip, close,
                     t->url.port, failure_name(t->failure));
    }
    return NULL;
}

/* Behind the address of a peer is somebody whom no route names and whom we don't ask elsewhere. */
static void tell_stranger(struct collector *c, struct peer *p, const struct target *t) {
    if (!t->hidden || find_peer(c, t->server_id) != NULL || target_by_id(c, t->server_id, t) != NULL)
        return;
    uint32_t hash = hash_bytes(t->server_id, strlen(t->server_id));
    if (hash == p->stranger)
        return;
    p->stranger = hash;
    event_tell(c, NULL, "identity", "%.80s answers as %.60s (%.30s), not as %.30s, the peer at that address",
               t->base, t->server_id, t->name, p->name[0] != '\0' ? p->name : p->remote_id);
}

static void tell_peer(struct collector *c, const struct peer *p, const char *state, const char *reason) {
    char address[NAME_SIZE + 16];
    bool v6 = strchr(p->ip, ':') != NULL;
    snprintf(address, sizeof address, v6 ? "[%s]:%u" : "%s:%u", p->ip, (unsigned)p->port);
    target_frame(c,
                 &(struct target_words){p->row_id, address, "route", state, reason, p->remote_id, p->name});
}

static void tell_known(struct collector *c, struct peer *p, bool always) {
    char reason[400];
    const struct target *other = reason_of(c, p, reason, sizeof reason);
    if (other != NULL)
        tell_stranger(c, p, other);
    bool fresh = p->row_id == 0;
    if (fresh)
        p->row_id = ++c->last_id;
    char words[sizeof p->told];
    snprintf(words, sizeof words, "%s\n%s\n%s:%u", reason, p->name, p->ip, (unsigned)p->port);
    if (!fresh && !always && strcmp(words, p->told) == 0)
        return;
    memcpy(p->told, words, sizeof words);
    tell_peer(c, p, target_state_name(TARGET_KNOWN), reason);
}

static void tell_gone(struct collector *c, struct peer *p, const char *reason) {
    if (p->row_id != 0)
        tell_peer(c, p, target_state_name(TARGET_GONE), reason);
    p->row_id = 0;
}

/* false: the peer is no more. */
static bool judge(struct collector *c, struct peer *p, int64_t now) {
    drop_namings(p, NULL, 0, now);
    p->match = match(c, p);
    if (p->match != NULL) {
        char reason[640];
        snprintf(reason, sizeof reason, "it is asked at %s", p->match->base);
        tell_gone(c, p, reason);
        return p->naming_count > 0;
    }
    if (p->naming_count == 0) {
        tell_gone(c, p, "its route is gone");
        return false;
    }
    c->unmatched++;
    if (!settled(c, p, now))
        c->unsettled++;
    else if (!has_silent_row(c, p))
        tell_known(c, p, false);
    return true;
}

void discover_judge(struct collector *c) {
    int64_t now = clock_mono_ns();
    bool searched = c->unmatched > 0;
    c->judge = false;
    c->unmatched = c->unsettled = 0;
    for (int i = c->peer_count - 1; i >= 0; i--)
        if (!judge(c, c->peers[i], now))
            remove_peer(c, i);
    for (int i = 0; i < c->target_count && searched != (c->unmatched > 0); i++)
        schedule_stir(c->targets[i]); /* candidates are asked while somebody is searched for */
}

void discover_tell(struct collector *c) {
    for (int i = 0; i < c->peer_count; i++)
        if (c->peers[i]->row_id != 0)
            tell_known(c, c->peers[i], true);
}

void discover_forget(const struct target *t) {
    struct collector *c = t->collector;
    for (int i = 0; i < c->peer_count; i++)
        if (c->peers[i]->match == t)
            c->peers[i]->match = NULL;
}

void discover_close(struct collector *c) {
    while (c->peer_count > 0)
        remove_peer(c, c->peer_count - 1);
}
