#include "model/calc.h"

static const struct usage *usage_of(const struct object *server) {
    return &server_const(server)->usage;
}

static struct value yes_no(bool b) {
    return (struct value){.type = VALUE_BOOL, .b = b};
}

struct value calc_server_js_enabled(const struct model *model, const struct object *object) {
    const struct usage *usage = usage_of(object);
    if (usage->power == JS_UNTOLD || !server_const(object)->sides[SIDE_JETSTREAM].now)
        return value_unknown(0);
    return value_of_side(model, object, SIDE_JETSTREAM, yes_no(usage->power == JS_ON));
}

struct value calc_server_js_switched_off(const struct model *model, const struct object *object) {
    (void)model;
    return aged(object, yes_no(js_was_switched_off(server_const(object))));
}

struct value calc_server_js_max_memory(const struct model *model, const struct object *object) {
    (void)model;
    return limit_of_field(object, F_SERVER_js_max_memory);
}

struct value calc_server_js_max_storage(const struct model *model, const struct object *object) {
    (void)model;
    return limit_of_field(object, F_SERVER_js_max_storage);
}

struct value calc_server_js_api_errors_per_min(const struct model *model, const struct object *object) {
    (void)model;
    double calls, errors;
    if (!usage_per_min(usage_of(object), &calls, &errors))
        return value_unknown(0);
    return aged(object, value_real(errors));
}

struct value calc_server_js_api_error_share(const struct model *model, const struct object *object) {
    (void)model;
    double calls, errors;
    if (!usage_per_min(usage_of(object), &calls, &errors) || calls <= 0)
        return value_unknown(0);
    return aged(object, value_real(errors / calls));
}
