#include "collectors/nkey.h"

#include <openssl/evp.h>
#include <stdint.h>
#include <string.h>

/* nkeys' source: two prefix bytes (kind of seed, kind of key), 32 of the seed, CRC-16; base32 without
 * padding. */
enum { SEED_BYTES = 36, KEY_BYTES = 35, SEED_TEXT = 58, PREFIX_SEED = 18 << 3, PREFIX_USER = 20 << 3 };

static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

static bool decode(const char *text, unsigned char *out, size_t bytes) {
    uint32_t bits = 0;
    int have = 0;
    size_t at = 0;
    for (; *text != '\0'; text++) {
        const char *digit = strchr(digits, *text);
        if (digit == NULL)
            return false;
        bits = bits << 5 | (uint32_t)(digit - digits);
        have += 5;
        if (have < 8)
            continue;
        have -= 8;
        if (at == bytes)
            return false;
        out[at++] = (unsigned char)(bits >> have);
    }
    return at == bytes && have < 5;
}

static void encode(const unsigned char *in, size_t bytes, char *out) {
    uint32_t bits = 0;
    int have = 0;
    for (size_t i = 0; i < bytes; i++) {
        bits = bits << 8 | in[i];
        for (have += 8; have >= 5; have -= 5)
            *out++ = digits[bits >> (have - 5) & 31];
    }
    if (have > 0)
        *out++ = digits[bits << (5 - have) & 31];
    *out = '\0';
}

/* CRC-16/XMODEM. */
static uint16_t crc16(const unsigned char *bytes, size_t len) {
    uint16_t crc = 0;
    for (size_t i = 0; i < len; i++) {
        crc ^= (uint16_t)(bytes[i] << 8);
        for (int k = 0; k < 8; k++)
            crc = (uint16_t)(crc & 0x8000 ? crc << 1 ^ 0x1021 : crc << 1);
    }
    return crc;
}

static bool is_whole(const unsigned char *bytes, size_t len) {
    uint16_t crc = crc16(bytes, len - 2);
    return bytes[len - 2] == (crc & 255) && bytes[len - 1] == crc >> 8;
}

bool nkey_find_seed(const char *text, char seed[NKEY_SIZE]) {
    for (const char *at = text; (at = strstr(at, "SU")) != NULL; at++) {
        bool begins = at == text || strchr(" \r\n\t", at[-1]) != NULL;
        if (!begins || strspn(at, digits) != SEED_TEXT)
            continue;
        memcpy(seed, at, SEED_TEXT);
        seed[SEED_TEXT] = '\0';
        return true;
    }
    return false;
}

bool nkey_public(const char *seed, char key[NKEY_SIZE]) {
    unsigned char raw[SEED_BYTES], out[KEY_BYTES] = {PREFIX_USER};
    size_t len = 32;
    if (!decode(seed, raw, SEED_BYTES) || !is_whole(raw, SEED_BYTES) || (raw[0] & 0xf8) != PREFIX_SEED)
        return false;
    EVP_PKEY *pair = EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, NULL, raw + 2, 32);
    bool good = pair != NULL && EVP_PKEY_get_raw_public_key(pair, out + 1, &len) == 1;
    EVP_PKEY_free(pair);
    explicit_bzero(raw, sizeof raw);
    uint16_t crc = crc16(out, KEY_BYTES - 2);
    out[KEY_BYTES - 2] = (unsigned char)(crc & 255);
    out[KEY_BYTES - 1] = (unsigned char)(crc >> 8);
    if (good)
        encode(out, KEY_BYTES, key);
    return good;
}
