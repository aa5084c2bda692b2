/* Inside the view Connections: which lists it has (connection_lists.c), what its title says
 * (connections_title.c), and what its keys do (connections.c).
 *
 * Three lists of connections, open, closed or both, of which one is there; over it, when asked for, groups of
 * what it lists, and within a group the same again. Main process. */
#ifndef VIEWS_CONNECTIONS_H
#define VIEWS_CONNECTIONS_H

#include "views/quantity_table.h"
#include "views/view.h"

enum connection_list {
    CONNECTIONS_OPEN,
    CONNECTIONS_CLOSED,
    CONNECTIONS_BOTH,
    CONNECTIONS_LISTINGS, /* so many lists of connections */
    CONNECTIONS_GROUPED = CONNECTIONS_LISTINGS,
    CONNECTIONS_LISTS
};

extern const struct connection_list_info {
    enum object_kind kind;
    enum quantity then; /* sorted by severity, then by this one */
    bool open, closed;  /* has these */
    const char *empty;
    const char *say; /* what is listed from now on */
} connection_lists[CONNECTIONS_LISTS];
extern const struct view_list_row connection_list_rows[CONNECTIONS_LISTS + 1]; /* in the same order */

/* How many of all there are rows of. Pages come one by one and count at different moments: what is said
 * follows them slowly, else it would jump at each. */
struct cover {
    uint64_t rows, total;
    int64_t mono_ns;       /* when these were true, 0 never */
    int64_t whole_mono_ns; /* last time that all had rows, 0 never */
};
void cover_follow(struct cover *cover, const struct view_context *context);

enum { CONNECTIONS_DEPTH = 8, CONNECTIONS_FILTER = 256, CONNECTIONS_BELOW = 2 * CONNECTIONS_FILTER };

/* Groups over connections: what was in force before, for the way back. */
struct group_layer {
    enum quantity by;
    char below[CONNECTIONS_FILTER];  /* the filter of the connections that are grouped */
    char above[CONNECTIONS_FILTER];  /* the filter of the groups */
    char within[CONNECTIONS_FILTER]; /* the filter in the group that was entered */
};

struct connections {
    struct list_view list;
    struct quantity_list lists[CONNECTIONS_LISTS];
    enum connection_list shown; /* of the listings */
    bool grouped;               /* by layers[depth] */
    int depth;                  /* groups that we are in */
    struct group_key inside[CONNECTIONS_DEPTH];
    struct group_layer layers[CONNECTIONS_DEPTH + 1];
    uint64_t inside_number;         /* another one for each way in */
    char below[CONNECTIONS_BELOW];  /* filter of the members of groups, as arranged */
    char typed[CONNECTIONS_FILTER]; /* the filter that was looked at last */
    bool typed_below;               /* it is one of connections, none of groups */
    struct groups groups;
    const struct object **members; /* what they are made of */
    size_t member_cap;
    struct groups_of {
        const struct quantity_list *list;
        uint64_t collected;
        enum quantity by;
        bool partial;
    } groups_of;
    uint64_t groups_made;    /* how often */
    int64_t closed_since_ns; /* when the first of them was */
    size_t closed;           /* connections of which we know that they are; counted where they are listed */
    uint64_t closed_missed;  /* at least so many are not among them */
    bool closed_at_bound;    /* older ones were let go */
    unsigned columns_chosen[CONNECTIONS_LISTINGS]; /* how often, when the others followed last */
    uint64_t chosen;                               /* selected by hand in a listing before this one; 0 none */
    struct cover cover;
};

static inline const struct quantity_list *connections_listed(const struct connections *c) {
    return &c->lists[c->shown];
}

/* "1,024 open by name: 312   per second   every 8.0s on n2: stretched: 5 % bound" */
void connections_title(const struct connections *c, const struct view_context *context, char *out,
                       size_t size);
/* By what a page that is too large for us is to be chosen: the column on the screen, where the server can
 * sort by it. */
const char *connections_page_sort(const struct connections *c);

#endif
