/* Programs for the program to run, and a loop that turns until they have done it.
 *
 * scripts_begin and scripts_end are a checked fixture: a folder of their own, which scripts know as $FOLDER
 * only where they are told. */
#ifndef TESTS_OUTWARD_SCRIPTS_H
#define TESTS_OUTWARD_SCRIPTS_H

#include "base/loop.h"

void scripts_begin(void);
void scripts_end(void);
struct loop *scripts_loop(void);

/* Below the folder; a few of them stay good. */
const char *scripts_path(const char *name);
/* An executable shell script; %s in the text is the folder, any number of times. Its path;
 * those of eight stay good. */
const char *script(const char *name, const char *text);
/* What a file has; "" there is none. Good until the next call. */
const char *scripts_text(const char *name);
int scripts_lines(const char *name);

/* Turns until it is so; asserts that it comes to be. */
void scripts_turn_until(bool (*is_so)(const void *), const void *what);
/* The file has this text; so many lines. */
void scripts_wait_text(const char *name, const char *text);
void scripts_wait_lines(const char *name, int lines);
/* The process whose number stands in the file is gone. */
void scripts_wait_gone(const char *name);

#endif
