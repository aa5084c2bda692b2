/* A sample at hand, written whole as a collector writes it piece by piece. */
#ifndef TESTS_SAMPLE_WRITE_H
#define TESTS_SAMPLE_WRITE_H

#include "sample/stream.h"

static inline void write_sample(struct buffer *out, uint16_t source, const struct sample *sample) {
    struct sample_writer *w = sample_writer_create(source);
    sample_writer_begin(w, out, sample);
    for (size_t i = 0; i < sample->count; i++)
        sample_writer_row(w, sample->rows[i]);
    sample_writer_end(w, sample);
    sample_writer_destroy(w);
}

#endif
