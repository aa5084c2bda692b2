/* A stand-in for a slow server: real answers of a real server, those of one path kept back for a while after
 * the server has given them, as if it had taken so long. Everything else passes at once.
 *
 * One process for the port and one for each connection, LATE_CONNECTIONS at most; they die with who started
 * them. */
#ifndef HARNESS_LATE_H
#define HARNESS_LATE_H

enum { LATE_CONNECTIONS = 16 };

struct late;

/* In front of a port of 127.0.0.1; path: "/jsz", without query. NULL: said on stderr. */
struct late *late_start(int target, const char *path, int delay_ms);
const char *late_url(const struct late *late); /* http://127.0.0.1:port */
int late_answers(const struct late *late);     /* late ones, given so far */
/* What the longest of them took: more than asked for on a busy machine. */
int late_longest_ms(const struct late *late);
void late_end(struct late *late); /* NULL is fine */

#endif
