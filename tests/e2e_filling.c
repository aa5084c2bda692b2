/* When a client will be cut, as the program foretells it, against when the server cut it: readers of steady
 * pace to whom steadily more is sent than they read, on servers that give a write ten seconds and more.
 *
 * The fixture lives through it once, all side by side, and prints what was foretold beside what happened. */
#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/e2e/cut_scene.h"
#include "tests/harness/suite.h"

#define NS INT64_C(1000000000)
#define KB 1000.0

enum { SCENES = 2, READERS = 6, TOLD_MAX = 200, LIVE_S = 45 };
/* Of the page of those that hold most. */
#define POLL_NS (2 * NS)

static const struct {
    const char *config;
    double deadline_s;
} limits[SCENES] = {{"max_pending: 32MB\nwrite_deadline: \"10s\"", 10},
                    {"max_pending: 24MB\nwrite_deadline: \"30s\"", 30}};
static struct cut_scene scenes[SCENES] = {{.name = "ten"}, {.name = "thirty"}};

#define READER(reads, fed)                                                                                   \
    {                                                                                                        \
        .name = "reads " #reads " of " #fed " kB/s", .reads_per_s = (reads)*KB, .fed_per_s = (fed)*KB,       \
        .message = 2000, .receive_buffer = 32768                                                             \
    }
#define STOPPED_OF(fed)                                                                                      \
    { .name = "stopped, of " #fed " kB/s", .stops = true, .fed_per_s = (fed)*KB, .message = 2000 }

/* How much was written when decides by how much one that reads is cut, all of a sudden: a write that just
 * ends in time gives it that much more. The paces are such that this is not more than may be off. */
static const struct slow_group groups[SCENES][READERS] = {
    {READER(0, 2000), READER(3000, 4500), READER(1000, 2500), READER(2500, 4500), READER(1, 1000),
     STOPPED_OF(1000)},
    {READER(0, 1200), READER(3000, 4000), READER(2000, 3500), READER(2500, 4000), READER(1, 400),
     STOPPED_OF(400)},
};

/* What was said of one at one moment. */
struct told {
    int64_t at_ns, cut_ns; /* cut_ns 0: none foretold */
    double pending, share;
    char next[100], likely[20];
};
static struct story {
    struct told list[TOLD_MAX];
    int n;
    int64_t from_ns, cut_ns, half_ns; /* connected; 0: it was not cut; 0: it was never seen half full */
    bool by_deadline;
} stories[SCENES][READERS];

/* ---- living ---- */

static void take_row(struct story *story, json_t *document, json_t *row) {
    int64_t at_ns = doc_instant(row, "sampled_at");
    double in_s = doc_number(row, "cut_in");
    if (!row || story->n == TOLD_MAX || strcmp(doc_text(row, "state"), "open") != 0 ||
        (story->n && story->list[story->n - 1].at_ns == at_ns))
        return;
    struct told *told = &story->list[story->n++];
    *told = (struct told){.at_ns = at_ns,
                          .pending = doc_number(row, "pending_bytes"),
                          .share = doc_number(row, "pending_share")};
    if (!isnan(in_s))
        told->cut_ns = doc_instant(document, "taken") + (int64_t)(in_s * (double)NS);
    snprintf(told->next, sizeof told->next, "%s", doc_text(row, "next"));
    snprintf(told->likely, sizeof told->likely, "%s", doc_text(row, "likely"));
    if (!story->half_ns && told->share >= 0.5)
        story->half_ns = at_ns;
}

static void look(int i) {
    struct cut_scene *scene = &scenes[i];
    json_t *before = scene->last;
    cut_scene_turn(scene, 50);
    if (scene->last == before)
        return;
    for (int k = 0; k < READERS; k++)
        take_row(&stories[i][k], scene->last,
                 doc_find(scene->last, "connections", "name", groups[i][k].name));
}

/* true: all of this scene were cut. */
static bool note_ends(int i) {
    struct cut_scene *scene = &scenes[i];
    int n, cut = 0;
    const struct slow_life *lives = slow_lives(scene->slow[0], &n);
    cut_scene_read_log(scene);
    for (int k = 0; k < n; k++) {
        struct story *story = &stories[i][lives[k].group];
        const struct cut_line *line = cut_log_client(&scene->log, 0, lives[k].cid);
        story->from_ns = lives[k].connected_ns;
        story->cut_ns = line ? line->at_ns : 0;
        story->by_deadline = line && line->by_deadline;
        cut += line != NULL;
    }
    return cut == READERS;
}

static double seconds(int64_t ns) {
    return (double)ns / (double)NS;
}

static void print_story(int i, int k) {
    const struct story *s = &stories[i][k];
    char end[60] = "not cut";
    if (s->cut_ns)
        snprintf(end, sizeof end, "cut after %.1f s: %s", seconds(s->cut_ns - s->from_ns),
                 s->by_deadline ? "write deadline" : "pending bytes");
    printf("%s: %s, %s\n", scenes[i].name, groups[i][k].name, end);
    for (int t = 0; t < s->n; t++) {
        const struct told *told = &s->list[t];
        char at[32] = "-", off[32] = "";
        if (told->cut_ns)
            snprintf(at, sizeof at, "%.1f", seconds(told->cut_ns - s->from_ns));
        if (told->cut_ns && s->cut_ns)
            snprintf(off, sizeof off, "off %+.1f", seconds(told->cut_ns - s->cut_ns));
        printf("  %5.1f s: %5.0f kB pending, %3.0f %%; foretold %6s %-10s %-11s %s\n",
               seconds(told->at_ns - s->from_ns), told->pending / KB, told->share * 100, at, off,
               told->likely, told->next);
    }
}

static void live_through(void) {
    bool all = false;
    for (int i = 0; i < SCENES; i++) {
        scenes[i].config = limits[i].config;
        cut_scene_start(&scenes[i]);
    }
    for (int i = 0; i < SCENES; i++)
        cut_scene_await(&scenes[i]);
    for (int i = 0; i < SCENES; i++)
        cut_scene_begin(&scenes[i], groups[i], READERS);
    for (int64_t until = servers_now_ms() + LIVE_S * 1000; !all && servers_now_ms() < until;) {
        all = true;
        for (int i = 0; i < SCENES; i++) {
            look(i);
            all = note_ends(i) && all;
        }
    }
    for (int i = 0; i < SCENES * READERS; i++)
        print_story(i / READERS, i % READERS);
}

static void end(void) {
    for (int i = 0; i < SCENES; i++)
        cut_scene_stop(&scenes[i]);
    for (int i = 0; i < SCENES; i++)
        cut_scene_end(&scenes[i]);
}

/* What is foretold counts from there on: half full; or, if it is cut before, the last half of a write's
 * deadline. */
static int64_t counts_from(const struct story *story, int scene) {
    int64_t late = story->cut_ns - (int64_t)(limits[scene].deadline_s / 2 * (double)NS);
    return story->half_ns && story->half_ns < story->cut_ns ? story->half_ns : late;
}

/* Prints how far off it was. true: never by more than two polls, or a quarter of the time that counts. */
static bool was_foretold(int scene, int reader) {
    const struct story *story = &stories[scene][reader];
    int64_t from_ns = counts_from(story, scene), most = (story->cut_ns - from_ns) / 4, off_most = 0;
    int counted = 0, outside = 0;
    most = most > 2 * POLL_NS ? most : 2 * POLL_NS;
    for (int i = 0; i < story->n; i++) {
        const struct told *told = &story->list[i];
        if (told->at_ns < from_ns || told->at_ns > story->cut_ns)
            continue;
        int64_t off = told->cut_ns ? llabs(told->cut_ns - story->cut_ns) : 0;
        counted++;
        outside += !told->cut_ns || off > most;
        off_most = off > off_most ? off : off_most;
    }
    printf("figure: write deadline %.0f s, %s: cut after %.1f s by %s; of %d times from %.1f s on foretold "
           "within %.1f s: %d, %.1f s off at most\n",
           limits[scene].deadline_s, groups[scene][reader].name, seconds(story->cut_ns - story->from_ns),
           story->by_deadline ? "write deadline" : "pending bytes", counted,
           seconds(from_ns - story->from_ns), seconds(most), counted - outside, seconds(off_most));
    return counted > 0 && outside == 0;
}

/* More than next to nothing. */
static bool reads(const struct slow_group *group) {
    return group->reads_per_s >= 10 * KB;
}

START_TEST(who_does_not_read_is_foretold) {
    int n = 0;
    for (int k = 0; k < READERS; k++) {
        if (reads(&groups[_i][k]))
            continue;
        ck_assert_msg(stories[_i][k].cut_ns > 0, "%s is not cut", groups[_i][k].name);
        ck_assert_msg(was_foretold(_i, k), "%s", groups[_i][k].name);
        n++;
    }
    ck_assert_int_eq(n, 3);
}
END_TEST

/* One may be told wrong: by one write that ends, or misses its deadline, by a hair; or by what the kernel
 * took in meanwhile. */
START_TEST(who_reads_is_foretold) {
    int cut = 0, right = 0;
    for (int i = 0; i < SCENES; i++)
        for (int k = 0; k < READERS; k++) {
            if (!reads(&groups[i][k]) || !stories[i][k].cut_ns)
                continue;
            cut++;
            right += was_foretold(i, k);
        }
    printf("figure: of %d that read and were cut %d were foretold\n", cut, right);
    ck_assert_int_ge(right, cut - 1);
}
END_TEST

/* Nobody is left with a cut that should have been. */
START_TEST(what_did_not_come_is_not_foretold_for_ever) {
    for (int k = 0; k < READERS; k++)
        for (int i = 0; i < stories[_i][k].n; i++) {
            const struct told *told = &stories[_i][k].list[i];
            ck_assert_msg(!told->cut_ns || told->cut_ns > told->at_ns - 2 * POLL_NS, "%s",
                          groups[_i][k].name);
        }
}
END_TEST

START_TEST(the_reason_is_named) {
    for (int k = 0; k < READERS; k++) {
        const struct story *story = &stories[_i][k];
        const struct slow_group *group = &groups[_i][k];
        if (!story->cut_ns || (group->reads_per_s > 0 && group->reads_per_s < 1000 * KB))
            continue; /* one long write of who reads a little looks like one of who does not */
        const char *likely = story->list[story->n - 1].likely;
        ck_assert_msg(strcmp(likely, group->reads_per_s > 0 ? "slow reader" : "stopped") == 0, "%s: %s",
                      group->name, likely);
    }
}
END_TEST

int main(void) {
    Suite *suite = suite_create("filling");
    TCase *tc = tcase_create("all");
    tcase_set_timeout(tc, 60);
    tcase_add_unchecked_fixture(tc, live_through, end);
    tcase_add_loop_test(tc, who_does_not_read_is_foretold, 0, SCENES);
    tcase_add_test(tc, who_reads_is_foretold);
    tcase_add_loop_test(tc, what_did_not_come_is_not_foretold_for_ever, 0, SCENES);
    tcase_add_loop_test(tc, the_reason_is_named, 0, SCENES);
    suite_add_tcase(suite, tc);
    return suite_run(suite);
}
