#include "model/cut.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"

#define HORIZON       3600.0 /* seconds */
#define WRITES_MOST   1024
#define KEPT_UP       1024.0 /* bytes: a write of no more is what every client has now and then */
#define NEARLY        0.95   /* a write that will take so much of its deadline is taken to miss it */
#define LATE          0.2    /* of the deadline: that is beyond doubt about when the write began */
#define VECTOR        1024   /* buffers that go into one chunk of a write */
#define BUFFERS_LEAST 128    /* from so many on their mean is known well enough */

/* Newest first: the first row whose version is not above the server's. Source: server/client.go of these
 * releases, queueOutbound() for the share, stalledWait() for the pause, flushOutbound() for the deadline. */
static const struct era {
    int from[3];
    double held_share;
    bool held_stop; /* up to a second for each message, against some milliseconds */
    bool by_chunk;  /* the deadline of each chunk, against that of all that waited */
} eras[] = {
    {{2, 10, 26}, 0.75, false, true},
    {{0, 0, 0}, 0.5, true, false},
};

/* What a message needs more than is free in the last buffer goes into a new one of the least size that has
 * room. */
static const double buffer_sizes[] = {512, 4096, 65536};

static int compare(const int a[3], const int b[3]) {
    for (int i = 0; i < 3; i++)
        if (a[i] != b[i])
            return a[i] < b[i] ? -1 : 1;
    return 0;
}

static const struct era *era_of(const struct row *server) {
    int version[3] = {0};
    size_t i = 0;
    if (sscanf(row_text(server, F_SERVER_version), "%d.%d.%d", &version[0], &version[1], &version[2]) < 2)
        return NULL;
    while (compare(version, eras[i].from) < 0)
        i++;
    return &eras[i];
}

static double size_for(double bytes) {
    size_t last = sizeof buffer_sizes / sizeof *buffer_sizes - 1, i = 0;
    while (i < last && bytes > buffer_sizes[i])
        i++;
    return buffer_sizes[i];
}

/* Bytes in a chunk, when all messages are of that size. */
static double chunk_of(double header, double body) {
    double free = 0, bytes = 0, buffers = 0;
    for (int i = 0; i < VECTOR && buffers < BUFFERS_LEAST; i++) {
        for (int part = 0; part < 2; part++) {
            double rest = part ? body : header;
            bytes += rest;
            for (rest -= free, free = rest < 0 ? -rest : 0; rest > 0; buffers++) {
                double size = size_for(rest);
                free = rest < size ? size - rest : 0;
                rest -= size;
            }
        }
    }
    return buffers > 0 ? bytes / buffers * VECTOR : INFINITY;
}

/* flushOutbound() and handleWriteTimeout() of all these releases: producers are held for leaf nodes, too. */
static bool is_leaf(const struct row *connection) {
    return strcmp(row_text(connection, F_CONNECTION_kind), "Leafnode") == 0;
}

static bool is_ruled(const struct row *connection) {
    const char *kind = row_text(connection, F_CONNECTION_kind);
    return !*kind || strcmp(kind, "Client") == 0 || is_leaf(connection);
}

struct cut_rules cut_rules_of(const struct row *server, const struct row *connection, double header,
                              double body) {
    struct cut_rules rules = {INFINITY, INFINITY, INFINITY, 0, false, false, INFINITY};
    double most, deadline;
    const struct era *era = server ? era_of(server) : NULL;
    if (!era || !is_ruled(connection))
        return rules;
    rules.kept = is_leaf(connection);
    if (row_number(server, F_SERVER_max_pending, &most) && most > 0)
        rules.max_pending = most;
    if (row_number(server, F_SERVER_write_deadline, &deadline) && deadline > 0)
        rules.deadline_s = deadline / (double)NS_PER_S;
    rules.held_share = era->held_share;
    rules.held_above = rules.max_pending * era->held_share;
    rules.held_stop = era->held_stop;
    if (era->by_chunk && body > 0)
        rules.chunk = chunk_of(header, body);
    return rules;
}

/* When the write that began then misses its deadline. One that should have missed it long ago and did not was
 * another one than the one that goes on: when that will is not known. */
static double missed_at(const struct cut_rules *rules, double began, double bytes, double drain, double now) {
    double least = bytes < rules->chunk ? bytes : rules->chunk;
    double at = began + rules->deadline_s;
    if (drain > 0 && least / drain < NEARLY * rules->deadline_s)
        return INFINITY;
    if (at < now)
        return now - at > LATE * rules->deadline_s ? INFINITY : now;
    return at;
}

static double reached_at(double now, double pending, double level, double feed) {
    if (pending >= level)
        return now;
    return feed > 0 ? now + (level - pending) / feed : INFINITY;
}

static struct cut cut_at(enum cut_by by, double at, double held_at) {
    return (struct cut){by, at, held_at <= at ? held_at : INFINITY};
}

struct cut cut_foresee(const struct cut_rules *rules, const struct writing *writing) {
    double now = 0, pending = writing->pending, began = writing->began_s, bytes = writing->bytes;
    double held = INFINITY, drain = writing->drain, feed = writing->feed;
    for (int i = 0; i < WRITES_MOST && now < HORIZON && bytes > KEPT_UP; i++) {
        double end = drain > 0 ? began + bytes / drain : INFINITY;
        end = end > now ? end : now;
        double missed = rules->kept ? INFINITY : missed_at(rules, began, bytes, drain, now);
        double holds = reached_at(now, pending, rules->held_above, feed);
        bool stops = rules->held_stop && holds < end;
        double full = stops || rules->kept ? INFINITY : reached_at(now, pending, rules->max_pending, feed);
        held = holds < held && holds <= end ? holds : held;
        if (full <= end && full <= missed && full < HORIZON)
            return cut_at(CUT_BY_PENDING, full, held);
        if (missed <= end && missed < HORIZON)
            return cut_at(CUT_BY_DEADLINE, missed, held);
        if (!(end < HORIZON))
            break;
        pending += feed * ((stops ? holds : end) - now) - bytes;
        now = began = end;
        bytes = pending = pending > 0 ? pending : 0;
    }
    return cut_at(CUT_NOT, INFINITY, held);
}
