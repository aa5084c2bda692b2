/* Finding a cluster from what its servers say: real clusters in both layouts, restarts, peers that can't be
 * asked. */

#include "tests/harness/watch.h"

#include "tests/harness/hostile.h"
#include "tests/harness/http_get.h"
#include "tests/harness/ports.h"
#include "tests/harness/servers.h"
#include "tests/harness/suite.h"

static struct servers *cluster(bool addresses) {
    struct servers *s = servers_start(&(struct servers_options){.nodes = 3, .addresses = addresses});
    ck_assert_ptr_nonnull(s);
    return s;
}

/* The server_id that the server itself says. */
static void id_of(const struct server *server, char out[80]) {
    char url[200];
    snprintf(url, sizeof url, "%s/varz", server->http);
    json_t *varz = http_get_json(url, 5000);
    ck_assert_ptr_nonnull(varz);
    snprintf(out, 80, "%s", json_string_value(json_path(varz, "server_id")));
    json_decref(varz);
}

static int routez_rounds(const struct watch *w) {
    int least = 1000;
    for (uint64_t id = 1; id <= 3; id++) {
        int n = watch_count(w, id, SHAPE_ROUTEZ, false);
        least = n < least ? n : least;
    }
    return least;
}

START_TEST(one_seed_finds_all) {
    struct servers *s = cluster(true);
    struct watch *w = watch_url(s->node[1].http);
    WATCH_UNTIL(w, watch_in_state(w, "polled") == 3);
    for (int i = 0; i < 3; i++) {
        char id[80];
        id_of(&s->node[i], id);
        const struct told_target *t = watch_named(w, s->node[i].name);
        ck_assert_ptr_nonnull(t);
        ck_assert_str_eq(t->url, s->node[i].http);
        ck_assert_str_eq(t->server_id, id);
        ck_assert_int_eq(strcmp(t->origin, "named") == 0, i == 1);
        WATCH_UNTIL(w, watch_count(w, t->id, SHAPE_VARZ, false) >= 2);
    }
    WATCH_UNTIL(w, routez_rounds(w) >= 1);
    ck_assert_int_eq(watch_ever_known(w), 0);
    ck_assert_int_eq(w->target_count, 3);
    ck_assert_int_eq(w->events, 0);
    ck_assert_int_eq(watch_end(w, SIGTERM), 0);
    servers_end(s);
}
END_TEST

START_TEST(three_urls_of_one_address) {
    struct servers *s = cluster(false);
    const char *urls[] = {s->node[0].http, s->node[1].http, s->node[2].http};
    struct watch *w = watch_urls(urls, 3);
    WATCH_UNTIL(w, watch_in_state(w, "polled") == 3 && routez_rounds(w) >= 1);
    int before = watch_count(w, 1, SHAPE_VARZ, false);
    WATCH_UNTIL(w,
                watch_count(w, 1, SHAPE_VARZ, false) >= before + 3); /* whatever was undecided is decided */
    ck_assert_int_eq(watch_ever_known(w), 0);
    ck_assert_int_eq(w->target_count, 3);
    ck_assert_int_eq(watch_end(w, SIGTERM), 0);
    servers_end(s);
}
END_TEST

START_TEST(one_url_of_one_address) {
    struct servers *s = cluster(false);
    struct watch *w = watch_url(s->node[0].http);
    WATCH_UNTIL(w, watch_in_state(w, "known") == 2);
    ck_assert_int_eq(watch_in_state(w, "polled"), 1);
    for (int i = 1; i < 3; i++) {
        char id[80];
        id_of(&s->node[i], id);
        int found = 0;
        for (int k = 0; k < w->target_count; k++)
            if (strcmp(w->targets[k].server_id, id) == 0) {
                found++;
                ck_assert_str_eq(w->targets[k].state, "known");
                ck_assert_str_eq(w->targets[k].origin, "route");
                ck_assert_ptr_nonnull(strstr(w->targets[k].reason, "another server answers at 127.0.0."));
            }
        ck_assert_int_eq(found, 1);
    }
    ck_assert_int_eq(w->events, 0);
    ck_assert_int_eq(watch_end(w, SIGTERM), 0);
    servers_end(s);
}
END_TEST

START_TEST(restarted_node_stays_one_target) {
    bool addresses = _i == 0;
    struct servers *s = cluster(addresses);
    const char *urls[] = {s->node[0].http, s->node[1].http, s->node[2].http};
    struct watch *w = addresses ? watch_url(urls[0]) : watch_urls(urls, 3);
    WATCH_UNTIL(w, watch_in_state(w, "polled") == 3 && routez_rounds(w) >= 1);
    char before[80], after[80];
    id_of(&s->node[2], before);
    uint64_t id = watch_named(w, "n3")->id;
    servers_kill(s, 2);
    WATCH_UNTIL(w, watch_last(w, id, SHAPE_VARZ)->failure == FAILURE_REFUSED);
    ck_assert(servers_restart(s, 2, false));
    ck_assert(servers_wait_ready(s, 20000));
    id_of(&s->node[2], after);
    ck_assert_str_ne(before, after);
    WATCH_UNTIL(w, watch_named(w, "n3") != NULL && strcmp(watch_named(w, "n3")->server_id, after) == 0);
    ck_assert_uint_eq(watch_named(w, "n3")->id, id);
    int rounds = watch_count(w, 1, SHAPE_ROUTEZ, false), varz = watch_count(w, id, SHAPE_VARZ, false);
    WATCH_UNTIL(w, watch_count(w, 1, SHAPE_ROUTEZ, false) > rounds &&
                       watch_count(w, id, SHAPE_VARZ, false) > varz + 2);
    ck_assert_int_eq(w->target_count, 3);
    ck_assert_int_eq(watch_ever_known(w), 0);
    ck_assert_int_eq(w->events, 0);
    ck_assert_int_eq(watch_end(w, SIGTERM), 0);
    servers_end(s);
}
END_TEST

START_TEST(two_urls_one_server) {
    struct hostile *h = hostile_start("127.0.0.1", 0, "twice", NULL, 0);
    char other[100];
    snprintf(other, sizeof other, "http://localhost:%d", hostile_port(h));
    const char *urls[] = {hostile_url(h), other};
    struct watch *w = watch_urls(urls, 2);
    WATCH_UNTIL(w, watch_in_state(w, "polled") == 1 && watch_in_state(w, "duplicate") == 1);
    int polled = strcmp(w->targets[0].state, "polled") == 0 ? 0 : 1;
    const struct told_target *twin = &w->targets[1 - polled];
    char reason[200];
    snprintf(reason, sizeof reason, "the same server as %s", urls[polled]);
    ck_assert_str_eq(twin->reason, reason);
    WATCH_UNTIL(w, watch_count(w, w->targets[polled].id, SHAPE_VARZ, false) >= 3);
    ck_assert_int_eq(watch_count(w, twin->id, 0, false), 0);
    ck_assert_int_eq(watch_end(w, SIGTERM), 0);
    hostile_end(h);
}
END_TEST

/* ---- a seed that says what we like ---- */

#define SEED_VARZ                                                                                            \
    "{\"server_id\":\"$ID\",\"server_name\":\"$NAME\",\"version\":\"2.9.10\",\"now\":\"$NOW\",\"start\":"    \
    "\"2026-01-01T00:00:00Z\","                                                                              \
    "\"cluster\":{\"name\":\"c\"},\"remotes\":1}"
#define SEED_ROUTEZ(ID, IP)                                                                                  \
    "{\"server_id\":\"$ID\",\"now\":\"$NOW\",\"num_routes\":1,\"routes\":[{\"rid\":5,\"remote_id\":\"" ID    \
    "\",\"remote_name\":\"peer\",\"ip\":\"" IP "\",\"port\":6222}]}"
#define NO_ROUTES "{\"server_id\":\"$ID\",\"now\":\"$NOW\",\"num_routes\":0,\"routes\":[]}"

static struct hostile *seed_naming(const char *routez) {
    struct hostile_rule rules[] = {{"/varz", HOSTILE_ANSWER, 0, SEED_VARZ, 0, 0},
                                   {"/routez", HOSTILE_ANSWER, 0, routez, 0, 0}};
    static const char *const addresses[] = {"127.0.0.76", "127.0.0.77"};
    int port;
    ck_assert(ports_free(addresses, 2, &port, 1));
    struct hostile *h = hostile_start("127.0.0.76", port, "seed", rules, 2);
    ck_assert_ptr_nonnull(h);
    return h;
}

static void name_others(struct hostile *seed, const char *routez) {
    struct hostile_rule rules[] = {{"/varz", HOSTILE_ANSWER, 0, SEED_VARZ, 0, 0},
                                   {"/routez", HOSTILE_ANSWER, 0, routez, 0, 0}};
    hostile_rules(seed, rules, 2);
}

START_TEST(silent_peer_is_known_then_gone) {
    struct hostile *seed = seed_naming(SEED_ROUTEZ("NIDpeer", "127.0.0.77"));
    struct watch *w = watch_url(hostile_url(seed));
    WATCH_UNTIL(w, watch_in_state(w, "known") == 1);
    const struct told_target *t = &w->targets[1];
    char reason[200];
    snprintf(reason, sizeof reason, "its monitoring port does not answer at 127.0.0.77:%d: %s",
             hostile_port(seed), failure_name(FAILURE_REFUSED));
    ck_assert_str_eq(t->reason, reason);
    ck_assert_str_eq(t->url, "127.0.0.77:6222");
    ck_assert_str_eq(t->name, "peer");
    ck_assert_str_eq(t->server_id, "NIDpeer");
    name_others(seed, NO_ROUTES);
    WATCH_UNTIL(w, watch_in_state(w, "gone") == 1);
    ck_assert_str_eq(t->reason, "its route is gone");
    ck_assert_int_eq(w->target_count, 2);
    ck_assert_int_eq(watch_end(w, SIGTERM), 0);
    hostile_end(seed);
}
END_TEST

START_TEST(known_peer_that_begins_to_answer) {
    struct hostile *seed = seed_naming(SEED_ROUTEZ("NIDpeer", "127.0.0.77"));
    struct watch *w = watch_url(hostile_url(seed));
    WATCH_UNTIL(w, watch_in_state(w, "known") == 1);
    uint64_t id = w->targets[1].id;
    struct hostile *peer = hostile_start("127.0.0.77", hostile_port(seed), "peer", NULL, 0);
    ck_assert_ptr_nonnull(peer);
    WATCH_UNTIL(w, watch_in_state(w, "polled") == 2);
    ck_assert_str_eq(watch_named(w, "peer")->url, hostile_url(peer));
    ck_assert_uint_eq(watch_named(w, "peer")->id, id);
    WATCH_UNTIL(w, watch_count(w, id, SHAPE_VARZ, false) >= 2);
    ck_assert_int_eq(w->target_count, 2);
    ck_assert_int_eq(watch_end(w, SIGTERM), 0);
    hostile_end(peer);
    hostile_end(seed);
}
END_TEST

START_TEST(stranger_at_the_address_is_not_believed) {
    struct hostile *seed = seed_naming(SEED_ROUTEZ("NIDsomebody", "127.0.0.77"));
    struct hostile *stranger = hostile_start("127.0.0.77", hostile_port(seed), "stranger", NULL, 0);
    ck_assert_ptr_nonnull(stranger);
    struct watch *w = watch_url(hostile_url(seed));
    WATCH_UNTIL(w, watch_in_state(w, "known") == 1);
    ck_assert_ptr_nonnull(strstr(w->targets[1].reason, "another server answers at 127.0.0."));
    ck_assert_str_eq(w->targets[1].server_id, "NIDsomebody");
    ck_assert_int_eq(watch_in_state(w, "polled"), 1);
    ck_assert_int_eq(hostile_requests(stranger, "/connz"), 0); /* and it is asked for nothing else */
    char told[300];
    snprintf(told, sizeof told, "%s answers as NIDstranger (stranger), not as peer, the peer at that address",
             hostile_url(stranger));
    ck_assert_int_eq(w->events, 1);
    ck_assert_str_eq(w->event[0].text, told);
    int rounds = watch_count(w, 1, SHAPE_ROUTEZ, false);
    WATCH_UNTIL(w, watch_count(w, 1, SHAPE_ROUTEZ, false) > rounds);
    ck_assert_int_eq(w->events, 1);
    ck_assert_int_eq(watch_end(w, SIGTERM), 0);
    hostile_end(stranger);
    hostile_end(seed);
}
END_TEST

/* Believed or not: an address that a server named gets no login. */
START_TEST(login_is_for_named_urls_alone) {
    bool believed = _i == 0;
    struct hostile *seed = seed_naming(SEED_ROUTEZ("NIDpeer", "127.0.0.77"));
    struct hostile *other =
        hostile_start("127.0.0.77", hostile_port(seed), believed ? "peer" : "stranger", NULL, 0);
    ck_assert_ptr_nonnull(other);
    char path[] = "/tmp/natsight-auth-XXXXXX";
    int fd = mkstemp(path);
    ck_assert_int_eq(write(fd, "me:secret\n", 10), 10);
    close(fd);
    const char *urls[] = {hostile_url(seed)};
    struct watch *w = watch_start(
        &(struct collect_options){.urls = urls, .url_count = 1, .page_fd = -1, .auth_file = path});
    WATCH_UNTIL(w, w->note_count > 0);
    unlink(path);
    if (believed) {
        WATCH_UNTIL(w, watch_in_state(w, "polled") == 2);
        WATCH_UNTIL(w, hostile_requests(other, "/varz") >= 3 && hostile_requests(other, "/connz") >= 1);
    } else {
        WATCH_UNTIL(w, watch_in_state(w, "known") == 1);
    }
    ck_assert_int_ge(hostile_requests(other, "/varz"), 1);
    ck_assert_int_eq(hostile_logins(other), 0);
    ck_assert_int_eq(watch_end(w, SIGTERM), 0);
    ck_assert_int_ge(hostile_logins(seed), 2); /* the header is seen where it is sent */
    int requests = hostile_requests(seed, "*");
    ck_assert_int_ge(hostile_logins(seed), requests);
    hostile_end(other);
    hostile_end(seed);
}
END_TEST

START_TEST(hostile_routes_are_bounded) {
    static char routez[8000];
    size_t n =
        (size_t)snprintf(routez, sizeof routez, "{\"server_id\":\"$ID\",\"now\":\"$NOW\",\"routes\":[");
    for (int i = 0; i < 70; i++)
        n += (size_t)snprintf(routez + n, sizeof routez - n,
                              "%s{\"rid\":%d,\"remote_id\":\"P%d\",\"ip\":\"%s\",\"port\":%d}",
                              i > 0 ? "," : "", i, i % 50,
                              i % 3 == 0   ? "no/such host@"
                              : i % 3 == 1 ? "::1"
                                           : "127.0.0.99",
                              i);
    snprintf(routez + n, sizeof routez - n, "]}");
    struct hostile *seed = seed_naming(routez);
    struct watch *w = watch_url(hostile_url(seed));
    WATCH_UNTIL(w, watch_in_state(w, "known") == 50);
    ck_assert_int_eq(watch_in_state(w, "polled"), 1);
    ck_assert_int_eq(watch_count(w, 0, SHAPE_VARZ, true), 0);
    ck_assert_int_eq(watch_end(w, SIGTERM), 0);
    hostile_end(seed);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("collectors discover");
    TCase *c = tcase_create("discover");
    tcase_set_timeout(c, 90);
    tcase_add_test(c, one_seed_finds_all);
    tcase_add_test(c, three_urls_of_one_address);
    tcase_add_test(c, one_url_of_one_address);
    tcase_add_loop_test(c, restarted_node_stays_one_target, 0, 2);
    tcase_add_test(c, two_urls_one_server);
    tcase_add_test(c, silent_peer_is_known_then_gone);
    tcase_add_test(c, known_peer_that_begins_to_answer);
    tcase_add_test(c, stranger_at_the_address_is_not_believed);
    tcase_add_loop_test(c, login_is_for_named_urls_alone, 0, 2);
    tcase_add_test(c, hostile_routes_are_bounded);
    suite_add_tcase(suite, c);
    return suite_run(suite);
}
