/* A consumer that falls behind and catches up: what is shown of it over one such cycle, beside what its own
 * worker and its publisher say of each moment. The worker handles less than arrives for a while, then twice
 * as much until nothing waits.
 *
 * The fixture lives through it once, and prints both, a line each time that the row was sampled. Servers up
 * to 2.9.14 are asked each 10 s at most: of them a short run sees the first rows alone. With NATSIGHT_BY_NATS
 * the only way in is NATS, as an account that is no system account. */
#include <check.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/harness/document.h"
#include "tests/harness/http_get.h"
#include "tests/harness/servers.h"
#include "tests/harness/suite.h"

#define NS INT64_C(1000000000)

enum { NODES = 3, TOLD_MAX = 8000, SHOWN_MAX = 800, FEW_ROWS = 3 };

static const struct cycle {
    const char *behind_s, *lazy_per_s, *busy_per_s, *jsz_every;
    int seen_s;     /* a slope is known so long after the beginning */
    int turned_s;   /* and is that of now so long after the turn */
    int window_s;   /* it is made of */
    int rows, ms;   /* deadline */
    double guess_s; /* that what lies between two looks may be off */
} quick = {"12", "8", "170", "jsz=500ms", 3, 3, 7, 12, 90000, 0.5},
  slow = {"120", "20", "200", "jsz=5s", 31, 21, 60, 12, 400000, 3};

static const struct cycle *cycle;
static bool whole; /* it is lived through to its end */
/* From the server's making of a row to its last byte at the collector. */
#define MADE_AND_SENT_NS (NS / 2)
/* Between two words of the generator. */
#define TOLD_NS (NS / 10)
/* Under it a consumer is said to keep up. */
#define UP_TO_DATE 5.0

/* Of the generator: at its turns it says how much it handles from then on. */
struct told {
    int64_t at_ns;
    double waiting, behind; /* seconds */
};
struct shown {
    int64_t at_ns;
    double lag, behind, slope, drain; /* NAN: not shown */
    bool never, estimated;
    char state[32], why[200];
};

static struct told told[TOLD_MAX];
static struct shown shown[SHOWN_MAX];
static int n_told, n_shown;
static int64_t slow_from, quick_from, caught_up;

static void take_word(const char *line) {
    char at[40], oldest[40];
    double waiting;
    if (sscanf(line, "%39s falls-behind stream %*u done %*u waiting %lf oldest %39s", at, &waiting, oldest) ==
            3 &&
        n_told < TOLD_MAX) {
        struct told t = {doc_parse_instant(at), waiting, 0};
        if (waiting > 0)
            t.behind = (double)(t.at_ns - doc_parse_instant(oldest)) / (double)NS;
        told[n_told++] = t;
    } else if (strstr(line, " falls-behind handles ") && sscanf(line, "%39s", at) == 1) {
        *(slow_from ? &quick_from : &slow_from) = doc_parse_instant(at);
    } else if (strstr(line, " falls-behind has caught up") && sscanf(line, "%39s", at) == 1) {
        caught_up = doc_parse_instant(at);
    }
}

static void take_words(struct command *life, size_t *taken) {
    while (command_pump(life, 0))
        ;
    for (char *end; (end = strchr(life->output + *taken, '\n')); *taken = (size_t)(end - life->output) + 1) {
        *end = '\0';
        take_word(life->output + *taken);
        *end = '\n';
    }
}

static void take_row(json_t *row) {
    int64_t at_ns = doc_instant(row, "sampled_at");
    double lag = doc_number(row, "lag");
    if (!row || isnan(lag) || (n_shown && shown[n_shown - 1].at_ns == at_ns) || n_shown == SHOWN_MAX)
        return;
    struct shown *s = &shown[n_shown++];
    *s = (struct shown){.at_ns = at_ns, .lag = lag, .behind = doc_number(row, "time_behind")};
    s->slope = doc_number(row, "lag_slope");
    s->drain = doc_number(row, "drain");
    s->never = isnan(s->drain) && json_is_false(json_object_get(row, "draining"));
    s->estimated = doc_is_estimated(row, "time_behind");
    snprintf(s->state, sizeof s->state, "%s", doc_text(row, "state"));
    snprintf(s->why, sizeof s->why, "%s", doc_text(row, "why"));
}

/* What was told from one moment to another, and just before and after. */
static struct told least_told, most_told;

static bool told_between(int64_t from_ns, int64_t to_ns) {
    int first = 0, end = n_told - 1;
    while (first + 1 < n_told && told[first + 1].at_ns <= from_ns)
        first++;
    while (end > first && told[end - 1].at_ns >= to_ns)
        end--;
    if (n_told == 0 || told[first].at_ns > from_ns || told[end].at_ns < to_ns)
        return false;
    least_told = most_told = told[first];
    for (int i = first + 1; i <= end; i++) {
        least_told.waiting = fmin(least_told.waiting, told[i].waiting);
        least_told.behind = fmin(least_told.behind, told[i].behind);
        most_told.waiting = fmax(most_told.waiting, told[i].waiting);
        most_told.behind = fmax(most_told.behind, told[i].behind);
    }
    return true;
}

/* The last word at or before a moment. */
static struct told told_at(int64_t at_ns) {
    int i = 0;
    while (i + 1 < n_told && told[i + 1].at_ns <= at_ns)
        i++;
    return told[i];
}

/* How fast what waits grew, from the first to the last word of a time. */
static double told_slope(int64_t from_ns, int64_t to_ns) {
    struct told a = told_at(from_ns), b = told_at(to_ns);
    return (b.waiting - a.waiting) / ((double)(b.at_ns - a.at_ns) / (double)NS);
}

/* Of the time that a slope is made of, and not of before the turn. */
static double told_pace(int64_t turn_ns, int64_t at_ns) {
    int64_t from_ns = at_ns - cycle->window_s * NS;
    return told_slope(from_ns > turn_ns ? from_ns : turn_ns, at_ns);
}

static double seconds(int64_t ns) {
    return (double)ns / (double)NS;
}

/* When nothing waited any more, but for what is in work. */
static int64_t emptied(void) {
    int64_t at_ns = caught_up;
    for (int i = n_told - 1; i > 0 && told[i].at_ns > quick_from; i--)
        if (told[i].waiting < atof(cycle->busy_per_s) / 10)
            at_ns = told[i].at_ns;
    return at_ns;
}

static void print_both(void) {
    printf("second of the cycle: lag shown, told; seconds behind shown, told; slope shown; seconds to drain "
           "shown, until nothing waited; state\n");
    for (int i = 0; i < n_shown; i++) {
        const struct shown *s = &shown[i];
        struct told t = told_at(s->at_ns);
        char slope[32] = "-", drain[32], left[32] = "-";
        if (!isnan(s->slope))
            snprintf(slope, sizeof slope, "%+.1f", s->slope);
        snprintf(drain, sizeof drain, s->never ? "never" : isnan(s->drain) ? "-" : "%.1f", s->drain);
        if (caught_up)
            snprintf(left, sizeof left, "%.1f", fmax(0, seconds(emptied() - s->at_ns)));
        printf("%6.1f: %5.0f %5.0f; %5.1f%s %5.1f; %7s; %6s %5s; %s\n", seconds(s->at_ns - slow_from), s->lag,
               t.waiting, s->behind, s->estimated ? "~" : " ", t.behind, slope, drain, left, s->state);
    }
}

/* Its stores cost too much to be asked often. */
static bool is_old(const struct server *node) {
    char url[128];
    int major = 0, minor = 0, patch = 0;
    snprintf(url, sizeof url, "%s/varz", node->http);
    json_t *varz = http_get_json(url, 2000);
    ck_assert_int_eq(sscanf(doc_text(varz, "version"), "%d.%d.%d", &major, &minor, &patch), 3);
    json_decref(varz);
    return major < 2 || (major == 2 && (minor < 9 || (minor == 9 && patch < 15)));
}

static bool has_seen_enough(void) {
    if (!whole)
        return n_shown >= FEW_ROWS && n_told && told[n_told - 1].at_ns > shown[n_shown - 1].at_ns + TOLD_NS;
    return caught_up && n_shown && n_told && shown[n_shown - 1].at_ns > caught_up + NS &&
           strcmp(shown[n_shown - 1].state, "keeping_up") == 0 &&
           told[n_told - 1].at_ns > shown[n_shown - 1].at_ns + TOLD_NS;
}

static void live_through(void) {
    struct servers *servers = servers_start(&(struct servers_options){.nodes = NODES, .jetstream = true});
    ck_assert_ptr_nonnull(servers);
    bool by_nats = getenv("NATSIGHT_BY_NATS") != NULL;
    bool soak = getenv("NATSIGHT_SOAK") != NULL, old = !by_nats && is_old(servers->node);
    cycle = soak || old ? &slow : &quick;
    whole = soak || !old;
    const struct server *node = servers->node;
    const char *watch[] = {"--interval",
                           "500ms",
                           "--for",
                           "1s",
                           "--every",
                           cycle->jsz_every,
                           "--",
                           by_nats ? node[0].url : node[0].http,
                           by_nats ? NULL : node[1].http,
                           node[2].http,
                           NULL};
    const char *argv[] = {command_life(),    "--only",        "orders,falls-behind",
                          "--behind",        cycle->behind_s, "--lazy",
                          cycle->lazy_per_s, "--busy",        cycle->busy_per_s,
                          "--tell",          "0.1",           node[0].url,
                          node[1].url,       node[2].url,     NULL};
    struct documents documents;
    struct command life;
    size_t taken = 0;
    ck_assert(documents_open(&documents, "consumers", watch));
    ck_assert(command_start(&life, argv, NULL));
    int64_t deadline = servers_now_ms() + cycle->ms;
    while (!has_seen_enough()) {
        json_t *document = documents_next(&documents, 200);
        if (document)
            take_row(doc_find(document, "consumers", "name", "shipping"));
        take_words(&life, &taken);
        ck_assert_msg(servers_now_ms() < deadline && life.out >= 0 && documents.command.out >= 0,
                      "%d rows, %d words; %s%s", n_shown, n_told, life.errors, documents.command.errors);
    }
    documents_close(&documents);
    command_free(&life);
    servers_end(servers);
    if (!whole)
        printf("skipped: the end of the cycle, as long as this server has to be asked seldom: make soak has "
               "it\n");
    print_both();
}

/* ---- what it is ---- */

START_TEST(lag_and_time_behind_are_the_workers) {
    double lag_off = 0, behind_off = 0, guess_off = 0;
    int compared = 0;
    for (int i = 0; i < n_shown; i++) {
        const struct shown *s = &shown[i];
        if (!told_between(s->at_ns - MADE_AND_SENT_NS, s->at_ns + TOLD_NS))
            continue;
        compared++;
        lag_off = fmax(lag_off, fmax(least_told.waiting - s->lag, s->lag - most_told.waiting));
        if (isnan(s->behind)) { /* who leads the stream had not been heard yet */
            ck_assert_int_eq(i, 0);
            continue;
        }
        double *off = s->estimated ? &guess_off : &behind_off;
        *off = fmax(*off, fmax(least_told.behind - s->behind, s->behind - most_told.behind));
    }
    printf("figure: %d rows of a consumer that falls behind and catches up: lag off by %.0f, time behind by "
           "%.2f s at most, by %.2f s where it is marked as guessed\n",
           compared, lag_off, behind_off, guess_off);
    ck_assert_int_ge(compared, whole ? cycle->rows : FEW_ROWS);
    ck_assert_double_le(lag_off, 5); /* on their way to be told */
    ck_assert_double_le(behind_off, 0.2);
    ck_assert_double_le(guess_off, cycle->guess_s);
}
END_TEST

/* ---- where it goes ---- */

/* Well within one of the two, by the time that a turn takes to be seen. */
static bool falls_behind(const struct shown *s) {
    return s->at_ns > slow_from + cycle->seen_s * NS && s->at_ns < quick_from;
}

static bool catches_up(const struct shown *s) {
    return s->at_ns > quick_from + cycle->turned_s * NS && s->at_ns < caught_up - NS;
}

START_TEST(slope_and_drain_are_the_workers) {
    if (!whole)
        return;
    double off = 0, drain_off = 0;
    int falling = 0, catching = 0;
    for (int i = 0; i < n_shown; i++) {
        const struct shown *s = &shown[i];
        if (!falls_behind(s) && !catches_up(s))
            continue;
        bool up = catches_up(s);
        double slope = told_pace(up ? quick_from : slow_from, s->at_ns);
        ck_assert(!isnan(s->slope));
        off = fmax(off, fabs(s->slope / slope - 1) * 100);
        *(up ? &catching : &falling) += 1;
        ck_assert_msg(s->never == !up, "%f s after the turn: drain %s", seconds(s->at_ns - quick_from),
                      s->never ? "never" : "known");
        if (up)
            drain_off = fmax(drain_off, fabs(s->drain - s->lag / -slope));
    }
    printf("figure: slope off by %.1f %%, drain by %.1f s at most\n", off, drain_off);
    ck_assert_int_ge(falling, 5);
    ck_assert_int_ge(catching, 2);
    ck_assert_double_le(off, 10);
    ck_assert_double_le(drain_off, 1);
}
END_TEST

/* What drain said while it caught up came true, as far as the worker went on as it had gone. */
START_TEST(drain_comes_true) {
    for (int i = 0; whole && i < n_shown; i++) {
        if (!catches_up(&shown[i]))
            continue;
        int64_t at_ns = shown[i].at_ns;
        double left = seconds(emptied() - at_ns);
        double own = told_at(at_ns).waiting / -told_pace(quick_from, at_ns);
        ck_assert_double_eq_tol(shown[i].drain, left, 1 + fabs(left - own));
    }
}
END_TEST

/* Each state once, in this order. */
START_TEST(states_follow_each_other) {
    if (!whole)
        return;
    static const char *const order[] = {"unknown", "keeping_up", "falling_behind", "catching_up",
                                        "keeping_up"};
    int at = 0, seen = 0;
    for (int i = 0; i < n_shown; i++) {
        const struct shown *s = &shown[i];
        while (at < 5 && strcmp(order[at], s->state) != 0)
            at++;
        ck_assert_msg(at < 5, "%.1f s after the beginning: %s: %s", seconds(s->at_ns - slow_from), s->state,
                      s->why);
        seen |= 1 << at;
        if (falls_behind(s) && s->behind > UP_TO_DATE)
            ck_assert_str_eq(s->state, "falling_behind");
        if (catches_up(s) && s->behind > UP_TO_DATE)
            ck_assert_str_eq(s->state, "catching_up");
    }
    ck_assert_int_eq(seen >> 2, 7);
}
END_TEST

static Suite *suite(void) {
    Suite *s = suite_create("lagging");
    TCase *t = tcase_create("one cycle");
    tcase_set_timeout(t, 120);
    tcase_add_unchecked_fixture(t, live_through, NULL);
    tcase_add_test(t, lag_and_time_behind_are_the_workers);
    tcase_add_test(t, slope_and_drain_are_the_workers);
    tcase_add_test(t, drain_comes_true);
    tcase_add_test(t, states_follow_each_other);
    suite_add_tcase(s, t);
    return s;
}

int main(void) {
    return suite_run(suite());
}
