/* The subjects of the last ten seconds, from looks: who has which share, alike ones as one row.
 *
 * Each second has a Space-Saving table of its own (topk.h), so a count over the window says at most one in
 * TOPK_COUNTERS messages too much, and up to that many subjects a second it is exact. Rows are a tree: of a
 * token that has many values only those with much traffic have rows of their own, the others are one, `*`; it
 * stays so, for rows not to come and go. A row over others ends in `>` and has their sum. Pure. */
#ifndef COLLECTORS_SUBJECTS_H
#define COLLECTORS_SUBJECTS_H

#include "collectors/share.h"
#include "collectors/topk.h"

#define SUBJECTS_SECONDS  10
#define SUBJECTS_LOOKS    (SUBJECTS_SECONDS * TOPK_LOOKS)
#define SUBJECTS_ROWS     256 /* at most, those with most messages */
#define SUBJECTS_FEW      16  /* values of a token that have rows of their own, whatever they have */
#define SUBJECTS_NAME_MAX 280

struct subject_row {
    char name[SUBJECTS_NAME_MAX];
    bool over;      /* others: its rows are in it */
    uint32_t alike; /* different subjects that it stands for */
    uint64_t messages, replies;
    uint32_t seen[SUBJECTS_LOOKS];
    uint64_t size, largest; /* bytes of all its messages, of the largest one */
    uint64_t error;         /* so many messages it may have beyond these */
    uint64_t headers;       /* bits of their names */
    int64_t last_s;         /* second of its last message */
    struct share share;
    double bytes_share;
};

struct subjects_window {
    int seconds, looks, full; /* that have looks; of these that ended at the cap */
    uint64_t messages;
    double weighted;   /* so many messages there were in all, as looks tell */
    uint64_t distinct; /* at least so many subjects */
    size_t rows, left_out;
};

struct subjects;
struct subjects *subjects_create(void);
void subjects_destroy(struct subjects *subjects); /* NULL is fine */
void subjects_clear(struct subjects *subjects);

/* A look within that second, which never goes back: its messages follow, then its end. ended early: it took
 * as many as it may. It saw `saw` of the `of` seconds that it stands for. false: that second has all its
 * looks. */
bool subjects_look(struct subjects *subjects, int64_t second);
void subjects_message(struct subjects *subjects, const struct tapped *message);
void subjects_look_end(struct subjects *subjects, bool early, double saw, double of);

/* The rows of the ten seconds up to that one, most messages first; they live until the next call. */
const struct subject_row *subjects_rows(struct subjects *subjects, int64_t second,
                                        struct subjects_window *window);

#endif
