#include "tests/clusters/life_ledger.h"

#include <pthread.h>
#include <stdbool.h>

#include "tests/clusters/life.h"

enum { ROOM = 1 << 18 }; /* of what waits longer, it is not known when it came */

struct message {
    uint64_t seq;
    int64_t came_ns;
    bool done;
};

static struct {
    pthread_mutex_t lock;
    uint64_t began, floor, last, above; /* done: all up to floor, and so many above */
    struct message messages[ROOM];
} book = {.lock = PTHREAD_MUTEX_INITIALIZER};

static struct message *message(uint64_t seq) {
    struct message *m = &book.messages[seq % ROOM];
    return m->seq == seq && seq > book.floor && seq <= book.last ? m : NULL;
}

void ledger_begin(uint64_t floor) {
    pthread_mutex_lock(&book.lock);
    book.began = book.floor = floor;
    if (book.last < floor)
        book.last = floor;
    pthread_mutex_unlock(&book.lock);
}

static void enter(uint64_t seq, int64_t at_ns) {
    if (seq > ROOM && book.last < seq - ROOM)
        book.last = seq - ROOM;
    while (book.last < seq) {
        book.last++;
        book.messages[book.last % ROOM] = (struct message){book.last, at_ns, false};
    }
}

void ledger_came(uint64_t seq, int64_t at_ns) {
    pthread_mutex_lock(&book.lock);
    enter(seq, at_ns);
    pthread_mutex_unlock(&book.lock);
}

/* The worker may hear of a message before its publisher hears that it is stored. */
void ledger_done(uint64_t seq) {
    pthread_mutex_lock(&book.lock);
    enter(seq, life_utc_ns());
    struct message *m = message(seq);
    if (m && !m->done) {
        m->done = true;
        book.above++;
    }
    while ((m = message(book.floor + 1)) && m->done) {
        book.floor++;
        book.above--;
    }
    pthread_mutex_unlock(&book.lock);
}

struct ledger ledger_now(void) {
    struct ledger l = {0};
    pthread_mutex_lock(&book.lock);
    const struct message *oldest = message(book.floor + 1);
    l.last = book.last;
    l.done = book.floor - book.began + book.above;
    l.waiting = book.last - book.floor - book.above;
    l.oldest_ns = l.waiting && oldest ? oldest->came_ns : 0;
    pthread_mutex_unlock(&book.lock);
    return l;
}
