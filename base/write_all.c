#include "base/write_all.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/memory.h"

bool write_all(int fd, const char *text, size_t len) {
    while (len > 0) {
        ssize_t n = write(fd, text, len);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return false;
        text += n;
        len -= (size_t)n;
    }
    return true;
}

bool write_down(int fd, const char *text, size_t len) {
    return write_all(fd, text, len) && fsync(fd) == 0;
}

/* So that the name is there after a power cut, too. Where that can't be, the text is all the same. */
static void sync_folder(const char *path) {
    const char *slash = strrchr(path, '/');
    char *folder = slash == NULL || slash == path ? memory_text(slash == NULL ? "." : "/")
                                                  : memory_text_cut(path, (size_t)(slash - path));
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd >= 0) {
        fsync(fd);
        close(fd);
    }
    free(folder);
}

bool write_whole(const char *path, const char *temporary, mode_t mode, const char *text, size_t len) {
    int fd = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
    if (fd < 0)
        return false;
    bool good = write_down(fd, text, len);
    int error = errno;
    if (close(fd) != 0 && good) {
        good = false;
        error = errno;
    }
    if (good && rename(temporary, path) != 0) {
        good = false;
        error = errno;
    }
    if (good)
        sync_folder(path);
    else
        unlink(temporary);
    errno = error;
    return good;
}

bool write_folders(const char *path, mode_t mode) {
    char *folder = memory_text(path);
    bool good = true;
    for (char *slash = strchr(folder + 1, '/'); slash != NULL && good; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        good = mkdir(folder, mode) == 0 || errno == EEXIST;
        *slash = '/';
    }
    int error = errno;
    free(folder);
    errno = error;
    return good;
}

bool write_is_refused(const char *path) {
    struct stat info;
    return (stat(path, &info) == 0 && (info.st_mode & 0222) == 0) ||
           (access(path, W_OK) != 0 && (errno == EACCES || errno == EROFS || errno == EPERM));
}
