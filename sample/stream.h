/* The live layer of the sample stream: frames on a pipe, self-describing, checked, cut anywhere without harm.
 *
 * docs/stream.md is the specification; this is its C reading. A frame is: magic "NsF1", u32 payload length,
 * u8 kind, u8 flags (0), u16 source, u32 crc32 (zlib's, over kind .. source and payload), payload;
 * little-endian. Integers inside the payload are LEB128 varints, signed ones zigzag, doubles 8 bytes.
 * Writers: collectors. Reader: the main process. */
#ifndef SAMPLE_STREAM_H
#define SAMPLE_STREAM_H

#include "base/buffer.h"
#include "sample/sample.h"

#define STREAM_FRAME_MAX (1u << 20) /* bytes of one frame, header included */
#define STREAM_ROWS_MAX  512        /* rows of one frame */

enum frame_kind { /* stable numbers */
                  FRAME_HELLO = 1,
                  FRAME_SCHEMA = 2,
                  FRAME_TARGET = 3,
                  FRAME_BEGIN = 4,
                  FRAME_ROWS = 5,
                  FRAME_END = 6,
                  FRAME_TICK = 7,
                  FRAME_EVENT = 8,
                  FRAME_GAP = 9,
                  FRAME_COST = 10,
                  FRAME_LOG = 11,
};

/* The sources that this program's collectors are. */
enum { SOURCE_HTTP = 1, SOURCE_NATS = 2 };

/* ---- writing: everything appends whole frames to `out` ---- */
void stream_write_schema(struct buffer *out, uint16_t source);
/* Any kind but SCHEMA, BEGIN, ROWS, END: one row of the entity of the same name. */
void stream_write_row(struct buffer *out, uint16_t source, enum frame_kind kind, const struct row *row);

/* A sample: BEGIN, ROWS..., END; rows are encoded as they are decoded. One writer serves one sample at a
 * time. */
struct sample_writer;
struct sample_writer *sample_writer_create(uint16_t source);
void sample_writer_destroy(struct sample_writer *w);
void sample_writer_begin(struct sample_writer *w, struct buffer *out,
                         const struct sample *head); /* target .. asked */
void sample_writer_row(struct sample_writer *w, const struct row *row);
void sample_writer_end(struct sample_writer *w,
                       const struct sample *head); /* answered .. failure; rows are counted */

/* ---- reading ---- */
struct stream_handler {
    /* HELLO, TARGET, TICK, EVENT, GAP, COST, LOG; the row lives during the call. */
    void (*on_row)(void *data, uint16_t source, enum frame_kind kind, const struct row *row);
    /* A committed sample, borrowed during the call unless it is taken over. */
    void (*on_sample)(void *data, const struct sample *sample);
    /* Bytes that were no frame were skipped up to the next magic with a right checksum. */
    void (*on_damage)(void *data, size_t skipped);
};

struct stream_reader;
struct stream_reader *stream_reader_create(const struct stream_handler *handler, void *data);
void stream_reader_destroy(struct stream_reader *reader);
/* Takes any cut of the stream. Memory is bounded: an unfinished sample of more than max_sample_bytes (64 MiB)
 * is dropped and told as damage. A field or entity that this program does not know is skipped; a frame before
 * the first schema uses ours. */
void stream_reader_feed(struct stream_reader *reader, const char *bytes, size_t len);
/* Within on_sample() alone: makes the sample at hand the caller's, who ends it with sample_destroy(). */
struct sample *stream_reader_take(struct stream_reader *reader);
/* The stream ended or its writer died: an unfinished sample is forgotten, the next frame may be a hello
 * again. */
void stream_reader_reset(struct stream_reader *reader);

#endif
