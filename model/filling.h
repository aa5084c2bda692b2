/* A connection for which bytes wait in its server: how fast they come and leave, and what comes of it.
 *
 * A server counts bytes as sent when they are queued, and as waiting until the whole write that has them is
 * done. So what left shows in steps, which may be many polls apart, and each step tells more than its size:
 * what was written by then is what had been queued when that write began, so when it began is read off the
 * polls of then. That was when the write before it ended. From these the drain is made (filling.c), and by it
 * the writes to come are played through (cut.h).
 *
 * There is one of these for a connection only while it holds much, or grows, or is stuck; thousands of quiet
 * ones have none. Belongs to its connection. */
#ifndef MODEL_FILLING_H
#define MODEL_FILLING_H

#include "model/cut.h"

struct fill_poll {
    int64_t now_ns; /* by the server's clock */
    double pending, out_bytes, out_msgs;
    double stalls; /* pauses of producers for its sake; NAN: its server does not count them */
};
/* Whether somebody is held, while so much waits that producers are. */
enum fill_unheld {
    FILL_HELD,      /* by the rules of its server */
    FILL_FED_ELSE,  /* clients of its server send next to nothing of what comes to it, and no others are held
                     */
    FILL_UNCOUNTED, /* no pause was counted between two polls */
    FILL_GOES_ON    /* as much comes as before */
};

/* The write that goes on: it began since the first poll; about when, as what waited at the first poll may
 * have come as fast as what came since; or at any time before the first poll. */
enum fill_began { FILL_BEGAN_SEEN, FILL_BEGAN_ABOUT, FILL_BEGAN_BEFORE };

#define FILL_POLLS 32 /* of a time long past each second one */
/* Polls running at which something left until that is reading: of a leaf node something does at each
 * deadline. */
#define FILL_READS 2
struct filling {
    struct fill_poll polls[FILL_POLLS]; /* oldest first; the first is from before it filled, where known */
    unsigned count;
    double header;    /* bytes that a message has on the wire beside those that out_bytes counts */
    double lived;     /* seconds from its start to the first poll; INFINITY not known */
    double usual;     /* bytes a second that it was sent before; NAN not known */
    double high;      /* bytes pending that are worth looking at, whether they leave or not */
    int64_t quiet_ns; /* it holds less, and that leaves, since then; TIME_UNSET: not so */

    /* as of the last poll; NAN and TIME_UNSET: not known, or not so */
    double slope, drain, feed;                   /* bytes a second; feed while producers are not held */
    double message;                              /* bytes of those that came last, on the wire; 0 none came */
    bool piles;                                  /* more waits than a message or two */
    unsigned fed_else;                           /* polls running that said so */
    unsigned stuck, leaving;                     /* polls running in which nothing left, or something did */
    int64_t nothing_leaves_ns, flat_ns, held_ns; /* since when */
    double waited; /* seconds that its oldest byte had waited at the first poll, where what came is steady */
    enum fill_began began;
    enum fill_unheld unheld;
    bool stopped;      /* what is being written should have left by now */
    double reads_most; /* bytes a second of one that has stopped, or reads so little that no write ends */
    bool stood;        /* the same at the last poll at which it held much */
    bool jumped;       /* more came at its beginning than ever before */
    bool was_cut;      /* nothing is queued any more: its last write is still going on */
    double threat; /* bytes pending when its cut was foreseen to come soon; 0 it was not, or it got better */
    struct cut_rules rules;
    struct cut cut; /* from then on; at most so late, where it began before */
};

/* Worth having one: much waits, or more and more, or nothing of what waits left since the poll before
 * (`before`, NULL none). max_pending 0: not known. */
bool filling_is_due(const struct fill_poll *before, const struct fill_poll *poll, double max_pending);
/* usual: bytes a second that it was sent until then, NAN not known. */
struct filling *filling_create(const struct fill_poll *before, double usual);
/* Polls that come too soon after the last one are passed over. fed_else: clients of its server send next to
 * nothing of what comes to it. */
void filling_put(struct filling *filling, const struct fill_poll *poll, const struct row *server,
                 const struct row *connection, bool fed_else);
/* It has been quiet for a while. */
bool filling_is_over(const struct filling *filling);

/* The first rule of a table that holds: "stopped", "slow reader", "burst"; NULL none does. */
const char *filling_likely(const struct filling *filling);
const char *filling_likely_word(int n); /* NULL: no more */
/* What the server will do next, a template of sentence.h; NULL not known. */
const char *filling_next(const struct filling *filling);
/* The same in two words. */
const char *filling_step(const struct filling *filling);
/* Why nobody is held; NULL: somebody is, or that is not known. */
const char *filling_unheld(const struct filling *filling);

/* ---- filling_watch.c ---- */
struct entry;
struct model;
struct object;
/* After each new row of an open connection; hot: it came with the page of those that hold most. */
void filling_watch(const struct model *model, struct entry *connection, bool hot);
/* It is closed. */
void filling_end(struct entry *connection);
/* NULL: it is quiet, closed, or what is known of it is old. */
const struct filling *filling_of(const struct object *connection);

#endif
