/* life [OPTION ...] URL ...: see usage(). */
#include "tests/clusters/life.h"

#include <getopt.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { PROGRESS_SECONDS = 10, LINGER_SECONDS = 30 };

static const struct life_part parts[] = {
    {"breathing", true, "publishers with fan-out at a rate that breathes", life_breathing},
    {"service", true, "requests to a service in a queue group", life_service},
    {"orders", true, "R3 stream ORDERS (one replica on a single server), published with acknowledgement",
     life_stream_orders},
    {"events", true, "R1 stream EVENTS", life_stream_events},
    {"bucket", true, "key-value bucket settings", life_bucket},
    {"keeps-up", true, "consumer billing of ORDERS, always at the end", life_keeps_up},
    {"falls-behind", true, "consumer shipping of ORDERS, by turns too slow and quick enough",
     life_falls_behind},
    {"never-pulled", true, "consumer audit of ORDERS that nobody pulls from", life_never_pulled},
    {"slow", true, "a client that the server cuts off because it stops reading", life_slow},
    {"visitor", true, "a client that comes and goes", life_visitor},
    {"steady", false, "exactly --rate messages a second from --publishers to --fanout subscribers",
     life_steady},
    {"crowd", false, "--crowd idle connections with names of --name-bytes", life_crowd},
    {"backlog", false, "stream BACKLOG with --messages, and consumer waiting that is never pulled",
     life_backlog},
    {"jobs", false, "work queue JOBS: a few each second, and a burst now and then", life_jobs},
    {"workers", false, "consumer quick of JOBS, which works bursts off; one of 200 fails once", life_workers},
    {"one-at-a-time", false, "consumer long of JOBS, with an ack window of 1", life_one_at_a_time},
    {"batch", false, "consumer batch of EVENTS, whose worker comes each one to three minutes", life_batch},
    {"pushed", false, "consumer mailer of ORDERS, pushed to a queue group of two", life_pushed},
    {"copies", false, "a mirror of EVENTS, and a stream that sources ORDERS", life_copies},
    {"regular", false, "a client that connects again each seven minutes", life_regular},
};

enum { PARTS = sizeof parts / sizeof *parts };

static struct life_options options = {.publishers = 1,
                                      .fanout = 1,
                                      .size = 128,
                                      .rate = 1000,
                                      .crowd = 1000,
                                      .name_bytes = 32,
                                      .messages = 1000,
                                      .seed = 1,
                                      .behind = 120,
                                      .lazy = 20,
                                      .busy = 200,
                                      .tell = 1};
/* Of an option: whole or real is where it goes. */
struct number {
    const char *name;
    int *whole;
    double *real;
    double least, most;
    const char *help;
};

static const struct number numbers[] = {
    {"seconds", NULL, &options.seconds, 0, 1e7, "ends by itself so long after \"ready\"; 0: on SIGTERM"},
    {"seed", &options.seed, NULL, 0, 1e9, "of everything that is random"},
    {"publishers", &options.publishers, NULL, 1, 100, "of steady"},
    {"fanout", &options.fanout, NULL, 0, 100, "steady: subscribers, each gets all"},
    {"rate", NULL, &options.rate, 0.1, 1e7, "steady: messages a second of all publishers together"},
    {"size", &options.size, NULL, 0, 1 << 20, "steady, backlog: bytes of a message"},
    {"crowd", &options.crowd, NULL, 1, 60000, "connections of crowd"},
    {"name-bytes", &options.name_bytes, NULL, 1, 60000, "crowd: bytes of a connection's name"},
    {"messages", &options.messages, NULL, 0, 1e8, "of backlog"},
    {"behind", NULL, &options.behind, 1, 1800, "falls-behind: seconds in which it is too slow"},
    {"lazy", NULL, &options.lazy, 0.1, 1000, "falls-behind: messages a second that it handles then"},
    {"busy", NULL, &options.busy, 0.1, 1000, "falls-behind: and afterwards, until nothing waits"},
    {"tell", NULL, &options.tell, 0, 60, "falls-behind: seconds between its words on what waits; 0: none"},
};

enum { NUMBERS = sizeof numbers / sizeof *numbers, FIRST_NUMBER = 1000 };

static atomic_bool stopped, over;
static atomic_int unready;
static FILE *report;
static pthread_mutex_t report_lock = PTHREAD_MUTEX_INITIALIZER, tally_lock = PTHREAD_MUTEX_INITIALIZER;
static struct life_tally tallies[LIFE_TALLIES_MAX];
static int n_tallies;

const struct life_options *life_options(void) {
    return &options;
}

bool life_stopped(void) {
    return atomic_load(&stopped);
}

bool life_over(void) {
    return atomic_load(&over) || life_stopped();
}

void life_say(const char *part, const char *format, ...) {
    char now[64];
    va_list values;
    pthread_mutex_lock(&report_lock);
    life_utc(now, sizeof now, life_utc_ns());
    fprintf(report, "%s %s ", now, part);
    va_start(values, format);
    vfprintf(report, format, values);
    va_end(values);
    fputc('\n', report);
    fflush(report);
    pthread_mutex_unlock(&report_lock);
}

void life_ready(void) {
    if (atomic_fetch_sub(&unready, 1) == 1)
        life_say("life", "ready");
    while (atomic_load(&unready) > 0 && !life_over())
        life_sleep(0.01);
}

struct life_tally *life_tally(const char *subject) {
    pthread_mutex_lock(&tally_lock);
    int i = 0;
    while (i < n_tallies && strcmp(tallies[i].subject, subject) != 0)
        i++;
    if (i == n_tallies && n_tallies < LIFE_TALLIES_MAX)
        snprintf(tallies[n_tallies++].subject, sizeof tallies[0].subject, "%s", subject);
    i = i < LIFE_TALLIES_MAX ? i : LIFE_TALLIES_MAX - 1;
    pthread_mutex_unlock(&tally_lock);
    return &tallies[i];
}

static int tallies_now(void) {
    pthread_mutex_lock(&tally_lock);
    int n = n_tallies;
    pthread_mutex_unlock(&tally_lock);
    return n;
}

static void say_progress(void) {
    for (int i = 0, n = tallies_now(); i < n; i++)
        life_say("count", "%s published %llu received %llu failed %llu", tallies[i].subject,
                 (unsigned long long)tallies[i].published, (unsigned long long)tallies[i].received,
                 (unsigned long long)tallies[i].failed);
}

/* The last line: one JSON object. */
static void say_summary(const char *began, double seconds) {
    char ended[64];
    life_utc(ended, sizeof ended, life_utc_ns());
    fprintf(report, "{\"life\":1,\"began\":\"%s\",\"ended\":\"%s\",\"seconds\":%.3f,\"subjects\":[", began,
            ended, seconds);
    for (int i = 0, n = tallies_now(); i < n; i++)
        fprintf(report,
                "%s{\"subject\":\"%s\",\"published\":%llu,\"bytes\":%llu,\"received\":%llu,\"failed\":%llu}",
                i ? "," : "", tallies[i].subject, (unsigned long long)tallies[i].published,
                (unsigned long long)tallies[i].bytes, (unsigned long long)tallies[i].received,
                (unsigned long long)tallies[i].failed);
    fprintf(report, "]}\n");
    fflush(report);
}

static double value_of(const struct number *row) {
    return row->whole ? *row->whole : *row->real;
}

static void usage(FILE *out) {
    fprintf(out, "usage: life [OPTION ...] nats://host:port ...\n  --only NAME,NAME  these parts; else those "
                 "marked *\n"
                 "  --report FILE     instead of standard output\n");
    for (int i = 0; i < NUMBERS; i++)
        fprintf(out, "  --%-15s %s (%g)\n", numbers[i].name, numbers[i].help, value_of(&numbers[i]));
    fprintf(out, "parts:\n");
    for (int i = 0; i < PARTS; i++)
        fprintf(out, "  %c %-14s %s\n", parts[i].demo ? '*' : ' ', parts[i].name, parts[i].help);
}

static bool wanted(const struct life_part *part, const char *only) {
    size_t length = strlen(part->name);
    if (!only)
        return part->demo;
    for (const char *at = only; *at; at += strcspn(at, ","), at += *at == ',')
        if (strcspn(at, ",") == length && !strncmp(at, part->name, length))
            return true;
    return false;
}

static bool known(const char *only) {
    size_t names = 1, found = 0;
    for (const char *c = only; *c; c++)
        names += *c == ',';
    for (int i = 0; i < PARTS; i++)
        found += wanted(&parts[i], only);
    return found == names;
}

static void bad_usage(const char *what) {
    fprintf(stderr, "life: %s; see life --help\n", what);
    exit(64);
}

static bool read_number(const struct number *row, const char *text) {
    char *end;
    double value = strtod(text, &end);
    if (end == text || *end || !(value >= row->least && value <= row->most))
        return false;
    if (row->whole)
        *row->whole = (int)value;
    else
        *row->real = value;
    return true;
}

static const char *read_options(int argc, char **argv) {
    static const struct option other[] = {
        {"only", 1, NULL, 'o'}, {"report", 1, NULL, 'f'}, {"help", 0, NULL, 'h'}};
    struct option names[NUMBERS + 4] = {{0}};
    const char *only = NULL;
    for (int i = 0; i < NUMBERS; i++)
        names[i] = (struct option){numbers[i].name, 1, NULL, FIRST_NUMBER + i};
    memcpy(names + NUMBERS, other, sizeof other);
    for (int c; (c = getopt_long(argc, argv, "", names, NULL)) != -1;) {
        if (c == 'h')
            usage(stdout), exit(0);
        if (c == 'o')
            only = optarg;
        else if (c == 'f')
            report = fopen(optarg, "we");
        else if (c < FIRST_NUMBER || !read_number(&numbers[c - FIRST_NUMBER], optarg))
            bad_usage("an option is unknown or its number out of range");
    }
    if (!report)
        bad_usage("the report can't be written");
    if (only && !known(only))
        bad_usage("--only names an unknown part");
    while (optind < argc && options.n_urls < LIFE_URLS_MAX)
        options.urls[options.n_urls++] = argv[optind++];
    if (options.n_urls == 0)
        bad_usage("a URL is missing");
    return only;
}

static void *run_part(void *row) {
    const struct life_part *part = row;
    part->run(part);
    return NULL;
}

static int start_parts(const char *only, pthread_t *threads) {
    int n = 0;
    for (int i = 0; i < PARTS; i++)
        n += wanted(&parts[i], only);
    atomic_store(&unready, n);
    n = 0;
    for (int i = 0; i < PARTS; i++)
        if (wanted(&parts[i], only) &&
            pthread_create(&threads[n], NULL, run_part, (void *)(uintptr_t)&parts[i]) == 0)
            n++;
    return n;
}

static int join_ended(pthread_t *threads, bool *joined, int n) {
    int left = 0;
    for (int i = 0; i < n; i++) {
        joined[i] = joined[i] || pthread_tryjoin_np(threads[i], NULL) == 0;
        left += !joined[i];
    }
    return left;
}

/* Parts of a known size end by themselves; the others when --seconds are over, a signal ends all. A part that
 * is held up in the library is not waited for. */
static void wait_for_end(pthread_t *threads, int n, const sigset_t *signals) {
    bool joined[PARTS] = {false};
    double began = 0, said = life_now(), ending = 0;
    while (join_ended(threads, joined, n) > 0 && (ending == 0 || life_now() < ending)) {
        struct timespec moment = {.tv_nsec = 50000000};
        double now = life_now();
        if (began == 0 && atomic_load(&unready) == 0)
            began = now;
        if (!life_stopped() && sigtimedwait(signals, NULL, &moment) > 0) {
            atomic_store(&stopped, true);
            ending = now + 1;
        } else if (!life_over() && began > 0 && options.seconds > 0 && now - began >= options.seconds) {
            atomic_store(&over, true);
            ending = now + LINGER_SECONDS;
        } else if (life_stopped())
            clock_nanosleep(CLOCK_MONOTONIC, 0, &moment, NULL);
        if (now - said >= PROGRESS_SECONDS) {
            say_progress();
            said = now;
        }
    }
}

int main(int argc, char **argv) {
    pthread_t threads[PARTS];
    sigset_t signals;
    char began[64];
    report = stdout;
    const char *only = read_options(argc, argv);
    sigemptyset(&signals);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGHUP);
    pthread_sigmask(SIG_BLOCK, &signals, NULL);
    signal(SIGPIPE, SIG_IGN);
    life_utc(began, sizeof began, life_utc_ns());
    double start = life_now();
    wait_for_end(threads, start_parts(only, threads), &signals);
    pthread_mutex_lock(&report_lock);
    say_summary(began, life_now() - start);
    _exit(0);
}
