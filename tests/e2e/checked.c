#include "tests/e2e/checked.h"

#include <check.h>
#include <string.h>

#include "tests/harness/jetstream.h"

struct command checked_last;

void checked_forget(void) {
    command_free(&checked_last);
}

void checked_start(struct checked *run, const char *const *words) {
    const char *argv[24] = {command_natsight(), "check"};
    int n = 2;
    for (int i = 0; words[i] != NULL && n < 23; i++)
        argv[n++] = words[i];
    ck_assert(command_start(&run->command, argv, NULL));
}

void checked_finish(struct checked *runs, int count) {
    for (int i = 0; i < count; i++)
        runs[i].code = command_finish(&runs[i].command, CHECKED_MS);
}

int checked_take(struct checked *run) {
    checked_forget();
    checked_last = run->command;
    run->command = (struct command){.in = -1, .out = -1, .err = -1};
    return run->code;
}

int checked_run(const char *const *words) {
    struct checked run;
    checked_start(&run, words);
    checked_finish(&run, 1);
    return checked_take(&run);
}

void checked_code(int code, int is) {
    ck_assert_msg(is == code, "%d, not %d: %s%s", is, code, checked_last.output, checked_last.errors);
}

void checked_says(const char *part) {
    ck_assert_msg(strstr(checked_last.output, part) != NULL, "no \"%s\" in: %s", part, checked_last.output);
}

json_t *checked_document(void) {
    json_error_t error;
    json_t *json = json_loads(checked_last.output, 0, &error);
    ck_assert_msg(json != NULL, "%s: %s", error.text, checked_last.output);
    return json;
}

struct servers *checked_ill(void) {
    struct servers *ill = servers_start(&(struct servers_options){.nodes = 1, .jetstream = true});
    ck_assert_ptr_nonnull(ill);
    struct natsc *line = natsc_connect(ill->node[0].url, NULL, JETSTREAM_MS);
    ck_assert_ptr_nonnull(line);
    ck_assert(jetstream_add_stream(line, "ORDERS", "orders.>", 1));
    ck_assert(jetstream_add_consumer(line, "ORDERS", "billing", NULL));
    ck_assert(jetstream_add_consumer(line, "ORDERS", "it's|a=b", NULL));
    ck_assert(jetstream_add_consumer(line, "ORDERS", "idle", "orders.none"));
    for (int i = 0; i < CHECKED_WAITING; i++)
        ck_assert(jetstream_store(line, "orders.new", JETSTREAM_MS));
    natsc_close(line);
    return ill;
}

TCase *checked_part(Suite *suite, const char *name) {
    TCase *part = tcase_create(name);
    tcase_set_timeout(part, 120);
    suite_add_tcase(suite, part);
    return part;
}
