/* nkeys: the public key of a seed. The pair is that of the NATS documentation. */
#include <check.h>
#include <string.h>

#include "collectors/nkey.h"
#include "tests/harness/suite.h"

#define SEED "SUACSSL3UAHUDXKFSNVUZRF5UHPMWZ6BFDTJ7M6USDXIEDNPPQYYYCU3VY"
#define KEY  "UDXU4RCSJNZOIQHZNWXHXORDPRTGNJAHAHFRGZNEEJCPQTT2M7NLCNF4"

START_TEST(the_key_of_a_seed) {
    char key[NKEY_SIZE];
    ck_assert(nkey_public(SEED, key));
    ck_assert_str_eq(key, KEY);
}
END_TEST

START_TEST(what_is_no_seed) {
    static const char *const wrong[] = {
        "",
        KEY,
        "SUACSSL3UAHUDXKFSNVUZRF5UHPMWZ6BFDTJ7M6USDXIEDNPPQYYYCU4VY", /* a letter off */
        "SUACSSL3UAHUDXKFSNVUZRF5UHPMWZ6BFDTJ7M6USDXIEDNPPQYYYCU3V",
        "SUACSSL3UAHUDXKFSNVUZRF5UHPMWZ6BFDTJ7M6USDXIEDNPPQYYYCU3VYA", /* one too many */
        "sua",
        "SUAC SSL3",
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        char key[NKEY_SIZE];
        ck_assert_msg(!nkey_public(wrong[i], key), "%s", wrong[i]);
    }
}
END_TEST

START_TEST(a_seed_in_a_file) {
    static const char *const files[] = {SEED, SEED "\n", "# a comment SU\n  " SEED "\r\n" KEY,
                                        "-----BEGIN USER NKEY SEED-----\n" SEED "\n------END"};
    char seed[NKEY_SIZE];
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        ck_assert_msg(nkey_find_seed(files[i], seed), "%s", files[i]);
        ck_assert_str_eq(seed, SEED);
    }
    ck_assert(!nkey_find_seed("x" SEED, seed));
    ck_assert(!nkey_find_seed(SEED "A", seed));
    ck_assert(!nkey_find_seed("SU", seed));
}
END_TEST

int main(void) {
    Suite *suite = suite_create("collectors: nkeys");
    TCase *tc = tcase_create("nkeys");
    tcase_add_test(tc, the_key_of_a_seed);
    tcase_add_test(tc, what_is_no_seed);
    tcase_add_test(tc, a_seed_in_a_file);
    suite_add_tcase(suite, tc);
    return suite_run(suite);
}
