#include "views/find_parts.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/number.h"
#include "base/text.h"
#include "model/client.h"
#include "views/jetstream_heard.h"

#define SETTLED_NS (10 * NS_PER_S)

/* Pages come one by one and count at different moments: a few that are missing are said when they stay so. */
static void unknown_connections(const struct view_context *context, const struct find_asked *asked,
                                int64_t *since, char *out, size_t size) {
    char have[NUMBER_TEXT_SIZE], of[NUMBER_TEXT_SIZE];
    uint64_t rows, total;
    (void)asked;
    model_connection_cover(context->model, &rows, &total);
    bool whole = rows >= total;
    if (whole || !*since)
        *since = whole ? 0 : context->mono_ns;
    if (whole || (total - rows <= total / 10 && context->mono_ns - *since < SETTLED_NS))
        return;
    number_format_grouped(have, rows);
    number_format_grouped(of, total);
    if (rows == 0)
        snprintf(out, size, "connections: none of %s open ones is known here yet", of);
    else
        snprintf(out, size, "connections: the %s fullest of %s open ones are known here", have, of);
}

static void unknown_jetstream(const struct view_context *context, const struct find_asked *asked,
                              int64_t *since, char *out, size_t size) {
    char heard[200], absence[200];
    (void)since;
    jetstream_heard(context->model, heard, sizeof(heard));
    jetstream_absence(context->model, absence, sizeof(absence));
    if (*heard)
        snprintf(out, size, "streams and consumers: JetStream is known of %s", heard);
    else if (asked->none && *absence && model_data_age_ns(context->model) >= 0)
        snprintf(out, size, "streams and consumers: %s", absence);
}

/* Something can be published to it, and it has dots as a subject has; numbers alone are an address. */
static bool looks_like_subject(const char *word) {
    return strchr(word, '.') && strspn(word, "0123456789.:") < strlen(word) && !model_subject_fault(word);
}

/* Wildcards that match are not found by what they match: who listens knows :interest alone. */
static void unknown_subscriptions(const struct view_context *context, const struct find_asked *asked,
                                  int64_t *since, char *out, size_t size) {
    char word[64];
    (void)since;
    if (model_data_age_ns(context->model) < 0)
        return;
    text_cut(word, sizeof(word), asked->word, 40);
    if (!looks_like_subject(asked->word))
        snprintf(out, size, "subscriptions: known are those of what was asked for");
    else
        snprintf(out, size, "subscriptions: not all known; :interest %s lists all that match", word);
}

static bool is_here(const struct model *model, const struct object *client) {
    return client_open_count(model, client_const(client)) > 0;
}

static const struct object *last_of_client(const struct model *model, const struct object *object) {
    const struct client *client = client_const(object);
    return client->count ? model_object(model, client->items[client->count - 1].connection) : NULL;
}

const struct find_kind find_kinds[] = {
    {.kind = OBJECT_SERVER,
     .word = "server",
     .brief = "server",
     .plural = "servers",
     .searched = {Q_SERVER_name, Q_SERVER_cluster, Q_SERVER_url, Q_SERVER_id},
     .shown = Q_SERVER_name,
     .where = {Q_SERVER_cluster},
     .state = Q_SERVER_state,
     .figures = {{Q_SERVER_connections, "", " conn"}, {Q_SERVER_cpu, "cpu ", "%"}}},
    {.kind = OBJECT_KIND_COUNT, .word = "account", .brief = "acct", .plural = "accounts"},
    {.kind = OBJECT_STREAM,
     .word = "stream",
     .brief = "stream",
     .plural = "streams",
     .searched = {Q_STREAM_name, Q_STREAM_shown, Q_STREAM_copies, Q_STREAM_account, Q_STREAM_leader},
     .shown = Q_STREAM_shown,
     .where = {Q_STREAM_cluster, Q_STREAM_leader, Q_STREAM_account},
     .state = Q_STREAM_state,
     .figures = {{Q_STREAM_messages, "", " msgs"}, {Q_STREAM_in_msgs_per_s, "in ", "/s"}},
     .shapes = 1u << SHAPE_JSZ,
     .unknown = unknown_jetstream},
    {.kind = OBJECT_CONSUMER,
     .word = "consumer",
     .brief = "cons",
     .plural = "consumers",
     .searched = {Q_CONSUMER_name, Q_CONSUMER_stream, Q_CONSUMER_filter, Q_CONSUMER_deliver_subject,
                  Q_CONSUMER_account, Q_CONSUMER_leader},
     .shown = Q_CONSUMER_path,
     .where = {Q_CONSUMER_cluster, Q_CONSUMER_leader, Q_CONSUMER_account},
     .state = Q_CONSUMER_state,
     .figures = {{Q_CONSUMER_lag, "lag ", ""},
                 {Q_CONSUMER_time_behind, "behind ", ""},
                 {Q_CONSUMER_acked_per_s, "ack ", "/s"}},
     .order = {{Q_CONSUMER_lag}},
     .shapes = 1u << SHAPE_JSZ},
    {.kind = OBJECT_CONNECTION,
     .word = "connection",
     .brief = "conn",
     .plural = "connections",
     .searched = {Q_CONNECTION_name, Q_CONNECTION_user, Q_CONNECTION_account, Q_CONNECTION_address,
                  Q_CONNECTION_mqtt_client, Q_CONNECTION_name_tag, Q_CONNECTION_cid},
     .shown = Q_CONNECTION_name,
     .number = Q_CONNECTION_cid,
     .where = {Q_CONNECTION_cluster, Q_CONNECTION_server, Q_CONNECTION_account},
     .state = Q_CONNECTION_state,
     .figures = {{Q_CONNECTION_closed_by, "", ""},
                 {Q_CONNECTION_lived, "lived ", ""},
                 {Q_CONNECTION_pending_bytes, "pend ", ""},
                 {Q_CONNECTION_in_msgs_per_s, "in ", "/s"},
                 {Q_CONNECTION_out_msgs_per_s, "out ", "/s"}},
     .order = {{Q_CONNECTION_pending_bytes}, {Q_CONNECTION_in_msgs_per_s, Q_CONNECTION_out_msgs_per_s}},
     .shapes = 1u << SHAPE_CONNZ_HOT | 1u << SHAPE_CONNZ_FULL,
     .moves = true,
     .unknown = unknown_connections},
    {.kind = OBJECT_CLIENT,
     .word = "client",
     .brief = "client",
     .plural = "cut clients",
     .searched = {Q_CLIENT_name, Q_CLIENT_account, Q_CLIENT_address, Q_CLIENT_servers},
     .shown = Q_CLIENT_name,
     .where = {Q_CLIENT_cluster, Q_CLIENT_last_server, Q_CLIENT_account},
     .figures = {{Q_CLIENT_cuts, "cuts ", ""},
                 {Q_CLIENT_lived, "lived ", ""},
                 {Q_CLIENT_last_reason, "", ""}},
     .order = {{Q_CLIENT_last_cut}},
     .shapes = 1u << SHAPE_CONNZ_CLOSED,
     .skip = is_here,
     .open = OBJECT_CONNECTION,
     .of = last_of_client},
    {.kind = OBJECT_SUBSCRIPTION,
     .word = "subscription",
     .brief = "sub",
     .plural = "subscriptions",
     .searched = {Q_SUBSCRIPTION_subject, Q_SUBSCRIPTION_queue, Q_SUBSCRIPTION_client,
                  Q_SUBSCRIPTION_account},
     .shown = Q_SUBSCRIPTION_subject,
     .number = Q_SUBSCRIPTION_cid,
     .where = {Q_SUBSCRIPTION_cluster, Q_SUBSCRIPTION_server, Q_SUBSCRIPTION_account},
     .figures = {{Q_SUBSCRIPTION_queue, "queue ", ""},
                 {Q_SUBSCRIPTION_msgs, "", " msgs"},
                 {Q_SUBSCRIPTION_msgs_per_s, "", "/s"}},
     .unknown = unknown_subscriptions,
     .of = model_connection_of},
};
const int find_kind_count = sizeof(find_kinds) / sizeof(find_kinds[0]);
_Static_assert(sizeof(find_kinds) / sizeof(find_kinds[0]) <= FIND_PARTS, "each kind has its part");

bool find_is_name(const struct find_kind *kind, int searched) {
    return searched == 0 || kind->searched[searched] == kind->shown;
}

void find_names(const struct model *model, void (*each)(void *data, const char *name), void *data) {
    for (int k = 0; k < find_kind_count; k++) {
        size_t count = 0;
        const struct object *const *all =
            find_kinds[k].searched[0] ? model_objects(model, find_kinds[k].kind, &count) : NULL;
        for (size_t i = 0; i < count; i++) {
            struct value v = quantity_get(model, all[i], find_kinds[k].searched[0]);
            if (v.type == VALUE_TEXT && *v.text && all[i]->freshness != FRESH_GONE)
                each(data, v.text);
        }
    }
    for (int s = 0; s < find_source_count; s++) {
        size_t count;
        const struct object *const *all =
            model_objects(model, quantities[find_sources[s].account].kind, &count);
        for (size_t i = 0; i < count; i++) {
            struct value v = quantity_get(model, all[i], find_sources[s].account);
            if (v.type == VALUE_TEXT && *v.text)
                each(data, v.text);
        }
    }
}
