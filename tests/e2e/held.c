#include "tests/e2e/held.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/harness/http_get.h"
#include "tests/harness/jetstream.h"
#include "tests/harness/kept.h"

void held_begin(struct held *h, const struct servers_options *options) {
    h->cluster = servers_start(options);
    ck_assert_ptr_nonnull(h->cluster);
    held_keep_away(h, 0);
}

void held_end(struct held *h) {
    natsc_close(h->line);
    servers_end(h->cluster);
}

void held_keep_away(struct held *h, int node) {
    const struct natsc_options options = {.no_echo = true};
    natsc_close(h->line);
    h->line = natsc_connect(h->cluster->node[(node + 1) % h->cluster->n].url, &options, HELD_MS);
    ck_assert_ptr_nonnull(h->line);
}

const char *held_name(const struct held *h, int i) {
    static const char *const names[HELD_MAX] = {"c1", "c2", "c3", "c4"};
    return i < h->of_held ? names[i] : "only";
}

static const char *stream_of(const struct held *h, int i) {
    return i < h->of_held ? "HELD" : "ONLY";
}

int held_leader(struct held *h, const char *stream, const char *consumer) {
    char call[100];
    int found = -1;
    snprintf(call, sizeof call, consumer ? "CONSUMER.INFO.%s.%s" : "STREAM.INFO.%s", stream, consumer);
    for (int64_t deadline = servers_now_ms() + HELD_MS; found < 0 && servers_now_ms() < deadline;) {
        json_t *info = jetstream_ask(h->line, call, "");
        for (int i = 0; i < h->cluster->n; i++)
            if (strcmp(h->cluster->node[i].name, jetstream_leader(info)) == 0)
                found = i;
        json_decref(info);
    }
    ck_assert_int_ge(found, 0);
    return found;
}

bool held_ask(struct held *h, int i) {
    json_t *info = jetstream_consumer_info(h->line, stream_of(h, i), held_name(h, i));
    bool told = words_told(&h->told[i], info);
    json_decref(info);
    return told;
}

void held_goes_on(struct held *h, int i) {
    natsc_publish_many(h->line, "held.load", 64, 5);
    natsc_flush(h->line, 1000);
    held_ask(h, i);
}

void held_look(struct held *h, json_t *document) {
    for (int i = 0; i < h->n; i++)
        words_shown(&h->shown[i], held_consumer(h, document, i));
}

void held_shown_as_told(const struct held *h, int i) {
    words_are_told(&h->shown[i], &h->told[i], held_name(h, i));
}

json_t *held_consumer(const struct held *h, json_t *document, int i) {
    return doc_find(document, "consumers", "name", held_name(h, i));
}

json_t *held_stream(json_t *document, const char *name) {
    return doc_find(document, "streams", "name", name);
}

/* ---- made ---- */

static void make_held(struct held *h) {
    ck_assert(jetstream_add_stream(h->line, "HELD", "held.*", h->cluster->n));
    ck_assert(jetstream_store(h->line, "held.load", HELD_MS));
    ck_assert(natsc_publish_many(h->line, "held.still", 64, HELD_STORED) && natsc_flush(h->line, HELD_MS));
    char *word = natsc_request(h->line, "held.load", "x", HELD_MS);
    json_t *stored = word ? json_loads(word, 0, NULL) : NULL;
    h->made_seq = json_path_number(stored, "seq");
    ck_assert_msg(h->made_seq > HELD_STORED, "%s", word ? word : "not stored");
    json_decref(stored);
    free(word);
}

static void make_only(struct held *h) {
    ck_assert(jetstream_add_stream(h->line, "ONLY", "only", 1));
    for (int i = 0; i < ONLY_STORED; i++)
        ck_assert(jetstream_store(h->line, "only", HELD_MS));
}

/* What was acknowledged is on its way for a while. */
static void until_it_stands(struct held *h, int i, double ack_pending) {
    const struct words *told = &h->told[i];
    for (int64_t deadline = servers_now_ms() + HELD_MS;
         told->n == 0 || told->of[told->n - 1][1] != ack_pending; held_ask(h, i))
        ck_assert_int_le(servers_now_ms(), deadline);
}

void held_make(struct held *h, int of_held, bool with_only) {
    h->of_held = of_held;
    h->n = of_held + with_only;
    ck_assert_int_le(h->n, HELD_MAX);
    make_held(h);
    if (with_only)
        make_only(h);
    for (int i = 0; i < h->n; i++)
        ck_assert(jetstream_add_consumer(h->line, stream_of(h, i), held_name(h, i),
                                         i < of_held ? "held.still" : NULL));
    for (int i = 0; i < of_held; i++)
        ck_assert_int_eq(jetstream_pull(h->line, "HELD", held_name(h, i), 60 + 30 * i, 40 + 20 * i),
                         60 + 30 * i);
    for (int i = 0; i < h->n; i++)
        until_it_stands(h, i, i < of_held ? 20 + 10 * i : 0);
}

const char *held_seldom_asked(const struct held *h) {
    static char version[40];
    int minor = 0, patch = 0;
    json_t *varz = kept_truth(h->cluster->node[0].http, "/varz");
    const char *told = json_string_value(json_path(varz, "version"));
    bool seldom =
        told && sscanf(told, "2.%d.%d", &minor, &patch) == 2 && (minor < 9 || (minor == 9 && patch <= 14));
    snprintf(version, sizeof version, "%s", seldom ? told : "");
    json_decref(varz);
    return seldom ? version : NULL;
}
