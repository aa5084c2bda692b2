#include "tests/outward/scripts.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/buffer.h"
#include "base/clock.h"
#include "tests/harness/folder.h"
#include "tests/harness/job.h"

#define WAIT_NS (20 * NS_PER_S)

static struct folder folder;
static struct loop *loop;
static struct buffer text;

void scripts_begin(void) {
    ck_assert(folder_make(&folder, "scripts"));
    loop = loop_create();
}

void scripts_end(void) {
    loop_destroy(loop);
    buffer_finish(&text);
    folder_remove(&folder);
}

struct loop *scripts_loop(void) {
    return loop;
}

const char *scripts_path(const char *name) {
    static char paths[8][700];
    static int at;
    at = (at + 1) % 8;
    snprintf(paths[at], sizeof paths[at], "%s/%s", folder.path, name);
    return paths[at];
}

const char *script(const char *name, const char *body) {
    static char paths[8][700];
    static int at;
    const char *hole;
    char *path = paths[at = (at + 1) % 8];
    snprintf(path, sizeof paths[0], "%s", scripts_path(name));
    FILE *f = fopen(path, "w");
    ck_assert_ptr_nonnull(f);
    fputs("#!/bin/sh\n", f);
    for (; (hole = strstr(body, "%s")) != NULL; body = hole + 2)
        fprintf(f, "%.*s%s", (int)(hole - body), body, folder.path);
    fputs(body, f);
    fputc('\n', f);
    ck_assert_int_eq(fclose(f), 0);
    ck_assert_int_eq(chmod(path, 0755), 0);
    return path;
}

const char *scripts_text(const char *name) {
    FILE *f = fopen(scripts_path(name), "r");
    text.len = 0;
    if (f != NULL) {
        size_t n;
        while ((n = fread(buffer_reserve(&text, 65536), 1, 65536, f)) > 0)
            text.len += n;
        fclose(f);
    }
    return buffer_text(&text);
}

int scripts_lines(const char *name) {
    int lines = 0;
    for (const char *at = scripts_text(name); (at = strchr(at, '\n')) != NULL; at++)
        lines++;
    return lines;
}

void scripts_turn_until(bool (*is_so)(const void *), const void *what) {
    int64_t until = clock_mono_ns() + WAIT_NS;
    while (!is_so(what) && clock_mono_ns() < until)
        loop_turn(loop, 20);
    ck_assert(is_so(what));
}

struct expected {
    const char *name, *text;
    int lines;
};

static bool has_text(const void *data) {
    const struct expected *e = data;
    return strstr(scripts_text(e->name), e->text) != NULL;
}

static bool has_lines(const void *data) {
    const struct expected *e = data;
    return scripts_lines(e->name) >= e->lines;
}

static bool is_gone(const void *data) {
    char state = job_state((pid_t)atoi(scripts_text(data)));
    return state == 0 || state == 'Z';
}

void scripts_wait_text(const char *name, const char *expected) {
    scripts_turn_until(has_text, &(struct expected){name, expected, 0});
}

void scripts_wait_lines(const char *name, int lines) {
    scripts_turn_until(has_lines, &(struct expected){name, NULL, lines});
}

void scripts_wait_gone(const char *name) {
    ck_assert_int_gt(atoi(scripts_text(name)), 1);
    scripts_turn_until(is_gone, name);
}
