/* What the files of the terminal harness share: nothing here is for tests. */
#ifndef HARNESS_TERMINAL_INNER_H
#define HARNESS_TERMINAL_INNER_H

#include "tests/harness/job.h"
#include "tests/harness/terminal.h"

#include <termios.h>

struct terminal {
    struct job job;
    int master, slave; /* the slave stays open so that the last output is never lost */
    struct termios before;
    VTerm *vt;
    VTermScreen *screen;
    int rows, cols;
    char **row_text;
    bool alternate, cursor_visible;
    int mouse;
    long long typed_ms; /* when something was typed last */
    char late[1024];    /* answers and keys that the line has no room for yet */
    size_t late_size;
    char unknown[200];
    char *output;
    size_t output_size, output_room, bytes;
};

/* Milliseconds of the monotonic clock. */
long long terminal_now_ms(void);

#endif
