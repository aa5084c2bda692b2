/* The page that a supervised child shares with the main process: it beats, and says what it is doing.
 *
 * A memfd mapped by both, inherited by descriptor. Written by the child alone; read by the supervisor, who
 * kills a child that has not beaten for three seconds and blames the (server, endpoint) written here. Plain
 * stores: a torn text costs a wrong word in a message, never more. */
#ifndef BASE_PAGE_H
#define BASE_PAGE_H

#include <stdatomic.h>
#include <stdint.h>

#define PAGE_OTHER     UINT32_MAX /* a shape: it decodes nothing; `server` says in words what it does */
#define PAGE_WHAT_SIZE 200

struct page {
    _Atomic uint64_t beat;       /* grows with every turn of the child's loop, at least each 500 ms */
    _Atomic uint32_t shape;      /* what is being decoded now, 0 nothing */
    char server[PAGE_WHAT_SIZE]; /* base URL, NUL-terminated */
};

/* Creates the memory; the descriptor is to be inherited (no close-on-exec). -1 and errno on failure. Its size
 * is sealed. The reader keeps in mind that `server` is the child's word: strnlen() it. */
int page_create(struct page **page);
/* Maps an inherited one; NULL when the descriptor is none. */
struct page *page_open(int fd);
void page_close(struct page *page, int fd);
void page_doing(struct page *page, const char *server, uint32_t shape); /* NULL page is fine */
void page_idle(struct page *page);
void page_beat(struct page *page);

#endif
