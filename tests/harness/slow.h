/* Clients that a server cuts off, or that come and go, over raw sockets, and their own log of it: who was
 * connected when, and when it noticed that the server had ended that.
 *
 * One process for all, one for each that is to stop for good; they die with who started them. The log is
 * memory that they share. Bounded: SLOW_GROUPS groups, SLOW_LIVES connections; more are refused, which the
 * log says. */
#ifndef HARNESS_SLOW_H
#define HARNESS_SLOW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/types.h>

enum { SLOW_GROUPS = 16, SLOW_LIVES = 16384, SLOW_NAME = 5000 };

/* Clients of one kind; 0 means what stands behind it. */
struct slow_group {
    const char *name; /* as JSON string content; "%d" in it is the client's number, from 0; NULL: none */
    const char *user, *password;
    const char *from;    /* address that they come from: 127.0.0.1 */
    int clients;         /* 1 */
    double per_s;        /* new ones a second: all at once */
    double lives_s;      /* closes it by itself after so long: never */
    int lives;           /* connections of each, one after the other: 1 */
    double back_after_s; /* from the end of one to the next */
    /* What each reads. */
    double reads_per_s;   /* bytes: nothing */
    double looks_after_s; /* from then on reads all, and so finds out that it was cut: never */
    bool reads_all;
    bool stops;         /* is a process of its own that SIGSTOPs itself once it is subscribed */
    int receive_buffer; /* smallest that there is, and small segments: little waits in the kernel */
    /* What is sent to each, to its own subject. */
    double fed_per_s;  /* bytes, as far as the server takes them: as fast as it does */
    int64_t fed_bytes; /* at most: without end, where fed_per_s is given */
    double fed_after_s;
    int message; /* bytes of one: 1000 */
    int feeders; /* connections that send, each to every so manyth client: 1 */
};

enum slow_end { SLOW_LIVES_ON, SLOW_ENDED, SLOW_CLOSED, SLOW_REFUSED };
extern const char *const slow_ends[]; /* in words */

/* One connection. Instants in ns since 1970, 0: not so far. */
struct slow_life {
    int group, client, life; /* from 0 */
    uint64_t cid;            /* as the server called it; 0: it never answered */
    int port;                /* ours */
    int end;                 /* enum slow_end: by the server, by itself, or never begun; written last */
    int64_t connected_ns;    /* subscribed, and the server had said so */
    int64_t stopped_ns;      /* SIGSTOP */
    int64_t ended_ns;        /* closed, or noticed: who does not read notices late, or never */
    uint64_t fed, taken;     /* bytes handed to the kernel for it; bytes it read */
};

struct slow;

/* url: nats://a.b.c.d:port. The groups are copied, their texts not: they have to stay. NULL: said on stderr.
 */
struct slow *slow_start(const char *url, const struct slow_group *groups, int n);
/* All connections so far, in the order in which they were begun; borrowed. */
const struct slow_life *slow_lives(const struct slow *s, int *n);
/* Every client has lived all its lives to their ends; one that stops, or is never ended, only begun them. */
bool slow_over(const struct slow *s);
/* Until then; false: not within ms, or the generator is no more. */
bool slow_wait(const struct slow *s, int ms);
/* The name as it was sent: JSON string content; "" none. */
void slow_name(const struct slow *s, const struct slow_life *life, char *out, size_t size);
/* One line for each: group client life cid port connected stopped ended how fed taken "name". */
void slow_print(const struct slow *s, FILE *out);
/* Ends all that still live. NULL is fine. */
void slow_end(struct slow *s);

#endif
