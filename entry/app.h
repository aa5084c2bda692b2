/* The live screen: terminal, keys, feed and stage around one loop. Live dashboard and replay are the same but
 * for where bytes come from. Main process. */
#ifndef ENTRY_APP_H
#define ENTRY_APP_H

#include "base/loop.h"
#include "entry/feed.h"
#include "entry/line_history.h"
#include "entry/options.h"
#include "entry/plain.h"
#include "entry/settings.h"
#include "entry/stage.h"
#include "entry/supervisors.h"
#include "outward/alert_file.h"
#include "themes/theme.h"
#include "tui/keys.h"
#include "tui/screen.h"
#include "tui/zone.h"

struct app {
    const struct options *options; /* those in force, below */
    struct options in_force;
    struct config *config;       /* read again since the start, NULL before */
    char *changed[SETTINGS_MAX]; /* texts of settings that were changed here */
    bool only_ascii;             /* the terminal knows no more */
    struct loop *loop;
    struct model *model;
    struct feed *feed;
    struct supervisors *supervisors; /* NULL in replay */
    struct alert_file *alerts;       /* over restarts; NULL in replay */
    struct stage stage;
    struct hooks *hooks; /* NULL in replay, so is the log: what was is nobody's alarm */
    struct alert_log *log;
    enum alert_teller teller;
    uint64_t outward_read; /* changes of alerts that both were told */
    struct plain *plain;   /* lines: then screen and surface are NULL */
    struct screen *screen;
    struct theme theme;              /* the one that is shown */
    char previewed[THEME_NAME_SIZE]; /* instead, while it is typed; "" none */
    struct surface *surface;
    struct key_decoder keys;
    struct loop_source *tick, *key_timer, *paint_timer, *terminal_out, *stream_in;
    int in_fd, out_fd;              /* the terminal */
    enum action_id action;          /* the one being done */
    struct line_history history[3]; /* of commands, of filters, of what was asked for */
    enum alert_wish asked_wish;     /* what words are asked for */
    uint64_t asked_alert;           /* and of which alert */
    struct zone clicked;            /* for the second click */
    int64_t clicked_until_ns;
    uint64_t bell_read;                        /* changes of alerts, up to this one */
    int64_t bell_until_ns;                     /* it keeps quiet */
    bool paint_now, paint_soon, paint_rest;    /* rest: the last frame has not gone whole */
    int64_t painted_ns, started_ns, painted_s; /* painted_s: the second of UTC */
    uint64_t painted_samples;
    bool ticks;         /* a tick is due, or has steps left */
    int64_t tick_ns;    /* when the last one was due */
    bool put_off;       /* work, for the last frame */
    bool closing;       /* there is no screen any more, and there are no lines */
    char refusal[1400]; /* the collector's last word; ends the program */
    int code;
    int killed_by; /* the signal that the program dies of once all is put away; 0: none */
};

/* What the program itself does for rows of keys.def; context is the struct app. */
extern const struct action app_actions[];

/* A key that was typed: prompt, help, view, program, in this order. */
void app_key(struct app *app, uint32_t key);
/* Text from a clipboard: goes into a prompt, never to keys. A line that begins with a prompt's key was typed
 * ahead on a stalled line, or by a script. */
void app_paste(struct app *app, const struct paste *paste);
void app_mouse(struct app *app, const struct mouse *mouse);
/* "/" and ":", with the text that stands there already; any other label is a question. */
void app_open_prompt(struct app *app, const char *label, const char *text);
void app_prompt_key(struct app *app, uint32_t key);
/* Does what a row of keys.def names; false: there is nobody who does it here. */
bool app_act(struct app *app, enum action_id id);
void app_react(struct app *app, unsigned reaction);
/* Of the options, which were checked; what is wrong with the default's file is said on the stage. */
void app_find_theme(struct app *app);
enum screen_color app_color(const struct app *app);
/* `:theme NAME` shows it at once, `:theme` lists the names. What is wrong, until the next call; NULL:
 * nothing. */
const char *app_theme(struct app *app, const char *argument);
/* Shows this one while it is typed; "", or what is no theme's name: the one in force again. */
void app_preview_theme(struct app *app, const char *name);
/* What is wrong with ourselves, for a while on the screen. */
void app_note(struct app *app, const char *text);
/* After each tick, where there is a screen: bell and title. */
void app_bell(struct app *app);
/* Tells the supervisor what the open view and the rules want. */
void app_wants(struct app *app);

#define NO_STREAM "standard input holds no natsight stream: natsight collect URL | natsight replay -"

/* ---- alerts going out: app_outward.c ---- */
void app_open_outward(struct app *app);
/* The options in force are others now. */
void app_configure_outward(struct app *app);
/* After each tick. */
void app_outward_tick(struct app *app);
/* At the end of each turn: for about 2 ms what happened since; true: there is more. */
bool app_outward_work(struct app *app);
void app_close_outward(struct app *app);

/* ---- lines instead of a screen: app_lines.c ---- */
void app_open_lines(struct app *app);
/* The options in force are others now. */
void app_configure_lines(struct app *app);
/* After each tick. */
void app_lines(struct app *app);
/* The stream has ended: nothing more will change. */
void app_end_lines(struct app *app);

/* ---- alerts over restarts: app_alerts.c ---- */
/* Before the first tick; not in replay. */
void app_open_alerts(struct app *app, bool screen);
/* Before we are stopped: what happened is told, and another natsight may tell from now on. */
void app_yield_alerts(struct app *app);
/* After each tick. */
void app_tick_alerts(struct app *app);

/* One plain frame on standard output, for when that is no terminal. */
int headless_frame(const struct options *options, bool replay);

#endif
