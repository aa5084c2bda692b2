#include "tests/bench/processes.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

enum { DESCENDANTS_MAX = 256 };

static int children_of(pid_t pid, pid_t *out, int room) {
    char path[64];
    int n = 0;
    snprintf(path, sizeof path, "/proc/%d/task/%d/children", (int)pid, (int)pid);
    FILE *in = fopen(path, "re");
    while (in && n < room && fscanf(in, "%d", &out[n]) == 1)
        n++;
    if (in)
        fclose(in);
    return n;
}

/* In MB; a line "name:   123 kB" of a file in /proc/PID. */
static double megabytes(pid_t pid, const char *file, const char *name) {
    char path[64], line[256];
    double kb = 0;
    size_t length = strlen(name);
    snprintf(path, sizeof path, "/proc/%d/%s", (int)pid, file);
    FILE *in = fopen(path, "re");
    while (in && fgets(line, sizeof line, in))
        if (strncmp(line, name, length) == 0 && line[length] == ':')
            sscanf(line + length + 1, "%lf", &kb);
    if (in)
        fclose(in);
    return kb / 1024;
}

static double cpu_of(pid_t pid) {
    clockid_t clock;
    struct timespec t = {0};
    if (clock_getcpuclockid(pid, &clock) == 0)
        clock_gettime(clock, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

struct processes processes_of(pid_t root) {
    pid_t all[DESCENDANTS_MAX] = {root};
    struct processes sum = {.count = 1};
    for (int i = 0; i < sum.count; i++)
        sum.count += children_of(all[i], all + sum.count, DESCENDANTS_MAX - sum.count);
    for (int i = 0; i < sum.count; i++) {
        sum.cpu_s += cpu_of(all[i]);
        sum.pss_mb += megabytes(all[i], "smaps_rollup", "Pss");
        sum.peak_mb += megabytes(all[i], "status", "VmHWM");
    }
    return sum;
}
