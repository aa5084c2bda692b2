#include "collectors/auth.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/memory.h"

#define AUTH_MAX 8192

static char *base64(const char *text, size_t len) {
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    char *out = memory_new((len + 2) / 3 * 4 + 1), *p = out;
    for (size_t i = 0; i < len; i += 3) {
        uint32_t v = 0;
        for (size_t k = 0; k < 3; k++)
            v = v << 8 | (i + k < len ? (unsigned char)text[i + k] : 0);
        for (size_t k = 0; k < 4; k++)
            *p++ = i + k > len ? '=' : digits[v >> (18 - 6 * k) & 63];
    }
    return out;
}

static char *header_of(const char *line) {
    static const char bearer[] = "Bearer ";
    if (strncasecmp(line, bearer, sizeof bearer - 1) == 0)
        return memory_format("Authorization: Bearer %s",
                             line + sizeof bearer - 1 + strspn(line + sizeof bearer - 1, " "));
    if (strchr(line, ':') == NULL)
        return memory_format("Authorization: Bearer %s", line);
    char *coded = base64(line, strlen(line));
    char *header = memory_format("Authorization: Basic %s", coded);
    explicit_bzero(coded, strlen(coded));
    free(coded);
    return header;
}

static bool printable(const char *line) {
    for (const char *p = line; *p != '\0'; p++)
        if ((unsigned char)*p < ' ' || *p == 127)
            return false;
    return true;
}

static bool read_line(char *line, size_t size, const char *path, char *message, size_t message_size) {
    FILE *file = fopen(path, "re");
    if (file == NULL) {
        snprintf(message, message_size, "--auth-file %s: %s", path, strerror(errno));
        return false;
    }
    char *got = fgets(line, (int)size, file);
    bool whole = got != NULL && (strchr(line, '\n') != NULL || feof(file));
    if (got == NULL && ferror(file))
        snprintf(message, message_size, "--auth-file %s: %s", path, strerror(errno));
    else if (got == NULL || line[strspn(line, " \t\r\n")] == '\0')
        snprintf(message, message_size,
                 "--auth-file %s: its first line is empty; write user:password or a token", path);
    else if (!whole)
        snprintf(message, message_size, "--auth-file %s: its first line is longer than %zu bytes", path,
                 size - 2);
    fclose(file);
    if (!whole || line[strspn(line, " \t\r\n")] == '\0')
        return false;
    line[strcspn(line, "\r\n")] = '\0';
    if (printable(line))
        return true;
    snprintf(message, message_size, "--auth-file %s: its first line is no text", path);
    return false;
}

bool auth_read(struct auth *auth, const char *path, char *message, size_t size) {
    auth->header = NULL;
    if (path == NULL)
        return true;
    char line[AUTH_MAX] = "";
    bool good = read_line(line, sizeof line, path, message, size);
    if (good)
        auth->header = header_of(line);
    explicit_bzero(line, sizeof line);
    return good;
}

void auth_forget(struct auth *auth) {
    if (auth->header != NULL)
        explicit_bzero(auth->header, strlen(auth->header));
    free(auth->header);
    auth->header = NULL;
}
