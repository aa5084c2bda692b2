/* How many there are of what is expected: in turns, so that tens of thousands of connections cost no tick
 * more than a little. */
#include "model/asking.h"
#include "model/expecting.h"

#define ASKED_MOST 8192               /* a tick */
#define TURN_NS    (1900 * NS_PER_MS) /* from one to the next at least */

static enum told_part told_now(const struct model *model, struct expecting *e) {
    e->why[0] = '\0';
    return e->what->told(model, e, e->why, sizeof e->why);
}

static enum told_part lesser(enum told_part a, enum told_part b) {
    return a < b ? a : b;
}

/* ---- a turn ---- */

bool expectation_is_up_to_date(const struct model *model, const struct expecting *e) {
    return e->counted && !e->turn.running && e->what->stamp && e->turn.stamp == e->what->stamp(model);
}

static void begin_turn(struct model *model, struct expecting *e) {
    bool early = e->what->stamp && model->mono_ns - e->turn.began_mono_ns < TURN_NS;
    if (e->turn.running || (e->counted && (early || expectation_is_up_to_date(model, e))))
        return;
    e->turn = (struct turn){.running = true,
                            .began_mono_ns = model->mono_ns,
                            .stamp = e->what->stamp ? e->what->stamp(model) : 0,
                            .told = told_now(model, e)};
}

static void count_one(struct model *model, struct expecting *e, const struct object *object) {
    struct asking asking = {.model = model, .object = object};
    uint64_t weight = 1;
    if (!e->what->is_there(object) || (e->expr && !expr_true(e->expr, asking_get, &asking)))
        return;
    if (e->what->weigh && !e->what->weigh(model, object, &weight)) {
        e->turn.unsure = true;
        return;
    }
    e->turn.found += weight;
    if (e->newcomer && weight)
        newcomer_meet(model, e, object);
}

/* Returns how many of `most` are left. */
static size_t go_on(struct model *model, struct expecting *e, size_t most) {
    const struct object_table *table = &model->tables[e->what->kind];
    size_t i = table_after(table, e->turn.next_id);
    for (; i < table->count && most; i++, most--) {
        const struct entry *entry = table->entries[i];
        e->turn.next_id = entry->object.id;
        if (!entry->dead)
            count_one(model, e, &entry->object);
    }
    e->turn.running = i < table->count;
    return most;
}

static void end_turn(struct model *model, struct expecting *e) {
    e->counted = true;
    e->found = e->turn.found;
    e->unsure = e->turn.unsure;
    e->told = lesser(e->turn.told, told_now(model, e));
    e->looked |= e->newcomer && e->told == TOLD_ALL && !e->unsure && newcomer_can_be(model);
}

/* ---- what follows ---- */

static enum expecting_state state_of(const struct expecting *e, enum told_part now) {
    if (!e->counted)
        return EXPECTING_UNKNOWN;
    if (e->found >= e->wanted)
        return EXPECTING_MET;
    if (e->unsure || lesser(e->told, now) == TOLD_PART)
        return EXPECTING_UNKNOWN;
    return e->found ? EXPECTING_FEWER : EXPECTING_NONE;
}

/* What is not told any more counts at once, what is told again with the next turn. */
static void judge(struct model *model, struct expecting *e) {
    enum told_part now = told_now(model, e);
    enum expecting_state state = state_of(e, now);
    e->told = lesser(e->told, now);
    if (state != e->state)
        e->since_utc_ns = model->utc_ns;
    e->state = state;
}

static void queue_count(struct model *model, struct expecting *e) {
    e->counted = e->heard_count > 0;
    e->found = queue_members(model, e);
    e->told = told_now(model, e);
}

void expectations_tick(struct model *model) {
    size_t count = kind_count(model, OBJECT_EXPECTATION), left = ASKED_MOST;
    for (size_t n = 0; n < count; n++) {
        size_t at = (model->expected_next + n) % count;
        struct expecting *e = expecting_of(&kind_at(model, OBJECT_EXPECTATION, at)->object);
        if (!e->what->is_there) {
            queue_count(model, e);
        } else {
            begin_turn(model, e);
            if (e->turn.running && left) {
                left = go_on(model, e, left);
                if (!e->turn.running)
                    end_turn(model, e);
            }
        }
        judge(model, e);
    }
    model->expected_next += 1;
}
