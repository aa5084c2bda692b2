/* The model: the clusters as we know them. Rows in, truth out: merge, rates, series, events, findings.
 *
 * No I/O, no clock, no library but libc: everything it knows came with rows, samples and ticks, so a replay
 * is the same night again and tests move the time. One owner, the main process, one thread. Views and exports
 * read it through const. */
#ifndef MODEL_MODEL_H
#define MODEL_MODEL_H

#include "base/memory.h"
#include "model/object.h"
#include "model/quantity.h"
#include "model/series.h"
#include "sample/stream.h"

struct model;

struct model_options {
    const char *label; /* of the cluster; NULL: what servers say */
    int expect;        /* servers that should be there; 0: not told */
    double hold_scale; /* of all rules; 0 means 1. Tests use less */
};

struct model *model_create(const struct model_options *options);
/* What the user says of the cluster, from now on. */
void model_told(struct model *model, const char *label, int expect);
/* Another configuration: the next collector watches other servers. Who was there and is not found through
 * these goes without a word, once they have answered or had the time to; who is found stays what it was. */
void model_watches_others(struct model *model);
void model_destroy(struct model *model);
/* The same in slices, so that nobody waits: frees about so many objects, true when nothing is left. */
bool model_destroy_slice(struct model *model, size_t objects);
/* A frozen copy for the paused screen. */
struct model *model_clone(const struct model *model);
/* The same in slices: copies about so many objects, NULL while it is not whole. `copying` is zeroed before
 * the first call. Meanwhile the model should stand still: when it changed, all begins anew. A copy that
 * nobody needs any more is destroyed as it is. */
struct model_copying {
    struct model *copy; /* NULL: not begun */
    int anew;           /* times that it began anew */
    /* private */
    int kind;
    size_t next;
    bool outdated;
    uint64_t version[OBJECT_KIND_COUNT], alerts_version;
};
struct model *model_clone_slice(const struct model *model, struct model_copying *copying, size_t objects);

/* ---- in ---- */
void model_row(struct model *model, uint16_t source, enum frame_kind kind,
               const struct row *row); /* all but TICK */
/* Nobody asks in that way any more: whoever is asked in no other is as it was left. */
void model_source_gone(struct model *model, uint16_t source);
void model_sample(struct model *model, const struct sample *sample);
/* The same in slices, so that nobody waits for a huge one: takes about `rows` rows on, true when the sample
 * is done with. `intake` is zeroed before the first call, and the sample stays as it is. In between anything
 * else may come; if that made the sample void (its server restarted or is no more), the rest is passed over.
 * What an answer no longer has is gone only after all of its rows are taken. /connz and /jsz are sliced, all
 * others are taken at once. A sample that is not taken to its end is dropped. */
struct model_intake { /* private */
    bool begun;
    uint64_t server, poll, swept_id;
    int restarts;
    size_t next, rows, told;
    int64_t most;
    uint64_t last_cid;
    struct merging *merging;
};
bool model_sample_slice(struct model *model, const struct sample *sample, struct model_intake *intake,
                        size_t rows);
void model_intake_drop(struct model_intake *intake);
bool model_slices(enum shape shape);
/* Time goes on: staleness, holds, series, findings. Called each 500 ms with the stream's clocks; never goes
 * back. */
void model_tick(struct model *model, int64_t utc_ns, int64_t mono_ns);
/* The same in a few steps, so that a key that comes in between is answered: a tick has begun, and goes on as
 * long as a step returns true. In between it can be looked at (what burns is that of the last tick until all
 * of this one is made), and is finished before anything else comes in. */
void model_tick_begin(struct model *model, int64_t utc_ns, int64_t mono_ns);
bool model_tick_step(struct model *model);
void model_tick_finish(struct model *model);
/* Somebody looks at that connection: its figures are kept over time, as long as that is said each few
 * seconds. Of no other object does this change anything. */
void model_look_at(struct model *model, uint64_t id);
/* Scale-down: this server is no longer expected. false when no server has that name or address. */
bool model_forget(struct model *model, const char *name);
/* What a server was called in an earlier run, at the address ("host:port") where it was asked; and the port
 * of its routes, 0 none. While it has not answered it is called so again. At most 4,096 are taken; texts are
 * copied. */
#define REMEMBERED_MOST 4096
struct remembered_server {
    const char *name, *address;
    uint64_t cluster_port;
};
void model_remember_server(struct model *model, const struct remembered_server *server);
/* The same of this one, for the next run, also what it is supposed to be called; borrowed. false: nobody
 * knows its name. */
bool model_remembered(const struct model *model, const struct object *server, struct remembered_server *out);
/* A stream that had no other replica when it was seen last, and whose it was: while that server has not
 * answered no other one lists it. "" there is none, as of a domain. At most so many are taken; texts are
 * copied. */
#define LONE_STREAMS_MOST 1024
struct lone_stream {
    const char *cluster, *server, *account, *name, *domain;
};
void model_remember_stream(struct model *model, const struct lone_stream *stream);
/* Those of now, for the next run, and behind them those of before whose server has not answered; borrowed. */
size_t model_lone_streams(const struct model *model, struct lone_stream out[LONE_STREAMS_MOST]);
/* The collector of this source died, was killed or came back; `text` says which. Becomes an event. */
void model_source_event(struct model *model, uint16_t source, int64_t utc_ns, const char *text);
/* What happened to this program itself: "config", "hook", "log", "alerts", "clock". */
void model_own_event(struct model *model, int64_t utc_ns, const char *kind, const char *subject,
                     const char *text);

/* ---- out ---- */
/* Another one after each change to objects of that kind or to what is shown of them, and never that of
 * another model: what was read at this number stands while it is the number. */
uint64_t model_version(const struct model *model, enum object_kind kind);
/* Another one after an object of that kind came, went or got another name. */
uint64_t model_members(const struct model *model, enum object_kind kind);
int64_t model_utc_ns(const struct model *model); /* of the last tick */
/* All objects of a kind, tombstones included, oldest first. The array lives until the next change. */
const struct object *const *model_objects(const struct model *model, enum object_kind kind, size_t *count);
/* It is looked at soon, and it is at hand itself: fetches what it points to. */
static inline void model_ahead(const struct object *object) {
    __builtin_prefetch(object->now);
    __builtin_prefetch(object->extra);
}
/* One of model_objects(), and those behind it are looked at next. */
static inline const struct object *model_nth(const struct object *const *objects, size_t at, size_t count) {
    if (at + MEMORY_AHEAD < count) {
        __builtin_prefetch(objects[at + MEMORY_AHEAD]);
        model_ahead(objects[at + MEMORY_AHEAD / 2]);
    }
    return objects[at];
}
const struct object *model_object(const struct model *model, uint64_t id); /* NULL when it is no more */
/* The first cluster, always there: of the servers that a person named, and that answered, the first one's. */
const struct object *model_cluster(const struct model *model);
/* What says which object it is, with slashes between: "ORDERS/billing"; the global account goes without
 * saying. object NULL: "". */
void model_object_name(const struct model *model, const struct object *object, char *out, size_t size);
/* The stream of a consumer, a replica or a source; a stream is its own. NULL: not seen. */
const struct object *model_stream_of(const struct model *model, const struct object *asset);
/* That consumer reads that stream. */
bool model_reads(const struct model *model, const struct object *consumer, const struct object *stream);
/* The account of what a stream's name alone does not tell, because another account has a stream of that name
 * in the same cluster; NULL: it does. */
const char *model_shared_account(const struct model *model, const struct object *asset);
/* There is such a name. */
bool model_shares_names(const struct model *model);
/* NULL when that is not kept. Quantities flagged SERIES; of consumers lag for all of them, the others for
 * those that lag most; of connections only of those that are looked at, fill or are in an alert, until others
 * need the room (history.c). */
const struct series *model_series(const struct model *model, const struct object *object, enum quantity q);
/* For CONNECTION: how many there are in truth over all servers that answer, and of how many we have rows from
 * the last pages. */
void model_connection_cover(const struct model *model, uint64_t *rows, uint64_t *total);
/* A connection of which the server's record came that it is closed, and why; or whose server began again. */
bool model_is_closed(const struct object *connection);
/* The latter: that it is closed, and why, is inferred, and when is a bound. */
bool model_is_inferred(const struct object *connection);
/* Connections that were cut and that their servers still keep open, and of them those for whose sake
 * producers are paused. */
void model_lingering(const struct model *model, size_t *count, size_t *holding);
/* Of some server closed ones were let go before their time, for newer ones. */
bool model_closed_at_bound(const struct model *model);
/* What the last answer about its subscriptions said; utc_ns 0: nobody asked, or nothing of it is kept. */
struct subscribed {
    int64_t utc_ns, mono_ns;
    size_t told, kept; /* so many it has; of so many there are objects */
};
struct subscribed model_subscribed(const struct object *connection);
/* Where its subscriptions are asked for, and under which cid; NULL: it can't be asked, or all is known. */
const char *model_ask_url(const struct object *connection, uint64_t *cid);
/* The connection of a subscription; NULL: not seen. */
const struct object *model_connection_of(const struct model *model, const struct object *subscription);
/* It has no client: the server subscribed itself, for a stream, a mirror, an import. */
bool model_is_server_own(const struct object *subscription);
/* Its connection was asked for: not only a match of a subject. */
bool model_is_told(const struct object *subscription);
/* ---- interest: who listens to a subject, over all servers ---- */
/* Why that can't be asked; NULL: it can. */
const char *model_subject_fault(const char *subject);
/* Watches this subject from now on, another one no more; NULL: none. A faulty one changes nothing. Where one
 * server has 10,000 subscriptions to walk, or more, it waits for model_interest_go_on(). */
void model_interest_watch(struct model *model, const char *subject);
void model_interest_go_on(struct model *model);
struct interest_seen {
    const char *subject; /* NULL: none is watched */
    bool asked;          /* false: it waits for somebody to go on */
    int64_t since_utc_ns;
    int servers, up, answered; /* all there should be; those that can be asked; that have answered */
    int cut;                   /* of these: that told or of which we keep not all; groups may be missing */
    uint64_t walked;           /* subscriptions of those that can be asked */
    int64_t walk_ns;           /* of the servers' time, for one look at all; estimated */
};
struct interest_seen model_interest(const struct model *model);
/* A server's last answer. */
struct interest_answer {
    int64_t utc_ns, asked_mono_ns; /* utc_ns 0: none */
    uint64_t told, total;          /* kept of so many, or more where it is cut and both are the same */
    bool cut;                      /* not all of them were told or kept */
    bool now;                      /* there is one, and it is up */
};
struct interest_answer model_interest_of(const struct object *server);
/* The group of a subscription that matches; NULL: it does not. */
const struct object *model_audience_of(const struct model *model, const struct object *subscription);
/* Age of the oldest live /varz in ns, where no servers are seen of an account's own word; -1 when nobody
 * answers. */
int64_t model_data_age_ns(const struct model *model);
/* How far apart these come. */
int64_t model_data_gap_ns(const struct model *model);
/* Since the server that is up and was asked longest ago was asked for that shape; -1: none has answered it.
 */
int64_t model_shape_age_ns(const struct model *model, enum shape shape);
/* The account that is all that is known, since we are no system account; NULL: servers are known, or nothing
 * is. */
const struct object *model_account(const struct model *model);
/* Samples of this shape ever committed: a view without says "not collected here". */
bool model_has(const struct model *model, enum shape shape);
/* The server's answers to one shape: when, what it cost, or why not. NULL before the first. */
struct answer_state {
    int64_t good_utc_ns;  /* last usable answer, 0 never */
    int64_t asked_utc_ns; /* last try */
    enum failure failure; /* of the last try */
    int http_status;
    const char *error;
};
const struct answer_state *model_answer(const struct model *model, const struct object *server,
                                        enum shape shape);
/* The first URL behind which different servers answer: it has no row. NULL when there is none. */
const char *model_balancer(const struct model *model);

/* ---- findings: what row 2 says ---- */
/* PENDING: what will be a finding if it goes on. */
enum severity { SEVERITY_OK, SEVERITY_UNKNOWN, SEVERITY_PENDING, SEVERITY_WARN, SEVERITY_CRIT };
struct rule; /* model/ruleset.h */
enum echo { ECHO_UNKNOWN, ECHO_IS, ECHO_IS_NOT };
struct finding {
    enum severity severity;
    enum severity level; /* the same; of one that is forming the one that it will have */
    const struct rule *rule;
    uint64_t object;      /* id */
    int64_t since_utc_ns; /* when the condition became true */
    bool least;           /* or before that: nothing was known then */
    int64_t sign_utc_ns;  /* of what burns: when its alert began to be so, the last time that it came */
    bool sign_least;      /* or before that */
    int64_t due_utc_ns;   /* when it speaks, if it goes on */
    bool moved;           /* it waits for that because its object has another leader */
    uint64_t cause;       /* 0: its own */
    uint64_t alert; /* 0: it is so now; else it was, and the alert of this number comes and goes, or is of the
                       last run, says what it said then, and is so still */
    bool lesser;    /* its object has a worse one: goes without saying */
    enum echo echo; /* of a server's silence, as the book of alerts saw it last */
};
/* Worst first: severity, then order of the rules, then age. */
const struct finding *model_findings(const struct model *model, size_t *count);
/* What will be a finding if it goes on: the condition is true, and its hold or what its object settles in is
 * not over. Same order. */
const struct finding *model_forming(const struct model *model, size_t *count);
const char *finding_tag(const struct finding *finding);
const char *finding_rule(const struct finding *finding);
/* "> 80 %"; false and "": what is so is the trouble. */
bool finding_limit(const struct model *model, const struct finding *finding, char *out, size_t size);
/* "limit > 80 %", or "limit ack_pending >= 100" where these words are about another figure; false and "":
 * they say it, or there is nothing to say. */
bool finding_limit_unsaid(const struct model *model, const struct finding *finding, const char *words,
                          char *out, size_t size);
/* One rule holds of both for one reason, as of all that a server led which does not answer. */
bool finding_same_cause(const struct finding *a, const struct finding *b);
/* So many of one cause in one sentence; `finding` is the first of them, or alone: 1. */
void finding_text_of(const struct model *model, const struct finding *finding, size_t count, char *out,
                     size_t size);
/* Each name in it of so many columns at most, 48 in the one above. */
void finding_text_short(const struct model *model, const struct finding *finding, size_t count,
                        int name_columns, char *out, size_t size);
/* What the condition is about, as a table shows it: its first quantity; "-" when that is not known. */
void finding_figure(const struct model *model, const struct finding *finding, char *out, size_t size);
/* The same as a number, where more of it is worse; else 0. */
double finding_size(const struct model *model, const struct finding *finding);
/* And as one, whether more or less of it is worse: as the levels of its rule say, where it has any. NEITHER:
 * it is not known, or no number. */
enum quantity_worse finding_number(const struct model *model, const struct finding *finding, double *out);
/* The worst finding about this object; else PENDING while one is forming; else UNKNOWN for stale and gone
 * ones, OK for all others, and for a connection of which the record of its end came. */
enum severity model_severity(const struct model *model, const struct object *object);
/* Since when there has been no finding; 0 while there are some or when we just began. */
int64_t model_quiet_since(const struct model *model);

/* ---- events: what changed ---- */
struct event {
    uint64_t number;  /* of all ever, from 1, as they came to be known */
    uint64_t amended; /* 0: says what it said; else which of all amendments ever was its last */
    int64_t utc_ns;
    const char *kind; /* "started", "restarted", "lost", "back", "reloaded", "version", "leader", "contested",
                         "recreated", "purged", "peer", "gap", "collector", "store", "config", "hook", "log",
                         "interest", "cut" (clients as slow consumers), "slow" (a route, gateway or leaf
                         node), "stale", "stalled" (producers), "leaving" (a lame duck), "clock" (of the day,
                         moved; or nobody watched for a while); and those of collectors/advisories.def */
    uint64_t object;  /* 0: none */
    const char *subject; /* server, asset or client name */
    const char *text;    /* one sentence */
    bool heard;          /* a server published it; else we noticed it in what was asked */
    bool chatter;        /* comes in thousands: clients that come and go; at most a third of what is kept */
};
/* Oldest first, by when it happened and not by when it came to be known; the last 1,000 are kept. */
size_t model_event_count(const struct model *model);
uint64_t model_event_total(const struct model *model); /* ever: `number` of the one learnt last */
const struct event *model_event(const struct model *model, size_t index);

#endif
