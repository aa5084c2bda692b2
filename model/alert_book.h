/* The inside of the book of alerts, shared by the sources that make it: alert_book.c keeps and finds them,
 * alerts.c is their life, alert_people.c what persons do, alert_restore.c what the last run knew,
 * alert_changes.c what is told. Owned by the model. */
#ifndef MODEL_ALERT_BOOK_H
#define MODEL_ALERT_BOOK_H

#include "model/alerts.h"
#include "model/state.h"

#define OBJECT_NAME_SIZE 800 /* account, stream and consumer, each at most TEXT_MAX_BYTES */
#define ALERT_FLAPS      4   /* so often within ten minutes is no news any more */

/* By object: who was seen in this run; by client: of connections that have a name; by address: of servers. */
enum alert_index { BY_OBJECT, BY_NAME, BY_NUMBER, BY_CLIENT, BY_ADDRESS, ALERT_INDEXES };

struct slot {
    struct alert said; /* first; its texts are alert_text.h's, and never NULL */
    uint32_t hash[ALERT_INDEXES];
    /* What each tick asks of each is together here. */
    struct slot *next[ALERT_INDEXES];
    const struct finding *found; /* until a tick ends: in it, as bad as was said or pending; else NULL */
    uint64_t found_tick, formed_tick, looked_tick;
    uint64_t looked_row;   /* the serial of its object's row then */
    int64_t less_mono_ns;  /* since then less is found than was said; 0 as much */
    int64_t quiet_mono_ns; /* since then nothing is found; 0 something is */
    uint64_t quiet_tick;   /* the tick of that */
    bool away;             /* flapping, and nothing is found: the next time counts */
    bool known;            /* by the last run, and nothing was said of it in this one */
    bool restored;         /* and not found yet */
    int order;             /* of its rule, the most urgent first */
    size_t place;          /* among those that live */

    double size, told_size; /* its figure: now, and by the last change that was told; 0 not known */
    int worst_order;        /* of the rule that spoke at its worst; INT_MAX not known */
    int64_t
        since_utc_ns;  /* what speaks is so since then, however often it was not for a moment; 0 not known */
    int64_t waited_ns; /* restored: that it could have been found for */
    int64_t came_mono_ns[ALERT_COMINGS];
    int64_t rose_mono_ns[ALERT_FLAPS]; /* it got worse, the last time first; 0 not yet */
    int64_t ended_mono_ns;
    int64_t silenced_mono_ns; /* until then; 0 it is not */
    enum object_kind kind;    /* restored: of `entity` */
    uint64_t candidate;       /* restored: the object that is called so by now; 0 not known */
    bool unwatched;    /* restored: what its rule counts we have not watched for long enough to deny it */
    bool denied;       /* restored: its rules were asked of that one, and it is known not to be so */
    int64_t denied_ns; /* for so long */
    bool open;         /* restored: for now nobody can say whether it is so */
};

struct hush { /* a silence that is in force */
    struct silence said;
    enum object_kind kind;
    int64_t until_mono_ns;
};

struct alert_table {
    struct slot **heads;
    size_t size, count;
};

struct alert_heard { /* does that cluster answer, JetStream's things or others, in this tick */
    uint64_t tick;
    bool asset, answers;
    char cluster[OBJECT_NAME_SIZE];
};

struct findings {
    struct finding *items;
    size_t count, cap;
};

/* alert_burning.c: what was left of the findings. */
struct burning {
    struct findings burning, pending;
    struct findings late; /* burning, and not found now: at their places in the end */
    size_t untaken;       /* burning, and not in the book yet */
    struct alert_things things;
    uint64_t book_version, findings_version; /* of these; 0 nothing yet */
};

struct alert_book {
    uint64_t tick, version, last_number, peaks;
    int budget, ends;            /* what may be done in this tick still */
    struct slot **live, **ended; /* ended: the longest ago first */
    size_t live_count, live_cap, ended_count;
    size_t next_look; /* of those that live */
    size_t seen;      /* findings, in a tick that has seen some and not all of them */
    struct alert_table tables[ALERT_INDEXES];
    struct slot **order; /* as they are shown */
    size_t order_count, order_cap;
    bool order_stale;
    struct alert_counts counts; /* with the order */
    struct burning burning;
    struct hush hushes[SILENCES_MOST];
    size_t hush_count;
    bool hushes_any; /* some alert is silenced, or was */
    struct alert_change changes[ALERT_CHANGES];
    uint64_t last_change;
    struct alert_heard heard;
    bool restored_any; /* some alert was restored and is not found yet */
    int seek_kind;     /* the next object that is compared with these */
    size_t seek;
    bool began;           /* there was a tick */
    int64_t last_mono_ns; /* of the last tick that ended; 0 none did */
};

/* ---- alert_book.c ---- */
struct alert_book *alert_book_create(void);
void alert_book_destroy(struct alert_book *book); /* NULL is fine */
/* Frees so many at most; true when there are none any more. */
bool alert_book_destroy_slice(struct alert_book *book, size_t slots);
/* A copy, of which the slots come by and by: so many at most, true when it is whole. */
struct alert_book *alert_book_clone_begin(const struct alert_book *book);
bool alert_book_clone_slice(struct alert_book *clone, const struct alert_book *book, size_t slots);
/* Something of it is another: whoever shows it has to look again; `order`: also where it stands. */
void alert_book_changed(struct alert_book *book, bool order);
/* Among those that live. Its names are set, it has no number yet if that is 0. */
void alert_book_add(struct alert_book *book, struct slot *slot);
/* Texts that it has in common with the one beside it are held once. */
void alert_book_share(struct alert_book *book, struct slot *slot);
/* Out of everything. */
void alert_book_drop(struct alert_book *book, struct slot *slot);
/* From those that live to the history, by `ended_mono_ns`, and back. */
void alert_book_end(struct alert_book *book, struct slot *slot);
void alert_book_reopen(struct alert_book *book, struct slot *slot);
/* Whether it is open, and stays so though what is found of it forms: another leader is given time to say the
 * same, and so are rules of what the last run found, and what comes and goes has no hold. NULL: there is
 * none. */
bool alert_book_stands(const struct slot *slot, bool moved);
/* One that lives or, `ended`, the last that is history; NULL: none. */
struct slot *alert_book_find(const struct alert_book *book, uint64_t object, const char *tag, bool ended);
/* One that is looked for soon, and before it another one: fetches where the first is found, and of the other
 * what each tick asks. */
void alert_book_ahead(const struct alert_book *book, uint64_t object, uint64_t sooner);
static inline void findings_ahead(const struct alert_book *book, const struct finding *findings, size_t at,
                                  size_t count) {
    if (at + MEMORY_AHEAD < count)
        alert_book_ahead(book, findings[at + MEMORY_AHEAD].object, findings[at + MEMORY_AHEAD / 2].object);
}
static inline void slot_ahead(const struct slot *slot) {
    __builtin_prefetch(slot);
    __builtin_prefetch(&slot->said.object);
    __builtin_prefetch(&slot->said.quiet);
    __builtin_prefetch(&slot->found);
}
/* One of those that live, and those behind it are looked at next. */
static inline struct slot *live_nth(const struct alert_book *book, size_t at) {
    if (at + MEMORY_AHEAD < book->live_count)
        slot_ahead(book->live[at + MEMORY_AHEAD]);
    return book->live[at];
}
/* The same by what the object is called; a server that nobody knows by name by where it is asked. */
struct slot *alert_book_find_named(const struct alert_book *book, const struct alert *called, bool ended);
/* An open one that is called so, of those that the last run knew and nobody has found yet, or of the others.
 */
struct slot *alert_book_find_open(const struct alert_book *book, const struct alert *called, bool restored);
/* Those that are open or history of any connection of that client; of a crowd the last ones. */
#define CLIENT_MOST 32
size_t alert_book_of_client(const struct alert_book *book, const struct alert *called,
                            struct slot *out[CLIENT_MOST]);
struct slot *alert_book_numbered(const struct alert_book *book, uint64_t number);
/* Instead of the one it has; 0: one that nobody had. */
void alert_book_set_number(struct alert_book *book, struct slot *slot, uint64_t number);
/* It is (called) that by now. */
void alert_book_set_object(struct alert_book *book, struct slot *slot, uint64_t object);
void alert_book_set_name(struct alert_book *book, struct slot *slot, const char *cluster, const char *name);
void alert_book_set_client(struct alert_book *book, struct slot *slot, const char *client);
void alert_book_set_address(struct alert_book *book, struct slot *slot, const char *address);
/* Since when a finding of it is so: what an earlier run found, and goes on, since it came last; what was not
 * so for a moment, and never away for that, since before. */
void alert_book_since(const struct model *model, const struct slot *slot, struct finding *finding);
struct slot *slot_create(void);

/* ---- alert_changes.c ---- */
void alert_tell(struct model *model, struct slot *slot, enum alert_change_kind kind, enum severity before);
/* Of an entity. */
void alert_tell_silence(struct model *model, enum alert_change_kind kind, const struct silence *silence);
void alert_changes_share(struct alert_book *book);
void alert_changes_finish(struct alert_book *book);

/* ---- alerts.c ---- */
/* The steps of a tick, in this order: what was found, some thousands at a time, true: there are more; what is
 * said of it, and who is compared with what the last run knew; what nothing was found of. */
bool alerts_see(struct model *model);
void alerts_look(struct model *model);
void alerts_end(struct model *model);

/* ---- alert_burning.c ---- */
/* Made anew, so that nobody who looks has to. */
void burning_tick(struct model *model);
/* It is of all that is found by now; or stays what it is for the rest of a tick. */
bool burning_is_known(const struct model *model);
void burning_keep(struct model *model);

/* ---- alert_people.c ---- */
void alert_forget_ack(struct slot *slot);
void alert_forget_silence(struct slot *slot);
void alert_apply_silences(struct model *model, struct slot *slot);
void alert_silences_tick(struct model *model);
/* At the first tick: until when in monotonic time. */
void alert_silences_begin(struct model *model);
/* A silence's texts. */
void alert_hush_share(struct hush *hush);
void alert_hush_finish(struct hush *hush);

/* ---- alert_absent.c ---- */
/* Looks for objects of what was restored, some each tick. */
void alert_absent_tick(struct model *model);
/* A restored one: its object was looked at twice, and all its rules know that it is not so. */
bool alert_absent_denied(const struct model *model, struct slot *slot);

/* ---- alert_restore.c ---- */
/* What nobody has found yet is about what this one is about: one alert, with the first number, what was said
 * of it and what it was at worst. */
void alert_unite(struct model *model, struct slot *slot, struct slot *restored);
/* At the first tick: how long ago all was, what was read. */
void alert_restored_begin(struct model *model);
#endif
