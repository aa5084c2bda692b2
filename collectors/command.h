/* The commands that the main process writes to a supervised collector's standard input (collectors/http.h
 * lists them). */
#ifndef COLLECTORS_COMMAND_H
#define COLLECTORS_COMMAND_H

#include "collectors/collector.h"

/* Reads lines from fd until its end, which ends the process as `stop` does. */
struct command_input;
struct command_input *command_input_create(struct collector *c, int fd);
void command_input_destroy(struct command_input *input);

#endif
