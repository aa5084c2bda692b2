#include "tests/outward/made_alert.h"

#include "base/clock.h"

struct alert made_alert(uint64_t number) {
    int64_t now = clock_utc_ns();
    return (struct alert){.number = number,
                          .state = ALERT_OPEN,
                          .severity = SEVERITY_WARN,
                          .worst = SEVERITY_WARN,
                          .rule = "consumer_growing",
                          .tag = "LAG",
                          .entity = "consumer",
                          .cluster = "eu",
                          .name = "ORDERS/billing",
                          .text = "ORDERS/billing is 61.2k behind",
                          .worst_text = "ORDERS/billing is 61.2k behind",
                          .worst_rule = "consumer_growing",
                          .client = "",
                          .address = "",
                          .figure = "61.2k",
                          .peak = "61.2k",
                          .limit = "> 10k",
                          .origin = "default",
                          .ending = "",
                          .first_sign_utc_ns = now,
                          .opened_utc_ns = now,
                          .worst_utc_ns = now,
                          .times = 1,
                          .came_utc_ns = {now},
                          .came_count = 1,
                          .acked_by = "",
                          .note = "",
                          .silence_note = ""};
}

struct alert_change made_change(const struct alert *alert, enum alert_change_kind kind) {
    static uint64_t number;
    number++;
    return (struct alert_change){.number = number,
                                 .kind = kind,
                                 .alert = alert->number,
                                 .utc_ns = clock_utc_ns(),
                                 .severity = kind == CHANGE_CLEARED ? SEVERITY_OK : alert->severity,
                                 .silenced = alert_is_muted(alert, kind)};
}
