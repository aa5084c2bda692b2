#include "entry/plain.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/clock.h"
#include "base/memory.h"
#include "base/text.h"
#include "model/alert_lines.h"
#include "model/alert_object.h"
#include "tui/surface.h"

enum {
    WAITING_MAX = 256 << 10,
    LINE_MAX_BYTES = 4096,
    POLL_MS = 50,
    CLOSE_POLLS = 10,
    NAME_SIZE = 800,
    BEFORE_MOST = 5
};

struct told { /* how many servers, when it was last said */
    uint64_t cluster;
    enum severity severity;
    char figure[90];
};

struct plain {
    const struct model *model;
    struct plain_options options;
    struct loop_source *out;
    int fd;
    bool own_fd, gone;
    struct buffer waiting;
    uint64_t left_out; /* lines */
    struct alert_lines *lines;
    uint64_t events, amended; /* told */
    char date[TIME_TEXT_SIZE];
    struct told *told;
    size_t told_count;
    bool began, told_before;
};

/* ---- out ---- */

/* A file or a pipe of our own, so that whoever shares ours does not find it changed. */
static void open_output(struct plain *p, int fd) {
    struct stat status;
    char path[32];
    p->fd = fd;
    if (fstat(fd, &status) < 0 || S_ISREG(status.st_mode))
        return; /* a file never blocks, and opened again it would begin at its start */
    if ((fcntl(fd, F_GETFL) & O_ACCMODE) == O_RDONLY)
        return; /* the stand-in for a closed one: opened again it could be written to */
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    p->fd = open(path, O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    p->own_fd = p->fd >= 0;
    if (!p->own_fd)
        p->fd = fd;
}

static void lose(struct plain *p, int error) {
    p->waiting.len = 0;
    if (!p->gone)
        p->options.lost(p->options.data, error);
    p->gone = true;
}

static void send_waiting(struct plain *p) {
    while (p->waiting.len > 0 && !p->gone) {
        ssize_t n = write(p->fd, p->waiting.data, p->waiting.len);
        if (n > 0)
            buffer_consume(&p->waiting, (size_t)n);
        else if (n < 0 && errno == EINTR)
            continue;
        else if (n < 0 && errno == EAGAIN)
            break;
        else
            lose(p, errno == EPIPE ? 0 : errno);
    }
    loop_fd_want(p->out, p->waiting.len > 0 ? LOOP_OUT : 0);
}

static void on_out(struct loop *loop, int fd, unsigned events, void *data) {
    (void)loop, (void)fd;
    if ((events & LOOP_HUP) && !(events & LOOP_OUT)) {
        loop_fd_want(((struct plain *)data)->out, 0);
        lose(data, 0);
        return;
    }
    send_waiting(data);
}

/* Names were cleaned when they came; this holds of whatever else gets here, too. */
static void append_clean(struct buffer *out, const char *text, bool ascii) {
    size_t len = strlen(text);
    while (len > 0) {
        uint32_t c;
        size_t used = utf8_decode(text, len, &c);
        char plain = surface_ascii(c);
        if (char_kind(c) == CHAR_CONTROL)
            buffer_append(out, "?", 1);
        else if (ascii || c < 0x80)
            buffer_append(out, &plain, 1);
        else
            buffer_append(out, text, used);
        text += used;
        len -= used;
    }
}

static void put_line(struct plain *p, const char *severity, const char *what, const char *object,
                     const char *figure) {
    char at[TIME_TEXT_SIZE], line[LINE_MAX_BYTES];
    if (p->waiting.len > WAITING_MAX) {
        p->left_out++;
        return;
    }
    time_format_clock(at, model_utc_ns(p->model), p->options.local_time);
    snprintf(line, sizeof line, "%s %s %s %s %s", at, severity, what, *object ? object : "-",
             *figure ? figure : "-");
    append_clean(&p->waiting, line, p->options.ascii);
    buffer_append(&p->waiting, "\n", 1);
}

static void tell_left_out(struct plain *p) {
    char count[40];
    if (p->left_out == 0 || p->waiting.len > WAITING_MAX / 2)
        return;
    snprintf(count, sizeof count, "%llu lines", (unsigned long long)p->left_out);
    p->left_out = 0;
    put_line(p, "warn", "left_out", "-", count);
}

/* ---- findings ---- */

static const char *severity_word(enum severity severity) {
    static const char *const words[] = {"ok", "unknown", "pending", "warn", "crit"};
    return words[severity];
}

/* What came and went is over when it keeps quiet for long: then it is said since when. */
static void put_end(struct plain *p, const struct alert_change *change, const struct alert *alert) {
    enum { SOON_S = 60 };
    char at[TIME_TEXT_SIZE], left[NAME_SIZE], text[NAME_SIZE + TIME_TEXT_SIZE + 20];
    bool solved = !model_alert_is_unsolved(alert);
    bool soon = !solved || change->utc_ns - alert->ended_utc_ns < SOON_S * NS_PER_S;
    time_format_clock(at, alert->ended_utc_ns, p->options.local_time);
    alert_end_text(alert, left, sizeof left);
    snprintf(text, sizeof text, "%s%s%s", left, soon ? "" : ", over since ", soon ? "" : at);
    put_line(p, solved ? severity_word(change->severity) : "info", alert->rule, alert->name, text);
}

/* "acked by ann, the new release", "silenced: moves" */
static void put_word(struct plain *p, const struct alert_change *change, const char *what) {
    bool acked = change->kind == CHANGE_ACKED, said = change->kind != CHANGE_UNACKED && *change->text;
    char text[LINE_MAX_BYTES];
    snprintf(text, sizeof text, "%s%s%s", alert_change_word(change->kind),
             !said   ? ""
             : acked ? " "
                     : ": ",
             said ? change->text : "");
    put_line(p, "info", what, change->name, text);
}

static void put_alert(void *data, const struct alert_change *change, const struct alert *alert, size_t more) {
    char text[100];
    snprintf(text, sizeof text, "%zu more", more);
    if (alert == NULL) {
        put_word(data, change, change->alert != 0 ? "alert" : "silence");
    } else if (change->kind == CHANGE_ACKED || change->kind == CHANGE_UNACKED) {
        put_word(data, change, alert->rule);
    } else if (more) {
        put_line(data, severity_word(change->severity), alert->rule, text, "-");
    } else if (change->kind == CHANGE_CLEARED) {
        put_end(data, change, alert);
    } else if (change->kind == CHANGE_FLAPPING) {
        snprintf(text, sizeof text, "comes and goes, %d times: told again when it stays or keeps quiet",
                 alert->times);
        put_line(data, severity_word(change->severity), alert->rule, alert->name, text);
    } else {
        put_line(data, severity_word(change->severity), alert->rule, alert->name, alert->figure);
    }
}

/* What an earlier run told: at our first tick nothing else is open. The worst first. */
static void tell_before(struct plain *p) {
    char more[40], date[TIME_TEXT_SIZE], at[TIME_TEXT_SIZE], since[2 * TIME_TEXT_SIZE + 40];
    size_t open = 0;
    p->told_before = true;
    for (size_t i = 0; i < model_alert_count(p->model); i++) {
        const struct alert *alert = model_alert(p->model, i);
        if (alert->state != ALERT_OPEN || alert->silenced_until_utc_ns || open++ >= BEFORE_MOST)
            continue;
        int64_t came = alert_came_utc_ns(alert);
        time_format_date(date, came, p->options.local_time);
        time_format_clock(at, came, p->options.local_time);
        snprintf(since, sizeof since, "still open since %s %s%s", date, at,
                 alert->acked_utc_ns ? ", acked" : "");
        put_line(p, severity_word(alert->severity), alert->rule, alert->name, since);
    }
    if (open <= BEFORE_MOST)
        return;
    snprintf(more, sizeof more, "%zu more", open - BEFORE_MOST);
    put_line(p, "warn", "alerts", more, "still open");
}

/* ---- the rest ---- */

static void number_text(const struct model *model, const struct object *object, enum quantity q, char *out,
                        unsigned size) {
    struct value v = quantity_get(model, object, q);
    v.flags = 0;
    value_format(out, size, v, quantities[q].unit);
}

static struct told *told_of(struct plain *p, uint64_t cluster) {
    for (size_t i = 0; i < p->told_count; i++)
        if (p->told[i].cluster == cluster)
            return &p->told[i];
    p->told = memory_grow(p->told, p->told_count + 1, sizeof *p->told);
    p->told[p->told_count] = (struct told){.cluster = cluster};
    return &p->told[p->told_count++];
}

static bool has_some(const struct model *model, const struct object *cluster, enum quantity q) {
    double count;
    return value_number(quantity_get(model, cluster, q), &count) && count > 0;
}

/* A server that is known by its routes alone is not missed; but nobody knows how it is. */
static enum severity servers_severity(const struct model *model, const struct object *cluster) {
    if (has_some(model, cluster, Q_CLUSTER_missing))
        return SEVERITY_WARN;
    return has_some(model, cluster, Q_CLUSTER_known) ? SEVERITY_UNKNOWN : SEVERITY_OK;
}

static void tell_servers(struct plain *p) {
    size_t count;
    const struct object *const *clusters = model_objects(p->model, OBJECT_CLUSTER, &count);
    for (size_t i = 0; i < count; i++) {
        char up[40], all[40], name[NAME_SIZE], figure[sizeof p->told->figure];
        struct told *told = told_of(p, clusters[i]->id);
        number_text(p->model, clusters[i], Q_CLUSTER_servers, up, sizeof up);
        number_text(p->model, clusters[i], Q_CLUSTER_expected, all, sizeof all);
        snprintf(figure, sizeof figure, "%s/%s", up, all);
        enum severity severity = servers_severity(p->model, clusters[i]);
        if (strcmp(figure, told->figure) == 0 && severity == told->severity)
            continue;
        told->severity = severity;
        snprintf(told->figure, sizeof told->figure, "%s", figure);
        model_object_name(p->model, clusters[i], name, sizeof name);
        put_line(p, severity_word(severity), "servers", name, figure);
    }
}

/* What is known better by now is told once more. */
static void tell_event(struct plain *p, const struct event *e) {
    char text[LINE_MAX_BYTES];
    bool known = e->number <= p->events; /* one learnt late stands among older ones */
    if (known && e->amended <= p->amended)
        return;
    snprintf(text, sizeof text, "%s%s", known ? "corrected: " : "", e->text ? e->text : "");
    put_line(p, "info", e->kind, e->subject ? e->subject : "", text);
}

static void tell_events(struct plain *p) {
    uint64_t amended = p->amended;
    for (size_t i = 0; i < model_event_count(p->model); i++) {
        const struct event *e = model_event(p->model, i);
        tell_event(p, e);
        amended = e->amended > amended ? e->amended : amended;
    }
    p->events = model_event_total(p->model);
    p->amended = amended;
}

static void tell_date(struct plain *p) {
    char date[TIME_TEXT_SIZE], zone[TIME_TEXT_SIZE];
    time_format_date(date, model_utc_ns(p->model), p->options.local_time);
    time_format_zone(zone, model_utc_ns(p->model), p->options.local_time);
    if (p->date[0] == '\0') {
        struct buffer urls = {0};
        char figure[2 * TIME_TEXT_SIZE];
        for (int i = 0; i < p->options.watching_count; i++)
            buffer_printf(&urls, "%s%s", i ? "," : "", p->options.watching[i]);
        snprintf(figure, sizeof figure, "%s %s", date, zone);
        put_line(p, "info", "watching", buffer_text(&urls), figure);
        buffer_finish(&urls);
        if (p->options.remark)
            put_line(p, "info", "terminal", "-", p->options.remark);
    } else if (strcmp(date, p->date) != 0) {
        put_line(p, "info", "date", "-", date);
    }
    snprintf(p->date, sizeof p->date, "%s", date);
}

void plain_tick(struct plain *p, bool began) {
    p->began |= began;
    tell_left_out(p);
    tell_date(p);
    if (!p->told_before)
        tell_before(p);
    if (p->began) {
        tell_servers(p);
        alert_lines_tick(p->lines, p->model);
        tell_events(p);
    }
    send_waiting(p);
}

/* ---- life ---- */

struct plain *plain_create(struct loop *loop, const struct model *model,
                           const struct plain_options *options) {
    struct plain *p = memory_new(sizeof *p);
    p->model = model;
    p->options = *options;
    p->lines = alert_lines_create(model, put_alert, p);
    open_output(p, options->out_fd);
    p->out = loop_add_fd(loop, p->fd, 0, on_out, p);
    return p;
}

void plain_configure(struct plain *p, const struct plain_options *options) {
    p->options = *options;
    p->date[0] = '\0';
}

void plain_say(struct plain *p, bool warning, const char *what, const char *text) {
    put_line(p, warning ? "warn" : "info", what, "-", text);
    send_waiting(p);
}

void plain_destroy(struct plain *p) {
    if (!p)
        return;
    for (int polls = 0; polls < CLOSE_POLLS && p->waiting.len > 0 && !p->gone; polls++) {
        struct pollfd wait = {.fd = p->fd, .events = POLLOUT};
        poll(&wait, 1, POLL_MS);
        send_waiting(p);
    }
    loop_remove(p->out);
    alert_lines_destroy(p->lines);
    free(p->told);
    buffer_finish(&p->waiting);
    if (p->own_fd)
        close(p->fd);
    free(p);
}
