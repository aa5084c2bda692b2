#include "entry/config_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/memory.h"
#include "base/text.h"
#include "entry/config_text.h"

#define BYTE_ORDER_MARK "\xef\xbb\xbf"
#define TOO_LARGE       "this file is too large for a configuration"

enum { INCLUDES_MAX = 9, FILES_MAX = 200 }; /* deep; in all */
enum { LEAST_SAID = 30 };                   /* columns of what is wrong, behind its place */
enum { GROUPS_DEEP = 64, NAMED_MAX = 4096 };

/* ---- faults ---- */

static bool is_file(const struct config_told *told, const char *file) {
    return told->file == NULL || file == NULL ? told->file == file : strcmp(told->file, file) == 0;
}

/* Behind those of the same file up to this line; a file that is new comes last. */
static int place_in(const struct config_faults *faults, const char *file, int line) {
    int at = faults->kept;
    for (int i = 0; i < faults->kept; i++)
        if (is_file(&faults->told[i], file)) {
            if (faults->told[i].line > line)
                return i;
            at = i + 1;
        }
    return at;
}

/* Takes over `text`. What was said already is not said again. */
static void tell(struct config_faults *faults, const char *file, int line, char *text) {
    for (int i = 0; i < faults->kept; i++)
        if (strcmp(faults->told[i].text, text) == 0) {
            free(text);
            return;
        }
    faults->count++;
    if (faults->kept == CONFIG_FAULTS_KEPT) {
        free(text);
        return;
    }
    int at = place_in(faults, file, line);
    memmove(&faults->told[at + 1], &faults->told[at], (size_t)(faults->kept++ - at) * sizeof *faults->told);
    faults->told[at] = (struct config_told){text, file != NULL ? memory_text(file) : NULL, line};
}

void config_fault(struct config_faults *faults, const char *file, int line, const char *key,
                  const char *format, ...) {
    char text[1500];
    struct buffer whole = {0};
    va_list list;
    va_start(list, format);
    vsnprintf(text, sizeof text, format, list);
    va_end(list);
    if (line > 0)
        buffer_printf(&whole, "%s:%d: ", file, line);
    else if (file != NULL)
        buffer_printf(&whole, "%s: ", file);
    buffer_printf(&whole, "%s%s%s", key != NULL ? key : "", key != NULL ? ": " : "", text);
    tell(faults, file, line, memory_text(buffer_text(&whole)));
    buffer_finish(&whole);
}

void config_fault_at(struct config_faults *faults, const char *where, const char *text) {
    const char *colon = strrchr(where, ':');
    char *file = colon != NULL ? memory_text_cut(where, (size_t)(colon - where)) : NULL;
    tell(faults, file, colon != NULL ? atoi(colon + 1) : 0, memory_text(text));
    free(file);
}

void config_other_place(const char *file, const char *other, int line, char *out, size_t size) {
    if (strcmp(file, other) == 0)
        snprintf(out, size, "line %d", line);
    else
        snprintf(out, size, "%s:%d", other, line);
}

void config_first_fault(const struct config_faults *faults, char *out, size_t size) {
    snprintf(out, size, "%s", faults->kept > 0 ? faults->told[0].text : "");
}

const char *config_fault_sentence(const struct config_told *told) {
    size_t len = told->file != NULL ? strlen(told->file) : 0;
    if (len == 0 || strncmp(told->text, told->file, len) != 0)
        return told->text;
    const char *at = told->text + len;
    at += told->line > 0 && at[0] == ':' ? 1 + strspn(at + 1, "0123456789") : 0;
    return at + strspn(at, ": ");
}

void config_fault_place(const struct config_told *told, char *out, size_t size) {
    const char *slash = told->file != NULL ? strrchr(told->file, '/') : NULL;
    const char *name = slash != NULL ? slash + 1 : told->file;
    if (name == NULL)
        out[0] = '\0';
    else if (told->line > 0)
        snprintf(out, size, "%s:%d", name, told->line);
    else
        snprintf(out, size, "%s", name);
}

/* Where the other of two is, without the folder that both are in. */
static void leave_out_folder(const struct config_told *told, char *text) {
    const char *slash = told->file != NULL ? strrchr(told->file, '/') : NULL;
    size_t len = slash != NULL ? (size_t)(slash - told->file) + 1 : 0;
    for (char *at = text; len > 1 && (at = strstr(at, told->file)) != NULL;)
        memmove(at, at + len, strlen(at + len) + 1);
}

void config_faults_line(const struct config_faults *faults, const char *what, int columns, char *out,
                        size_t size) {
    char sentence[300], cut[300], place[200], more[40] = "";
    const struct config_told *first = &faults->told[0];
    if (faults->kept == 0) {
        snprintf(out, size, "%s", what);
        return;
    }
    if (faults->count > 1)
        snprintf(more, sizeof more, "; and %d more", faults->count - 1);
    snprintf(out, size, "%s: %s%s", what, first->text, more);
    if (text_width(out) <= columns && strlen(out) + 1 < size)
        return;
    config_fault_place(first, place, sizeof place);
    snprintf(sentence, sizeof sentence, "%s", config_fault_sentence(first));
    leave_out_folder(first, sentence);
    const char *gap = place[0] != '\0' ? ": " : "";
    snprintf(out, size, "%s: %s%s%s%s", what, place, gap, sentence, more);
    if (text_width(out) <= columns)
        return;
    snprintf(out, size, "%s: %s%s", what, sentence, more);
    if (text_width(out) <= columns)
        return;
    int room = columns - text_width(what) - text_width(place) - text_width(gap) - text_width(more) - 2;
    bool placed = room >= LEAST_SAID;
    room = placed ? room : columns - text_width(what) - 2;
    text_cut(cut, sizeof cut, sentence, room > 1 ? room : 1);
    snprintf(out, size, "%s: %s%s%s%s", what, placed ? place : "", placed ? gap : "", cut,
             placed ? more : "");
}

void config_faults_finish(struct config_faults *faults) {
    for (int i = 0; i < faults->kept; i++) {
        free(faults->told[i].text);
        free(faults->told[i].file);
    }
    faults->kept = faults->count = 0;
}

/* ---- files ---- */

char *config_file_beside(const char *path, const char *name) {
    const char *slash = strrchr(path, '/'), *home = getenv("HOME");
    if (strncmp(name, "~/", 2) == 0 && home != NULL && home[0] == '/')
        return memory_format("%s%s", home, name + 1);
    if (name[0] == '/' || slash == NULL)
        return memory_text(name);
    return memory_format("%.*s/%s", (int)(slash - path), path, name);
}

static bool read_all(int fd, char *text, size_t size, size_t *len) {
    *len = 0;
    while (*len < size) {
        ssize_t n = read(fd, text + *len, size - *len);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return false;
        if (n == 0)
            return true;
        *len += (size_t)n;
    }
    errno = EFBIG;
    return false;
}

static bool is_pipe(mode_t mode) {
    return S_ISFIFO(mode) || S_ISSOCK(mode) || S_ISCHR(mode);
}

static const char *open_fault(int fd, bool pipes, struct stat *info) {
    if (fd < 0 || fstat(fd, info) != 0)
        return errno == ENOENT ? "there is no such file" : strerror(errno);
    if (pipes && is_pipe(info->st_mode))
        return isatty(fd) ? "this is a terminal, no file" : NULL;
    if (!S_ISREG(info->st_mode))
        return "this is no file";
    return info->st_size > CONFIG_SIZE_MAX ? TOO_LARGE : NULL;
}

static const char *text_fault(const char *text, size_t len, bool included) {
    if (included && strncmp(text, BYTE_ORDER_MARK, sizeof BYTE_ORDER_MARK - 1) == 0) /* libconfig reads it */
        return "this file begins with a byte order mark, which only the first file may";
    return memchr(text, '\0', len) != NULL ? "this file holds a NUL byte and is no text" : NULL;
}

/* NULL: *fault says why. */
static char *text_of(int fd, bool pipes, bool included, const char **fault) {
    struct stat info = {0};
    size_t len = 0, skip = 0;
    *fault = open_fault(fd, pipes, &info);
    char *text = *fault == NULL ? memory_new(CONFIG_SIZE_MAX + 2) : NULL;
    if (*fault == NULL && !S_ISREG(info.st_mode)) /* now it may wait for who writes; without one it ends */
        fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) & ~O_NONBLOCK);
    if (*fault == NULL && !read_all(fd, text, CONFIG_SIZE_MAX + 1, &len))
        *fault = errno == EFBIG ? TOO_LARGE : strerror(errno);
    if (*fault == NULL && len == 0 && !S_ISREG(info.st_mode) &&
        !S_ISCHR(info.st_mode)) /* /dev/null says nothing */
        *fault = "nothing comes from this pipe";
    if (*fault == NULL)
        *fault = text_fault(text, len, included);
    if (*fault != NULL) {
        free(text);
        return NULL;
    }
    text[len] = '\n'; /* a comment on the last line wants one */
    if (strncmp(text, BYTE_ORDER_MARK, sizeof BYTE_ORDER_MARK - 1) == 0)
        skip = sizeof BYTE_ORDER_MARK - 1;
    memmove(text, text + skip, len + 2 - skip);
    return text;
}

static bool leads_nowhere(const char *path) {
    struct stat info;
    return lstat(path, &info) == 0 && S_ISLNK(info.st_mode) && stat(path, &info) != 0;
}

char *config_file_text(const char *path, struct config_faults *faults, const char *from, int line) {
    const char *fault;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    char *text = text_of(fd, false, from != NULL, &fault);
    if (fd < 0 && leads_nowhere(path))
        fault = "this link leads to a file that is not there";
    if (fd >= 0)
        close(fd);
    if (fault != NULL && from != NULL)
        config_fault(faults, from, line, NULL, "@include %s: %s", path, fault);
    else if (fault != NULL)
        config_fault(faults, path, 0, NULL, "%s", fault);
    return text;
}

bool config_file_is_pipe(const char *path) {
    struct stat info;
    return strcmp(path, "-") == 0 || (stat(path, &info) == 0 && is_pipe(info.st_mode));
}

char *config_pipe_text(const char *path, struct config_faults *faults) {
    static char *kept;
    const char *fault = NULL;
    if (kept != NULL)
        return memory_text(kept);
    bool given = strcmp(path, "-") == 0;
    int fd = given ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    kept = text_of(fd, true, false, &fault);
    if (fd >= 0 && !given)
        close(fd);
    if (fault != NULL)
        config_fault(faults, given ? "standard input" : path, 0, NULL, "%s", fault);
    return kept != NULL ? memory_text(kept) : NULL;
}

/* ---- what libconfig would not survive, or not tell ---- */

struct reader { /* a file that is being read, and the one that includes it */
    const char *path, *text;
    const struct reader *from;
    int depth;
};

struct named { /* a setting that was met */
    char *name, *file;
    int line, group;
};

struct check {
    const char *main;
    struct config_faults *faults;
    int files;
    struct named *named;
    int named_count;
    int open[GROUPS_DEEP], depth, groups; /* the groups around, by number */
};

/* libconfig tells the second of two alone. Settings beyond a number that no file has are left to it. */
static void check_named(struct check *check, const struct reader *in, const struct config_token *t) {
    char place[600];
    size_t len = t->end - t->start;
    int group = check->depth > 0 ? check->open[check->depth - 1] : 0;
    if (check->depth > GROUPS_DEEP || check->named_count == NAMED_MAX)
        return;
    for (int i = 0; i < check->named_count; i++) {
        const struct named *n = &check->named[i];
        if (n->group != group || strlen(n->name) != len || memcmp(n->name, in->text + t->start, len) != 0)
            continue;
        config_other_place(in->path, n->file, n->line, place, sizeof place);
        config_fault(check->faults, in->path, t->line, n->name, "is said twice; the other one is at %s",
                     place);
        return;
    }
    check->named = memory_grow(check->named, (size_t)check->named_count + 1, sizeof *check->named);
    check->named[check->named_count++] =
        (struct named){memory_text_cut(in->text + t->start, len), memory_text(in->path), t->line, group};
}

static void check_mark(struct check *check, char mark) {
    if (strchr("{[(", mark) != NULL && ++check->depth <= GROUPS_DEEP)
        check->open[check->depth - 1] = ++check->groups;
    else if (strchr("}])", mark) != NULL && check->depth > 0)
        check->depth--;
}

static void check_text(struct check *check, const struct reader *in);

static bool is_read_already(const struct reader *in, const char *file) {
    for (; in != NULL; in = in->from)
        if (strcmp(in->path, file) == 0)
            return true;
    return false;
}

/* Included files are looked for beside the first one. */
static void check_include(struct check *check, const struct reader *in, const struct config_token *t) {
    const char *quote = memchr(in->text + t->start, '"', t->end - t->start);
    char *name = memory_text_cut(quote + 1, t->end - (size_t)(quote - in->text) - 2);
    const char *slash = strrchr(check->main, '/');
    char *file = name[0] == '/' || slash == NULL
                     ? memory_text(name)
                     : memory_format("%.*s/%s", (int)(slash - check->main), check->main, name);
    if (is_read_already(in, file)) {
        config_fault(check->faults, in->path, t->line, NULL, "@include %s: a file can't include itself%s",
                     name, strcmp(in->path, file) == 0 ? "" : ", also not through another one");
    } else if (in->depth >= INCLUDES_MAX || ++check->files > FILES_MAX) {
        config_fault(check->faults, in->path, t->line, NULL, "@include %s: files include each other too deep",
                     name);
    } else {
        char *inner = config_file_text(file, check->faults, in->path, t->line);
        if (inner != NULL)
            check_text(check, &(struct reader){file, inner, in, in->depth + 1});
        free(inner);
    }
    free(name);
    free(file);
}

/* As natsight config prints a setting. true: it was told, the lexer is behind it. */
static bool check_dotted(struct check *check, const struct reader *in, const struct config_token *t,
                         struct config_lexer *l) {
    size_t end;
    char *instead = config_text_dotted(in->text, t, &end);
    if (instead == NULL)
        return false;
    size_t len = strcspn(instead, " ");
    bool cluster = len == 7 && strncmp(instead, "cluster", len) == 0;
    config_fault(check->faults, in->path, t->line, NULL,
                 cluster
                     ? "settings of a cluster stand in its group: clusters = ( { name = \"NAME\"; ... } );"
                     : "a setting stands in its group, which is written once: %s",
                 instead);
    for (; l->at < end; l->at++)
        l->line += l->text[l->at] == '\n';
    free(instead);
    return true;
}

static void check_text(struct check *check, const struct reader *in) {
    struct config_lexer l = config_lexer(in->text, strlen(in->text));
    struct config_token t, before = {.kind = CONFIG_END};
    for (;; before = t) {
        t = config_next(&l);
        if (t.kind == CONFIG_END || check->faults->count >= CONFIG_FAULTS_KEPT)
            return;
        if (t.fault != NULL)
            config_fault(check->faults, in->path, t.line, NULL, "%s", t.fault);
        if (t.kind == CONFIG_BROKEN)
            return;
        if (t.kind == CONFIG_NAME && check_dotted(check, in, &t, &l))
            continue;
        char mark = t.kind == CONFIG_MARK ? in->text[t.start] : ' ';
        if (t.kind == CONFIG_INCLUDE)
            check_include(check, in, &t);
        else if (before.kind == CONFIG_NAME && (mark == '=' || mark == ':'))
            check_named(check, in, &before);
        else if (mark != ' ')
            check_mark(check, mark);
    }
}

static bool survives(const char *path, const char *text, struct config_faults *faults) {
    struct check check = {.main = path, .faults = faults};
    int before = faults->count;
    check_text(&check, &(struct reader){path, text, NULL, 0});
    for (int i = 0; i < check.named_count; i++) {
        free(check.named[i].name);
        free(check.named[i].file);
    }
    free(check.named);
    return faults->count == before;
}

bool config_file_parse(config_t *parsed, const char *path, const char *text, struct config_faults *faults) {
    if (!survives(path, text, faults))
        return false;
    const char *slash = strrchr(path, '/');
    char *folder = slash != NULL ? memory_text_cut(path, (size_t)(slash - path) + (slash == path)) : NULL;
    config_init(parsed);
    if (folder != NULL)
        config_set_include_dir(parsed, folder);
    free(folder);
    if (config_read_string(parsed, text) == CONFIG_TRUE)
        return true;
    const char *what = config_error_text(parsed), *included = config_error_file(parsed);
    char *file = config_file_beside(path, included != NULL ? included : path);
    config_fault(faults, included != NULL ? file : path, config_error_line(parsed), NULL, "%s%s", what,
                 strcmp(what, "syntax error") == 0
                     ? " here or just before: NAME = VALUE; is what a file is made of, text stands in quotes"
                     : "");
    free(file);
    config_destroy(parsed);
    return false;
}
