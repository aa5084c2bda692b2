#include "tests/harness/text_file.h"

#include <check.h>
#include <stdarg.h>
#include <stdio.h>

void text_file_write(const char *path, const char *format, ...) {
    FILE *out = fopen(path, "we");
    ck_assert_msg(out != NULL, "%s cannot be written", path);
    va_list args;
    va_start(args, format);
    vfprintf(out, format, args);
    va_end(args);
    ck_assert_int_eq(fclose(out), 0);
}
