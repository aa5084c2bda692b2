/* A state folder of its own, and a cluster "prod" whose alerts are kept in it.
 *
 * alert_folder_begin and alert_folder_end are a checked fixture. */
#ifndef TESTS_OUTWARD_ALERT_FOLDER_H
#define TESTS_OUTWARD_ALERT_FOLDER_H

#include <stddef.h>

#include "outward/alert_place.h"

#define ALERT_FOLDER_CLUSTER "prod"

/* A file as it should be: an open alert that is acknowledged, an ended one, a silence. */
extern const char alert_folder_good[];

void alert_folder_begin(void);
void alert_folder_end(void);
const struct alert_place *alert_folder_place(void);

/* The cluster's file as it is from now on; the folder is made. */
void alert_folder_write(const char *text, size_t len);
/* So many files whose name begins so; the last of them in out[], "" none. */
int alert_folder_count(const char *prefix, char *out, size_t size);
/* What a file of the folder has; until the next call. */
const char *alert_folder_text(const char *name);

#endif
