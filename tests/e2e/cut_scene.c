#include "tests/e2e/cut_scene.h"

#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/harness/relay.h"

/* A look at the whole log costs something. */
enum { LOOK_EVERY_MS = 500, OPTIONS_MAX = 16 };

static bool shows_server(json_t *document, void *context) {
    json_t *server = json_array_get(json_object_get(document, "servers"), 0);
    (void)context;
    return !isnan(doc_number(server, "closed_missed")) && !isnan(doc_number(server, "slow_consumers"));
}

void cut_scene_start(struct cut_scene *scene) {
    char through[64];
    const char *arguments[OPTIONS_MAX + 4] = {"--for", "1s"};
    int n = 2;
    scene->servers = servers_start(&(struct servers_options){.config = scene->config, .prefix = scene->name});
    ck_assert_ptr_nonnull(scene->servers);
    const struct server *node = scene->servers->node;
    const char *url = node->http;
    if (scene->relayed) {
        scene->relay = relay_start(&node->monitor_port, 1);
        ck_assert_ptr_nonnull(scene->relay);
        snprintf(through, sizeof through, "http://127.0.0.1:%d", relay_port(scene->relay, 0));
        url = through;
    }
    for (int i = 0; scene->every && scene->every[i] && n < OPTIONS_MAX; i++)
        arguments[n++] = scene->every[i];
    arguments[n++] = "--";
    arguments[n] = url;
    ck_assert(documents_open(&scene->documents, "servers connections closed clients events", arguments));
}

void cut_scene_await(struct cut_scene *scene) {
    json_t *first = documents_wait(&scene->documents, shows_server, NULL, "the server", CUT_MS);
    ck_assert_ptr_nonnull(first);
    scene->last = json_incref(first);
}

void cut_scene_begin(struct cut_scene *scene, const struct slow_group *groups, int n) {
    ck_assert_int_lt(scene->runs, CUT_RUNS);
    struct slow *slow = slow_start(scene->servers->node[0].url, groups, n);
    ck_assert_ptr_nonnull(slow);
    scene->slow[scene->runs++] = slow;
}

void cut_scene_turn(struct cut_scene *scene, int ms) {
    json_t *document = documents_next(&scene->documents, ms);
    ck_assert_msg(scene->documents.command.out >= 0, "%s: the program ended: %s", scene->name,
                  scene->documents.command.errors);
    if (!document)
        return;
    json_decref(scene->last);
    scene->last = json_incref(document);
}

void cut_scene_read_log(struct cut_scene *scene) {
    char *log = servers_log(scene->servers, 0);
    cut_log_free(&scene->log);
    scene->log = cut_log_read(log);
    free(log);
}

json_t *cut_scene_server(const struct cut_scene *scene) {
    return json_array_get(json_object_get(scene->last, "servers"), 0);
}

json_t *cut_scene_row(const struct cut_scene *scene, size_t i) {
    json_t *open = json_object_get(scene->last, "connections"),
           *closed = json_object_get(scene->last, "closed");
    size_t n = json_array_size(open);
    return i < n ? json_array_get(open, i) : json_array_get(closed, i - n);
}

/* A client of the first run may have had the same cid: it came from elsewhere, but for one that stops. */
int cut_scene_rows(const struct cut_scene *scene, const struct slow_life *life, json_t **row) {
    int n = 0;
    char port[16];
    json_t *one;
    *row = NULL;
    snprintf(port, sizeof port, ":%d", life->port);
    for (size_t i = 0; (one = cut_scene_row(scene, i)); i++) {
        if ((uint64_t)json_integer_value(json_object_get(one, "cid")) != life->cid)
            continue;
        const char *at = strrchr(doc_text(one, "address"), ':');
        if (life->port && (!at || strcmp(at, port) != 0))
            continue;
        *row = one;
        n++;
    }
    return n;
}

int cut_scene_shown_cut(const struct cut_scene *scene) {
    int n = 0;
    json_t *one;
    for (size_t i = 0; (one = cut_scene_row(scene, i)); i++)
        n += strcmp(doc_text(one, "closed_by"), "slow") == 0;
    return n;
}

int cut_scene_logged(const struct cut_scene *scene) {
    int n = 0;
    for (size_t i = 0; i < scene->log.n; i++) {
        const struct cut_line *line = &scene->log.list[i];
        n += cut_log_client(&scene->log, line->run, line->id) == line;
    }
    return n;
}

static int lines_of_run(const struct cut_log *log, int run) {
    int n = 0;
    for (size_t i = 0; i < log->n; i++)
        n += log->list[i].run == run;
    return n;
}

bool cut_scene_is_told(struct cut_scene *scene) {
    for (int run = 0; run < scene->runs; run++)
        if (!slow_over(scene->slow[run]))
            return false;
    if (servers_now_ms() - scene->looked_ms < LOOK_EVERY_MS)
        return false;
    scene->looked_ms = servers_now_ms();
    cut_scene_read_log(scene);
    return cut_scene_shown_cut(scene) >= cut_scene_logged(scene) &&
           doc_number(cut_scene_server(scene), "slow_consumers") ==
               lines_of_run(&scene->log, scene->runs - 1);
}

void cut_scene_dump(struct cut_scene *scene) {
    cut_scene_read_log(scene);
    fprintf(stderr, "%s: %d clients cut in the server's log, %d shown; the server is shown as\n", scene->name,
            cut_scene_logged(scene), cut_scene_shown_cut(scene));
    doc_dump(cut_scene_server(scene));
}

void cut_scene_stop(struct cut_scene *scene) {
    for (int run = 0; run < scene->runs; run++)
        slow_end(scene->slow[run]);
    documents_close(&scene->documents);
    relay_end(scene->relay);
}

void cut_scene_end(struct cut_scene *scene) {
    servers_end(scene->servers);
    cut_log_free(&scene->log);
    json_decref(scene->last);
}
