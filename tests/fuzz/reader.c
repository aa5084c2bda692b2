/* Any bytes as an answer of any endpoint, in two cuts: both give the same rows and the same end. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "collectors/decode.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct tally {
    uint64_t rows;
    uint32_t hash;
};

static void on_row(void *data, const struct row *row) {
    struct tally *t = data;
    if (row->entity >= ENTITY_COUNT || row->cells != entities[row->entity].count)
        abort();
    t->rows++;
    t->hash = t->hash * 31 + row_key_hash(row);
    for (int c = 0; c < row->cells; c++) {
        enum field f = (enum field)((int)entities[row->entity].first + c);
        if (!row_has(row, f) || fields[f].type != TYPE_TEXT)
            continue;
        char again[TEXT_MAX_BYTES + 1];
        const struct text *s = row_cell(row, f)->s;
        size_t len = text_clean(again, s->bytes, s->len);
        if (len != s->len || memcmp(again, s->bytes, len) || s->bytes[len])
            abort(); /* what is handed out is clean */
    }
}

static enum failure decode(struct decoder *d, enum shape shape, const uint8_t *data, size_t size,
                           size_t piece, struct tally *t) {
    char error[200];
    decoder_start(d, shape, "n1", on_row, t);
    for (size_t at = 0; at < size; at += piece) {
        size_t n = size - at < piece ? size - at : piece;
        char *block = malloc(n); /* of its own, so that a step past its end is seen */
        memcpy(block, data + at, n);
        bool more = decoder_feed(d, block, n);
        free(block);
        if (!more)
            break;
    }
    return decoder_finish(d, error, sizeof error);
}

/* The first byte chooses shape and cut. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static struct decoder *d;
    if (!d)
        d = decoder_create();
    if (size < 1)
        return 0;
    struct tally whole = {0}, cut = {0};
    enum shape shape = (enum shape)(data[0] % SHAPE_LIMIT);
    size_t piece = 1 + data[0] / SHAPE_LIMIT;
    data++;
    size--;
    enum failure a = decode(d, shape, data, size, size + 1, &whole);
    enum failure b = decode(d, shape, data, size, piece, &cut);
    if (a != b || whole.rows != cut.rows || whole.hash != cut.hash)
        abort();
    return 0;
}
