/* The stage: which view is open on which object, and one frame of it on a surface. The same for terminal,
 * snapshot and test.
 *
 * It owns the views' states, the way back, the filters and what is typed; it borrows the model. Nothing here
 * knows of terminals, descriptors or collectors. Main process. */
#ifndef ENTRY_STAGE_H
#define ENTRY_STAGE_H

#include "entry/completion.h"
#include "entry/options.h"
#include "entry/supervisors.h"
#include "views/chrome.h"
#include "views/help.h"
#include "views/view.h"

enum {
    STAGE_MAX_VIEWS = 32,
    STAGE_MAX_PLACES = 32,
    STAGE_MAX_TRAIL = 16384,
    STAGE_FILTER_SIZE = 256,
    STAGE_MESSAGE_SIZE = 300
};

struct place {
    int view;
    uint64_t object;
};

struct stage {
    struct model *live, *frozen; /* frozen: owned, while paused; NULL while it is still being copied */
    struct model_copying copying;
    struct model *unfrozen; /* is being freed */
    bool paused;
    void *states[STAGE_MAX_VIEWS];
    char filters[STAGE_MAX_VIEWS][STAGE_FILTER_SIZE];
    struct place here, previous;
    struct place back[STAGE_MAX_PLACES];
    int back_count;
    uint64_t *trail; /* of the list that the object of `here` was opened from, in its order of then */
    size_t trail_count;
    bool local_time, bits, faults_only, show_hidden;
    enum chrome_mode mode;
    const char *alerts_kept; /* for the view's context */
    const char *label, *waiting_for,
        *select; /* select: the server to open as soon as there is one of that name */
    enum role label_role;
    int64_t interval_ns;
    const struct options *options;
    void (*draw_settings)(const struct stage *stage, struct surface *s, struct rect area); /* the program's */
    struct prompt prompt;
    struct completion completion; /* of what is typed behind : */
    char message[STAGE_MESSAGE_SIZE];
    bool message_is_error;
    int64_t message_until_ns;
    char note[STAGE_MESSAGE_SIZE]; /* what is wrong with ourselves; "" nothing */
    int64_t note_until_ns;
    int64_t link_lag_ns; /* how far the terminal is behind */
    bool menu_open;      /* of the views */
    int menu_choice;
    bool settings_open;
    int settings_choice;
    bool help_open;
    char help_filter[64];
    int help_top;
    bool last;                        /* the frame that stays behind: no footer */
    const struct help_line *commands; /* for help: what may be typed after : */
};

/* false: message[] says which view there is not, or what is wrong with the filter. */
bool stage_init(struct stage *stage, struct model *model, const struct options *options,
                enum chrome_mode mode, char *message, size_t size);
/* Takes what can change while it is shown: label, time zone, units, columns. The options must outlive it. */
void stage_configure(struct stage *stage, const struct options *options);
void stage_finish(struct stage *stage);

const struct model *stage_model(const struct stage *stage); /* what is shown: the frozen one while paused */
const struct view_ops *stage_view(const struct stage *stage);
/* Id of the server of that name, 0 when there is none. */
uint64_t stage_server_named(const struct model *model, const char *name);

/* One frame: arranges the view and draws everything. */
void stage_frame(struct stage *stage, struct surface *surface, int64_t mono_ns);
/* Shapes to ask for, and how to sort the full page of connections (NULL: as it likes). */
unsigned stage_wants(const struct stage *stage, const char **sort);

/* What the view asks about one connection; false: nothing. */
bool stage_question(const struct stage *stage, struct question *out);

void stage_go(struct stage *stage, const struct view_ops *view, uint64_t object);
/* The rows among which the object of the place was chosen; NULL: none, unless it is one of those before. */
void stage_trail(struct stage *stage, const struct table *from);
/* The filter of the view that is open, from now on. */
void stage_filter(struct stage *stage, const char *filter);
bool stage_go_back(struct stage *stage); /* false: this was the first place */
void stage_go_previous(struct stage *stage);
/* What that takes is done in slices. Until the copy is whole the live model is shown, and must stand still.
 */
void stage_pause(struct stage *stage, bool pause);
/* About 2 ms of it; false when there was nothing to do. */
bool stage_work(struct stage *stage);
bool stage_stands_still(const struct stage *stage); /* the live model must */
void stage_pause_finish(struct stage *stage);       /* of stage_finish() */
/* The last line that help can begin with on a screen of this size. */
int stage_help_most(const struct stage *stage, struct rect screen);
/* For 2 s in the footer. */
void stage_say(struct stage *stage, int64_t mono_ns, bool error, const char *text);
/* CONTEXT_x whose keys are valid now, a prompt left aside. */
unsigned stage_contexts(const struct stage *stage);
/* What the view does for this row of keys.def; returns its reaction, REACT_PASS when it does nothing. */
unsigned stage_act(struct stage *stage, enum action_id id, int64_t mono_ns, struct view_request *request);

#endif
