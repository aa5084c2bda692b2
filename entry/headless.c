/* Without a terminal: snapshot, print, and the plain frame for a pipe. */
#include "entry/command.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/clock.h"
#include "base/memory.h"
#include "base/write_all.h"
#include "entry/app.h"
#include "entry/unattended.h"
#include "model/expectation.h"
#include "model/needs.h"
#include "views/json.h"
#include "views/print.h"

#define WAIT_MAX_NS (25 * NS_PER_S)
#define AHEAD_NS    (3 * NS_PER_S)
#define SLEPT_NS    (20 * NS_PER_S)
#define FIRST_BYTES 4096 /* until the time is known: then it is that of the beginning */

struct headless {
    struct unattended run;
    struct loop_source *stream;
    unsigned shapes; /* wanted beyond what is always asked */
    bool ruled;      /* what rules and expectations say is shown */
    unsigned slopes; /* of these, and shown */
    int64_t next_ns;
    bool replay, ended;                  /* a pipe; it has ended */
    int64_t first_utc_ns, first_mono_ns; /* when the pipe's first time was read, and which; 0 not yet */
    int64_t left;                        /* documents still to print; 0: snapshot */
    struct cut cut;
    struct stage stage;
    char *lacks; /* what was said of what is not printed; NULL nothing yet */
};

static void on_stream(struct loop *loop, int fd, unsigned events, void *data) {
    (void)loop, (void)events;
    static char bytes[64 << 10];
    struct headless *h = data;
    ssize_t n = read(fd, bytes, h->first_utc_ns != 0 ? sizeof bytes : FIRST_BYTES);
    if (n > 0) {
        unattended_take(&h->run, bytes, (size_t)n);
        if (h->first_utc_ns == 0) {
            h->first_utc_ns = feed_utc_ns(h->run.feed);
            h->first_mono_ns = clock_mono_ns();
        }
    } else if (n == 0 || (errno != EINTR && errno != EAGAIN)) {
        loop_remove(h->stream);
        h->ended = true;
        if (feed_began(h->run.feed))
            return;
        fprintf(stderr, "natsight: %s\n", NO_STREAM);
        unattended_stop(&h->run, 1);
    }
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
    return (!h->ruled || model_expect_counted(h->run.model)) && feed_settled(h->run.feed, h->shapes, 0) &&
           (!any_lag(h->run.model) || feed_settled(h->run.feed, h->shapes, h->slopes));
}

/* It runs faster than the clock: what it shows is its end. */
static bool is_recording(const struct headless *h) {
    return h->first_utc_ns != 0 &&
           feed_utc_ns(h->run.feed) - h->first_utc_ns > clock_mono_ns() - h->first_mono_ns + AHEAD_NS;
}

static bool is_ready(const struct headless *h) {
    if (h->replay && !h->ended && is_recording(h))
        return false;
    int64_t watched = unattended_watched_ns(&h->run);
    if (h->run.options->watch_for != 0)
        return watched >= h->run.options->watch_for * NS_PER_MS;
    return h->ended || watched >= WAIT_MAX_NS || is_settled(h);
}

/* ---- output ---- */

/* Under a temporary name first, so that a full disk or a kill leaves the old file whole. */
static bool write_file(const char *path, const char *text) {
    if (strcmp(path, "-") == 0)
        return unattended_write(text, strlen(text));
    char *temporary = memory_format("%s.tmp-%d", path, (int)getpid());
    bool good = write_whole(path, temporary, 0666, text, strlen(text));
    if (!good)
        fprintf(stderr, "natsight: %s can't be written: %s\n", path, strerror(errno));
    free(temporary);
    return good;
}

static char *frame_text(struct headless *h) {
    struct option_size size = h->run.options->size;
    struct surface *s = surface_create(size.cols ? size.cols : 120, size.rows ? size.rows : 40);
    s->ascii = h->run.options->ascii;
    stage_frame(&h->stage, s, clock_mono_ns());
    char *text = surface_plain(s);
    surface_destroy(s);
    return text;
}

static char *document(struct headless *h) {
    struct document_options options = {.cut = h->left > 0 ? &h->cut : NULL};
    char *line = document_write(h->run.model, &options, false);
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
    const char *name = h->run.options->select;
    if (name == NULL || h->run.code != 0 || stage_server_named(h->run.model, name) != 0)
        return true;
    fprintf(
        stderr,
        "natsight: --select %s: no server of this name was found; natsight print server.name lists them\n",
        options_typed(name));
    return false;
}

static void write_snapshot(struct headless *h) {
    if (!has_selected(h)) {
        h->run.code = 1;
        loop_stop(h->run.loop, h->run.code);
        return;
    }
    for (int i = 0; i < h->run.options->output_count; i++) {
        char *text = format_of(h->run.options->output[i])->make(h);
        if (!write_file(h->run.options->output[i], text))
            h->run.code = 1;
        free(text);
    }
    if (h->run.options->output_count == 0) {
        char *text = frame_text(h);
        if (!unattended_write(text, strlen(text)))
            h->run.code = 1;
        free(text);
    }
    loop_stop(h->run.loop, h->run.code);
}

/* Each time that it is something else. */
static void tell_lacks(struct headless *h) {
    struct buffer lacks = {0};
    print_lacks(h->run.model, &h->cut, &lacks);
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
    if (h->run.options->json) {
        char *text = document(h);
        buffer_append_text(&out, text);
        free(text);
    } else {
        print_tables(h->run.model, &h->cut, &out);
    }
    bool written = unattended_write(out.data, out.len);
    if (!written)
        h->run.code = 1;
    buffer_finish(&out);
    tell_lacks(h);
    if (--h->left == 0 || !written)
        loop_stop(h->run.loop, h->run.code);
}

static void on_look(void *data) {
    struct headless *h = data;
    int64_t now = clock_mono_ns();
    if (h->next_ns == 0 && !is_ready(h))
        return;
    if (now < h->next_ns)
        return;
    bool slept = now - h->next_ns > SLEPT_NS; /* it is not made up for */
    h->next_ns = (h->next_ns == 0 || slept ? now : h->next_ns) + NS_PER_S;
    h->run.code = feed_reached(h->run.feed) ? 0 : EXIT_NOTHING_REACHED;
    if (h->left > 0)
        print_once(h);
    else
        write_snapshot(h);
}

/* ---- life ---- */

static const struct unattended_handler handler = {.on_look = on_look};

static bool headless_start(struct headless *h, const struct options *options) {
    char message[300];
    enum chrome_mode mode = h->replay ? CHROME_REPLAY : CHROME_SNAPSHOT;
    unattended_begin(&h->run, options, &handler, h, 0);
    if (stage_init(&h->stage, h->run.model, options, mode, message, sizeof message))
        return true;
    fprintf(stderr, "natsight: %s\n", message);
    h->run.code = EXIT_USAGE;
    return false;
}

static int headless_run(struct headless *h) {
    if (h->run.code == 0) {
        if (h->replay)
            h->stream = loop_add_fd(h->run.loop, 0, LOOP_IN, on_stream, h);
        else
            unattended_ask(&h->run, h->shapes);
        unattended_run(&h->run);
    }
    free(h->lacks);
    stage_finish(&h->stage);
    return unattended_end(&h->run);
}

static void want_cut(struct headless *h, const struct cut *cut) {
    h->shapes |= cut_shapes(cut);
    h->ruled |= cut->parts[OBJECT_EXPECTATION] || cut->lists[CUT_ALERTS];
}

static void want_ruled(struct headless *h) {
    h->shapes |= h->ruled ? model_shapes(h->run.model) : 0;
}

static void snapshot_shapes(struct headless *h) {
    const char *sort;
    bool frame = h->run.options->output_count == 0;
    h->shapes = stage_wants(&h->stage, &sort);
    for (int i = 0; i < h->run.options->output_count; i++) {
        struct cut all;
        char message[200];
        if (format_of(h->run.options->output[i])->make != document)
            frame = true;
        else if (cut_parse(&all, NULL, 0, message, sizeof message))
            want_cut(h, &all);
    }
    h->ruled |= frame;
    want_ruled(h);
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
        want_cut(&h, &cut);
        want_ruled(&h);
    }
    return headless_run(&h);
}
