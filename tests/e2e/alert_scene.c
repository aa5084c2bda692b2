#include "tests/e2e/alert_scene.h"

#include <check.h>
#include <fnmatch.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/harness/shown.h"

enum { CONNECT_MS = 10000, ARGUMENTS_MAX = 32 };

void alert_scene_servers(struct alert_scene *scene) {
    int major = 0;
    scene->servers = servers_start(&scene->options);
    ck_assert_ptr_nonnull(scene->servers);
    scene->line = natsc_connect(scene->servers->node[0].url, NULL, CONNECT_MS);
    ck_assert_ptr_nonnull(scene->line);
    const char *version = strstr(natsc_info(scene->line), "\"version\":\"");
    ck_assert_ptr_nonnull(version);
    ck_assert_int_eq(sscanf(version, "\"version\":\"%d.%d", &major, &scene->minor), 2);
}

static void log_name(const struct alert_scene *scene, char *out, size_t size) {
    snprintf(out, size, "%s/%s.log", config_folder(), scene->label);
}

void alert_scene_watch(struct alert_scene *scene, const char *config) {
    char file[100], path[700], said[80], *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    ck_assert_ptr_nonnull(out);
    fprintf(out, "log = \"%s.log\";\n%s", scene->label, config);
    fclose(out);
    snprintf(file, sizeof file, "%s.conf", scene->label);
    snprintf(path, sizeof path, "%s/%s", config_folder(), file);
    config_write(file, text);
    free(text);
    const char *argv[ARGUMENTS_MAX] = {command_natsight(), "--plain",    "--config", path,
                                       "--label",          scene->label, "--every",  "jsz=1s"};
    int n = 8;
    for (int i = 0; scene->more && scene->more[i] && n < ARGUMENTS_MAX - 10; i++)
        argv[n++] = scene->more[i];
    for (int i = 0; i < scene->servers->n && n < ARGUMENTS_MAX - 1; i++)
        if (!(scene->options.absent >> i & 1))
            argv[n++] = scene->servers->node[i].http;
    scene->began_ms = servers_now_ms();
    ck_assert(command_start(&scene->natsight, argv, NULL));
    snprintf(said, sizeof said, " servers %s ", scene->label);
    ck_assert_msg(command_wait_output(&scene->natsight, said, SHOWN_MS), "%s%s", scene->natsight.output,
                  scene->natsight.errors);
}

/* ---- the log ---- */

static void copy(char *out, size_t size, const json_t *json, const char *key) {
    const char *text = json_string_value(json_object_get(json, key));
    snprintf(out, size, "%s", text ? text : "");
}

static void take(struct alert_scene *scene, const char *line, size_t size) {
    json_t *json = json_loadb(line, size, 0, NULL);
    ck_assert_msg(json != NULL, "no document: %.*s", (int)size, line);
    ck_assert_int_lt(scene->n, ALERT_EVENTS);
    struct alert_event *e = &scene->events[scene->n++];
    copy(e->what, sizeof e->what, json, "event");
    copy(e->rule, sizeof e->rule, json, "rule");
    copy(e->entity, sizeof e->entity, json, "entity");
    copy(e->name, sizeof e->name, json, "name");
    copy(e->text, sizeof e->text, json, "text");
    e->alert = (int)json_integer_value(json_object_get(json, "alert"));
    e->at_ms = servers_now_ms();
    json_decref(json);
}

static void read_log(struct alert_scene *scene) {
    char path[700], *line = NULL;
    size_t room = 0;
    log_name(scene, path, sizeof path);
    FILE *in = fopen(path, "r");
    if (!in)
        return; /* nothing was said yet */
    ck_assert_int_eq(fseek(in, scene->read, SEEK_SET), 0);
    for (ssize_t n; (n = getline(&line, &room, in)) > 0 && line[n - 1] == '\n'; scene->read += n)
        take(scene, line, (size_t)n);
    free(line);
    fclose(in);
}

void alert_scene_turn(struct alert_scene *scene, int ms) {
    command_pump(&scene->natsight, ms);
    ck_assert_msg(scene->natsight.out >= 0, "%s: natsight ended: %s", scene->label, scene->natsight.errors);
    read_log(scene);
}

bool alert_event_speaks(const struct alert_event *e) {
    static const char *const speaking[] = {"opened", "back", "worse", "less", "grew"};
    for (size_t i = 0; i < sizeof speaking / sizeof *speaking; i++)
        if (strcmp(e->what, speaking[i]) == 0)
            return true;
    return false;
}

const struct alert_event *alert_scene_speaks(const struct alert_scene *scene, int from, const char *rule,
                                             const char *entity, const char *name) {
    for (int i = from; i < scene->n; i++) {
        const struct alert_event *e = &scene->events[i];
        if (alert_event_speaks(e) && strcmp(e->rule, rule) == 0 && strcmp(e->entity, entity) == 0 &&
            fnmatch(name, e->name, 0) == 0)
            return e;
    }
    return NULL;
}

const struct alert_event *alert_scene_cleared(const struct alert_scene *scene, int from, int alert) {
    for (int i = from; i < scene->n; i++)
        if (scene->events[i].alert == alert && strcmp(scene->events[i].what, "cleared") == 0)
            return &scene->events[i];
    return NULL;
}

void alert_scene_stop(struct alert_scene *scene) {
    command_free(&scene->natsight);
    slow_end(scene->slow);
    for (size_t i = 0; i < sizeof scene->idle / sizeof *scene->idle; i++)
        if (scene->idle[i])
            natsc_close(scene->idle[i]);
    if (scene->line)
        natsc_close(scene->line);
    servers_end(scene->joined);
}

void alert_scene_end(struct alert_scene *scene) {
    servers_end(scene->servers);
}
