/* What the stream's writer and reader share: the frame header, wire classes and limits of docs/stream.md. */
#ifndef SAMPLE_WIRE_H
#define SAMPLE_WIRE_H

#include <string.h>
#include <zlib.h>

#include "sample/field.h"
#include "sample/stream.h"

#define WIRE_MAGIC       "NsF1"
#define WIRE_HEADER      16
#define WIRE_PAYLOAD_MAX (STREAM_FRAME_MAX - WIRE_HEADER)
#define WIRE_TEXT_MAX    2048 /* bytes of a text that a writer sends */
#define WIRE_LAYOUTS_MAX 64   /* of one frame */
#define WIRE_COLUMNS_MAX 512  /* of one layout */
#define WIRE_NUMBER_MAX  65535

/* How a value lies in a row: what a reader must know to pass over a field of unknown type. Stable numbers. */
enum wire { WIRE_VARINT = 0, WIRE_ZIGZAG = 1, WIRE_FIXED64 = 2, WIRE_BYTE = 3, WIRE_TEXT = 4, WIRE_COUNT };

static inline enum wire wire_of(enum field_type type) {
    static const uint8_t wires[] = {
        [TYPE_U64] = WIRE_VARINT,  [TYPE_I64] = WIRE_ZIGZAG, [TYPE_F64] = WIRE_FIXED64,
        [TYPE_BOOL] = WIRE_BYTE,   [TYPE_TEXT] = WIRE_TEXT,  [TYPE_TIME] = WIRE_ZIGZAG,
        [TYPE_SPAN] = WIRE_ZIGZAG,
    };
    return (enum wire)wires[type];
}

static inline void wire_put16(unsigned char *to, uint16_t v) {
    to[0] = (unsigned char)v;
    to[1] = (unsigned char)(v >> 8);
}
static inline void wire_put32(unsigned char *to, uint32_t v) {
    wire_put16(to, (uint16_t)v);
    wire_put16(to + 2, (uint16_t)(v >> 16));
}
static inline void wire_put64(unsigned char *to, uint64_t v) {
    wire_put32(to, (uint32_t)v);
    wire_put32(to + 4, (uint32_t)(v >> 32));
}
static inline uint16_t wire_get16(const unsigned char *from) {
    return (uint16_t)(from[0] | from[1] << 8);
}
static inline uint32_t wire_get32(const unsigned char *from) {
    return wire_get16(from) | (uint32_t)wire_get16(from + 2) << 16;
}
static inline uint64_t wire_get64(const unsigned char *from) {
    return wire_get32(from) | (uint64_t)wire_get32(from + 4) << 32;
}

static inline uint64_t wire_zigzag(int64_t v) {
    return (uint64_t)v << 1 ^ (uint64_t)(v < 0 ? -1 : 0);
}
static inline int64_t wire_unzigzag(uint64_t v) {
    return (int64_t)(v >> 1 ^ (0 - (v & 1)));
}

/* The checksum covers kind, flags, source and the payload, not magic and length. */
static inline uint32_t wire_sum(const unsigned char *kind_to_source, const unsigned char *payload,
                                size_t len) {
    uLong sum = crc32(0, kind_to_source, 4);
    return (uint32_t)crc32(sum, payload, (uInt)len);
}

#endif
