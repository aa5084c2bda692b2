/* What its user calls a cluster. */
#include "tests/harness/suite.h"

#include <check.h>
#include <stdlib.h>

#include "entry/cluster_called.h"

static const struct called {
    struct options options;
    const char *called;
} clusters[] = {
    {{.cluster = "prod", .label = "PROD", .urls = (const char *[]){"n1"}, .url_count = 1}, "prod"},
    {{.label = "PROD", .urls = (const char *[]){"n1"}, .url_count = 1}, "PROD"},
    {{.cluster = "", .label = "PROD"}, "PROD"},
    {{.urls = (const char *[]){"n1:8222", "n2"}, .url_count = 2}, "http://n1:8222"},
    {{.urls = (const char *[]){"n2", "n3", "n1:8222"}, .url_count = 3}, "http://n1:8222"},
    {{.urls = (const char *[]){"http://:x", "n3", "n1"}, .url_count = 3}, "http://n1:8222"},
    {{.label = "", .urls = (const char *[]){"https://[::1]/nats/"}, .url_count = 1},
     "https://[::1]:8222/nats"},
    {{.label = "PROD", .context = "east"}, "PROD"},
    {{.context = "east", .urls = (const char *[]){"nats://n1"}, .url_count = 1}, "east"},
    {{.urls = (const char *[]){"http://:x"}, .url_count = 1}, "cluster"},
    {{0}, "cluster"},
};

START_TEST(as_its_user_calls_it) {
    char *called = cluster_called(&clusters[_i].options);
    ck_assert_str_eq(called, clusters[_i].called);
    free(called);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("cluster called");
    TCase *tc = tcase_create("cluster called");
    tcase_add_loop_test(tc, as_its_user_calls_it, 0, sizeof clusters / sizeof *clusters);
    suite_add_tcase(suite, tc);
    return suite_run(suite);
}
