#include "base/memory.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void (*exhaustion_hook)(void);

void memory_on_exhaustion(void (*hook)(void)) {
    exhaustion_hook = hook;
}

static _Noreturn void exhausted(void) {
    static const char line[] = "natsight: out of memory\n";
    void (*hook)(void) = exhaustion_hook;
    exhaustion_hook = NULL;
    if (hook)
        hook();
    ssize_t written = write(STDERR_FILENO, line, sizeof line - 1);
    (void)written;
    _exit(1);
}

static void *checked(void *memory) {
    if (!memory)
        exhausted();
    return memory;
}

void *memory_new(size_t size) {
    return checked(calloc(1, size ? size : 1));
}

void *memory_array(size_t count, size_t size) {
    return count && size ? checked(calloc(count, size)) : memory_new(1);
}

void *memory_grow(void *old, size_t count, size_t size) {
    size_t bytes;
    if (__builtin_mul_overflow(count, size, &bytes))
        exhausted();
    return checked(realloc(old, bytes ? bytes : 1));
}

char *memory_text(const char *text) {
    return checked(strdup(text));
}

char *memory_text_cut(const char *text, size_t len) {
    return checked(strndup(text, len));
}

char *memory_format(const char *format, ...) {
    char *text = NULL;
    va_list args;
    va_start(args, format);
    int len = vasprintf(&text, format, args);
    va_end(args);
    return checked(len < 0 ? NULL : text);
}
