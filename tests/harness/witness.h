/* A cluster with life in it (assets.h), its leaders asked all the time (truth.h), and the program's documents
 * of it, all turned by one thread: what was shown is kept, to be held against the truth afterwards. */
#ifndef HARNESS_WITNESS_H
#define HARNESS_WITNESS_H

#include "tests/harness/document.h"
#include "tests/harness/truth.h"

/* A consumer's row, once for each time that it was sampled. */
struct shown_consumer {
    int64_t sampled_ns, before_ns; /* and the sample before, 0 none */
    int consumer;
    char leader[16], freshness[8];
    bool contested;
    struct truth_figures is;
    double delivered_per_s, acked_per_s; /* NAN: not shown */
    bool estimated;
};
/* The same of a stream. */
struct shown_stream {
    int64_t sampled_ns, before_ns;
    int stream;
    double in_msgs_per_s;
};
/* What a follower says of a consumer: never to be shown. */
struct follower_word {
    int64_t asked_ns, answered_ns;
    int consumer;
    char server[16];
    struct truth_figures is;
};

enum { OUTAGES_MAX = 256 };

struct witness {
    struct servers *servers;
    struct assets assets;
    struct truth truth;
    struct documents documents;
    int node; /* that the line goes to */
    struct shown_consumer *consumers;
    struct shown_stream *streams;
    struct follower_word *followers;
    size_t n_consumers, n_streams, n_followers;
    long last_of[ASSETS_MAX], last_of_stream[ASSETS_MAX]; /* positions, -1 none */
    bool fresh[ASSETS_MAX];                               /* live and led in the last document */
    int documents_seen, up;                               /* servers up in the last document */
    int old_rows, changed_old; /* rows shown again without a new sample; those whose figures changed */
    int negatives;             /* numbers below zero that are no slopes */
    struct {
        int listed, right, wrong; /* consumers of the crowd in the last document; wrong ones ever */
        double pending;           /* that each must have */
        int made;                 /* creations answered */
    } crowd;
    struct outage {
        char server[16];
        int64_t from_ns, to_ns; /* stopped and continued */
    } outages[OUTAGES_MAX];
    int n_outages;
    int api_sid, crowd_sid;
    unsigned api_serial, api_wanted;
    json_t *api_answer;
};

#define CROWD "CROWD"

/* Cluster, assets, and the program on it, that asks /jsz so often ("1s"). Fails the Check test. */
void witness_open(struct witness *w, const struct servers_options *options, const char *jsz_every);
/* One turn of everything. */
void witness_turn(struct witness *w);
/* Turns until it is met; fails the Check test after ms. */
void witness_until(struct witness *w, bool (*met)(struct witness *w, void *context), void *context,
                   const char *what, int ms);
/* The line goes to another server. */
void witness_move(struct witness *w, int node);
/* The API's word while everything turns; asked again until it is no error. To be freed. */
json_t *witness_ask(struct witness *w, const char *call, const char *body);
/* Every consumer answers us again, and has a live row from after now. */
void witness_until_whole(struct witness *w, const char *what);
/* Notes what followers say of the consumers now; asks running servers alone. */
void witness_hear_followers(struct witness *w);
void witness_close(struct witness *w);

#endif
