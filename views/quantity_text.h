/* Quantities as texts: what cells, sentences and commands are made of. Pure, main process. */
#ifndef VIEWS_QUANTITY_TEXT_H
#define VIEWS_QUANTITY_TEXT_H

#include "base/clock.h"
#include "views/view.h"

/* The value as a table shows it, "~" behind what is estimated or stale; what a thing was made as (a name, a
 * version) does not grow old. Numbers take at most `width` columns, the mark at the cost of a decimal.
 * Instants in the context's time zone, bytes per second in its unit. */
void quantity_text(char *out, size_t size, const struct view_context *context, const struct object *object,
                   enum quantity q, int width);
/* The same with its unit before the mark: "187k/s~"; what is unknown has none. */
void quantity_text_unit(char *out, size_t size, const struct view_context *context,
                        const struct object *object, enum quantity q, int width, const char *unit);
/* A number of that quantity that is not the object's own (a median, a scale). */
void quantity_number(char *out, size_t size, const struct view_context *context, enum quantity q,
                     double number);
/* Numbers stand on the right of their column. */
bool quantity_on_right(enum quantity q);
/* The text of a quantity, "" when it is none or unknown. */
const char *quantity_name_text(const struct model *model, const struct object *object, enum quantity q);
/* false when unknown. */
bool quantity_value(const struct model *model, const struct object *object, enum quantity q, double *out);
/* The `nats` command that continues at this object; "" when there is none. Names are quoted for a shell. */
void quantity_command(char *out, size_t size, const struct model *model, const struct object *object);

/* An age: "0.6s", "9.5s", "38s", "10m05s". In steps that let it stand still on the screen, whatever it was
 * measured in. */
void age_format(char out[TIME_TEXT_SIZE], int64_t ns);

#endif
