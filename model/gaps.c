#include "model/server.h"

#include <stdio.h>
#include <string.h>

#define SAID_EVERY (10 * NS_PER_S)

/* Two pages of one endpoint have one path. */
static void add_path(char *out, size_t size, const char *name) {
    char path[40];
    size_t used = strlen(out);
    snprintf(path, sizeof path, "/%.*s", (int)strcspn(name, "_"), name);
    if (!strstr(out, path) && used < size)
        snprintf(out + used, size - used, "%s%s", used ? ", " : "", path);
}

static void say(struct model *model, const struct entry *server, struct gap *gap, int64_t utc_ns) {
    char paths[200] = "";
    if (!gap->lost || (gap->said && model->mono_ns - gap->said_mono_ns < SAID_EVERY))
        return;
    for (int shape = SHAPE_NONE + 1; shape < SHAPE_LIMIT; shape++) {
        if (gap->shapes & 1u << shape && shape_name((unsigned)shape))
            add_path(paths, sizeof paths, shape_name((unsigned)shape));
    }
    model_add_event(model, utc_ns, "gap", server ? &server->object : NULL,
                    server ? server_label(server_const(&server->object)) : "",
                    "%llu answer%s%s%s not taken in time and lost%s%s", (unsigned long long)gap->lost,
                    gap->lost == 1 ? "" : "s", *paths ? " of " : "", paths, gap->reason ? ": " : "",
                    gap->reason ? gap->reason->bytes : "");
    *gap = (struct gap){.said = true, .said_mono_ns = model->mono_ns};
}

void gap_row(struct model *model, uint16_t source, const struct row *row) {
    const struct target *target = target_find(model, source, row_u64(row, F_GAP_target, 0));
    struct entry *server = target ? target->server : NULL;
    struct gap *gap = server ? &server_of(server)->gap : &model->gap;
    uint64_t lost = row_u64(row, F_GAP_lost, 1), shape = row_u64(row, F_GAP_shape, SHAPE_NONE);
    gap->lost = lost > UINT64_MAX - gap->lost ? UINT64_MAX : gap->lost + lost;
    gap->shapes |= shape < SHAPE_LIMIT ? 1u << shape : 0;
    if (row_has(row, F_GAP_reason) && row_cell(row, F_GAP_reason)->s->len)
        gap->reason = model_text(model, row_cell(row, F_GAP_reason)->s);
    say(model, server, gap, row_i64(row, F_GAP_utc, model->utc_ns));
}

void gaps_tick(struct model *model) {
    for (size_t i = 0; i < kind_count(model, OBJECT_SERVER); i++) {
        struct entry *server = kind_at(model, OBJECT_SERVER, i);
        if (!server->dead)
            say(model, server, &server_of(server)->gap, model->utc_ns);
    }
    say(model, NULL, &model->gap, model->utc_ns);
}
