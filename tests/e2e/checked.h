/* natsight check, run and looked at; and a server on which something is wrong. */
#ifndef TESTS_E2E_CHECKED_H
#define TESTS_E2E_CHECKED_H

#include <check.h>
#include <jansson.h>

#include "tests/harness/command.h"
#include "tests/harness/servers.h"

enum { CHECKED_MS = 100000, CHECKED_WAITING = 40 /* messages for each consumer of the ill one */ };

/* Holds and answers come sooner than with anybody. */
#define SCALED "--hold-scale", "0.05", "--every", "jsz=1s"

/* The words behind "natsight check"; NULL ends them. Its exit code; what it said is the last. */
int checked_run(const char *const *words);
#define CHECK(...) checked_run((const char *const[]){__VA_ARGS__, NULL})
extern struct command checked_last;
void checked_forget(void);

void checked_code(int code, int is);
void checked_says(const char *part);
/* Several side by side: most of the time of each is waiting. Words as above; of a run that is over
 * checked_take() makes what it said the last, once. */
struct checked {
    struct command command;
    int code;
};
void checked_start(struct checked *run, const char *const *words);
void checked_finish(struct checked *runs, int count);
int checked_take(struct checked *run);
#define CHECK_START(run, ...) checked_start(run, (const char *const[]){__VA_ARGS__, NULL})

/* The last output as JSON; a new reference. */
json_t *checked_document(void);

/* One server with JetStream. ORDERS has two consumers that nobody pulls from, and one for which there is
 * nothing, one of them with a name that means much to a scheduler. */
struct servers *checked_ill(void);

/* A part of a suite, with the time that a check may take. */
TCase *checked_part(Suite *suite, const char *name);

#endif
