#include "tests/harness/servers.h"

#include "tests/harness/http_get.h"
#include "tests/harness/ports.h"
#include "tests/harness/relay.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { READY_MS = 20000, TRIES = 4, TAIL = 1500 };

int64_t servers_now_ms(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000LL + t.tv_nsec / 1000000;
}

static void pause_ms(int ms) {
    nanosleep(&(struct timespec){.tv_nsec = ms * 1000000L}, NULL);
}

static const char *or_else(const char *text, const char *otherwise) {
    return text ? text : otherwise;
}

static bool owned(const struct servers *s) {
    if (s->folder.owner == getpid())
        return true;
    fprintf(stderr, "servers: only the process that started them may stop or start them\n");
    return false;
}

static bool has(const struct servers *s, int node) {
    return node >= 0 && node < s->n;
}

static void name_address(struct server *node, int last, const int *ports, const struct servers_options *o) {
    node->client_port = ports[0];
    node->monitor_port = ports[1];
    node->route_port = ports[2];
    snprintf(node->http, sizeof node->http, "http%s://127.0.0.%d:%d%.32s", o->https ? "s" : "", last,
             ports[1], or_else(o->base_path, ""));
    snprintf(node->url, sizeof node->url, "nats://127.0.0.%d:%d", last, ports[0]);
}

static bool choose_ports(struct servers *s) {
    const char *addresses[SERVERS_MAX];
    int ports[3 * SERVERS_MAX];
    bool shared = s->options.addresses;
    for (int i = 0; i < s->n; i++) {
        addresses[i] = s->node[i].address;
        snprintf(s->node[i].address, sizeof s->node[i].address, "127.0.0.%d", shared ? 11 + i : 1);
    }
    if (!ports_free(addresses, shared ? s->n : 1, ports, shared ? 3 : 3 * s->n))
        return false;
    for (int i = 0; i < s->n; i++)
        name_address(&s->node[i], shared ? 11 + i : 1, shared ? ports : ports + 3 * i, &s->options);
    return true;
}

static void name_paths(struct servers *s) {
    char folder[sizeof s->folder.path], name[32];
    memcpy(folder, s->folder.path, sizeof folder);
    for (int i = 0; i < s->n; i++) {
        struct server *node = &s->node[i];
        snprintf(name, sizeof name, "%.16s%d", or_else(s->options.prefix, "n"), i + 1);
        snprintf(node->name, sizeof node->name, "%s", name);
        snprintf(node->config, sizeof node->config, "%s/%s.conf", folder, name);
        snprintf(node->log, sizeof node->log, "%s/%s.log", folder, name);
        snprintf(node->store, sizeof node->store, "%s/%s", folder, name);
    }
}

static void write_cluster(FILE *out, const struct servers *s, const struct server *node) {
    fprintf(out, "cluster {\n  name: \"%s\"\n  listen: \"%s:%d\"\n  routes: [\n",
            or_else(s->options.cluster, "test"), node->address, node->route_port);
    for (int i = 0; i < s->n; i++)
        if (&s->node[i] != node)
            fprintf(out, "    \"nats-route://%s:%d\"\n", s->node[i].address,
                    s->relay ? relay_port(s->relay, (int)(node - s->node) * s->n + i)
                             : s->node[i].route_port);
    fprintf(out, "  ]\n");
    if (s->relay) /* what others would hear of it goes nowhere: a cut is not gone round */
        fprintf(out, "  advertise: \"127.0.0.1:9\"\n");
    fprintf(out, "}\n");
}

static bool start_relay(struct servers *s) {
    int targets[RELAY_LINKS];
    if (!s->options.relayed)
        return true;
    for (int i = 0; i < s->n * s->n && i < RELAY_LINKS; i++)
        targets[i] = s->node[i % s->n].route_port;
    relay_end(s->relay);
    s->relay = relay_start(targets, s->n * s->n);
    return s->relay != NULL;
}

bool servers_cut(struct servers *s, int node, bool cut) {
    bool ok = s->relay && has(s, node);
    for (int i = 0; ok && i < s->n; i++)
        ok = relay_cut(s->relay, node * s->n + i, cut) && relay_cut(s->relay, i * s->n + node, cut);
    return ok;
}

static bool write_config(const struct servers *s, int i, const char *further) {
    const struct server *node = &s->node[i];
    FILE *out = fopen(node->config, "w");
    if (!out)
        return false;
    fprintf(out, "server_name: \"%s\"\nlisten: \"%s:%d\"\n%s: \"%s:%d\"\n", node->name, node->address,
            node->client_port, s->options.https ? "https" : "http",
            s->options.everywhere ? "0.0.0.0" : node->address, node->monitor_port);
    if (s->options.base_path)
        fprintf(out, "http_base_path: \"%s\"\n", s->options.base_path);
    if (s->n > 1)
        write_cluster(out, s, node);
    if (s->options.jetstream)
        fprintf(out, "jetstream { store_dir: \"%s\", max_mem: 256MB, max_file: 2GB }\n", node->store);
    fprintf(out, "%s\n%s\n", or_else(s->options.config, ""), or_else(further, ""));
    return fclose(out) == 0;
}

static void start_node(struct servers *s, int i) {
    struct server *node = &s->node[i];
    const char *binary = getenv(s->options.other >> i & 1 ? "NATS_SERVER_OTHER" : "NATS_SERVER");
    pid_t parent = getpid();
    binary = binary && *binary ? binary : "nats-server";
    node->paused = false;
    node->pid = fork();
    if (node->pid != 0)
        return;
    int log = open(node->log, O_WRONLY | O_CREAT | O_APPEND, 0600), null = open("/dev/null", O_RDONLY);
    dup2(null, 0);
    dup2(log, 1);
    dup2(log, 2);
    folder_child(parent);
    execlp(binary, binary, "-c", node->config, (char *)NULL);
    if (errno == ENOENT && !strcmp(binary, "nats-server")) /* Debian's place, not in everybody's PATH */
        execl("/usr/sbin/nats-server", binary, "-c", node->config, (char *)NULL);
    fprintf(stderr, "%s: %s\n", binary, strerror(errno));
    _exit(127);
}

static void stop_node(struct server *node) {
    if (node->pid <= 0)
        return;
    kill(node->pid, SIGKILL);
    while (waitpid(node->pid, NULL, 0) < 0 && errno == EINTR)
        ;
    node->pid = 0;
    node->paused = false;
}

static bool node_answers(const struct server *node, int others) {
    char url[128];
    int status;
    snprintf(url, sizeof url, "%s/healthz", node->http);
    free(http_get(url, &status, 1000));
    if (status != 200)
        return false;
    snprintf(url, sizeof url, "%s/varz", node->http);
    json_t *varz = http_get_json(url, 1000);
    const char *name = json_string_value(json_path(varz, "server_name"));
    bool ok =
        name && !strcmp(name, node->name) && (others == 0 || json_path_number(varz, "remotes") >= others);
    json_decref(varz);
    return ok;
}

static int running(const struct servers *s) {
    int n = 0;
    for (int i = 0; i < s->n; i++)
        n += s->node[i].pid > 0 && !s->node[i].paused;
    return n;
}

static int leader_by(const struct servers *s, int i) {
    char url[128];
    snprintf(url, sizeof url, "%s/jsz", s->node[i].http);
    json_t *jsz = http_get_json(url, 1000);
    const char *leader = json_string_value(json_path(jsz, "meta_cluster.leader"));
    int found = -1;
    for (int k = 0; k < s->n && leader; k++)
        if (!strcmp(s->node[k].name, leader) && s->node[k].pid > 0)
            found = k;
    json_decref(jsz);
    return found;
}

int servers_meta_leader(const struct servers *s) {
    int leader = -1;
    for (int i = 0; i < s->n; i++) {
        if (s->node[i].pid <= 0 || s->node[i].paused)
            continue;
        int said = leader_by(s, i);
        if (said < 0 || (leader >= 0 && said != leader))
            return -1;
        leader = said;
    }
    return leader;
}

static bool says_ready(const struct servers *s, int i) {
    char *log = servers_log(s, i);
    bool ready = log && strstr(log, "Server is ready") != NULL;
    free(log);
    return ready;
}

static bool is_ready(const struct servers *s) {
    if (s->options.https) {
        for (int i = 0; i < s->n; i++)
            if (s->node[i].pid > 0 && !says_ready(s, i))
                return false;
        return true;
    }
    int alive = running(s);
    for (int i = 0; i < s->n; i++)
        if (s->node[i].pid > 0 && !s->node[i].paused && !node_answers(&s->node[i], alive - 1))
            return false;
    return !s->options.jetstream || s->n == 1 || alive * 2 <= s->n || servers_meta_leader(s) >= 0;
}

static bool all_live(const struct servers *s) {
    siginfo_t info;
    for (int i = 0; i < s->n; i++) {
        info.si_pid = 0;
        if (s->node[i].pid > 0 &&
            waitid(P_PID, (id_t)s->node[i].pid, &info, WEXITED | WNOHANG | WNOWAIT) == 0 && info.si_pid != 0)
            return false;
    }
    return true;
}

bool servers_wait_ready(struct servers *s, int ms) {
    int64_t deadline = servers_now_ms() + ms;
    while (!is_ready(s)) {
        if (servers_now_ms() >= deadline || !all_live(s))
            return false;
        pause_ms(20);
    }
    return true;
}

char *servers_log(const struct servers *s, int node) {
    struct stat st;
    char *text = NULL;
    int fd = has(s, node) ? open(s->node[node].log, O_RDONLY | O_CLOEXEC) : -1;
    if (fd < 0 || fstat(fd, &st) != 0 || !(text = calloc(1, (size_t)st.st_size + 1)))
        text = strdup("");
    else if (read(fd, text, (size_t)st.st_size) < 0)
        *text = '\0';
    if (fd >= 0)
        close(fd);
    return text;
}

static void complain(const struct servers *s) {
    fprintf(stderr, "servers: not ready in time, or ended\n");
    for (int i = 0; i < s->n; i++) {
        char *log = servers_log(s, i);
        size_t length = log ? strlen(log) : 0;
        fprintf(stderr, "--- %s\n%s\n", s->node[i].name,
                length > TAIL ? log + length - TAIL
                : log         ? log
                              : "");
        free(log);
    }
}

static void stop_all(struct servers *s) {
    for (int i = 0; i < s->n; i++)
        if (s->node[i].pid > 0)
            kill(s->node[i].pid, SIGKILL);
    for (int i = 0; i < s->n; i++)
        stop_node(&s->node[i]);
}

/* Between the look for a free port and its use somebody else may take it. */
static bool port_was_taken(const struct servers *s) {
    bool taken = false;
    for (int i = 0; i < s->n; i++) {
        char *log = servers_log(s, i);
        taken = taken || (log && strstr(log, "address already in use"));
        free(log);
    }
    for (int i = 0; i < s->n && taken; i++)
        unlink(s->node[i].log);
    return taken;
}

static const char *further_of(const struct servers *s, int i) {
    return s->options.node_config ? s->options.node_config[i] : NULL;
}

static bool start_all(struct servers *s) {
    if (!choose_ports(s) || !start_relay(s))
        return false;
    for (int i = 0; i < s->n; i++) {
        if (!write_config(s, i, further_of(s, i)))
            return false;
        if (!(s->options.absent >> i & 1))
            start_node(s, i);
    }
    return servers_wait_ready(s, s->options.ready_ms > 0 ? s->options.ready_ms : READY_MS);
}

struct servers *servers_start(const struct servers_options *options) {
    struct servers *s = calloc(1, sizeof *s);
    if (!s)
        return NULL;
    s->options = *options;
    s->n = options->nodes > 0 ? options->nodes : 1;
    if (s->n > SERVERS_MAX || !folder_make(&s->folder, "natsight-test")) {
        free(s);
        return NULL;
    }
    name_paths(s);
    for (int tries = 0; tries < TRIES; tries++) {
        if (start_all(s))
            return s;
        bool died = !all_live(s);
        stop_all(s);
        if (tries == TRIES - 1 || !died || !port_was_taken(s)) {
            complain(s);
            break;
        }
    }
    servers_end(s);
    return NULL;
}

void servers_kill(struct servers *s, int node) {
    if (has(s, node) && owned(s))
        stop_node(&s->node[node]);
}

bool servers_signal(struct servers *s, int node, int signal) {
    return has(s, node) && s->node[node].pid > 0 && kill(s->node[node].pid, signal) == 0;
}

void servers_pause(struct servers *s, int node) {
    if (servers_signal(s, node, SIGSTOP))
        s->node[node].paused = true;
}

void servers_resume(struct servers *s, int node) {
    if (servers_signal(s, node, SIGCONT))
        s->node[node].paused = false;
}

bool servers_restart(struct servers *s, int node, bool empty_store) {
    if (!has(s, node) || !owned(s))
        return false;
    stop_node(&s->node[node]);
    if (empty_store)
        folder_remove_path(s->node[node].store);
    start_node(s, node);
    return s->node[node].pid > 0;
}

bool servers_configure(struct servers *s, int node, const char *text) {
    return has(s, node) && write_config(s, node, text);
}

void servers_end(struct servers *s) {
    if (!s || s->folder.owner != getpid())
        return;
    stop_all(s);
    relay_end(s->relay);
    folder_remove(&s->folder);
    free(s);
}
