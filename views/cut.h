/* A cut of the model: which entities and which of their quantities a document is to have.
 *
 * Names are "entity" or "entity.quantity", singular or plural: "servers", "consumer.lag". Which object it is
 * always comes along. No names: everything. */
#ifndef VIEWS_CUT_H
#define VIEWS_CUT_H

#include "model/model.h"

struct cut {
    bool kinds[OBJECT_KIND_COUNT];
    bool quantities[QUANTITY_COUNT];
    bool events;
    /* The same as it was asked for, as tables have it; which object it is comes first. */
    enum object_kind kind_order[OBJECT_KIND_COUNT];
    enum quantity quantity_order[QUANTITY_COUNT];
    int kind_count, quantity_count;
};

/* false: message[] is one line with the nearest valid name, or all of them. */
bool cut_parse(struct cut *cut, const char *const *names, int count, char *message, size_t size);
/* Endpoint shapes behind what is named, as a bit mask of 1 << SHAPE_x. */
unsigned cut_shapes(const struct cut *cut);

#endif
