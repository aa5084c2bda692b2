/* Clients that behave badly, over raw sockets: one that stops reading until it is cut off, and a crowd. */
#include "tests/clusters/life.h"

#include "tests/harness/natsc.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

/* With max_pending 16 MB and write_deadline 10 s: 22 s of reading too slowly, then none, until 2.9 has cut it
 * off at 31 s. */
static const double FEED_BYTES = 2e6, READ_BYTES = 1.5e6, READS_SECONDS = 22, GIVES_UP_SECONDS = 40,
                    PAUSE_SECONDS = 30;

enum { MESSAGE = 1000, RECEIVE_BUFFER = 65536 };

static const char subject[] = "firehose.raw";

struct feeder {
    struct natsc *client;
    struct life_tally *tally;
    double until;
};

/* While the server holds it back the feeder is late; it does not make up for that. */
static void *feed(void *context) {
    struct feeder *f = context;
    double next = life_now();
    while (life_now() < f->until && !natsc_closed(f->client) && !life_over()) {
        struct natsc_message ignored;
        double now = life_now();
        int n = (int)((now - next) * FEED_BYTES / MESSAGE);
        if (now - next > 0.2)
            next = now, n = 20;
        else
            next += n * MESSAGE / FEED_BYTES;
        if (n > 0 && natsc_publish_many(f->client, subject, MESSAGE, n)) {
            atomic_fetch_add(&f->tally->published, (uint64_t)n);
            atomic_fetch_add(&f->tally->bytes, (uint64_t)n * MESSAGE);
        }
        natsc_next(f->client, &ignored, 5);
    }
    return NULL;
}

static ssize_t read_some(int fd, char *bytes, size_t size) {
    return recv(fd, bytes, size, MSG_DONTWAIT);
}

/* false: the connection is gone. */
static bool read_slowly(int fd, double seconds) {
    static char bytes[65536];
    double start = life_now(), taken = 0;
    while (life_now() - start < seconds && life_sleep(0.02)) {
        double allowed = (life_now() - start) * READ_BYTES - taken;
        while (allowed > 0) {
            ssize_t n = read_some(fd, bytes, allowed < sizeof bytes ? (size_t)allowed + 1 : sizeof bytes);
            if (n == 0 || (n < 0 && errno != EAGAIN))
                return false;
            if (n < 0)
                break;
            taken += (double)n;
            allowed -= (double)n;
        }
    }
    return true;
}

/* Whether the other side had ended the connection: all that was on its way comes first. */
static bool was_cut(int fd) {
    static char bytes[65536];
    struct pollfd p = {.fd = fd, .events = POLLIN};
    double end = life_now() + 5;
    while (life_now() < end && poll(&p, 1, 500) > 0) {
        ssize_t n = read_some(fd, bytes, sizeof bytes);
        if (n == 0 || (n < 0 && errno != EAGAIN))
            return true;
    }
    return false;
}

static void be_slow(const struct life_part *part, struct natsc *reader, struct feeder *feeder) {
    pthread_t thread;
    double start = life_now();
    feeder->until = start + GIVES_UP_SECONDS;
    life_say(part->name, "reads too slowly");
    if (pthread_create(&thread, NULL, feed, feeder) != 0)
        return;
    bool open = read_slowly(natsc_fd(reader), READS_SECONDS);
    if (open && !life_over()) {
        life_say(part->name, "stops reading");
        life_sleep(GIVES_UP_SECONDS - (life_now() - start));
        open = !was_cut(natsc_fd(reader));
    }
    pthread_join(thread, NULL);
    life_say(part->name, "%s",
             natsc_closed(feeder->client) ? "lost its server"
             : open                       ? "gives up uncut"
                                          : "found itself cut off");
}

void life_slow(const struct life_part *part) {
    const struct life_options *o = life_options();
    const struct natsc_options greedy = {.name = "slow-reader", .receive_buffer = RECEIVE_BUFFER};
    const struct natsc_options plain = {.name = "firehose"};
    life_ready();
    for (int i = 0; !life_over(); i++) {
        const char *url = o->urls[i % o->n_urls];
        struct feeder feeder = {.client = natsc_connect(url, &plain, 2000), .tally = life_tally(subject)};
        struct natsc *reader = feeder.client ? natsc_connect(url, &greedy, 2000) : NULL;
        if (reader && natsc_subscribe(reader, subject, NULL) && natsc_flush(reader, 2000))
            be_slow(part, reader, &feeder);
        natsc_close(reader);
        natsc_close(feeder.client);
        life_sleep(reader ? PAUSE_SECONDS : 1);
    }
}

static void make_name(char *name, int i, int bytes) {
    int n = snprintf(name, (size_t)bytes + 1, "crowd-%d-", i + 1);
    if (n < bytes)
        memset(name + n, 'n', (size_t)(bytes - n));
    name[bytes] = '\0';
}

/* Idle but polite: PINGs are answered. */
static void keep_alive(struct natsc **all, struct pollfd *polled, int n) {
    struct natsc_message ignored;
    if (poll(polled, (nfds_t)n, 200) <= 0)
        return;
    for (int i = 0; i < n; i++) {
        if (polled[i].revents)
            natsc_next(all[i], &ignored, 0);
        if (polled[i].revents && natsc_closed(all[i]))
            polled[i].fd = -1;
    }
}

static int gather(struct natsc **all, struct pollfd *polled, char *name) {
    const struct life_options *o = life_options();
    int n = 0;
    for (; n < o->crowd && !life_over(); n++) {
        make_name(name, n, o->name_bytes);
        all[n] = natsc_connect(o->urls[n % o->n_urls], &(struct natsc_options){.name = name}, 5000);
        if (!all[n] || !natsc_subscribe(all[n], "crowd.wait", NULL))
            break;
        polled[n] = (struct pollfd){.fd = natsc_fd(all[n]), .events = POLLIN};
    }
    return n;
}

void life_crowd(const struct life_part *part) {
    const struct life_options *o = life_options();
    struct natsc **all = calloc((size_t)o->crowd, sizeof(struct natsc *));
    struct pollfd *polled = calloc((size_t)o->crowd, sizeof *polled);
    char *name = malloc((size_t)o->name_bytes + 1);
    int n = all && polled && name ? gather(all, polled, name) : 0;
    life_say(part->name, "%d of %d connections", n, o->crowd);
    life_ready();
    while (!life_over())
        keep_alive(all, polled, n);
    for (int i = 0; i < n; i++)
        natsc_close(all[i]);
    free(name);
    free(polled);
    free(all);
}
