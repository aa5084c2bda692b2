/* Which state of a file of alerts was read. Any process. */
#ifndef OUTWARD_ALERT_STAMP_H
#define OUTWARD_ALERT_STAMP_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>

struct alert_stamp { /* all 0: none */
    uint64_t device, inode, size;
    int64_t changed_ns;
};

struct alert_stamp alert_stamp_of(const struct stat *info);
bool alert_stamp_same(const struct alert_stamp *a, const struct alert_stamp *b);

#endif
