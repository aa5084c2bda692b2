/* The settings in words. Main process. */
#ifndef ENTRY_CONFIG_PRINT_H
#define ENTRY_CONFIG_PRINT_H

#include <stdio.h>

#include "entry/config.h"

/* The defaults as a commented file, which loads. */
void config_print_default(FILE *out);

#endif
