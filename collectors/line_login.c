/* A login as cnats wants it. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/memory.h"
#include "collectors/line_parts.h"
#include "collectors/nkey.h"

#define PING_MS     2000
#define PINGS_OUT   2
#define SECRET_FILE 8192

struct setting {
    natsOptions *options;
    const struct login *login;
    const char *url;
    char *message;
    size_t size;
};

static natsStatus fail(const struct setting *s, const char *what, const char *path, const char *why) {
    snprintf(s->message, s->size, "%s %.200s: %s", what, path, why);
    return NATS_INVALID_ARG;
}

/* ---- who we are ---- */

static natsStatus sign(char **error, unsigned char **signature, int *length, const char *nonce, void *data) {
    (void)error;
    return nats_Sign(data, nonce, signature, length);
}

static natsStatus give_jwt(char **jwt, char **error, void *data) {
    (void)error;
    *jwt = strdup(data);
    return *jwt != NULL ? NATS_OK : NATS_NO_MEMORY;
}

static natsStatus set_user(const struct setting *s) {
    const char *password = s->login->password;
    return natsOptions_SetUserInfo(s->options, s->login->user, password != NULL ? password : "");
}

static natsStatus set_token(const struct setting *s) {
    return natsOptions_SetToken(s->options, s->login->token);
}

static natsStatus set_creds(const struct setting *s) {
    if (access(s->login->creds, R_OK) != 0)
        return fail(s, "credentials", s->login->creds, strerror(errno));
    return natsOptions_SetUserCredentialsFromFiles(s->options, s->login->creds, NULL);
}

static natsStatus set_nkey(const struct setting *s) {
    char text[SECRET_FILE] = "", seed[NKEY_SIZE], key[NKEY_SIZE];
    FILE *file = fopen(s->login->nkey, "re");
    if (file == NULL)
        return fail(s, "nkey", s->login->nkey, strerror(errno));
    text[fread(text, 1, sizeof text - 1, file)] = '\0';
    fclose(file);
    bool good = nkey_find_seed(text, seed) && nkey_public(seed, key);
    explicit_bzero(text, sizeof text);
    explicit_bzero(seed, sizeof seed);
    if (!good)
        return fail(s, "nkey", s->login->nkey, "there is no seed of a user in it (SU...)");
    return natsOptions_SetNKeyFromSeed(s->options, key, s->login->nkey);
}

static natsStatus set_jwt(const struct setting *s) {
    char *seed = s->login->user_seed != NULL ? s->login->user_seed : "";
    return natsOptions_SetUserCredentialsCallbacks(s->options, give_jwt, s->login->user_jwt, sign, seed);
}

/* A seed without a JWT is an nkey. */
static natsStatus set_seed(const struct setting *s) {
    char key[NKEY_SIZE];
    if (s->login->user_jwt != NULL)
        return NATS_OK;
    if (!nkey_public(s->login->user_seed, key))
        return fail(s, "nkey", "", "that is no seed of a user (SU...)");
    return natsOptions_SetNKey(s->options, key, sign, s->login->user_seed);
}

/* ---- TLS ---- */

static natsStatus set_ca(const struct setting *s) {
    natsStatus status = natsOptions_LoadCATrustedCertificates(s->options, s->login->ca);
    return status == NATS_OK ? NATS_OK : fail(s, "ca", s->login->ca, nats_GetLastError(NULL));
}

static natsStatus set_cert(const struct setting *s) {
    const char *key = s->login->key;
    if (key == NULL)
        return fail(s, "cert", s->login->cert, "its key is missing");
    natsStatus status = natsOptions_LoadCertificatesChain(s->options, s->login->cert, key);
    return status == NATS_OK ? NATS_OK : fail(s, "cert", s->login->cert, nats_GetLastError(NULL));
}

static natsStatus set_tls_name(const struct setting *s) {
    return natsOptions_SetExpectedHostname(s->options, s->login->tls_name);
}

static natsStatus set_insecure(const struct setting *s) {
    return natsOptions_SkipServerVerification(s->options, true);
}

static const struct {
    size_t field;
    natsStatus (*set)(const struct setting *s);
    bool tls;
} setters[] = {
    {offsetof(struct login, user), set_user, false},
    {offsetof(struct login, token), set_token, false},
    {offsetof(struct login, creds), set_creds, false},
    {offsetof(struct login, nkey), set_nkey, false},
    {offsetof(struct login, user_jwt), set_jwt, false},
    {offsetof(struct login, user_seed), set_seed, false},
    {offsetof(struct login, ca), set_ca, true},
    {offsetof(struct login, cert), set_cert, true},
    {offsetof(struct login, tls_name), set_tls_name, true},
    {offsetof(struct login, insecure), set_insecure, true},
};

static bool is_said(const struct login *login, size_t field) {
    return *(char *const *)(const void *)((const char *)login + field) != NULL;
}

/* TLS where the URL, or a file of it, says so; else as the server wants it. */
static natsStatus set_login(const struct setting *s) {
    natsStatus status = NATS_OK;
    bool tls = strncmp(s->url, "tls://", 6) == 0;
    for (size_t i = 0; i < sizeof setters / sizeof *setters && status == NATS_OK; i++) {
        if (!is_said(s->login, setters[i].field))
            continue;
        tls |= setters[i].tls;
        if (setters[i].tls)
            status = natsOptions_SetSecure(s->options, true);
        if (status == NATS_OK)
            status = setters[i].set(s);
    }
    return status == NATS_OK && tls ? natsOptions_SetSecure(s->options, true) : status;
}

natsStatus line_options(natsOptions **options, struct line *line, const char *url, char *message,
                        size_t size) {
    natsStatus s = natsOptions_Create(options);
    if (s == NATS_OK)
        s = natsOptions_SetURL(*options, url);
    if (s == NATS_OK)
        s = natsOptions_SetName(*options, "natsight");
    if (s == NATS_OK)
        s = natsOptions_SetTimeout(*options, LINE_CONNECT_MS);
    if (s == NATS_OK)
        s = natsOptions_SetAllowReconnect(*options, false); /* cnats would hold its lock meanwhile */
    if (s == NATS_OK)
        s = natsOptions_SetIgnoreDiscoveredServers(*options, true); /* one attempt is one server */
    if (s == NATS_OK)
        s = natsOptions_SetPingInterval(*options, PING_MS);
    if (s == NATS_OK)
        s = natsOptions_SetMaxPingsOut(*options, PINGS_OUT);
    if (s == NATS_OK)
        s = natsOptions_SetSendAsap(*options, true);
    if (s == NATS_OK)
        s = set_login(&(struct setting){*options, &line->login, url, message, size});
    if (s != NATS_OK && message[0] == '\0')
        snprintf(message, size, "%s", natsStatus_GetText(s));
    return s;
}
