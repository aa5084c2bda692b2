/* Alerts as the model's book has them, made by hand. */
#ifndef TESTS_OUTWARD_MADE_ALERT_H
#define TESTS_OUTWARD_MADE_ALERT_H

#include "model/alerts.h"

/* Open since now, a warning of consumer_growing about the consumer ORDERS/billing of cluster eu. */
struct alert made_alert(uint64_t number);
/* What happened to it just now. */
struct alert_change made_change(const struct alert *alert, enum alert_change_kind kind);

#endif
