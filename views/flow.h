/* Names and values written from left to right and from line to line, whole pieces only; and lines of facts
 * about an object made of that. Pure drawing, main process. */
#ifndef VIEWS_FLOW_H
#define VIEWS_FLOW_H

#include "views/view.h"

struct flow {
    struct surface *s; /* NULL: only counts lines */
    struct rect area;
    int x, y;
};

struct flow flow_in(struct surface *s, struct rect area);
/* What does not fit the last line any more is left out. */
void flow_put(struct flow *f, enum role name_role, const char *name, enum role role, const char *text);
/* Lines in use. */
int flow_lines(const struct flow *f);

/* A quantity and what it is called here; a table of them has `count` rows. */
struct fact {
    enum quantity quantity;
    const char *name;
};
void facts_put(struct flow *f, const struct view_context *context, const struct object *object,
               const struct fact *facts, int count);
/* What is unknown has no place; text that is longer than a line takes several, up to the last. Returns the
 * lines. */
int facts_draw(const struct view_context *context, const struct object *object, const struct fact *facts,
               int count, struct surface *s, struct rect area);

#endif
