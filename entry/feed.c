#include "entry/feed.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/clock.h"
#include "base/memory.h"
#include "entry/steady.h"

#define SLICE_NS      (2 * NS_PER_MS) /* a turn: a key that comes meanwhile waits no longer */
#define SLICE_BYTES   (64 << 10)      /* of what was kept; the same */
#define SLICE_ROWS    256             /* between two looks at the clock */
#define SHORT_ROWS    512             /* goes into the model at once */
#define WAITING_MAX   256
#define WAITING_ROWS  200000          /* of all together; beyond that the oldest is not sliced */
#define SLEPT_NS      (20 * NS_PER_S) /* the model's silences begin anew then, too */
#define AT_ONCE_NS    (NS_PER_S / 10) /* both clocks are read within that */
#define SAME_CLOCK_NS (NS_PER_S / 2)  /* a smaller offset is the pipe's delay, not another clock */

struct asked { /* what one target has answered */
    uint16_t source;
    uint64_t id;
    bool polled, silent; /* its last sample was a failure */
    uint8_t refused;     /* times running */
    bool nameless;       /* the last of these: its name does not resolve */
    uint8_t times[SHAPE_LIMIT];
};

struct waiting { /* a sample that is too long for one turn */
    struct sample *sample;
    struct model_intake intake;
};

struct pipe { /* one writer's stream */
    struct feed *feed;
    struct stream_reader *reader;
    uint16_t source;    /* of its last hello */
    struct buffer kept; /* bytes that came while it was held */
};

struct feed {
    struct model *model;
    struct pipe pipes[FEED_PIPES];
    struct waiting waiting[WAITING_MAX]; /* oldest first */
    size_t waiting_count, waiting_rows;
    bool held, ticks;
    struct feed_clocks clocks;
    struct steady ours, theirs; /* the stream's are ours, too, when it was made on this machine */
    bool same_clocks;
    int64_t utc_offset_ns, mono_offset_ns, utc_last_ns, mono_last_ns, ticked_mono_ns;
    uint64_t samples;
    bool began, reached;
    struct asked *asked;
    size_t count;
};

static struct asked *find(struct feed *feed, uint16_t source, uint64_t id) {
    for (size_t i = 0; i < feed->count; i++)
        if (feed->asked[i].id == id && feed->asked[i].source == source)
            return &feed->asked[i];
    feed->asked = memory_grow(feed->asked, feed->count + 1, sizeof *feed->asked);
    feed->asked[feed->count] = (struct asked){.source = source, .id = id};
    return &feed->asked[feed->count++];
}

static void note_silence(struct asked *asked, enum failure failure) {
    bool refused = failure == FAILURE_REFUSED || failure == FAILURE_NAME;
    asked->silent = failure != FAILURE_NONE;
    asked->refused = refused ? asked->refused + (asked->refused < UINT8_MAX) : 0;
    asked->nameless = failure == FAILURE_NAME;
}

/* It tells of JetStream alone: nothing else is awaited of it. */
static void count_account(struct asked *asked, enum failure failure) {
    bool refused = failure == FAILURE_LOGIN; /* it is not otherwise in a moment */
    int times = asked->times[SHAPE_JSZ] < UINT8_MAX ? asked->times[SHAPE_JSZ] + 1 : UINT8_MAX;
    times = refused && times < 2 ? 2 : times;
    asked->refused = refused ? 2 : 0;
    asked->silent = failure != FAILURE_NONE;
    for (int shape = 0; shape < SHAPE_LIMIT; shape++)
        asked->times[shape] = (uint8_t)times;
}

static void count_sample(struct feed *feed, const struct sample *sample) {
    struct asked *asked = find(feed, sample->source, sample->target);
    if (sample->shape == SHAPE_API)
        count_account(asked, sample->failure);
    else if (sample->shape < SHAPE_LIMIT && asked->times[sample->shape] < UINT8_MAX)
        asked->times[sample->shape]++;
    if (sample->shape == SHAPE_VARZ)
        note_silence(asked, sample->failure);
    feed->samples++;
    feed->reached |= sample->failure == FAILURE_NONE;
}

static int64_t offset(int64_t theirs, int64_t ours) {
    int64_t by = theirs - ours;
    return by > -SAME_CLOCK_NS && by < SAME_CLOCK_NS ? 0 : by;
}

/* ---- what waits ---- */

static void remove_waiting(struct feed *feed, size_t i) {
    feed->waiting_rows -= feed->waiting[i].sample->count;
    model_intake_drop(&feed->waiting[i].intake);
    sample_destroy(feed->waiting[i].sample);
    feed->waiting_count--;
    memmove(feed->waiting + i, feed->waiting + i + 1, (feed->waiting_count - i) * sizeof *feed->waiting);
}

/* The oldest one, some rows further. */
static void advance(struct feed *feed, size_t rows) {
    struct waiting *w = &feed->waiting[0];
    if (!model_sample_slice(feed->model, w->sample, &w->intake, rows))
        return;
    count_sample(feed, w->sample);
    remove_waiting(feed, 0);
}

static bool same_server(const struct waiting *w, const struct sample *sample) {
    return w->sample->source == sample->source && w->sample->target == sample->target;
}

/* Long answers of one server stay in order; all else need not wait for them. */
static bool has_to_wait(const struct feed *feed, const struct sample *sample) {
    if (!model_slices(sample->shape))
        return false;
    for (size_t i = 0; i < feed->waiting_count; i++)
        if (same_server(&feed->waiting[i], sample))
            return true;
    return sample->count > SHORT_ROWS;
}

/* A newer answer of the same kind stands for one that nobody has begun with. */
static void drop_outdated(struct feed *feed, const struct sample *sample) {
    for (size_t i = feed->waiting_count; i-- > 0;) {
        const struct waiting *w = &feed->waiting[i];
        if (same_server(w, sample) && w->sample->shape == sample->shape && !w->intake.begun)
            remove_waiting(feed, i);
    }
}

static void put_waiting(struct feed *feed, struct sample *sample) {
    drop_outdated(feed, sample);
    while (feed->waiting_count == WAITING_MAX ||
           (feed->waiting_count && feed->waiting_rows + sample->count > WAITING_ROWS))
        advance(feed, SIZE_MAX);
    feed->waiting[feed->waiting_count++] = (struct waiting){.sample = sample};
    feed->waiting_rows += sample->count;
}

/* Targets are counted from one again: what waits is not about the new ones. */
static void drop_waiting(struct feed *feed, uint16_t source) {
    for (size_t i = feed->waiting_count; i-- > 0;)
        if (feed->waiting[i].sample->source == source)
            remove_waiting(feed, i);
}

static void take_kept(struct pipe *pipe, size_t most) {
    size_t len = pipe->kept.len < most ? pipe->kept.len : most;
    stream_reader_feed(pipe->reader, pipe->kept.data, len);
    buffer_consume(&pipe->kept, len);
    if (!pipe->kept.len)
        buffer_finish(&pipe->kept);
}

/* NULL: none has kept anything. */
static struct pipe *keeper(struct feed *feed) {
    for (int i = 0; i < FEED_PIPES; i++)
        if (feed->pipes[i].kept.len)
            return &feed->pipes[i];
    return NULL;
}

void feed_hold(struct feed *feed, bool held) {
    feed->held = held;
}

static bool stands_still(const struct feed *feed) {
    return feed->held || feed->ticks;
}

bool feed_work(struct feed *feed) {
    int64_t until = clock_mono_ns() + SLICE_NS;
    bool any = !stands_still(feed) && (feed->waiting_count || keeper(feed));
    struct pipe *pipe = any ? keeper(feed) : NULL;
    while (any && (feed->waiting_count || pipe) && clock_mono_ns() < until) {
        if (pipe)
            take_kept(pipe, SLICE_BYTES);
        else
            advance(feed, SLICE_ROWS);
        pipe = keeper(feed);
    }
    return any;
}

void feed_drain(struct feed *feed) {
    for (struct pipe *pipe = keeper(feed); pipe; pipe = keeper(feed))
        take_kept(pipe, SIZE_MAX);
    while (feed->waiting_count)
        advance(feed, SIZE_MAX);
}

/* ---- the clocks ---- */

static void look_at_clocks(struct feed *feed);

static int64_t later(int64_t a, int64_t b) {
    return a > b ? a : b;
}

static int64_t ours_now(const struct feed *feed) {
    return steady_now(&feed->ours, feed->clocks.mono_ns());
}

static int64_t utc_now(struct feed *feed) {
    if (!feed->ours.began)
        look_at_clocks(feed);
    return later(ours_now(feed) + feed->utc_offset_ns, feed->utc_last_ns);
}

/* Who dates what the stream says. */
static struct steady *dating(struct feed *feed) {
    return feed->same_clocks ? &feed->ours : &feed->theirs;
}

static void say_moved(struct feed *feed, const char *whose, int64_t by_ns) {
    char span[TIME_TEXT_SIZE], text[160];
    span_format(span, by_ns < 0 ? -by_ns : by_ns);
    snprintf(text, sizeof text, "%s clock was put %s by %s: times of day follow it, spans stay as they were",
             whose, by_ns < 0 ? "back" : "on", span);
    feed_own_event(feed, "clock", "", text);
}

/* Times are shown by the clock that dates them. */
static void follow(struct feed *feed, struct steady *steady, int64_t wall_ns, int64_t mono_ns) {
    int64_t moved = steady_look(steady, wall_ns, mono_ns);
    clock_wall_ahead(dating(feed)->ahead_ns);
    if (moved && steady == dating(feed))
        say_moved(feed, steady == &feed->ours ? "the system's" : "the collector's", moved);
}

/* Who is stopped between the two has not seen a moved clock. */
static void look_at_clocks(struct feed *feed) {
    int64_t before_ns, wall_ns, mono_ns;
    int tries = 3;
    do {
        before_ns = feed->clocks.mono_ns();
        wall_ns = feed->clocks.utc_ns();
        mono_ns = feed->clocks.mono_ns();
    } while (mono_ns - before_ns > AT_ONCE_NS && --tries > 0);
    follow(feed, &feed->ours, wall_ns, mono_ns);
}

/* ---- the stream ---- */

static void forget_asked(struct feed *feed, uint16_t source) {
    size_t kept = 0;
    for (size_t i = 0; i < feed->count; i++)
        if (feed->asked[i].source != source)
            feed->asked[kept++] = feed->asked[i];
    feed->count = kept;
}

static void on_hello(struct feed *feed, uint16_t source, const struct row *row) {
    forget_asked(feed, source);
    drop_waiting(feed, source);
    look_at_clocks(feed);
    int64_t wall = feed->clocks.utc_ns(), utc = row_i64(row, F_HELLO_utc, wall);
    feed->utc_offset_ns = offset(utc, wall) ? utc - ours_now(feed) : 0;
    if (row_has(row, F_HELLO_mono))
        feed->mono_offset_ns = offset(row_cell(row, F_HELLO_mono)->i, feed->clocks.mono_ns());
    feed->same_clocks = !feed->utc_offset_ns && !feed->mono_offset_ns;
    feed->theirs = (struct steady){0};
    feed->utc_last_ns = feed->mono_last_ns = 0;
    clock_wall_ahead(dating(feed)->ahead_ns);
}

static enum field utc_of(enum frame_kind kind) {
    switch (kind) {
    case FRAME_TARGET:
        return F_TARGET_utc;
    case FRAME_EVENT:
        return F_EVENT_utc;
    case FRAME_GAP:
        return F_GAP_utc;
    case FRAME_COST:
        return F_COST_utc;
    case FRAME_LOG:
        return F_LOG_utc;
    default:
        return FIELD_COUNT;
    }
}

/* Dated by the steady clock. */
static void take_row(struct feed *feed, uint16_t source, enum frame_kind kind, const struct row *row) {
    enum field utc = utc_of(kind);
    struct row_any any;
    const struct steady *steady = dating(feed);
    if (utc == FIELD_COUNT || !(steady->ahead_ns || steady->before_ns) || !row_has(row, utc)) {
        model_row(feed->model, source, kind, row);
        return;
    }
    row_init(&any.row, (enum entity)row->entity);
    row_copy(&any.row, row);
    int64_t near_ns = feed->same_clocks ? ours_now(feed) : feed->utc_last_ns;
    row_put(&any.row, utc)->i = steady_time(steady, row_cell(row, utc)->i, near_ns);
    model_row(feed->model, source, kind, &any.row);
}

static void on_row(void *data, uint16_t source, enum frame_kind kind, const struct row *row) {
    struct feed *feed = ((struct pipe *)data)->feed;
    feed->began = true;
    if (kind == FRAME_TICK)
        return; /* of a recording; a pipe's time is ours to make */
    if (kind == FRAME_HELLO) {
        ((struct pipe *)data)->source = source;
        on_hello(feed, source, row);
    }
    if (kind == FRAME_TARGET) {
        const char *state = row_text(row, F_TARGET_state);
        find(feed, source, row_u64(row, F_TARGET_id, 0))->polled =
            strcmp(state, "polled") == 0 || strcmp(state, "probing") == 0;
    }
    take_row(feed, source, kind, row);
}

static void take_sample(struct feed *feed, const struct sample *sample) {
    model_sample(feed->model, sample);
    count_sample(feed, sample);
}

/* NULL: it is dated as it came. */
static struct sample *redated(struct pipe *pipe, const struct sample *sample) {
    struct feed *feed = pipe->feed;
    if (!sample->answered_utc_ns || !sample->answered_mono_ns)
        return NULL;
    if (feed->same_clocks)
        look_at_clocks(feed);
    else
        follow(feed, &feed->theirs, sample->answered_utc_ns, sample->answered_mono_ns);
    int64_t asked = steady_moment(dating(feed), sample->asked_utc_ns, sample->asked_mono_ns);
    int64_t answered = steady_moment(dating(feed), sample->answered_utc_ns, sample->answered_mono_ns);
    if (asked == sample->asked_utc_ns && answered == sample->answered_utc_ns)
        return NULL;
    struct sample *taken = stream_reader_take(pipe->reader);
    taken->asked_utc_ns = asked;
    taken->answered_utc_ns = answered;
    return taken;
}

static void on_sample(void *data, const struct sample *sample) {
    struct pipe *pipe = data;
    struct feed *feed = pipe->feed;
    struct sample *taken = redated(pipe, sample);
    if (taken)
        sample = taken;
    feed->utc_last_ns = later(sample->answered_utc_ns, feed->utc_last_ns);
    feed->mono_last_ns = later(sample->answered_mono_ns, feed->mono_last_ns);
    if (has_to_wait(feed, sample)) {
        put_waiting(feed, taken ? taken : stream_reader_take(pipe->reader));
        return;
    }
    take_sample(feed, sample);
    sample_destroy(taken);
}

static void on_damage(void *data, size_t skipped) {
    char text[100];
    snprintf(text, sizeof text, "the stream was damaged: %zu bytes could not be read and were skipped",
             skipped);
    feed_event(((struct pipe *)data)->feed, text);
}

static const struct stream_handler handler = {on_row, on_sample, on_damage};

struct feed *feed_create(struct model *model) {
    struct feed *feed = memory_new(sizeof *feed);
    feed->model = model;
    feed->clocks = (struct feed_clocks){clock_wall_ns, clock_mono_ns};
    clock_wall_ahead(0);
    for (int i = 0; i < FEED_PIPES; i++) {
        struct pipe *pipe = &feed->pipes[i];
        *pipe = (struct pipe){.feed = feed, .reader = stream_reader_create(&handler, pipe)};
    }
    return feed;
}

void feed_destroy(struct feed *feed) {
    if (feed == NULL)
        return;
    for (int i = 0; i < FEED_PIPES; i++) {
        stream_reader_destroy(feed->pipes[i].reader);
        buffer_finish(&feed->pipes[i].kept);
    }
    while (feed->waiting_count)
        remove_waiting(feed, feed->waiting_count - 1);
    free(feed->asked);
    free(feed);
}

void feed_clocks(struct feed *feed, const struct feed_clocks *clocks) {
    feed->clocks = *clocks;
}

void feed_bytes(struct feed *feed, int pipe, const char *bytes, size_t len) {
    struct pipe *p = &feed->pipes[pipe];
    if (stands_still(feed) || p->kept.len)
        buffer_append(&p->kept, bytes, len);
    else
        stream_reader_feed(p->reader, bytes, len);
}

void feed_restart(struct feed *feed, int pipe) {
    struct pipe *p = &feed->pipes[pipe];
    if (p->kept.len) /* of the one that died */
        take_kept(p, SIZE_MAX);
    stream_reader_reset(p->reader);
}

void feed_gone(struct feed *feed, int pipe) {
    feed_restart(feed, pipe);
    forget_asked(feed, feed->pipes[pipe].source);
    drop_waiting(feed, feed->pipes[pipe].source);
    model_source_gone(feed->model, feed->pipes[pipe].source);
}

void feed_event(struct feed *feed, const char *text) {
    model_source_event(feed->model, 0, utc_now(feed), text);
}

void feed_own_event(struct feed *feed, const char *kind, const char *subject, const char *text) {
    model_own_event(feed->model, utc_now(feed), kind, subject, text);
}

/* Between two ticks: nobody watched. */
static void say_slept(struct feed *feed, int64_t mono_ns) {
    char span[TIME_TEXT_SIZE], text[160];
    int64_t ns = feed->ticked_mono_ns ? mono_ns - feed->ticked_mono_ns : 0;
    feed->ticked_mono_ns = mono_ns;
    if (ns < SLEPT_NS)
        return;
    span_format(span, ns);
    snprintf(text, sizeof text, "nobody watched for %s: natsight got no turn, or the machine slept", span);
    feed_own_event(feed, "clock", "", text);
}

bool feed_tick_step(struct feed *feed) {
    if (feed->held)
        return feed->ticks;
    if (!feed->ticks) {
        look_at_clocks(feed);
        say_slept(feed, feed->clocks.mono_ns());
        model_tick_begin(feed->model, utc_now(feed),
                         later(feed->clocks.mono_ns() + feed->mono_offset_ns, feed->mono_last_ns));
    }
    feed->ticks = model_tick_step(feed->model);
    return feed->ticks;
}

void feed_tick(struct feed *feed) {
    if (feed->held)
        return;
    while (feed->ticks)
        feed_tick_step(feed);
    while (feed_tick_step(feed))
        continue;
}

uint64_t feed_samples(const struct feed *feed) {
    return feed->samples;
}

int64_t feed_utc_ns(const struct feed *feed) {
    return feed->utc_last_ns;
}

bool feed_began(const struct feed *feed) {
    return feed->began;
}

bool feed_reached(const struct feed *feed) {
    return feed->reached;
}

/* No rates are made of these: once is enough, and most of them nobody has to wait for. */
#define WITHOUT_RATES                                                                                        \
    (1u << SHAPE_HEALTHZ | 1u << SHAPE_SUBSZ | 1u << SHAPE_CONNZ_CLOSED | 1u << SHAPE_CONNZ_SUBS |           \
     1u << SHAPE_INTEREST)
#define AWAITED_ONCE (1u << SHAPE_CONNZ_CLOSED)
/* A server that has none is not asked for them, whoever wants them: awaited where they were answered once. */
#define WHERE_THERE_ARE_ANY (1u << SHAPE_ROUTEZ | 1u << SHAPE_GATEWAYZ | 1u << SHAPE_LEAFZ)

static bool asked_enough(const struct asked *asked, unsigned shapes, unsigned slopes) {
    for (unsigned shape = 1; shape < SHAPE_LIMIT; shape++) {
        bool wanted = (shapes & ~WHERE_THERE_ARE_ANY) >> shape & 1;
        int enough = slopes >> shape & 1 ? 3 : 2;
        if (WITHOUT_RATES >> shape & 1)
            enough = wanted && AWAITED_ONCE >> shape & 1;
        if (asked->times[shape] < enough && (wanted || asked->times[shape] > 0))
            return false;
    }
    return true;
}

static bool looked_at(const struct asked *asked, unsigned shapes) {
    for (unsigned shape = 1; shape < SHAPE_LIMIT; shape++)
        if ((shapes & ~WHERE_THERE_ARE_ANY) >> shape & 1 && asked->times[shape] < 1)
            return false;
    return asked->times[SHAPE_VARZ] > 0;
}

bool feed_looked(const struct feed *feed, unsigned shapes) {
    bool any = false;
    for (size_t i = 0; i < feed->count; i++) {
        const struct asked *asked = &feed->asked[i];
        if (!asked->polled)
            continue;
        any = true;
        if (asked->silent ? asked->times[SHAPE_VARZ] < 2 : !looked_at(asked, shapes))
            return false;
    }
    return any;
}

bool feed_refused(const struct feed *feed) {
    bool any = false;
    for (size_t i = 0; i < feed->count; i++) {
        any |= feed->asked[i].polled;
        if (feed->asked[i].polled && feed->asked[i].refused < 2)
            return false;
    }
    return any && !feed->reached;
}

bool feed_nameless(const struct feed *feed) {
    for (size_t i = 0; i < feed->count; i++)
        if (feed->asked[i].polled && !feed->asked[i].nameless)
            return false;
    return feed_refused(feed);
}

bool feed_settled(const struct feed *feed, unsigned shapes, unsigned slopes) {
    bool any = false;
    for (size_t i = 0; i < feed->count; i++) {
        const struct asked *asked = &feed->asked[i];
        if (!asked->polled)
            continue;
        any = true;
        if (asked->silent ? asked->times[SHAPE_VARZ] < 2 : !asked_enough(asked, shapes, slopes))
            return false;
    }
    return any;
}
