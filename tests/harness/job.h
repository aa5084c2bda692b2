/* A program as the foreground job of its terminal, under a small parent that does what a shell does about it.
 */
#ifndef HARNESS_JOB_H
#define HARNESS_JOB_H

#include <stdbool.h>
#include <sys/types.h>

struct job {
    pid_t parent; /* our child: session leader, adopts what the program leaves behind */
    pid_t program;
    int reports; /* wait statuses as they come, from the parent */
    bool stopped, ended;
    int status;
};

/* prepare() runs in the child that execs: environment, folder. slave: the terminal. false: nothing was
 * started. */
bool job_start(struct job *job, int slave, const char *const argv[], void (*prepare)(const void *),
               const void *context);
/* Takes the reports that came within ms. */
void job_watch(struct job *job, int ms);
bool job_continue(struct job *job);
/* Living descendants of the parent. */
int job_processes(const struct job *job);
/* What the kernel says of any process: R, S, T ...; 0: it lives no more. */
char job_state(pid_t pid);
/* Kills all of them, and the parent. */
void job_end(struct job *job);

#endif
