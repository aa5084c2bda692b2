#include "tests/e2e/config_file.h"

#include <check.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "tests/harness/folder.h"
#include "tests/harness/text_file.h"

enum { ARGUMENTS_MAX = 14 };

static struct folder folder;
static char path[600];
static struct command last = {.in = -1, .out = -1, .err = -1};

void config_begin(void) {
    ck_assert(folder_make(&folder, "config"));
    snprintf(path, sizeof path, "%s/natsight.conf", folder.path);
}

void config_end(void) {
    command_free(&last);
    folder_remove(&folder);
}

const char *config_folder(void) {
    return folder.path;
}

const char *config_path(void) {
    return path;
}

void config_path_in(const char *below) {
    config_make_folder(below);
    snprintf(path, sizeof path, "%.500s/%s/natsight.conf", folder.path, below);
}

void config_write(const char *name, const char *text) {
    char file[700];
    snprintf(file, sizeof file, "%s/%s", folder.path, name);
    text_file_write(file, "%s", text);
}

const char *config_text(const char *file) {
    static char text[8192];
    FILE *in = fopen(file, "r");
    size_t n = in != NULL ? fread(text, 1, sizeof text - 1, in) : 0;
    text[n] = '\0';
    if (in != NULL)
        fclose(in);
    return text;
}

void config_make_folder(const char *name) {
    char below[700];
    snprintf(below, sizeof below, "%s/%s", folder.path, name);
    ck_assert_int_eq(mkdir(below, 0700), 0);
}

const char *const *config_as_home(void) {
    static char xdg[600];
    static const char *const env[] = {xdg, NULL};
    snprintf(xdg, sizeof xdg, "XDG_CONFIG_HOME=%s", folder.path);
    return env;
}

int config_run(const char *const *env, ...) {
    const char *argv[ARGUMENTS_MAX + 1] = {command_natsight(), "config"};
    va_list arguments;
    va_start(arguments, env);
    for (int i = 2; i < ARGUMENTS_MAX && (argv[i] = va_arg(arguments, const char *)) != NULL; i++)
        ;
    va_end(arguments);
    command_free(&last);
    return command_run(&last, argv, env, 10000);
}

int config_read(void) {
    return config_run(NULL, "--config", path, NULL);
}

int config_load(const char *text) {
    config_write("natsight.conf", text);
    return config_read();
}

const char *config_output(void) {
    return last.output;
}

const char *config_errors(void) {
    return last.errors;
}

void config_says(const char *text) {
    ck_assert_msg(strstr(last.output, text) != NULL, "no \"%s\" in:\n%s%s", text, last.output, last.errors);
}

void config_blames(const char *text) {
    ck_assert_msg(strstr(last.errors, text) != NULL, "no \"%s\" in: %s", text, last.errors);
}

void config_has(const char *value, const char *origin) {
    char start[200];
    snprintf(start, sizeof start, "\n%s ", value);
    const char *line = strstr(last.output, start);
    ck_assert_msg(line != NULL, "no \"%s\" in:\n%s%s", value, last.output, last.errors);
    const char *end = strchr(line + 1, '\n');
    size_t len = strlen(origin);
    ck_assert_msg((size_t)(end - line) > len && strncmp(end - len, origin, len) == 0, "not from \"%s\": %.*s",
                  origin, (int)(end - line), line);
}
