/* The stream through a pipe, and what there is without a terminal. */
#include <check.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>

#include "base/clock.h"
#include "tests/harness/command.h"
#include "tests/harness/quiet.h"
#include "tests/harness/suite.h"
#include "tests/sample_write.h"

/* ---- no terminal ---- */

static void assert_plain_frame(const char *text, size_t size) {
    ck_assert_uint_eq(strlen(text), size);
    ck_assert_ptr_null(strchr(text, '\033'));
    ck_assert_ptr_null(strchr(text, '\r'));
    ck_assert_msg(strstr(text, "3/3 up") != NULL, "%s", text);
    ck_assert_ptr_nonnull(strstr(text, "ORDERS / billing"));
    const char *first = strstr(text, "3/3 up");
    ck_assert_ptr_null(strstr(first + 1, "3/3 up")); /* one frame */
}

/* Side by side: each waits until every rate has two samples. */
START_TEST(a_pipe_a_file_and_a_replay_get_one_plain_frame) {
    static const char *const scripts[] = {"\"$@\" | cat", "f=$(mktemp); \"$@\" >$f; cat $f; rm $f",
                                          "n=$1; shift; $n collect --want all \"$@\" | $n replay -"};
    struct command c[3];
    for (int i = 0; i < 3; i++) {
        const char *argv[] = {"sh",
                              "-c",
                              scripts[i],
                              "sh",
                              command_natsight(),
                              quiet_cluster()->node[0].http,
                              quiet_cluster()->node[1].http,
                              quiet_cluster()->node[2].http,
                              NULL};
        ck_assert(command_start(&c[i], argv, NULL));
    }
    for (int i = 0; i < 3; i++) {
        ck_assert_int_eq(command_finish(&c[i], 4 * SHOWN_MS), 0);
        assert_plain_frame(c[i].output, c[i].output_size);
        command_free(&c[i]);
    }
}
END_TEST

/* ---- a recording ---- */

static const int64_t recorded_ns = 1795228140 * NS_PER_S;

static void put_text(struct sample *s, struct row *row, enum field field, const char *text) {
    row_put(row, field)->s = sample_text(s, text, strlen(text));
}

/* One second of a server that has so many connections. */
static void record(struct buffer *out, enum shape shape, int second, uint64_t connections) {
    struct sample *s = sample_create();
    s->target = 1;
    s->serial = (uint64_t)(second * 2) + (shape == SHAPE_JSZ) + 1;
    s->shape = shape;
    s->asked_utc_ns = s->answered_utc_ns = recorded_ns + second * NS_PER_S;
    s->asked_mono_ns = s->answered_mono_ns = (1000 + second) * NS_PER_S;
    s->http_status = 200;
    s->error = text_empty;
    struct row *row = sample_add(s, ENTITY_ANSWER);
    put_text(s, row, F_ANSWER_server_id, "NA");
    row_put(row, F_ANSWER_now)->i = s->answered_utc_ns;
    row = sample_add(s, shape == SHAPE_JSZ ? ENTITY_JETSTREAM : ENTITY_SERVER);
    if (shape == SHAPE_JSZ) {
        row_put(row, F_JETSTREAM_disabled)->u = 1;
    } else {
        put_text(s, row, F_SERVER_server_id, "NA");
        put_text(s, row, F_SERVER_name, "n1");
        put_text(s, row, F_SERVER_version, "2.10.22");
        row_put(row, F_SERVER_connections)->u = connections;
    }
    write_sample(out, 1, s);
    sample_destroy(s);
}

static void record_minute(struct command *c, int minute, uint64_t connections) {
    struct buffer out = {0};
    struct row_any any;
    struct sample *pool = sample_create();
    if (minute == 0) {
        stream_write_schema(&out, 1);
        row_init(&any.row, ENTITY_HELLO);
        put_text(pool, &any.row, F_HELLO_program, "natsight");
        row_put(&any.row, F_HELLO_utc)->i = recorded_ns;
        row_put(&any.row, F_HELLO_mono)->i = 1000 * NS_PER_S;
        row_put(&any.row, F_HELLO_interval)->i = NS_PER_S;
        stream_write_row(&out, 1, FRAME_HELLO, &any.row);
        row_init(&any.row, ENTITY_TARGET);
        row_put(&any.row, F_TARGET_id)->u = 1;
        put_text(pool, &any.row, F_TARGET_url, "http://10.0.0.1:8222");
        put_text(pool, &any.row, F_TARGET_origin, "named");
        put_text(pool, &any.row, F_TARGET_state, "polled");
        row_put(&any.row, F_TARGET_utc)->i = recorded_ns;
        stream_write_row(&out, 1, FRAME_TARGET, &any.row);
    }
    for (int second = minute * 60; second < minute * 60 + 60; second++) {
        record(&out, SHAPE_VARZ, second, connections);
        record(&out, SHAPE_JSZ, second, connections);
    }
    ck_assert(command_write(c, out.data, out.len));
    buffer_finish(&out);
    sample_destroy(pool);
}

/* However settled it is half way. */
START_TEST(a_recording_is_shown_at_its_end) {
    const char *argv[] = {command_natsight(), "replay", "-", NULL};
    struct command c;
    ck_assert(command_start(&c, argv, NULL));
    record_minute(&c, 0, 12345);
    ck_assert(!command_wait_output(&c, "1/1 up", 1000)); /* it would have come by now */
    record_minute(&c, 1, 54321);
    command_close_input(&c);
    ck_assert_int_eq(command_finish(&c, SHOWN_MS), 0);
    ck_assert_ptr_nonnull(strstr(c.output, "1/1 up"));
    ck_assert_ptr_nonnull(strstr(c.output, " 54.3k "));
    command_free(&c);
}
END_TEST

/* ---- a stream through a pipe shows the same ---- */

/* A row as its shape: every figure is '#', every run of blanks one blank; what moves by itself is left out.
 */
static void shape_of(const char *row, char *out, size_t size) {
    size_t n = 0;
    for (const char *p = row; *p && n + 2 < size; p++) {
        unsigned char c = (unsigned char)*p;
        if (c >= 0x80 || c == '~')
            continue;
        if ((c >= '0' && c <= '9') || (c == '.' && p[1] >= '0' && p[1] <= '9')) {
            while ((*p >= '0' && *p <= '9') || *p == '.')
                p++;
            while (*p && strchr("kMGTmsud%h", *p))
                p++;
            p--;
            c = '#';
        }
        if (c == ' ' && n > 0 && out[n - 1] == ' ')
            continue;
        out[n++] = (char)c;
    }
    while (n > 0 && out[n - 1] == ' ')
        n--;
    out[n] = '\0';
}

static bool has_shape(struct terminal *t, const char *shape) {
    int rows, cols;
    char other[2000];
    terminal_size(t, &rows, &cols);
    for (int i = 1; i < rows; i++) {
        shape_of(terminal_row(t, i), other, sizeof other);
        if (strcmp(shape, other) == 0)
            return true;
    }
    return false;
}

struct pair {
    struct terminal *live, *replay;
    char missing[2000];
};

/* Every row but the first (clock, mode) and those that hold what only time makes. */
static bool same_picture(struct terminal *t, void *context) {
    static const char *const moving[] = {"IN ", "new", " ago", "all ok", "alert pending:"};
    struct pair *p = context;
    int rows, cols;
    (void)t;
    terminal_pump(p->live, 5);
    terminal_size(p->live, &rows, &cols);
    for (int i = 1; i < rows; i++) {
        char shape[2000];
        bool skip = false;
        shape_of(terminal_row(p->live, i), shape, sizeof shape);
        for (size_t k = 0; k < sizeof moving / sizeof *moving; k++)
            skip |= i < 14 && k == 0 ? strstr(shape, moving[k]) != NULL
                                     : k > 0 && strstr(shape, moving[k]) != NULL;
        if (!skip && !has_shape(p->replay, shape)) {
            snprintf(p->missing, sizeof p->missing, "%s", terminal_row(p->live, i));
            return false;
        }
    }
    return true;
}

START_TEST(collect_and_replay_show_what_live_shows) {
    char script[1000], urls[400];
    snprintf(urls, sizeof urls, "%s %s %s", quiet_cluster()->node[0].http, quiet_cluster()->node[1].http,
             quiet_cluster()->node[2].http);
    snprintf(script, sizeof script, "%s collect --want overview,connections %s | %s replay -",
             command_natsight(), urls, command_natsight());
    const char *argv[] = {"sh", "-c", script, NULL};
    const struct terminal_options size = {.rows = 24, .cols = 80};
    struct pair p = {.live = quiet_open(&size, NULL), .replay = terminal_open(argv, &size)};
    ck_assert_ptr_nonnull(p.replay);
    shown_wait(p.replay, "3/3 up.*\\[REPLAY\\]");
    ck_assert_msg(terminal_wait(p.replay, same_picture, &p, "the same picture", SHOWN_MS), "only live: %s",
                  p.missing);
    shown_type(p.live, "2", " reader-3 ");
    shown_type(p.replay, "2", " reader-3 ");
    ck_assert_msg(terminal_wait(p.replay, same_picture, &p, "the same connections", SHOWN_MS),
                  "only live: %s", p.missing);
    int status;
    ck_assert(terminal_type(p.replay, "q"));
    ck_assert(terminal_wait_exit(p.replay, &status, SHOWN_MS));
    ck_assert(terminal_restored(p.replay));
    ck_assert(shown_nothing_left(p.replay));
    terminal_close(p.replay);
    shown_quit(p.live);
}
END_TEST

/* Ctrl-Z stops the whole pipe, else the shell would never get its terminal back. */
START_TEST(a_replayed_pipe_is_suspended_whole) {
    char script[600];
    snprintf(script, sizeof script, "%s collect %s | %s replay -", command_natsight(),
             quiet_cluster()->node[0].http, command_natsight());
    const char *argv[] = {"sh", "-c", script, NULL};
    struct terminal *t = terminal_open(argv, &(struct terminal_options){.rows = 24, .cols = 80});
    ck_assert_ptr_nonnull(t);
    shown_wait(t, "1/3 up.*\\[REPLAY\\]");
    ck_assert(terminal_type(t, "\x1a"));
    ck_assert(terminal_wait_stopped(t, SHOWN_MS));
    ck_assert(terminal_restored(t));
    ck_assert(terminal_continue(t));
    shown_type(t, "2", "> Connections");
    int status;
    ck_assert(terminal_type(t, "q"));
    ck_assert(terminal_wait_exit(t, &status, SHOWN_MS));
    ck_assert(terminal_restored(t));
    ck_assert(shown_nothing_left(t));
    terminal_close(t);
}
END_TEST

START_TEST(what_is_no_stream_is_said) {
    char script[600];
    snprintf(script, sizeof script, "echo hello | %s replay -", command_natsight());
    const char *argv[] = {"sh", "-c", script, NULL};
    struct terminal *t = terminal_open(argv, &(struct terminal_options){.rows = 24, .cols = 100});
    ck_assert_ptr_nonnull(t);
    int status;
    ck_assert(terminal_wait_exit(t, &status, SHOWN_MS));
    ck_assert_int_eq(WEXITSTATUS(status), 1);
    ck_assert(terminal_restored(t));
    ck_assert_int_ge(terminal_find(t, "no natsight stream", NULL), 0);
    terminal_close(t);
}
END_TEST

START_TEST(what_was_not_collected_is_said) {
    char script[600];
    snprintf(script, sizeof script, "%s collect --want connections %s | %s replay - --view jetstream",
             command_natsight(), quiet_cluster()->node[0].http, command_natsight());
    const char *argv[] = {"sh", "-c", script, NULL};
    struct terminal *t = terminal_open(argv, &(struct terminal_options){.rows = 24, .cols = 100});
    ck_assert_ptr_nonnull(t);
    shown_wait(t, "1/3 up");
    shown_wait(t, "not collected here");
    shown_type(t, "2", " maker ");
    shown_type(t, "3", "not collected here");
    shown_quit(t);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("stream");
    TCase *tc = tcase_create("stream");
    tcase_set_timeout(tc, 90);
    tcase_add_unchecked_fixture(tc, quiet_start, quiet_end);
    tcase_add_test(tc, a_recording_is_shown_at_its_end);
    tcase_add_test(tc, a_pipe_a_file_and_a_replay_get_one_plain_frame);
    tcase_add_test(tc, collect_and_replay_show_what_live_shows);
    tcase_add_test(tc, what_was_not_collected_is_said);
    tcase_add_test(tc, a_replayed_pipe_is_suspended_whole);
    tcase_add_test(tc, what_is_no_stream_is_said);
    suite_add_tcase(suite, tc);
    return suite_run(suite);
}
