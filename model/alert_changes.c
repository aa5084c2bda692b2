#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "model/alert_book.h"
#include "model/alert_text.h"

static const char *const words[] = {
    [CHANGE_OPENED] = "opened",     [CHANGE_WORSE] = "worse",          [CHANGE_GREW] = "grew",
    [CHANGE_LESS] = "less",         [CHANGE_CAME_BACK] = "back",       [CHANGE_FLAPPING] = "flapping",
    [CHANGE_CLEARED] = "cleared",   [CHANGE_ACKED] = "acked",          [CHANGE_UNACKED] = "unacked",
    [CHANGE_SILENCED] = "silenced", [CHANGE_UNSILENCED] = "unsilenced"};

const char *alert_change_word(enum alert_change_kind kind) {
    return words[kind];
}

static enum severity after(const struct slot *slot, enum alert_change_kind kind) {
    bool open = slot->said.state == ALERT_OPEN && kind != CHANGE_CLEARED;
    return open ? slot->said.severity : SEVERITY_OK;
}

#define TEXTS 6

static void texts_of(const struct alert_change *change, const char *texts[TEXTS]) {
    const struct silence *s = &change->silence;
    const char *const all[TEXTS] = {change->name, change->text, s->entity, s->cluster, s->name, s->note};
    memcpy(texts, all, sizeof all);
}

static void drop_texts(const struct alert_change *change) {
    const char *texts[TEXTS];
    texts_of(change, texts);
    for (int i = 0; i < TEXTS; i++)
        alert_text_drop(texts[i]);
}

/* Its texts are given away. */
static void add(struct model *model, struct alert_change change) {
    struct alert_book *book = model->alerts;
    change.number = ++book->last_change;
    change.utc_ns = model->utc_ns;
    struct alert_change *place = &book->changes[change.number % ALERT_CHANGES];
    drop_texts(place);
    *place = change;
    alert_book_changed(book, true);
}

/* "by alice, the new release" */
static const char *by_whom(const struct alert *a) {
    char text[2 * TEXT_MAX_BYTES + 16];
    bool both = *a->acked_by && *a->note;
    snprintf(text, sizeof text, "%s%s%s%s", *a->acked_by ? "by " : "", a->acked_by, both ? ", " : "",
             a->note);
    return alert_text_make(text);
}

bool alert_is_muted(const struct alert *alert, enum alert_change_kind kind) {
    return alert->silenced_until_utc_ns && (kind != CHANGE_CLEARED || alert->untold);
}

static void note_told(struct alert *a, enum alert_change_kind kind) {
    bool comes = kind == CHANGE_OPENED || kind == CHANGE_CAME_BACK;
    a->untold = (comes || a->untold) && a->silenced_until_utc_ns;
}

void alert_tell(struct model *model, struct slot *slot, enum alert_change_kind kind, enum severity before) {
    struct alert *a = &slot->said;
    if (kind != CHANGE_CLEARED)
        note_told(a, kind);
    add(model, (struct alert_change){.kind = kind,
                                     .alert = a->number,
                                     .severity = after(slot, kind),
                                     .before = before,
                                     .silenced = alert_is_muted(a, kind),
                                     .name = alert_text_share(a->name),
                                     .text = kind == CHANGE_ACKED ? by_whom(a) : alert_text_share(a->text)});
}

/* That it was silenced is said with the note; that it speaks again needs none. */
void alert_tell_silence(struct model *model, enum alert_change_kind kind, const struct silence *silence) {
    const char *note = kind == CHANGE_SILENCED ? silence->note : "";
    struct silence said = *silence;
    said.entity = alert_text_make(silence->entity);
    said.cluster = alert_text_make(silence->cluster);
    said.name = alert_text_make(silence->name);
    said.note = alert_text_make(note);
    add(model, (struct alert_change){.kind = kind,
                                     .name = alert_text_make(silence->name),
                                     .text = alert_text_make(note),
                                     .silence = said});
}

void alert_changes_share(struct alert_book *book) {
    for (size_t i = 0; i < ALERT_CHANGES; i++) {
        const char *texts[TEXTS];
        texts_of(&book->changes[i], texts);
        for (int t = 0; t < TEXTS; t++)
            if (texts[t])
                alert_text_share(texts[t]);
    }
}

void alert_changes_finish(struct alert_book *book) {
    for (size_t i = 0; i < ALERT_CHANGES; i++)
        drop_texts(&book->changes[i]);
}

uint64_t model_alert_change_last(const struct model *model) {
    return model->alerts->last_change;
}

const struct alert_change *model_alert_change(const struct model *model, uint64_t number) {
    const struct alert_change *change = &model->alerts->changes[number % ALERT_CHANGES];
    return number && change->number == number ? change : NULL;
}
