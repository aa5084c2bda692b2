#include "entry/context_value.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/buffer.h"
#include "base/memory.h"

#define CONTENT_MAX (64 << 10) /* of a file that holds a secret */

struct fault {
    char *message;
    size_t size;
};

static char *fail(const struct fault *fault, const char *what, const char *why) {
    snprintf(fault->message, fault->size, "%.200s: %s", what, why);
    return NULL;
}

/* ---- paths ---- */

static const char *variable(const char **p) {
    char name[128];
    bool braces = **p == '{';
    const char *from = *p + braces;
    size_t len = 0;
    while (isalnum((unsigned char)from[len]) || from[len] == '_')
        len++;
    snprintf(name, sizeof name, "%.*s", (int)(len < 127 ? len : 127), from);
    *p = from + len + (braces && from[len] == '}');
    const char *value = getenv(name);
    return value != NULL ? value : "";
}

/* ~ and $VARIABLE as natscontext has them. */
static char *expanded(const char *path) {
    struct buffer out = {0};
    if (path[0] == '~' && (path[1] == '/' || path[1] == '\0')) {
        const char *home = getenv("HOME");
        buffer_printf(&out, "%s", home != NULL ? home : "");
        path++;
    }
    while (*path != '\0') {
        if (*path != '$') {
            buffer_append(&out, path++, 1);
            continue;
        }
        path++;
        buffer_printf(&out, "%s", variable(&path));
    }
    char *text = memory_text(buffer_text(&out));
    buffer_finish(&out);
    return text;
}

/* ---- what a scheme stands for ---- */

static char *of_environment(const char *name, const struct fault *fault) {
    const char *value = getenv(name);
    if (value == NULL || value[0] == '\0')
        return fail(fault, name, "there is no such variable, or it is empty");
    return memory_text(value);
}

static char *of_file(const char *path, const struct fault *fault) {
    char *whole = expanded(path), *content = NULL;
    FILE *file = fopen(whole, "re");
    if (file != NULL) {
        content = memory_new(CONTENT_MAX + 1);
        content[fread(content, 1, CONTENT_MAX, file)] = '\0';
        fclose(file);
    } else {
        fail(fault, whole, strerror(errno));
    }
    free(whole);
    return content;
}

static int digit(char c) {
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const char *at = c != '\0' ? strchr(digits, c) : NULL;
    return at != NULL ? (int)(at - digits) : -1;
}

/* "data:TEXT" or "data:;base64,TEXT". */
static char *of_base64(const char *text, const struct fault *fault) {
    const char *comma = strchr(text, ',');
    text = comma != NULL ? comma + 1 : text;
    char *out = memory_new(strlen(text) + 1);
    size_t len = 0;
    unsigned bits = 0;
    int have = 0;
    for (; *text != '\0' && *text != '='; text++) {
        int d = digit(*text);
        if (d < 0) {
            free(out);
            return fail(fault, "data:...", "this is no base64");
        }
        bits = bits << 6 | (unsigned)d;
        if ((have += 6) >= 8)
            out[len++] = (char)(bits >> (have -= 8) & 255);
    }
    return out;
}

static char *by_program(const char *rest, const struct fault *fault) {
    (void)rest;
    return fail(fault, "op:// and nsc://",
                "they ask another program for the secret, and natsight runs none; write it to a file");
}

static const struct scheme {
    const char *name;
    char *(*stands_for)(const char *rest, const struct fault *fault);
} schemes[] = {{"env://", of_environment},
               {"file://", of_file},
               {"data:", of_base64},
               {"op://", by_program},
               {"nsc://", by_program}};

static const struct scheme *scheme_of(const char *text) {
    for (size_t i = 0; i < sizeof schemes / sizeof *schemes; i++)
        if (strncasecmp(schemes[i].name, text, strlen(schemes[i].name)) == 0)
            return &schemes[i];
    return NULL;
}

static void end_line(char *text) {
    size_t len = text != NULL ? strlen(text) : 0;
    while (len > 0 && isspace((unsigned char)text[len - 1]))
        text[--len] = '\0';
}

char *context_value(const struct login_row *row, const char *text, bool *content, char *message,
                    size_t size) {
    const struct fault fault = {message, size};
    static const char file_scheme[] = "file://";
    bool is_path = row->kind == LOGIN_FILE || row->kind == LOGIN_KEYS;
    bool named = strncasecmp(text, file_scheme, sizeof file_scheme - 1) == 0;
    *content = false;
    if (is_path && named)
        return expanded(text + sizeof file_scheme - 1);
    const struct scheme *scheme =
        row->kind == LOGIN_SECRET || row->kind == LOGIN_KEYS ? scheme_of(text) : NULL;
    if (scheme == NULL)
        return is_path ? expanded(text) : memory_text(text);
    *content = row->kind == LOGIN_KEYS;
    char *value = scheme->stands_for(text + strlen(scheme->name), &fault);
    end_line(value);
    /* cppcheck-suppress returnDanglingLifetime ; it is the heap's */
    return value;
}

/* ---- credentials ---- */

char *context_between(const char *content, const char *what) {
    char begins[80];
    snprintf(begins, sizeof begins, "-----BEGIN %s-----", what);
    const char *at = strstr(content, begins);
    if (at == NULL)
        return NULL;
    at += strlen(begins);
    at += strspn(at, " \r\n\t-");
    size_t len = strcspn(at, " \r\n\t");
    return len > 0 ? memory_text_cut(at, len) : NULL;
}
