#include "outward/alert_join.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/memory.h"

/* ---- silences ---- */

static bool same_entity(const struct silence *a, const struct silence *b) {
    return strcmp(a->entity, b->entity) == 0 && strcmp(a->cluster, b->cluster) == 0 &&
           strcmp(a->name, b->name) == 0;
}

/* A file has times to the millisecond, and two natsights see by a hair differently how far a clock was moved.
 */
#define SAME_NS NS_PER_S

static bool stands(const struct model *model, const struct silence *silence) {
    for (size_t i = 0; i < model_silence_count(model); i++) {
        const struct silence *s = model_silence_at(model, i);
        if (same_entity(s, silence) && strcmp(s->note, silence->note) == 0 &&
            llabs(s->until_utc_ns - silence->until_utc_ns) < SAME_NS)
            return true;
    }
    return false;
}

static void join_silences(struct model *model, const struct alert_document *document) {
    for (size_t i = 0; i < document->silence_count; i++) {
        const struct silence *s = &document->silences[i];
        if (s->until_utc_ns > model_utc_ns(model) && !stands(model, s))
            model_silence(model, s->entity, s->cluster, s->name, s->until_utc_ns, s->note);
    }
}

static bool is_said(const struct alert_document *document, const struct silence *silence) {
    for (size_t i = 0; i < document->silence_count; i++)
        if (same_entity(&document->silences[i], silence))
            return true;
    return false;
}

/* From the last to the first: what is taken back is there no more. */
static void take_back_silences(struct model *model, const struct alert_document *document) {
    for (size_t i = model_silence_count(model); i-- > 0;) {
        const struct silence *s = model_silence_at(model, i);
        if (is_said(document, s))
            continue;
        char *entity = memory_text(s->entity), *cluster = memory_text(s->cluster),
             *name = memory_text(s->name);
        model_silence(model, entity, cluster, name, 0, "");
        free(entity);
        free(cluster);
        free(name);
    }
}

/* ---- alerts ---- */

static int by_object(const struct alert *a, const struct alert *b) {
    int order = strcmp(a->tag, b->tag);
    if (order == 0)
        order = strcmp(a->name, b->name);
    if (order == 0)
        order = strcmp(a->entity, b->entity);
    return order != 0 ? order : strcmp(a->cluster, b->cluster);
}

static int by_address(const void *a, const void *b) {
    return by_object(*(const struct alert *const *)a, *(const struct alert *const *)b);
}

/* Open ones of the document, to be found by what they are about. */
struct known {
    const struct alert **items;
    size_t count;
};

static struct known open_ones(const struct alert_document *document) {
    struct known known = {.items = memory_array(document->alert_count, sizeof *known.items)};
    for (size_t i = 0; i < document->alert_count; i++)
        if (document->alerts[i].state == ALERT_OPEN)
            known.items[known.count++] = &document->alerts[i];
    if (known.count > 0)
        qsort(known.items, known.count, sizeof *known.items, by_address);
    return known;
}

static const struct alert *find(const struct known *known, const struct alert *alert) {
    const struct alert **found =
        known->count > 0 ? bsearch(&alert, known->items, known->count, sizeof *known->items, by_address)
                         : NULL;
    return found != NULL ? *found : NULL;
}

struct word { /* to be said of one here, once all are looked at: saying it puts them in another order */
    uint64_t number;
    const struct alert *as; /* NULL: taken back */
};

static bool same_word(const struct alert *a, const struct alert *b) {
    return (a->acked_utc_ns != 0) == (b->acked_utc_ns != 0) &&
           (a->acked_utc_ns == 0 || (strcmp(a->acked_by, b->acked_by) == 0 && strcmp(a->note, b->note) == 0));
}

static size_t collect(const struct model *model, const struct known *known, bool mirror, struct word *words) {
    size_t count = 0;
    for (size_t i = 0; i < model_alert_count(model); i++) {
        const struct alert *here = model_alert(model, i);
        const struct alert *there = here->state == ALERT_OPEN ? find(known, here) : NULL;
        if (there == NULL || same_word(here, there))
            continue;
        if (there->acked_utc_ns != 0)
            words[count++] = (struct word){here->number, there};
        else if (mirror)
            words[count++] = (struct word){here->number, NULL};
    }
    return count;
}

static void join_acknowledgements(struct model *model, const struct alert_document *document, bool mirror) {
    struct known known = open_ones(document);
    struct word *words = memory_array(model_alert_count(model), sizeof *words);
    size_t count = collect(model, &known, mirror, words);
    for (size_t i = 0; i < count; i++) {
        if (words[i].as != NULL)
            model_alert_ack(model, words[i].number, words[i].as->acked_by, words[i].as->note);
        else
            model_alert_unack(model, words[i].number);
    }
    free(words);
    free(known.items);
}

/* ---- both ---- */

static void join_servers(struct model *model, const struct alert_document *document) {
    for (size_t i = 0; i < document->server_count; i++)
        model_remember_server(model, &document->servers[i]);
    for (size_t i = 0; i < document->stream_count; i++)
        model_remember_stream(model, &document->streams[i]);
}

void alert_join_first(struct model *model, const struct alert_document *document) {
    join_servers(model, document);
    model_alerts_restore(model, document->alerts, document->alert_count);
    join_silences(model, document);
}

static bool is_open(const struct model *model, const struct alert *alert) {
    for (size_t i = 0; i < model_alert_count(model); i++) {
        const struct alert *here = model_alert(model, i);
        if (here->state == ALERT_OPEN && by_object(here, alert) == 0)
            return true;
    }
    return false;
}

void alert_join_late(struct model *model, const struct alert_document *document) {
    join_servers(model, document);
    struct alert *others = memory_array(document->alert_count, sizeof *others);
    size_t count = 0;
    for (size_t i = 0; i < document->alert_count; i++) {
        const struct alert *alert = &document->alerts[i];
        if (alert->state != ALERT_OPEN || !is_open(model, alert))
            others[count++] = *alert;
    }
    model_alerts_restore(model, others, count);
    free(others);
    alert_join_words(model, document, false);
}

void alert_join_words(struct model *model, const struct alert_document *document, bool mirror) {
    join_acknowledgements(model, document, mirror);
    if (mirror)
        take_back_silences(model, document);
    join_silences(model, document);
}

static void take_back_said(struct model *model, const struct alert_document *document) {
    for (size_t i = 0; i < document->silence_count; i++) {
        const struct silence *s = &document->silences[i];
        if (s->until_utc_ns <= model_utc_ns(model))
            model_silence(model, s->entity, s->cluster, s->name, 0, "");
    }
}

void alert_join_said(struct model *model, const struct alert_document *document) {
    join_acknowledgements(model, document, true);
    take_back_said(model, document);
    join_silences(model, document);
}
