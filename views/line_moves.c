#include "views/line_moves.h"

#include <limits.h>

static unsigned move(void *call, long by) {
    struct view_call *c = call;
    ((struct line_moves *)c->state)->move(c->state, c->context, by);
    return REACT_DRAW;
}

static long page_of(void *call) {
    long page = ((struct line_moves *)((struct view_call *)call)->state)->page;
    return page > 1 ? page : 1;
}

unsigned line_down(void *call) {
    return move(call, 1);
}
unsigned line_up(void *call) {
    return move(call, -1);
}
unsigned line_page_down(void *call) {
    return move(call, page_of(call));
}
unsigned line_page_up(void *call) {
    return move(call, -page_of(call));
}
unsigned line_half_down(void *call) {
    return move(call, (page_of(call) + 1) / 2);
}
unsigned line_half_up(void *call) {
    return move(call, -(page_of(call) + 1) / 2);
}
unsigned line_home(void *call) {
    return move(call, LONG_MIN);
}
unsigned line_end(void *call) {
    return move(call, LONG_MAX);
}
