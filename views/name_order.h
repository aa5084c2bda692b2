/* The place of each object of a kind in the order of their names, kept while none comes or goes.
 *
 * Thousands of consumers have the same lag, 0: what decides then is their names, which are far apart in
 * memory and do not change. Owned by a list. Main process. */
#ifndef VIEWS_NAME_ORDER_H
#define VIEWS_NAME_ORDER_H

#include "model/model.h"

struct name_order {
    uint64_t members; /* of the model, when we looked last; 0: not yet */
    uint32_t *places; /* by place in model_objects(); NULL: these members are new */
    size_t count;     /* of them */
};

/* Whether `places` holds for what model_objects() says now. It does at the first look, and else from the
 * second one on at the same objects, so that nothing is put in order that changes with each answer; never
 * where names are not the objects' own and may change under them. `keys`: what names them. */
bool name_order_look(struct name_order *order, const struct model *model, enum object_kind kind,
                     const enum quantity *keys, int key_count);
void name_order_finish(struct name_order *order);

#endif
