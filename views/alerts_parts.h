/* The parts of the view Alerts, one file each: what titles and empty lists say (alerts_title.c), rules that
 * apply to nothing (alerts_vain.c), the selected alert (alert_detail.c). For alerts.c. Main process. */
#ifndef VIEWS_ALERTS_PARTS_H
#define VIEWS_ALERTS_PARTS_H

#include "model/alert_object.h"
#include "model/ruleset.h"
#include "views/quantity_table.h"

struct alerts_vain {
    const struct model *model; /* found in this one, by these, then */
    const struct ruleset *set;
    int64_t utc_ns;
    size_t next; /* to be looked at; 0: all were */
    bool is[RULES_MOST];
    char text[600]; /* "": none */
};

struct alerts {
    struct list_view list;
    struct quantity_list all;
    struct alert_objects objects;
    struct alerts_basis { /* of these */
        const struct model *model;
        uint64_t version;
        int64_t utc_ns;
    } basis;
    struct alerts_vain vain;
    uint64_t made;
    bool alone;               /* the detail has all rows */
    struct rect rows, detail; /* h 0: not shown */
};

/* ---- alerts_title.c ---- */
/* "ALERTS 5 open  1 acked  17 cleared in 6h12m", "62 rules, 4 of natsight.conf": the parts of that which fit.
 */
void alerts_title(const struct view_context *context, int width, char *out, size_t size);
void alerts_rules(const struct view_context *context, int width, char *out, size_t size);
/* "nothing was wrong since 02:29:00". */
void alerts_empty(const struct view_context *context, int width, char *out, size_t size);
/* "silenced: server n2 until 03:10:00, upgrade"; "" nothing is. */
void alerts_silences(const struct view_context *context, char *out, size_t size);

/* ---- alerts_vain.c ---- */
/* "applies to no consumer here: late (stream = SHOP, natsight.conf:12)", looked for now and then. */
void alerts_vain_follow(struct alerts_vain *vain, const struct view_context *context);

/* ---- alert_detail.c ---- */
/* Rows that it makes use of in an area of that width, its title among them. */
int alert_detail_rows(const struct view_context *context, const struct alert *alert, int width, int most);
void alert_detail_draw(const struct view_context *context, const struct alert *alert, struct surface *s,
                       struct rect area);

#endif
