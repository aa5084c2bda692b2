#include "entry/context.h"

#include <dirent.h>
#include <errno.h>
#include <jansson.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/near.h"
#include "base/text.h"
#include "entry/context_url.h"
#include "entry/context_value.h"

enum { PATH_SIZE = 1200, NAME_MOST = 256 };

struct reading {
    const char *file;
    struct login *login;
    char *message;
    size_t size;
};

static bool fail(const struct reading *r, const char *key, const char *text) {
    snprintf(r->message, r->size, "%s: %s%s%s", r->file, key, key[0] != '\0' ? ": " : "", text);
    return false;
}

/* ---- where they are ---- */

static const char *home(void) {
    const char *said = getenv("HOME");
    if (said != NULL && said[0] == '/')
        return said;
    /* cppcheck-suppress getpwuidCalled ; there is one thread where contexts are read */
    const struct passwd *user = getpwuid(getuid());
    return user != NULL ? user->pw_dir : "/";
}

static void in_root(char out[PATH_SIZE], const char *name, const char *end) {
    const char *config = getenv("XDG_CONFIG_HOME");
    bool given = config != NULL && config[0] != '\0';
    snprintf(out, PATH_SIZE, "%s%s/nats/%s%s", given ? config : home(), given ? "" : "/.config", name, end);
}

/* Of a name that natscli takes, too. */
static bool is_name(const char *name) {
    return name[0] != '\0' && strpbrk(name, "/\\") == NULL && strstr(name, "..") == NULL &&
           strlen(name) < NAME_MOST;
}

static bool is_path(const char *name) {
    size_t len = strlen(name);
    return len > 5 && strcmp(name + len - 5, ".json") == 0 && access(name, F_OK) == 0;
}

static int by_text(const void *a, const void *b) {
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static char **all_names(int *count) {
    char path[PATH_SIZE];
    char **names = NULL;
    *count = 0;
    in_root(path, "context", "");
    DIR *folder = opendir(path);
    for (const struct dirent *e; folder != NULL && (e = readdir(folder)) != NULL;) {
        size_t len = strlen(e->d_name);
        if (len <= 5 || strcmp(e->d_name + len - 5, ".json") != 0 || e->d_name[0] == '.')
            continue;
        names = memory_grow(names, (size_t)*count + 1, sizeof *names);
        names[(*count)++] = memory_text_cut(e->d_name, len - 5);
    }
    if (folder != NULL)
        closedir(folder);
    if (*count > 0)
        qsort(names, (size_t)*count, sizeof *names, by_text);
    return names;
}

static void free_names(char **names, int count) {
    for (int i = 0; i < count; i++)
        free(names[i]);
    free(names);
}

/* ---- what they say ---- */

/* What natscli can do and we can't: refused, since without it the connection would go elsewhere. */
static const struct {
    const char *key, *why;
} refused[] = {
    {"nsc",
     "this context looks its login up with nsc, and natsight runs no other program; write its credentials "
     "to a file (nsc generate creds) and name that as creds"},
    {"tls_first",
     "TLS before the server's first word is more than this NATS client library can do; use a listener "
     "of the server without handshake_first, or its monitoring port"},
    {"socks_proxy", "natsight goes through no proxy; name servers that can be reached from here"},
};

static bool is_said(const json_t *value) {
    const char *text = json_string_value(value);
    return json_is_true(value) || (text != NULL && text[0] != '\0');
}

/* Credentials that are no file: what is in them. */
static bool take_content(const struct reading *r, const struct login_row *row, const char *content) {
    bool creds = strcmp(row->key, "creds") == 0;
    char *seed = creds ? context_between(content, "USER NKEY SEED") : NULL;
    char *jwt = creds ? context_between(content, "NATS USER JWT") : NULL;
    bool good = !creds || (seed != NULL && jwt != NULL);
    if (good) {
        free(r->login->user_jwt);
        free(r->login->user_seed);
        r->login->user_jwt = jwt;
        r->login->user_seed = creds ? seed : memory_text(content);
    }
    return good || fail(r, row->key, "what it stands for is no credentials file");
}

static bool take(const struct reading *r, const struct login_row *row, const char *text) {
    char why[400];
    bool content;
    char *value = context_value(row, text, &content, why, sizeof why);
    if (value == NULL)
        return fail(r, row->key, why);
    bool good = true;
    if (content)
        good = take_content(r, row, value);
    else
        login_set(row, r->login, value);
    explicit_bzero(value, strlen(value));
    free(value);
    return good;
}

static bool take_keys(const struct reading *r, const json_t *all) {
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++)
        if (is_said(json_object_get(all, refused[i].key)))
            return fail(r, refused[i].key, refused[i].why);
    for (int i = 0; i < login_row_count; i++) {
        const struct login_row *row = &login_rows[i];
        const json_t *value = row->kind != LOGIN_OURS ? json_object_get(all, row->key) : NULL;
        if (value != NULL && !json_is_string(value) && !json_is_null(value))
            return fail(r, row->key, "this is no text");
        if (is_said(value) && !take(r, row, json_string_value(value)))
            return false;
    }
    return true;
}

static bool read_file(const struct reading *r) {
    json_error_t error;
    json_t *all = json_load_file(r->file, 0, &error);
    if (all == NULL && error.line > 0) {
        snprintf(r->message, r->size, "%s:%d: %s", r->file, error.line, error.text);
        return false;
    }
    if (all == NULL)
        return fail(r, "", strerror(errno));
    bool good = json_is_object(all) ? take_keys(r, all) : fail(r, "", "this is no context");
    json_decref(all);
    return good;
}

/* natscontext refuses more than one of these. */
static bool is_one_login(const struct reading *r) {
    const struct login *l = r->login;
    int ways = (l->user != NULL) + (l->creds != NULL) + (l->nkey != NULL) + (l->user_jwt != NULL);
    return ways <= 1 || fail(r, "", "more than one of user, creds, nkey and user_jwt: which one is meant?");
}

static bool settle(const struct reading *r) {
    char why[200];
    if (!context_take_from_url(r->login, why, sizeof why))
        return fail(r, "url", why);
    return is_one_login(r);
}

/* ---- what the environment says instead ---- */

/* The ways to log in, of which a connection has one: rows of login.def. */
static const char *const ways[][2] = {
    {"user", "password"}, {"creds", NULL}, {"nkey", NULL}, {"user_jwt", "user_seed"}};
enum { WAYS = sizeof ways / sizeof *ways };

static const struct login_row *row_of(const char *key) {
    for (int i = 0; i < login_row_count; i++)
        if (strcmp(login_rows[i].key, key) == 0)
            return &login_rows[i];
    return NULL;
}

static const char *variable_of(const char *name) {
    const char *value = name[0] != '\0' ? getenv(name) : NULL;
    return value != NULL && value[0] != '\0' ? value : NULL;
}

/* natscli: a user without a password is a token. */
static bool is_token(const struct login_row *row) {
    return strcmp(row->key, "user") == 0 && variable_of("NATS_PASSWORD") == NULL;
}

static bool is_said_there(const char *key) {
    const struct login_row *row = key != NULL ? row_of(key) : NULL;
    return row != NULL && variable_of(row->variable) != NULL && !is_token(row);
}

/* The environment's way stands for the context's: natscli refuses to have two. */
static void forget_other_ways(struct login *login) {
    const char *url = variable_of("NATS_URL");
    bool said[WAYS] = {false}, any = url != NULL && strchr(url, '@') != NULL;
    for (int i = 0; i < WAYS; i++)
        any |= said[i] = is_said_there(ways[i][0]) || is_said_there(ways[i][1]);
    for (int i = 0; i < WAYS && any; i++)
        for (int k = 0; k < 2 && !said[i]; k++)
            if (ways[i][k] != NULL)
                login_set(row_of(ways[i][k]), login, NULL);
}

static bool take_environment(struct reading *r) {
    r->file = "environment";
    forget_other_ways(r->login);
    for (int i = 0; i < login_row_count; i++) {
        const struct login_row *row = &login_rows[i];
        const char *value = variable_of(row->variable);
        if (value != NULL && !take(r, is_token(row) ? row_of("token") : row, value))
            return false;
    }
    return settle(r);
}

/* ---- all of it ---- */

static bool unknown(const struct reading *r, const char *name) {
    int count;
    char **names = all_names(&count);
    struct near near = near_begin(name);
    for (int i = 0; i < count; i++)
        near_try(&near, names[i]);
    char clean[TEXT_MAX_BYTES + 1];
    text_clean(clean, name, strlen(name));
    snprintf(r->message, r->size, "there is no context %.100s%s%.100s%s", clean,
             near.name != NULL ? "; did you mean " : "", near.name != NULL ? near.name : "",
             near.name != NULL ? "?" : "");
    free_names(names, count);
    return false;
}

static bool read_context(struct reading *r, const char *name, char path[PATH_SIZE]) {
    r->file = name;
    if (!is_path(name)) {
        if (!is_name(name))
            return unknown(r, name);
        char file[NAME_MOST + 10];
        snprintf(file, sizeof file, "context/%s", name);
        in_root(path, file, ".json");
        r->file = path;
        if (access(path, F_OK) != 0)
            return unknown(r, name);
    }
    if (!read_file(r) || !settle(r))
        return false;
    r->login->name = memory_text(name);
    return true;
}

static const char *first_word(const char *file, char *out, size_t size) {
    FILE *open = fopen(file, "r");
    size_t len = open != NULL ? fread(out, 1, size - 1, open) : 0;
    if (open != NULL)
        fclose(open);
    out[len] = '\0';
    char *begin = out + strspn(out, " \t\r\n");
    begin[strcspn(begin, "\t\r\n")] = '\0';
    for (len = strlen(begin); len > 0 && begin[len - 1] == ' ';)
        begin[--len] = '\0';
    return begin[0] != '\0' ? begin : NULL;
}

const char *context_selected(const char **by) {
    static char path[PATH_SIZE], text[NAME_MOST + 80];
    const char *named = variable_of("NATS_CONTEXT");
    in_root(path, "context", ".txt");
    *by = named != NULL ? "NATS_CONTEXT" : path;
    return named != NULL ? named : first_word(path, text, sizeof text);
}

bool context_in_environment(void) {
    return variable_of("NATS_URL") != NULL;
}

bool context_login(const char *name, struct login *login, char *message, size_t size) {
    char path[PATH_SIZE];
    struct reading r = {.login = login, .message = message, .size = size};
    *login = (struct login){0};
    bool good = (name == NULL || read_context(&r, name, path)) && take_environment(&r);
    if (!good)
        login_finish(login);
    return good;
}
