/* The environment of a hook: PATH, HOME, LANG, what it is to be passed, and NATSIGHT_NAME for each plain
 * value of its document ("rule" is NATSIGHT_RULE), without control characters. Main process. */
#ifndef OUTWARD_HOOK_ENVIRONMENT_H
#define OUTWARD_HOOK_ENVIRONMENT_H

#include <jansson.h>

/* NAME=VALUE, NULL ends; freed by hook_environment_free(). pass: names of variables of ours, NULL ends. */
char **hook_environment(json_t *document, const char *const *pass);
void hook_environment_free(char **environment);

#endif
