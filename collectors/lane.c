#include "collectors/lane.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/memory.h"
#include "collectors/decode.h"

#define FRAMES_KEEP (256u << 10)

struct worker {
    struct worker *next;
    struct decoder *decoder;
    struct sample_writer *writer;
};

static struct worker *worker_take(struct client *c) {
    struct worker *w = c->idle;
    if (w != NULL) {
        c->idle = w->next;
        return w;
    }
    w = memory_new(sizeof *w);
    w->decoder = decoder_create();
    w->writer = sample_writer_create(c->source);
    return w;
}

static void worker_give(struct lane *lane) {
    if (lane->worker == NULL)
        return;
    lane->worker->next = lane->client->idle;
    lane->client->idle = lane->worker;
    lane->worker = NULL;
}

void client_open(struct client *c) {
    c->texts = text_pool_create();
}

void client_close(struct client *c) {
    while (c->idle != NULL) {
        struct worker *w = c->idle;
        c->idle = w->next;
        decoder_destroy(w->decoder);
        sample_writer_destroy(w->writer);
        free(w);
    }
    text_pool_destroy(c->texts);
}

void lane_open(struct lane *lane, struct client *client, enum lane_kind kind,
               const struct lane_handler *handler, void *data) {
    *lane = (struct lane){.client = client, .kind = kind, .handler = handler, .data = data};
}

void lane_close(struct lane *lane) {
    lane->client->way->close(lane);
    worker_give(lane);
    buffer_finish(&lane->frames);
    lane->way = NULL;
    lane->busy = false;
}

/* ---- while the body arrives ---- */

static void on_row(void *data, const struct row *row) {
    struct lane *lane = data;
    struct row_any health;
    if (row->entity == ENTITY_HEALTH) {
        row_init(&health.row, ENTITY_HEALTH);
        row_copy(&health.row, row);
        row_put(&health.row, F_HEALTH_code)->u = (uint64_t)lane->head.http_status;
        row = &health.row;
    }
    if (lane->pages != NULL && !lane->pages->row(lane->pages->data, row))
        return;
    lane->handler->row(lane->data, lane, row);
    sample_writer_row(lane->worker->writer, row);
}

/* What the rows behind it answer: without any that is an answer, too. */
static void write_question(struct lane *lane) {
    struct row_any any;
    struct row *row = &any.row;
    if (lane->cid == 0 && lane->subject[0] == '\0')
        return;
    row_init(row, ENTITY_QUESTION);
    if (lane->cid > 0)
        row_put(row, F_QUESTION_cid)->u = lane->cid;
    if (lane->subject[0] != '\0') {
        char clean[TEXT_MAX_BYTES + 1];
        size_t len = text_clean(clean, lane->subject, strlen(lane->subject));
        row_put(row, F_QUESTION_subject)->s = text_intern(lane->client->texts, clean, len);
    }
    sample_writer_row(lane->worker->writer, row);
}

void lane_begin(struct lane *lane, bool reply) {
    lane->worker = worker_take(lane->client);
    sample_writer_begin(lane->worker->writer, &lane->frames, &lane->head);
    write_question(lane);
    (reply ? decoder_start_reply : decoder_start)(lane->worker->decoder, lane->endpoint->shape,
                                                  lane->server_name, on_row, lane);
}

struct decoder *lane_page(struct lane *lane, enum shape shape) {
    decoder_start(lane->worker->decoder, shape, NULL, on_row, lane);
    return lane->worker->decoder;
}

void lane_row(struct lane *lane, const struct row *row) {
    sample_writer_row(lane->worker->writer, row);
}

bool lane_decode(struct lane *lane, const char *bytes, size_t len) {
    page_doing(lane->client->page, lane->base, (uint32_t)lane->endpoint->shape);
    int64_t began = clock_mono_ns();
    bool good = decoder_feed(lane->worker->decoder, bytes, len);
    lane->decoding_ns += clock_mono_ns() - began;
    page_idle(lane->client->page);
    lane->refused = !good;
    return good;
}

enum failure lane_decoded(struct lane *lane, bool *nats) {
    page_doing(lane->client->page, lane->base, (uint32_t)lane->endpoint->shape);
    struct decoder *d = lane->worker->decoder;
    enum failure failure = decoder_finish(d, lane->error, sizeof lane->error);
    lane->head.dropped = decoder_dropped(d);
    page_idle(lane->client->page);
    *nats = decoder_is_nats(d);
    return failure;
}

/* ---- asking ---- */

static void take_over(struct lane *lane, const struct lane_request *r) {
    const char *subject = r->words->subject;
    lane->endpoint = r->endpoint;
    lane->server_name = r->server_name;
    lane->base = r->base;
    lane->cid = r->words->cid;
    snprintf(lane->subject, sizeof lane->subject, "%s", subject != NULL ? subject : "");
    lane->head = (struct sample){.target = r->target,
                                 .serial = ++lane->client->serial,
                                 .shape = r->endpoint->shape,
                                 .asked_utc_ns = clock_utc_ns(),
                                 .asked_mono_ns = clock_mono_ns(),
                                 .error = text_empty};
    lane->frames.len = 0;
    lane->decoding_ns = 0;
    lane->refused = false;
    lane->pages = NULL;
    lane->error[0] = '\0';
}

void lane_ask(struct lane *lane, const struct lane_request *r) {
    take_over(lane, r);
    lane->busy = true;
    lane->client->way->ask(lane, r);
}

/* ---- the end ---- */

void lane_done(struct lane *lane, enum failure failure) {
    lane->head.failure = failure;
    lane->handler->done(lane->data, lane);
}

void lane_fail(struct lane *lane, enum failure failure, const char *error) {
    lane->head.failure = failure;
    snprintf(lane->error, sizeof lane->error, "%s", error);
}

static const struct text *error_text(struct client *c, const char *error) {
    char clean[TEXT_MAX_BYTES + 1];
    text_pool_clear(c->texts);
    return text_intern(c->texts, clean, text_clean(clean, error, strlen(error)));
}

void lane_commit(struct lane *lane) {
    lane->head.error = error_text(lane->client, lane->head.failure != FAILURE_NONE ? lane->error : "");
    if (lane->worker == NULL)
        lane->worker = worker_take(lane->client);
    if (lane->head.failure != FAILURE_NONE) { /* no rows of half an answer */
        lane->frames.len = 0;
        sample_writer_begin(lane->worker->writer, &lane->frames, &lane->head);
    }
    sample_writer_end(lane->worker->writer, &lane->head);
    outbox_sample(lane->client->outbox, lane->head.target, lane->head.shape, &lane->frames);
    lane_drop(lane);
}

void lane_drop(struct lane *lane) {
    worker_give(lane);
    if (lane->frames.cap > FRAMES_KEEP)
        buffer_finish(&lane->frames);
    lane->frames.len = 0;
    lane->busy = false;
}

void lane_say(struct client *c, uint64_t target, enum shape shape, enum failure failure, const char *error) {
    struct lane lane = {.client = c};
    lane.head = (struct sample){.target = target,
                                .serial = ++c->serial,
                                .shape = shape,
                                .asked_utc_ns = clock_utc_ns(),
                                .asked_mono_ns = clock_mono_ns(),
                                .failure = failure};
    lane.head.answered_utc_ns = lane.head.asked_utc_ns;
    lane.head.answered_mono_ns = lane.head.asked_mono_ns;
    snprintf(lane.error, sizeof lane.error, "%s", error);
    lane_commit(&lane);
    buffer_finish(&lane.frames);
}
