#include "outward/alert_write.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/write_all.h"
#include "outward/alert_document.h"
#include "outward/alert_take.h"

/* What a killed one left under the temporary name is ours: we have the lock. */
static bool write_file(const struct alert_write *w) {
    const struct alert_place *place = w->place;
    struct buffer text = {0};
    if (write_is_refused(place->folder) || write_is_refused(place->file)) {
        errno = EACCES;
        return false;
    }
    alert_document_write(w->model, place->called, &text);
    unlink(place->temporary);
    bool good = write_whole(place->file, place->temporary, 0600, text.data, text.len);
    int error = errno;
    buffer_finish(&text);
    errno = error;
    return good;
}

void alert_write(void *context, struct buffer *answer, int *fd) {
    (void)fd;
    const struct alert_write *w = context;
    struct alert_write_answer done = {.state = ALERT_WRITTEN};
    if (!alert_lock_stands(w->lock, w->place)) {
        done.state = ALERT_NOT_OURS;
    } else if (w->write && !write_file(w)) {
        done.state = ALERT_NOT_WRITTEN;
        snprintf(done.message, sizeof done.message, "%.450s: %.100s", w->place->file, strerror(errno));
    }
    struct stat info;
    if (lstat(w->place->file, &info) == 0)
        done.stamp = alert_stamp_of(&info);
    if (done.state == ALERT_WRITTEN && w->said.who != 0)
        alert_pass_remove(w->place, &w->said);
    if (w->last && done.state != ALERT_NOT_OURS)
        unlink(w->place->lock);
    struct buffer text = {0};
    if (done.state == ALERT_WRITTEN && !w->last)
        done.said = alert_pass_find(w->place, &text);
    buffer_append(answer, &done, sizeof done);
    buffer_append(answer, text.data, text.len);
    buffer_finish(&text);
}
