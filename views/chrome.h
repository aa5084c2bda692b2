/* The chrome: what is the same on every screen. Row 1, the verdict rows and the footer around a view's body.
 *
 * Where things stand depends on the size alone, so that nothing moves when something breaks. Called by the
 * program once a frame: chrome_layout() for the body, the view's draw into it, chrome_draw() for the rest.
 * Pure drawing, main process. */
#ifndef VIEWS_CHROME_H
#define VIEWS_CHROME_H

#include "tui/prompt.h"
#include "views/view.h"

enum chrome_mode { CHROME_LIVE, CHROME_PAUSED, CHROME_REPLAY, CHROME_SNAPSHOT };

/* All texts are borrowed during the call. */
struct chrome_context {
    const struct view_context *view_context;
    const struct view_ops *view;
    const void *view_state;
    enum chrome_mode mode;
    const char *label;       /* --label; NULL: the cluster's own name */
    enum role label_role;    /* ROLE_LABEL or one of its colours */
    const char *waiting_for; /* first URL: "waiting for the first answer from URL" */
    const char *note;        /* what is wrong with ourselves ("collector restarts, exit 1"), NULL */
    const char *message;     /* footer instead of hints, for 2 s; NULL */
    bool message_is_error;
    const struct prompt *prompt; /* footer while open; may be NULL */
    int64_t interval_ns;         /* cadence of /varz, 0 not shown */
    int64_t link_lag_ns;         /* how far the terminal is behind; shown above a second */
    int64_t behind_ns;           /* PAUSED: how far the picture is behind */
    unsigned contexts; /* CONTEXT_x that are valid: of their keys hints are given, after those of the views */
    bool covered;      /* something lies over the view, and its keys alone are of interest */
    bool last;         /* the picture that stays behind: no keys, nothing typed, no message */
};

/* The body of a screen of this size; {0} where there is room for one line only. */
struct rect chrome_layout(struct rect area);
/* Everything but the body. */
void chrome_draw(const struct chrome_context *c, struct surface *s, struct rect area);

#endif
