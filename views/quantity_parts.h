/* Inside lists of objects: quantity_table.c arranges and draws them, quantity_cells.c answers what the table
 * widget asks of their rows. */
#ifndef VIEWS_QUANTITY_PARTS_H
#define VIEWS_QUANTITY_PARTS_H

#include "views/quantity_table.h"

struct list_data { /* lives as long as the source that is made of it */
    const struct quantity_list *list;
    bool ascii;
    bool sorting; /* else it is drawn */
    struct value
        *names; /* sorting: of the rows that were in equal places, key_count each; unknown: not asked */
};

struct table_source list_source(struct list_data *data);
/* Where severity puts it: larger comes first. */
int list_rank(const struct model *model, const struct object *object, int severity);
/* The text of a column's value in so many columns, 0: the whole. */
void list_value_text(const struct quantity_list *list, const struct object *object,
                     const struct quantity_column *column, char *out, size_t size, int width);
/* Columns that the shortest form needs of why there is nothing new of it; 0: there is, or nobody knows. */
int list_reason_width(const struct model *model, const struct object *object);
/* Rates and totals: who comes first has the first's place where room is short. */
void list_place_totals(struct quantity_list *list);
/* The account of a stream or a consumer. */
bool list_is_account(enum quantity q);
/* A server that is not up: what it said last is of no use. */
bool list_server_is_away(const struct model *model, const struct object *object);

#endif
