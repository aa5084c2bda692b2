/* What it takes to connect to NATS: servers and who we are there.
 *
 * The main process makes one of a context, the environment and what was typed (entry/context.h) and hands it
 * to `collect nats` as a line on its standard input, so that no secret is in any argument or environment. All
 * text is owned; login_finish() overwrites what is secret. */
#ifndef COLLECTORS_LOGIN_H
#define COLLECTORS_LOGIN_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buffer.h"

enum login_kind { LOGIN_WORD, LOGIN_SECRET, LOGIN_KEYS, LOGIN_FILE, LOGIN_OURS };

struct login { /* NULL: not said */
#define LOGIN(field, ...) char *field;
#include "collectors/login.def"
};

/* The rows of login.def, in their order. */
struct login_row {
    const char *key, *variable;
    enum login_kind kind;
    size_t offset;
};
extern const struct login_row login_rows[];
extern const int login_row_count;

char **login_field(const struct login_row *row, struct login *login);
const char *login_value(const struct login_row *row, const struct login *login);
/* Takes a copy of text; NULL: not said. */
void login_set(const struct login_row *row, struct login *login, const char *text);
/* Overwrites it, frees it, and it is not said any more. */
void login_wipe(char **field);
void login_copy(struct login *to, const struct login *from);
void login_finish(struct login *login);

/* As one line of JSON, without its end. The buffer holds secrets then. */
void login_write(const struct login *login, struct buffer *out);
/* false: that is no such line; *login is empty then. */
bool login_read(struct login *login, const char *line);

/* In words, without a secret: "user ops", "credentials /path/x.creds", "no login". */
void login_says(const struct login *login, char *out, size_t size);

#endif
