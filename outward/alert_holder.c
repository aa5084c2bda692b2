#include "outward/alert_holder.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

/* The number alone may be another one's by now, or from where processes are numbered otherwise. */
static bool has_open(pid_t pid, const struct stat *lock) {
    char path[40];
    bool found = false;
    snprintf(path, sizeof path, "/proc/%ld/fd", (long)pid);
    DIR *all = opendir(path);
    if (all == NULL)
        return false;
    for (struct dirent *entry; !found && (entry = readdir(all)) != NULL;) {
        struct stat info;
        found = fstatat(dirfd(all), entry->d_name, &info, 0) == 0 && info.st_dev == lock->st_dev &&
                info.st_ino == lock->st_ino;
    }
    closedir(all);
    return found;
}

/* "4711 (natsight) T ...": T by a signal, t by a debugger. */
static char state_of(pid_t pid) {
    char path[40], text[200] = "";
    snprintf(path, sizeof path, "/proc/%ld/stat", (long)pid);
    FILE *in = fopen(path, "re");
    if (in == NULL)
        return ' ';
    size_t len = fread(text, 1, sizeof text - 1, in);
    fclose(in);
    text[len] = '\0';
    const char *end = strrchr(text, ')');
    return end != NULL && end[1] == ' ' ? end[2] : ' ';
}

bool alert_holder_is_stopped(pid_t pid, int lock) {
    struct stat info;
    char state = state_of(pid);
    return (state == 'T' || state == 't') && fstat(lock, &info) == 0 && has_open(pid, &info);
}
