/* The inside of a model, shared by the sources of model/ and by nobody else.
 *
 * An entry is an object with what only the model needs: its place in the table, its spare row, what rules
 * said of it. Every text that an entry, a server, an asset or a target points to lives in the model's own
 * pool, which a frozen copy has in common with it; model/texts.c can visit them all, which is how the pool is
 * compacted. */
#ifndef MODEL_STATE_H
#define MODEL_STATE_H

#include "base/clock.h"
#include "base/memory.h"
#include "model/heard.h"
#include "model/model.h"
#include "model/object_table.h"

struct rule;
struct truth { /* a level of a rule that is met now, or was when it could last be asked */
    const struct rule *rule;
    enum severity level;
    bool spoke;                          /* its hold was over */
    int64_t since_utc_ns, since_mono_ns; /* what is said; what the hold counts from; 0: from the next tick */
    int64_t seen_mono_ns;                /* it was found to hold then */
    int64_t slept_mono_ns;               /* nobody's word of now says so or denies it, since; 0 one does */
    bool least;                          /* it may be for longer: nothing was known before */
    int64_t told_ns;                     /* what had happened by then another rule told; 0 none did */
};

#define ROWS_COUNTED 3
struct entry {
    struct object object; /* first: an object is its entry */
    enum severity severity;
    bool hashed, dead;
    bool unasked; /* is in model->unasked: rules have not seen its last change */
    bool watched; /* is in model->watched */
    uint32_t hash;
    struct truth *truths;
    size_t truth_count;
    const struct text *scope; /* JetStream domain of what belongs to the cluster */
    struct entry *next;       /* in its bucket */
    struct row *spare;
    unsigned rows;          /* of this run of its server, that a rate could be made of; up to ROWS_COUNTED */
    int64_t run_mono_ns;    /* the first of these */
    int64_t seen_mono_ns;   /* last row of whatever kind */
    int64_t gone_mono_ns;   /* became a tombstone */
    struct series **series; /* series_slots() of its kind, or NULL */
};

enum target_state {
    TARGET_PROBING,
    TARGET_POLLED,
    TARGET_KNOWN,
    TARGET_GONE,
    TARGET_BALANCER,
    TARGET_DUPLICATE
};

struct target {
    uint16_t source;
    uint64_t id;
    enum target_state state;
    const struct text *url, *origin, *reason, *server_id, *name;
    struct entry *server; /* NULL: no row */
    struct way_heard {    /* of what was asked by this way */
        int64_t good_mono_ns;
        uint8_t good, bad; /* times running, up to 255 */
    } heard[SHAPE_LIMIT];
};

struct gap { /* samples lost on their way here, that no event has told yet */
    uint64_t lost;
    unsigned shapes;           /* bits */
    const struct text *reason; /* NULL: not told */
    bool said;
    int64_t said_mono_ns;
};

struct interest {               /* the subject that is watched: model/interest.h */
    const struct text *subject; /* NULL none */
    bool asked;                 /* not before somebody who knows what it costs says so */
    int64_t since_utc_ns;
};

struct entry_list {
    struct entry **items;
    size_t count, cap;
};

struct finding_list {
    struct finding *items;
    size_t count, cap;
};

struct weighing { /* what was found of those of which there are thousands, until all of it is */
    struct finding_list findings, forming;
    int kind; /* whose watched ones are looked at */
    struct watching {
        size_t next, kept; /* of these; that a rule still holds of */
    } watching;
};

#define EVENTS_MAX    1000
#define CHATTER_MOST  300
#define DETAILED_MOST 512 /* of them three small series more: 3 MB */
#define KEPT_MOST     256 /* of them five small series: 9 MB */
struct event_slot {
    struct event event;
    char *kind, *subject, *text;
};

struct model {
    uint64_t version[OBJECT_KIND_COUNT];
    char *label;
    int expect;
    double hold_scale;
    int64_t utc_ns, mono_ns; /* last tick */
    int steps_left;          /* of it, that have still to be made */
    bool weighs;             /* it looks at all assets */
    int64_t began_utc_ns;    /* first that we heard, 0 nothing yet */
    int64_t awake_mono_ns;   /* nothing is silent for longer than we listened without a break */
    int64_t interval_ns;     /* cadence of /varz */
    bool others_awaited;     /* the next collector watches others */
    int64_t others_mono_ns;  /* it does since; 0: it is known who is left behind */
    uint64_t next_serial;
    bool has[SHAPE_LIMIT];
    int64_t asset_moved_mono_ns; /* the last change of leader of any asset, 0 none */
    bool states_moved;           /* a server went up or down since findings were looked at */
    bool leaders_moved; /* the same since all rules were asked: what they lead may have no leader now */

    struct text_pool *texts;
    size_t texts_after, entries_after; /* bytes of the pool, and all entries, after its last compaction */

    struct object_table tables[OBJECT_KIND_COUNT];
    struct entry *cluster; /* the first one */
    struct target **targets;
    size_t target_count;
    const struct text *told_label; /* hello's cluster */
    const struct text *balancer;   /* URL of the first one; outlives the targets in a clone */

    struct remembered_server *remembered; /* of an earlier run; a clone has none */
    size_t remembered_count;
    struct lone_stream *lone_streams; /* as these */
    size_t lone_stream_count;
    const struct text **forgotten; /* route addresses that no longer count */
    size_t forgotten_count;

    bool joining; /* connections are asked of which client they are: up to this one */
    uint64_t joined_id;
    struct arrivals_ring *arrivals_ring; /* visitor.h; owned */
    size_t visitor_hand;                 /* which visitor is looked at next when there are too many */
    struct interest interest;
    uint64_t judged_id;                    /* connections are judged in turns: up to this one */
    struct gap gap;                        /* of targets that have no row */
    int64_t weighed_mono_ns;               /* all assets were looked at; 0 never */
    size_t judged_next[OBJECT_KIND_COUNT]; /* which asset is looked at next, of thousands */
    bool assets_told;                      /* something of them came since, or is to be asked still */
    unsigned moves;                        /* of leaders, told by the sample at hand */
    struct event_slot events[EVENTS_MAX];
    size_t event_first, event_count, chatter_count;
    uint64_t event_total, amended_total; /* ever */
    struct heard_list heard;

    uint64_t detailed[DETAILED_MOST]; /* consumers whose rates are kept over time, by id */
    size_t detailed_count;
    int64_t detailed_s; /* in this second of UTC who has no more lag than that has no place among them */
    double detailed_above;
    uint64_t kept[KEPT_MOST]; /* connections whose figures are kept over time, by id */
    int64_t kept_full_ns;     /* at this tick there was no place left for one more */

    struct expr **states; /* of consumers */
    struct expr **stream_states;
    struct ruleset *rules;
    int64_t rules_utc_ns;                         /* since then; 0 from the beginning */
    struct entry_list unasked[OBJECT_KIND_COUNT]; /* of kinds with thousands: to be asked by the next ticks */
    struct entry_list watched[OBJECT_KIND_COUNT]; /* of these: a rule holds of it, or will at the next tick */
    size_t expected_next;                         /* expectation that the next tick counts first */
    struct finding_list findings, forming;
    struct weighing weighing;
    uint64_t findings_version; /* another one when they may be others */
    struct alert_book *alerts; /* model/alert_book.h */
    int64_t quiet_since;
    bool troubled; /* the last tick had findings */
};

static inline struct entry *entry_of(const struct object *object) {
    return (struct entry *)object;
}
static inline size_t kind_count(const struct model *model, enum object_kind kind) {
    return model->tables[kind].count;
}
static inline struct entry *kind_at(const struct model *model, enum object_kind kind, size_t i) {
    const struct object_table *table = &model->tables[kind];
    if (i + MEMORY_AHEAD < table->count) {
        __builtin_prefetch(table->entries[i + MEMORY_AHEAD]);
        model_ahead(&table->entries[i + MEMORY_AHEAD / 2]->object);
    }
    return table->entries[i];
}
static inline struct entry *entry_by_id(const struct model *model, uint64_t id) {
    return entry_of(model_object(model, id));
}

/* ---- model.c ---- */
/* Streams and consumers, of which there are thousands and others wait for: what else is told about servers
 * shows on them at the next tick. */
#define KINDS_OF_ASSETS                                                                                      \
    (1u << OBJECT_STREAM | 1u << OBJECT_CONSUMER | 1u << OBJECT_REPLICA | 1u << OBJECT_SOURCE)
/* The first moment that is heard of. */
void model_begin(struct model *model, int64_t utc_ns, int64_t mono_ns);
void model_changed(struct model *model);
/* Nothing that is shown of objects of these kinds, 1 << OBJECT_x, but of all others. */
void model_changed_but(struct model *model, unsigned kinds);

/* ---- texts.c ---- */
/* The model's own copy of a text from elsewhere; NULL stays NULL. */
const struct text *model_text(struct model *model, const struct text *foreign);
const struct text *model_text_of(struct model *model, const char *clean);
/* A text made for one answer to one question: lives until the model's next change. */
const char *model_say(const struct model *model, const char *sentence);
typedef void text_visit_fn(void *data, const struct text **place); /* *place is never NULL */
void model_visit_texts(struct model *model, text_visit_fn *visit, void *data);
void model_compact_texts(struct model *model);              /* when about half of it is in use */
bool text_same(const struct text *a, const struct text *b); /* by content; NULL equals NULL */

/* ---- entries.c ---- */
int kind_of_id(uint64_t id);
uint64_t serial_of_id(uint64_t id);
uint64_t id_of_kind(enum object_kind kind, uint64_t serial);
struct entry *entry_create(struct model *model, enum object_kind kind, const struct object *parent,
                           int64_t utc_ns);
/* The entry of (kind, parent, scope, the row's key), made when there is none (*made). */
struct entry *entry_take(struct model *model, enum object_kind kind, const struct object *parent,
                         const struct text *scope, const struct row *row, const struct stamp *at, bool *made);
struct entry *entry_find(const struct model *model, enum object_kind kind, const struct object *parent,
                         const struct text *scope, const struct row *row);
/* A new row of it: `now` becomes `before` unless the rate window has to be dropped. `row` is foreign. */
void entry_update(struct model *model, struct entry *entry, const struct row *row, const struct stamp *at);
void entry_drop_window(struct entry *entry);
void entry_set_freshness(struct model *model, struct entry *entry, enum freshness freshness);
/* Out of the table now; its memory goes at the next model_sweep(). */
void entry_remove(struct model *model, struct entry *entry);
void entry_remove_children(struct model *model, const struct object *parent, enum object_kind kind);
void entry_destroy(struct entry *entry);
void model_sweep(struct model *model);
/* What only its kind has, in one place. */
struct extra_ops {
    void (*texts)(void *extra, text_visit_fn *visit, void *data);
    void (*destroy)(void *extra);
    void *(*clone)(const void *extra);
};
extern const struct extra_ops extra_ops[OBJECT_KIND_COUNT];
/* A copy of a foreign row with our texts and without what can't be, taking over KEPT fields and equal texts
 * from `old` (may be NULL). */
void row_take(struct model *model, struct row *to, const struct row *from, const struct row *old);
/* What stays true whoever says it, as a configuration does, goes from one row into another. */
void row_keep(struct model *model, struct row *to, const struct row *from);
struct stamp stamp_of(const struct sample *sample, const struct text *server_id);
/* An instant of the server's clock by ours; one that differs by little counts as ours. */
int64_t stamp_our_time(const struct stamp *at, int64_t server_ns);

/* ---- events.c ---- */
void model_add_event(struct model *model, int64_t utc_ns, const char *kind, const struct object *object,
                     const char *subject, const char *format, ...) __attribute__((format(printf, 6, 7)));
/* One that a server published (heard.h). */
void model_add_heard(struct model *model, int64_t utc_ns, const char *kind, const struct object *object,
                     const char *subject, const char *text, bool chatter);
/* More is known of what that event told; nothing, when it is not kept any more. */
void model_amend_event(struct model *model, uint64_t number, const char *text);
void events_destroy(struct model *model);
void events_clone(struct model *to, const struct model *from);

/* ---- history.c ---- */
int series_slots(enum object_kind kind);
void history_server(struct model *model, struct entry *server, int64_t utc_ns);
void history_clusters(struct model *model);
void history_consumer(struct model *model, struct entry *consumer, int64_t utc_ns, int hold_s);
/* After a new row of it; and the last one, of when it was closed. */
void history_connection(struct model *model, struct entry *connection, int64_t utc_ns, int hold_s);
void history_connection_end(struct model *model, struct entry *connection, int64_t utc_ns);

/* ---- rules.c ---- */
void rules_create(struct model *model);
void rules_destroy(struct model *model);
/* weighed: streams and consumers were just looked at, and those of which there are thousands are asked; what
 * is found of them is for rules_weigh(). */
void rules_tick(struct model *model, bool weighed);
/* Of some thousands at a time, the most urgent kinds first; true: of others it is still to be made, and until
 * then what was found before stands. */
bool rules_weigh(struct model *model);
/* Takes back what a changed state has made untrue: nothing on screen contradicts it, not even until the next
 * tick. */
void rules_recheck(struct model *model);
/* There can be thousands of such objects. */
bool rules_is_many(enum object_kind kind);
/* One of these has a new row, which is at hand now: it is asked at once. */
void rules_touch(struct model *model, struct entry *entry);
/* What else is known of it has changed. */
void rules_ask(struct model *model, struct entry *entry);
void rules_forget_dead(struct model *model);

/* ---- rules_truths.c ---- */
/* Notes what holds of it now. */
void truths_ask(struct model *model, struct entry *entry);
/* Those that were noted since the last tick count from now on, or from when their rule says. */
void truths_begin(struct model *model, struct entry *entry);

/* ---- rules_findings.c ---- */
/* Adds to what is found, and to what forms; how bad it is with the object is known afterwards. */
void findings_of(struct model *model, struct entry *entry);
/* ns until it has been so for long enough; 0 it has. */
int64_t rules_left_to_hold(const struct model *model, const struct truth *truth);

#endif
