/* Closed connections of one server: records that its list gave, and what of it was missed.
 *
 * A closed connection stays the object that it was while it was open, under its id; its row is the last one,
 * with `stop` and `reason`; of one whose server began again both are ours (connection.h: inferred). It is
 * found again by (server, run, cid), so that a cid of the next run is another one. Ordinary ones are kept for
 * ten minutes, those that were cut as slow consumers for an hour, and so many at most. Hangs at a server;
 * owned by the model. */
#ifndef MODEL_CLOSING_H
#define MODEL_CLOSING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum closed_class { CLOSED_ORDINARY, CLOSED_CUT, CLOSED_CLASS_COUNT };

struct closed_record {
    uint64_t id;     /* of the object */
    int64_t stop_ns; /* of the server's clock, which may be moved */
    int64_t mono_ns; /* the same by ours */
};
struct closed_queue { /* by when they came to be known */
    struct closed_record *items;
    size_t first, count, cap;
    int64_t floor_ns; /* records up to there are not taken again */
    int64_t floor_mono_ns;
    int64_t crowded_ns; /* latest stop of one that went because too many came; 0 none */
};

struct closing {
    struct closed_queue kept[CLOSED_CLASS_COUNT];
    uint64_t
        cut; /* clients cut as slow consumers of which a record came, since we watch; each counted once */
    uint64_t missed;      /* at least so many were closed of which none came */
    int64_t since_utc_ns; /* what was closed from then on is known: its list told of it or we were there */
    /* of this run of the server */
    bool known;        /* its list was answered */
    int64_t newest_ns; /* latest stop in it; 0 none */
    uint64_t length;   /* of the list, at the last answer */
    uint64_t told;     /* records of it that came */
    int64_t untold;    /* those that were in it before we came, and those that were said to be missed */
    int64_t base;      /* closed ever by /varz, less the records and those missed by then */
    bool base_known;
    int64_t base_mono_ns;  /* not before: until then one may be in the list and counted as open */
    uint64_t leafs;        /* leaf nodes among told; /varz counts none of them */
    uint64_t supposed;     /* missed, if the list was full when it was this long */
    int64_t dying_mono_ns; /* until then one that is closed may still be listed as open */
    uint64_t listings;     /* pages that were taken of those that hold most */
    uint64_t lingered;     /* the last of them, from 1 on, that had one that was cut; 0 none */
};

struct model;
struct entry;
struct model_intake;
struct sample;
struct row;
struct stamp;
struct object;
struct server;
struct text;

/* A row of a closed connection, from whatever page. false: it is not taken, being too old. */
bool closing_put(struct model *model, struct entry *server, const struct row *row, const struct stamp *at);
/* The record of that cid of the present run, where the server may list it as open still; else NULL. */
struct entry *closing_of_dying(const struct model *model, struct entry *server, const struct row *row,
                               int64_t mono_ns);
/* The answer to state=closed, whole. */
void closing_answered(struct model *model, struct entry *server, const struct sample *sample,
                      const struct stamp *at);
/* After a good /varz. */
void closing_varz(struct server *server, const struct row *row, int64_t mono_ns);
/* Lets go of what was kept for long enough. */
void closing_tick(struct model *model);
/* Its server began again, at that instant of its clock: who was open in the run before is closed, at the
 * latest then, for a reason that no record tells. Who is looked at stays longest where there are too many. */
void closing_end_run(struct model *model, struct entry *server, const struct text *run, int64_t end_ns);
/* from_start: the next one began while we watched, so its list has nothing from before. */
void closing_forget_run(struct closing *closing, bool from_start);
/* Clients cut since that instant of the server's clock. true: there may have been more. */
bool closing_cut_since(const struct closing *closing, int64_t since_mono_ns, uint64_t *cut);
/* Neither its list nor we reach back so far: it began since, and what the run before closed nobody says. */
bool closing_is_short(const struct model *model, const struct closing *closing, int64_t span_ns);
/* When one was cut last, by the server's clock; TIME_UNSET: none that we know of. */
int64_t closing_last_cut(const struct closing *closing);
/* What is not here of what was closed lately on a server. */
struct closing_lack {
    uint64_t untaken; /* stand in its list, and were not asked for, did not come or were too old */
    size_t
        most[CLOSED_CLASS_COUNT]; /* so many are kept, and older ones went before their time; 0: none did */
};
struct closing_lack closing_lack_of(const struct object *server);
/* Copies of what it owns, for a clone; and their end. */
void closing_copy(struct closing *closing);
void closing_finish(struct closing *closing);

#endif
