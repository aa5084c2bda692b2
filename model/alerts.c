#include "model/alerts.h"

#include <limits.h>
#include <string.h>

#include "model/alert_book.h"
#include "model/alert_said.h"
#include "model/alert_text.h"
#include "model/alert_vanished.h"
#include "model/alert_watch.h"
#include "model/ruleset.h"
#include "model/server.h"

#define SETTLES      (10 * NS_PER_S)  /* what is less by now may be as much again in a moment */
#define LOOKS        4                /* ticks: time in which we got no turn shows nothing */
#define FOLDS        (600 * NS_PER_S) /* what comes back sooner is the same */
#define GROWN        2                /* so many times the figure that was said */
#define LOOKS_A_TICK 256
#define SEEN_A_STEP  4096
#define LOOKS_APART  2  /* ticks: times are told in whole seconds; what a new row says is told at once */
#define FEW          64 /* of so many each tick, so that a text and the row above it say the same */

static bool may(int *left) {
    return *left > 0 && (*left)-- > 0;
}

/* ---- told ---- */

/* Said, and told. */
static void tell(struct model *model, struct slot *slot, const struct finding *finding,
                 enum alert_change_kind kind) {
    enum severity before =
        kind == CHANGE_OPENED || kind == CHANGE_CAME_BACK ? SEVERITY_OK : slot->said.severity;
    if (kind != CHANGE_GREW)
        slot->since_utc_ns = finding->since_utc_ns;
    alert_say(model, slot, finding);
    slot->told_size = slot->size;
    slot->less_mono_ns = 0;
    if (slot->said.acked_utc_ns && slot->said.severity > slot->said.acked_severity)
        slot->said.acked_utc_ns = 0;
    alert_tell(model, slot, kind, before);
}

/* ---- coming ---- */

static bool is_often(const struct slot *slot, int64_t mono_ns) {
    int count = slot->said.came_count;
    return count >= ALERT_FLAPS && mono_ns - slot->came_mono_ns[count - ALERT_FLAPS] <= FOLDS;
}

static void come(struct model *model, struct slot *slot, const struct finding *finding) {
    struct alert *a = &slot->said;
    a->sign_utc_ns = finding->since_utc_ns;
    a->sign_least = finding->least;
    if (a->came_count == ALERT_COMINGS) {
        a->came_count--;
        memmove(a->came_utc_ns, a->came_utc_ns + 1, sizeof a->came_utc_ns - sizeof *a->came_utc_ns);
        memmove(slot->came_mono_ns, slot->came_mono_ns + 1,
                sizeof slot->came_mono_ns - sizeof *slot->came_mono_ns);
    }
    a->came_utc_ns[a->came_count] = model->utc_ns;
    slot->came_mono_ns[a->came_count++] = model->mono_ns;
    a->times++;
    alert_book_changed(model->alerts, false);
}

/* From now on it stays open. */
static void judge_flapping(struct model *model, struct slot *slot) {
    if (slot->said.flapping || !is_often(slot, model->mono_ns))
        return;
    slot->said.flapping = true;
    alert_tell(model, slot, CHANGE_FLAPPING, slot->said.severity);
}

static void judge_steady(struct model *model, struct slot *slot) {
    if (!slot->said.flapping || model->mono_ns - slot->came_mono_ns[slot->said.came_count - 1] < FOLDS)
        return;
    slot->said.flapping = false;
    alert_book_changed(model->alerts, false);
}

/* ---- which one it is ---- */

struct called {
    struct alert alert;
    char cluster[OBJECT_NAME_SIZE], name[OBJECT_NAME_SIZE], client[CLIENT_CALLED_SIZE];
};

static void call(const struct model *model, const struct finding *finding, struct called *called) {
    const struct object *object = model_object(model, finding->object);
    model_object_name(model, object, called->name, sizeof called->name);
    watch_cluster_name(model, object, called->cluster);
    model_client_called(object, called->client, sizeof called->client);
    called->alert = (struct alert){.entity = object ? object_kind_name(object->kind) : "",
                                   .cluster = called->cluster,
                                   .name = called->name,
                                   .client = called->client,
                                   .address = server_place(object),
                                   .tag = watch_tag(finding)};
}

/* Two living things may have one name. */
static struct slot *if_free(const struct model *model, struct slot *slot) {
    const struct object *object = slot ? model_object(model, slot->said.object) : NULL;
    return object && object->freshness != FRESH_GONE ? NULL : slot;
}

static void adopt(struct model *model, struct slot *slot, const struct finding *finding,
                  const struct called *called) {
    alert_book_set_object(model->alerts, slot, finding->object);
    alert_book_set_name(model->alerts, slot, called->cluster, called->name);
    alert_book_set_client(model->alerts, slot, called->client);
    alert_book_set_address(model->alerts, slot, called->alert.address);
}

static bool has_left(const struct model *model, const struct slot *slot) {
    const struct object *object = model_object(model, slot->said.object);
    return !object || object->freshness == FRESH_GONE || model_is_closed(object);
}

/* Nothing is found of it: it ended a moment ago, or comes and goes, or is of the last run. */
static bool is_vacant(const struct model *model, const struct slot *slot) {
    return (slot->said.quiet || (slot->restored && !slot->candidate)) &&
           slot->found_tick != model->alerts->tick && slot->formed_tick != model->alerts->tick &&
           has_left(model, slot);
}

/* Its client came back as another connection, and the one before has left: of several who left last. */
static struct slot *find_left(struct model *model, const struct called *called) {
    struct slot *slots[CLIENT_MOST], *found = NULL;
    size_t count = alert_book_of_client(model->alerts, &called->alert, slots);
    for (size_t i = 0; i < count; i++)
        if (slots[i]->said.state == ALERT_OPEN && is_vacant(model, slots[i]) &&
            (!found || slots[i]->quiet_mono_ns > found->quiet_mono_ns))
            found = slots[i];
    return found;
}

static void take_over(struct model *model, struct slot *left, const struct finding *finding,
                      const struct called *called) {
    adopt(model, left, finding, called);
    alert_apply_silences(model, left);
    left->away = true; /* that one is: this one counts */
}

/* Another connection of its client; while one has it, none that is there still. */
static struct slot *find_former_client(const struct model *model, const struct called *called) {
    struct slot *slots[CLIENT_MOST], *found = NULL;
    size_t count = alert_book_of_client(model->alerts, &called->alert, slots), open = 0;
    for (size_t i = 0; i < count; i++)
        open += slots[i]->said.state == ALERT_OPEN;
    for (size_t i = 0; i < count; i++)
        if (slots[i]->said.state == ALERT_CLEARED && (!open || has_left(model, slots[i])) &&
            (!found || slots[i]->ended_mono_ns > found->ended_mono_ns))
            found = slots[i];
    return found;
}

/* The one that ended a short while ago. */
static struct slot *find_former(struct model *model, const struct finding *finding,
                                const struct called *called) {
    struct alert_book *book = model->alerts;
    struct slot *slot = alert_book_find(book, finding->object, watch_tag(finding), true);
    if (!slot)
        slot = if_free(model, alert_book_find_named(book, &called->alert, true));
    if (!slot)
        slot = find_former_client(model, called);
    return slot && model->mono_ns - slot->ended_mono_ns <= FOLDS ? slot : NULL;
}

/* One that is new, or of the last run, or of an object that was made anew. */
static struct slot *take(struct model *model, const struct finding *finding, const struct called *called) {
    struct slot *slot = if_free(model, alert_book_find_named(model->alerts, &called->alert, false));
    if (slot) {
        adopt(model, slot, finding, called);
        return slot;
    }
    slot = find_left(model, called);
    if (slot) {
        take_over(model, slot, finding, called);
        return slot;
    }
    slot = slot_create();
    slot->said.state = ALERT_PENDING;
    slot->said.object = finding->object;
    slot->said.first_sign_utc_ns = finding->since_utc_ns;
    slot->said.least = finding->least;
    slot->worst_order = INT_MAX;
    alert_text_set(&slot->said.entity, called->alert.entity);
    alert_text_set(&slot->said.tag, called->alert.tag);
    alert_text_set(&slot->said.cluster, called->cluster);
    alert_text_set(&slot->said.name, called->name);
    alert_text_set(&slot->said.client, called->client);
    alert_text_set(&slot->said.address, called->alert.address);
    alert_book_add(model->alerts, slot);
    alert_apply_silences(model, slot);
    return slot;
}

/* ---- opening, going on ---- */

static void come_back(struct model *model, struct slot *former, const struct finding *finding,
                      const struct called *called) {
    alert_book_reopen(model->alerts, former);
    alert_forget_ack(former);
    alert_forget_silence(former); /* of then: it may be over */
    adopt(model, former, finding, called);
    alert_text_set(&former->said.ending, "");
    former->said.ended_utc_ns = 0;
    former->quiet_mono_ns = 0;
    former->found_tick = model->alerts->tick;
    alert_apply_silences(model, former);
    come(model, former, finding);
    tell(model, former, finding, CHANGE_CAME_BACK);
    judge_flapping(model, former);
}

static bool says_the_same(const struct slot *slot, const struct finding *finding) {
    return finding->level == slot->said.severity && strcmp(finding_rule(finding), slot->said.rule) == 0;
}

/* What the last run knew is not told again. */
static void find_again(struct model *model, struct slot *slot, const struct finding *finding) {
    bool said = says_the_same(slot, finding) && slot->told_size > 0;
    slot->known = false;
    if (slot->said.flapping) /* it stays since then, as far as is known */
        slot->came_mono_ns[slot->said.came_count - 1] = model->mono_ns;
    if (finding->severity != slot->said.severity)
        return;
    alert_say(model, slot, finding);
    if (!said)
        slot->told_size = slot->size;
}

/* Another rule of the trouble speaks, as bad as the one before: that is said, and nobody is told. */
static void say_otherwise(struct model *model, struct slot *slot, const struct finding *finding) {
    slot->since_utc_ns = finding->since_utc_ns;
    alert_say(model, slot, finding);
    slot->told_size = slot->size;
    slot->less_mono_ns = 0;
}

static void rise(const struct model *model, struct slot *slot) {
    memmove(slot->rose_mono_ns + 1, slot->rose_mono_ns,
            sizeof slot->rose_mono_ns - sizeof *slot->rose_mono_ns);
    slot->rose_mono_ns[0] = model->mono_ns;
}

/* It is believed sooner of one that did not go up and down again and again. */
static bool has_settled(const struct model *model, struct slot *slot) {
    int64_t first = slot->rose_mono_ns[ALERT_FLAPS - 1];
    bool restless = first && slot->rose_mono_ns[0] - first <= FOLDS;
    if (!slot->less_mono_ns)
        slot->less_mono_ns = model->mono_ns;
    return model->mono_ns - slot->less_mono_ns >= (restless ? FOLDS : SETTLES);
}

static void weigh(struct model *model, struct slot *slot, const struct finding *finding) {
    struct alert_book *book = model->alerts;
    bool less = finding->severity < slot->said.severity;
    bool worse = finding->severity > slot->said.severity;
    if (says_the_same(slot, finding)) {
        slot->less_mono_ns = 0;
        slot->found = finding;
    } else if (worse) {
        if (!may(&book->budget))
            return;
        rise(model, slot);
        tell(model, slot, finding, CHANGE_WORSE);
    } else if (!less && finding->rule->order < slot->order) {
        if (may(&book->budget))
            say_otherwise(model, slot, finding);
    } else if (less && watch_is_as_bad(model, slot)) {
        slot->less_mono_ns = 0;
    } else if (has_settled(model, slot) && may(&book->budget) && !(less && watch_is_open(model, slot))) {
        if (less)
            tell(model, slot, finding, CHANGE_LESS);
        else
            say_otherwise(model, slot, finding);
    }
}

/* Why nothing may be found of it. */
static void set_absence(struct model *model, struct slot *slot, bool unheard, bool quiet) {
    if (unheard != slot->said.unheard || quiet != slot->said.quiet)
        alert_book_changed(model->alerts, true);
    slot->said.unheard = unheard;
    slot->said.quiet = quiet;
}

static void go_on(struct model *model, struct slot *slot, const struct finding *finding) {
    slot->quiet_mono_ns = 0;
    set_absence(model, slot, false, false);
    if (slot->away) {
        come(model, slot, finding);
        slot->since_utc_ns = finding->since_utc_ns;
        judge_flapping(model, slot);
    }
    slot->away = false;
    slot->restored = false;
    if (slot->known)
        find_again(model, slot, finding);
    judge_steady(model, slot);
    weigh(model, slot, finding);
}

/* A server that got its name while this formed, and the last run knew it by that name. */
static struct slot *find_known(const struct model *model, const struct called *called) {
    bool server = strcmp(called->alert.entity, object_kind_name(OBJECT_SERVER)) == 0;
    return server ? alert_book_find_open(model->alerts, &called->alert, true) : NULL;
}

static void begin(struct model *model, struct slot *slot, const struct finding *finding,
                  const struct called *called) {
    struct slot *known = find_known(model, called);
    if (known) {
        alert_book_drop(model->alerts, slot);
        adopt(model, known, finding, called);
        known->found_tick = model->alerts->tick;
        go_on(model, known, finding);
        return;
    }
    struct slot *former = find_former(model, finding, called), *left = find_left(model, called);
    if (former || left) {
        alert_take_peak(model, former ? former : left, slot, finding);
        alert_book_drop(model->alerts, slot);
    }
    if (former) {
        come_back(model, former, finding, called);
        return;
    }
    if (left) {
        take_over(model, left, finding, called);
        left->found_tick = model->alerts->tick;
        go_on(model, left, finding);
        return;
    }
    slot->said.state = ALERT_OPEN;
    slot->said.opened_utc_ns = model->utc_ns;
    slot->said.first_sign_utc_ns = finding->since_utc_ns;
    slot->said.least = finding->least;
    come(model, slot, finding);
    tell(model, slot, finding, CHANGE_OPENED);
}

/* ---- one tick ---- */

static void see_unknown(struct model *model, const struct finding *finding, bool speaks) {
    struct called called;
    if (!may(&model->alerts->budget))
        return;
    call(model, finding, &called);
    struct slot *slot = take(model, finding, &called);
    bool pending = slot->said.state == ALERT_PENDING;
    *(speaks ? &slot->found_tick : &slot->formed_tick) = model->alerts->tick;
    if (pending && speaks)
        begin(model, slot, finding, &called);
    else if (pending)
        alert_say(model, slot, finding);
    else if (speaks)
        go_on(model, slot, finding);
}

static void see_pending(struct model *model, struct slot *slot, const struct finding *finding, bool speaks) {
    struct alert_book *book = model->alerts;
    struct called called;
    *(speaks ? &slot->found_tick : &slot->formed_tick) = book->tick;
    slot->found = finding;
    if (!speaks || !may(&book->budget))
        return;
    call(model, finding, &called);
    begin(model, slot, finding, &called);
}

static void see(struct model *model, struct finding *finding, bool held) {
    struct alert_book *book = model->alerts;
    struct slot *slot = alert_book_find(book, finding->object, watch_tag(finding), false);
    if (slot && slot->said.state == ALERT_OPEN) {
        *(held ? &slot->found_tick : &slot->formed_tick) = book->tick;
        if (held)
            go_on(model, slot, finding);
        else if (says_the_same(slot, finding)) /* and is said, though its hold is not over */
            slot->found = finding;
        return;
    }
    finding->echo = watch_is_echo(model, finding) ? ECHO_IS : ECHO_IS_NOT;
    if (finding->echo == ECHO_IS)
        return;
    bool speaks = held && !watch_is_early(model, finding);
    if (slot)
        see_pending(model, slot, finding, speaks);
    else
        see_unknown(model, finding, speaks);
}

/* What was found of streams and consumers stays until all are weighed again, and so does whose echo it is. */
static bool see_some(struct model *model) {
    struct alert_book *book = model->alerts;
    size_t held = model->findings.count, all = held + model->forming.count, left = SEEN_A_STEP;
    for (; book->seen < all && left; book->seen++, left--) { /* the most urgent first */
        bool speaks = book->seen < held;
        const struct finding_list *list = speaks ? &model->findings : &model->forming;
        size_t i = speaks ? book->seen : book->seen - held;
        findings_ahead(book, list->items, i, list->count);
        see(model, &list->items[i], speaks);
    }
    return book->seen < all;
}

static void look(struct model *model, struct slot *slot) {
    struct called called;
    call(model, slot->found, &called);
    if (strcmp(called.name, slot->said.name) != 0 || strcmp(called.cluster, slot->said.cluster) != 0)
        alert_book_set_name(model->alerts, slot, called.cluster, called.name);
    alert_book_set_client(model->alerts, slot, called.client);
    alert_book_set_address(model->alerts, slot, called.alert.address);
    alert_say(model, slot, slot->found);
    if (slot->known && slot->told_size <= 0) /* the first figure of this run */
        slot->told_size = slot->size;
    bool holds = slot->known || slot->found_tick == model->alerts->tick; /* a hold begins anew with us */
    bool told = slot->said.state == ALERT_OPEN && slot->told_size > 0;
    if (holds && told && slot->size >= GROWN * slot->told_size)
        tell(model, slot, slot->found, CHANGE_GREW);
}

static bool may_say_more(const struct model *model, const struct slot *slot) {
    uint64_t ago = model->alerts->tick - slot->looked_tick;
    int apart = model->alerts->live_count <= FEW ? 1 : LOOKS_APART;
    return ago >= (uint64_t)apart || (ago && alert_row(model, slot) != slot->looked_row);
}

/* In turns, as far as it goes in one tick. */
static void look_around(struct model *model) {
    struct alert_book *book = model->alerts;
    int left = book->budget < LOOKS_A_TICK ? book->budget : LOOKS_A_TICK;
    for (size_t i = 0; i < book->live_count && left > 0; i++) {
        struct slot *slot = book->live[book->next_look++ % book->live_count];
        if (slot->found && may_say_more(model, slot) && may(&left))
            look(model, slot);
    }
}

/* ---- ending ---- */

static void end(struct model *model, struct slot *slot) {
    slot->said.ended_utc_ns = slot->said.quiet_utc_ns;
    slot->ended_mono_ns = slot->quiet_mono_ns;
    slot->said.flapping = slot->away = slot->said.unheard = slot->said.quiet = slot->said.old =
        slot->said.figure_now = false;
    slot->less_mono_ns = 0;
    slot->found = NULL;
    alert_say_end(model, slot);
    slot->restored = slot->known = false;
    alert_tell(model, slot, CHANGE_CLEARED, slot->said.severity);
    alert_book_end(model->alerts, slot);
}

static bool is_over(struct model *model, struct slot *slot, int64_t passed_ns) {
    int64_t quiet_ns = model->mono_ns - slot->quiet_mono_ns;
    bool waited = slot->restored && watch_waited(model, slot, passed_ns);
    if (slot->restored && vanished_stays(model, slot)) {
        slot->quiet_mono_ns = 0; /* so is it still */
        return false;
    }
    if (slot->restored)
        return waited;
    slot->away |= slot->said.flapping && quiet_ns >= SETTLES;
    bool looked = model->alerts->tick - slot->quiet_tick >= LOOKS;
    return looked && quiet_ns >= (slot->said.flapping ? FOLDS : SETTLES);
}

/* A server's alert that stands already; another one of that name may be there, too. */
static bool unite(struct model *model, struct slot *slot) {
    struct slot *other = slot->restored && slot->kind == OBJECT_SERVER
                             ? alert_book_find_open(model->alerts, &slot->said, false)
                             : NULL;
    if (!other || (slot->candidate && slot->candidate != other->said.object))
        return false;
    alert_unite(model, other, slot);
    return true;
}

/* Of thousands in turns. */
static bool is_turn_of(const struct alert_book *book, const struct slot *slot) {
    return (book->tick + slot->place) % (book->live_count / LOOKS_A_TICK + 1) == 0;
}

/* Nobody says that it goes on; true: it is over. */
static bool miss(struct model *model, struct slot *slot, bool said, int64_t passed_ns) {
    bool forms = slot->formed_tick == model->alerts->tick, asleep = watch_is_asleep(model, slot);
    slot->restored &= !forms;
    bool gone = vanished_is_known(model, slot);
    slot->said.old = (slot->said.old || !said) && !gone;
    if (slot->said.old && is_turn_of(model->alerts, slot))
        alert_say_figure(model, slot);
    bool denied = slot->restored && alert_absent_denied(model, slot);
    bool unheard = (slot->restored && !denied && !gone) || asleep;
    set_absence(model, slot, unheard, !unheard && !forms && !gone);
    if (unheard) /* nothing shows that it is less */
        slot->less_mono_ns = 0;
    if (forms || asleep) {
        slot->quiet_mono_ns = 0;
        return false;
    }
    if (!slot->quiet_mono_ns) {
        slot->quiet_mono_ns = model->mono_ns;
        slot->quiet_tick = model->alerts->tick;
        slot->said.quiet_utc_ns = model->utc_ns;
    }
    if (!slot->less_mono_ns && !unheard)
        slot->less_mono_ns = model->mono_ns;
    return is_over(model, slot, passed_ns);
}

void alerts_end(struct model *model) {
    struct alert_book *book = model->alerts;
    int64_t passed_ns = book->last_mono_ns ? model->mono_ns - book->last_mono_ns : 0;
    struct slot *over[ALERTS_A_TICK];
    size_t count = 0;
    bool restored = false;
    for (size_t i = 0; i < book->live_count;) {
        struct slot *slot = live_nth(book, i);
        bool found = slot->found_tick == book->tick, said = slot->found != NULL;
        slot->found = NULL;
        if (slot->said.state == ALERT_PENDING && !found && slot->formed_tick != book->tick) {
            alert_book_drop(book, slot); /* another one stands there now */
            continue;
        }
        if (!found && unite(model, slot))
            continue;
        if (slot->said.state == ALERT_OPEN && !found && miss(model, slot, said, passed_ns) &&
            count < ALERTS_A_TICK)
            over[count++] = slot;
        restored |= slot->restored;
        i++;
    }
    book->restored_any = restored;
    book->last_mono_ns = model->mono_ns;
    for (size_t i = 0; i < count; i++)
        end(model, over[i]);
}

static void begin_tick(struct model *model) {
    struct alert_book *book = model->alerts;
    if (!book->began)
        alert_restored_begin(model);
    book->began = true;
    book->tick++;
    book->budget = ALERTS_A_TICK;
    alert_silences_tick(model);
}

bool alerts_see(struct model *model) {
    if (!model->alerts->seen)
        begin_tick(model);
    if (see_some(model))
        return true;
    model->alerts->seen = 0;
    return false;
}

void alerts_look(struct model *model) {
    look_around(model);
    alert_absent_tick(model);
}
