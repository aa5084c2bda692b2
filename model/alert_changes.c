#include "model/alert_book.h"

static const char *const words[] = {
    [CHANGE_OPENED] = "opened",     [CHANGE_WORSE] = "worse",          [CHANGE_GREW] = "grew",
    [CHANGE_LESS] = "less",         [CHANGE_CAME_BACK] = "back",       [CHANGE_FLAPPING] = "flapping",
    [CHANGE_CLEARED] = "cleared",   [CHANGE_ACKED] = "acked",          [CHANGE_UNACKED] = "unacked",
    [CHANGE_SILENCED] = "silenced", [CHANGE_UNSILENCED] = "unsilenced"};

const char *alert_change_word(enum alert_change_kind kind) {
    return words[kind];
}

static enum severity after(const struct slot *slot, enum alert_change_kind kind) {
    bool open = slot && slot->said.state == ALERT_OPEN && kind != CHANGE_CLEARED;
    return open ? slot->said.severity : SEVERITY_OK;
}

void alert_tell(struct model *model, const struct slot *slot, enum alert_change_kind kind,
                enum severity before) {
    struct alert_book *book = model->alerts;
    uint64_t number = ++book->last_change;
    book->changes[number % ALERT_CHANGES] =
        (struct alert_change){.number = number,
                              .kind = kind,
                              .alert = slot ? slot->said.number : 0,
                              .utc_ns = model->utc_ns,
                              .severity = after(slot, kind),
                              .before = before,
                              .silenced = slot && slot->said.silenced_until_utc_ns};
    alert_book_changed(book, true);
}

uint64_t model_alert_change_last(const struct model *model) {
    return model->alerts->last_change;
}

const struct alert_change *model_alert_change(const struct model *model, uint64_t number) {
    const struct alert_change *change = &model->alerts->changes[number % ALERT_CHANGES];
    return number && change->number == number ? change : NULL;
}
