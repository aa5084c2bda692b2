#include "tests/bench/spend.h"

#include "tests/bench/bench.h"
#include "tests/bench/processes.h"
#include "tests/harness/http_get.h"

#include <stdio.h>
#include <time.h>

enum { WARM = 8 };

double servers_cpu(const struct servers *s) {
    double cpu = 0;
    for (int i = 0; i < s->n; i++)
        cpu += processes_of(s->node[i].pid).cpu_s;
    return cpu;
}

/* Requests for /connz that the first server has answered. */
static double connz_requests(const struct servers *s) {
    char url[128];
    snprintf(url, sizeof url, "%s/varz", s->node[0].http);
    json_t *varz = http_get_json(url, 5000);
    double n = json_number_value(json_object_get(json_object_get(varz, "http_req_stats"), "/connz"));
    json_decref(varz);
    return n;
}

struct spent spend(struct terminal *t, const struct servers *s, const char *ready, double seconds) {
    struct spent spent = {.known = !ready || (t && session_shows(t, ready, 30))};
    struct processes none = {0};
    if (t && spent.known)
        session_run(t, bench_seconds(WARM));
    double connz = connz_requests(s), server = servers_cpu(s);
    struct processes before = t ? processes_of(terminal_pid(t)) : none;
    size_t bytes = t ? terminal_bytes(t) : 0;
    int64_t began = bench_now_ns(), length = (int64_t)(bench_seconds(seconds) * 1e9);
    if (t)
        session_run(t, (double)length / 1e9);
    else
        nanosleep(&(struct timespec){length / 1000000000, length % 1000000000}, NULL);
    double took = (double)(bench_now_ns() - began) / 1e9;
    struct processes after = t ? processes_of(terminal_pid(t)) : none;
    spent.cpu = (after.cpu_s - before.cpu_s) / took * 100;
    spent.pss_mb = after.pss_mb;
    spent.bytes = t ? (double)(terminal_bytes(t) - bytes) / took : 0;
    spent.server_cpu = (servers_cpu(s) - server) / took * 100;
    spent.connz = (connz_requests(s) - connz) / took;
    terminal_close(t);
    return spent;
}
