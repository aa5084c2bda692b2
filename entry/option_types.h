/* What a value of an option or a setting may be: how it is read from text, and how a configuration file has
 * it.
 *
 * One row a type; options.def and settings.def name them. Texts that are taken are borrowed. Main process and
 * collectors. */
#ifndef ENTRY_OPTION_TYPES_H
#define ENTRY_OPTION_TYPES_H

#include <stdbool.h>
#include <stddef.h>

struct option_type {
    /* Takes the text into the field; NULL when it is fine, else what was meant. `arg` is the row's: its
     * words, separated by |, or what help calls it. A flag without a text is true. */
    const char *(*take)(const char *arg, void *field, const char *text);
    /* As a configuration file has it: quoted, true, 5. */
    void (*show)(const char *arg, const void *field, char *out, size_t size);
    size_t size; /* of the field, which is all zero where nothing was said */
    bool quoted; /* in a configuration file */
    bool loose;  /* may stand without quotes, too */
};

/* FLAG bool; TEXT, FILE (readable), CHOICE (one of `arg`), WORDS (several with blanks) const char *; LIST:
 * const char ** followed by its int count, may come again; SPAN int64_t ms; CADENCE the same from 100ms to
 * 1h; EVERY: "jsz=10s" into int64_t[SHAPE_LIMIT]; INT int64_t; TIMES the same from 1; SIZE struct
 * option_size; LOOSE: const char *, quoted or a number or true; SWITCH: bool, false is the first word of
 * `arg`. */
extern const struct option_type type_FLAG, type_TEXT, type_FILE, type_CHOICE, type_WORDS, type_LIST,
    type_SPAN, type_CADENCE, type_EVERY, type_INT, type_TIMES, type_SIZE, type_SWITCH, type_LOOSE;

#endif
