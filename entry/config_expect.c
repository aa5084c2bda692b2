/* Expectations of a configuration; and what of one the model goes by. */
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "entry/config.h"
#include "entry/config_read.h"
#include "model/expectation.h"

static const struct expectation *said_by(const struct config_item *item) {
    return item->values;
}

/* Where the key stands, else the group. */
static struct config_place place_of(const struct config_item *item, const char *key) {
    const struct setting_list_info *list = &setting_lists[LIST_EXPECT];
    for (int i = 0; i < list->row_count; i++)
        if (strcmp(list->rows[i].path, key) == 0 && item->places[i].line > 0)
            return item->places[i];
    return item->place;
}

static void fault(struct config_reading *r, const struct config_item *item, const struct rule_fault *wrong) {
    struct config_place place = place_of(item, wrong->key);
    char *key = memory_format("%s.%s", setting_lists[LIST_EXPECT].name, wrong->key);
    config_fault(r->faults, place.file, place.line, key, "%s", wrong->message);
    free(key);
}

/* Two of one name are no two objects. Of names that were said it is told already. */
static void check_twice(struct config_reading *r, const struct config_item *items, int at) {
    char place[600];
    char *name = memory_text(expectation_name(said_by(&items[at])));
    for (int i = 0; i < at; i++) {
        bool told = said_by(&items[at])->name != NULL && said_by(&items[i])->name != NULL;
        if (told || strcmp(expectation_name(said_by(&items[i])), name) != 0)
            continue;
        const struct config_place *here = &items[at].place, *before = &items[i].place;
        config_other_place(here->file, before->file, before->line, place, sizeof place);
        config_fault(r->faults, here->file, here->line, setting_lists[LIST_EXPECT].name,
                     "%s is expected twice; the other one is at %s", options_typed(name), place);
        break;
    }
    free(name);
}

void config_check_expected(struct config_reading *r) {
    int count;
    const struct config_item *items = config_items(r->config, LIST_EXPECT, &count);
    for (int i = 0; i < count; i++) {
        const struct rule_fault *wrong = expectation_fault(said_by(&items[i]));
        if (wrong != NULL)
            fault(r, &items[i], wrong);
        else
            check_twice(r, items, i);
    }
}

void config_watch(const struct config *c, struct model *model) {
    struct expectation said[EXPECTATIONS_MOST];
    int count;
    if (c == NULL)
        return;
    const struct config_item *items = config_items(c, LIST_EXPECT, &count);
    for (int i = 0; i < count; i++)
        said[i] = *said_by(&items[i]);
    model_use_rules(model, config_rules(c));
    model_expect(model, said, (size_t)count);
}
