#include "collectors/login.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

const struct login_row login_rows[] = {
#define LOGIN(field, key, variable, kind) {key, variable, LOGIN_##kind, offsetof(struct login, field)},
#include "collectors/login.def"
};
const int login_row_count = sizeof login_rows / sizeof *login_rows;

char **login_field(const struct login_row *row, struct login *login) {
    return (char **)(void *)((char *)login + row->offset);
}

const char *login_value(const struct login_row *row, const struct login *login) {
    return *(char *const *)(const void *)((const char *)login + row->offset);
}

void login_wipe(char **field) {
    if (*field != NULL)
        explicit_bzero(*field, strlen(*field));
    free(*field);
    *field = NULL;
}

void login_set(const struct login_row *row, struct login *login, const char *text) {
    char **field = login_field(row, login), *copy = text != NULL ? memory_text(text) : NULL;
    login_wipe(field);
    *field = copy;
}

void login_copy(struct login *to, const struct login *from) {
    for (int i = 0; i < login_row_count; i++)
        login_set(&login_rows[i], to, login_value(&login_rows[i], from));
}

void login_finish(struct login *login) {
    for (int i = 0; i < login_row_count; i++)
        login_set(&login_rows[i], login, NULL);
}

/* ---- over the pipe ---- */

static int append(const char *bytes, size_t len, void *data) {
    buffer_append(data, bytes, len);
    return 0;
}

void login_write(const struct login *login, struct buffer *out) {
    json_t *all = json_object();
    for (int i = 0; i < login_row_count; i++)
        if (login_value(&login_rows[i], login) != NULL)
            json_object_set_new(all, login_rows[i].key, json_string(login_value(&login_rows[i], login)));
    json_dump_callback(all, append, out, JSON_COMPACT | JSON_ENSURE_ASCII);
    json_decref(all);
}

bool login_read(struct login *login, const char *line) {
    *login = (struct login){0};
    json_t *all = json_loads(line, 0, NULL);
    for (int i = 0; i < login_row_count; i++)
        login_set(&login_rows[i], login, json_string_value(json_object_get(all, login_rows[i].key)));
    bool good = json_is_object(all);
    json_decref(all);
    return good;
}

/* ---- in words ---- */

void login_says(const struct login *login, char *out, size_t size) {
    if (login->user != NULL)
        snprintf(out, size, "user %.60s", login->user);
    else if (login->creds != NULL)
        snprintf(out, size, "credentials %.200s", login->creds);
    else if (login->nkey != NULL)
        snprintf(out, size, "nkey %.200s", login->nkey);
    else if (login->user_jwt != NULL)
        snprintf(out, size, "a user JWT");
    else if (login->token != NULL)
        snprintf(out, size, "a token");
    else if (login->cert != NULL)
        snprintf(out, size, "certificate %.200s", login->cert);
    else
        snprintf(out, size, "no login");
}
