/* The counters against exact counts: what they promise, over more subjects than there is room for. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "collectors/topk.h"
#include "tests/harness/suite.h"

#define DISTINCT 1000000
#define HEAVY    20

static struct topk *k;

static void add(const char *subject, uint32_t bytes, int look) {
    topk_add(k, &(struct tapped){.subject = subject, .subject_len = strlen(subject), .bytes = bytes}, look);
}

static const struct counter *of(const char *subject) {
    size_t count;
    const struct counter *c = topk_counters(k, &count);
    for (size_t i = 0; i < count; i++)
        if (strcmp(c[i].subject, subject) == 0)
            return &c[i];
    return NULL;
}

static void setup(void) {
    k = topk_create();
}

static void teardown(void) {
    topk_destroy(k);
}

START_TEST(few_are_exact) {
    for (int i = 0; i < 3; i++)
        add("orders.new", 100, i);
    add("orders.paid", 7, 3);
    const struct counter *c = of("orders.new");
    ck_assert(c->count == 3 && c->error == 0 && c->bytes[1] == 100 && c->seen[2] == 1 && c->largest == 100);
    ck_assert_uint_eq(of("orders.paid")->count, 1);
    ck_assert_uint_eq(topk_messages(k), 4);
    topk_clear(k);
    ck_assert_ptr_null(of("orders.new"));
}
END_TEST

/* A million subjects once each and some that come again and again, the n-th in one of 100 n messages. */
START_TEST(a_million_subjects) {
    static uint64_t truth[HEAVY];
    uint64_t n = 0;
    for (uint64_t i = 0; i < DISTINCT; i++, n++) {
        char subject[40];
        snprintf(subject, sizeof subject, "tile.%llu", (unsigned long long)(i * 2654435761u % 4294967296u));
        add(subject, 1, 0);
        for (uint64_t h = 0; h < HEAVY; h++) {
            if (i % (100 * (h + 1)) != 0)
                continue;
            snprintf(subject, sizeof subject, "heavy.%llu", (unsigned long long)h);
            add(subject, 1, 1);
            truth[h]++;
            n++;
        }
    }
    ck_assert_uint_eq(topk_messages(k), n);
    size_t count;
    const struct counter *all = topk_counters(k, &count);
    ck_assert_uint_eq(count, TOPK_COUNTERS);
    for (size_t i = 0; i < count; i++) {
        ck_assert_uint_le(all[i].error, n / TOPK_COUNTERS);
        ck_assert_uint_eq(all[i].count - all[i].error, all[i].seen[0] + all[i].seen[1]);
    }
    for (int h = 0; h < HEAVY; h++) {
        char subject[40];
        snprintf(subject, sizeof subject, "heavy.%d", h);
        const struct counter *c = of(subject);
        if (c == NULL) {
            ck_assert_uint_le(truth[h], n / TOPK_COUNTERS);
            continue;
        }
        ck_assert_uint_ge(c->count, truth[h]);
        ck_assert_uint_le(c->count - c->error, truth[h]);
    }
    ck_assert_ptr_nonnull(of("heavy.0"));
    ck_assert_ptr_nonnull(of("heavy.10"));
}
END_TEST

int main(void) {
    Suite *suite = suite_create("collectors/topk");
    TCase *c = tcase_create("topk");
    tcase_set_timeout(c, 60);
    tcase_add_checked_fixture(c, setup, teardown);
    tcase_add_test(c, few_are_exact);
    tcase_add_test(c, a_million_subjects);
    suite_add_tcase(suite, c);
    return suite_run(suite);
}
