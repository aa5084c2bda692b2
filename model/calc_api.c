#include "model/api.h"
#include "model/calc.h"

struct value calc_api_note(const struct model *model, const struct object *object) {
    (void)model;
    return value_text(server_const(object)->reason);
}

struct value calc_api_failing(const struct model *model, const struct object *object) {
    (void)model;
    const struct answer_state *answer = &server_const(object)->answers[SHAPE_JSZ];
    if (!server_const(object)->failing_utc_ns[SHAPE_JSZ])
        return value_text("");
    return value_text(*answer->error ? answer->error : failure_name(answer->failure));
}

struct value calc_api_failing_since(const struct model *model, const struct object *object) {
    (void)model;
    int64_t since = server_const(object)->failing_utc_ns[SHAPE_JSZ];
    return since ? value_time(since) : value_unknown(0);
}
