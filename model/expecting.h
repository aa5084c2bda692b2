/* What is known of an expectation: extra of an EXPECTATION object, which owns it. Inside the model alone. */
#ifndef MODEL_EXPECTING_H
#define MODEL_EXPECTING_H

#include "model/expectation.h"
#include "model/state.h"

#define NEWCOMERS_MOST 64 /* of the last ten minutes; more are at least so many */

enum expecting_state { EXPECTING_UNKNOWN, EXPECTING_MET, EXPECTING_FEWER, EXPECTING_NONE };
/* Was all told that may count? PART: no; GIVEN_UP: but for servers that are down for long, which have none;
 * ALL: yes. */
enum told_part { TOLD_PART, TOLD_GIVEN_UP, TOLD_ALL };

struct expecting;
struct countable { /* a kind of thing that can be expected */
    const char *word;
    enum object_kind kind; /* that the match is about */
    unsigned shapes;
    bool (*is_there)(const struct object *object); /* NULL: it is counted where it is told */
    /* How much it counts for; NULL: 1. false: that is not known. */
    bool (*weigh)(const struct model *model, const struct object *object, uint64_t *weight);
    enum told_part (*told)(const struct model *model, const struct expecting *e, char *why, size_t size);
    /* As long as it is the same, so is the count; NULL: there are few, counted each tick. */
    uint64_t (*stamp)(const struct model *model);
    /* Over reconnects; NULL: it has none. And what a newcomer is called. */
    uint64_t (*identity)(const struct object *object);
    void (*label)(const struct object *object, char *out, size_t size);
};
extern const struct countable countables[];
extern const size_t countable_count;

struct turn { /* one look at all objects, over several ticks */
    bool running;
    int64_t began_mono_ns;
    uint64_t next_id, stamp, found;
    bool unsure; /* of one it is not known how much it counts for */
    enum told_part told;
};

struct queue_heard { /* members of a queue group, by one server's last word */
    uint64_t server, members;
    int64_t mono_ns;
    bool cut;
};

struct expecting {
    const struct countable *what;
    const struct text *name, *match, *subject; /* the last two NULL: none */
    struct expr *expr;                         /* NULL: all; and of a frozen copy */
    unsigned shapes;                           /* to be asked of servers */
    uint64_t wanted;
    bool newcomer;
    struct turn turn;
    bool counted; /* once at least */
    uint64_t found;
    bool unsure;
    enum told_part told; /* of the last turn, from its beginning to its end */
    enum expecting_state state;
    int64_t since_utc_ns;
    char why[120]; /* not all is known; "" it is */
    /* Who was seen: hashes, a power of two of them, 0 free. */
    uint64_t *seen;
    size_t seen_count, seen_cap;
    bool looked;                         /* at all, so that who was not seen is new */
    int64_t came_utc_ns[NEWCOMERS_MOST]; /* a ring */
    size_t came;                         /* ever */
    const struct text *newest;
    struct queue_heard *heard;
    size_t heard_count;
};

static inline struct expecting *expecting_of(const struct object *object) {
    return object->extra;
}

void expectations_tick(struct model *model);
/* The last turn was about all that was told by now. */
bool expectation_is_up_to_date(const struct model *model, const struct expecting *e);
/* An answer to INTEREST. */
void expectations_put(struct model *model, struct entry *server, const struct sample *sample);
enum told_part queue_told(const struct model *model, const struct expecting *e, char *why, size_t size);
uint64_t queue_members(const struct model *model, const struct expecting *e);
/* All peers that the servers know have had the time to be found: who comes now is new. */
bool newcomer_can_be(const struct model *model);
/* It is there: who was not seen before is a newcomer, unless it is one of the first. */
void newcomer_meet(struct model *model, struct expecting *e, const struct object *object);
/* ALL, or PART before the first server is known. */
enum told_part servers_told(const struct model *model, char *why, size_t size);
/* What a server that is down for so long had is no more. */
bool server_is_given_up(const struct model *model, const struct entry *server);

/* As many servers as are missing, of those that are meant, are silent and each told of by itself: as bad at
 * least. */
bool expectation_is_of_silent(const struct model *model, const struct object *object, enum severity level);

void expecting_texts(void *extra, text_visit_fn *visit, void *data);
void expecting_destroy(void *extra);
void *expecting_clone(const void *extra);

#endif
