/* Taking answers in, without terminal and processes: a recorded sample stream goes through reader, model,
 * view and surface as in the program, and each step that a key would have to wait for is measured by its CPU
 * time. */
#ifndef BENCH_TAKING_H
#define BENCH_TAKING_H

#include <stdbool.h>
#include <stddef.h>

struct taking {
    int answers;       /* large ones that were measured */
    double answer_ms;  /* from the last byte to the sorted and drawn table; median */
    double merge_ms;   /* of that, until all of it is in the model; median */
    double frame_ms;   /* one frame of the view, nothing new; median */
    double tick_ms;    /* median of those behind an answer */
    double longest_ms; /* of all steps, a key's own frame not counted */
    const char *longest;
    double heap_mb; /* of model and view in the end */
    size_t consumers;
};

/* Answers are samples of more than `large` bytes. false: the stream has none. */
bool taking_measure(struct taking *out, const char *stream, size_t size, size_t large, const char *view);

#endif
