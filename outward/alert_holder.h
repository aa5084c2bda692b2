/* The natsight that has the lock of a cluster's alerts, as the kernel sees it. Any process. */
#ifndef OUTWARD_ALERT_HOLDER_H
#define OUTWARD_ALERT_HOLDER_H

#include <stdbool.h>
#include <sys/types.h>

/* This process, which says that it has this lock, is stopped, as by SIGSTOP. false also where that is not to
 * be known: on another machine, in a container, of another user. */
bool alert_holder_is_stopped(pid_t pid, int lock);

#endif
