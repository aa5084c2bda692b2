/* The alerts of a cluster over restarts: what of them is written, when, and by whom.
 *
 * The last run's are read before the first tick; from then on whatever changes is written within seconds, at
 * most every few, whole and renamed, by errands: this process waits for a disk at its start and at its end
 * alone, and not for long. Of several natsights on one cluster one keeps the file, and the others read it:
 * what somebody acknowledges or silences there is seen here within some seconds, and here nobody does, but
 * where the one that keeps it takes no keys: then it is passed there (outward/alert_words.h); alerts have the
 * numbers that they have there. When the one that keeps it ends or is suspended, another one does; where it
 * was stopped without being asked the others say so. What can't be read or written is said once and tried
 * again; alerts go on without. Where and under which name: outward/alert_place.h. Main process. */
#ifndef OUTWARD_ALERT_FILE_H
#define OUTWARD_ALERT_FILE_H

#include "base/loop.h"
#include "model/model.h"
#include "outward/alert_untold.h"

struct alert_file;

/* A sentence about ourselves, once. */
typedef void alert_file_say_fn(void *data, bool warning, const char *text);

/* Before the first tick of the model, which must outlive it. Of the cluster that is called so
 * (outward/alert_place.h), which does not change any more, whatever is configured later. screen: somebody
 * can acknowledge here. */
struct alert_file *alert_file_open(struct loop *loop, struct model *model, const char *called, bool screen,
                                   alert_file_say_fn *say, void *data);
/* Writes what has changed since, for two seconds at most. NULL is fine. */
void alert_file_close(struct alert_file *file);
/* We are about to be stopped, as by Ctrl-Z: what has changed is written, for a second at most, and another
 * one may keep them. The next tick asks who does; if nobody did since, we go on. NULL is fine. */
void alert_file_yield(struct alert_file *file);
/* After each tick of the model. */
void alert_file_tick(struct alert_file *file);

/* Whose it is to tell of the alerts, to programs and logs: of several natsights one does. */
enum alert_teller {
    TELLER_UNKNOWN, /* for seconds at most */
    TELLER_HERE,    /* we keep the file, or nobody can */
    TELLER_OTHER,
};
enum alert_teller alert_file_teller(const struct alert_file *file);
/* What is to be told when it was another one's before. Until the next tick. */
const struct alert_untold *alert_file_untold(const struct alert_file *file);

/* Somebody acknowledged this one here, or took it back; silenced this entity, or let it speak again. It
 * stands in the model; where another natsight keeps the alerts without a screen it goes there within seconds.
 * NULL is fine. */
void alert_file_said_alert(struct alert_file *file, uint64_t number);
void alert_file_said_silence(struct alert_file *file, const char *entity, const char *cluster,
                             const char *name);

/* Why nobody acknowledges or silences anything here: "natsight 4711 keeps the alerts of prod: ...". NULL: it
 * can be done. Until the next tick. */
const char *alert_file_refusal(const struct alert_file *file);
/* For a title: "only read", "kept by natsight 4711" and what is said here goes there, "not kept"; "": they
 * are. */
const char *alert_file_status(const struct alert_file *file);

#endif
