/* A view: one screen, one file, one exported object.
 *
 * Slots are called by the program (entry/), in this order: init once; then for every frame arrange (may
 * change the view's own state: sort, clamp, scroll) and draw (changes nothing). Views get the model through
 * const, never call curses, never do I/O, and learn about keys through their action table. State is private:
 * the program allocates state_size zeroed bytes. Main process. */
#ifndef VIEWS_VIEW_H
#define VIEWS_VIEW_H

#include "model/model.h"
#include "tui/chart.h"
#include "tui/surface.h"
#include "views/action.h"

/* What holds for the whole screen; owned by the program. */
struct view_context {
    const struct model *model; /* live, or the frozen one while paused */
    int64_t utc_ns, mono_ns;   /* of the model's last tick; of this frame */
    bool local_time;           /* L */
    bool bits;                 /* u: bytes as bits per second */
    bool faults_only;          /* f */
    const char *alerts_kept;   /* over restarts: "only read", "kept by ...", "not kept"; NULL, "": they are */
    bool show_hidden;          /* i: what is hidden as internal or idle */
    uint64_t object;           /* the object of a detail view, 0 elsewhere */
    const char *filter;        /* as typed, "" none: the program's prompt edits it, the view applies it */
    const uint64_t *trail;     /* ids of the list that the object was opened from, in its order of then */
    size_t trail_count;        /* 0: it was opened from none */
};

struct table;

/* What becomes of the subject that is watched: model/model.h. */
enum interest_wish { INTEREST_STAYS, INTEREST_GO_ON, INTEREST_END };

/* What a person wants with an alert: say who is on it, take that back; silence its object, or end that. */
enum alert_wish { ALERT_STAYS, ALERT_ACK, ALERT_UNACK, ALERT_SILENCE, ALERT_UNSILENCE };

/* What a handler or a view asks the program to do next. */
struct view_request {
    const char *view;         /* go there; NULL: stay */
    uint64_t object;          /* with this object */
    const char *filter;       /* with this one there, or here; NULL: as it is */
    const struct table *from; /* the rows that it was chosen among; NULL none */
    enum interest_wish interest;
    bool sample_end; /* the traffic is to be looked at no more */
    enum alert_wish alert_wish;
    uint64_t alert;   /* its number */
    const char *copy; /* put this text where the user can take it (the `nats` command of `y`); NULL nothing */
    const char *say;  /* for a moment in the footer; NULL nothing */
    char text[256];   /* storage for one of these */
};

struct view_call { /* context of every view action */
    void *state;
    const struct view_context *context;
    struct view_request *request;
};

/* What a view wants to know of one connection: its subscriptions. */
struct view_question {
    uint64_t connection; /* id, 0 none */
};

struct quantity_column;

/* A list of a view, whose columns can be chosen and configured. */
struct view_list_row { /* a table of them ends with a name of NULL */
    const char *name;  /* "consumers" */
    size_t offset;     /* of its struct quantity_list in the state */
    const struct quantity_column *columns;
    int column_count;
};

struct view_ops {
    const char *name;  /* "overview": --view, :overview */
    const char *title; /* "Overview" */
    const char *help;  /* one sentence */
    size_t state_size;
    void (*init)(void *state);
    void (*finish)(void *state);
    unsigned shapes; /* 1 << SHAPE_x that it needs beyond what is always polled; 0: it looks at what is going
                        on, so what the place before it needs goes on being asked */
    enum shape
        dated_by; /* its numbers come from that, beside /varz: row 1 says how old they are; 0: from /varz */
    /* By what CONNZ_FULL is to be chosen where it is too large for us; the slot or the answer may be NULL. */
    const char *(*page_sort)(const void *state);
    /* What it asks about beyond shapes, again and again while it is open; *out is zeroed. May be NULL. */
    void (*question)(const void *state, const struct view_context *context, struct view_question *out);
    unsigned slopes; /* shapes whose answers it draws slopes from: a slope needs three of them */
    void (*arrange)(void *state, const struct view_context *context, struct rect area);
    void (*draw)(const void *state, const struct view_context *context, struct surface *s, struct rect area);
    /* For row 1 behind the view's name; NULL: its filter. */
    void (*status)(const void *state, const struct view_context *context, char *out, size_t size);
    /* The filter's fault, NULL when it is fine: shown behind the prompt while it is typed. May be NULL: the
     * view has no filter. */
    const char *(*check_filter)(void *state, const char *filter);
    /* Takes what was typed behind its name in the command line, "" nothing; says what is wrong with that,
     * NULL when it is fine. NULL: the view takes none, or an object. */
    const char *(*take)(void *state, const char *text);
    struct table *(*table)(
        void *state);             /* for the mouse, where it is no list of objects; NULL: it has lists */
    const struct action *actions; /* what it does for the rows of its contexts; run() gets struct view_call *.
                                     A row of Everywhere may stand here, too: then it is asked first */
    const struct view_list_row *lists; /* NULL: none */
    const char *hidden;                /* what of them is hidden at first; NULL: idle and internal ones */
    unsigned contexts;                 /* CONTEXT_x that are valid in it, beside Everywhere and Always */
};

/* views.def, in order. */
extern const struct view_ops *const views[];
extern const int view_count;

struct view_list {
    const struct view_ops *view;
    int view_index;
    struct view_list_row row;
};
/* The lists of all views, in the order of views.def; false: there are not so many. */
bool view_list_at(int index, struct view_list *out);

/* NULL when there is none; a prefix that fits one view only is enough. */
const struct view_ops *view_by_name(const char *name);
/* The row of keys.def that opens it. */
enum action_id view_action(const struct view_ops *view);

#endif
