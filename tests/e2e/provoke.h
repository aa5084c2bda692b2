/* What makes a rule speak on real servers, and what ends that: acts on the servers, streams and clients of a
 * scene. The names are those of the objects: "STREAM/consumer", "STREAM", "n3". An act does not wait for what
 * it brings about. What fails, fails the Check test. */
#ifndef TESTS_E2E_PROVOKE_H
#define TESTS_E2E_PROVOKE_H

#include "tests/e2e/alert_scene.h"

/* ms: since the provocation; 0 when it begins and when it is ended. */
typedef void provoke_fn(struct alert_scene *scene, const char *name, int64_t ms);

/* ---- servers; name: which one ---- */
provoke_fn provoke_kill, provoke_restart, provoke_kill_and_restart, provoke_pause, provoke_resume;
/* The meta leader, and all but one of the others. */
provoke_fn provoke_pause_leader, provoke_resume_all;
/* Another server joins the cluster of this name, which has one. */
provoke_fn provoke_join;
/* Before the scene's servers start: its one server can be joined. */
void provoke_make_joinable(struct alert_scene *scene);
/* Its routes, or those of all, where the scene is relayed. */
provoke_fn provoke_cut_routes, provoke_heal_routes, provoke_cut_all, provoke_heal_all;
provoke_fn provoke_js_off, provoke_js_on;

/* ---- clients; name: that of the server, or of the client ---- */
provoke_fn provoke_traffic;
provoke_fn provoke_connect_many, provoke_disconnect_many;
/* "cut-me", "holds-back" (less than would be too much, for a while) and "restless", who does not stay. */
provoke_fn provoke_slow_clients;
provoke_fn provoke_churn;
provoke_fn provoke_wrong_passwords;

/* ---- JetStream ---- */

/* Streams and consumers that the acts below are about; the first messages were delivered and acknowledged. */
void provoke_make_assets(struct alert_scene *scene);
/* HELD, on all nodes, with a consumer "worker". */
void provoke_make_held(struct alert_scene *scene);
provoke_fn provoke_store, provoke_work_off; /* messages for a consumer; it takes and acknowledges all */
provoke_fn provoke_leave;                   /* the same, and then messages that nobody takes */
provoke_fn provoke_store_many;
provoke_fn provoke_fill_window;
provoke_fn provoke_redeliver, provoke_flaky_turn, provoke_grow, provoke_grow_turn;
provoke_fn provoke_fill, provoke_fill_half, provoke_purge; /* to its limit, nearly, empty */
provoke_fn provoke_add_consumers, provoke_delete_consumers;
provoke_fn provoke_ask_wrongly;
provoke_fn provoke_add_source, provoke_delete;
provoke_fn provoke_vanish; /* each turn: as soon as that counts */
provoke_fn provoke_make_again;

#endif
