/* natsight in a terminal, on a cluster that its configuration names. With the folder of
 * tests/e2e/config_file.h.
 *
 * configured_setup and configured_teardown are an unchecked fixture: one server n1 for all tests. */
#ifndef TESTS_E2E_CONFIGURED_H
#define TESTS_E2E_CONFIGURED_H

#include "tests/e2e/config_file.h"
#include "tests/harness/terminal.h"

enum { WAIT = 15000 };

void configured_setup(void);
void configured_teardown(void);
const char *configured_url(void);

/* natsight.conf: a cluster of this label on the server, or on another one, and further text from line 3 on.
 */
void configured_write(const char *label, const char *more);
void configured_write_for(const char *label, const char *url, const char *more);
/* Asserts that it shows the label FIRST and n1. */
struct terminal *configured_open(const struct terminal_options *options);
/* Asserts that it ends well on a signal. */
void configured_end(struct terminal *t);
/* The dialog of settings. */
void configured_dialog(struct terminal *t);

#endif
