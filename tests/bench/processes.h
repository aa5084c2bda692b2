/* What a process and all its descendants have used, as the kernel counts it. */
#ifndef BENCH_PROCESSES_H
#define BENCH_PROCESSES_H

#include <sys/types.h>

struct processes {
    int count;
    double cpu_s;   /* user and system, ended threads included; descendants that ended are not */
    double pss_mb;  /* proportional set size */
    double peak_mb; /* sum of the largest resident sets so far */
};

struct processes processes_of(pid_t root);

#endif
