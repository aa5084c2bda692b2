#include "entry/settings_write.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/write_all.h"
#include "entry/config_text.h"

/* ---- the new text ---- */

static char *changed_text(const struct options *in_force, const char *text, int *changes, char *message,
                          size_t size) {
    int count;
    const struct setting *all = settings_all(&count);
    char *result = memory_text(text);
    *changes = 0;
    for (int i = 0; i < count && result != NULL; i++) {
        char value[SETTING_TEXT];
        if (!config_changed(&all[i], in_force))
            continue;
        setting_show(&all[i], in_force, value, sizeof value);
        char *next = config_text_set(result, all[i].path, value);
        free(result);
        result = next;
        if (result == NULL)
            snprintf(message, size, "%s can't be changed in the text of the file: write it there",
                     all[i].path);
        ++*changes;
    }
    return result;
}

/* Read back, it has to say what is in force: an included file, say, may say it too. */
static bool says_the_same(const char *path, const char *text, const struct options *in_force, char *message,
                          size_t size) {
    int count;
    const struct setting *all = settings_all(&count);
    struct config_faults faults = {0};
    struct options then;
    bool same = false;
    struct config *config = config_load_text(path, text, &faults);
    if (config != NULL && config_apply(config, in_force->typed, &then, &faults)) {
        same = true;
        for (int i = 0; i < count && same; i++) {
            char now[SETTING_TEXT], read[SETTING_TEXT];
            setting_show(&all[i], in_force, now, sizeof now);
            setting_show(&all[i], &then, read, sizeof read);
            same = strcmp(now, read) == 0 || setting_given(&all[i], in_force->typed);
            if (!same)
                snprintf(message, size,
                         config_changed(&all[i], in_force)
                             ? "nothing written: %s is said elsewhere, too"
                             : "nothing written: %s was changed in the file meanwhile; read it again first",
                         all[i].path);
        }
    } else {
        char place[200] = "";
        const char *why = "it could not be read back";
        if (faults.kept > 0) {
            config_fault_place(&faults.told[0], place, sizeof place);
            why = config_fault_sentence(&faults.told[0]);
        }
        snprintf(message, size, "nothing written: %s%s%s", place, place[0] != '\0' ? ": " : "", why);
    }
    config_free(config);
    config_faults_finish(&faults);
    return same;
}

/* ---- the file ---- */

/* A new file; *others: it can't be given to whom the old one belongs, nothing is left of it. */
static bool write_new(const char *path, const char *text, const struct stat *old, bool *others) {
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    struct stat own;
    if (fd < 0)
        return false;
    bool good = fstat(fd, &own) == 0;
    *others = good && old != NULL && (own.st_uid != old->st_uid || own.st_gid != old->st_gid) &&
              fchown(fd, old->st_uid, old->st_gid) != 0;
    good = good && !*others && fchmod(fd, old != NULL ? old->st_mode & 07777 : 0644) == 0 &&
           write_down(fd, text, strlen(text));
    int error = errno;
    good = close(fd) == 0 && good;
    if (good)
        return true;
    unlink(path);
    errno = error;
    return false;
}

/* The file stays the one it is, with all that belongs to it; what it said is kept by a copy. */
static bool write_in_place(const char *path, const char *before, const char *text, const char *kept) {
    bool others;
    struct stat copy = {.st_mode = 0600, .st_uid = geteuid(), .st_gid = getegid()};
    unlink(kept);
    if (!write_new(kept, before, &copy, &others))
        return false;
    int fd = open(path, O_WRONLY | O_TRUNC | O_CLOEXEC);
    bool good = fd >= 0 && write_down(fd, text, strlen(text));
    int error = errno;
    if (fd >= 0)
        good = close(fd) == 0 && good;
    errno = error;
    return good;
}

/* What was there is kept under another name; the new one takes its place at once, where it can have the same
 * owner and group. */
static bool replace(const char *path, const char *before, const char *text, bool exists) {
    struct stat info;
    bool others = false, known = exists && stat(path, &info) == 0;
    char *temporary = memory_format("%s.tmp-%d", path, (int)getpid()), *kept = memory_format("%s~", path);
    bool made = write_new(temporary, text, known ? &info : NULL, &others), good = made;
    if (others)
        good = write_in_place(path, before, text, kept);
    if (made && exists) {
        unlink(kept);
        good = link(path, kept) == 0;
    }
    good = good && (!made || rename(temporary, path) == 0);
    int error = errno;
    if (made && !good)
        unlink(temporary);
    free(temporary);
    free(kept);
    errno = error;
    return good;
}

/* `path` is what the file is called, beside which others are included; a link stays one: `real` is written.
 */
static bool write_changes(const struct options *in_force, const char *path, const char *real, char *message,
                          size_t size) {
    struct config_faults faults = {0};
    bool exists = access(real, F_OK) == 0, good = false;
    const char *from = exists ? path : config_path(in_force->config);
    char *text = from[0] != '\0' ? config_file_text(from, &faults, NULL, 0) : memory_text("");
    int changes = 0;
    if (text != NULL && exists && text[0] != '\0') /* the newline that reading adds */
        text[strlen(text) - 1] = '\0';
    char *changed = text != NULL ? changed_text(in_force, text, &changes, message, size) : NULL;
    if (text == NULL) {
        config_first_fault(&faults, message, size);
    } else if (changes == 0) {
        snprintf(message, size, "nothing was changed: nothing to write");
        good = true;
    } else if (exists && write_is_refused(real)) {
        snprintf(message, size, "nothing written: %s is read-only", path);
    } else if (changed != NULL && says_the_same(path, changed, in_force, message, size)) {
        good = write_folders(real, 0755) && replace(real, text, changed, exists);
        snprintf(message, size, good ? "%s: %s" : "%s can't be written: %s", path,
                 good ? (exists ? "written; what it was is beside it, with ~ behind its name" : "written")
                      : strerror(errno));
    }
    config_faults_finish(&faults);
    free(text);
    free(changed);
    return good;
}

bool settings_write(const struct options *in_force, char *message, size_t size) {
    char *path = config_user_path(in_force->typed), real[PATH_MAX];
    if (path == NULL) {
        snprintf(message, size, "nothing written: there is no home folder; --config FILE names a file");
        return false;
    }
    if (in_force->typed->config_path != NULL && config_file_is_pipe(path)) {
        snprintf(message, size, "nothing written: %s is no file", config_path(in_force->config));
        free(path);
        return false;
    }
    bool good = write_changes(in_force, path, realpath(path, real) != NULL ? real : path, message, size);
    free(path);
    return good;
}
