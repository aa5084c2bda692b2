#include "model/alert_book.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "model/alert_text.h"
#include "model/alert_watch.h"

/* ---- acknowledging ---- */

static void set_cut(const char **place, const char *text) {
    char cut[TEXT_MAX_BYTES + 1] = "";
    size_t len = text ? strlen(text) : 0;
    if (len > TEXT_MAX_BYTES)
        text_clean(cut, text, len);
    alert_text_set(place, len > TEXT_MAX_BYTES ? cut : text);
}

static struct slot *open_one(const struct model *model, uint64_t number) {
    struct slot *slot = alert_book_numbered(model->alerts, number);
    return slot && slot->said.state == ALERT_OPEN ? slot : NULL;
}

bool model_alert_ack(struct model *model, uint64_t number, const char *by, const char *note) {
    struct slot *slot = open_one(model, number);
    if (!slot)
        return false;
    slot->said.acked_utc_ns = model->utc_ns;
    slot->said.acked_severity = slot->said.severity;
    set_cut(&slot->said.acked_by, by);
    set_cut(&slot->said.note, note);
    alert_tell(model, slot, CHANGE_ACKED, slot->said.severity);
    return true;
}

void alert_forget_ack(struct slot *slot) {
    slot->said.acked_utc_ns = 0;
    slot->said.acked_severity = SEVERITY_OK;
    alert_text_set(&slot->said.acked_by, "");
    alert_text_set(&slot->said.note, "");
}

bool model_alert_unack(struct model *model, uint64_t number) {
    struct slot *slot = open_one(model, number);
    if (!slot || !slot->said.acked_utc_ns)
        return false;
    alert_forget_ack(slot);
    alert_tell(model, slot, CHANGE_UNACKED, slot->said.severity);
    return true;
}

/* ---- silencing ---- */

struct part { /* whether the last part that was asked about is of it: many in a row are of one server */
    uint64_t whole;
    bool hushed;
};

static bool is_meant(const struct hush *hush, const char *cluster, const char *name) {
    return strcmp(hush->said.name, name) == 0 &&
           (!*hush->said.cluster || !*cluster || strcmp(hush->said.cluster, cluster) == 0);
}

static bool is_meant_object(const struct model *model, const struct hush *hush, const struct object *object) {
    char cluster[OBJECT_NAME_SIZE], name[OBJECT_NAME_SIZE];
    model_object_name(model, object, name, sizeof name);
    watch_cluster_name(model, object, cluster);
    return is_meant(hush, cluster, name);
}

static bool covers(const struct model *model, const struct hush *hush, const struct slot *slot,
                   struct part *part) {
    const struct alert *a = &slot->said;
    const struct object *object = model_object(model, a->object);
    if (hush->kind == OBJECT_CLIENT && *a->client)
        return is_meant(hush, a->cluster, a->client);
    if (strcmp(hush->said.entity, a->entity) == 0)
        return is_meant(hush, a->cluster, a->name);
    for (object = object ? object->parent : NULL; object && object->kind != hush->kind;)
        object = object->parent;
    if (!object)
        return false;
    if (part->whole != object->id)
        *part = (struct part){object->id, is_meant_object(model, hush, object)};
    return part->hushed;
}

static void hush_slot(struct alert_book *book, struct slot *slot, const struct hush *hush) {
    if (slot->silenced_mono_ns >= hush->until_mono_ns && slot->said.silenced_until_utc_ns)
        return;
    book->hushes_any = true;
    slot->silenced_mono_ns = hush->until_mono_ns;
    slot->said.silenced_until_utc_ns = hush->said.until_utc_ns;
    alert_text_copy(&slot->said.silence_note, hush->said.note);
}

void alert_apply_silences(struct model *model, struct slot *slot) {
    struct alert_book *book = model->alerts;
    for (size_t i = 0; i < book->hush_count; i++) {
        struct part part = {0};
        if (covers(model, &book->hushes[i], slot, &part))
            hush_slot(book, slot, &book->hushes[i]);
    }
}

/* Where none covers it any more its silence is over at the next tick, and it is told. */
static void apply_anew(struct model *model) {
    struct alert_book *book = model->alerts;
    for (size_t i = 0; i < book->live_count; i++)
        if (book->live[i]->said.silenced_until_utc_ns)
            book->live[i]->silenced_mono_ns = model->mono_ns;
    for (size_t h = 0; h < book->hush_count; h++) {
        struct part part = {0};
        for (size_t i = 0; i < book->live_count; i++)
            if (covers(model, &book->hushes[h], book->live[i], &part))
                hush_slot(book, book->live[i], &book->hushes[h]);
    }
    alert_book_changed(book, true);
}

void alert_hush_share(struct hush *hush) {
    alert_text_share(hush->said.entity);
    alert_text_share(hush->said.cluster);
    alert_text_share(hush->said.name);
    alert_text_share(hush->said.note);
}

void alert_hush_finish(struct hush *hush) {
    alert_text_drop(hush->said.entity);
    alert_text_drop(hush->said.cluster);
    alert_text_drop(hush->said.name);
    alert_text_drop(hush->said.note);
}

static void remove_hush(struct alert_book *book, size_t at) {
    alert_hush_finish(&book->hushes[at]);
    book->hush_count--;
    memmove(&book->hushes[at], &book->hushes[at + 1], (book->hush_count - at) * sizeof *book->hushes);
}

static size_t find_hush(const struct alert_book *book, const char *entity, const char *cluster,
                        const char *name) {
    size_t i = 0;
    for (; i < book->hush_count; i++) {
        const struct silence *said = &book->hushes[i].said;
        if (strcmp(said->entity, entity) == 0 && strcmp(said->cluster, cluster) == 0 &&
            strcmp(said->name, name) == 0)
            break;
    }
    return i;
}

static int kind_named(const char *entity) {
    for (int kind = 0; kind < OBJECT_KIND_COUNT; kind++)
        if (strcmp(object_kind_name((enum object_kind)kind), entity) == 0)
            return kind;
    return -1;
}

static int64_t mono_of(const struct model *model, int64_t until_utc_ns) {
    return model->mono_ns + (until_utc_ns - model->utc_ns);
}

static void add_hush(struct model *model, int kind, const struct silence *said) {
    struct alert_book *book = model->alerts;
    struct hush *hush = &book->hushes[book->hush_count++];
    *hush = (struct hush){.said = *said, .kind = (enum object_kind)kind};
    hush->said.entity = hush->said.cluster = hush->said.name = hush->said.note = NULL;
    alert_text_set(&hush->said.entity, said->entity);
    set_cut(&hush->said.note, said->note);
    alert_text_set(&hush->said.cluster, said->cluster);
    alert_text_set(&hush->said.name, said->name);
    hush->until_mono_ns = mono_of(model, said->until_utc_ns);
}

bool model_silence(struct model *model, const char *entity, const char *cluster, const char *name,
                   int64_t until_utc_ns, const char *note) {
    struct alert_book *book = model->alerts;
    struct silence said = {entity, cluster ? cluster : "", name, model->utc_ns, until_utc_ns, note};
    int kind = kind_named(entity);
    size_t at = find_hush(book, entity, said.cluster, name);
    bool ends = until_utc_ns <= (book->began ? model->utc_ns : 0);
    if (kind < 0 || (at == book->hush_count && !ends && book->hush_count == SILENCES_MOST))
        return false;
    bool was = at < book->hush_count;
    if (was)
        remove_hush(book, at);
    if (!ends)
        add_hush(model, kind, &said);
    apply_anew(model);
    if (book->began && ends && was)
        alert_tell_silence(model, CHANGE_UNSILENCED, &(struct silence){entity, said.cluster, name, 0, 0, ""});
    else if (book->began && !ends)
        alert_tell_silence(model, CHANGE_SILENCED, &book->hushes[book->hush_count - 1].said);
    return true;
}

static void take_clock(const struct model *model, struct hush *hush) {
    hush->until_mono_ns = mono_of(model, hush->said.until_utc_ns);
    if (!hush->said.since_utc_ns)
        hush->said.since_utc_ns = model->utc_ns;
}

void alert_silences_begin(struct model *model) {
    struct alert_book *book = model->alerts;
    for (size_t i = 0; i < book->hush_count; i++)
        take_clock(model, &book->hushes[i]);
    apply_anew(model);
}

void alert_forget_silence(struct slot *slot) {
    slot->silenced_mono_ns = slot->said.silenced_until_utc_ns = 0;
    alert_text_set(&slot->said.silence_note, "");
}

static void lift(struct model *model, struct slot *slot) {
    alert_forget_silence(slot);
    alert_book_changed(model->alerts, true);
    if (slot->said.state == ALERT_OPEN)
        alert_tell(model, slot, CHANGE_UNSILENCED, slot->said.severity);
}

/* Its cause is gone, and in a moment it is over: that is no moment to tell of it. */
static bool is_ending(const struct slot *slot) {
    return slot->said.state == ALERT_OPEN && slot->said.quiet && !slot->said.flapping;
}

static void lift_some(struct model *model) {
    struct alert_book *book = model->alerts;
    int left = ALERTS_A_TICK;
    bool any = false;
    for (size_t i = 0; book->hushes_any && i < book->live_count && left > 0; i++) {
        struct slot *slot = book->live[i];
        any |= slot->said.silenced_until_utc_ns;
        if (!slot->said.silenced_until_utc_ns || slot->silenced_mono_ns > model->mono_ns || is_ending(slot))
            continue;
        lift(model, slot);
        left--;
    }
    book->hushes_any = any;
}

void alert_silences_tick(struct model *model) {
    struct alert_book *book = model->alerts;
    for (size_t i = book->hush_count; i-- > 0;) {
        if (book->hushes[i].until_mono_ns > model->mono_ns)
            continue;
        alert_tell_silence(model, CHANGE_UNSILENCED, &book->hushes[i].said);
        remove_hush(book, i);
    }
    lift_some(model);
}

size_t model_silence_count(const struct model *model) {
    return model->alerts->hush_count;
}

const struct silence *model_silence_at(const struct model *model, size_t index) {
    return index < model->alerts->hush_count ? &model->alerts->hushes[index].said : NULL;
}
