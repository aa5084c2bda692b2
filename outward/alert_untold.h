/* Taking over from another natsight: what is so here, and what it had not told any more when it ended.
 *
 * By what stands in the file: its open ones were told, as bad as they were at worst. Main process. */
#ifndef OUTWARD_ALERT_UNTOLD_H
#define OUTWARD_ALERT_UNTOLD_H

#include "outward/alert_document.h"

struct alert_untold {
    struct untold_one {
        enum alert_change_kind kind;
        uint64_t alert;
    } * items;
    size_t count;
};

/* Once the model has the numbers of the document (model_alerts_follow). What is open there and not known here
 * is in the model afterwards. To be finished. */
void alert_untold_find(struct alert_untold *untold, struct model *model,
                       const struct alert_document *document);
void alert_untold_finish(struct alert_untold *untold);

#endif
