/* The settings in words. Main process. */
#ifndef ENTRY_CONFIG_PRINT_H
#define ENTRY_CONFIG_PRINT_H

#include "entry/config.h"

/* The settings as a part of the manual page (troff), to stdout. */
void config_print_manual(void (*troff)(const char *text));

#endif
