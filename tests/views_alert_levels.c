/* What the view Alerts says of a level that an asset carries itself: that it is another one by now where it
 * is, and only there. */
#include "tests/harness/suite.h"
#include "tests/model_carried.h"
#include "tests/views_frame.h"

#include <check.h>

static const struct told_case pending = {.rule = "told_unprocessed",
                                         .meta = {F_CONSUMER_told_unprocessed, "500"},
                                         .what = offsetof(struct scene, pending)};

static char *screen(const struct night *n) {
    const struct world of = {.model = n->model};
    struct frame f;
    frame_open(&f, &of, "alerts");
    f.context.utc_ns = NIGHT_UTC + n->at;
    char *text = frame_text(&f, 160, 40, false);
    frame_close(&f);
    return text;
}

static const struct {
    struct told_case by_now;
    double pending;
    struct carried carried;
    const char *says; /* NULL: nothing of that */
} levels[] = {
    {{.meta = {F_CONSUMER_told_unprocessed, "500"}}, 600, {.removed = false}, NULL},
    {{.meta = {F_CONSUMER_told_unprocessed, "500"}}, 0, {.removed = false}, NULL},
    {{.meta = {F_CONSUMER_told_unprocessed, "550"}}, 600, {.removed = false}, NULL}, /* it speaks at that */
    {{.meta = {F_CONSUMER_told_unprocessed, "700"}},
     600,
     {.removed = false},
     "it spoke at >= 500, its level is >= 700 by now"},
    {{.meta = {F_CONSUMER_told_unprocessed, "500"}},
     600,
     {.removed = true},
     "it spoke at >= 500, and has no such level any more"},
};

START_TEST(a_level_is_another_one_only_where_it_changed) {
    struct told_case by_now = levels[_i].by_now;
    struct night n;
    by_now.what = pending.what;
    begin_three(&n);
    go_on(&n, &pending, 30, 600, set);
    go_on(&n, &by_now, 5, levels[_i].pending, levels[_i].carried);
    char *text = screen(&n);
    ck_assert_msg(strstr(text, "rule told_unprocessed: consumer: pending  critical >= told_unprocessed"),
                  "%s", text);
    if (levels[_i].says)
        ck_assert_msg(strstr(text, levels[_i].says) != NULL, "\"%s\" is not in\n%s", levels[_i].says, text);
    else
        ck_assert_msg(!strstr(text, "it spoke at"), "%s", text);
    free(text);
    night_end(&n);
}
END_TEST

/* Where the alert leads: what can't be read is the first that the page says, though nothing else is wrong. */
START_TEST(a_level_that_cannot_be_read_is_said_on_the_page) {
    static const struct {
        enum field field;
        enum object_kind kind;
        const char *view, *says;
    } cases[] = {
        {F_STREAM_told_msgs_critical, OBJECT_STREAM, "stream",
         "carries a level that can't be read: io.nats.monitor.msgs-critical: \"few\" is"},
        {F_CONSUMER_told_unprocessed, OBJECT_CONSUMER, "consumer",
         "carries a level that can't be read: io.nats.monitor.unprocessed-critical: \"few\" is"},
    };
    struct told_case c = {.meta = {cases[_i].field, "few"}, .what = offsetof(struct scene, pending)};
    struct night n;
    begin_three(&n);
    go_on(&n, &c, 5, 0, set);
    size_t count;
    const struct world of = {.model = n.model};
    struct frame f;
    frame_open(&f, &of, cases[_i].view);
    f.context.utc_ns = NIGHT_UTC + n.at;
    f.context.object = model_objects(n.model, cases[_i].kind, &count)[0]->id;
    char *text = frame_text(&f, 160, 40, false), *at = strchr(text, '\n');
    const char *said = strstr(text, cases[_i].says);
    ck_assert_msg(said != NULL, "%s", text);
    ck_assert_msg(strstr(said + 1, "level not read") != NULL, "%s", text);
    ck_assert_ptr_nonnull(at);
    frame_close(&f);
    free(text);
    night_end(&n);
}
END_TEST

static TCase *cases(void) {
    TCase *t = tcase_create("levels");
    tcase_add_loop_test(t, a_level_is_another_one_only_where_it_changed, 0, sizeof levels / sizeof *levels);
    tcase_add_loop_test(t, a_level_that_cannot_be_read_is_said_on_the_page, 0, 2);
    return t;
}

int main(void) {
    return run_case("views: levels that assets carry, in Alerts", cases);
}
