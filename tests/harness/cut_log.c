#include "tests/harness/cut_log.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* "[pid] 2006/01/02 15:04:05.000000 ...", in the zone of this machine. */
static int64_t instant_of(const char *line) {
    struct tm tm = {.tm_isdst = -1};
    long microseconds;
    if (sscanf(line, "[%*d] %d/%d/%d %d:%d:%d.%6ld", &tm.tm_year, &tm.tm_mon, &tm.tm_mday, &tm.tm_hour,
               &tm.tm_min, &tm.tm_sec, &microseconds) != 7)
        return 0;
    tm.tm_year -= 1900;
    tm.tm_mon -= 1;
    return (int64_t)mktime(&tm) * 1000000000 + microseconds * 1000;
}

/* Behind the quoted texts that a client gave; NULL without an end. */
static const char *skip_quoted(const char *at, const char *end) {
    while (end - at > 4 && memcmp(at, " - \"", 4) == 0) {
        for (at += 4; at < end && *at != '"'; at++)
            at += *at == '\\';
        at++;
    }
    return at < end ? at : NULL;
}

/* "... address - cid:17 - "version:name" - Slow Consumer Detected: WriteDeadline ...". */
static bool read_line(const char *line, const char *end, struct cut_line *cut) {
    static const char said[] = " - Slow Consumer Detected: ", deadline[] = "WriteDeadline";
    char id[40];
    int length = 0;
    const char *at = memmem(line, (size_t)(end - line), " - ", 3);
    if (!at)
        return false;
    snprintf(id, sizeof id, "%.*s", (int)(end - at), at);
    if (sscanf(id, " - %3[a-z]:%" SCNu64 "%n", cut->kind, &cut->id, &length) != 2)
        return false;
    at = skip_quoted(at + length, end);
    if (!at || (size_t)(end - at) < sizeof said + sizeof deadline || memcmp(at, said, sizeof said - 1) != 0)
        return false;
    cut->by_deadline = memcmp(at + sizeof said - 1, deadline, sizeof deadline - 1) == 0;
    cut->at_ns = instant_of(line);
    return cut->at_ns > 0;
}

struct cut_log cut_log_read(const char *log) {
    struct cut_log cuts = {NULL, 0};
    size_t room = 0;
    int run = -1;
    for (const char *line = log, *end; *line; line = *end ? end + 1 : end) {
        struct cut_line cut = {0};
        end = strchrnul(line, '\n');
        size_t size = (size_t)(end - line);
        run += memmem(line, size, "] Starting nats-server", 22) != NULL;
        if (!read_line(line, end, &cut))
            continue;
        if (cuts.n == room) {
            room = room ? 2 * room : 256;
            cuts.list = realloc(cuts.list, room * sizeof *cuts.list);
            if (!cuts.list)
                abort();
        }
        cut.run = run;
        cuts.list[cuts.n++] = cut;
    }
    return cuts;
}

const struct cut_line *cut_log_client(const struct cut_log *cuts, int run, uint64_t cid) {
    for (size_t i = 0; i < cuts->n; i++) {
        const struct cut_line *cut = &cuts->list[i];
        if (cut->run == run && cut->id == cid && strcmp(cut->kind, "cid") == 0)
            return cut;
    }
    return NULL;
}

const char *cut_reason(const struct cut_line *line) {
    return line->by_deadline ? "Slow Consumer (Write Deadline)" : "Slow Consumer (Pending Bytes)";
}

void cut_log_free(struct cut_log *cuts) {
    free(cuts->list);
    *cuts = (struct cut_log){NULL, 0};
}
