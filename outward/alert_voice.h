/* What is said of keeping a cluster's alerts: whether they are kept here, and why not. Each sentence once,
 * for as long as nothing else is to be said. Part of a struct alert_file; main process. */
#ifndef OUTWARD_ALERT_VOICE_H
#define OUTWARD_ALERT_VOICE_H

#include <stdbool.h>
#include <sys/types.h>

#include "outward/alert_file.h"

struct alert_voice {
    alert_file_say_fn *say;
    void *data;
    const char *called; /* the cluster */
    char reason[620];   /* why they are not kept; "": they are, or another one does */
    char said[700];     /* the last one about that */
    char told[600];     /* the last one about what was there */
    bool complained;
    char refusal[300], status[80]; /* while another one keeps them */
};

void alert_voice_not_kept(struct alert_voice *voice, const char *reason);
void alert_voice_kept(struct alert_voice *voice);
/* Another one does, 0: it is not known which. passes: what is said here goes there. */
void alert_voice_read_only(struct alert_voice *voice, pid_t holder, bool passes);
/* It is stopped, and was seen so since then: nobody tells of anything. */
void alert_voice_stopped(struct alert_voice *voice, pid_t holder, int64_t since_utc_ns);
/* Another one did until now, and for some seconds nobody does. Nothing is said. */
void alert_voice_settles(struct alert_voice *voice);
/* What became of the file that was there; "": nothing. */
void alert_voice_tell(struct alert_voice *voice, const char *message);
/* What was said here does not get there. Once, until `complained` is taken back. */
void alert_voice_complain(struct alert_voice *voice, pid_t holder, const char *why);

#endif
