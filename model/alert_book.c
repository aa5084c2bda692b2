#include "model/alert_book.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"
#include "model/alert_object.h"
#include "model/alert_text.h"
#include "model/ruleset.h"

#define CLIENT_LOOKS (4 * CLIENT_MOST) /* thousands may have one name */

/* Of all models: a frozen copy may stand where another one stood. */
static uint64_t last_version;

static const size_t texts[] = {
    offsetof(struct alert, rule),         offsetof(struct alert, tag),
    offsetof(struct alert, entity),       offsetof(struct alert, cluster),
    offsetof(struct alert, name),         offsetof(struct alert, text),
    offsetof(struct alert, figure),       offsetof(struct alert, worst_text),
    offsetof(struct alert, peak),         offsetof(struct alert, limit),
    offsetof(struct alert, origin),       offsetof(struct alert, ending),
    offsetof(struct alert, acked_by),     offsetof(struct alert, note),
    offsetof(struct alert, silence_note), offsetof(struct alert, worst_rule),
    offsetof(struct alert, client),       offsetof(struct alert, address),
};
#define TEXTS (sizeof texts / sizeof *texts)

static const char **text_at(struct slot *slot, size_t i) {
    return (const char **)((char *)&slot->said + texts[i]);
}

struct slot *slot_create(void) {
    struct slot *slot = memory_new(sizeof *slot);
    for (size_t i = 0; i < TEXTS; i++)
        *text_at(slot, i) = alert_text_make("");
    return slot;
}

static void slot_destroy(struct slot *slot) {
    for (size_t i = 0; i < TEXTS; i++)
        alert_text_drop(*text_at(slot, i));
    free(slot);
}

static struct slot *slot_clone(struct slot *from) {
    struct slot *slot = memory_new(sizeof *slot);
    *slot = *from;
    slot->found = NULL; /* a finding of that model */
    for (size_t i = 0; i < TEXTS; i++)
        alert_text_share(*text_at(slot, i));
    return slot;
}

/* ---- where they are found ---- */

static uint32_t number_hash(uint64_t number) {
    return (uint32_t)(number * 0x9e3779b97f4a7c15u >> 32);
}

static uint32_t text_hash(const char *text) {
    return hash_bytes(text, strlen(text));
}

/* Not by the cluster: that may not be known yet. */
static uint32_t named_hash(const struct alert *alert) {
    return text_hash(alert->name) * 31 + text_hash(alert->entity) * 7 + text_hash(alert->tag);
}

static uint32_t client_hash(const struct alert *alert) {
    return text_hash(alert->client) * 31 + text_hash(alert->tag);
}

static uint32_t address_hash(const struct alert *alert) {
    return text_hash(alert->address) * 31 + text_hash(alert->tag);
}

/* What nobody knows of it does not find it. */
static bool is_in(const struct slot *slot, enum alert_index by) {
    const struct alert *a = &slot->said;
    return by == BY_OBJECT ? a->object != 0 : by == BY_CLIENT ? *a->client : by != BY_ADDRESS || *a->address;
}

static void table_resize(struct alert_table *table, enum alert_index by) {
    size_t size = table->size ? table->size * 2 : 64;
    struct slot **heads = memory_array(size, sizeof(struct slot *));
    for (size_t i = 0; i < table->size; i++) {
        for (struct slot *slot = table->heads[i], *next; slot; slot = next) {
            struct slot **head = &heads[slot->hash[by] & (size - 1)];
            next = slot->next[by];
            slot->next[by] = *head;
            *head = slot;
        }
    }
    free(table->heads);
    table->heads = heads;
    table->size = size;
}

static void link_by(struct alert_book *book, struct slot *slot, enum alert_index by, uint32_t hash) {
    struct alert_table *table = &book->tables[by];
    if (table->count >= table->size)
        table_resize(table, by);
    struct slot **head = &table->heads[hash & (table->size - 1)];
    slot->hash[by] = hash;
    slot->next[by] = *head;
    *head = slot;
    table->count++;
}

static void unlink_by(struct alert_book *book, struct slot *slot, enum alert_index by) {
    struct alert_table *table = &book->tables[by];
    struct slot **place = &table->heads[slot->hash[by] & (table->size - 1)];
    while (*place != slot)
        place = &(*place)->next[by];
    *place = slot->next[by];
    table->count--;
}

static struct slot *first_by(const struct alert_book *book, enum alert_index by, uint32_t hash) {
    const struct alert_table *table = &book->tables[by];
    return table->size ? table->heads[hash & (table->size - 1)] : NULL;
}

/* The last that ended, of several. */
static struct slot *better(struct slot *found, struct slot *slot, bool ended) {
    if (ended != (slot->said.state == ALERT_CLEARED))
        return found;
    return found && found->ended_mono_ns > slot->ended_mono_ns ? found : slot;
}

struct slot *alert_book_find(const struct alert_book *book, uint64_t object, const char *tag, bool ended) {
    uint32_t hash = number_hash(object);
    struct slot *found = NULL;
    for (struct slot *s = first_by(book, BY_OBJECT, hash); s; s = s->next[BY_OBJECT])
        if (s->said.object == object && strcmp(s->said.tag, tag) == 0)
            found = better(found, s, ended);
    return found;
}

void alert_book_ahead(const struct alert_book *book, uint64_t object, uint64_t sooner) {
    const struct alert_table *table = &book->tables[BY_OBJECT];
    if (!table->size)
        return;
    const struct slot *slot = first_by(book, BY_OBJECT, number_hash(sooner));
    __builtin_prefetch(&table->heads[number_hash(object) & (table->size - 1)]);
    if (slot)
        slot_ahead(slot);
}

/* A cluster that has no name yet may be whichever. */
static bool is_like(const struct alert *a, const struct alert *b) {
    return strcmp(a->tag, b->tag) == 0 && strcmp(a->entity, b->entity) == 0 &&
           (!*a->cluster || !*b->cluster || strcmp(a->cluster, b->cluster) == 0);
}

static bool is_called(const struct alert *a, const struct alert *b) {
    return strcmp(a->name, b->name) == 0 && is_like(a, b);
}

/* Of one of them nobody knows more than where it is asked; another name there is another server. */
static bool is_at(const struct alert *a, const struct alert *b) {
    return strcmp(a->address, b->address) == 0 && is_like(a, b) &&
           (strcmp(a->name, a->address) == 0 || strcmp(b->name, b->address) == 0);
}

struct slot *alert_book_find_named(const struct alert_book *book, const struct alert *called, bool ended) {
    uint32_t hash = named_hash(called);
    struct slot *found = NULL;
    for (struct slot *s = first_by(book, BY_NAME, hash); s; s = s->next[BY_NAME])
        if (s->hash[BY_NAME] == hash && is_called(&s->said, called))
            found = better(found, s, ended);
    if (found || !called->address || !*called->address)
        return found;
    hash = address_hash(called);
    for (struct slot *s = first_by(book, BY_ADDRESS, hash); s; s = s->next[BY_ADDRESS])
        if (s->hash[BY_ADDRESS] == hash && is_at(&s->said, called))
            found = better(found, s, ended);
    return found;
}

struct slot *alert_book_find_open(const struct alert_book *book, const struct alert *called, bool restored) {
    const struct {
        enum alert_index by;
        bool (*same)(const struct alert *a, const struct alert *b);
        uint32_t hash;
    } ways[] = {{BY_NAME, is_called, named_hash(called)}, {BY_ADDRESS, is_at, address_hash(called)}};
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++)
        for (struct slot *s = first_by(book, ways[i].by, ways[i].hash); s; s = s->next[ways[i].by])
            if (s->said.state == ALERT_OPEN && s->restored == restored && ways[i].same(&s->said, called))
                return s;
    return NULL;
}

/* A name in one cluster is not that of another. */
static bool is_of_client(const struct alert *a, const struct alert *b) {
    return strcmp(a->client, b->client) == 0 && strcmp(a->tag, b->tag) == 0 &&
           (!*a->cluster || !*b->cluster || strcmp(a->cluster, b->cluster) == 0);
}

size_t alert_book_of_client(const struct alert_book *book, const struct alert *called,
                            struct slot *out[CLIENT_MOST]) {
    uint32_t hash = client_hash(called);
    size_t count = 0, left = CLIENT_LOOKS;
    for (struct slot *s = *called->client ? first_by(book, BY_CLIENT, hash) : NULL;
         s && left && count < CLIENT_MOST; s = s->next[BY_CLIENT]) {
        if (s->hash[BY_CLIENT] != hash)
            continue;
        left--;
        if (s->said.state != ALERT_PENDING && is_of_client(&s->said, called))
            out[count++] = s;
    }
    return count;
}

struct slot *alert_book_numbered(const struct alert_book *book, uint64_t number) {
    struct slot *slot = first_by(book, BY_NUMBER, number_hash(number));
    while (slot && slot->said.number != number)
        slot = slot->next[BY_NUMBER];
    return slot;
}

void alert_book_set_number(struct alert_book *book, struct slot *slot, uint64_t number) {
    unlink_by(book, slot, BY_NUMBER);
    slot->said.number = number ? number : ++book->last_number;
    link_by(book, slot, BY_NUMBER, number_hash(slot->said.number));
    alert_book_changed(book, true);
}

void alert_book_set_object(struct alert_book *book, struct slot *slot, uint64_t object) {
    if (slot->said.object)
        unlink_by(book, slot, BY_OBJECT);
    slot->said.object = object;
    link_by(book, slot, BY_OBJECT, number_hash(object));
}

void alert_book_set_name(struct alert_book *book, struct slot *slot, const char *cluster, const char *name) {
    bool other = alert_text_set(&slot->said.cluster, cluster);
    unlink_by(book, slot, BY_NAME);
    other |= alert_text_set(&slot->said.name, name);
    link_by(book, slot, BY_NAME, named_hash(&slot->said));
    if (other)
        alert_book_changed(book, false);
}

void alert_book_set_client(struct alert_book *book, struct slot *slot, const char *client) {
    if (strcmp(client, slot->said.client) == 0)
        return;
    if (is_in(slot, BY_CLIENT))
        unlink_by(book, slot, BY_CLIENT);
    alert_text_set(&slot->said.client, client);
    if (is_in(slot, BY_CLIENT))
        link_by(book, slot, BY_CLIENT, client_hash(&slot->said));
    alert_book_changed(book, false);
}

void alert_book_set_address(struct alert_book *book, struct slot *slot, const char *address) {
    if (strcmp(address, slot->said.address) == 0)
        return;
    if (is_in(slot, BY_ADDRESS))
        unlink_by(book, slot, BY_ADDRESS);
    alert_text_set(&slot->said.address, address);
    if (is_in(slot, BY_ADDRESS))
        link_by(book, slot, BY_ADDRESS, address_hash(&slot->said));
    alert_book_changed(book, false);
}

static void link_all(struct alert_book *book, struct slot *slot) {
    const struct alert *a = &slot->said;
    const uint32_t hashes[ALERT_INDEXES] = {
        [BY_OBJECT] = number_hash(a->object), [BY_NAME] = named_hash(a),
        [BY_NUMBER] = number_hash(a->number), [BY_CLIENT] = client_hash(a),
        [BY_ADDRESS] = address_hash(a),
    };
    for (int by = 0; by < ALERT_INDEXES; by++)
        if (is_in(slot, (enum alert_index)by))
            link_by(book, slot, (enum alert_index)by, hashes[by]);
}

/* ---- keeping ---- */

void alert_book_changed(struct alert_book *book, bool order) {
    book->version = ++last_version;
    book->order_stale |= order;
}

void alert_book_share(struct alert_book *book, struct slot *slot) {
    static const size_t common[] = {offsetof(struct alert, rule),      offsetof(struct alert, tag),
                                    offsetof(struct alert, entity),    offsetof(struct alert, cluster),
                                    offsetof(struct alert, limit),     offsetof(struct alert, origin),
                                    offsetof(struct alert, worst_rule)};
    struct slot *beside = slot->place ? book->live[slot->place - 1] : slot;
    for (size_t i = 0; i < sizeof common / sizeof *common; i++)
        alert_text_like((const char **)((char *)&slot->said + common[i]),
                        *(const char **)((char *)&beside->said + common[i]));
}

static void live_add(struct alert_book *book, struct slot *slot) {
    if (book->live_count == book->live_cap) {
        book->live_cap = book->live_cap ? book->live_cap * 2 : 32;
        book->live = memory_grow(book->live, book->live_cap, sizeof(struct slot *));
    }
    slot->place = book->live_count;
    book->live[book->live_count++] = slot;
}

static void live_remove(struct alert_book *book, struct slot *slot) {
    struct slot *last = book->live[--book->live_count];
    book->live[slot->place] = last;
    last->place = slot->place;
}

static void ended_remove(struct alert_book *book, struct slot *slot) {
    size_t at = 0;
    while (book->ended[at] != slot)
        at++;
    book->ended_count--;
    memmove(&book->ended[at], &book->ended[at + 1], (book->ended_count - at) * sizeof(struct slot *));
}

void alert_book_add(struct alert_book *book, struct slot *slot) {
    if (!slot->said.number)
        slot->said.number = ++book->last_number;
    if (slot->said.number > book->last_number)
        book->last_number = slot->said.number;
    link_all(book, slot);
    live_add(book, slot);
    alert_book_changed(book, true);
}

void alert_book_drop(struct alert_book *book, struct slot *slot) {
    if (slot->said.state == ALERT_CLEARED)
        ended_remove(book, slot);
    else
        live_remove(book, slot);
    for (int by = 0; by < ALERT_INDEXES; by++)
        if (is_in(slot, (enum alert_index)by))
            unlink_by(book, slot, (enum alert_index)by);
    slot_destroy(slot);
    alert_book_changed(book, true);
}

void alert_book_end(struct alert_book *book, struct slot *slot) {
    live_remove(book, slot);
    slot->said.state = ALERT_CLEARED;
    size_t at = book->ended_count++;
    for (; at > 0 && book->ended[at - 1]->ended_mono_ns > slot->ended_mono_ns; at--)
        book->ended[at] = book->ended[at - 1];
    book->ended[at] = slot;
    if (book->ended_count > ALERTS_ENDED_MOST)
        alert_book_drop(book, book->ended[0]);
    alert_book_changed(book, true);
}

void alert_book_reopen(struct alert_book *book, struct slot *slot) {
    ended_remove(book, slot);
    slot->said.state = ALERT_OPEN;
    live_add(book, slot);
    alert_book_changed(book, true);
}

struct alert_book *alert_book_create(void) {
    struct alert_book *book = memory_new(sizeof *book);
    book->ended = memory_array(ALERTS_ENDED_MOST + 1, sizeof(struct slot *));
    alert_book_changed(book, true);
    return book;
}

bool alert_book_destroy_slice(struct alert_book *book, size_t slots) {
    struct slot **const lists[] = {book->live, book->ended};
    size_t *const counts[] = {&book->live_count, &book->ended_count};
    for (int list = 0; list < 2; list++) {
        for (; *counts[list]; (*counts[list])--) {
            if (!slots--)
                return false;
            slot_destroy(lists[list][*counts[list] - 1]);
        }
    }
    return true;
}

void alert_book_destroy(struct alert_book *book) {
    if (!book)
        return;
    alert_book_destroy_slice(book, SIZE_MAX);
    for (int by = 0; by < ALERT_INDEXES; by++)
        free(book->tables[by].heads);
    for (size_t i = 0; i < book->hush_count; i++)
        alert_hush_finish(&book->hushes[i]);
    alert_changes_finish(book);
    free(book->live);
    free(book->ended);
    free(book->order);
    free(book->burning.burning.items);
    free(book->burning.pending.items);
    free(book->burning.late.items);
    free(book);
}

struct alert_book *alert_book_clone_begin(const struct alert_book *book) {
    struct alert_book *clone = memory_new(sizeof *clone);
    *clone = *book;
    memset(clone->tables, 0, sizeof clone->tables);
    clone->live = memory_array(book->live_cap ? book->live_cap : 1, sizeof(struct slot *));
    clone->ended = memory_array(ALERTS_ENDED_MOST + 1, sizeof(struct slot *));
    clone->live_count = clone->ended_count = 0;
    clone->order = NULL;
    clone->burning = (struct burning){0};
    clone->order_count = clone->order_cap = 0;
    for (size_t i = 0; i < book->hush_count; i++)
        alert_hush_share(&clone->hushes[i]);
    alert_changes_share(clone);
    alert_book_changed(clone, true);
    return clone;
}

bool alert_book_clone_slice(struct alert_book *clone, const struct alert_book *book, size_t slots) {
    for (; clone->live_count < book->live_count; clone->live_count++) {
        if (!slots--)
            return false;
        link_all(clone, clone->live[clone->live_count] = slot_clone(book->live[clone->live_count]));
    }
    for (; clone->ended_count < book->ended_count; clone->ended_count++) {
        if (!slots--)
            return false;
        link_all(clone, clone->ended[clone->ended_count] = slot_clone(book->ended[clone->ended_count]));
    }
    return true;
}

bool alert_book_stands(const struct slot *slot, bool moved) {
    return slot && slot->said.state == ALERT_OPEN && (moved || slot->known || slot->said.flapping);
}

static bool is_the_same(const struct alert *a, const struct finding *finding) {
    return finding->severity == a->severity && strcmp(finding_rule(finding), a->rule) == 0 &&
           finding->rule->since_quantity < 0; /* else it may be another thing by now */
}

void alert_book_since(const struct model *model, const struct slot *slot, struct finding *finding) {
    const struct alert *a = &slot->said;
    if (slot->since_utc_ns && slot->since_utc_ns < finding->since_utc_ns && is_the_same(a, finding))
        finding->since_utc_ns = slot->since_utc_ns;
    if (a->opened_utc_ns < model->began_utc_ns && alert_came_utc_ns(a) < model->began_utc_ns)
        finding->since_utc_ns = alert_sign_utc_ns(a, &finding->least);
}
