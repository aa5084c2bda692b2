/* Rules on real servers: each is provoked, heard by name and object, and heard to be over when its cause is
 * taken away, and nothing else is said. Printed as a table with how long that took.
 *
 * All scenes live side by side, and so do the rows of one step of a scene. */
#include <check.h>
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/e2e/alert_scene.h"
#include "tests/e2e/provoke.h"
#include "tests/harness/suite.h"

enum { RISE_MS = 60000, CLEAR_MS = 90000, SOAK_MS = 150000, TURN_MS = 400, PUMP_MS = 20 };
#define HOLDS "--hold-scale", "0.1"

/* ---- scenes ---- */

enum { ASSETS, CLIENTS, CLUSTER, PEERS, ALONE, SCENES };

static const char *const ordinary[] = {HOLDS, NULL}, *const of_two[] = {HOLDS, "--expect", "2", NULL};

static struct alert_scene scenes[SCENES] = {
    [ASSETS] = {.label = "assets", .options = {.jetstream = true}, .more = ordinary},
    [CLIENTS] = {.label = "clients",
                 .options = {.config = "max_connections: 40\nmax_pending: 4MB\nwrite_deadline: \"60s\"\n"
                                       "authorization { users: [{user: a, password: a}, {user: b, password: "
                                       "b}] }\nno_auth_user: b"},
                 .more = ordinary},
    [CLUSTER] = {.label = "cluster",
                 .options = {.nodes = 3, .jetstream = true, .relayed = true},
                 .more = ordinary},
    [PEERS] = {.label = "peers", .options = {.nodes = 3, .relayed = true}, .more = ordinary},
    [ALONE] = {.label = "alone", .more = of_two},
};

/* ---- the table ---- */

struct row {
    const char *rule, *provocation, *ends; /* ends NULL: it stays, for so long as it counts */
    const char *entity, *name;             /* a pattern, as of file names */
    const char *with;                      /* rules that speak along with it, of whatever it touches */
    provoke_fn *provoke;    /* NULL: the row before has provoked it, too, and ends it; or it is so */
    provoke_fn *again;      /* meanwhile, each turn; NULL: nothing */
    provoke_fn *end;        /* NULL: it ends by itself */
    const char *acts_on;    /* NULL: `name` */
    int scene, step, minor; /* 2.MINOR is the first server that has what it rests on */
};

#define LAGS "latency_behind consumer_behind consumer_growing consumer_not_draining "

/* Each server is known to the others by addresses of relays. */
#define RELAYED "server_down server_missing "

/* Waited for with NATSIGHT_SOAK alone. */
static const char much_later[] = "a minute without";

static const struct row rows[] = {
    /* ASSETS */
    {"consumer_unpulled", "some are taken, 30 more are not", "all are taken", "consumer", "PULL/worker", LAGS,
     provoke_leave, provoke_leave, provoke_work_off, NULL, ASSETS, 0, 0},
    {"latency_behind", "the same", "all are taken", "consumer", "PULL/worker", "", NULL, NULL, NULL, NULL,
     ASSETS, 0, 0},
    {"consumer_window_full", "10 of 10 unacknowledged, 20 wait", "all are acknowledged", "consumer",
     "WINDOW/worker", LAGS "consumer_unacked consumer_poison", provoke_fill_window, NULL, provoke_work_off,
     NULL, ASSETS, 0, 0},
    {"classic_pending", "1,500 messages, nobody pulls", "all are taken", "consumer", "PENDING/worker",
     LAGS "consumer_unpulled", provoke_store_many, NULL, provoke_work_off, NULL, ASSETS, 0, 0},
    {"classic_redelivered", "150 messages delivered twice", "all are acknowledged", "consumer",
     "AGAIN/worker", LAGS "consumer_poison consumer_unacked consumer_redelivering", provoke_redeliver, NULL,
     provoke_work_off, NULL, ASSETS, 0, 0},
    {"consumer_redelivering", "one in five is not acknowledged in time", much_later, "consumer",
     "FLAKY/worker", LAGS "consumer_poison", provoke_flaky_turn, provoke_flaky_turn, provoke_work_off, NULL,
     ASSETS, 0, 0},
    {"consumer_growing", "11,000 messages, more come than are taken", "all are taken", "consumer",
     "GROW/worker", LAGS "classic_pending", provoke_grow, provoke_grow_turn, provoke_work_off, NULL, ASSETS,
     0, 0},
    {"stream_filling", "90 of 100 messages, new ones refused", "purged", "stream", "NEARLY", "",
     provoke_fill_half, NULL, provoke_purge, NULL, ASSETS, 0, 0},
    {"stream_full", "100 of 100 messages, new ones refused", "purged", "stream", "FULL", "stream_filling",
     provoke_fill, NULL, provoke_purge, NULL, ASSETS, 0, 0},
    {"classic_stream_bytes", "bytes at their limit, old ones go", "purged", "stream", "BYTES", "",
     provoke_fill, NULL, provoke_purge, NULL, ASSETS, 0, 0},
    {"consumers_many", "5 of 5 consumers", "they are deleted", "stream", "SERVED", "", provoke_add_consumers,
     NULL, provoke_delete_consumers, NULL, ASSETS, 0, 0},
    {"source_broken", "a source that does not exist", "its stream is deleted", "source",
     "COPY/source/NOWHERE", "", provoke_add_source, NULL, provoke_delete, NULL, ASSETS, 0, 0},
    {"api_errors", "requests about no stream", "a minute without", "server", "n1", "", provoke_ask_wrongly,
     provoke_ask_wrongly, NULL, NULL, ASSETS, 0, 0},
    {"stream_vanished", "deleted, with messages, a minute old", "it is made again", "stream", "VANISHES", "",
     provoke_vanish, provoke_vanish, provoke_make_again, NULL, ASSETS, 1, 0},
    /* CLIENTS */
    {"client_cut", "one that does not read, over max_pending", "a minute without", "client", "cut-me/*",
     "buffer_filling cut_foreseen cut_threatens producers_held slow_awaited slow_untold producers_stalled "
     "producers_stalled_much",
     provoke_slow_clients, NULL, NULL, NULL, CLIENTS, 0, 0},
    {"classic_slow_consumer", "the same", "none is counted any more", "server", "n1", "", NULL, NULL, NULL,
     NULL, CLIENTS, 0, 0},
    {"buffer_filling", "one that does not read, under max_pending", "it reads all", "connection",
     "n1/*/holds-back", "", NULL, NULL, NULL, NULL, CLIENTS, 0, 0},
    {"classic_reconnects", "13 reconnects", NULL, "visitor", "b/restless", "connections_churn", NULL, NULL,
     NULL, NULL, CLIENTS, 0, 0},
    {"auth_failures", "6 wrong passwords", NULL, "server", "n1", "", provoke_wrong_passwords, NULL, NULL,
     NULL, CLIENTS, 0, 0},
    {"classic_traffic", "more than 10,000 messages a second", "they end", "server", "n1", "", provoke_traffic,
     provoke_traffic, NULL, NULL, CLIENTS, 1, 0},
    {"connections_near_limit", "33 and more of 40 connections", "they end", "server", "n1", "",
     provoke_connect_many, NULL, provoke_disconnect_many, NULL, CLIENTS, 1, 0},
    {"connections_churn", "40 short connections", much_later, "server", "n1", "", provoke_churn, NULL, NULL,
     NULL, CLIENTS, 2, 0},
    /* CLUSTER */
    {"meta_leaderless", "SIGSTOP of the leader and another one", "SIGCONT", "cluster", "cluster",
     RELAYED "server_stale routes_missing health meta_flapping", provoke_pause_leader, NULL,
     provoke_resume_all, NULL, CLUSTER, 0, 0},
    {"stream_no_quorum", "all routes are cut", "they heal", "stream", "HELD",
     RELAYED "routes_missing meta_leaderless meta_no_quorum meta_peer_lost meta_flapping health",
     provoke_cut_all, NULL, provoke_heal_all, NULL, CLUSTER, 1, 0},
    {"consumer_no_leader", "the same", "they heal", "consumer", "HELD/worker", "", NULL, NULL, NULL, NULL,
     CLUSTER, 1, 0},
    {"js_off", "JetStream switched off", "on again", "server", "n2", "health meta_flapping", provoke_js_off,
     NULL, provoke_js_on, NULL, CLUSTER, 2, 0},
    /* PEERS */
    {"routes_missing", "a server's routes are cut", "they heal", "server", "n2", RELAYED "routes_missing",
     provoke_cut_routes, NULL, provoke_heal_routes, NULL, PEERS, 0, 0},
    {"server_down", "SIGKILL", "started again", "server", "n3", "routes_missing", provoke_kill, NULL,
     provoke_restart, NULL, PEERS, 1, 0},
    {"server_stale", "SIGSTOP", "SIGCONT", "server", "n2", RELAYED "routes_missing", provoke_pause, NULL,
     provoke_resume, NULL, PEERS, 2, 0},
    {"server_down", "the same", "SIGCONT", "server", "n2", "", NULL, NULL, NULL, NULL, PEERS, 2, 0},
    {"server_restarts", "killed and started for the second time", NULL, "server", "n3",
     "server_down routes_missing", provoke_kill_and_restart, NULL, NULL, NULL, PEERS, 3, 0},
    {"server_missing", "1 of 2 expected servers", "another one joins", "cluster", "alone", "", NULL, NULL,
     provoke_join, NULL, ALONE, 0, 0},
};
enum { ROWS = sizeof rows / sizeof *rows };

/* ---- their life ---- */

static struct life {
    enum { WAITS, RISES, STANDS, CLEARS, DONE } stage;
    int64_t since_ms, turned_ms; /* of this stage */
    int from;                    /* event */
    double rises_s, clears_s;
    int alert;
} lives[ROWS];

static struct alert_scene *scene_of(int i) {
    return &scenes[rows[i].scene];
}

/* What provokes the row before this one provokes it, too. */
static bool goes_with(const struct row *before, const struct row *row) {
    return !row->provoke && before->scene == row->scene && before->step == row->step;
}

/* The row that provokes this one, and the end of those that it provokes. */
static int first_of(int i) {
    while (i > 0 && goes_with(&rows[i - 1], &rows[i]))
        i--;
    return i;
}

static void act(int i, provoke_fn *does, int64_t ms) {
    if (does)
        does(scene_of(i), rows[i].acts_on ? rows[i].acts_on : rows[i].name, ms);
}

static void go(int i, int stage) {
    lives[i].stage = stage;
    lives[i].since_ms = lives[i].turned_ms = servers_now_ms();
}

/* What only has to pass is in nobody's way. */
static bool is_due(int i) {
    for (int k = 0; k < ROWS; k++)
        if (rows[k].scene == rows[i].scene && rows[k].step < rows[i].step &&
            lives[k].stage < (rows[first_of(k)].end ? DONE : CLEARS))
            return false;
    return true;
}

static double since_s(int i) {
    return (double)(servers_now_ms() - lives[i].since_ms) / 1000;
}

static void print_row(int i, const char *result) {
    char clears[20] = "-";
    if (lives[i].clears_s > 0)
        snprintf(clears, sizeof clears, "%.1f s", lives[i].clears_s);
    printf("figure: %-22s| %-42s| %-26s| rises in %4.1f s| clears in %6s| %s\n", rows[i].rule,
           rows[i].provocation, rows[i].ends ? rows[i].ends : "-", lives[i].rises_s, clears, result);
    fflush(stdout);
}

static void dump(const struct alert_scene *scene) {
    for (int i = 0; i < scene->n; i++) {
        const struct alert_event *e = &scene->events[i];
        printf("%s: %s %s %s %s: %s\n", scene->label, e->what, e->rule, e->entity, e->name, e->text);
    }
}

static bool soak(void) {
    return getenv("NATSIGHT_SOAK") != NULL;
}

static int wrong;        /* rows that did not go as they should, and what rose besides */
static char wrongs[600]; /* the first of them, for who sees only what failed */

static void is_wrong(const char *rule, const char *name, const char *what) {
    size_t used = strlen(wrongs);
    snprintf(wrongs + used, sizeof wrongs - used, "%s%s of %s %s", used ? "; " : "", rule, name, what);
    wrong++;
}

/* The others live on. */
static void give_up(int i, const char *what) {
    print_row(i, what);
    if (lives[i].stage == RISES)
        act(i, rows[i].end, 0);
    lives[i].stage = DONE;
    is_wrong(rows[i].rule, rows[i].name, what);
}

static void begin(int i) {
    lives[i].from = rows[i].step ? scene_of(i)->n : 0;
    go(i, RISES);
    if (!rows[i].provoke && first_of(i) == i)
        lives[i].since_ms = scene_of(i)->began_ms;
    act(i, rows[i].provoke, 0);
}

static void rising(int i) {
    const struct alert_event *e =
        alert_scene_speaks(scene_of(i), lives[i].from, rows[i].rule, rows[i].entity, rows[i].name);
    if (!e) {
        if (since_s(i) * 1000 > RISE_MS)
            give_up(i, "does not rise");
        return;
    }
    lives[i].rises_s = (double)(e->at_ms - lives[i].since_ms) / 1000;
    lives[i].alert = e->alert;
    go(i, rows[i].ends ? STANDS : DONE);
    if (!rows[i].ends)
        print_row(i, "good");
}

/* What provoked several ends when all of them have risen. */
static void ending(int i) {
    int first = first_of(i), end = first + 1;
    bool by_itself = !rows[first].end;
    while (end < ROWS && first_of(end) == first)
        end++;
    for (int k = first; !by_itself && k < end; k++)
        if (lives[k].stage < STANDS)
            return;
    if (i == first)
        act(i, rows[i].end, 0);
    if (rows[i].ends == much_later && !soak()) {
        go(i, DONE);
        print_row(i, "good");
        return;
    }
    if (i == first)
        ;
    else if (!by_itself && lives[first].stage < CLEARS)
        return;
    go(i, CLEARS);
}

static void clearing(int i) {
    const struct alert_event *e = alert_scene_cleared(scene_of(i), lives[i].from, lives[i].alert);
    if (!e) {
        if (since_s(i) * 1000 > (rows[i].ends == much_later ? SOAK_MS : CLEAR_MS))
            give_up(i, "does not clear");
        return;
    }
    lives[i].clears_s = (double)(e->at_ms - lives[i].since_ms) / 1000;
    go(i, DONE);
    print_row(i, "good");
}

static bool is_among(const char *list, const char *word) {
    size_t size = strlen(word);
    for (const char *at = list; (at = strstr(at, word)) != NULL; at += size)
        if ((at == list || at[-1] == ' ') && (at[size] == ' ' || at[size] == '\0'))
            return true;
    return false;
}

/* Said of a busy machine, on which pings wait. */
static const char of_the_machine[] = "route_far cpu_busy";

/* Who has no leader for want of servers that are silent may need a while when they are back. */
static bool is_late(int i, const struct alert_event *e) {
    return strcmp(rows[i].rule, "meta_leaderless") == 0 && lives[i].stage >= CLEARS &&
           is_among("stream_no_quorum consumer_no_leader", e->rule);
}

static bool is_named(const struct alert_event *e, int scene) {
    if (is_among(of_the_machine, e->rule))
        return true;
    for (int i = 0; i < ROWS; i++)
        if (rows[i].scene == scene && lives[i].stage != WAITS &&
            ((strcmp(rows[i].rule, e->rule) == 0 && fnmatch(rows[i].name, e->name, 0) == 0) ||
             is_among(rows[i].with, e->rule) || is_late(i, e)))
            return true;
    return false;
}

static int looked[SCENES];

static void look(int s) {
    struct alert_scene *scene = &scenes[s];
    alert_scene_turn(scene, PUMP_MS);
    for (; looked[s] < scene->n; looked[s]++) {
        const struct alert_event *e = &scene->events[looked[s]];
        if (!alert_event_speaks(e) || is_named(e, s))
            continue;
        printf("%s: rises, too: %s of %s %s: %s\n", scene->label, e->rule, e->entity, e->name, e->text);
        is_wrong(e->rule, e->name, "rises, too");
    }
}

static bool turn(int i) {
    struct life *life = &lives[i];
    if (life->stage == WAITS && is_due(i))
        begin(i);
    else if (life->stage == RISES)
        rising(i);
    else if (life->stage == STANDS)
        ending(i);
    else if (life->stage == CLEARS)
        clearing(i);
    if ((life->stage == RISES || life->stage == STANDS) && servers_now_ms() - life->turned_ms > TURN_MS) {
        life->turned_ms = servers_now_ms();
        act(i, rows[i].again, life->turned_ms - life->since_ms);
    }
    return life->stage == DONE;
}

static void skip_what_is_newer(void) {
    puts("skipped: latency_round_trip: on loopback no round trip takes a millisecond");
    for (int i = 0; i < ROWS; i++)
        if (rows[i].minor > scene_of(i)->minor) {
            printf("skipped: %s: a 2.%d server does not have it\n", rows[i].rule, scene_of(i)->minor);
            lives[i].stage = DONE;
        }
}

START_TEST(each_rises_and_clears_and_nothing_else_does) {
    provoke_make_joinable(&scenes[ALONE]);
    for (int s = 0; s < SCENES; s++)
        alert_scene_servers(&scenes[s]);
    skip_what_is_newer();
    provoke_make_assets(&scenes[ASSETS]);
    provoke_make_held(&scenes[CLUSTER]);
    for (int s = 0; s < SCENES; s++)
        alert_scene_watch(&scenes[s], "");
    for (bool all = false; !all;) {
        all = true;
        for (int i = 0; i < ROWS; i++)
            all = turn(i) && all;
        for (int s = 0; s < SCENES; s++)
            look(s);
    }
    for (int s = 0; wrong && s < SCENES; s++)
        dump(&scenes[s]);
    ck_assert_msg(!wrong, "%d wrong: %s", wrong, wrongs);
}
END_TEST

/* rules.d of the program's own tree. */
static void setup(void) {
    static const char *const shipped[] = {"rules.d/classic.conf", "rules.d/latency.conf"};
    config_begin();
    config_make_folder("rules.d");
    for (size_t i = 0; i < sizeof shipped / sizeof *shipped; i++) {
        char path[60];
        snprintf(path, sizeof path, "docs/%s", shipped[i]);
        config_write(shipped[i], config_text(path));
    }
}

static void teardown(void) {
    for (int s = SCENES - 1; s >= 0; s--)
        alert_scene_stop(&scenes[s]);
    for (int s = SCENES - 1; s >= 0; s--) /* what began later has to end first */
        alert_scene_end(&scenes[s]);
    config_end();
}

int main(void) {
    Suite *suite = suite_create("rules on real servers");
    TCase *tc = tcase_create("table");
    tcase_set_timeout(tc, 230);
    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_test(tc, each_rises_and_clears_and_nothing_else_does);
    suite_add_tcase(suite, tc);
    return suite_run(suite);
}
