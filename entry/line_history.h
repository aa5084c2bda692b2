/* Lines typed at a prompt in this session. Nothing is written anywhere. Main process. */
#ifndef ENTRY_LINE_HISTORY_H
#define ENTRY_LINE_HISTORY_H

enum { LINE_HISTORY_MOST = 50, LINE_HISTORY_SIZE = 256 };

struct line_history {
    char lines[LINE_HISTORY_MOST][LINE_HISTORY_SIZE]; /* the oldest first */
    int count;
    int at; /* the one shown; count: what is being typed */
    char draft[LINE_HISTORY_SIZE];
};

void line_history_begin(struct line_history *h); /* a prompt opens */
/* A line was entered; one that is like the one before counts once. */
void line_history_add(struct line_history *h, const char *line);
/* by -1 older, +1 newer; `typed` is kept when leaving the newest end. NULL: there is none. */
const char *line_history_step(struct line_history *h, int by, const char *typed);

#endif
