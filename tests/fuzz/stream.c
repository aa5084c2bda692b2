/* Any bytes as a stream, once as they are and once with right checksums, in two cuts: both say the same. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "base/buffer.h"
#include "sample/stream.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct tally {
    uint64_t rows, samples, damages;
    uint32_t hash;
};

static void look_at(struct tally *t, const struct row *row) {
    if (row->entity >= ENTITY_COUNT || row->cells != entities[row->entity].count)
        abort();
    t->hash = t->hash * 31 + row_key_hash(row);
    for (int c = 0; c < row->cells; c++) {
        enum field f = (enum field)((int)entities[row->entity].first + c);
        if (row_has(row, f) && fields[f].type == TYPE_TEXT &&
            strlen(row_cell(row, f)->s->bytes) > TEXT_MAX_BYTES)
            abort();
    }
}
static void on_row(void *data, uint16_t source, enum frame_kind kind, const struct row *row) {
    struct tally *t = data;
    t->rows++;
    t->hash += source + (uint32_t)kind;
    look_at(t, row);
}
static void on_sample(void *data, const struct sample *sample) {
    struct tally *t = data;
    t->samples++;
    t->hash += sample->source;
    if (!shape_name((unsigned)sample->shape) || sample->failure >= FAILURE_COUNT || !sample->error)
        abort();
    for (size_t i = 0; i < sample->count; i++)
        look_at(t, sample->rows[i]);
}
static void on_damage(void *data, size_t skipped) {
    struct tally *t = data;
    (void)skipped;
    t->damages++;
}

/* One reader for all inputs: a reset leaves nothing of the last one behind. */
static struct tally read_all(const char *data, size_t size, size_t piece) {
    static const struct stream_handler handler = {on_row, on_sample, on_damage};
    static struct stream_reader *r;
    static struct tally t;
    if (!r)
        r = stream_reader_create(&handler, &t);
    t = (struct tally){0};
    for (size_t at = 0; at < size; at += piece)
        stream_reader_feed(r, data + at, size - at < piece ? size - at : piece);
    stream_reader_reset(r);
    return t;
}

static void read_both_ways(const char *data, size_t size) {
    struct tally a = read_all(data, size, size + 1), b = read_all(data, size, 3);
    if (a.rows != b.rows || a.samples != b.samples || a.damages != b.damages || a.hash != b.hash)
        abort();
}

/* Frames made of the input: kind, two bytes of length, payload; again and again. */
static void with_sums(struct buffer *out, const uint8_t *data, size_t size) {
    while (size >= 3) {
        size_t len = (size_t)(data[1] | data[2] << 8) % (size - 2);
        unsigned char h[16] = {'N', 's', 'F', '1', (unsigned char)len, (unsigned char)(len >> 8)};
        h[8] = data[0] % 13;
        h[10] = data[0] / 128;
        uLong sum = crc32(crc32(0, h + 8, 4), data + 3, (uInt)len);
        for (int i = 0; i < 4; i++)
            h[12 + i] = (unsigned char)(sum >> (8 * i));
        buffer_append(out, h, 16);
        buffer_append(out, data + 3, len);
        data += 3 + len;
        size -= 3 + len;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct buffer framed = {0};
    read_both_ways((const char *)data, size);
    with_sums(&framed, data, size);
    if (framed.len)
        read_both_ways(framed.data, framed.len);
    buffer_finish(&framed);
    return 0;
}
