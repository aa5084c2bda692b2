#include "model/asking.h"

#include <stdio.h>
#include <string.h>

#include "model/calc.h"
#include "model/needs.h"

/* An id is a quantity, or, that many further on, the growth per second of one. */
static bool is_growth(int id) {
    return id >= QUANTITY_COUNT;
}

static bool is_per_second(enum quantity q) {
    return quantities[q].unit == UNIT_PER_S || quantities[q].unit == UNIT_BYTES_PER_S;
}

/* The row that says how fast it grows; -1: there is none. */
static int growth_row(enum quantity q) {
    const struct quantity_info *info = &quantities[q];
    for (int r = 0; r < QUANTITY_COUNT; r++) {
        const struct quantity_info *other = &quantities[r];
        size_t len = strlen(info->name);
        if (other->kind != info->kind)
            continue;
        if (info->how == HOW_FIELD && other->how == HOW_RATE && other->field == info->field)
            return r;
        if (strncmp(other->name, info->name, len) == 0 &&
            (strcmp(other->name + len, "_slope") == 0 || strcmp(other->name + len, "_per_s") == 0))
            return r;
    }
    return -1;
}

static bool is_counter(enum quantity q) {
    const struct quantity_info *info = &quantities[q];
    return info->how == HOW_FIELD && fields[info->field].kind == KIND_COUNTER &&
           (info->kind != OBJECT_SERVER || side_of((enum entity)fields[info->field].entity) < 0);
}

int asking_call(const char *function, enum quantity q, enum unit *unit, char *refused, size_t size) {
    int row = growth_row(q);
    if (strcmp(function, "rate") != 0)
        snprintf(refused, size, "there is no %.40s(); rate() is one", function);
    else if (is_per_second(q))
        snprintf(refused, size, "%s is a rate already", quantities[q].name);
    else if (!is_counter(q) && row >= 0)
        snprintf(refused, size, "%s is no counter; %s says how fast it grows", quantities[q].name,
                 quantities[row].name);
    else if (!is_counter(q))
        snprintf(refused, size, "%s is no counter that a server tells, so it has no rate()",
                 quantities[q].name);
    else {
        *unit = row >= 0                           ? quantities[row].unit
                : quantities[q].unit == UNIT_BYTES ? UNIT_BYTES_PER_S
                                                   : UNIT_PER_S;
        return row >= 0 ? row : (int)q + QUANTITY_COUNT;
    }
    return -1;
}

static void note_figure(struct asking_names *names, int q) {
    if (!names->figure || (asking_is_number(q) && !asking_is_number(names->figure - 1)))
        names->figure = q + 1;
}

int asking_resolve(void *data, const char *function, const char *name, enum unit *unit) {
    struct asking_names *names = data;
    int q = quantity_by_name(names->kind, name);
    if (q < 0) {
        snprintf(names->unknown, sizeof names->unknown, "%s", name);
        return -1;
    }
    names->named++;
    if (!function)
        note_figure(names, q);
    names->dated |= (quantities[q].flags & QUANTITY_DATED) != 0;
    names->about_state |= (quantities[q].flags & QUANTITY_OURS) != 0;
    names->vanished |= q == Q_STREAM_vanished;
    names->shapes |= quantity_shapes((enum quantity)q);
    *unit = quantities[q].unit;
    return function ? asking_call(function, (enum quantity)q, unit, names->refused, sizeof names->refused)
                    : q;
}

static struct value value_of(const struct asking *asking, int id) {
    const struct object *object = asking->object;
    if (!is_growth(id))
        return quantity_get(asking->model, object, (enum quantity)id);
    const struct quantity_info *info = &quantities[id - QUANTITY_COUNT];
    if (!object || object->kind != info->kind)
        return value_unknown(0);
    return aged(object, rate_of_field(object, info->field));
}

static bool ages(int id) {
    return is_growth(id) || !(quantities[id].flags & (QUANTITY_KEY | QUANTITY_WHERE | QUANTITY_OURS));
}

static struct expr_value answer(const struct asking *asking, int id) {
    struct value v = value_of(asking, id);
    struct expr_value out = {EXPR_UNKNOWN, 0, NULL};
    if (asking->now && v.flags & VALUE_OLD && ages(id))
        return out;
    if (v.type == VALUE_TEXT)
        out = (struct expr_value){EXPR_TEXT, 0, v.text};
    else if (value_number(v, &out.number))
        out.type = v.type == VALUE_BOOL ? EXPR_BOOL : EXPR_NUMBER;
    return out;
}

struct expr_value asking_get(void *data, int id) {
    const struct asking *asking = data;
    struct asking_memo *memo = asking->memo;
    int at = id % ASKING_KEPT;
    if (!memo)
        return answer(asking, id);
    if (!(memo->filled & UINT64_C(1) << at) || memo->ids[at] != id) {
        memo->values[at] = answer(asking, id);
        memo->ids[at] = id;
        memo->filled |= UINT64_C(1) << at;
    }
    return memo->values[at];
}

/* All that is calculated and is a number has a unit. */
bool asking_is_number(int id) {
    const struct quantity_info *info = &quantities[is_growth(id) ? id - QUANTITY_COUNT : id];
    enum field_type type = info->how == HOW_FIELD ? (enum field_type)fields[info->field].type : TYPE_TEXT;
    return is_growth(id) || info->unit != UNIT_NONE || (type != TYPE_TEXT && type != TYPE_BOOL);
}

const char *asking_word(int id, int n) {
    return is_growth(id) ? NULL : quantity_word((enum quantity)id, n);
}
