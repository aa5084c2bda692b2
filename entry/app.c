#include "entry/app.h"

#include <errno.h>
#include <fcntl.h>
#include <langinfo.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "entry/command.h"
#include "entry/command_line.h"
#include "entry/config.h"
#include "entry/crash.h"
#include "entry/layers.h"
#include "entry/settings_live.h"
#include "tui/screen_term.h"

#define FIRST_NS    (3 * NS_PER_S) /* so long everything is painted as it comes */
#define FIRST_GAP   (30 * NS_PER_MS)
#define FALLBACK_NS (8 * NS_PER_S)     /* longer than what follows a key */
#define DATA_GAP    (200 * NS_PER_MS)  /* then once a second, as the clock that is shown */
#define STOOD_NS    (2500 * NS_PER_MS) /* between two ticks: we were stopped, or got no turn */
#define READS_NS    (1500 * NS_PER_MS) /* after that: what was said meanwhile, and a round of /varz */

/* ---- painting ---- */

static void lost_terminal(struct app *app) {
    app->code = 1;
    loop_stop(app->loop, 1);
}

static void paint(struct app *app, enum screen_haste haste) {
    int64_t now = clock_mono_ns();
    int cols, rows;
    screen_size(app->screen, &cols, &rows);
    if (cols != app->surface->cols || rows != app->surface->rows) {
        surface_resize(app->surface, cols, rows);
        screen_repaint(app->screen);
    }
    app->stage.link_lag_ns = screen_link(app->screen).lag_ns;
    stage_frame(&app->stage, app->surface, now);
    screen_ask_mouse(app->screen, app->options->mouse);
    app->paint_now = app->paint_soon = false;
    app->painted_ns = now;
    app->painted_s = clock_wall_ns() / NS_PER_S;
    app->painted_samples = feed_samples(app->feed);
    app->paint_rest = !screen_draw(app->screen, app->surface, haste);
    if (screen_flush(app->screen) < 0)
        lost_terminal(app);
    loop_fd_want(app->terminal_out, screen_waiting(app->screen) ? LOOP_OUT : 0);
}

/* What is left of a slow link's frame goes as soon as it can, with the newest of what is urgent. true: there
 * was a frame. */
static bool paint_when_due(struct app *app) {
    if (app->screen == NULL)
        return false;
    int64_t now = clock_mono_ns(), gap = now - app->started_ns < FIRST_NS ? FIRST_GAP : DATA_GAP;
    int64_t soon = app->paint_soon ? app->painted_ns + gap : INT64_MAX;
    enum screen_haste haste = app->paint_now ? SCREEN_KEY : SCREEN_DATA;
    bool due = app->paint_now || app->paint_rest || now >= soon;
    bool ready = due && screen_ready(app->screen, haste);
    if (ready)
        paint(app, haste);
    bool waits = ready ? app->paint_rest : due;
    int64_t next = waits ? screen_next_ns(app->screen, haste) : due ? INT64_MAX : soon;
    loop_timer_set(app->paint_timer, next);
    return ready;
}

/* Only ends the wait: painting is for the end of the turn. */
static void on_paint_time(struct loop *loop, void *data) {
    (void)loop, (void)data;
}

/* Whoever waits for a tick has what is new. */
static void tick_is_over(struct app *app) {
    int64_t wall = clock_wall_ns(), now = clock_mono_ns();
    if (app->plain != NULL)
        app_lines(app);
    else
        app_bell(app);
    app_wants(app);
    app_tick_alerts(app);
    app_outward_tick(app);
    app->paint_soon |= wall / NS_PER_S != app->painted_s || now - app->started_ns < FIRST_NS;
}

/* One step; false: there is none to make now. */
static bool tick_step(struct app *app) {
    if (!app->ticks || stage_stands_still(&app->stage))
        return false;
    app->ticks = feed_tick_step(app->feed);
    if (!app->ticks)
        tick_is_over(app);
    return true;
}

/* Ticks fall on the seconds of the clock that is shown: it is never older than it must be. Who was stopped
 * has heard nobody, which is nobody's silence: he listens first. */
static void on_tick(struct loop *loop, void *data) {
    (void)loop;
    struct app *app = data;
    int64_t step = FEED_TICK_MS * NS_PER_MS, now = clock_mono_ns(), before = app->tick_ns;
    app->tick_ns = now;
    if (before != 0 && now - before > STOOD_NS) {
        loop_timer_set(app->tick, now + READS_NS);
        return;
    }
    loop_timer_set(app->tick, now + step - clock_wall_ns() % step);
    app->ticks = true;
}

static void on_first_paints(struct app *app) {
    if (feed_samples(app->feed) != app->painted_samples && clock_mono_ns() - app->started_ns < FIRST_NS) {
        if (feed_samples(app->feed) == 1 || app->painted_samples == 0)
            app->paint_now = true;
        app->paint_soon = true;
        feed_tick(app->feed);
    }
}

/* What the frozen copy takes; once that is there it is what is shown. */
static bool pause_work(struct app *app) {
    bool stood = stage_stands_still(&app->stage), any = stage_work(&app->stage);
    bool stands = stage_stands_still(&app->stage);
    feed_hold(app->feed, stands);
    app->paint_now |= stood && !stands;
    return any;
}

/* Some ms of what there is to do; true: there may be more. */
static bool work(struct app *app) {
    if (tick_step(app))
        return true;
    bool copied = pause_work(app), fed = feed_work(app->feed);
    if (fed)
        on_first_paints(app);
    return app_outward_work(app) || fed || copied;
}

/* Between two looks for keys there is either a frame or some work, so that who waits for the one does not
 * wait for the other as well; but frames never put it off for longer than one turn. */
static void on_turn_end(struct loop *loop, void *data) {
    struct app *app = data;
    app->put_off = paint_when_due(app) && !app->put_off;
    if (app->put_off || work(app))
        loop_again(loop);
}

/* ---- the stream ---- */

static void take(struct app *app, int pipe, const char *bytes, size_t len) {
    feed_bytes(app->feed, pipe, bytes, len);
    on_first_paints(app);
}

static void on_bytes(void *data, enum way way, const char *bytes, size_t len) {
    take(data, (int)way, bytes, len);
}

static void on_restart(void *data, enum way way) {
    feed_restart(((struct app *)data)->feed, (int)way);
}

static void on_gone(void *data, enum way way) {
    feed_gone(((struct app *)data)->feed, (int)way);
}

void app_note(struct app *app, const char *text) {
    snprintf(app->stage.note, sizeof app->stage.note, "%s", text);
    app->stage.note_until_ns = clock_mono_ns() + 10 * NS_PER_S;
    app->paint_now = true;
}

static void on_event(void *data, const char *text) {
    struct app *app = data;
    feed_event(app->feed, text);
    app_note(app, text);
}

static void on_refusal(void *data, const char *text) {
    struct app *app = data;
    snprintf(app->refusal, sizeof app->refusal, "%s", text);
    app->code = EXIT_USAGE;
    loop_stop(app->loop, EXIT_USAGE);
}

static const struct supervisor_handler supervisor_handler = {on_bytes, on_restart, on_gone, on_event,
                                                             on_refusal};

static void on_stream(struct loop *loop, int fd, unsigned events, void *data) {
    (void)loop, (void)events;
    static char bytes[64 << 10];
    struct app *app = data;
    ssize_t n = read(fd, bytes, sizeof bytes); /* once a turn: the pipe may block */
    if (n > 0) {
        take(app, 0, bytes, (size_t)n);
        return;
    }
    if (n < 0 && (errno == EINTR || errno == EAGAIN))
        return;
    loop_remove(app->stream_in);
    app->stream_in = NULL;
    if (!feed_began(app->feed)) {
        snprintf(app->refusal, sizeof app->refusal, "natsight: %s\n", NO_STREAM);
        app->code = 1;
        loop_stop(app->loop, 1);
        return;
    }
    feed_restart(app->feed, 0);
    feed_event(app->feed, "the stream ended");
    app_note(app, "the stream ended: what is shown is the last that came");
    if (app->plain != NULL)
        app_end_lines(app);
}

/* ---- the terminal ---- */

static void got_key(void *data, uint32_t key) {
    app_key(data, key);
}

static void got_report(void *data, const struct key_report *report) {
    struct app *app = data;
    if (report->type == REPORT_ANSWER)
        screen_answer(app->screen);
    else if (report->type == REPORT_PASTE)
        app_paste(app, &report->paste);
    else
        app_mouse(app, &report->mouse);
}

static const struct key_handler key_handler = {got_key, got_report};

static void on_key_timeout(struct loop *loop, void *data) {
    (void)loop;
    struct app *app = data;
    key_decoder_timeout(&app->keys, clock_mono_ns());
    loop_timer_set(app->key_timer, app->keys.deadline_ns);
}

static void on_terminal_in(struct loop *loop, int fd, unsigned events, void *data) {
    (void)loop;
    char bytes[4096];
    struct app *app = data;
    ssize_t n = read(fd, bytes, sizeof bytes);
    if (n == 0 || (n < 0 && errno != EINTR && errno != EAGAIN)) {
        lost_terminal(app);
        return;
    }
    if (n > 0)
        key_decoder_feed(&app->keys, bytes, (size_t)n, clock_mono_ns());
    loop_timer_set(app->key_timer, app->keys.deadline_ns);
    if ((events & LOOP_HUP) && n <= 0)
        lost_terminal(app);
}

static void on_terminal_out(struct loop *loop, int fd, unsigned events, void *data) {
    (void)loop, (void)fd;
    struct app *app = data;
    if ((events & LOOP_HUP) && !(events & LOOP_OUT)) {
        lost_terminal(app);
        return;
    }
    int left = screen_flush(app->screen);
    if (left < 0)
        lost_terminal(app);
    else if (left == 1)
        loop_fd_want(app->terminal_out, 0);
}

static void on_end_signal(struct loop *loop, int number, void *data) {
    (void)number;
    struct app *app = data;
    app->code = 0;
    loop_stop(loop, 0);
}

static void on_deadly_signal(struct loop *loop, int number, void *data) {
    ((struct app *)data)->killed_by = number;
    on_end_signal(loop, number, data);
}

/* Also when the size is the same again: what was cut off meanwhile is lost. */
static void on_resize(struct loop *loop, int number, void *data) {
    (void)loop, (void)number;
    struct app *app = data;
    screen_repaint(app->screen);
    app->paint_now = true;
}

/* The whole job stops, as the shell expects of Ctrl-Z: also whoever feeds us through a pipe. Where there is
 * no screen the terminal has stopped them as well. */
static void on_stop_signal(struct loop *loop, int number, void *data) {
    (void)loop;
    struct app *app = data;
    struct sigaction stop = {.sa_handler = SIG_DFL}, before;
    supervisors_hold_sampling(app->supervisors, true);
    if (app->screen != NULL)
        screen_suspend(app->screen);
    app_yield_alerts(app);
    sigaction(number, &stop, &before);
    kill(app->screen != NULL ? 0 : getpid(), number);
    sigaction(number, &before, NULL);
    supervisors_hold_sampling(app->supervisors, false);
    if (app->screen == NULL)
        return;
    screen_resume(app->screen);
    app->paint_now = true;
}

/* Whoever is not to be stopped was started so. */
static bool is_ignored(int number) {
    struct sigaction now;
    return sigaction(number, NULL, &now) == 0 && now.sa_handler == SIG_IGN;
}

/* Somebody stopped us without asking, and meanwhile a shell may have had the terminal. */
static void on_continue_signal(struct loop *loop, int number, void *data) {
    (void)loop, (void)number;
    struct app *app = data;
    screen_continue(app->screen);
    app->paint_now = true;
}

static void on_reload_signal(struct loop *loop, int number, void *data) {
    (void)loop, (void)number;
    settings_reload(data);
}

/* From the first byte to the terminal until somebody listens, what would end us waits; what a fault raises,
 * or the terminal that is another job's, does not. */
static void hold_signals(bool hold) {
    static const int at_once[] = {SIGSEGV, SIGBUS, SIGFPE,  SIGILL, SIGABRT,
                                  SIGTRAP, SIGSYS, SIGTTIN, SIGTTOU};
    sigset_t set;
    sigfillset(&set);
    for (size_t i = 0; i < sizeof at_once / sizeof *at_once; i++)
        sigdelset(&set, at_once[i]);
    sigprocmask(hold ? SIG_BLOCK : SIG_UNBLOCK, &set, NULL);
}

static void watch_signals(struct app *app) {
    static const struct {
        int number;
        loop_signal_fn *fn;
    } ends[] = {
        {SIGINT, on_end_signal},       {SIGTERM, on_end_signal},    {SIGHUP, on_end_signal},
        {SIGQUIT, on_end_signal},      {SIGUSR2, on_deadly_signal}, {SIGALRM, on_deadly_signal},
        {SIGVTALRM, on_deadly_signal}, {SIGPROF, on_deadly_signal}, {SIGXCPU, on_deadly_signal},
        {SIGXFSZ, on_deadly_signal},   {SIGIO, on_deadly_signal},   {SIGPWR, on_deadly_signal},
        {SIGSTKFLT, on_deadly_signal},
    };
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
        loop_add_signal(app->loop, ends[i].number, ends[i].fn, app);
    for (int number = SIGRTMIN; number <= SIGRTMAX; number++)
        loop_add_signal(app->loop, number, on_deadly_signal, app);
    loop_add_signal(app->loop, SIGUSR1, on_reload_signal, app);
    if (app->screen != NULL || !is_ignored(SIGTSTP))
        loop_add_signal(app->loop, SIGTSTP, on_stop_signal, app);
    if (app->screen == NULL)
        return;
    loop_add_signal(app->loop, SIGWINCH, on_resize, app);
    loop_add_signal(app->loop, SIGCONT, on_continue_signal, app);
}

/* The character set of the terminal: what LANG says, else UTF-8 for the characters alone. true: ASCII only.
 */
static bool set_locale(void) {
    bool named = false;
    const char *const names[] = {"LC_ALL", "LC_CTYPE", "LANG"};
    for (int i = 0; i < 3; i++) {
        const char *value = getenv(names[i]);
        named |= value != NULL && value[0] != '\0';
    }
    if (setlocale(LC_CTYPE, "") == NULL || !named)
        setlocale(LC_CTYPE, "C.UTF-8");
    bool utf8 = strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
    if (!utf8)
        setlocale(LC_CTYPE, "C.UTF-8"); /* ncurses then measures characters; none beyond ASCII is sent */
    return !utf8;
}

/* Where it is the wrong one, somebody can mend that. */
static void say_fallback(struct app *app, const char *term, const char *drawn_as) {
    char text[STAGE_MESSAGE_SIZE];
    if (term == NULL || strcmp(drawn_as, term) == 0)
        return;
    snprintf(text, sizeof text, "TERM=%s is not known here: drawing as %s", options_typed(term), drawn_as);
    stage_say(&app->stage, app->started_ns + FALLBACK_NS, false, text);
}

static bool open_terminal(struct app *app, char *message, size_t size) {
    struct screen_options options = {.in_fd = app->in_fd,
                                     .out_fd = app->out_fd,
                                     .term = getenv("TERM"),
                                     .color = app_color(app),
                                     .max_rate = app->options->max_rate};
    const char *drawn_as = screen_term(options.term);
    app->screen = screen_open(&options, message, size);
    if (app->screen == NULL)
        return false;
    say_fallback(app, options.term, drawn_as);
    app_find_theme(app);
    screen_set_theme(app->screen, &app->theme);
    int cols, rows;
    screen_size(app->screen, &cols, &rows);
    app->surface = surface_create(cols, rows);
    app->surface->ascii = app->only_ascii || app->options->ascii;
    key_decoder_init(&app->keys, &key_handler, app);
    app->key_timer = loop_add_timer(app->loop, INT64_MAX, on_key_timeout, app);
    app->paint_timer = loop_add_timer(app->loop, INT64_MAX, on_paint_time, app);
    loop_add_fd(app->loop, app->in_fd, LOOP_IN, on_terminal_in, app);
    int out = app->in_fd == app->out_fd ? fcntl(app->out_fd, F_DUPFD_CLOEXEC, 3) : app->out_fd;
    app->terminal_out = loop_add_fd(app->loop, out, 0, on_terminal_out, app);
    return true;
}

/* ---- life ---- */

static bool refuse(struct app *app, int code, const char *why) {
    fprintf(stderr, "natsight: %s\n", why);
    app->code = code;
    return false;
}

static bool open_model(struct app *app, bool replay) {
    const struct options *o = app->options;
    char message[300];
    struct model_options model_options = {.label = o->label,
                                          .expect = (int)o->expect,
                                          .hold_scale =
                                              o->hold_scale != NULL ? strtod(o->hold_scale, NULL) : 0};
    app->model = model_create(&model_options);
    config_watch(o->config, app->model);
    if (!stage_init(&app->stage, app->model, o, replay ? CHROME_REPLAY : CHROME_LIVE, message,
                    sizeof message))
        return refuse(app, EXIT_USAGE, message);
    app->stage.commands = command_line_help();
    app->loop = loop_create();
    app->feed = feed_create(app->model);
    return true;
}

/* A replay's stream is standard input, so its keys come from elsewhere. */
static bool open_source(struct app *app, bool replay, bool keys) {
    if (!replay) {
        app_open_outward(app);
        app->supervisors = supervisors_create(app->loop, app->options, &supervisor_handler, app);
        app_open_alerts(app, keys);
        return true;
    }
    app->in_fd = keys ? open("/dev/tty", O_RDONLY | O_CLOEXEC) : -1;
    if (keys && app->in_fd < 0)
        return refuse(app, 1,
                      "replay reads standard input, so keys must come from a terminal, and there is none");
    app->stream_in = loop_add_fd(app->loop, 0, LOOP_IN, on_stream, app);
    return true;
}

static void live(struct app *app) {
    crash_catch();
    watch_signals(app);
    hold_signals(false);
    app->tick = loop_add_timer(app->loop, clock_mono_ns(), on_tick, app);
    loop_add_hook(app->loop, on_turn_end, app);
    app->paint_now = true;
    app_wants(app);
    loop_run(app->loop);
}

/* What stays in the scrollback is the view: keys that do nothing any more, and what was being typed, would
 * look like the shell's. */
static const struct surface *last_picture(struct app *app) {
    struct view_request request;
    if (app->code != 0)
        return NULL;
    app->stage.prompt.open = false;
    layer_close(app);
    if (stage_contexts(&app->stage) & CONTEXT_CHOICE)
        stage_act(&app->stage, ACTION_CHOICE_BACK, clock_mono_ns(), &request);
    app->stage.last = true;
    stage_frame(&app->stage, app->surface, clock_mono_ns());
    return app->surface;
}

static void close_all(struct app *app) {
    supervisors_destroy(app->supervisors);
    plain_destroy(app->plain);
    if (app->screen != NULL)
        screen_close(app->screen, last_picture(app));
    app->closing = true;
    alert_file_close(app->alerts);
    app->alerts = NULL;
    if (app->refusal[0] != '\0')
        fprintf(stderr, "%s", app->refusal);
    app_close_outward(app);
    if (app->loop != NULL)
        loop_destroy(app->loop);
    surface_destroy(app->surface);
    feed_destroy(app->feed);
    stage_finish(&app->stage);
    settings_finish(app);
    model_destroy(app->model);
}

static int app_run(const struct options *options, bool replay, bool lines) {
    struct app app = {.in_force = *options, .in_fd = 0, .out_fd = 1, .started_ns = clock_mono_ns()};
    char message[300];
    app.options = &app.in_force;
    app.only_ascii = set_locale();
    signal(SIGPIPE, SIG_IGN);
    if (open_model(&app, replay) && open_source(&app, replay, !lines)) {
        if (lines)
            app_open_lines(&app);
        hold_signals(true);
        if (lines || open_terminal(&app, message, sizeof message))
            live(&app);
        else
            refuse(&app, 1, message);
        hold_signals(false);
    }
    close_all(&app);
    if (app.killed_by != 0) {
        signal(app.killed_by, SIG_DFL);
        raise(app.killed_by);
    }
    return app.code;
}

static int shown(const struct options *options, bool replay) {
    if (!options->plain && !isatty(1))
        return headless_frame(options, replay);
    return app_run(options, replay, options->plain || screen_term(getenv("TERM")) == NULL);
}

int command_live(const struct options *options) {
    return shown(options, false);
}

int command_replay(const struct options *options) {
    return shown(options, true);
}
