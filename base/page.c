#include "base/page.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

static struct page *map(int fd) {
    void *memory = mmap(NULL, sizeof(struct page), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    /* cppcheck-suppress memleak */
    return memory == MAP_FAILED ? NULL : memory;
}

int page_create(struct page **page) {
    /* Sealed, so that nothing a child does to it can make the supervisor's reads fault. */
    int fd = memfd_create("natsight", MFD_ALLOW_SEALING);
    if (fd < 0)
        return -1;
    if (ftruncate(fd, sizeof(struct page)) == 0 &&
        fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) == 0 && (*page = map(fd)))
        return fd;
    int saved = errno;
    close(fd);
    errno = saved;
    return -1;
}

struct page *page_open(int fd) {
    struct stat info;
    if (fd < 0 || fstat(fd, &info) != 0 || !S_ISREG(info.st_mode) || info.st_size != sizeof(struct page))
        return NULL;
    return map(fd);
}

void page_close(struct page *page, int fd) {
    if (page)
        munmap(page, sizeof *page);
    if (fd >= 0)
        close(fd);
}

void page_doing(struct page *page, const char *server, uint32_t shape) {
    if (!page)
        return;
    size_t len = strnlen(server, PAGE_WHAT_SIZE - 1);
    atomic_store(&page->shape, 0);
    memcpy(page->server, server, len);
    page->server[len] = '\0';
    atomic_store(&page->shape, shape);
}

void page_idle(struct page *page) {
    if (page)
        atomic_store(&page->shape, 0);
}

void page_beat(struct page *page) {
    if (page)
        atomic_fetch_add(&page->beat, 1);
}
