#include "tests/bench/many.h"

#include "tests/bench/bench.h"
#include "tests/harness/jetstream.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LINES = 6, IN_FLIGHT = 32, ANSWER_MS = 8000, CONNECT_MS = 5000 };

struct line { /* a connection and what it waits for */
    struct natsc *c;
    int waits[IN_FLIGHT]; /* consumer + 1, 0 free */
    int64_t until_ns[IN_FLIGHT];
};

struct making {
    struct line line[LINES];
    int lines, count, next, made;
    int *again; /* to be asked for once more */
    int again_count;
};

static int r3_of(int count) {
    return count * MANY_R3_PERCENT / 100;
}

static int stream_of(int consumer, int count) {
    return consumer < r3_of(count) ? consumer % MANY_R3_STREAMS
                                   : MANY_R3_STREAMS + consumer % (MANY_STREAMS - MANY_R3_STREAMS);
}

static void send(struct line *line, int slot, int consumer, int count) {
    char subject[200], inbox[64], body[300];
    int stream = stream_of(consumer, count);
    snprintf(subject, sizeof subject, "$JS.API.CONSUMER.DURABLE.CREATE.many-%d.consumer-%05d", stream,
             consumer);
    snprintf(inbox, sizeof inbox, "_INBOX.many.%d.%d.%d", natsc_fd(line->c), slot, consumer);
    int n = snprintf(body, sizeof body,
                     "{\"stream_name\":\"many-%d\",\"config\":{\"durable_name\":\"consumer-%05d\","
                     "\"ack_policy\":\"explicit\",\"deliver_policy\":\"all\",\"num_replicas\":%d}}",
                     stream, consumer, consumer < r3_of(count) ? 3 : 1);
    natsc_publish(line->c, subject, inbox, body, (size_t)n);
    line->waits[slot] = consumer + 1;
    line->until_ns[slot] = bench_now_ns() + ANSWER_MS * INT64_C(1000000);
}

static void fill(struct making *m, struct line *line) {
    for (int slot = 0; slot < IN_FLIGHT; slot++) {
        if (line->waits[slot] && bench_now_ns() > line->until_ns[slot]) {
            m->again[m->again_count++] = line->waits[slot] - 1;
            line->waits[slot] = 0;
        }
        if (line->waits[slot])
            continue;
        if (m->next < m->count)
            send(line, slot, m->next++, m->count);
        else if (m->again_count)
            send(line, slot, m->again[--m->again_count], m->count);
    }
}

static void take(struct making *m, struct line *line) {
    struct natsc_message message;
    int fd, slot, consumer;
    while (natsc_next(line->c, &message, 0)) {
        if (sscanf(message.subject, "_INBOX.many.%d.%d.%d", &fd, &slot, &consumer) != 3 || slot < 0 ||
            slot >= IN_FLIGHT || line->waits[slot] != consumer + 1)
            continue;
        line->waits[slot] = 0;
        if (memmem(message.data, message.size, "\"error\"", 7))
            m->again[m->again_count++] = consumer;
        else
            m->made++;
    }
}

static bool connect_all(struct making *m, const struct servers *servers) {
    for (; m->lines < LINES; m->lines++) {
        char inbox[64];
        struct natsc *c = natsc_connect(servers->node[m->lines % servers->n].url, NULL, CONNECT_MS);
        if (!c)
            return false;
        m->line[m->lines].c = c;
        snprintf(inbox, sizeof inbox, "_INBOX.many.%d.>", natsc_fd(c));
        natsc_subscribe(c, inbox, NULL);
    }
    return true;
}

static bool make_streams(struct natsc *c) {
    for (int i = 0; i < MANY_STREAMS; i++) {
        char name[32], subject[32];
        snprintf(name, sizeof name, "many-%d", i);
        snprintf(subject, sizeof subject, "load.%d", i);
        if (!jetstream_add_stream(c, name, subject, i < MANY_R3_STREAMS ? 3 : 1))
            return false;
    }
    return true;
}

static void make_consumers(struct making *m, int64_t until_ns) {
    while (m->made < m->count && bench_now_ns() < until_ns) {
        struct pollfd fds[LINES];
        for (int i = 0; i < m->lines; i++) {
            fill(m, &m->line[i]);
            fds[i] = (struct pollfd){.fd = natsc_fd(m->line[i].c), .events = POLLIN};
        }
        poll(fds, (nfds_t)m->lines, 100);
        for (int i = 0; i < m->lines; i++)
            if (fds[i].revents)
                take(m, &m->line[i]);
    }
}

int many_make(const struct servers *servers, int consumers, double seconds) {
    struct making m = {.count = consumers};
    m.again = calloc((size_t)consumers + LINES * IN_FLIGHT, sizeof *m.again);
    int64_t until_ns = bench_now_ns() + (int64_t)(seconds * 1e9);
    if (m.again && connect_all(&m, servers) && make_streams(m.line[0].c))
        make_consumers(&m, until_ns);
    for (int i = 0; i < m.lines; i++)
        natsc_close(m.line[i].c);
    free(m.again);
    return m.made;
}
