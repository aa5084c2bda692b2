#include "collectors/api_way.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/memory.h"
#include "base/text.h"
#include "collectors/decode.h"
#include "collectors/nats_way.h"

#define AT_ONCE      100 /* requests of a round, before it goes slower */
#define SPACE        (20 * NS_PER_MS)
#define SPACE_MOST   (500 * NS_PER_MS)
#define COST_SHARE   20 /* of the time, one part is theirs */
#define SILENT_MOST  3  /* streams of a round that are waited for in vain */
#define SILENT_MS    6000
#define AGAIN_FIRST  (5 * NS_PER_S) /* an election is over by then */
#define AGAIN_MOST   (60 * NS_PER_S)
#define SKIPPED_MAX  256
#define STREAMS_MAX  (1u << 17)
#define SUBJECT_SIZE 500

/* The documents of a round. */
static const struct document {
    enum shape shape;
    enum entity entity;
    const char *name;
    bool of_stream;
} documents[] = {{SHAPE_API, ENTITY_STREAM, "STREAM.LIST", false},
                 {SHAPE_API_CONSUMERS, ENTITY_CONSUMER, "CONSUMER.LIST", true}};

struct skipped { /* a stream that is not asked until then */
    uint32_t hash;
    int64_t until_ns, wait_ns;
    char why[200];
};

struct api_way {
    struct client *client, *numbers;
    struct line *line; /* NULL: down */
    struct loop_source *timer;
    struct lane *lane; /* whose round it is, NULL none */
    struct lane_pages pages;
    enum failure down;
    char why[320], prefix[300], account[TEXT_MAX_BYTES + 1];

    /* the round */
    const struct document *document;
    uint64_t offset, received, total, limit, stubs;
    char **streams; /* to be asked for their consumers; owned */
    size_t count, cap, at;
    unsigned requests, silent;
    int64_t timeout_ns, cost_ns;

    /* the request under way, or the pause before the next */
    uint64_t number; /* 0: pause */
    int64_t asked_ns, until_ns;
    char subject[SUBJECT_SIZE];

    int64_t quickest_ns; /* 0 unknown */
    struct skipped skipped[SKIPPED_MAX];
    unsigned skipped_next;
};

static struct api_way *way_of(const struct client *client) {
    return client->way_data;
}

/* ---- streams of which nothing is told ---- */

static struct skipped *skipped_of(struct api_way *way, const char *stream) {
    uint32_t hash = hash_bytes(stream, strlen(stream));
    for (int i = 0; i < SKIPPED_MAX; i++)
        if (way->skipped[i].until_ns > 0 && way->skipped[i].hash == hash)
            return &way->skipped[i];
    return NULL;
}

static void skip(struct api_way *way, const char *stream, const char *why) {
    struct skipped *s = skipped_of(way, stream);
    int64_t wait_ns = s != NULL ? 2 * s->wait_ns : AGAIN_FIRST;
    if (s == NULL)
        s = &way->skipped[way->skipped_next++ % SKIPPED_MAX];
    s->hash = hash_bytes(stream, strlen(stream));
    s->wait_ns = wait_ns < AGAIN_MOST ? wait_ns : AGAIN_MOST;
    s->until_ns = clock_mono_ns() + s->wait_ns;
    snprintf(s->why, sizeof s->why, "%s", why);
}

static void answers_again(struct api_way *way, const char *stream) {
    struct skipped *s = skipped_of(way, stream);
    if (s != NULL)
        *s = (struct skipped){0};
}

static void put_text(struct api_way *way, struct row *row, enum field field, const char *text) {
    char clean[TEXT_MAX_BYTES + 1];
    size_t len = text_clean(clean, text, strlen(text));
    row_put(row, field)->s = text_intern(way->client->texts, clean, len);
}

static void tell_untold(struct api_way *way, const char *stream, const char *why) {
    struct row_any any;
    text_pool_clear(way->client->texts);
    row_init(&any.row, ENTITY_STREAM);
    put_text(way, &any.row, F_STREAM_account, way->account);
    put_text(way, &any.row, F_STREAM_name, stream);
    put_text(way, &any.row, F_STREAM_consumers_untold, why);
    lane_row(way->lane, &any.row);
}

/* ---- what documents say ---- */

static void note_stream(struct api_way *way, const struct row *row) {
    bool led = row_has(row, F_STREAM_messages);
    if (!led || row_u64(row, F_STREAM_consumer_count, 1) == 0 || way->count == STREAMS_MAX)
        return;
    if (way->count == way->cap) {
        way->cap = way->cap > 0 ? way->cap * 2 : 64;
        way->streams = memory_grow(way->streams, way->cap, sizeof *way->streams);
    }
    way->streams[way->count++] = memory_text(row_text(row, F_STREAM_name));
}

/* Of a consumer whose server is gone nothing is left in the list but that there is one. */
static bool is_stub(const struct row *row) {
    return row->entity == ENTITY_CONSUMER && row_text(row, F_CONSUMER_name)[0] == '\0';
}

static bool on_row(void *data, const struct row *row) {
    struct api_way *way = data;
    if (row->entity == ENTITY_ANSWER) {
        way->total = row_u64(row, F_ANSWER_total, 0);
        way->limit = row_u64(row, F_ANSWER_limit, 0);
        return false; /* of a page, not of the round */
    }
    way->received += row->entity == way->document->entity;
    way->stubs += is_stub(row);
    if (row->entity == ENTITY_STREAM)
        note_stream(way, row);
    return !is_stub(row);
}

/* ---- the round ---- */

static void forget_streams(struct api_way *way) {
    for (size_t i = 0; i < way->count; i++)
        free(way->streams[i]);
    way->count = way->at = 0;
}

static void end(struct api_way *way, enum failure failure, const char *why) {
    struct lane *lane = way->lane;
    struct sample *head = &lane->head;
    head->answered_utc_ns = clock_utc_ns();
    head->answered_mono_ns = clock_mono_ns();
    head->took_ns = head->answered_mono_ns - head->asked_mono_ns;
    head->cost_ns = way->cost_ns;
    head->http_status = failure == FAILURE_NONE ? 200 : 0;
    if (failure != FAILURE_NONE)
        snprintf(lane->error, sizeof lane->error, "%s", why);
    forget_streams(way);
    way->lane = NULL;
    way->number = 0;
    loop_timer_set(way->timer, INT64_MAX);
    lane_done(lane, failure);
}

static void wait_until(struct api_way *way, int64_t until_ns) {
    way->until_ns = until_ns;
    loop_timer_set(way->timer, until_ns);
}

static void send(struct api_way *way) {
    char body[64];
    const char *stream = way->document->of_stream ? way->streams[way->at] : "";
    snprintf(way->subject, sizeof way->subject, "%s.%s%s%s", way->prefix, way->document->name,
             way->document->of_stream ? "." : "", stream);
    snprintf(body, sizeof body, "{\"offset\":%llu}", (unsigned long long)way->offset);
    way->number = nats_way_number(way->numbers);
    way->asked_ns = clock_mono_ns();
    way->requests++;
    line_ask(way->line, way->number, way->subject, body);
    wait_until(way, way->asked_ns + (way->document->of_stream ? SILENT_MS * NS_PER_MS : way->timeout_ns));
}

/* So that what is asked costs no more than its share of the time. */
static int64_t pause_after(struct api_way *way) {
    int64_t took = clock_mono_ns() - way->asked_ns;
    if (way->quickest_ns == 0 || took < way->quickest_ns)
        way->quickest_ns = took;
    int64_t cost = took - way->quickest_ns, least = way->requests < AT_ONCE ? 0 : SPACE;
    int64_t pause = way->requests < AT_ONCE ? 0 : cost * (COST_SHARE - 1);
    way->cost_ns += cost;
    pause = pause > least ? pause : least;
    return pause < SPACE_MOST ? pause : SPACE_MOST;
}

/* The next stream that is to be asked for its consumers. false: there is none left. */
static bool next_stream(struct api_way *way) {
    way->document = &documents[1];
    way->offset = 0;
    way->stubs = 0;
    for (; way->at < way->count; way->at++) {
        const struct skipped *s = skipped_of(way, way->streams[way->at]);
        if (s == NULL || s->until_ns <= clock_mono_ns())
            return true;
        tell_untold(way, way->streams[way->at], s->why);
    }
    return false;
}

static void go_on(struct api_way *way, bool more) {
    way->number = 0;
    if (more)
        wait_until(way, clock_mono_ns() + pause_after(way));
    else
        end(way, FAILURE_NONE, "");
}

/* Nothing is known of the consumers of this stream. */
static void give_up_stream(struct api_way *way, const char *why, bool for_long) {
    if (for_long)
        skip(way, way->streams[way->at], why);
    tell_untold(way, way->streams[way->at++], why);
    go_on(way, next_stream(way));
}

static void give_up(struct api_way *way, enum failure failure, const char *why) {
    if (way->document->of_stream)
        give_up_stream(way, why, true);
    else
        end(way, failure, why);
}

/* In a cluster the total of consumers is that of the page (2.9.10): a full one may have another behind it. */
static bool page_is_last(const struct api_way *way, uint64_t before) {
    uint64_t got = way->received - before;
    return got == 0 || (way->offset + got >= way->total && (way->limit == 0 || got < way->limit));
}

static void take_page(struct api_way *way, uint64_t before) {
    bool last = page_is_last(way, before);
    way->offset += way->received - before;
    if (!last) {
        go_on(way, true);
        return;
    }
    if (way->document->of_stream) {
        if (way->stubs > 0)
            tell_untold(way, way->streams[way->at], "some are on servers that are gone");
        answers_again(way, way->streams[way->at]);
        way->at++;
    }
    go_on(way, next_stream(way));
}

/* Its words are of JetStream for this account, or of the stream that was asked for. */
static void take_refusal(struct api_way *way, enum failure failure, const char *why) {
    static const char gone[] = "stream not found"; /* deleted since its list: told by the next one */
    static const char off[] = "not enabled";
    if (way->document->of_stream && strstr(why, gone) != NULL) {
        way->at++;
        go_on(way, next_stream(way));
    } else if (way->document->of_stream) {
        give_up_stream(way, why, false);
    } else {
        end(way, strstr(why, off) != NULL ? FAILURE_LOGIN : failure, why);
    }
}

static void take_document(struct api_way *way, const struct line_message *m) {
    struct lane *lane = way->lane;
    uint64_t before = way->received;
    bool nats;
    char why[sizeof lane->error];
    struct decoder *d = lane_page(lane, way->document->shape);
    decoder_give(d, F_STREAM_account, way->account);
    decoder_give(d, F_CONSUMER_account, way->account);
    if (way->document->of_stream)
        decoder_give(d, F_CONSUMER_stream, way->streams[way->at]);
    lane->head.bytes += m->len;
    way->total = way->limit = 0;
    lane_decode(lane, m->data, m->len);
    uint64_t dropped = lane->head.dropped;
    enum failure failure = lane_decoded(lane, &nats);
    lane->head.dropped += dropped;
    snprintf(why, sizeof why, "%s", lane->error);
    if (failure == FAILURE_NONE)
        take_page(way, before);
    else
        take_refusal(way, failure, why);
}

bool api_way_take(struct api_way *way, const struct line_message *m) {
    char why[SUBJECT_SIZE + 100];
    if (way->lane == NULL || way->number == 0 || m->number != way->number)
        return false;
    if (m->nobody) {
        snprintf(why, sizeof why, "nobody answers %s: JetStream can't be reached from this account",
                 way->subject);
        give_up(way, FAILURE_LOGIN, why);
    } else {
        take_document(way, m);
    }
    return true;
}

bool api_way_denied(struct api_way *way, const char *text) {
    char why[SUBJECT_SIZE + 100];
    snprintf(why, sizeof why, "\"%s\"", way->subject);
    if (way->lane == NULL || way->number == 0 || strcasestr(text, "permissions violation") == NULL ||
        strstr(text, why) == NULL)
        return false;
    snprintf(why, sizeof why, "the user may not publish to %s", way->subject);
    give_up(way, FAILURE_LOGIN, why);
    return true;
}

static void on_silence(struct api_way *way) {
    char why[SUBJECT_SIZE + 100], span[TIME_TEXT_SIZE];
    span_format(span, clock_mono_ns() - way->asked_ns);
    snprintf(why, sizeof why, "no reply to %s within %s", way->subject, span);
    if (way->document->of_stream && ++way->silent < SILENT_MOST)
        give_up_stream(way, why, true);
    else
        end(way, FAILURE_TIMEOUT, why);
}

static void on_timer(struct loop *loop, void *data) {
    (void)loop;
    struct api_way *way = data;
    if (way->lane == NULL)
        return;
    if (way->line == NULL)
        end(way, way->down, way->why);
    else if (way->number == 0)
        send(way);
    else
        on_silence(way);
}

/* ---- the way ---- */

static void ask(struct lane *lane, const struct lane_request *r) {
    struct api_way *way = way_of(lane->client);
    way->lane = lane;
    way->document = &documents[0];
    way->offset = way->received = way->total = 0;
    way->requests = way->silent = 0;
    way->cost_ns = 0;
    way->number = 0;
    way->timeout_ns = r->timeout_ms * NS_PER_MS;
    forget_streams(way);
    lane_begin(lane, false);
    lane->pages = &way->pages;
    wait_until(way, clock_mono_ns()); /* in a turn of its own: whoever asks is not called back within */
}

static void close_lane(struct lane *lane) {
    struct api_way *way = way_of(lane->client);
    if (way->lane != lane)
        return;
    way->lane = NULL;
    way->number = 0;
    forget_streams(way);
}

struct api_way *api_way_open(struct client *client, struct loop *loop, struct client *numbers) {
    static const struct lane_way over_api = {ask, close_lane};
    struct api_way *way = memory_new(sizeof *way);
    way->client = client;
    way->numbers = numbers;
    way->pages = (struct lane_pages){on_row, way};
    way->timer = loop_add_timer(loop, INT64_MAX, on_timer, way);
    way->down = FAILURE_CONNECT;
    snprintf(way->why, sizeof way->why, "not connected yet");
    client->way = &over_api;
    client->way_data = way;
    return way;
}

void api_way_up(struct api_way *way, struct line *line, const char *domain, const char *prefix) {
    way->line = line;
    if (prefix != NULL)
        snprintf(way->prefix, sizeof way->prefix, "%.*s", (int)strcspn(prefix, " >*"), prefix);
    else if (domain != NULL)
        snprintf(way->prefix, sizeof way->prefix, "$JS.%s.API", domain);
    else
        snprintf(way->prefix, sizeof way->prefix, "$JS.API");
    size_t len = strlen(way->prefix);
    if (len > 0 && way->prefix[len - 1] == '.')
        way->prefix[len - 1] = '\0';
    memset(way->skipped, 0, sizeof way->skipped);
}

void api_way_down(struct api_way *way, enum failure failure, const char *why) {
    way->line = NULL;
    way->down = failure;
    snprintf(way->why, sizeof way->why, "%s", why);
    if (way->lane != NULL)
        end(way, failure, why);
}

void api_way_account(struct api_way *way, const char *account) {
    snprintf(way->account, sizeof way->account, "%s", account);
}
