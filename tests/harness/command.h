/* A program without a terminal: its output, errors and exit code, within a deadline. Dies with the test. */
#ifndef HARNESS_COMMAND_H
#define HARNESS_COMMAND_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct command {
    pid_t pid;    /* 0: ended */
    int in;       /* its standard input; -1: closed */
    int out, err; /* read ends */
    char *output; /* NUL-terminated, what came so far */
    size_t output_size;
    char *errors;
    size_t errors_size;
    int status; /* wait status, once ended */
};

/* The binaries under test: $NATSIGHT or ./natsight; $LIFE or build/tests/life. */
const char *command_natsight(void);
const char *command_life(void);

/* env: further NAME=VALUE, NAME alone removes, NULL-terminated, or NULL. false: not started. */
bool command_start(struct command *c, const char *const argv[], const char *const *env);
/* Reads what is there, waiting at most ms. false: both ends are closed, or nothing came. */
bool command_pump(struct command *c, int ms);
/* Until the output has this text. */
bool command_wait_output(struct command *c, const char *text, int ms);
bool command_write(struct command *c, const void *bytes, size_t size);
void command_close_input(struct command *c);
/* Ended by itself within ms: exit code, or 128 + signal; -1 when it had to be killed. Output stays until
 * command_free(). */
int command_finish(struct command *c, int ms);
/* Kills it if it runs. */
void command_free(struct command *c);
/* start, no input, finish. */
int command_run(struct command *c, const char *const argv[], const char *const *env, int ms);

#endif
