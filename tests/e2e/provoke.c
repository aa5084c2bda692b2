#include "tests/e2e/provoke.h"

#include <check.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "tests/harness/jetstream.h"
#include "tests/harness/ports.h"

/* ---- servers ---- */

static int node_of(const struct alert_scene *scene, const char *name) {
    for (int i = 0; i < scene->servers->n; i++)
        if (strcmp(scene->servers->node[i].name, name) == 0)
            return i;
    ck_abort_msg("no node %s", name);
    return 0;
}

void provoke_kill(struct alert_scene *scene, const char *name, int64_t ms) {
    (void)ms;
    servers_kill(scene->servers, node_of(scene, name));
}

void provoke_restart(struct alert_scene *scene, const char *name, int64_t ms) {
    (void)ms;
    ck_assert(servers_restart(scene->servers, node_of(scene, name), false));
}

void provoke_kill_and_restart(struct alert_scene *scene, const char *name, int64_t ms) {
    provoke_kill(scene, name, ms);
    provoke_restart(scene, name, ms);
}

void provoke_pause(struct alert_scene *scene, const char *name, int64_t ms) {
    (void)ms;
    servers_pause(scene->servers, node_of(scene, name));
}

void provoke_resume(struct alert_scene *scene, const char *name, int64_t ms) {
    (void)ms;
    servers_resume(scene->servers, node_of(scene, name));
}

void provoke_cut_routes(struct alert_scene *scene, const char *name, int64_t ms) {
    (void)ms;
    ck_assert(servers_cut(scene->servers, node_of(scene, name), true));
}

void provoke_heal_routes(struct alert_scene *scene, const char *name, int64_t ms) {
    (void)ms;
    ck_assert(servers_cut(scene->servers, node_of(scene, name), false));
}

void provoke_cut_all(struct alert_scene *scene, const char *name, int64_t ms) {
    (void)name;
    for (int i = 0; i < scene->servers->n; i++)
        provoke_cut_routes(scene, scene->servers->node[i].name, ms);
}

void provoke_heal_all(struct alert_scene *scene, const char *name, int64_t ms) {
    (void)name;
    for (int i = 0; i < scene->servers->n; i++)
        provoke_heal_routes(scene, scene->servers->node[i].name, ms);
}

void provoke_make_joinable(struct alert_scene *scene) {
    const char *address = "127.0.0.1";
    ck_assert(ports_free(&address, 1, &scene->route_port, 1));
    snprintf(scene->own, sizeof scene->own, "cluster { name: \"%s\", listen: \"127.0.0.1:%d\" }",
             scene->label, scene->route_port);
    scene->options.config = scene->own;
}

/* It has a route to the first one, which learns of it by that. */
void provoke_join(struct alert_scene *scene, const char *name, int64_t ms) {
    (void)ms;
    ck_assert_ptr_null(scene->joined);
    snprintf(scene->joining, sizeof scene->joining,
             "cluster { name: \"%s\", listen: \"127.0.0.1:-1\", routes: [\"nats-route://127.0.0.1:%d\"] }",
             name, scene->route_port);
    scene->joined = servers_start(&(struct servers_options){.prefix = "late", .config = scene->joining});
    ck_assert_ptr_nonnull(scene->joined);
}

/* The one who leads the meta group, and all others but one. */
void provoke_pause_leader(struct alert_scene *scene, const char *name, int64_t ms) {
    int leader = servers_meta_leader(scene->servers), left = leader == 0 ? 1 : 0;
    (void)name, (void)ms;
    ck_assert_int_ge(leader, 0);
    for (int i = 0; i < scene->servers->n; i++)
        if (i != left)
            servers_pause(scene->servers, i);
}

void provoke_resume_all(struct alert_scene *scene, const char *name, int64_t ms) {
    (void)name, (void)ms;
    for (int i = 0; i < scene->servers->n; i++)
        servers_resume(scene->servers, i);
}

void provoke_js_off(struct alert_scene *scene, const char *name, int64_t ms) {
    int node = node_of(scene, name);
    (void)ms;
    ck_assert(servers_configure(scene->servers, node, "jetstream: disabled"));
    ck_assert(servers_signal(scene->servers, node, SIGHUP));
}

void provoke_js_on(struct alert_scene *scene, const char *name, int64_t ms) {
    ck_assert(servers_configure(scene->servers, node_of(scene, name), ""));
    provoke_restart(scene, name, ms);
}

/* ---- clients ---- */

enum { TRAFFIC_A_TURN = 12000, IDLE = 32, WRONG = 6 };

/* Each turn: far more than 10,000 a second. */
void provoke_traffic(struct alert_scene *scene, const char *name, int64_t ms) {
    (void)name, (void)ms;
    ck_assert(natsc_publish_many(scene->line, "traffic", 16, TRAFFIC_A_TURN));
}

void provoke_connect_many(struct alert_scene *scene, const char *name, int64_t ms) {
    (void)name, (void)ms;
    for (int i = 0; i < IDLE; i++) {
        scene->idle[i] = natsc_connect(scene->servers->node[0].url, NULL, JETSTREAM_MS);
        ck_assert_ptr_nonnull(scene->idle[i]);
    }
}

void provoke_disconnect_many(struct alert_scene *scene, const char *name, int64_t ms) {
    (void)name, (void)ms;
    for (int i = 0; i < IDLE; i++) {
        natsc_close(scene->idle[i]);
        scene->idle[i] = NULL;
    }
}

void provoke_wrong_passwords(struct alert_scene *scene, const char *name, int64_t ms) {
    (void)name, (void)ms;
    for (int i = 0; i < WRONG; i++)
        ck_assert_ptr_null(natsc_connect(scene->servers->node[0].url,
                                         &(struct natsc_options){.user = "a", .password = "wrong"},
                                         JETSTREAM_MS));
}

static void begin_clients(struct alert_scene *scene, const struct slow_group *groups, int n) {
    slow_end(scene->slow); /* they would share subjects */
    scene->slow = slow_start(scene->servers->node[0].url, groups, n);
    ck_assert_ptr_nonnull(scene->slow);
}

/* One is cut: more comes than may wait. One holds less than that back, and later reads all. One does not
 * stay. */
void provoke_slow_clients(struct alert_scene *scene, const char *name, int64_t ms) {
    static const struct slow_group groups[] = {
        {.name = "cut-me", .fed_bytes = 8000000, .message = 1000000, .receive_buffer = 32768},
        {.name = "holds-back",
         .fed_bytes = 1600000,
         .fed_per_s = 800000,
         .message = 8000,
         .receive_buffer = 32768,
         .looks_after_s = 12},
        {.name = "restless", .lives = 14, .lives_s = 0.3, .back_after_s = 0.2, .reads_all = true}};
    (void)name, (void)ms;
    begin_clients(scene, groups, sizeof groups / sizeof *groups);
}

void provoke_churn(struct alert_scene *scene, const char *name, int64_t ms) {
    static const struct slow_group group = {
        .name = "short-%d", .clients = 40, .per_s = 20, .lives_s = 0.1, .reads_all = true};
    (void)name, (void)ms;
    begin_clients(scene, &group, 1);
}
