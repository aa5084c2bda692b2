#include "outward/alert_pass.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/write_all.h"

enum { SAID_MOST = 4 << 20 }; /* bytes; ten thousand words have less */

static char *path_of(const struct alert_place *place, pid_t who) {
    return memory_format("%s%ld", place->said, (long)who);
}

/* ---- who says ---- */

void alert_pass(void *context, struct buffer *answer, int *fd) {
    (void)fd;
    const struct alert_pass *pass = context;
    struct alert_pass_answer done = {0};
    struct buffer text = {0};
    char *path = path_of(pass->place, pass->who), *temporary = memory_format("%s.tmp", path);
    alert_words_write(pass->words, pass->place->called, &text);
    unlink(temporary);
    errno = EACCES;
    done.passed =
        !write_is_refused(pass->place->folder) && write_whole(path, temporary, 0600, text.data, text.len);
    if (!done.passed)
        snprintf(done.message, sizeof done.message, "%.450s: %.100s", path, strerror(errno));
    buffer_append(answer, &done, sizeof done);
    buffer_finish(&text);
    free(path);
    free(temporary);
}

bool alert_pass_stands(const struct alert_place *place, pid_t who) {
    char *path = path_of(place, who);
    bool stands = access(path, F_OK) == 0;
    free(path);
    return stands;
}

/* ---- who keeps ---- */

/* "alerts-prod.said-4711"; 0: it is none. */
static pid_t who_of(const struct alert_place *place, const char *name) {
    const char *prefix = strrchr(place->said, '/') + 1;
    char *end;
    if (strncmp(name, prefix, strlen(prefix)) != 0)
        return 0;
    long who = strtol(name + strlen(prefix), &end, 10);
    return *end == '\0' && who > 0 ? (pid_t)who : 0;
}

static pid_t who_says(const struct alert_place *place) {
    DIR *folder = opendir(place->folder);
    pid_t who = 0;
    if (folder == NULL)
        return 0;
    for (struct dirent *entry; who == 0 && (entry = readdir(folder)) != NULL;)
        who = who_of(place, entry->d_name);
    closedir(folder);
    return who;
}

static void read_text(int fd, struct buffer *text) {
    ssize_t n;
    do {
        n = read(fd, buffer_reserve(text, 1 << 16), 1 << 16);
        text->len += n > 0 ? (size_t)n : 0;
    } while (text->len <= SAID_MOST && (n > 0 || (n < 0 && errno == EINTR)));
    if (n != 0)
        text->len = 0;
}

struct alert_said alert_pass_find(const struct alert_place *place, struct buffer *text) {
    struct alert_said said = {.who = who_says(place)};
    struct stat info;
    char *path = path_of(place, said.who);
    int fd = said.who != 0 ? open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC) : -1;
    if (said.who != 0 && lstat(path, &info) == 0)
        said.stamp = alert_stamp_of(&info);
    if (fd >= 0 && fstat(fd, &info) == 0 && S_ISREG(info.st_mode)) {
        said.stamp = alert_stamp_of(&info);
        read_text(fd, text);
    }
    if (fd >= 0)
        close(fd);
    free(path);
    return said;
}

void alert_pass_remove(const struct alert_place *place, const struct alert_said *said) {
    struct stat info;
    char *path = path_of(place, said->who);
    if (lstat(path, &info) == 0) {
        struct alert_stamp now = alert_stamp_of(&info);
        if (alert_stamp_same(&now, &said->stamp))
            unlink(path);
    }
    free(path);
}
