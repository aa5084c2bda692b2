/* What a stream or a consumer is called where room is short: of what does not fit the middle goes, of the
 * longest part first, so that two of one stream stay two names. Main process. */
#ifndef VIEWS_ASSET_NAME_H
#define VIEWS_ASSET_NAME_H

#include "views/quantity_text.h"

/* The name in at most `width` columns, 0: the whole. "ORDERS / billing"; with the account, which
 * tells apart what two accounts call alike, "SHOP/ORDERS/billing". false: the quantity is no such name. */
bool asset_name(char *out, size_t size, const struct model *model, const struct object *object,
                enum quantity q, bool account, int width);
/* The server made it for itself: hidden in lists until asked for. */
bool asset_is_internal(const struct model *model, const struct object *asset);

#endif
