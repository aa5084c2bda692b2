/* Connections that have something in common, as one row with sums.
 *
 * A group is an object like others, of kind GROUP, so that lists sort and filter it; but it is made for a
 * list and belongs to it, it is no thing of the model. Its sums follow from rows of quantities.def: SUM(of),
 * MOST(of). What is not known of some members makes a sum a lower bound, and so do members as last seen, on a
 * server that does not answer, beside live ones: these are not in it, since their clients may be the live
 * ones. Where none lives it is what was seen last, and old. Main process. */
#ifndef MODEL_GROUPS_H
#define MODEL_GROUPS_H

#include "base/text.h"
#include "model/model.h"

struct group_key {
    enum quantity by; /* one with QUANTITY_GROUP */
    bool known;       /* false: those of whom that is not known */
    char text[TEXT_MAX_BYTES + 1];
};

struct groups { /* zeroed before the first use */
    const struct object **all;
    size_t count, cap;
};

/* Of these members, which live until the model's next change as they do. A group keeps its id as long as its
 * key is the same. partial: there are more members than these, so that each sum is a lower bound. */
void groups_make(struct groups *groups, const struct model *model, enum quantity by,
                 const struct object *const *members, size_t count, bool partial);
void groups_free(struct groups *groups);

/* What its members have in common. */
const struct group_key *group_key(const struct object *group);
bool group_has(const struct group_key *key, const struct model *model, const struct object *member);
/* "name", "account": what there is to group by; false: there is no n-th. */
bool group_by_at(int n, enum quantity *out);

/* ---- inside the model ---- */
struct value group_total(const struct object *group, enum quantity q);
enum severity group_severity(const struct object *group);

#endif
