/* Which columns a list shows, and in which order: by name for the configuration, by line for the menu. */
#include "views/quantity_parts.h"

#include <stdio.h>
#include <string.h>

static const char *const endings[] = {
    [COLUMN_VALUE] = "", [COLUMN_SPARK] = "_spark", [COLUMN_GAUGE] = "_gauge"};

void quantity_column_name(const struct quantity_column *column, char *out, size_t size) {
    snprintf(out, size, "%s%s", quantities[column->quantity].name, endings[column->form]);
}

int quantity_column_named(const struct quantity_column *columns, int count, const char *name) {
    char own[64];
    for (int i = 0; i < count; i++) {
        quantity_column_name(&columns[i], own, sizeof(own));
        if (strcmp(own, name) == 0)
            return i;
    }
    return -1;
}

static size_t append(char *out, size_t size, size_t len, const struct quantity_column *column) {
    char name[64];
    quantity_column_name(column, name, sizeof(name));
    if (len + strlen(name) + 2 > size)
        return len;
    return len + (size_t)snprintf(out + len, size - len, "%s%s", len ? " " : "", name);
}

void quantity_columns_default(const struct quantity_column *columns, int count, char *out, size_t size) {
    size_t len = 0;
    out[0] = 0;
    for (int i = 0; i < count; i++)
        if (!columns[i].off)
            len = append(out, size, len, &columns[i]);
}

void quantity_list_columns(const struct quantity_list *list, char *out, size_t size) {
    const struct table *t = &list->table;
    size_t len = 0;
    out[0] = 0;
    for (int i = 0; i < t->column_count; i++)
        if (!t->hidden[t->sequence[i]])
            len = append(out, size, len, &list->columns[t->sequence[i]]);
}

/* It says which row it is: always there, and before the others. */
static bool stays(const struct quantity_column *column) {
    return column->priority == 0;
}

bool list_is_account(enum quantity q) {
    return q == Q_STREAM_account || q == Q_CONSUMER_account;
}

/* Cluster and account, beside what they belong to, for when they are shown. */
static int place_where(const struct quantity_list *list, const bool *taken, int *sequence, int count) {
    for (int i = 0; i < list->column_count; i++) {
        enum quantity q = list->columns[i].quantity;
        if (!taken[i] && (quantities[q].flags & QUANTITY_WHERE || list_is_account(q)))
            sequence[count++] = i;
    }
    return count;
}

static int place_in(const int *sequence, int count, int column) {
    int at = 0;
    while (at < count && sequence[at] != column)
        at++;
    return at;
}

static bool is_placed(const int *sequence, int count, int column) {
    return place_in(sequence, count, column) < count;
}

static int column_at(const struct quantity_list *list, const char *names, size_t len) {
    char name[64];
    snprintf(name, sizeof(name), "%.*s", (int)(len < sizeof(name) ? len : sizeof(name) - 1), names);
    return quantity_column_named(list->columns, list->column_count, name);
}

static void take_named(const struct quantity_list *list, const char *names, bool *taken) {
    for (size_t len; *names; names += len + (names[len] == ' ')) {
        len = strcspn(names, " ");
        int i = column_at(list, names, len);
        if (i >= 0)
            taken[i] = true;
    }
}

void quantity_list_set_columns(struct quantity_list *list, const char *names) {
    struct table *t = &list->table;
    char usual[TABLE_MAX_COLUMNS * 64];
    bool taken[TABLE_MAX_COLUMNS] = {false};
    int count = 0;
    if (!names) {
        quantity_columns_default(list->columns, list->column_count, usual, sizeof(usual));
        names = usual;
    }
    take_named(list, names, taken);
    for (int i = 0; i < list->column_count; i++)
        if (stays(&list->columns[i]))
            taken[i] = true, t->sequence[count++] = i;
    count = place_where(list, taken, t->sequence, count);
    for (size_t len; *names; names += len + (names[len] == ' ')) {
        len = strcspn(names, " ");
        int i = column_at(list, names, len);
        if (i >= 0 && !is_placed(t->sequence, count, i))
            t->sequence[count++] = i;
    }
    list->several = list->shared = false;
    for (int i = 0; i < list->column_count; i++) {
        t->hidden[i] = !taken[i];
        if (!is_placed(t->sequence, count, i))
            t->sequence[count++] = i;
    }
}

const char *quantity_list_chosen(struct quantity_list *list) {
    static char text[120];
    char settings[32], write[32];
    keymap_first(ACTION_SETTINGS, settings, sizeof(settings));
    keymap_first(ACTION_WRITE, write, sizeof(write));
    list->chosen++;
    snprintf(text, sizeof(text), "until the end; %s, then %s keeps these columns", settings, write);
    return *settings && *write ? text : "";
}

void quantity_list_follow(struct quantity_list *list, const struct quantity_list *other) {
    for (int i = 0; i < list->column_count; i++) {
        const struct quantity_column *column = &list->columns[i];
        for (int k = 0; k < other->column_count && !stays(column); k++)
            if (other->columns[k].quantity == column->quantity && other->columns[k].form == column->form)
                list->table.hidden[i] = other->table.hidden[k];
    }
}

bool quantity_list_move_column(struct quantity_list *list, int line, int by) {
    int *sequence = list->table.sequence, to = line + by;
    if (line < 0 || line >= list->column_count || to < 0 || to >= list->column_count)
        return false;
    if (stays(&list->columns[sequence[line]]) || stays(&list->columns[sequence[to]]))
        return false;
    int moved = sequence[line];
    sequence[line] = sequence[to];
    sequence[to] = moved;
    return true;
}

/* ---- rates and totals ---- */

/* The column of its total; -1: it has none. */
static int total_of(const struct quantity_list *list, int column) {
    for (int i = 0; i < list->column_count && list->columns[column].total; i++)
        if (list->columns[i].quantity == list->columns[column].total && list->columns[i].form == COLUMN_VALUE)
            return i;
    return -1;
}

static bool comes_before(const struct quantity_list *list, int a, int b) {
    const struct table *t = &list->table;
    return place_in(t->sequence, t->column_count, a) < place_in(t->sequence, t->column_count, b);
}

static void exchange(struct table *t, int a, int b) {
    int *at_a = &t->sequence[place_in(t->sequence, t->column_count, a)],
        *at_b = &t->sequence[place_in(t->sequence, t->column_count, b)];
    bool hidden = t->hidden[a];
    *at_a = b;
    *at_b = a;
    t->hidden[a] = t->hidden[b];
    t->hidden[b] = hidden;
    t->sort = t->sort == a ? b : t->sort == b ? a : t->sort;
    t->then = t->then == a ? b : t->then == b ? a : t->then;
}

void quantity_list_show_totals(struct quantity_list *list, bool totals) {
    for (int i = 0; i < list->column_count; i++) {
        int total = total_of(list, i);
        if (total >= 0 && comes_before(list, total, i) != totals)
            exchange(&list->table, i, total);
    }
}

bool quantity_list_shows_totals(const struct quantity_list *list) {
    bool pairs = false;
    for (int i = 0; i < list->column_count; i++) {
        int total = total_of(list, i);
        if (total >= 0 && !(list->table.hidden[i] && list->table.hidden[total]))
            return comes_before(list, total, i);
        pairs |= total >= 0;
    }
    return !pairs;
}

void list_place_totals(struct quantity_list *list) {
    for (int i = 0; i < list->column_count; i++) {
        int total = total_of(list, i);
        if (total < 0)
            continue;
        bool before = comes_before(list, total, i);
        list->made[i].priority = list->columns[before ? total : i].priority;
        list->made[total].priority = list->columns[before ? i : total].priority;
    }
}
