/* Without a terminal: snapshot, print, and the plain frame for a pipe. */
#include "entry/command.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/clock.h"
#include "base/memory.h"
#include "entry/app.h"
#include "entry/write_all.h"
#include "views/json.h"
#include "views/print.h"

#define WAIT_MAX_NS (25 * NS_PER_S)
#define LOOK_NS     (100 * NS_PER_MS)
#define AHEAD_NS    (3 * NS_PER_S)
#define FIRST_BYTES 4096 /* until the time is known: then it is that of the beginning */

struct headless {
    const struct options *options;
    struct loop *loop;
    struct model *model;
    struct feed *feed;
    struct supervisor *supervisor;
    struct loop_source *look, *stream;
    unsigned shapes; /* wanted beyond what is always asked */
    unsigned slopes; /* of these, and shown */
    int64_t started_ns, next_ns;
    bool replay, ended;                  /* a pipe; it has ended */
    int64_t first_utc_ns, first_mono_ns; /* when the pipe's first time was read, and which; 0 not yet */
    int64_t left;                        /* documents still to print; 0: snapshot */
    struct cut cut;
    struct stage stage;
    int code;
    char *lacks; /* what was said of what is not printed; NULL nothing yet */
};

static void on_bytes(void *data, const char *bytes, size_t len) {
    feed_bytes(((struct headless *)data)->feed, bytes, len);
    feed_drain(((struct headless *)data)->feed);
}

static void on_restart(void *data) {
    feed_restart(((struct headless *)data)->feed);
}

static void on_event(void *data, const char *text) {
    fprintf(stderr, "natsight: %s\n", text);
    feed_event(((struct headless *)data)->feed, text);
}

static void on_refusal(void *data, const char *text) {
    struct headless *h = data;
    fputs(text, stderr);
    h->code = EXIT_USAGE;
    loop_stop(h->loop, h->code);
}

static const struct supervisor_handler handler = {on_bytes, on_restart, on_event, on_refusal};

static void on_stream(struct loop *loop, int fd, unsigned events, void *data) {
    (void)loop, (void)events;
    static char bytes[64 << 10];
    struct headless *h = data;
    ssize_t n = read(fd, bytes, h->first_utc_ns != 0 ? sizeof bytes : FIRST_BYTES);
    if (n > 0) {
        on_bytes(h, bytes, (size_t)n);
        if (h->first_utc_ns == 0) {
            h->first_utc_ns = feed_utc_ns(h->feed);
            h->first_mono_ns = clock_mono_ns();
        }
    } else if (n == 0 || (errno != EINTR && errno != EAGAIN)) {
        loop_remove(h->stream);
        h->ended = true;
        if (feed_began(h->feed))
            return;
        fprintf(stderr, "natsight: %s\n", NO_STREAM);
        h->code = 1;
        loop_stop(h->loop, h->code);
    }
}

static void on_end_signal(struct loop *loop, int number, void *data) {
    (void)number;
    ((struct headless *)data)->code = 1;
    loop_stop(loop, 1);
}

/* Where nobody tells of any lag, no slope of one is awaited. */
static bool any_lag(const struct model *model) {
    size_t count;
    const struct object *const *consumers = model_objects(model, OBJECT_CONSUMER, &count);
    for (size_t i = 0; i < count; i++)
        if (quantity_get(model, consumers[i], Q_CONSUMER_lag).type != VALUE_UNKNOWN)
            return true;
    return false;
}

static bool is_settled(const struct headless *h) {
    return feed_settled(h->feed, h->shapes, 0) &&
           (!any_lag(h->model) || feed_settled(h->feed, h->shapes, h->slopes));
}

/* It runs faster than the clock: what it shows is its end. */
static bool is_recording(const struct headless *h) {
    return h->first_utc_ns != 0 &&
           feed_utc_ns(h->feed) - h->first_utc_ns > clock_mono_ns() - h->first_mono_ns + AHEAD_NS;
}

static bool is_ready(const struct headless *h) {
    if (h->replay && !h->ended && is_recording(h))
        return false;
    int64_t watched = clock_mono_ns() - h->started_ns;
    if (h->options->watch_for != 0)
        return watched >= h->options->watch_for * NS_PER_MS;
    return h->ended || watched >= WAIT_MAX_NS || is_settled(h);
}

/* ---- output ---- */

/* A reader that goes is its own affair. */
static bool write_out(const char *text, size_t len) {
    bool good = write_all(STDOUT_FILENO, text, len);
    if (!good && errno != EPIPE)
        fprintf(stderr, "natsight: standard output can't be written: %s\n", strerror(errno));
    return good;
}

/* Under a temporary name first, so that a full disk or a kill leaves the old file whole. */
static bool write_file(const char *path, const char *text) {
    if (strcmp(path, "-") == 0)
        return write_out(text, strlen(text));
    char *temporary = memory_format("%s.tmp-%d", path, (int)getpid());
    int fd = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    bool good = fd >= 0 && write_all(fd, text, strlen(text)) && fsync(fd) == 0;
    if (fd >= 0)
        good = close(fd) == 0 && good;
    good = good && rename(temporary, path) == 0;
    if (!good) {
        fprintf(stderr, "natsight: %s can't be written: %s\n", path, strerror(errno));
        if (fd >= 0)
            unlink(temporary);
    }
    free(temporary);
    return good;
}

static char *frame_text(struct headless *h) {
    struct option_size size = h->options->size;
    struct surface *s = surface_create(size.cols ? size.cols : 120, size.rows ? size.rows : 40);
    s->ascii = h->options->ascii;
    stage_frame(&h->stage, s, clock_mono_ns());
    char *text = surface_plain(s);
    surface_destroy(s);
    return text;
}

static char *document(struct headless *h) {
    struct document_options options = {.cut = h->left > 0 ? &h->cut : NULL};
    char *line = document_write(h->model, &options, false);
    char *text = memory_format("%s\n", line);
    free(line);
    return text;
}

/* What a file name's end stands for: one row a format. */
static const struct format {
    const char *ending;
    char *(*make)(struct headless *h);
} formats[] = {{".txt", frame_text}, {".json", document}};

static const struct format *format_of(const char *path) {
    if (strcmp(path, "-") == 0)
        return &formats[0];
    for (size_t i = 0; i < sizeof formats / sizeof *formats; i++) {
        size_t ending = strlen(formats[i].ending), len = strlen(path);
        if (len > ending && strcmp(path + len - ending, formats[i].ending) == 0)
            return &formats[i];
    }
    return NULL;
}

/* The page of another one would be a lie. */
static bool has_selected(const struct headless *h) {
    const char *name = h->options->select;
    if (name == NULL || h->code != 0 || stage_server_named(h->model, name) != 0)
        return true;
    fprintf(
        stderr,
        "natsight: --select %s: no server of this name was found; natsight print server.name lists them\n",
        options_typed(name));
    return false;
}

static void write_snapshot(struct headless *h) {
    if (!has_selected(h)) {
        h->code = 1;
        loop_stop(h->loop, h->code);
        return;
    }
    for (int i = 0; i < h->options->output_count; i++) {
        char *text = format_of(h->options->output[i])->make(h);
        if (!write_file(h->options->output[i], text))
            h->code = 1;
        free(text);
    }
    if (h->options->output_count == 0) {
        char *text = frame_text(h);
        if (!write_out(text, strlen(text)))
            h->code = 1;
        free(text);
    }
    loop_stop(h->loop, h->code);
}

/* Each time that it is something else. */
static void tell_lacks(struct headless *h) {
    struct buffer lacks = {0};
    print_lacks(h->model, &h->cut, &lacks);
    if (h->lacks == NULL || strcmp(h->lacks, buffer_text(&lacks)) != 0) {
        free(h->lacks);
        h->lacks = memory_text(buffer_text(&lacks));
        for (const char *line = h->lacks; *line != '\0'; line += strcspn(line, "\n") + 1)
            fprintf(stderr, "natsight: %.*s\n", (int)strcspn(line, "\n"), line);
    }
    buffer_finish(&lacks);
}

static void print_once(struct headless *h) {
    struct buffer out = {0};
    if (h->options->json) {
        char *text = document(h);
        buffer_append_text(&out, text);
        free(text);
    } else {
        print_tables(h->model, &h->cut, &out);
    }
    bool written = write_out(out.data, out.len);
    if (!written)
        h->code = 1;
    buffer_finish(&out);
    tell_lacks(h);
    if (--h->left == 0 || !written)
        loop_stop(h->loop, h->code);
}

static void on_look(struct loop *loop, void *data) {
    (void)loop;
    struct headless *h = data;
    int64_t now = clock_mono_ns();
    loop_timer_set(h->look, now + LOOK_NS);
    feed_tick(h->feed);
    if (h->next_ns == 0 && !is_ready(h))
        return;
    if (now < h->next_ns)
        return;
    h->next_ns = (h->next_ns == 0 ? now : h->next_ns) + NS_PER_S;
    h->code = feed_reached(h->feed) ? 0 : EXIT_NOTHING_REACHED;
    if (h->left > 0)
        print_once(h);
    else
        write_snapshot(h);
}

/* ---- life ---- */

static bool headless_start(struct headless *h, const struct options *options) {
    char message[300];
    *h = (struct headless){
        .options = options, .replay = h->replay, .left = h->left, .started_ns = clock_mono_ns()};
    struct model_options model_options = {
        .label = options->label,
        .expect = (int)options->expect,
        .hold_scale = options->hold_scale != NULL ? strtod(options->hold_scale, NULL) : 0};
    signal(SIGPIPE, SIG_IGN);
    h->model = model_create(&model_options);
    if (!stage_init(&h->stage, h->model, options, h->replay ? CHROME_REPLAY : CHROME_SNAPSHOT, message,
                    sizeof message)) {
        fprintf(stderr, "natsight: %s\n", message);
        h->code = EXIT_USAGE;
        return false;
    }
    h->loop = loop_create();
    h->feed = feed_create(h->model);
    return true;
}

static int headless_run(struct headless *h) {
    if (h->code == 0) {
        if (h->replay)
            h->stream = loop_add_fd(h->loop, 0, LOOP_IN, on_stream, h);
        else
            h->supervisor = supervisor_create(h->loop, h->options, &handler, h);
        if (h->supervisor != NULL)
            supervisor_want(h->supervisor, h->shapes, NULL);
        h->look = loop_add_timer(h->loop, clock_mono_ns() + LOOK_NS, on_look, h);
        static const int ends[] = {SIGINT, SIGTERM, SIGHUP};
        for (int i = 0; i < 3; i++)
            loop_add_signal(h->loop, ends[i], on_end_signal, h);
        loop_run(h->loop);
    }
    supervisor_destroy(h->supervisor);
    if (h->loop != NULL)
        loop_destroy(h->loop);
    feed_destroy(h->feed);
    free(h->lacks);
    stage_finish(&h->stage);
    model_destroy(h->model);
    return h->code;
}

static void snapshot_shapes(struct headless *h) {
    const char *sort;
    bool frame = h->options->output_count == 0;
    h->shapes = stage_wants(&h->stage, &sort);
    for (int i = 0; i < h->options->output_count; i++) {
        struct cut all;
        char message[200];
        if (format_of(h->options->output[i])->make != document)
            frame = true;
        else if (cut_parse(&all, NULL, 0, message, sizeof message))
            h->shapes |= cut_shapes(&all);
    }
    h->slopes = frame ? stage_view(&h->stage)->slopes : 0; /* in a document, what is not known is absent */
}

int headless_frame(const struct options *options, bool replay) {
    struct headless h = {.replay = replay};
    if (headless_start(&h, options))
        snapshot_shapes(&h);
    return headless_run(&h);
}

int command_snapshot(const struct options *options) {
    for (int i = 0; i < options->output_count; i++)
        if (format_of(options->output[i]) == NULL) {
            fprintf(stderr, "natsight: -o %s: the name must end in .txt or .json, or be -\n",
                    options_typed(options->output[i]));
            return EXIT_USAGE;
        }
    return headless_frame(options, false);
}

int command_print(const struct options *options) {
    struct headless h = {.left = options->count > 0 ? options->count : 1};
    char message[300];
    struct cut cut;
    if (!cut_parse(&cut, options->words, options->word_count, message, sizeof message)) {
        fprintf(stderr, "natsight: print %s\n", message);
        return EXIT_USAGE;
    }
    if (headless_start(&h, options)) {
        h.cut = cut;
        h.shapes = cut_shapes(&cut);
    }
    return headless_run(&h);
}
