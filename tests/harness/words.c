#include "tests/harness/words.h"

#include <check.h>
#include <math.h>
#include <string.h>

#include "tests/harness/document.h"
#include "tests/harness/http_get.h"
#include "tests/harness/jetstream.h"

static const char *const shown_as[WORDS_FIGURES] = {"pending", "ack_pending", "delivered_seq",
                                                    "ack_floor_seq"};
static const char *const told_as[WORDS_FIGURES] = {"num_pending", "num_ack_pending", "delivered.stream_seq",
                                                   "ack_floor.stream_seq"};

static bool has(const struct words *words, const double *figures) {
    for (int i = 0; i < words->n; i++)
        if (memcmp(words->of[i], figures, sizeof words->of[i]) == 0)
            return true;
    return false;
}

static void note(struct words *words, const double *figures) {
    if (has(words, figures))
        return;
    ck_assert_int_lt(words->n, WORDS_MAX);
    memcpy(words->of[words->n++], figures, sizeof words->of[0]);
}

bool words_told(struct words *words, json_t *info) {
    double figures[WORDS_FIGURES];
    for (int f = 0; f < WORDS_FIGURES; f++)
        figures[f] = json_path_number(info, told_as[f]);
    if (!*jetstream_leader(info) || isnan(figures[0]))
        return false;
    note(words, figures);
    return true;
}

void words_shown(struct words *words, json_t *row) {
    double figures[WORDS_FIGURES];
    for (int f = 0; f < WORDS_FIGURES; f++)
        figures[f] = doc_number(row, shown_as[f]);
    if (row && !isnan(figures[0]))
        note(words, figures);
}

void words_are_told(const struct words *shown, const struct words *told, const char *name) {
    ck_assert_int_ge(shown->n, 1);
    for (int k = 0; k < shown->n; k++) {
        const double *f = shown->of[k];
        ck_assert_msg(has(told, f),
                      "%s: shown pending %g, ack pending %g, delivered %g, ack floor %g: no leader said that",
                      name, f[0], f[1], f[2], f[3]);
    }
}
