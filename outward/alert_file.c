#include "outward/alert_file.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/memory.h"
#include "outward/alert_join.h"
#include "outward/alert_pass.h"
#include "outward/alert_take.h"
#include "outward/alert_voice.h"
#include "outward/alert_words.h"
#include "outward/alert_write.h"
#include "outward/errand.h"

enum { OPEN_MS = 1000, CLOSE_MS = 2000, YIELD_MS = 1000, LIMIT_MS = 10000, PEAKS_OF = 1000 /* open ones */ };
#define WRITE_EVERY (3 * NS_PER_S)
#define PEAKS_EVERY (10 * NS_PER_S) /* where nothing else changed, and not of thousands */
#define TEXTS_EVERY (60 * NS_PER_S)
#define TRY_EVERY   (5 * NS_PER_S)
#define ASK_EVERY   (1 * NS_PER_S)  /* whether it was taken, what we passed */
#define PASS_LONG   (15 * NS_PER_S) /* who keeps looks every WRITE_EVERY */
#define STOOD_NS    (10 * NS_PER_S) /* between two ticks: we were stopped, or the machine slept */
#define SETTLE_NS                                                                                            \
    (20 * NS_PER_S) /* after that: all is asked anew, before it is compared with what was told */

struct alert_file {
    struct model *model;
    struct alert_voice voice;
    struct alert_place place;
    struct errand *errand;
    bool placed;    /* there is a folder for it */
    bool joined;    /* what it said when we came is in the model */
    bool exists;    /* there was a file, or we wrote one */
    bool kept;      /* by us: the lock is ours */
    bool read_only; /* another one has the lock */
    bool opened;
    enum { TAKES, WRITES, PASSES } errand_is;
    bool writing; /* WRITES: it does not only look what was said beside it */
    bool no_screen, holder_no_screen;
    pid_t holder;
    int lock;                          /* -1: not ours */
    bool leaves, away;                 /* we are giving the lock up; it is not asked yet who keeps it since */
    int64_t ticked_ns, stopped_utc_ns; /* since when the holder was seen as stopped, 0 it is not */
    struct alert_stamp seen;
    int64_t next_ns, written_ns;
    struct written { /* up to here it is in the file; begun: in what is being written */
        uint64_t change, version, peaks;
        int64_t ahead_ns; /* of the wall clock that all its times are by */
    } written, begun;
    struct alert_said theirs; /* what another one said is in the model, and not in the file yet */
    bool looks;               /* once: what was said while nobody kept it */
    struct alert_words words; /* said here, for who keeps it */
    uint64_t passing;         /* so many of them are in what PASSES */
    int64_t passed_ns;
    struct alert_untold untold; /* since another one kept it */
};

/* Nobody can say anything there, and somebody can here. */
static bool passes(const struct alert_file *f) {
    return f->read_only && f->holder_no_screen && !f->no_screen;
}

/* ---- passing ---- */

static void begin_passing(struct alert_file *f) {
    struct alert_pass pass = {.place = &f->place, .words = &f->words, .who = getpid()};
    f->errand_is = PASSES;
    f->passing = f->words.last;
    f->next_ns = clock_mono_ns() + TRY_EVERY;
    errno = 0;
    if (!errand_begin(f->errand, alert_pass, &pass, LIMIT_MS) && errno != 0)
        alert_voice_complain(&f->voice, f->holder, strerror(errno));
}

static void passed(struct alert_file *f, const struct alert_pass_answer *answer) {
    if (!answer->passed) {
        alert_voice_complain(&f->voice, f->holder, answer->message);
        return;
    }
    f->words.sent = f->passing;
    f->passed_ns = clock_mono_ns();
    f->next_ns = f->passed_ns + ASK_EVERY;
}

/* What the file says may be older than what was said here. */
static bool is_awaited(struct alert_file *f, const struct alert_take_answer *answer) {
    bool waits = alert_words_any(&f->words) && answer->taken == ALERT_OTHERS &&
                 (f->words.sent != f->words.last || answer->said_stands);
    if (waits && f->words.sent == f->words.last && clock_mono_ns() - f->passed_ns > PASS_LONG)
        alert_voice_complain(&f->voice, f->holder, "it did not look for 15s");
    return waits;
}

static void end_words(struct alert_file *f) {
    if (f->kept)
        alert_words_say(&f->words, f->model);
    alert_words_clear(&f->words);
    f->voice.complained = false;
}

/* Of one who passed it to us. */
static void take_said(struct alert_file *f, const struct alert_said *said, const char *text, size_t len) {
    struct alert_document document;
    char why[200], message[300];
    f->theirs = *said;
    if (said->who == 0)
        return;
    if (alert_document_read(&document, text, len, why, sizeof why) != ALERT_DOCUMENT_GOOD) {
        snprintf(message, sizeof message, "what natsight %ld said can't be read: %.200s", (long)said->who,
                 why);
        f->voice.say(f->voice.data, true, message);
        return;
    }
    alert_join_said(f->model, &document);
    alert_document_finish(&document);
}

/* ---- taking ---- */

static struct written now_in(const struct model *model) {
    return (struct written){model_alert_change_last(model), model_alerts_version(model),
                            model_alerts_peaks(model), clock_wall_ahead_ns()};
}

static void join(struct alert_file *f, const char *text, size_t len, bool mirrored) {
    bool mirror = mirrored || f->read_only;
    struct alert_document document;
    char why[200];
    if (alert_document_read(&document, text, len, why, sizeof why) != ALERT_DOCUMENT_GOOD)
        return;
    if (f->opened && mirror)
        model_alerts_follow(f->model, document.alerts, document.alert_count);
    if (!f->opened)
        alert_join_first(f->model, &document);
    else if (!f->joined)
        alert_join_late(f->model, &document);
    else
        alert_join_words(f->model, &document, mirror);
    if (mirrored && !f->read_only)
        alert_untold_find(&f->untold, f->model, &document);
    f->joined = true;
    alert_document_finish(&document);
}

static void close_lock(struct alert_file *f) {
    if (f->lock >= 0)
        close(f->lock);
    f->lock = -1;
    f->kept = false;
}

static void forget_written(struct alert_file *f) {
    f->written = (struct written){UINT64_MAX, UINT64_MAX, UINT64_MAX, 0};
}

/* We gave it up. Where another one has kept it since, what is here is of before: nothing is told of it, and
 * nothing is taken, until the servers were asked again. true: so it is. */
static bool comes_back(struct alert_file *f, const struct alert_take_answer *answer, bool others_text) {
    f->away = false;
    if (!f->kept)
        return f->read_only;
    if (others_text) {
        close_lock(f);
        f->read_only = true;
        return true;
    }
    if (!alert_stamp_same(&answer->stamp, &f->seen))
        forget_written(f);
    return false;
}

/* Seen twice, so that one that was stopped for a moment is none. */
static void look_at_holder(struct alert_file *f, const struct alert_take_answer *answer) {
    bool stopped = answer->taken == ALERT_OTHERS && answer->holder_stopped;
    int64_t since = f->stopped_utc_ns;
    f->stopped_utc_ns = !stopped ? 0 : since != 0 ? since : clock_utc_ns();
    if (stopped && since != 0)
        alert_voice_stopped(&f->voice, f->holder, since);
    else if (answer->taken == ALERT_OTHERS)
        alert_voice_read_only(&f->voice, f->holder, passes(f));
    else
        alert_voice_settles(&f->voice);
}

static void taken(struct alert_file *f, const struct alert_take_answer *answer, const char *text, size_t len,
                  int lock) {
    bool mirrored = f->read_only, awaited = is_awaited(f, answer);
    alert_untold_finish(&f->untold);
    f->kept = answer->taken == ALERT_TAKEN;
    f->read_only = answer->taken == ALERT_OTHERS;
    f->holder = answer->holder;
    f->holder_no_screen = answer->holder_no_screen;
    f->lock = lock;
    bool settles = f->away && comes_back(f, answer, len > 0);
    if (!awaited)
        f->seen = answer->stamp;
    f->exists |= answer->stamp.inode != 0;
    f->looks |= f->kept;
    f->written_ns = clock_mono_ns();
    if (len > 0 && !awaited)
        join(f, text, len, mirrored);
    else if (mirrored && !f->read_only) /* nothing was ever told */
        alert_untold_find(&f->untold, f->model, &(struct alert_document){0});
    if (!awaited && alert_words_any(&f->words))
        end_words(f);
    if (f->kept && !f->opened)
        f->written = now_in(f->model);
    if (answer->taken == ALERT_NOT_TAKEN)
        alert_voice_not_kept(&f->voice, answer->message);
    else
        alert_voice_tell(&f->voice, answer->message);
    if (f->read_only)
        look_at_holder(f, answer);
    if (f->kept)
        alert_voice_kept(&f->voice);
    f->next_ns = clock_mono_ns() + (f->kept ? 0 : settles ? SETTLE_NS : awaited ? ASK_EVERY : TRY_EVERY);
}

static void begin_taking(struct alert_file *f) {
    struct alert_take take = {.place = &f->place,
                              .owner = getpid(),
                              .no_screen = f->no_screen,
                              .seen = f->seen,
                              .reads = f->read_only};
    f->errand_is = TAKES;
    f->next_ns = clock_mono_ns() + TRY_EVERY;
    errno = 0;
    if (!errand_begin(f->errand, alert_take, &take, LIMIT_MS) && errno != 0)
        alert_voice_not_kept(&f->voice, strerror(errno));
}

/* ---- writing ---- */

/* No file for each URL that was ever looked at. */
static bool is_empty(const struct alert_file *f) {
    struct alert_counts counts = model_alert_counts(f->model);
    return !f->exists && counts.crit + counts.warn + counts.acked + counts.silenced + counts.ended == 0 &&
           model_silence_count(f->model) == 0;
}

static bool has_few(const struct model *model) {
    struct alert_counts counts = model_alert_counts(model);
    return counts.crit + counts.warn + counts.acked + counts.silenced <= PEAKS_OF;
}

static bool is_due(const struct alert_file *f) {
    struct written now = now_in(f->model);
    int64_t ago = clock_mono_ns() - f->written_ns;
    return now.change != f->written.change || (now.ahead_ns != f->written.ahead_ns && !is_empty(f)) ||
           (now.peaks != f->written.peaks && ago >= PEAKS_EVERY && has_few(f->model)) ||
           (now.version != f->written.version && ago >= TEXTS_EVERY);
}

static bool is_new(const struct alert_file *f) {
    struct written now = now_in(f->model);
    return now.version != f->written.version || now.ahead_ns != f->written.ahead_ns;
}

static bool begin_writing(struct alert_file *f, bool last) {
    f->errand_is = WRITES;
    f->writing = last ? is_new(f) && !is_empty(f) : is_due(f);
    struct alert_write write = {.place = &f->place,
                                .model = f->model,
                                .lock = f->lock,
                                .write = f->writing,
                                .last = last,
                                .said = f->theirs};
    f->begun = now_in(f->model);
    f->next_ns = clock_mono_ns() + TRY_EVERY;
    errno = 0;
    if (errand_begin(f->errand, alert_write, &write, LIMIT_MS))
        return true;
    if (errno != 0)
        alert_voice_not_kept(&f->voice, strerror(errno));
    return false;
}

static void note_written(struct alert_file *f) {
    f->written = f->begun;
    f->written_ns = clock_mono_ns();
    f->exists = true;
    alert_voice_kept(&f->voice);
}

static void leave(struct alert_file *f, struct alert_stamp stamp) {
    close_lock(f);
    f->seen = stamp;
    f->theirs = (struct alert_said){0};
    f->leaves = false;
    f->away = true;
    f->next_ns = 0;
}

static void written(struct alert_file *f, const struct alert_write_answer *answer, const char *text,
                    size_t len) {
    int64_t now = clock_mono_ns();
    f->next_ns = now + TRY_EVERY;
    switch (answer->state) {
    case ALERT_WRITTEN:
        if (f->writing)
            note_written(f);
        f->looks = false;
        take_said(f, &answer->said, text, len);
        f->next_ns = now + (f->theirs.who != 0 ? 0 : WRITE_EVERY);
        break;
    case ALERT_NOT_OURS: /* somebody tidied up: whoever is first has it */
        close_lock(f);
        f->seen = (struct alert_stamp){0};
        forget_written(f);
        f->next_ns = now;
        break;
    case ALERT_NOT_WRITTEN:
        alert_voice_not_kept(&f->voice, answer->message);
        break;
    }
    if (f->leaves)
        leave(f, answer->stamp);
}

static void on_done(void *data, const char *failure, struct buffer *answer, int fd) {
    struct alert_file *f = data;
    union {
        struct alert_take_answer take;
        struct alert_write_answer write;
        struct alert_pass_answer pass;
    } head = {0};
    static const size_t sizes[] = {
        [TAKES] = sizeof head.take, [WRITES] = sizeof head.write, [PASSES] = sizeof head.pass};
    size_t size = sizes[f->errand_is];
    if (failure != NULL || answer->len < size) {
        char text[600];
        snprintf(text, sizeof text, "%.400s: %.100s", f->place.file, failure != NULL ? failure : "no answer");
        if (f->errand_is == PASSES)
            alert_voice_complain(&f->voice, f->holder, failure != NULL ? failure : "no answer");
        else
            alert_voice_not_kept(&f->voice, text);
        if (f->leaves)
            leave(f, (struct alert_stamp){0});
        return;
    }
    memcpy(&head, answer->data, size);
    const char *text = answer->data + size;
    switch (f->errand_is) {
    case TAKES:
        taken(f, &head.take, text, answer->len - size, fd);
        break;
    case WRITES:
        written(f, &head.write, text, answer->len - size);
        break;
    case PASSES:
        passed(f, &head.pass);
        break;
    }
}

/* ---- life ---- */

struct alert_file *alert_file_open(struct loop *loop, struct model *model, const char *called, bool screen,
                                   alert_file_say_fn *say, void *data) {
    struct alert_file *f = memory_new(sizeof *f);
    *f = (struct alert_file){
        .model = model, .voice = {.say = say, .data = data}, .no_screen = !screen, .lock = -1};
    f->errand = errand_create(loop, on_done, f);
    f->placed = alert_place_find(&f->place, called);
    f->voice.called = f->place.called;
    if (f->placed) {
        begin_taking(f);
        errand_wait(f->errand, OPEN_MS);
    } else {
        alert_voice_not_kept(&f->voice, "there is no home folder, and XDG_STATE_HOME names none");
    }
    f->opened = true;
    return f;
}

static bool has_to_pass(const struct alert_file *f) {
    return passes(f) && f->words.sent != f->words.last;
}

void alert_file_said_alert(struct alert_file *f, uint64_t number) {
    const struct alert *alert = f != NULL ? model_alert_by_number(f->model, number) : NULL;
    if (alert == NULL || !passes(f))
        return;
    alert_words_of_alert(&f->words, alert);
    f->next_ns = 0;
}

void alert_file_said_silence(struct alert_file *f, const char *entity, const char *cluster,
                             const char *name) {
    if (f == NULL || !passes(f))
        return;
    alert_words_of_silence(&f->words, f->model, entity, cluster, name);
    f->next_ns = 0;
}

void alert_file_yield(struct alert_file *f) {
    if (f == NULL || !f->placed)
        return;
    int64_t until = clock_mono_ns() + YIELD_MS * NS_PER_MS;
    if (!errand_wait(f->errand, YIELD_MS) || !f->kept)
        return;
    f->leaves = begin_writing(f, true);
    if (f->leaves)
        errand_wait(f->errand, (int)((until - clock_mono_ns()) / NS_PER_MS));
}

/* What is here may be long over: it is no measure of what another one has not told. */
static void note_gap(struct alert_file *f) {
    int64_t now = clock_mono_ns(), before = f->ticked_ns;
    f->ticked_ns = now;
    if (f->read_only && before != 0 && now - before > STOOD_NS)
        f->next_ns = now + SETTLE_NS;
}

void alert_file_tick(struct alert_file *f) {
    note_gap(f);
    if (!f->placed || errand_is_under_way(f->errand) || clock_mono_ns() < f->next_ns)
        return;
    if (f->kept && (is_due(f) || f->no_screen || f->looks || f->theirs.who != 0))
        begin_writing(f, false);
    else if (has_to_pass(f))
        begin_passing(f);
    else if (!f->kept)
        begin_taking(f);
}

void alert_file_close(struct alert_file *f) {
    if (f == NULL)
        return;
    int64_t until = clock_mono_ns() + CLOSE_MS * NS_PER_MS;
    bool done = errand_wait(f->errand, CLOSE_MS);
    if (done && f->kept && begin_writing(f, true))
        done = errand_wait(f->errand, (int)((until - clock_mono_ns()) / NS_PER_MS));
    if (done && has_to_pass(f)) {
        begin_passing(f);
        done = errand_wait(f->errand, (int)((until - clock_mono_ns()) / NS_PER_MS));
    }
    if (!done && f->kept)
        alert_voice_not_kept(&f->voice, "the disk does not answer");
    errand_destroy(f->errand);
    close_lock(f);
    alert_place_finish(&f->place);
    alert_untold_finish(&f->untold);
    alert_words_clear(&f->words);
    free(f);
}

enum alert_teller alert_file_teller(const struct alert_file *f) {
    if (f->away && f->voice.reason[0] == '\0')
        return TELLER_UNKNOWN;
    if (f->read_only)
        return TELLER_OTHER;
    return f->kept || f->voice.reason[0] != '\0' ? TELLER_HERE : TELLER_UNKNOWN;
}

const struct alert_untold *alert_file_untold(const struct alert_file *f) {
    return &f->untold;
}

const char *alert_file_refusal(const struct alert_file *f) {
    return f->read_only && !passes(f) ? f->voice.refusal : NULL;
}

const char *alert_file_status(const struct alert_file *f) {
    return f->read_only ? f->voice.status : f->voice.reason[0] != '\0' ? "not kept" : "";
}
