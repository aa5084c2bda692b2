#include "tui/screen_term.h"

#include <curses.h>
#include <stdbool.h>
#include <term.h>

enum described { UNKNOWN, LINES_ALONE, PLACES };

/* Beforehand, because newterm() leaks when there is no such terminal. */
static enum described look_up(const char *term) {
    int error;
    if (setupterm(term, 1, &error) != OK)
        return error == 1 ? LINES_ALONE : UNKNOWN; /* 1: it prints on paper */
    const char *place = tigetstr("cup");
    bool places = place && place != (const char *)-1;
    del_curterm(cur_term);
    return places ? PLACES : LINES_ALONE;
}

const char *screen_term(const char *term) {
    const char *const names[] = {term, "xterm-256color", "vt100"};
    if (!term || !*term)
        return NULL;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        enum described described = look_up(names[i]);
        if (described != UNKNOWN)
            return described == PLACES ? names[i] : NULL;
    }
    return NULL;
}
