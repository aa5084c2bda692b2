/* Streams and consumers of every kind on a real cluster, and the life in them: messages published, pulled,
 * received and acknowledged at known rates, all of it counted by this side. That log is the truth that shown
 * rates are held against.
 *
 * One connection, one thread, never waiting but for a write. The rows are in assets.c; a row that the
 * server's version does not know is left out (`here`). */
#ifndef HARNESS_ASSETS_H
#define HARNESS_ASSETS_H

#include <stdio.h>

#include "tests/harness/natsc.h"
#include "tests/harness/servers.h"
#include "tests/harness/tally.h"

enum { ASSETS_MAX = 24 };

struct asset_stream {
    const char *name, *config; /* members of its configuration, without the name */
    const char *subject;       /* published to; NULL: fed by others */
    double rate;               /* messages a second */
    unsigned fed_by;           /* bits: rows of this table whose messages it stores */
};

struct asset_consumer {
    const char *stream, *name;
    const char *config; /* members of its configuration, without the name */
    int minor;          /* 2.MINOR is the first server that has it */
    double rate;        /* messages a second that are pulled; 0: none */
    int skip;           /* every skip-th message is not acknowledged; 0: all are, -1: none */
    const char *pull;   /* further members of its pull requests */
    const char *inbox;  /* push: where its messages go */
    bool forgets;       /* its state goes with its server's process */
};

extern const struct asset_stream asset_streams[];
extern const struct asset_consumer asset_consumers[];
int assets_streams(void);
int assets_consumers(void);

struct assets {
    struct natsc *line;
    char version[32]; /* of the server */
    int minor;
    bool published[ASSETS_MAX]; /* by row of asset_streams: still to be published to */
    struct tally sent[ASSETS_MAX];
    struct asset_life {
        bool here, paused; /* paused: nothing is pulled */
        int sid;
        int64_t pulled_ns; /* last request */
        double owed;
        struct tally received, acked;
    } life[ASSETS_MAX];
    int64_t turned_ns;
    unsigned serial;
};

/* Makes all of them, and waits for each. false: said on stderr. */
bool assets_make(struct assets *a, struct natsc *c);
/* The API call that makes one, and its body: for jetstream_ask() and for those who can't wait. */
struct asset_call {
    char call[128], body[700];
};
struct asset_call asset_stream_call(int row);
struct asset_call asset_consumer_call(int row);

/* Lives on by another server from now on. */
bool assets_connect(struct assets *a, const struct server *server);
/* What is due by the clock is published and asked for. What was missed is not made up for: no rate above the
 * known one comes from here. */
void assets_turn(struct assets *a);
/* true: the message was one of its own, it is counted and acknowledged. */
bool assets_take(struct assets *a, const struct natsc_message *message);
void assets_end(struct assets *a);

#endif
