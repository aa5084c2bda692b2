/* An answer to /jsz that is taken in slices, with others in between, makes the same model as one taken at
 * once. */
#include "tests/model_three.h"

#include <stdio.h>
#include <stdlib.h>

enum { CONSUMERS = 200, ROUNDS = 6, SLICE_MOST = 40 };

static unsigned dice;

static unsigned roll(unsigned sides) {
    dice = dice * 1103515245u + 12345u;
    return (dice >> 16) % sides;
}

/* ---- what the servers say: consumers move, go, come again, lose and get replicas ---- */

static int leader_of(int consumer, int round) {
    return (consumer + (consumer % 5 == 0 ? round / 2 : 0)) % 3;
}

static bool is_there(int consumer, int round) {
    return !(consumer % 10 == 7 && round >= 2 && round < 4);
}

static void add_consumers_replicas(struct sample *s, const char *name, int node, int count) {
    for (int i = 1; i <= count; i++) {
        struct row *row = sample_add(s, ENTITY_REPLICA);
        put_text(s, row, F_REPLICA_account, "A");
        put_text(s, row, F_REPLICA_stream, "ORDERS");
        put_text(s, row, F_REPLICA_consumer, name);
        put_text(s, row, F_REPLICA_name, names[(node + i) % 3]);
        put_u(row, F_REPLICA_current, i == 1);
        put_i(row, F_REPLICA_active, ns(0.1 * i));
    }
}

static struct sample *said(struct night *n, int node, int round) {
    struct sample *s = jsz(n, node);
    add_replica(s, names[(node + 1) % 3], true, false, 0.2);
    add_replica(s, names[(node + 2) % 3], round % 2, false, 0.3);
    for (int i = 0; i < CONSUMERS; i++) {
        char name[16];
        int leader = leader_of(i, round);
        snprintf(name, sizeof name, "C%03d", i);
        if (!is_there(i, round))
            continue;
        if (node == leader && i % 4 == 0)
            add_consumers_replicas(s, name, node, round < 4 ? 2 : 1);
        add_consumer(s, name, node, leader, (uint64_t)i * (uint64_t)round,
                     100 * (uint64_t)round + (uint64_t)i);
    }
    add_stream(s, node, 0, 1000 * ((uint64_t)round + 1));
    return s;
}

/* ---- the same? ---- */

/* All that can be asked of it, as a line. */
static char *line_of(const struct model *model, const struct object *object) {
    char *line;
    size_t size;
    FILE *out = open_memstream(&line, &size);
    for (int q = 0; q < QUANTITY_COUNT; q++) {
        char text[300];
        if (quantities[q].kind != object->kind)
            continue;
        struct value v = quantity_get(model, object, (enum quantity)q);
        value_format(text, sizeof text, v, quantities[q].unit);
        fprintf(out, "%s=%s,%d,%d ", quantities[q].name, text, (int)v.type, v.flags);
    }
    fprintf(out, "fresh=%d seen=%lld window=%d", (int)object->freshness, (long long)object->seen_utc_ns,
            object->before != NULL);
    fclose(out);
    return line;
}

static int by_text(const void *a, const void *b) {
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* In an order that does not depend on who came to be known first. To be freed, with each line. */
static char **lines_of(const struct model *model, enum object_kind kind, size_t *count) {
    const struct object *const *all = model_objects(model, kind, count);
    char **lines = calloc(*count + 1, sizeof *lines);
    for (size_t i = 0; i < *count; i++)
        lines[i] = line_of(model, all[i]);
    qsort(lines, *count, sizeof *lines, by_text);
    return lines;
}

static void same_models(const struct night *a, const struct night *b) {
    for (int kind = 0; kind < OBJECT_KIND_COUNT; kind++) {
        size_t count, others;
        char **x = lines_of(a->model, (enum object_kind)kind, &count);
        char **y = lines_of(b->model, (enum object_kind)kind, &others);
        ck_assert_uint_eq(count, others);
        for (size_t i = 0; i < count; i++) {
            ck_assert_str_eq(x[i], y[i]);
            free(x[i]), free(y[i]);
        }
        free(x), free(y);
    }
}

/* ---- taken in ---- */

static bool take_slice(struct night *n, struct sample *s, struct model_intake *intake) {
    return model_sample_slice(n->model, s, intake, 1 + roll(SLICE_MOST));
}

/* Nobody loses his leader because its word is not read to its end. */
static void nobody_is_stale(const struct night *n, int round) {
    size_t count;
    const struct object *const *all = model_objects(n->model, OBJECT_CONSUMER, &count);
    for (size_t i = 0; i < count && round == 1; i++)
        ck_assert_int_eq(all[i]->freshness, FRESH_LIVE);
}

static int first_of(unsigned left) {
    return left & 1 ? 0 : left & 2 ? 1 : 2;
}

/* One after the other, or in turns, a slice of each; with ticks in between. */
static void take_in_slices(struct night *n, int round, bool in_turns) {
    struct sample *s[3];
    struct model_intake intake[3] = {{0}};
    unsigned left = 7;
    for (int node = 0; node < 3; node++)
        s[node] = said(n, node, round);
    while (left) {
        int node = in_turns && round ? (int)roll(3) : first_of(left);
        if (left & 1u << node && take_slice(n, s[node], &intake[node]))
            left &= ~(1u << node);
        if (roll(3) == 0) {
            model_tick(n->model, NIGHT_UTC + n->at, n->at);
            nobody_is_stale(n, round);
        }
    }
    for (int node = 0; node < 3; node++)
        sample_destroy(s[node]);
}

static void take_at_once(struct night *n, int round) {
    for (int node = 0; node < 3; node++)
        send(n, said(n, node, round));
    model_tick(n->model, NIGHT_UTC + n->at, n->at);
}

START_TEST(slices_make_the_same_model) {
    struct night whole, sliced;
    bool in_turns = _i % 2; /* then each leader that moves may be heard of by another answer first */
    dice = (unsigned)_i * 7919u + 1;
    begin_three(&whole);
    begin_three(&sliced);
    for (int round = 0; round < ROUNDS; round++) {
        varz_until(&whole, 5 * round + 1, 7);
        varz_until(&sliced, 5 * round + 1, 7);
        take_at_once(&whole, round);
        take_in_slices(&sliced, round, in_turns);
        varz_until(&whole, 5 * round + 3, 7);
        varz_until(&sliced, 5 * round + 3, 7);
        same_models(&whole, &sliced);
        if (!in_turns)
            ck_assert_uint_eq(model_event_total(whole.model), model_event_total(sliced.model));
    }
    night_end(&whole);
    night_end(&sliced);
}
END_TEST

/* The collector died amid an answer, or another configuration ended it. */
START_TEST(what_is_not_taken_to_its_end_is_dropped) {
    struct night n;
    begin_three(&n);
    send(&n, said(&n, 0, 1));
    varz_until(&n, 5, 7);
    struct sample *s = said(&n, 0, 2);
    struct model_intake intake = {0};
    ck_assert(!model_sample_slice(n.model, s, &intake, 20));
    model_intake_drop(&intake);
    sample_destroy(s);
    varz_until(&n, 10, 7);
    ck_assert_int_eq(consumer(&n, "C003")->freshness, FRESH_LIVE);
    ck_assert_int_eq(consumer(&n, "C198")->freshness, FRESH_LIVE);
    s = jsz(&n, 0);
    add_consumer(s, "C003", 0, 0, 1, 1000);
    send(&n, s);
    night_until(&n, 10.5);
    ck_assert_int_eq(consumer(&n, "C003")->freshness, FRESH_LIVE);
    ck_assert_int_ne(consumer(&n, "C198")->freshness, FRESH_LIVE);
    night_end(&n);
}
END_TEST

static TCase *make(void) {
    TCase *t = tcase_create("slices");
    tcase_add_loop_test(t, slices_make_the_same_model, 0, 8);
    tcase_add_test(t, what_is_not_taken_to_its_end_is_dropped);
    return t;
}

int main(void) {
    return run_case("model: slices", make);
}
