/* A cut of the model: which entities and which of their quantities a document is to have.
 *
 * Names are "entity" or "entity.quantity", singular or plural: "servers", "consumer.lag". Which object it is
 * always comes along. No names: everything. An entity is a kind of objects; of connections there are two:
 * those that are open, and "closed". Lists are of what is no object of the model, and come whole. */
#ifndef VIEWS_CUT_H
#define VIEWS_CUT_H

#include "model/model.h"

enum { CUT_CLOSED = OBJECT_KIND_COUNT, CUT_PART_COUNT }; /* before: each kind is a part under its number */
struct cut_part {
    const char *name, *plural;
    enum object_kind kind;
    bool (*has)(const struct object *object); /* NULL: all of its kind */
};
struct cut_part cut_part(int part);

/* In a document and among tables the last ones. */
enum cut_list { CUT_ALERTS, CUT_EVENTS, CUT_LIST_COUNT };
const char *cut_list_plural(enum cut_list list);

struct cut {
    bool parts[CUT_PART_COUNT];
    bool quantities[QUANTITY_COUNT];
    bool lists[CUT_LIST_COUNT];
    /* The same as it was asked for, as tables have it; which object it is comes first. */
    int part_order[CUT_PART_COUNT];
    enum quantity quantity_order[QUANTITY_COUNT];
    int part_count, quantity_count;
};

/* false: message[] is one line with the nearest valid name, or all of them. */
bool cut_parse(struct cut *cut, const char *const *names, int count, char *message, size_t size);
/* Endpoint shapes behind what is named, as a bit mask of 1 << SHAPE_x. */
unsigned cut_shapes(const struct cut *cut);

#endif
