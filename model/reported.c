#include "model/reported.h"

bool quantity_is_reported(const struct object *object, enum quantity q) {
    const struct quantity_info *info = &quantities[q];
    const struct row *row = object->now;
    bool told = info->how != HOW_CALC && object->kind == info->kind && row &&
                row->entity == fields[info->field].entity;
    return !told || row_has(row, info->field);
}
