/* The main() of a test program. */
#ifndef HARNESS_SUITE_H
#define HARNESS_SUITE_H

#include <check.h>

/* Runs the suite and frees it. 0: no test failed; what main() returns. */
int suite_run(Suite *suite);

#endif
