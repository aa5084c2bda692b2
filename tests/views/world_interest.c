/* Who listens to orders.created. */
#include "tests/views/world_parts.h"

struct listener {
    int node;
    uint64_t cid;
    const char *sid, *subject, *queue, *account;
    int64_t msgs, per_s;
};

static const struct listener all[] = {
    {1, 4711, "1", "orders.>", "billing", "PAY", 810000, 2900},
    {1, 4702, "1", "orders.>", "billing", "PAY", 790000, 950},
    {2, 240, "4", "orders.*", "shipping", "SHOP", 40, 0},
    {0, 102, "2", "orders.created", NULL, "$G", 2000, 0},
    {1, 250, "7", ">", NULL, "$G", 91000, 30},
    {0, 9, "3", "orders.>", NULL, "SHOP", 1600000, 3200}, /* a stream's */
};
enum { LISTENERS = sizeof all / sizeof *all };

static void answer(struct world *w, int node, const struct listener *listeners, int count, uint64_t total) {
    struct sample *s = world_sample(w, node, SHAPE_INTEREST);
    world_u(world_answer(w, s, node), F_ANSWER_total, total);
    world_text(s, sample_add(s, ENTITY_QUESTION), F_QUESTION_subject, model_interest(w->model).subject);
    for (int i = 0; i < count; i++) {
        const struct listener *l = &listeners[i];
        if (l->node != node)
            continue;
        struct row *row = sample_add(s, ENTITY_SUBSCRIPTION);
        world_u(row, F_SUBSCRIPTION_cid, l->cid);
        world_text(s, row, F_SUBSCRIPTION_sid, l->sid);
        world_text(s, row, F_SUBSCRIPTION_subject, l->subject);
        if (l->queue)
            world_text(s, row, F_SUBSCRIPTION_queue, l->queue);
        world_text(s, row, F_SUBSCRIPTION_account, l->account);
        world_i(row, F_SUBSCRIPTION_msgs, l->msgs + l->per_s * (w->second - WORLD_SECONDS));
    }
    world_send(w, s);
}

static void answers(struct world *w, unsigned up, const struct listener *listeners, int count) {
    for (int node = 0; node < 3; node++)
        if (up & 1u << node)
            answer(w, node, listeners, count, 0);
}

void world_listened_once(struct world *w) {
    world_busy(w);
    model_interest_watch(w->model, "orders.created");
    answers(w, 7, all, LISTENERS);
    world_run(w, 1);
}

void world_listened(struct world *w) {
    world_busy(w);
    model_interest_watch(w->model, "orders.created");
    for (int look = 0; look < 3; look++) {
        answers(w, 7, all, LISTENERS);
        world_run(w, 10);
    }
}

void world_listened_in_part(struct world *w) {
    world_listened(w);
    w->nodes[2].answers = false;
    world_run(w, 20);
    answers(w, 1, all, LISTENERS);
    answer(w, 1, all + 4, 1, 5000);
    world_run(w, 4);
}

void world_listened_unknown(struct world *w) {
    world_listened(w);
    for (int node = 0; node < 3; node++)
        w->nodes[node].answers = false;
    world_run(w, 20);
}

void world_deserted(struct world *w) {
    world_listened(w);
    answers(w, 7, all + 2, LISTENERS - 2);
    world_run(w, 10);
}

void world_unheard(struct world *w) {
    world_busy(w);
    model_interest_watch(w->model, "orders.created");
    answers(w, 7, NULL, 0);
    world_run(w, 2);
}

void world_dear_interest(struct world *w) {
    world_busy(w);
    w->subscriptions = 400000;
    world_run(w, 2);
    model_interest_watch(w->model, "orders.created");
}

void world_hostile_interest(struct world *w) {
    static const struct listener bad[] = {
        {0, 102, "1", "orders.\033[31m>\007",
         "q\033]0;x\007ueue with a name that is far too long for any column", "$G", 5, 1},
        {1, 250, "2", "o\u202erders.>", "\xf0\x9f\x98\x80", "$G", INT64_MAX, 0},
    };
    world_hostile(w);
    model_interest_watch(w->model, "orders.created");
    answers(w, 7, bad, 2);
    world_run(w, 1);
}
