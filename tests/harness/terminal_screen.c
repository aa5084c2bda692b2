#include "tests/harness/terminal_inner.h"

#include <regex.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CELL_BYTES = 6 * 4, WIDE_REST = -1 };

static size_t put_utf8(char *out, uint32_t c) {
    if (c < 0x80) {
        out[0] = (char)c;
        return 1;
    }
    size_t n = c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
    static const unsigned char lead[] = {0, 0, 0xc0, 0xe0, 0xf0};
    for (size_t i = n; i-- > 1; c >>= 6)
        out[i] = (char)(0x80 | (c & 0x3f));
    out[0] = (char)(lead[n] | c);
    return n;
}

static size_t put_cell(char *out, const VTermScreenCell *cell) {
    size_t n = 0;
    if (cell->chars[0] == (uint32_t)WIDE_REST)
        return 0;
    if (cell->chars[0] == 0)
        out[n++] = ' ';
    for (int i = 0; i < VTERM_MAX_CHARS_PER_CELL && cell->chars[i]; i++)
        n += put_utf8(out + n, cell->chars[i]);
    return n;
}

/* offset[c]: where column c begins in the text; may be NULL. */
static const char *build_row(struct terminal *t, int row, size_t *offset) {
    char *text = malloc((size_t)t->cols * CELL_BYTES + 1);
    size_t n = 0;
    for (int col = 0; col < t->cols && text; col++) {
        VTermScreenCell cell;
        if (offset)
            offset[col] = n;
        if (vterm_screen_get_cell(t->screen, (VTermPos){row, col}, &cell))
            n += put_cell(text + n, &cell);
    }
    while (text && n > 0 && text[n - 1] == ' ')
        n--;
    if (text)
        text[n] = '\0';
    free(t->row_text[row]);
    t->row_text[row] = text;
    return text ? text : "";
}

const char *terminal_row(struct terminal *t, int row) {
    return row >= 0 && row < t->rows ? build_row(t, row, NULL) : "";
}

char *terminal_text(struct terminal *t) {
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    for (int row = 0; row < t->rows && out; row++)
        fprintf(out, "%s\n", terminal_row(t, row));
    if (out)
        fclose(out);
    return text;
}

int terminal_find(struct terminal *t, const char *text, int *col) {
    size_t *offset = calloc((size_t)t->cols, sizeof *offset);
    int found = -1;
    for (int row = 0; row < t->rows && found < 0 && offset; row++) {
        const char *line = build_row(t, row, offset), *at = strstr(line, text);
        if (!at)
            continue;
        found = row;
        for (int c = 0; c < t->cols && col; c++)
            if (offset[c] <= (size_t)(at - line))
                *col = c;
    }
    free(offset);
    return found;
}

int terminal_match(struct terminal *t, const char *regex, char groups[][128], int n) {
    regmatch_t at[10];
    regex_t compiled;
    int found = -1;
    if (regcomp(&compiled, regex, REG_EXTENDED) != 0) {
        fprintf(stderr, "terminal: bad regex %s\n", regex);
        return -1;
    }
    for (int row = 0; row < t->rows && found < 0; row++) {
        const char *line = terminal_row(t, row);
        if (regexec(&compiled, line, 10, at, 0) != 0)
            continue;
        found = row;
        for (int i = 0; i < n && i < 10; i++)
            snprintf(groups[i], 128, "%.*s", (int)(at[i].rm_eo - at[i].rm_so),
                     at[i].rm_so < 0 ? "" : line + at[i].rm_so);
    }
    regfree(&compiled);
    return found;
}

static int colour(const VTermColor *c) {
    if (VTERM_COLOR_IS_DEFAULT_FG(c) || VTERM_COLOR_IS_DEFAULT_BG(c))
        return TERMINAL_DEFAULT;
    return VTERM_COLOR_IS_INDEXED(c) ? c->indexed.idx : TERMINAL_RGB;
}

struct terminal_cell terminal_cell(struct terminal *t, int row, int col) {
    struct terminal_cell out = {.text = "", .fg = TERMINAL_DEFAULT, .bg = TERMINAL_DEFAULT};
    VTermScreenCell cell;
    if (!vterm_screen_get_cell(t->screen, (VTermPos){row, col}, &cell))
        return out;
    out.text[put_cell(out.text, &cell)] = '\0';
    out.width = (unsigned char)cell.width;
    out.bold = cell.attrs.bold;
    out.underline = cell.attrs.underline != 0;
    out.italic = cell.attrs.italic;
    out.blink = cell.attrs.blink;
    out.reverse = cell.attrs.reverse;
    out.fg = colour(&cell.fg);
    out.bg = colour(&cell.bg);
    return out;
}

bool terminal_alternate(const struct terminal *t) {
    return t->alternate;
}

void terminal_size(const struct terminal *t, int *rows, int *cols) {
    *rows = t->rows;
    *cols = t->cols;
}

void terminal_dump(struct terminal *t) {
    fprintf(stderr, "+--- %dx%d, %zu bytes so far, program %s\n", t->cols, t->rows, t->bytes,
            t->job.ended     ? "ended"
            : t->job.stopped ? "stopped"
                             : "running");
    for (int row = 0; row < t->rows; row++)
        fprintf(stderr, "|%s\n", terminal_row(t, row));
    fprintf(stderr, "+---\n");
}

bool terminal_wait(struct terminal *t, bool (*met)(struct terminal *, void *), void *context,
                   const char *what, int ms) {
    long long deadline = terminal_now_ms() + ms;
    while (terminal_pump(t, 0))
        ;
    while (!met(t, context)) {
        long long left = deadline - terminal_now_ms();
        if (left <= 0) {
            fprintf(stderr, "terminal: waited %d ms in vain: %s\n", ms, what);
            terminal_dump(t);
            return false;
        }
        terminal_pump(t, left < 20 ? (int)left : 20);
        job_watch(&t->job, 0);
    }
    return true;
}

static bool shows(struct terminal *t, void *text) {
    return terminal_find(t, text, NULL) >= 0;
}

static bool hides(struct terminal *t, void *text) {
    return terminal_find(t, text, NULL) < 0;
}

static bool matches(struct terminal *t, void *regex) {
    return terminal_match(t, regex, NULL, 0) >= 0;
}

static bool has_bytes(struct terminal *t, void *bytes) {
    size_t least;
    memcpy(&least, bytes, sizeof least);
    return terminal_bytes(t) >= least;
}

static bool wait_string(struct terminal *t, bool (*met)(struct terminal *, void *), const char *verb,
                        const char *text, int ms) {
    char what[300], *copy = strdup(text);
    snprintf(what, sizeof what, "%s \"%.250s\"", verb, text);
    bool ok = copy && terminal_wait(t, met, copy, what, ms);
    free(copy);
    return ok;
}

bool terminal_wait_text(struct terminal *t, const char *text, int ms) {
    return wait_string(t, shows, "shows", text, ms);
}

bool terminal_wait_gone(struct terminal *t, const char *text, int ms) {
    return wait_string(t, hides, "no longer shows", text, ms);
}

bool terminal_wait_regex(struct terminal *t, const char *regex, int ms) {
    return wait_string(t, matches, "matches", regex, ms);
}

bool terminal_wait_bytes(struct terminal *t, size_t bytes, int ms) {
    return terminal_wait(t, has_bytes, &bytes, "enough bytes", ms);
}
