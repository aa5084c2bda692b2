/* A text to a descriptor or a file that may be waited for: an output whose reader sets the pace, a disk. Any
 * process but one that must not wait. */
#ifndef BASE_WRITE_ALL_H
#define BASE_WRITE_ALL_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* false: errno says why, and how much was written is not known. */
bool write_all(int fd, const char *text, size_t len);
/* The same, and it is on the disk. */
bool write_down(int fd, const char *text, size_t len);
/* A file of this text takes the place of `path`: it is written as `temporary`, which is in the same folder
 * and not there yet, and gets the name once all of it is on the disk. What is killed or fails on the way
 * leaves the old one whole; what fails leaves nothing else behind. false: errno says why. */
bool write_whole(const char *path, const char *temporary, mode_t mode, const char *text, size_t len);
/* The folders that a path leads through, each that is not there with this mode. false: errno says why. */
bool write_folders(const char *path, mode_t mode);

/* Nobody is to write this file or in this folder. Root could, but who took the right away meant it. */
bool write_is_refused(const char *path);

#endif
