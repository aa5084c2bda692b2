/* Time: the two clocks, the server's ways to write times, and ours to show them.
 *
 * All instants and spans are int64_t nanoseconds; an instant is UTC since 1970 unless its name says mono.
 * Instants are counted on when somebody moves the wall clock, so that spans stay right (entry/steady.h).
 * Only the loop, the collectors and the entry file read clocks; the model is told the time. */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define NS_PER_US  1000LL
#define NS_PER_MS  1000000LL
#define NS_PER_S   1000000000LL
#define TIME_UNSET INT64_MIN /* Go's year 1, "never" */

/* Goes on while the machine sleeps, where the system has such a clock. */
int64_t clock_mono_ns(void);
/* The clock of the day as the machine has it, whatever was done to it. */
int64_t clock_wall_ns(void);
/* The same as this program counts it: as if nobody had moved it since the program began. */
int64_t clock_utc_ns(void);

/* By so much the wall clock is ahead of what is counted. The functions below that make text of an instant add
 * it, so that what is shown and written is what the wall clock would say. */
void clock_wall_ahead(int64_t ns);
int64_t clock_wall_ahead_ns(void);
/* An instant by the wall clock, read from a file or told by a server, as it is counted: shown it is itself.
 */
int64_t time_of_wall(int64_t wall_ns);

/* RFC 3339 with 0 to 9 fractional digits and Z or a numeric offset. The year 1 gives TIME_UNSET and true. */
bool time_parse(const char *text, size_t len, int64_t *utc_ns);
/* Go durations ("1m47.92s", "189µs", "-3s"), server uptimes ("1y3d0h0m1s") and what the nats command knows
 * beyond: "2w", "1M" is 30 days, "D", "W", "Y"; "m" is minutes everywhere. */
bool span_parse(const char *text, size_t len, int64_t *ns);

#define TIME_TEXT_SIZE 40
/* "2026-11-21T02:41:07.123Z": milliseconds, always UTC. */
void time_format_rfc3339(char out[TIME_TEXT_SIZE], int64_t utc_ns);
/* "02:41:07" and "2026-11-21", UTC or local time. */
void time_format_clock(char out[TIME_TEXT_SIZE], int64_t utc_ns, bool local);
void time_format_date(char out[TIME_TEXT_SIZE], int64_t utc_ns, bool local);
/* The name of the zone that the two above show: "UTC", "CET"; of one that is not known here, which is UTC, so
 * too. */
void time_format_zone(char out[TIME_TEXT_SIZE], int64_t utc_ns, bool local);
/* Does the system's database have this one: "Europe/Berlin"? */
bool time_zone_known(const char *name);
/* From now on local time is that of this zone; NULL: the environment's, as it was at the first call. */
void time_zone_use(const char *name);
/* At most 6 columns: "89us" "0.9ms" "412ms" "4.0s" "38s" "10m05s" "3h02m" "12d03h" "100d" "27y"; "0s" is
 * nothing. Rounded below an hour. Negative spans get a '-' more; TIME_UNSET, here and above, is "-". */
void span_format(char out[TIME_TEXT_SIZE], int64_t ns);
/* How long something has lasted, as people count it: whole seconds that have passed, "9s", "38s", "10m05s".
 * The same span is the same text wherever it is said. */
void lasted_format(char out[TIME_TEXT_SIZE], int64_t ns);

#endif
