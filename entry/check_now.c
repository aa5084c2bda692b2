#include "entry/check_now.h"

#include <stdlib.h>

#include "base/memory.h"
#include "model/ruleset.h"

struct check_now {
    struct check_now *next;
    struct alert alert;
    char text[1024], figure[300], limit[300];
};

/* Not held for long enough, and counted all the same: it came once, and is as bad as it is. */
static const struct alert *opened(struct check_now **list, const struct model *model,
                                  const struct alert *alert) {
    struct check_now *now = memory_new(sizeof *now);
    now->alert = *alert;
    now->alert.worst = alert->severity;
    now->alert.worst_rule = alert->rule;
    now->alert.worst_text = alert->text;
    now->alert.worst_utc_ns = model_utc_ns(model);
    now->alert.peak = alert->figure;
    now->alert.times = 1;
    now->next = *list;
    *list = now;
    return &now->alert;
}

const struct alert *check_now(struct check_now **list, const struct model *model, const struct alert *alert) {
    struct finding finding;
    if (alert->state == ALERT_PENDING)
        return opened(list, model, alert);
    if (!model_alert_less(model, alert, &finding))
        return alert;
    struct check_now *now = memory_new(sizeof *now);
    finding.severity = finding.level; /* that is how it is counted */
    finding_limit(model, &finding, now->limit, sizeof now->limit);
    finding_text_of(model, &finding, 1, now->text, sizeof now->text);
    finding_figure(model, &finding, now->figure, sizeof now->figure);
    now->alert = *alert;
    now->alert.severity = finding.level;
    now->alert.rule = finding_rule(&finding);
    now->alert.origin = finding.rule->origin;
    now->alert.text = now->text;
    now->alert.figure = now->figure;
    now->alert.limit = now->limit;
    now->next = *list;
    *list = now;
    return &now->alert;
}

void check_now_free(struct check_now *list) {
    while (list != NULL) {
        struct check_now *next = list->next;
        free(list);
        list = next;
    }
}
