/* Whose connections come and go. */
#include "model/calc.h"
#include "model/visitor.h"

static const struct visitor *visitor_const(const struct object *object) {
    return object->extra;
}

static struct value of_text(const struct text *text) {
    return value_text(text ? text->bytes : NULL);
}

struct value calc_visitor_cluster(const struct model *model, const struct object *object) {
    return calc_cluster_name(model, object->parent);
}

struct value calc_visitor_account(const struct model *model, const struct object *object) {
    (void)model;
    const struct text *account = visitor_const(object)->account;
    return value_text(account ? account->bytes : "$G");
}

struct value calc_visitor_user(const struct model *model, const struct object *object) {
    (void)model;
    return of_text(visitor_const(object)->user);
}

struct value calc_visitor_name(const struct model *model, const struct object *object) {
    (void)model;
    const struct visitor *v = visitor_const(object);
    return of_text(v->name ? v->name : v->host);
}

struct value calc_visitor_by(const struct model *model, const struct object *object) {
    (void)model;
    return value_text(visitor_const(object)->name ? "name" : "address");
}

struct value calc_visitor_reconnects_1h(const struct model *model, const struct object *object) {
    uint64_t count;
    bool more = visitor_reconnects(model, object, &count);
    struct value v = value_uint(count);
    v.flags = more ? VALUE_LEAST : 0;
    return v;
}

struct value calc_visitor_last_back(const struct model *model, const struct object *object) {
    (void)model;
    int64_t last = visitor_const(object)->last_ns;
    return last ? value_time(last) : value_unknown(0);
}
