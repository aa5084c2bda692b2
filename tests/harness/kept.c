#include "tests/harness/kept.h"

#include <check.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "tests/harness/http_get.h"
#include "tests/harness/servers.h"

#define NS INT64_C(1000000000)

void kept_more(struct kept *kept, int ms) {
    json_t *document = documents_next(&kept->documents, ms);
    while (document && kept->n < KEPT_MAX) {
        kept->list[kept->n++] = (struct kept_document){json_incref(document), doc_utc_ns()};
        document = documents_next(&kept->documents, 0);
    }
}

json_t *kept_last(const struct kept *kept) {
    return kept->n ? kept->list[kept->n - 1].document : NULL;
}

void kept_until(struct kept *kept, bool (*met)(json_t *document, void *context), void *context,
                void (*meanwhile)(int turn), const char *what) {
    int64_t deadline = servers_now_ms() + 30000;
    for (int turn = 0; !kept_last(kept) || !met(kept_last(kept), context); turn++) {
        if (meanwhile)
            meanwhile(turn);
        kept_more(kept, meanwhile ? 2 : 200);
        if (servers_now_ms() > deadline)
            doc_dump(kept->documents.last);
        ck_assert_msg(servers_now_ms() <= deadline, "no document %s; %s", what,
                      kept->documents.command.errors);
    }
}

typedef json_t *row_fn(const struct kept_document *document, const char *list, const char *name);

static json_t *row_in(const struct kept_document *document, const char *list, const char *name) {
    return doc_find(document->document, list, "name", name);
}

static json_t *cluster_in(const struct kept_document *document, const char *list, const char *name) {
    (void)list, (void)name;
    return json_array_get(json_object_get(document->document, "clusters"), 0);
}

/* Of the rate in `row`, by the windows of the object `list` `name`. */
static double mean(const struct kept *kept, row_fn *row, const char *list, const char *name, const char *rate,
                   int64_t from, int64_t to, int64_t *first, int64_t *last) {
    double sum = 0;
    int n = 0;
    int64_t before = 0;
    *first = *last = 0;
    for (int i = 0; i < kept->n; i++) {
        int64_t at = doc_instant(row_in(&kept->list[i], list, name), "sampled_at");
        double value = doc_number(row(&kept->list[i], list, name), rate);
        if (at <= from || at > to || at == before || isnan(value))
            continue;
        if (before > from + NS) { /* so that the window of this one began in the load */
            *first = *first ? *first : before;
            *last = at;
            sum += value * (double)(at - before);
            n++;
        }
        before = at;
    }
    return n >= 3 ? sum / (double)(*last - *first) : NAN;
}

double kept_rate(const struct kept *kept, const char *list, const char *name, const char *rate, int64_t from,
                 int64_t to, int64_t *first, int64_t *last) {
    return mean(kept, row_in, list, name, rate, from, to, first, last);
}

double kept_cluster_rate(const struct kept *kept, const char *server, const char *rate, int64_t from,
                         int64_t to, int64_t *first, int64_t *last) {
    return mean(kept, cluster_in, "servers", server, rate, from, to, first, last);
}

json_t *kept_truth(const char *http, const char *path) {
    char url[300];
    snprintf(url, sizeof url, "%s%s", http, path);
    json_t *answer = http_get_json(url, 10000);
    ck_assert_msg(answer != NULL, "%s", url);
    return answer;
}

static void assert_not_negative(const char *list, json_t *object) {
    const char *key;
    json_t *value;
    json_object_foreach(object, key, value) {
        bool slope = strstr(key, "slope") != NULL;
        ck_assert_msg(!json_is_number(value) || json_number_value(value) >= 0 || slope, "%s %s %g", list, key,
                      json_number_value(value));
    }
}

void kept_never_negative(const struct kept *kept, const char *const lists[], size_t count) {
    for (int i = 0; i < kept->n; i++)
        for (size_t l = 0; l < count; l++) {
            size_t at;
            json_t *object;
            json_array_foreach(json_object_get(kept->list[i].document, lists[l]), at, object) {
                assert_not_negative(lists[l], object);
            }
        }
}
