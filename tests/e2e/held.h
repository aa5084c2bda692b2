/* A stream that goes on while its consumers stand still, on a real cluster: a figure of theirs that their
 * leader never told came from somebody who does not lead.
 *
 * HELD is on all nodes, and HELD_STORED messages of it on held.still. Its consumers c1, c2, ... want those
 * alone; ci took 30 + 30 i of them and acknowledged the first 20 + 20 i. What comes on held.load is for
 * nobody. ONLY is on one node, with ONLY_STORED messages and one consumer, "only", that took none.
 *
 * One thread. What does not come about within HELD_MS fails the Check test. */
#ifndef TESTS_E2E_HELD_H
#define TESTS_E2E_HELD_H

#include "tests/harness/document.h"
#include "tests/harness/natsc.h"
#include "tests/harness/servers.h"
#include "tests/harness/words.h"

enum { HELD_STORED = 300, ONLY_STORED = 3, HELD_MAX = 4, HELD_MS = 30000 };

struct held {
    struct servers *cluster;
    struct natsc *line; /* to a node to which nothing happens now */
    int n, of_held;     /* consumers: those of HELD come first, ONLY's last */
    double made_seq;    /* the last one of HELD when all was made */
    struct words told[HELD_MAX], shown[HELD_MAX];
};

/* Starts the servers. */
void held_begin(struct held *h, const struct servers_options *options);
/* Consumers of HELD, and ONLY with its own or not. Each was told once as it stands. */
void held_make(struct held *h, int of_held, bool with_only);
void held_end(struct held *h);

/* Asks and publishes at another node than this from now on. */
void held_keep_away(struct held *h, int node);
/* The node that leads this stream, or this consumer of it where one is named. */
int held_leader(struct held *h, const char *stream, const char *consumer);
/* Consumer i's leader is asked; false: it has none. */
bool held_ask(struct held *h, int i);
/* Some come on held.load, and consumer i is asked. */
void held_goes_on(struct held *h, int i);
/* Notes what this document shows of them. */
void held_look(struct held *h, json_t *document);
/* Fails the Check test unless consumer i was shown, and only as its leader told it. */
void held_shown_as_told(const struct held *h, int i);

const char *held_name(const struct held *h, int i);
/* Rows of a document; NULL none. */
json_t *held_consumer(const struct held *h, json_t *document, int i);
json_t *held_stream(json_t *document, const char *name);
/* Servers through 2.9.14 rescan their stores for each answer, and are asked every 10 s at most. Their
 * version, NULL: these are others. */
const char *held_seldom_asked(const struct held *h);

#endif
