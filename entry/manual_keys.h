/* The keys, the command line and the words of the screen as parts of the manual page. Main process. */
#ifndef ENTRY_MANUAL_KEYS_H
#define ENTRY_MANUAL_KEYS_H

/* Troff on stdout; the function prints a text with what troff would take for its own escaped. */
void manual_print_keys(void (*troff)(const char *text));
/* States and quantities. */
void manual_print_words(void (*troff)(const char *text));

#endif
