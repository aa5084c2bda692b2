/* Text that came from outside, made harmless once, and its width on a terminal.
 *
 * All that a server or its clients say is hostile: names, subjects and versions may hold escape sequences,
 * NUL, invalid UTF-8, bidi marks, zero-width, wide and combining characters, or a megabyte. The decoder
 * cleans each string with text_clean() at the boundary; nobody cleans again. Used in every process. */
#ifndef BASE_TEXT_H
#define BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TEXT_MAX_BYTES                                                                                       \
    256 /* of a cleaned name; a longer one is cut and ends in "~" and 8 hex digits of its whole hash */

/* Writes the cleaned form of `len` bytes into `out` (at least TEXT_MAX_BYTES + 1 bytes, NUL-terminated) and
 * returns its length, at most TEXT_MAX_BYTES. C0, DEL, C1, bidi controls, zero-width and unassigned-format
 * characters, and bytes that are no valid UTF-8 become U+FFFD (one for a run of equal kind is enough);
 * combining characters are dropped; what remains is valid UTF-8 whose every character has width 1 or 2. */
size_t text_clean(char *out, const char *bytes, size_t len);

/* Decodes one character of valid or invalid UTF-8; returns the bytes used (>= 1 while len > 0), *out = U+FFFD
 * when invalid. */
size_t utf8_decode(const char *bytes, size_t len, uint32_t *out);
/* Encodes into at most 4 bytes; returns how many. */
size_t utf8_encode(char *out, uint32_t c);

/* What a character does to a terminal. Own table (Unicode 15.1, and the wide blocks that later versions
 * fill), no locale needed; ambiguous width is narrow. */
enum char_kind {
    CHAR_NARROW,
    CHAR_WIDE,
    CHAR_COMBINING, /* no column of its own: joins the character before it */
    CHAR_CONTROL,   /* C0, DEL, C1, line separators, formats (bidi, zero-width, tags), noncharacters */
};
enum char_kind char_kind(uint32_t c);
/* Columns of one character: 0 (combining, control), 1 or 2. */
int char_width(uint32_t c);
/* Columns of a NUL-terminated cleaned text. */
int text_width(const char *text);
/* Copies as much of `text` as fits into `columns`; when something was cut the last column is "…". Returns
 * columns used. */
int text_cut(char *out, size_t size, const char *text, int columns);
/* The same, and what is cut goes from the middle: names differ at their ends. */
int text_cut_middle(char *out, size_t size, const char *text, int columns);
/* The same between whole parts of what `between` is a sign between: "orders.….eu.created". The first and the
 * last part stay; where there is no room for both, or there are no others, it is cut within them. */
int text_cut_parts(char *out, size_t size, const char *text, char between, int columns);
/* Total order of texts in which digits are numbers: "1.9.0" before "1.10.0", "pod-9" before "pod-10". */
int text_order(const char *a, const char *b);
/* Bytes of the first line of `text` when it is written in so many columns: whole words, at least one
 * character while there is any. The blanks behind it belong to no line. */
size_t text_line(const char *text, int columns);

/* An immutable, interned, cleaned string. Two of one pool are equal exactly when their addresses are. */
struct text {
    uint32_t hash;
    uint32_t len;
    char bytes[]; /* NUL-terminated */
};

extern const struct text *const text_empty; /* "" for everybody */

/* A pool of interned texts; all die with the pool. Owner: the sample being decoded, or the model and its
 * frozen copies. */
struct text_pool;
struct text_pool *text_pool_create(void);
struct text_pool *text_pool_hold(struct text_pool *pool); /* one owner more */
void text_pool_destroy(struct text_pool *pool);           /* by the last of its owners; NULL is fine */
void text_pool_clear(struct text_pool *pool); /* forgets all texts, keeps the memory for the next ones */
/* Room for so many in all, so that none of them has to wait while all are put in new places. */
void text_pool_reserve(struct text_pool *pool, size_t texts);
const struct text *text_intern(struct text_pool *pool, const char *bytes,
                               size_t len); /* bytes are clean already */
/* The same text of another pool. */
const struct text *text_intern_again(struct text_pool *pool, const struct text *text);
size_t text_pool_text_bytes(const struct text_pool *pool); /* memory that its texts lie in */

uint32_t hash_bytes(const void *bytes, size_t len); /* not against an enemy: tables bear collisions */

/* Case-insensitive search of `needle` in `hay` (ASCII case only). */
bool text_contains(const char *hay, const char *needle);

#endif
