/* One configuration file with what it includes, read so that nothing in it can end or block the program.
 *
 * libconfig 1.5 ends the process where an included file is a directory, waits for a pipe, and takes large
 * numbers for others: files are looked at before it sees them. Faults are collected, not only the first. Main
 * process. */
#ifndef ENTRY_CONFIG_FILE_H
#define ENTRY_CONFIG_FILE_H

#include <libconfig.h>
#include <stdbool.h>

enum { CONFIG_FAULTS_MAX = 20, CONFIG_FAULTS_KEPT = 200, CONFIG_SIZE_MAX = 1 << 20 };

struct config_faults {
    struct config_told {
        char *text, *file; /* of the whole, with its place; NULL: no file's */
        int line;
    } told[CONFIG_FAULTS_KEPT]; /* in the order of files as they came and of lines; CONFIG_FAULTS_MAX are for
                                   the reader */
    int kept, count;
};

/* "file:line: key: what is wrong"; each of the three may be missing (NULL, 0). */
void config_fault(struct config_faults *faults, const char *file, int line, const char *key,
                  const char *format, ...) __attribute__((format(printf, 5, 6)));
/* One that begins with its place, `where`: "file:line". */
void config_fault_at(struct config_faults *faults, const char *where, const char *text);
/* Where the other of two faults is, for a message about `file`: "line 3", or "more.conf:3". */
void config_other_place(const char *file, const char *other, int line, char *out, size_t size);
/* The first of them without its end. */
void config_first_fault(const struct config_faults *faults, char *out, size_t size);
/* All in one line of so many columns, fit for the footer. `what` is said in any case ("not reloaded"): where
 * the whole does not fit, the file loses its folder, or goes, or what is wrong loses its end. */
void config_faults_line(const struct config_faults *faults, const char *what, int columns, char *out,
                        size_t size);
/* What is wrong alone, behind its place. */
const char *config_fault_sentence(const struct config_told *told);
/* "natsight.conf:12", without its folder; "" no file's. */
void config_fault_place(const struct config_told *told, char *out, size_t size);
void config_faults_finish(struct config_faults *faults);

/* The whole of a small regular file, a newline at its end; NULL: the fault was told. To be freed. */
char *config_file_text(const char *path, struct config_faults *faults, const char *from, int line);
/* "-", standard input, or what can be read once only. */
bool config_file_is_pipe(const char *path);
/* The same of such a one, read at the first call and kept: a pipe that nobody writes to is a fault, an
 * endless one too. */
char *config_pipe_text(const char *path, struct config_faults *faults);

/* Parses text that stands in `path`. false: *parsed needs no end, the faults were told. */
bool config_file_parse(config_t *parsed, const char *path, const char *text, struct config_faults *faults);

/* "folder/file" for a name as it stands in a file of that path; "~/" is the home. To be freed. */
char *config_file_beside(const char *path, const char *name);

#endif
