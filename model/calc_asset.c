#include "model/calc.h"

/* What streams and consumers have alike. */

struct value calc_asset_leader(const struct model *model, const struct object *object) {
    const struct asset *asset = asset_of(object);
    if (!asset->leader || asset_state(model, object) == ASSET_LEADERLESS)
        return value_unknown(0);
    return aged(object, value_text(asset->leader->bytes));
}

/* That something is wrong is our word of now; that all is well is its leader's, as old as that. */
struct value calc_asset_leadership(const struct model *model, const struct object *object) {
    enum asset_state state = asset_state(model, object);
    struct value v = value_text(asset_state_name(state));
    return state == ASSET_OK ? aged(object, v) : v;
}
