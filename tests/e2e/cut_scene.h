/* A server, clients that it cuts off (harness/slow.h), and the program that watches them: what it shows is
 * held against the clients' own log and the server's.
 *
 * Several live side by side; one thread turns them all. What fails, fails the Check test. */
#ifndef TESTS_E2E_CUT_SCENE_H
#define TESTS_E2E_CUT_SCENE_H

#include "tests/harness/cut_log.h"
#include "tests/harness/document.h"
#include "tests/harness/servers.h"
#include "tests/harness/slow.h"

enum { CUT_RUNS = 2, CUT_MS = 60000 };

struct relay;

struct cut_scene {
    const char *name;
    const char *config;       /* of the server */
    const char *const *every; /* further options of the program, or NULL */
    bool relayed;             /* the program asks through one, so that it can be kept from it */

    struct servers *servers;
    struct relay *relay;
    struct slow *slow[CUT_RUNS]; /* of one run of the server each */
    int runs;
    struct documents documents;
    json_t *last;
    struct cut_log log; /* as of cut_scene_read_log() */
    int64_t looked_ms;
};

void cut_scene_start(struct cut_scene *scene);
/* Until the program shows the server. */
void cut_scene_await(struct cut_scene *scene);
/* Clients of the server's present run. */
void cut_scene_begin(struct cut_scene *scene, const struct slow_group *groups, int n);
/* Documents that came. */
void cut_scene_turn(struct cut_scene *scene, int ms);
void cut_scene_read_log(struct cut_scene *scene);
/* All clients have lived, and the last document has every one that the server's log has, and its counter. */
bool cut_scene_is_told(struct cut_scene *scene);
/* On stderr. */
void cut_scene_dump(struct cut_scene *scene);
/* All but the server: what began later has to end first, of all scenes. */
void cut_scene_stop(struct cut_scene *scene);
void cut_scene_end(struct cut_scene *scene);

json_t *cut_scene_server(const struct cut_scene *scene);
/* Of the last document, open ones first, then closed ones; NULL behind the last. */
json_t *cut_scene_row(const struct cut_scene *scene, size_t i);
/* How many rows the last document has of this connection, the last one of these in *row. */
int cut_scene_rows(const struct cut_scene *scene, const struct slow_life *life, json_t **row);
/* Rows of the last document that say that they were cut. */
int cut_scene_shown_cut(const struct cut_scene *scene);
/* Distinct clients in the server's log. */
int cut_scene_logged(const struct cut_scene *scene);

#endif
