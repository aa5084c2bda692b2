/* What the leader of a group says of its peers, and how old that is. */
#include "tests/harness/suite.h"
#include "tests/views_frame.h"

#include <check.h>

static char *detail(const struct world *w, int64_t later_ns) {
    struct frame f;
    frame_open(&f, w, "jetstream");
    f.context.utc_ns += later_ns;
    char *text = frame_text(&f, 120, 40, false);
    frame_close(&f);
    return text;
}

START_TEST(our_own_pause_is_no_silence_of_a_peer) {
    struct world w;
    world_busy(&w);
    int64_t late_ns = 9700 * NS_PER_MS;
    char *text = detail(&w, late_ns);
    ck_assert_msg(strstr(text, "n2-lon leader, asked 9.7s ago   n1-lon current, lag 0, seen 0.1s") != NULL,
                  "%s", text);
    ck_assert_msg(strstr(text, "n1-lon leader, asked 9.7s ago   n2-lon current, seen 0.2s") != NULL, "%s",
                  text);
    free(text);
    world_finish(&w);
}
END_TEST

int main(void) {
    TCase *t = tcase_create("peers");
    tcase_add_test(t, our_own_pause_is_no_silence_of_a_peer);
    Suite *suite = suite_create("views: peers");
    suite_add_tcase(suite, t);
    return suite_run(suite);
}
