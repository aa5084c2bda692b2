/* Prints what it costs to decode a large /connz: our reader and decoder beside jansson on the same body.
 *
 * Each case runs in a process of its own, reads the body in pieces as it would arrive, and tells its CPU time
 * and how far its memory grew. Usage: bench_decode [connections [case]]. */
#include <fcntl.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/buffer.h"
#include "collectors/decode.h"
#include "collectors/json_reader.h"
#include "sample/stream.h"

#define PIECE (64u << 10)

static const char connection[] = "    {\n"
                                 "      \"cid\": %u,\n"
                                 "      \"kind\": \"Client\",\n"
                                 "      \"type\": \"nats\",\n"
                                 "      \"ip\": \"10.%u.%u.%u\",\n"
                                 "      \"port\": %u,\n"
                                 "      \"start\": \"2026-11-20T23:14:26.%09uZ\",\n"
                                 "      \"last_activity\": \"2026-11-21T02:41:07.%09uZ\",\n"
                                 "      \"rtt\": \"%u\xc2\xb5s\",\n"
                                 "      \"uptime\": \"3h26m41s\",\n"
                                 "      \"idle\": \"%us\",\n"
                                 "      \"pending_bytes\": %u,\n"
                                 "      \"in_msgs\": %u,\n"
                                 "      \"out_msgs\": %u,\n"
                                 "      \"in_bytes\": %u,\n"
                                 "      \"out_bytes\": %u,\n"
                                 "      \"subscriptions\": %u,\n"
                                 "      \"name\": \"worker-%u\",\n"
                                 "      \"lang\": \"go\",\n"
                                 "      \"version\": \"1.31.0\",\n"
                                 "      \"authorized_user\": \"app\",\n"
                                 "      \"account\": \"ORDERS\"%s\n"
                                 "    }%s\n";

static void write_all(int fd, struct buffer *b) {
    for (size_t at = 0; at < b->len;) {
        ssize_t n = write(fd, b->data + at, b->len - at);
        if (n <= 0)
            exit(1);
        at += (size_t)n;
    }
    b->len = 0;
}

static off_t make_body(int fd, unsigned count) {
    static const char subs[] =
        ",\n      \"subscriptions_list\": [\n        \"orders.eu.created\",\n"
        "        \"orders.us.created\",\n        \"_INBOX.hTHVbv6R1wMIuhZb9jk2lp.*\"\n      ]";
    struct buffer b = {0};
    buffer_printf(&b,
                  "{\n  \"server_id\": \"NCXZ26BLUF5PDI7GUMKFUWLMGUCATPMC7YKA7VCH7RGGFNEULB3XLL2G\",\n"
                  "  \"now\": \"2026-11-21T02:41:08Z\",\n  \"num_connections\": %u,\n  \"total\": %u,\n"
                  "  \"offset\": 0,\n  \"limit\": 100000,\n  \"connections\": [\n",
                  count, count);
    for (unsigned i = 0; i < count; i++) {
        unsigned r = i * 2654435761u;
        buffer_printf(&b, connection, i, r >> 24, r >> 16 & 255, r >> 8 & 255, 1024 + r % 60000,
                      r % 1000000000, (r * 7) % 1000000000, r % 900, r % 60, r % 5 ? 0 : r >> 4, r, r >> 3, r,
                      r >> 1, r % 20, i, i % 2 ? subs : "", i + 1 < count ? "," : "");
        if (b.len > PIECE)
            write_all(fd, &b);
    }
    buffer_append_text(&b, "  ]\n}\n");
    write_all(fd, &b);
    buffer_finish(&b);
    return lseek(fd, 0, SEEK_END);
}

/* ---- the cases ---- */

static uint64_t rows;

static void on_row(void *data, const struct row *row) {
    rows++;
    if (data)
        sample_writer_row(data, row);
}

static ssize_t piece_of(int fd, char *piece) {
    return read(fd, piece, PIECE);
}

static void run_read(int fd) {
    static char piece[PIECE];
    while (piece_of(fd, piece) > 0)
        continue;
}

static void decode_with(int fd, struct sample_writer *w, struct buffer *out) {
    static char piece[PIECE];
    char error[200];
    struct decoder *d = decoder_create();
    decoder_start(d, SHAPE_CONNZ_FULL, "n1", on_row, w);
    for (ssize_t n; (n = piece_of(fd, piece)) > 0;) {
        decoder_feed(d, piece, (size_t)n);
        if (out)
            out->len = 0; /* as if it had been written to the pipe */
    }
    if (decoder_finish(d, error, sizeof error) != FAILURE_NONE)
        fprintf(stderr, "%s\n", error);
    decoder_destroy(d);
}

static void run_decode(int fd) {
    decode_with(fd, NULL, NULL);
}

static void run_decode_and_encode(int fd) {
    struct sample *head = sample_create();
    struct buffer out = {0};
    struct sample_writer *w = sample_writer_create(0);
    sample_writer_begin(w, &out, head);
    decode_with(fd, w, &out);
    sample_writer_end(w, head);
    sample_writer_destroy(w);
    buffer_finish(&out);
    sample_destroy(head);
}

static enum json_answer skip_begin(void *data, bool array) {
    (void)data, (void)array;
    return JSON_SKIP;
}
static void no_end(void *data, bool array) {
    (void)data, (void)array;
}
static enum json_answer no_key(void *data, const char *key, size_t len) {
    (void)data, (void)key, (void)len;
    return JSON_SKIP;
}
static void no_scalar(void *data, const struct json_scalar *s) {
    (void)data, (void)s;
}

static void run_skip(int fd) {
    static char piece[PIECE];
    static const struct json_handler handler = {skip_begin, no_end, no_key, no_scalar};
    struct json_reader *r = json_reader_create(&handler, NULL, 100);
    for (ssize_t n; (n = piece_of(fd, piece)) > 0;)
        json_reader_feed(r, piece, (size_t)n);
    if (json_reader_finish(r) != JSON_DONE)
        fprintf(stderr, "%s\n", json_reader_problem(r));
    json_reader_destroy(r);
}

static size_t load_piece(void *data, size_t len, void *source) {
    ssize_t n = read(*(int *)source, data, len);
    return n < 0 ? (size_t)-1 : (size_t)n;
}

static void run_jansson(int fd) {
    json_error_t error;
    json_t *root = json_load_callback(load_piece, &fd, JSON_ALLOW_NUL, &error);
    rows = json_array_size(json_object_get(root, "connections"));
    json_decref(root);
}

/* ---- measuring ---- */

static double cpu_s(void) {
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static long peak_kb(void) {
    struct rusage u;
    getrusage(RUSAGE_SELF, &u);
    return u.ru_maxrss;
}

static const char *only = "";

static void measure(const char *name, int fd, off_t size, void (*run)(int fd)) {
    if (*only && strcmp(only, name))
        return;
    fflush(stdout);
    pid_t pid = fork();
    if (pid == 0) {
        lseek(fd, 0, SEEK_SET);
        long before = peak_kb();
        double began = cpu_s();
        run(fd);
        double took = cpu_s() - began;
        printf("%-28s %8.0f MB/s CPU %8.1f ms %8.1f MB memory %8llu rows\n", name, (double)size / 1e6 / took,
               took * 1e3, (double)(peak_kb() - before) / 1024, (unsigned long long)rows);
        fflush(stdout);
        _exit(0);
    }
    waitpid(pid, NULL, 0);
}

int main(int argc, char **argv) {
    unsigned count = argc > 1 ? (unsigned)strtoul(argv[1], NULL, 10) : 84000;
    only = argc > 2 ? argv[2] : "";
    int fd = memfd_create("body", MFD_CLOEXEC);
    off_t size = make_body(fd, count);
    printf("/connz of %u connections, %.1f MB\n", count, (double)size / 1e6);
    measure("read(2) alone", fd, size, run_read);
    measure("reader, all skipped", fd, size, run_skip);
    measure("decoder", fd, size, run_decode);
    measure("decoder and stream", fd, size, run_decode_and_encode);
    measure("jansson", fd, size, run_jansson);
    close(fd);
    return 0;
}
