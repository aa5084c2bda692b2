#include "collectors/line_tap.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "base/buffer.h"
#include "base/clock.h"
#include "base/memory.h"
#include "collectors/line_parts.h"

#define LOOK_EVERY  (NS_PER_S / TAP_LOOKS)
#define FLUSH_MS    1000
#define END_MS      300
#define GRAVES_MAX  16
#define LOOK_BYTES  (256 << 10) /* one look takes as many messages as are likely to be no more */
#define FIRST_MOST  16          /* of the first look: nothing is known of their sizes */
#define PENDING_MAX (16 << 20)

/* A look on its way to the loop: this, and then of each message what follows with its texts. */
struct parcel {
    struct tap_look look;
};
struct parcel_message {
    uint32_t bytes;
    uint16_t subject_len, reply, header_count;
    uint16_t header_len[TAP_HEADERS_MAX];
};

struct tap {
    struct line *line;
    const struct tap_handler *handler;
    void *data;

    /* Between the loop and the thread. */
    pthread_mutex_t mutex;
    pthread_cond_t idle;
    struct tap_wish wish; /* subject "": none */
    uint64_t wishes;
    bool looking;

    /* The thread's own. */
    uint64_t wish_seen, chance;
    int64_t round_trip_ns, end_ns;        /* of the part of time that has its look already */
    double mean_bytes;                    /* of a message; 0 not known */
    natsSubscription *graves[GRAVES_MAX]; /* not flushed: kept until the connection is gone */
    int grave_count;
    struct buffer parcel;
};

/* ---- one look ---- */

static uint64_t chance(struct tap *tap) {
    if (tap->chance == 0 && getrandom(&tap->chance, sizeof tap->chance, 0) != sizeof tap->chance)
        tap->chance = (uint64_t)clock_utc_ns();
    tap->chance |= tap->chance == 0;
    tap->chance ^= tap->chance << 13;
    tap->chance ^= tap->chance >> 7;
    tap->chance ^= tap->chance << 17;
    return tap->chance;
}

/* Bytes of it on the wire. */
static double keep(struct tap *tap, natsMsg *msg) {
    const char **names = NULL, *subject = natsMsg_GetSubject(msg);
    int count = 0;
    if (natsMsgHeader_Keys(msg, &names, &count) != NATS_OK)
        count = 0;
    struct parcel_message m = {.bytes = (uint32_t)natsMsg_GetDataLength(msg),
                               .reply = natsMsg_GetReply(msg) != NULL,
                               .header_count = (uint16_t)(count < TAP_HEADERS_MAX ? count : TAP_HEADERS_MAX)};
    size_t len = strlen(subject);
    m.subject_len = (uint16_t)(len < UINT16_MAX ? len : UINT16_MAX);
    for (int i = 0; i < m.header_count; i++)
        m.header_len[i] = (uint16_t)strnlen(names[i], TEXT_MAX_BYTES);
    buffer_append(&tap->parcel, &m, sizeof m);
    buffer_append(&tap->parcel, subject, m.subject_len);
    for (int i = 0; i < m.header_count; i++)
        buffer_append(&tap->parcel, names[i], m.header_len[i]);
    free((void *)names);
    return (double)(m.bytes + len);
}

/* So many messages of a size as they have had are no more than one look may cost. */
static int most_of(const struct tap *tap, const struct tap_wish *wish) {
    int most = wish->most / TAP_LOOKS > 0 ? wish->most / TAP_LOOKS : 1;
    int likely = tap->mean_bytes > 0 ? (int)(LOOK_BYTES / tap->mean_bytes) + 1 : FIRST_MOST;
    return most < likely ? most : likely;
}

/* Larger ones at once, smaller ones when that has lasted. */
static void learn_size(struct tap *tap, double bytes, const struct tap_look *look) {
    double mean = look->dropped > 0 ? LOOK_BYTES : look->count > 0 ? bytes / look->count : tap->mean_bytes;
    tap->mean_bytes = mean > tap->mean_bytes ? mean : 0.8 * tap->mean_bytes + 0.2 * mean;
}

/* Takes what comes until then, or so many. */
static double take(struct tap *tap, natsSubscription *sub, int most, int64_t until, struct tap_look *look) {
    int64_t first = 0, now = clock_mono_ns();
    double bytes = 0;
    while (look->count < most && now < until) {
        natsMsg *msg = NULL;
        int64_t left = (until - now + NS_PER_MS - 1) / NS_PER_MS;
        if (natsSubscription_NextMsg(&msg, sub, left) != NATS_OK)
            break;
        now = clock_mono_ns();
        first = look->count++ == 0 ? now : first;
        bytes += keep(tap, msg);
        natsMsg_Destroy(msg);
    }
    look->early = look->count == most;
    if (look->early && most > 1)
        look->saw_s = (double)(now - first) / (double)NS_PER_S * most / (most - 1);
    return bytes;
}

/* What was not flushed may still be used by cnats. */
static void let_go(struct tap *tap, natsConnection *nc, natsSubscription *sub) {
    int64_t began = clock_mono_ns();
    if (natsConnection_FlushTimeout(nc, FLUSH_MS) == NATS_OK) {
        natsSubscription_Destroy(sub);
        tap->round_trip_ns = clock_mono_ns() - began;
    } else if (tap->grave_count < GRAVES_MAX) {
        tap->graves[tap->grave_count++] = sub;
    }
    if (tap->grave_count == GRAVES_MAX)
        natsConnection_Close(nc); /* it is as good as lost */
}

static void send_look(struct tap *tap, const struct tap_look *look) {
    memcpy(tap->parcel.data, &(struct parcel){*look}, sizeof(struct parcel));
    struct line_event *e = memory_new(sizeof *e + tap->parcel.len);
    e->kind = EVENT_MESSAGE;
    memcpy(e->bytes, tap->parcel.data, tap->parcel.len);
    e->message = (struct line_message){.number = tap->wish_seen, .data = e->bytes, .len = tap->parcel.len};
    line_tell(tap->line, e);
}

static void look_once(struct tap *tap, natsConnection *nc, const struct tap_wish *wish, double of_s) {
    natsSubscription *sub = NULL;
    int most = most_of(tap, wish);
    int64_t look_ns = wish->ms * NS_PER_MS / TAP_LOOKS, dropped = 0;
    struct tap_look look = {
        .mono_ns = clock_mono_ns(), .of_s = of_s, .saw_s = (double)look_ns / (double)NS_PER_S};
    tap->parcel.len = 0;
    buffer_append(&tap->parcel, &(struct parcel){look}, sizeof(struct parcel));
    if (natsConnection_SubscribeSync(&sub, nc, wish->subject) != NATS_OK)
        return;
    natsStatus s = natsSubscription_SetPendingLimits(sub, most + 16, PENDING_MAX);
    if (s == NATS_OK)
        s = natsSubscription_AutoUnsubscribe(sub, most);
    double bytes =
        s == NATS_OK ? take(tap, sub, most, look.mono_ns + tap->round_trip_ns + look_ns, &look) : 0;
    if (natsSubscription_GetDropped(sub, &dropped) == NATS_OK && dropped > 0)
        look.dropped = (uint64_t)dropped;
    learn_size(tap, bytes, &look);
    if (look.count < most)
        natsSubscription_Unsubscribe(sub);
    let_go(tap, nc, sub);
    if (s == NATS_OK)
        send_look(tap, &look);
}

/* ---- the line's thread ---- */

static bool begin(struct tap *tap, struct tap_wish *wish) {
    pthread_mutex_lock(&tap->mutex);
    *wish = tap->wish;
    bool other = tap->wish_seen != tap->wishes;
    tap->wish_seen = tap->wishes;
    tap->looking = wish->subject[0] != '\0';
    pthread_mutex_unlock(&tap->mutex);
    if (other)
        tap->mean_bytes = 0;
    return wish->subject[0] != '\0';
}

static void end(struct tap *tap) {
    pthread_mutex_lock(&tap->mutex);
    tap->looking = false;
    pthread_cond_broadcast(&tap->idle);
    pthread_mutex_unlock(&tap->mutex);
}

/* Somewhere in the quarter of a second that has no look yet, so that it is over when that is. */
static int64_t next_look(struct tap *tap, const struct tap_wish *wish) {
    int64_t now = clock_mono_ns();
    int64_t from = tap->end_ns > now ? tap->end_ns : now - now % LOOK_EVERY;
    int64_t room = LOOK_EVERY - wish->ms * NS_PER_MS / TAP_LOOKS - 2 * tap->round_trip_ns - 3 * NS_PER_MS;
    int64_t at = from + (room > 0 ? (int64_t)(chance(tap) % (uint64_t)room) : 0);
    tap->end_ns = from + LOOK_EVERY;
    return at > now ? at : now;
}

static int64_t run(void *data, natsConnection *nc) {
    struct tap *tap = data;
    struct tap_wish wish;
    if (!begin(tap, &wish))
        return INT64_MAX;
    if (clock_mono_ns() < tap->end_ns)
        look_once(tap, nc, &wish, 1.0 / TAP_LOOKS);
    end(tap);
    return next_look(tap, &wish);
}

static void lost(void *data) {
    struct tap *tap = data;
    while (tap->grave_count > 0)
        natsSubscription_Destroy(tap->graves[--tap->grave_count]);
    end(tap);
}

static const struct line_work work = {run, lost};

/* ---- the loop ---- */

static void on_up(void *data, const char *server) {
    struct tap *tap = data;
    tap->handler->up(tap->data, server);
}

static void on_down(void *data, const char *server, enum failure failure, const char *why) {
    struct tap *tap = data;
    tap->handler->down(tap->data, server, failure, why);
}

static void on_error(void *data, const char *text) {
    struct tap *tap = data;
    tap->handler->error(tap->data, text);
}

static void on_leaving(void *data) {
    (void)data;
}

static const char *unpack(struct tap *tap, const char *at) {
    struct parcel_message m;
    memcpy(&m, at, sizeof m);
    at += sizeof m;
    struct tap_message out = {
        .subject = at, .subject_len = m.subject_len, .bytes = m.bytes, .reply = m.reply};
    at += m.subject_len;
    char names[TAP_HEADERS_MAX][TEXT_MAX_BYTES + 1];
    for (int i = 0; i < m.header_count; at += m.header_len[i], i++) {
        memcpy(names[i], at, m.header_len[i]);
        names[i][m.header_len[i]] = '\0';
        out.headers[out.header_count++] = names[i];
    }
    tap->handler->message(tap->data, &out);
    return at;
}

/* A look for what is not wanted any more is none. */
static void on_look(void *data, const struct line_message *message) {
    struct tap *tap = data;
    struct parcel parcel;
    pthread_mutex_lock(&tap->mutex);
    bool old = message->number != tap->wishes || tap->wish.subject[0] == '\0';
    pthread_mutex_unlock(&tap->mutex);
    if (old)
        return;
    memcpy(&parcel, message->data, sizeof parcel);
    tap->handler->look(tap->data, &parcel.look);
    const char *at = message->data + sizeof parcel;
    for (int i = 0; i < parcel.look.count; i++)
        at = unpack(tap, at);
}

static const struct line_handler line_handler = {.up = on_up,
                                                 .down = on_down,
                                                 .error = on_error,
                                                 .leaving = on_leaving,
                                                 .message = on_look,
                                                 .missed = NULL}; /* it listens to nothing */

struct tap *tap_create(struct loop *loop, const struct login *login, const struct tap_handler *handler,
                       void *data, char *message, size_t size) {
    struct tap *tap = memory_new(sizeof *tap);
    tap->handler = handler;
    tap->data = data;
    pthread_mutex_init(&tap->mutex, NULL);
    pthread_condattr_t steady;
    pthread_condattr_init(&steady);
    pthread_condattr_setclock(&steady, CLOCK_MONOTONIC);
    pthread_cond_init(&tap->idle, &steady);
    tap->line = line_create_working(loop, login, &line_handler, &work, tap, message, size);
    if (tap->line == NULL) {
        free(tap);
        return NULL;
    }
    return tap;
}

void tap_want(struct tap *tap, const struct tap_wish *wish) {
    pthread_mutex_lock(&tap->mutex);
    tap->wish = wish != NULL ? *wish : (struct tap_wish){.subject = ""};
    tap->wishes++;
    pthread_mutex_unlock(&tap->mutex);
    line_stir(tap->line);
}

void tap_end(struct tap *tap) {
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    int64_t ns = until.tv_nsec + END_MS * NS_PER_MS;
    until = (struct timespec){until.tv_sec + ns / NS_PER_S, ns % NS_PER_S};
    tap_want(tap, NULL);
    pthread_mutex_lock(&tap->mutex);
    for (int late = 0; tap->looking && late == 0;)
        late = pthread_cond_timedwait(&tap->idle, &tap->mutex, &until);
    pthread_mutex_unlock(&tap->mutex);
}

int64_t tap_stuck_ns(const struct tap *tap, char *what, size_t size) {
    return line_stuck_ns(tap->line, what, size);
}
