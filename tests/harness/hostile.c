#include "tests/harness/hostile.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum {
    RULES_MAX = 16,
    CONNECTIONS_MAX = 256,
    BODY_MAX = 8192,
    PATHS_MAX = 16,
    REQUEST_MAX = 4096,
    LINES_MAX = 256
};

struct rule {
    char path[64];
    enum hostile_play play;
    int status, delay_ms;
    bool has_body;
    char body[BODY_MAX];
    size_t size;
};

/* Lives in memory that parent and child share; the parent writes rules, the child counts. */
struct shared {
    _Atomic int version; /* odd: being changed */
    int rule_count;
    struct rule rules[RULES_MAX];
    _Atomic int total, logins;
    char lines[LINES_MAX][160]; /* path and query of the last requests, ring */
    struct {
        char path[64];
        _Atomic int count;
    } counts[PATHS_MAX];
};

struct hostile {
    pid_t pid;
    int port;
    char url[64], name[32], id[64];
    struct shared *shared;
};

struct connection {
    int fd; /* -1: free */
    char in[REQUEST_MAX];
    size_t in_len;
    char *out;
    size_t out_len, sent;
    int64_t due; /* nothing is written before */
    bool busy, trickle, endless, close_after;
};

static int64_t now_ms(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000LL + t.tv_nsec / 1000000;
}

static void now_text(char out[40]) {
    struct timespec t;
    struct tm tm;
    clock_gettime(CLOCK_REALTIME, &t);
    gmtime_r(&t.tv_sec, &tm);
    size_t n = strftime(out, 40, "%Y-%m-%dT%H:%M:%S", &tm);
    snprintf(out + n, 40 - n, ".%06ldZ", t.tv_nsec / 1000);
}

/* ---- bodies ---- */

static const struct {
    const char *path, *body;
} healthy[] = {
    {"/varz", "{\"server_id\":\"$ID\",\"server_name\":\"$NAME\",\"version\":\"2.15.2\",\"start\":\"2026-01-"
              "01T00:00:00Z\",\"now\":\"$"
              "NOW\",\"mem\":1,\"cores\":2,\"cpu\":0.5,\"connections\":1,\"in_msgs\":$N,\"out_msgs\":$N,\"in_"
              "bytes\":$N,\"out_"
              "bytes\":$N,\"in_client_msgs\":$N,\"out_client_msgs\":$N,\"in_client_bytes\":$N,\"out_client_"
              "bytes\":$N,\"cluster\":{}"
              ",\"gateway\":{},\"leaf\":{},\"jetstream\":{}}"},
    {"/healthz", "{\"status\":\"ok\"}"},
    {"/connz",
     "{\"server_id\":\"$ID\",\"now\":\"$NOW\",\"num_connections\":1,\"total\":1,\"offset\":0,\"limit\":1024,"
     "\"connections\":[{\"cid\":7,\"ip\":\"127.0.0.1\",\"port\":4000,\"pending_bytes\":0}]}"},
    {"/jsz",
     "{\"server_id\":\"$ID\",\"now\":\"$NOW\",\"streams\":0,\"consumers\":0,\"messages\":0,\"bytes\":0}"},
    {"/routez", "{\"server_id\":\"$ID\",\"now\":\"$NOW\",\"num_routes\":0,\"routes\":[]}"},
    {"/gatewayz",
     "{\"server_id\":\"$ID\",\"now\":\"$NOW\",\"outbound_gateways\":{},\"inbound_gateways\":{}}"},
    {"/leafz", "{\"server_id\":\"$ID\",\"now\":\"$NOW\",\"leafnodes\":0,\"leafs\":null}"},
    {"/subsz", "{\"server_id\":\"$ID\",\"now\":\"$NOW\",\"num_subscriptions\":3}"},
};

static const char *healthy_body(const char *path) {
    for (size_t i = 0; i < sizeof healthy / sizeof healthy[0]; i++)
        if (strcmp(healthy[i].path, path) == 0)
            return healthy[i].body;
    return NULL;
}

/* Puts the words in that begin with $. */
static char *fill(const struct hostile *h, const char *body, int n) {
    char number[16], time[40], fresh[32];
    snprintf(number, sizeof number, "%d", n);
    snprintf(fresh, sizeof fresh, "NEW%07d", n);
    now_text(time);
    const struct {
        const char *name, *value;
    } words[] = {{"$NEWID", fresh}, {"$NAME", h->name}, {"$NOW", time}, {"$ID", h->id}, {"$N", number}};
    char *out = calloc(1, strlen(body) + 4096), *o = out;
    char *end = out + strlen(body) + 4000;
    for (const char *p = body; *p != '\0' && o < end;) {
        size_t i = 0;
        while (i < 5 && strncmp(p, words[i].name, strlen(words[i].name)) != 0)
            i++;
        if (i == 5) {
            *o++ = *p++;
            continue;
        }
        o = stpncpy(o, words[i].value, (size_t)(end - o));
        p += strlen(words[i].name);
    }
    return out;
}

/* $FILL becomes as many letters as the rule's size says. */
static char *stretch(char *body, size_t size) {
    char *at = strstr(body, "$FILL");
    if (at == NULL)
        return body;
    size_t before = (size_t)(at - body), after = strlen(at + 5);
    char *out = malloc(before + size + after + 1);
    memcpy(out, body, before);
    memset(out + before, 'A', size);
    memcpy(out + before + size, at + 5, after + 1);
    free(body);
    return out;
}

/* A thousand connections again and again: quickly made, so that the other paths need not wait. */
static char *large_body(const struct hostile *h, size_t size, size_t *len) {
    enum { ROW = 600, ROWS = 1000 };
    char *rows = malloc(ROW * ROWS), *out = malloc(size + ROW * ROWS + 1024);
    size_t block = 0;
    for (int cid = 1; cid <= ROWS; cid++)
        block += (size_t)snprintf(rows + block, ROW,
                                  "{\"cid\":%d,\"kind\":\"Client\",\"ip\":\"127.0.0.1\",\"port\":%d,"
                                  "\"pending_bytes\":%d,\"name\":\"client %d\",\"padding\":\"%0300d\"},",
                                  cid, 1000 + cid, cid, cid, cid);
    size_t at = (size_t)sprintf(
        out, "{\"server_id\":\"%s\",\"now\":\"2026-01-01T00:00:00Z\",\"total\":1,\"connections\":[", h->id);
    for (; at < size; at += block)
        memcpy(out + at, rows, block);
    at += (size_t)sprintf(out + at - 1, "]}") - 1;
    free(rows);
    *len = at;
    return out;
}

static char *deep_body(size_t depth, size_t *len) {
    static const char level[5] = {'{', '"', 'a', '"', ':'};
    char *out = malloc(depth * sizeof level + 1);
    for (size_t i = 0; i < depth; i++)
        memcpy(out + i * sizeof level, level, sizeof level);
    *len = depth * 5;
    return out;
}

/* ---- one request ---- */

static const struct rule *rule_of(const struct shared *s, const char *path) {
    for (int i = 0; i < s->rule_count; i++)
        if (strcmp(s->rules[i].path, path) == 0 || strcmp(s->rules[i].path, "*") == 0)
            return &s->rules[i];
    return NULL;
}

static int count(struct shared *s, const char *path) {
    s->total++;
    for (int i = 0; i < PATHS_MAX; i++) {
        if (s->counts[i].path[0] == '\0')
            snprintf(s->counts[i].path, sizeof s->counts[i].path, "%s", path);
        if (strcmp(s->counts[i].path, path) == 0)
            return ++s->counts[i].count;
    }
    return s->total;
}

static void set_out(struct connection *c, int status, const char *body, size_t len, bool chunked) {
    char head[256];
    int n = snprintf(head, sizeof head, "HTTP/1.1 %d Whatever\r\nContent-Type: application/json\r\n", status);
    if (chunked)
        n += snprintf(head + n, sizeof head - (size_t)n, "Transfer-Encoding: chunked\r\n\r\n");
    else
        n += snprintf(head + n, sizeof head - (size_t)n, "Content-Length: %zu\r\n\r\n", len);
    c->out = malloc((size_t)n + len + 1);
    memcpy(c->out, head, (size_t)n);
    memcpy(c->out + n, body, len);
    c->out_len = (size_t)n + len;
    c->sent = 0;
}

static void play_endless(struct connection *c) {
    static const char first[] = "c\r\n{\"endless\":[\r\n";
    set_out(c, 200, first, sizeof first - 1, true);
    c->endless = true;
}

static void reset_connection(struct connection *c) {
    struct linger linger = {1, 0};
    setsockopt(c->fd, SOL_SOCKET, SO_LINGER, &linger, sizeof linger);
    close(c->fd);
    free(c->out);
    *c = (struct connection){.fd = -1};
}

static bool logged_in(const char *request, const char *wanted) {
    const char *header = strstr(request, "\r\nAuthorization: ");
    size_t n = strlen(wanted);
    return header != NULL && strncmp(header + 17, wanted, n) == 0 && strncmp(header + 17 + n, "\r\n", 2) == 0;
}

static void play_body(const struct hostile *h, struct connection *c, const struct rule *r, const char *path,
                      int n) {
    enum hostile_play play = r != NULL ? r->play : HOSTILE_ANSWER;
    const char *template = r != NULL && r->has_body ? r->body : healthy_body(path);
    int status = r != NULL && r->status != 0 ? r->status : template != NULL ? 200 : 404;
    char *body;
    size_t len = 0;
    if (play == HOSTILE_LOGIN) {
        template = healthy_body(path);
        status = logged_in(c->in, r->body) ? 200 : 401;
    }
    if (play == HOSTILE_LARGE)
        body = large_body(h, r->size, &len);
    else if (play == HOSTILE_DEEP)
        body = deep_body(r->size, &len);
    else
        body = stretch(fill(h, template != NULL ? template : "404 page not found\n", n),
                       r != NULL ? r->size : 0);
    if (len == 0)
        len = strlen(body);
    set_out(c, status, body, len, false);
    free(body);
    c->trickle = play == HOSTILE_TRICKLE;
    if (play == HOSTILE_CUT) {
        c->out_len -= len / 2;
        c->close_after = true;
    }
}

static void begin(const struct hostile *h, struct connection *c, const char *path) {
    struct rule copy = {0}, *r = NULL;
    int before;
    do { /* a consistent copy while the parent may be writing */
        before = h->shared->version;
        const struct rule *found = rule_of(h->shared, path);
        r = found != NULL ? &copy : NULL;
        if (found != NULL)
            copy = *found;
    } while (before % 2 != 0 || before != h->shared->version);
    int n = count(h->shared, path);
    c->busy = true;
    c->due = now_ms() + (r != NULL ? r->delay_ms : 0);
    if (r != NULL && r->play == HOSTILE_SILENT)
        c->due = INT64_MAX;
    else if (r != NULL && r->play == HOSTILE_RESET)
        reset_connection(c);
    else if (r != NULL && r->play == HOSTILE_ENDLESS)
        play_endless(c);
    else
        play_body(h, c, r, path, n);
}

/* ---- the loop of the child ---- */

static void drop(struct connection *c) {
    close(c->fd);
    free(c->out);
    *c = (struct connection){.fd = -1};
}

static void finished(struct connection *c) {
    static const char more[] = "8\r\n[1,2,3],\r\n";
    if (c->endless) {
        free(c->out);
        size_t n = sizeof more - 1, times = 4096;
        c->out = malloc(n * times);
        for (size_t i = 0; i < times; i++)
            memcpy(c->out + i * n, more, n);
        c->out_len = n * times;
        c->sent = 0;
        return;
    }
    if (c->close_after) {
        drop(c);
        return;
    }
    free(c->out);
    c->out = NULL;
    c->busy = c->trickle = false;
}

static void on_write(struct connection *c) {
    size_t len = c->out_len - c->sent;
    if (c->trickle) {
        len = len > 0 ? 1 : 0;
        c->due = now_ms() + 100;
    }
    ssize_t n = send(c->fd, c->out + c->sent, len, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (n < 0 && errno != EAGAIN) {
        drop(c);
        return;
    }
    if (n > 0)
        c->sent += (size_t)n;
    if (c->sent == c->out_len)
        finished(c);
}

static void on_read(const struct hostile *h, struct connection *c) {
    ssize_t n = recv(c->fd, c->in + c->in_len, sizeof c->in - 1 - c->in_len, MSG_DONTWAIT);
    if (n <= 0) {
        if (n == 0 || errno != EAGAIN)
            drop(c);
        return;
    }
    c->in_len += (size_t)n;
    c->in[c->in_len] = '\0';
    if (strstr(c->in, "\r\n\r\n") == NULL || c->busy)
        return;
    char path[64] = "";
    struct shared *s = h->shared;
    (void)sscanf(c->in, "%*s %63[^ ?]", path);
    (void)sscanf(c->in, "%*s %159[^ ]", s->lines[s->total % LINES_MAX]);
    s->logins += strstr(c->in, "\r\nAuthorization:") != NULL;
    c->in_len = 0;
    begin(h, c, path);
}

static void on_accept(const struct hostile *h, int listener, struct connection *all) {
    int fd = accept(listener, NULL, NULL);
    for (int i = 0; fd >= 0 && i < CONNECTIONS_MAX; i++) {
        struct connection *c = &all[i];
        if (c->fd >= 0)
            continue;
        *c = (struct connection){.fd = fd};
        const struct rule *r = h->shared->rule_count > 0 ? &h->shared->rules[0] : NULL;
        if (r == NULL || r->play != HOSTILE_GREET)
            return;
        c->out = strdup(r->body);
        c->out_len = strlen(c->out);
        c->busy = true;
        h->shared->total++;
        return;
    }
    if (fd >= 0)
        close(fd);
}

static short wants(const struct connection *c, int64_t now, int *wait) {
    if (c->out == NULL || c->due == INT64_MAX)
        return POLLIN;
    if (c->due <= now)
        return POLLIN | POLLOUT;
    if (c->due - now < *wait)
        *wait = (int)(c->due - now);
    return POLLIN;
}

static void serve(const struct hostile *h, int listener) {
    struct connection *all = calloc(CONNECTIONS_MAX, sizeof *all);
    struct pollfd fds[CONNECTIONS_MAX + 1];
    for (int i = 0; i < CONNECTIONS_MAX; i++)
        all[i].fd = -1;
    for (;;) {
        int64_t now = now_ms();
        int wait = 1000;
        fds[0] = (struct pollfd){.fd = listener, .events = POLLIN};
        for (int i = 0; i < CONNECTIONS_MAX; i++)
            fds[i + 1] =
                (struct pollfd){.fd = all[i].fd, .events = all[i].fd >= 0 ? wants(&all[i], now, &wait) : 0};
        if (poll(fds, CONNECTIONS_MAX + 1, wait) <= 0)
            continue;
        for (int i = 0; i < CONNECTIONS_MAX; i++) {
            if (all[i].fd >= 0 && fds[i + 1].revents & (POLLIN | POLLHUP | POLLERR))
                on_read(h, &all[i]);
            if (all[i].fd >= 0 && fds[i + 1].revents & POLLOUT)
                on_write(&all[i]);
        }
        if (fds[0].revents & POLLIN)
            on_accept(h, listener, all);
    }
}

/* ---- the parent's side ---- */

void hostile_rules(struct hostile *h, const struct hostile_rule *rules, int n) {
    struct shared *s = h->shared;
    s->version++;
    s->rule_count = n < RULES_MAX ? n : RULES_MAX;
    for (int i = 0; i < s->rule_count; i++) {
        struct rule *r = &s->rules[i];
        *r = (struct rule){.play = rules[i].play,
                           .status = rules[i].status,
                           .delay_ms = rules[i].delay_ms,
                           .has_body = rules[i].body != NULL,
                           .size = rules[i].size};
        snprintf(r->path, sizeof r->path, "%s", rules[i].path);
        snprintf(r->body, sizeof r->body, "%s", rules[i].body != NULL ? rules[i].body : "");
    }
    s->version++;
}

static int open_listener(const char *address, int *port) {
    struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons((uint16_t)*port)};
    socklen_t len = sizeof a;
    int one = 1, fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    inet_pton(AF_INET, address, &a.sin_addr);
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    if (bind(fd, (struct sockaddr *)&a, sizeof a) != 0 || listen(fd, 64) != 0 ||
        getsockname(fd, (struct sockaddr *)&a, &len) != 0) {
        fprintf(stderr, "hostile server on %s:%d: %s\n", address, *port, strerror(errno));
        close(fd);
        return -1;
    }
    *port = ntohs(a.sin_port);
    return fd;
}

struct hostile *hostile_start(const char *address, int port, const char *name,
                              const struct hostile_rule *rules, int n) {
    int listener = open_listener(address, &port);
    if (listener < 0)
        return NULL;
    struct hostile *h = calloc(1, sizeof *h);
    h->port = port;
    h->shared = mmap(NULL, sizeof *h->shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    snprintf(h->url, sizeof h->url, "http://%s:%d", address, port);
    snprintf(h->name, sizeof h->name, "%s", name);
    snprintf(h->id, sizeof h->id, "NID%s", name);
    hostile_rules(h, rules, n);
    pid_t parent = getpid();
    h->pid = fork();
    if (h->pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (getppid() != parent)
            _exit(1);
        serve(h, listener);
    }
    close(listener);
    return h;
}

int hostile_port(const struct hostile *h) {
    return h->port;
}

const char *hostile_url(const struct hostile *h) {
    return h->url;
}

int hostile_requests(const struct hostile *h, const char *path) {
    if (strcmp(path, "*") == 0)
        return h->shared->total;
    for (int i = 0; i < PATHS_MAX; i++)
        if (strcmp(h->shared->counts[i].path, path) == 0)
            return h->shared->counts[i].count;
    return 0;
}

int hostile_asked(const struct hostile *h, const char *part) {
    int n = 0;
    for (int i = 0; i < LINES_MAX; i++)
        n += strstr(h->shared->lines[i], part) != NULL;
    return n;
}

int hostile_logins(const struct hostile *h) {
    return h->shared->logins;
}

void hostile_end(struct hostile *h) {
    if (h == NULL)
        return;
    kill(h->pid, SIGKILL);
    waitpid(h->pid, NULL, 0);
    munmap(h->shared, sizeof *h->shared);
    free(h);
}
