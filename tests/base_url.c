#include "base/url.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/page.h"
#include "base/version.h"
#include "tests/harness/suite.h"

START_TEST(taken) {
    static const struct {
        const char *text, *formatted;
    } rows[] = {
        {"host", "http://host:8222"},
        {"host:1234", "http://host:1234"},
        {"10.0.0.1", "http://10.0.0.1:8222"},
        {"[::1]", "http://[::1]:8222"},
        {"[::1]:9222", "http://[::1]:9222"},
        {"[0:0::0001]:9222", "http://[::1]:9222"},
        {"http://Host.Example:8222", "http://host.example:8222"},
        {"HTTPS://host", "https://host:8222"},
        {"https://host:443/nats/a/", "https://host:443/nats/a"},
        {"http://host/", "http://host:8222"},
        {"host//", "http://host:8222"},
        {"host/a:b", "http://host:8222/a:b"},
        {"http://[fe80::1]:1/x", "http://[fe80::1]:1/x"},
        {"my_host-2", "http://my_host-2:8222"},
        {"host:65535", "http://host:65535"},
        {"nats://n1", "nats://n1:4222"},
        {"NATS://[::1]:5222/", "nats://[::1]:5222"},
        {"tls://N1:4333", "tls://n1:4333"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct url url;
        char message[200] = "", out[600];
        ck_assert_msg(url_parse(&url, rows[i].text, message, sizeof message), "%s", message);
        url_format(&url, out, sizeof out);
        ck_assert_str_eq(out, rows[i].formatted);
    }
}
END_TEST

START_TEST(parts) {
    struct url url;
    char message[200];
    ck_assert(url_parse(&url, "https://[::1]:99/a/b", message, sizeof message));
    ck_assert(url.https);
    ck_assert(url.v6);
    ck_assert_str_eq(url.host, "::1");
    ck_assert_int_eq(url.port, 99);
    ck_assert_str_eq(url.prefix, "/a/b");
}
END_TEST

START_TEST(refused) {
    static const struct {
        const char *text, *message;
    } rows[] = {
        {"", "``: names no host; write http://host:8222"},
        {"http://", "`http://`: names no host; write http://host:8222"},
        {":8222", "`:8222`: names no host; write http://host:8222"},
        {"http://u:p@h", "`http://...@h`: holds a user name; put it into a file and use --auth-file"},
        {"u@h", "`...@h`: holds a user name; put it into a file and use --auth-file"},
        {"http://u:p/q@h", "`http://...@h`: holds a user name; put it into a file and use --auth-file"},
        {"nats://u:p@h:4222", "`nats://...@h:4222`: holds a user name; put it into a context, or into "
                              "NATS_USER and NATS_PASSWORD"},
        {"tls://u@h",
         "`tls://...@h`: holds a user name; put it into a context, or into NATS_USER and NATS_PASSWORD"},
        {"nats://h:4222/x", "`nats://h:4222/x`: goes on behind its port; write nats://host:4222"},
        {"ftp://h", "`ftp://h`: is no URL of NATS; write http://host:8222 or nats://host:4222"},
        {"h:", "`h:`: has no port from 1 to 65535 behind its colon; write http://host:8222"},
        {"h:0", "`h:0`: has no port from 1 to 65535 behind its colon; write http://host:8222"},
        {"h:65536", "`h:65536`: has no port from 1 to 65535 behind its colon; write http://host:8222"},
        {"h:99999999999999999999",
         "`h:99999999999999999999`: has no port from 1 to 65535 behind its colon; write "
         "http://host:8222"},
        {"h:12a", "`h:12a`: has no port from 1 to 65535 behind its colon; write http://host:8222"},
        {"::1", "`::1`: has too many colons; write an IPv6 address in brackets, http://[::1]:8222"},
        {"[::1", "`[::1`: lacks the `]` behind its address; write http://[::1]:8222"},
        {"[::g]", "`[::g]`: holds no IPv6 address in its brackets; write http://[::1]:8222"},
        {"[::1]x", "`[::1]x`: goes on behind its address; write http://host:8222/path"},
        {"a b", "`a b`: has blanks or other characters that no URL has; write http://host:8222"},
        {"h/\x1b[31m",
         "`h/\xef\xbf\xbd[31m`: has blanks or other characters that no URL has; write http://host:8222"},
        {"a,b", "`a,b`: has a `,` in its host name; write http://host:8222"},
        {"h?token=secret", "`h?...`: has a query; write http://host:8222 alone"},
        {"-", "`-`: names no host; write http://host:8222"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct url url;
        char message[200] = "";
        ck_assert_msg(!url_parse(&url, rows[i].text, message, sizeof message), "%s was taken", rows[i].text);
        ck_assert_str_eq(message, rows[i].message);
    }
}
END_TEST

START_TEST(long_ones) {
    struct url url;
    char message[200], small[8], *text = malloc(100001);
    memset(text, 'h', 100000);
    text[100000] = '\0';
    ck_assert(!url_parse(&url, text, message, sizeof message));
    ck_assert_ptr_nonnull(strstr(message, "longer than 255"));
    text[1] = '/';
    ck_assert(!url_parse(&url, text, message, sizeof message));
    ck_assert_ptr_nonnull(strstr(message, "longer than 255"));
    ck_assert(!url_parse(&url, text, small, sizeof small));
    ck_assert_uint_eq(strlen(small), 7);
    text[255] = '\0';
    text[1] = 'h';
    ck_assert(url_parse(&url, text, message, sizeof message));
    ck_assert_str_eq(url.host, text);
    free(text);
}
END_TEST

START_TEST(sameness) {
    static const struct {
        const char *a, *b;
        bool same;
    } rows[] = {
        {"host", "http://HOST:8222/", true}, {"[::1]", "[0::1]:8222", true}, {"host", "https://host", false},
        {"host", "host:1", false},           {"host/a", "host", false},      {"a", "b", false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct url a, b;
        char message[200];
        ck_assert(url_parse(&a, rows[i].a, message, sizeof message));
        ck_assert(url_parse(&b, rows[i].b, message, sizeof message));
        ck_assert_msg(url_same(&a, &b) == rows[i].same, "%s %s", rows[i].a, rows[i].b);
    }
}
END_TEST

START_TEST(page_is_shared_with_a_child) {
    struct page *page = NULL;
    char endless[PAGE_WHAT_SIZE * 2];
    int fd = page_create(&page), status;
    ck_assert_int_ge(fd, 0);
    memset(endless, 'x', sizeof endless);
    endless[sizeof endless - 1] = '\0';
    pid_t child = fork();
    if (child == 0) {
        struct page *own = page_open(fd);
        if (!own)
            _exit(1);
        page_beat(own);
        page_beat(own);
        page_doing(own, endless, 7);
        _exit(ftruncate(fd, 0) == 0 ? 2 : 0); /* the seal keeps the parent from faulting */
    }
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert_int_eq(status, 0);
    ck_assert_uint_eq(atomic_load(&page->beat), 2);
    ck_assert_uint_eq(atomic_load(&page->shape), 7);
    ck_assert_uint_eq(strlen(page->server), PAGE_WHAT_SIZE - 1);
    page_idle(page);
    ck_assert_uint_eq(atomic_load(&page->shape), 0);
    page_close(page, fd);
}
END_TEST

START_TEST(page_needs_its_descriptor) {
    int ends[2];
    ck_assert_int_eq(pipe(ends), 0);
    ck_assert_ptr_null(page_open(-1));
    ck_assert_ptr_null(page_open(ends[0]));
    close(ends[0]);
    ck_assert_ptr_null(page_open(ends[0]));
    close(ends[1]);
    page_doing(NULL, "x", 1);
    page_idle(NULL);
    page_beat(NULL);
    page_close(NULL, -1);
}
END_TEST

START_TEST(version) {
    ck_assert_int_eq(version_text()[0] >= '0' && version_text()[0] <= '9', 1);
    ck_assert_ptr_nonnull(strchr(version_text(), '.'));
    ck_assert_uint_gt(strlen(version_commit()), 0);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("base/url");
    TCase *c = tcase_create("url");
    tcase_add_test(c, taken);
    tcase_add_test(c, parts);
    tcase_add_test(c, refused);
    tcase_add_test(c, long_ones);
    tcase_add_test(c, sameness);
    tcase_add_test(c, page_is_shared_with_a_child);
    tcase_add_test(c, page_needs_its_descriptor);
    tcase_add_test(c, version);
    suite_add_tcase(suite, c);
    return suite_run(suite);
}
