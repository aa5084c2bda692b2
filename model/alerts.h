/* The book of alerts: what the rules found, as troubles that begin, get worse, are taken on by somebody, end.
 *
 * An alert is what is found of one object under one tag, whichever rule of the tag speaks; over restarts its
 * object is known by entity, cluster and name. Part of the model and made in its tick, after the rules: no
 * I/O, no clock, one owner. It begins as PENDING (the condition holds, its hold is not over; dropped without
 * a trace when the condition ends), is OPEN when a rule speaks, and CLEARED when none does any more.
 *
 * - What is less is believed after ten seconds: when only a lesser rule speaks, or none, what was said stands
 *   for so long. What comes back sooner was never away. Unknown is not over: nothing ends, and nothing is
 *   less, while nobody can be asked about it, as while its object is stale; while it can't be judged for now,
 *   as while servers disagree (model/rule_open.h); nor while the condition holds again and only its hold is
 *   not over, over a restart of ours, too. What is pending, or would be worse, has to be known all the time.
 *   Of rules that are equally bad the more urgent one is said, and that another one speaks is told to nobody.
 * - What comes back within ten minutes of its end is the same alert: `times` counts. What came four times
 *   within ten minutes is flapping: it stays open, and comes and goes in silence, until nothing was found for
 *   ten minutes (CLEARED) or it stayed for ten (no longer flapping). What got worse four times within ten
 *   minutes is as bad until only less was found for ten.
 * - A program that is cut off comes back under another cid: what is found of another connection of the same
 *   client (its name, in its account, as its user) in these ten minutes is the same alert come back, and is
 *   about that connection from then on. Unless a connection of that client has it at that time: two at once
 *   are two.
 * - Nothing opens in the first two answers of a server after our start, unless it is about whether the server
 *   is there or who leads: until then it is PENDING.
 * - A silent server is one alert: its being stale and its being down are one trouble, and what is found of
 *   streams, replicas and peers only because it is silent is none of its own.
 * - Acknowledged: somebody is on it. That stands as long as it is open, flapping included (who is on it need
 *   not be told), and falls when its severity gets worse than the one that was acknowledged: that is another
 *   trouble than the one that somebody took on. A larger figure at the same severity is no reason. What is
 *   acknowledged stays so in the history, and with its end that is over: what comes back begins without.
 * - Silenced: an entity, until a time, and all that is part of it: of a server its connections, routes,
 *   gateways and leaf nodes, of a stream its replicas and sources, of a cluster everything. Not what a server
 *   leads: that is the cluster's and moves on. A client, called as in `client`: what is found of its
 *   connections, whichever. Its alerts live on in the book, and nobody is told of them but of the end
 *   of what was told before.
 * - What vanished is listed by nobody, and that is no end: such an alert stays open until its object is
 *   listed again, somebody has acknowledged it, or an hour is over. Its ending says which. Over a restart of
 *   ours it burns on once those who are asked have said what they list.
 * - Durations are counted in the collector's monotonic time; a clock that is put an hour on or back opens,
 *   closes and folds nothing. Times shown are UTC of the moment. Only what was read from a file has its age
 *   by UTC, once, at the first tick.
 * - Per tick at most ALERTS_A_TICK are begun, looked at again, or ended: when ten thousand fall behind at
 *   once, all of them are there some seconds later, the worst first, and no key waits. */
#ifndef MODEL_ALERTS_H
#define MODEL_ALERTS_H

#include "model/model.h"

#define ALERTS_ENDED_MOST 1000 /* of the history */
#define ALERT_COMINGS     8    /* times that it came, of which are kept: twice what is flapping */
#define ALERTS_A_TICK     512  /* begun, looked at again, or ended: no key waits for thousands */
#define ALERT_CHANGES     4096 /* of which are kept */

enum alert_state { ALERT_PENDING, ALERT_OPEN, ALERT_CLEARED };

/* No text is NULL. Texts and figures of an open one are of its last look, ticks ago at most when there are
 * thousands. */
struct alert {
    uint64_t
        number; /* of all ever, from 1; goes on over restarts. Pending ones that come to nothing use one */
    enum alert_state state;
    enum severity severity, worst;       /* WARN or CRIT: now, of a cleared one when it ended; at worst */
    const char *rule, *tag;              /* of what speaks now, or spoke last */
    const char *entity, *cluster, *name; /* "consumer", "eu", "ORDERS/billing"; cluster may be "" */
    const char *client;                  /* of a connection that has a name: model_client_called(); else "" */
    const char *address;           /* of a server, what it is asked at: "h3:8222"; else "", and not known */
    uint64_t object;               /* id in this model; 0: not seen in this run */
    const char *text, *worst_text; /* the sentence now, or the last; at its worst */
    const char *figure, *peak;     /* what it is about now, and at its worst: "91 %"; "-" unknown */
    const char *worst_rule;        /* that spoke at its worst */
    double peak_size;              /* the peak as a number; 0 also where it is none, or not known */
    const char *limit, *origin; /* "> 80 %", "" when it is a state; where the level comes from: "default" */
    const char *ending;         /* of a cleared one, where there is more to say: "gone", "server down" */
    int64_t first_sign_utc_ns;  /* when the condition became true */
    bool least;                 /* or before that: nothing was known then */
    int64_t sign_utc_ns;        /* the same of the last time that it came; 0 not known: alert_sign_utc_ns() */
    bool sign_least;
    int64_t due_utc_ns; /* of a pending one: when it opens, if it goes on */
    bool moved;         /* it waits for that because its object has another leader */
    int64_t opened_utc_ns, worst_utc_ns, ended_utc_ns; /* 0: not. Ended: nothing was found from then on */
    int times;                                         /* how often it came; pending: 0 */
    int64_t came_utc_ns[ALERT_COMINGS];                /* the last of these, oldest first */
    int came_count;
    bool flapping;
    bool unheard;         /* open, and nobody can say whether it goes on, at the moment or since our start */
    bool quiet;           /* open, and nothing is found: over if it stays so */
    int64_t quiet_utc_ns; /* since then, of a quiet one */
    bool old;             /* open, and text and figure are of before: since then it was not found */
    bool figure_now;      /* old, and the figure is of now all the same: known, though not found */
    int64_t acked_utc_ns; /* 0: nobody */
    enum severity acked_severity;
    const char *acked_by, *note;
    int64_t silenced_until_utc_ns; /* 0: it is not */
    const char *silence_note;
    bool untold; /* it was silenced all the time since it came last: nobody was told of it */
};

/* Open and worst first; of these behind those that are acknowledged, and behind these those that are
 * silenced; pending; history, newest end first. The array lives until the next tick or change of the book;
 * so does each alert. */
size_t model_alert_count(const struct model *model);
const struct alert *model_alert(const struct model *model, size_t index);
/* NULL: there is none, or not any more. */
const struct alert *model_alert_by_number(const struct model *model, uint64_t number);
/* Another one after each change of the book, and never that of another model. */
uint64_t model_alerts_version(const struct model *model);
/* Its peak; where that is another figure than the one of what speaks now with the name of what it is of:
 * "cut_in 4s" beside 12.0M. */
#define ALERT_PEAK_SIZE 400
void model_alert_peak(const struct model *model, const struct alert *alert, char *out, size_t size);
/* It ended, and what it was about has not: "cut", "server down", "still gone: taken as deleted". */
bool model_alert_is_unsolved(const struct alert *alert);
/* Of all times that an open one was worse than ever, in this run. */
uint64_t model_alerts_peaks(const struct model *model);

struct alert_counts {
    size_t crit, warn;      /* open, and neither acknowledged nor silenced */
    size_t acked, silenced; /* open; silenced goes before acked */
    size_t pending, ended;
};
struct alert_counts model_alert_counts(const struct model *model);

/* What somebody has to act on: model_findings() without those that are acknowledged or silenced, that only
 * say that a server is silent, or whose server has answered once only, and with the open ones on which
 * another leader has to say the same first; `lesser` as of these, and since when the book knows. The array
 * lives until the next change of the model. */
const struct finding *model_burning(const struct model *model, size_t *count);
/* What will be among these if it goes on, in the order of model_forming(); before them what waits for the
 * second answer of a server: `due_utc_ns` 0. */
const struct finding *model_pending(const struct model *model, size_t *count);
/* Of what burns, a thing once, whatever else is wrong with it: what the verdict counts. And open alerts, that
 * nobody is on, which are not among these. */
struct alert_things {
    size_t crit, warn;
    size_t unheard, quiet; /* as in struct alert */
};
struct alert_things model_alert_things(const struct model *model);
/* What is found at this moment of an open one that says more: less is believed after ten seconds only. What
 * holds, or, where nothing does, what is forming; `level` is less then. false: it says what is so, or nothing
 * is found. */
bool model_alert_less(const struct model *model, const struct alert *alert, struct finding *out);
/* Of thousands that begin at once the book takes a part a tick: some of those that burn are not in it yet. */
bool model_alerts_behind(const struct model *model);

#define CLIENT_CALLED_SIZE (3 * TEXT_MAX_BYTES + 40)
/* Which client a connection is of, over all of its connections: "etl", "etl (user svc, account ORDERS)".
 * false and "": it has no name, or is no connection of a client. */
bool model_client_called(const struct object *connection, char *out, size_t size);

/* Under which tag what this rule finds is in the book: being stale and being down are one trouble. */
const char *model_alert_tag(const struct rule *rule);

/* ---- what people do ----
 * Texts are clean (base/text.h) and cut at TEXT_MAX_BYTES; NULL is "". On a paused screen it is done to the
 * live model, and to its copy to be seen at once: numbers are the same in both. */

/* false: there is no such open one. Again with another note: that one is in force. */
bool model_alert_ack(struct model *model, uint64_t number, const char *by, const char *note);
bool model_alert_unack(struct model *model, uint64_t number);

#define SILENCES_MOST 256
struct silence {
    const char *entity, *cluster, *name; /* as in struct alert; cluster "": in whichever */
    int64_t since_utc_ns, until_utc_ns;
    const char *note;
};
/* From now on until then, instead of what was said of that entity before; until 0 or past: no more. false:
 * there is no such kind of entity, or there are SILENCES_MOST. Before the first tick: from the state file. */
bool model_silence(struct model *model, const char *entity, const char *cluster, const char *name,
                   int64_t until_utc_ns, const char *note);
/* In force, oldest first. */
size_t model_silence_count(const struct model *model);
const struct silence *model_silence_at(const struct model *model, size_t index);

/* Before the first tick, or later when it could not be had before, and then without those that are open here,
 * too: what the last run knew; `number` etc. as they were, 0 a new one. Open ones stay open with their first
 * sign, and are not announced again; those of which all rules say for ten seconds that it is not so, or whose
 * connection is closed for so long, and those that are not found for two minutes once their cluster answers
 * and their rule can be judged, end as "not seen again", "closed", "cut"; what counts over a time before we
 * came is unknown for as long, and not over. Pending ones are passed over. A server that is called by its
 * address alone, there or here, is the one of that address. Copies all; strange values are made harmless. */
void model_alerts_restore(struct model *model, const struct alert *items, size_t count);

/* Another natsight tells of the same cluster, and these are its alerts: what is open in both has its number
 * from now on, and nothing else has one of its numbers. Nothing is told of that. */
void model_alerts_follow(struct model *model, const struct alert *items, size_t count);

/* ---- changes: for lines, log, hooks, state file ---- */
enum alert_change_kind {
    CHANGE_OPENED,
    CHANGE_WORSE,     /* its severity is higher; another rule as bad is no change */
    CHANGE_GREW,      /* at the same level: its figure is twice what was said last */
    CHANGE_LESS,      /* for a while it is lower */
    CHANGE_CAME_BACK, /* opened again within ten minutes */
    CHANGE_FLAPPING,  /* from now on its coming and going is not told */
    CHANGE_CLEARED,
    CHANGE_ACKED,
    CHANGE_UNACKED,   /* taken back by a person */
    CHANGE_SILENCED,  /* an entity was; `alert` is 0 */
    CHANGE_UNSILENCED /* its silence is over and it is open: to be told as if it had opened now. Of an entity
                         whose silence ended: `alert` is 0 */
};
struct alert_change {
    uint64_t number; /* of all in this run, from 1 */
    enum alert_change_kind kind;
    uint64_t alert; /* its number */
    int64_t utc_ns;
    enum severity severity, before; /* after it, before it; OK: none */
    bool silenced; /* nobody is to be told: alert_is_muted(); the state file wants it all the same */
    const char *name,
        *text;              /* who it is about, and what was said then; of what people do who, and the note */
    struct silence silence; /* of an entity: which, and until when; 0 at once. Else its texts are NULL */
};
/* A reader keeps the number that it has read, and so learns how many it missed. */
uint64_t model_alert_change_last(const struct model *model); /* 0: none yet */
/* NULL: not yet, or not kept any more. */
const struct alert_change *model_alert_change(const struct model *model, uint64_t number);
/* Nobody is to be told of this change of it: it is silenced, and that is not the end of what was told. */
bool alert_is_muted(const struct alert *alert, enum alert_change_kind kind);
const char *alert_change_word(enum alert_change_kind kind); /* "opened", "worse", ... */

#endif
