/* A file with a text in it, for the program to read. */
#ifndef HARNESS_TEXT_FILE_H
#define HARNESS_TEXT_FILE_H

/* Replaces what was there. Fails the Check test on its own. */
void text_file_write(const char *path, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
