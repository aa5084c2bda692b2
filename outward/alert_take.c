#include "outward/alert_take.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/memory.h"
#include "base/write_all.h"
#include "outward/alert_document.h"
#include "outward/alert_holder.h"
#include "outward/alert_pass.h"

enum { TEXT_MOST = 64 << 20, LOCK_TRIES = 5, NAMES_MOST = 20 };

#define NO_SCREEN " no screen\n"

struct taking {
    const struct alert_take *take;
    struct alert_take_answer answer;
    struct buffer text;
    int lock;
};

static void say(struct taking *t, const char *what, const char *why) {
    snprintf(t->answer.message, sizeof t->answer.message, "%.400s%s%.150s", what, *why ? ": " : "", why);
}

/* ---- the lock ---- */

bool alert_lock_stands(int lock, const struct alert_place *place) {
    struct stat own, there;
    return fstat(lock, &own) == 0 && lstat(place->lock, &there) == 0 && own.st_dev == there.st_dev &&
           own.st_ino == there.st_ino;
}

/* "4711", "4712 no screen". */
static void read_owner(struct taking *t, int fd) {
    char text[40] = "", *end = text;
    ssize_t n = pread(fd, text, sizeof text - 1, 0);
    long pid = n > 0 ? strtol(text, &end, 10) : 0;
    t->answer.holder = pid > 0 ? (pid_t)pid : 0;
    t->answer.holder_no_screen = pid > 0 && strcmp(end, NO_SCREEN) == 0;
    t->answer.holder_stopped = pid > 0 && alert_holder_is_stopped(t->answer.holder, fd);
}

/* Good to know, and no more. */
static void write_owner(int fd, const struct alert_take *take) {
    char text[40];
    int len = snprintf(text, sizeof text, "%ld%s", (long)take->owner, take->no_screen ? NO_SCREEN : "\n");
    if (ftruncate(fd, 0) == 0 && pwrite(fd, text, (size_t)len, 0) != len)
        (void)!ftruncate(fd, 0);
}

/* Whoever ends removes the file: what was locked may be one that is there no more. */
static enum alert_taken take_lock(struct taking *t) {
    const char *path = t->take->place->lock;
    for (int i = 0; i < LOCK_TRIES; i++) {
        int fd = open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0600);
        if (fd < 0)
            break;
        errno = 0;
        if (flock(fd, LOCK_EX | LOCK_NB) == 0 && alert_lock_stands(fd, t->take->place)) {
            write_owner(fd, t->take);
            t->lock = fd;
            return ALERT_TAKEN;
        }
        bool others = errno == EWOULDBLOCK;
        read_owner(t, fd);
        close(fd);
        if (others)
            return ALERT_OTHERS;
    }
    say(t, path, strerror(errno));
    return ALERT_NOT_TAKEN;
}

static void leave_lock(struct taking *t) {
    if (t->lock >= 0) {
        unlink(t->take->place->lock);
        close(t->lock);
    }
    t->lock = -1;
}

/* ---- the text ---- */

enum found { FOUND_NONE, FOUND_GOOD, FOUND_SAME, FOUND_BROKEN, FOUND_CLOSED /* can't or must not be read */ };

/* It may grow while it is read. */
static bool read_all(int fd, struct buffer *text) {
    while (text->len <= TEXT_MOST) {
        ssize_t n = read(fd, buffer_reserve(text, 1 << 20), 1 << 20);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return n == 0;
        text->len += (size_t)n;
    }
    return true;
}

static enum found examine(struct taking *t, int fd, char *why, size_t size) {
    struct stat info;
    if (fstat(fd, &info) != 0) {
        snprintf(why, size, "%s", strerror(errno));
        return FOUND_CLOSED;
    }
    snprintf(why, size, "%s", strerror(EACCES));
    if ((info.st_mode & 0444) == 0)
        return FOUND_CLOSED;
    snprintf(why, size, "no regular file");
    if (!S_ISREG(info.st_mode))
        return FOUND_BROKEN;
    t->answer.stamp = alert_stamp_of(&info);
    bool again = t->take->reads && t->answer.taken != ALERT_OTHERS;
    if (!again && alert_stamp_same(&t->answer.stamp, &t->take->seen))
        return FOUND_SAME;
    snprintf(why, size, "larger than %d MiB", TEXT_MOST >> 20);
    if (info.st_size > TEXT_MOST)
        return FOUND_BROKEN;
    if (!read_all(fd, &t->text)) {
        snprintf(why, size, "%s", strerror(errno));
        return FOUND_CLOSED;
    }
    if (t->text.len > TEXT_MOST)
        return FOUND_BROKEN;
    struct alert_document document;
    switch (alert_document_read(&document, t->text.data, t->text.len, why, size)) {
    case ALERT_DOCUMENT_NEWER:
        return FOUND_CLOSED;
    case ALERT_DOCUMENT_BROKEN:
        return FOUND_BROKEN;
    case ALERT_DOCUMENT_GOOD:
        break;
    }
    alert_document_finish(&document);
    return FOUND_GOOD;
}

static enum found read_file(struct taking *t, char *why, size_t size) {
    int fd = open(t->take->place->file, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    if (fd < 0) {
        snprintf(why, size, "%s", errno == ENXIO ? "no regular file" : strerror(errno));
        return errno == ENOENT ? FOUND_NONE : errno == ENXIO ? FOUND_BROKEN : FOUND_CLOSED;
    }
    enum found found = examine(t, fd, why, size);
    close(fd);
    return found;
}

/* alerts-prod.json.broken-20261121-024107, and .2 to .20 behind it when there are more of that second. */
static bool set_aside(const char *path, char *out, size_t size) {
    char date[20];
    time_t now = time(NULL);
    struct tm utc;
    strftime(date, sizeof date, "%Y%m%d-%H%M%S", gmtime_r(&now, &utc));
    for (int i = 1; i <= NAMES_MOST; i++) {
        struct stat there;
        char more[8] = "";
        if (i > 1)
            snprintf(more, sizeof more, ".%d", i);
        snprintf(out, size, "%s.broken-%s%s", path, date, more);
        if (lstat(out, &there) != 0 && errno == ENOENT)
            return rename(path, out) == 0;
    }
    errno = EEXIST;
    return false;
}

static void take_broken(struct taking *t, const char *why) {
    char aside[4200];
    const char *file = t->take->place->file, *name = strrchr(file, '/') + 1;
    if (t->answer.taken != ALERT_TAKEN) {
        snprintf(t->answer.message, sizeof t->answer.message, "%.350s can't be read: %.150s", name, why);
        return;
    }
    if (set_aside(file, aside, sizeof aside)) {
        snprintf(t->answer.message, sizeof t->answer.message,
                 "%.200s: %.120s; it was set aside as %.200s, and alerts are kept anew", name, why,
                 strrchr(aside, '/') + 1);
        t->answer.stamp = (struct alert_stamp){0};
        return;
    }
    snprintf(t->answer.message, sizeof t->answer.message, "%.300s: %.120s; it can't be set aside: %.100s",
             file, why, strerror(errno));
    t->answer.taken = ALERT_NOT_TAKEN;
}

static void take_text(struct taking *t) {
    char why[200];
    const char *file = t->take->place->file;
    switch (read_file(t, why, sizeof why)) {
    case FOUND_CLOSED:
        if (t->answer.taken == ALERT_TAKEN)
            t->answer.taken = ALERT_NOT_TAKEN;
        t->answer.stamp = (struct alert_stamp){0};
        t->text.len = 0;
        say(t, file, why);
        break;
    case FOUND_BROKEN:
        t->text.len = 0;
        take_broken(t, why);
        break;
    case FOUND_NONE:
    case FOUND_SAME:
        t->text.len = 0;
        break;
    case FOUND_GOOD:
        break;
    }
}

/* What can't be written here by now may be locked by one who came before. */
static bool is_locked(struct taking *t) {
    int fd = open(t->take->place->lock, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    bool others = fd >= 0 && flock(fd, LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK;
    if (others)
        read_owner(t, fd);
    if (fd >= 0)
        close(fd);
    return others;
}

static enum alert_taken refused(struct taking *t, const char *what, const char *why) {
    if (is_locked(t))
        return ALERT_OTHERS;
    say(t, what, why);
    return ALERT_NOT_TAKEN;
}

/* Where nothing can be written it is read all the same. */
static enum alert_taken take_place(struct taking *t) {
    const struct alert_place *place = t->take->place;
    if (!write_folders(place->file, 0700))
        return refused(t, place->folder, strerror(errno));
    const char *const needed[] = {place->folder, place->file};
    for (size_t i = 0; i < sizeof needed / sizeof *needed; i++)
        if (write_is_refused(needed[i]))
            return refused(t, needed[i], "read-only");
    return take_lock(t);
}

void alert_take(void *context, struct buffer *answer, int *lock) {
    struct taking t = {.take = context, .lock = -1};
    /* before the file is read: what is gone by now stands in it */
    t.answer.said_stands = alert_pass_stands(t.take->place, t.take->owner);
    t.answer.taken = take_place(&t);
    char refused[sizeof t.answer.message];
    memcpy(refused, t.answer.message, sizeof refused);
    take_text(&t);
    if (refused[0] != '\0')
        memcpy(t.answer.message, refused, sizeof refused);
    if (t.answer.taken != ALERT_TAKEN)
        leave_lock(&t);
    *lock = t.lock;
    buffer_append(answer, &t.answer, sizeof t.answer);
    buffer_append(answer, t.text.data, t.text.len);
    buffer_finish(&t.text);
}
