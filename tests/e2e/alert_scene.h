/* Real servers, natsight beside them with rules of its own, and what its log of alerts says: which rule spoke
 * of which object, and when that was over.
 *
 * Several live side by side; one thread turns them all. With the folder of tests/e2e/config_file.h. What
 * fails, fails the Check test. */
#ifndef TESTS_E2E_ALERT_SCENE_H
#define TESTS_E2E_ALERT_SCENE_H

#include "tests/harness/natsc.h"
#include "tests/harness/servers.h"
#include "tests/harness/slow.h"

#include "tests/e2e/config_file.h"

enum { ALERT_EVENTS = 512 };

struct alert_event {
    char what[16]; /* "opened", "worse", "cleared", ...: model/alerts.h */
    char rule[48], entity[24], name[160], text[240];
    int alert;     /* its number */
    int64_t at_ms; /* when it was read, as of servers_now_ms() */
};

struct alert_scene {
    const char *label;
    struct servers_options options;
    const char *const *more; /* further options of natsight, NULL-terminated, or NULL */

    struct servers *servers, *joined; /* joined: later, or NULL */
    char own[200], joining[200];      /* configuration of those that are to be joined, and of who joins */
    int route_port;
    int minor;              /* 2.MINOR */
    struct natsc *line;     /* to the first node */
    struct slow *slow;      /* ended with it */
    struct natsc *idle[64]; /* further connections, closed with it */
    struct command natsight;
    int64_t began_ms;
    long read; /* bytes of the log */
    struct alert_event events[ALERT_EVENTS];
    int n;
};

/* The servers and `line`. */
void alert_scene_servers(struct alert_scene *scene);
/* natsight, with this text in its configuration, until it says "ok servers LABEL" or, where some are not
 * there, how many are. */
void alert_scene_watch(struct alert_scene *scene, const char *config);
/* Takes what the log has by now; waits at most ms for more output of the program. */
void alert_scene_turn(struct alert_scene *scene, int ms);
/* The first event at or behind `from` in which this rule speaks of an object whose name matches this
 * pattern (as of file names); NULL none. */
const struct alert_event *alert_scene_speaks(const struct alert_scene *scene, int from, const char *rule,
                                             const char *entity, const char *name);
/* The first event behind `from` in which this alert is over; NULL none. */
const struct alert_event *alert_scene_cleared(const struct alert_scene *scene, int from, int alert);
bool alert_event_speaks(const struct alert_event *event);
/* All but its servers: what began later has to end first, of all scenes. */
void alert_scene_stop(struct alert_scene *scene);
void alert_scene_end(struct alert_scene *scene);

#endif
