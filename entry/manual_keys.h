/* The keys and the command line as a part of the manual page. Main process. */
#ifndef ENTRY_MANUAL_KEYS_H
#define ENTRY_MANUAL_KEYS_H

/* Troff on stdout; the function prints a text with what troff would take for its own escaped. */
void manual_print_keys(void (*troff)(const char *text));

#endif
