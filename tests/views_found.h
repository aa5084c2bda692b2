/* The view find: a word, and the rows that it gives.
 *
 * Header only: each test of views is one program. */
#ifndef TESTS_VIEWS_FOUND_H
#define TESTS_VIEWS_FOUND_H

#include <check.h>
#include <stdio.h>

#include "tests/harness/suite.h"
#include "tests/views_frame.h"

static inline void find(struct frame *f, const struct world *w, const char *word) {
    frame_open(f, w, "find");
    const char *fault = f->view->take(f->state, word);
    ck_assert_msg(fault == NULL, "%s", fault);
}

/* The first words of the rows, from above, as far as they fit. */
static inline void rows_are(struct frame *f, const char *const *expected, int count) {
    char *text = frame_text(f, 200, 60, false);
    const char *line = strstr(text, "\n S KIND");
    ck_assert_msg(line != NULL || count == 0, "%s", text);
    for (int i = 0; i < count; i++) {
        char row[60];
        line = strchr(line + 1, '\n');
        ck_assert_ptr_nonnull(line);
        snprintf(row, sizeof(row), "%.50s", line + 4); /* behind mark and selection */
        ck_assert_msg(strncmp(row, expected[i], strlen(expected[i])) == 0, "row %d is %s, not %s\n%s", i, row,
                      expected[i], text);
    }
    line = line ? strchr(line + 1, '\n') : NULL;
    ck_assert_msg(line == NULL || line[1] == '\n', "there are more:\n%s", text);
    free(text);
}
#define ROWS(f, ...)                                                                                         \
    do {                                                                                                     \
        const char *const expected[] = {__VA_ARGS__};                                                        \
        rows_are(f, expected, (int)(sizeof(expected) / sizeof(expected[0])));                                \
    } while (0)

static inline bool says(struct frame *f, int cols, int rows, const char *what) {
    char *text = frame_text(f, cols, rows, false);
    bool found = strstr(text, what) != NULL;
    if (!found)
        printf("%s is nowhere in\n%s", what, text);
    free(text);
    return found;
}

#endif
