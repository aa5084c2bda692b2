/* Numbers as people read and write them: three significant digits, units, counts.
 *
 * Messages and counts are in thousands (k, M, G, T), bytes in 1024s (K, M, G, T), as nats-server's own limits
 * are. */
#ifndef BASE_NUMBER_H
#define BASE_NUMBER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum unit {
    UNIT_NONE,
    UNIT_COUNT,   /* 61.2k */
    UNIT_MSGS,    /* 61.2k */
    UNIT_BYTES,   /* 33.0M, 1024s */
    UNIT_NS,      /* a span, shown by span_format() */
    UNIT_TIME,    /* an instant */
    UNIT_PERCENT, /* 0..100, and beyond; shown without the sign, which the column's head has */
    UNIT_RATIO,   /* 0..1, shown as percent: "41%" */
    UNIT_PER_S,   /* counts per second */
    UNIT_BYTES_PER_S,
};

#define NUMBER_TEXT_SIZE 32
/* At most 5 columns for |v| < 1e15 ("0", "7", "0.4", "611", "4.20k", "88.1k", "1.24M", "182k"), one more for
 * '-'. Spans have 6, instants are "02:41:07" UTC. "0.0" is little, "0" is nothing; NaN, the unknown, is "-".
 * No locale is asked. */
void number_format(char out[NUMBER_TEXT_SIZE], double value, enum unit unit);
/* The same with an explicit sign: "+2.10k", "0", "-300". */
void number_format_signed(char out[NUMBER_TEXT_SIZE], double value, enum unit unit);
/* "1,024". */
void number_format_grouped(char out[NUMBER_TEXT_SIZE], uint64_t value);

/* "10k", "1.5M", "1MiB", "64 MB", "80%", "10s", "5m", "250ms", "-3": the value in base units (count, bytes,
 * ns, percent) and what kind of unit stood there (UNIT_NONE for a bare number; k M G T alone are UNIT_COUNT,
 * in thousands; B KB MB GB are 1024s like KiB MiB GiB). Spans may run on ("1h30m"); "/s" close behind a count
 * or a size makes a rate ("10k/s"). A unit is a whole word: "10 streams" is a bare 10. Returns the bytes
 * used, 0 when there is no number. */
size_t number_parse(const char *text, double *value, enum unit *unit);
/* The unit that is meant by a word of `len` bytes: "m" for min, "MiB" for mib, "" for msgs; NULL: none is
 * likely. */
const char *number_unit_meant(const char *word, size_t len);
/* For messages about a word that is none of them. */
#define NUMBER_UNITS "ns us ms s m h d y, B KiB MiB GiB TiB, k M G T, %"

#endif
