#include "outward/alert_stamp.h"

#include "base/clock.h"

struct alert_stamp alert_stamp_of(const struct stat *info) {
    return (struct alert_stamp){.device = info->st_dev,
                                .inode = info->st_ino,
                                .size = (uint64_t)info->st_size,
                                .changed_ns = info->st_mtim.tv_sec * NS_PER_S + info->st_mtim.tv_nsec};
}

bool alert_stamp_same(const struct alert_stamp *a, const struct alert_stamp *b) {
    return a->device == b->device && a->inode == b->inode && a->size == b->size &&
           a->changed_ns == b->changed_ns;
}
