#include "views/quantity_text.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"

/* Spans that are ages, not measurements. */
static const bool ages[QUANTITY_COUNT] = {
    [Q_SERVER_uptime] = true,        [Q_CONNECTION_idle] = true,
    [Q_CONNECTION_uptime] = true,    [Q_STREAM_last_message] = true,
    [Q_CONSUMER_last_ack] = true,    [Q_CONSUMER_last_delivered] = true,
    [Q_CONSUMER_time_behind] = true, [Q_CONSUMER_floor_age] = true,
    [Q_CONSUMER_unacked_for] = true, [Q_CONSUMER_undelivered_for] = true,
    [Q_SERVER_meta_seen] = true,     [Q_META_PEER_seen] = true,
    [Q_REPLICA_seen] = true,         [Q_STREAM_oldest_leaves_in] = true,
};

/* What is said where there is no span left. */
static const char *const none[QUANTITY_COUNT] = {
    [Q_STREAM_full_in] = "full",
    [Q_STREAM_msgs_full_in] = "full",
    [Q_STREAM_bytes_full_in] = "full",
};

void age_format(char out[TIME_TEXT_SIZE], int64_t ns) {
    if (ns == TIME_UNSET || ns >= NS_PER_S || ns <= -NS_PER_S) {
        span_format(out, ns);
        return;
    }
    long long tenths = (ns < 0 ? -ns : ns) / (NS_PER_S / 10);
    snprintf(out, TIME_TEXT_SIZE, "%s0.%llds", ns < 0 && tenths ? "-" : "", tenths);
}

static void number_text(char out[NUMBER_TEXT_SIZE], const struct view_context *context, enum quantity q,
                        double number) {
    const struct quantity_info *info = &quantities[q];
    bool bits = context->bits && info->unit == UNIT_BYTES_PER_S;
    enum unit unit = bits ? UNIT_PER_S : info->unit;
    double shown = bits ? number * 8 : number;
    if (ages[q]) {
        char age[TIME_TEXT_SIZE];
        age_format(age, (int64_t)number);
        snprintf(out, NUMBER_TEXT_SIZE, "%.*s", NUMBER_TEXT_SIZE - 1, age);
    } else if (info->flags & QUANTITY_SIGNED)
        number_format_signed(out, shown, unit);
    else
        number_format(out, shown, unit);
}

/* "61.2k" and no room for the mark: "61k". What is marked is no more exact than that. */
static void make_room(char *text, int width) {
    char *point = strchr(text, '.');
    while (point && (int)strlen(text) + 1 > width && isdigit((unsigned char)point[1])) {
        char *last = point + strspn(point + 1, "0123456789");
        memmove(last, last + 1, strlen(last + 1) + 1);
    }
    if (point && !isdigit((unsigned char)point[1]))
        memmove(point, point + 1, strlen(point + 1) + 1);
}

/* "10m43s" and no room for the mark: "10m". Of what is at most that it is what comes next: no more is said
 * than is known.
 */
static void make_span_room(char *text, size_t size, int64_t ns, const char *bound, int width) {
    static const struct {
        int64_t ns;
        char letter;
    } units[] = {{86400 * NS_PER_S, 'd'}, {3600 * NS_PER_S, 'h'}, {60 * NS_PER_S, 'm'}};
    for (size_t i = 0; i < sizeof(units) / sizeof(units[0]) && (int)strlen(text) + (*bound != 0) >= width;
         i++)
        if (ns >= units[i].ns) {
            long long whole = ns / units[i].ns + (strcmp(bound, "≤") == 0 && ns % units[i].ns);
            snprintf(text, size, "%lld%c", whole, units[i].letter);
            return;
        }
}

/* How many they are is exact: "1000" where there is room for it, not "1.00k". */
static bool exact_number(char *out, size_t size, enum quantity q, struct value v, int width) {
    char text[NUMBER_TEXT_SIZE];
    bool counts = q == Q_GROUP_connections && v.type == VALUE_UINT && v.u < 100000;
    int len = snprintf(text, sizeof(text), "%s%llu%s", v.flags & VALUE_LEAST ? "≥" : "",
                       (unsigned long long)v.u, v.flags & VALUE_OLD ? "~" : "");
    if (!counts || len < 0 || (width > 0 && text_width(text) > width))
        return false;
    snprintf(out, size, "%s", text);
    return true;
}

static bool plain_number(const struct quantity_info *info, struct value v) {
    return (v.type == VALUE_UINT || v.type == VALUE_INT) && info->unit == UNIT_NONE;
}

/* The time of day; of what is more than a day away the date. */
static void instant_text(char out[TIME_TEXT_SIZE], const struct view_context *context, int64_t utc_ns,
                         int width) {
    int64_t away = context->utc_ns > utc_ns ? context->utc_ns - utc_ns : utc_ns - context->utc_ns;
    if (away < 86400 * NS_PER_S) {
        time_format_clock(out, utc_ns, context->local_time);
        return;
    }
    time_format_date(out, utc_ns, context->local_time);
    if (width < 10 && strlen(out) == 10)
        memmove(out, out + 5, 6);
}

/* "≤02:40:51", and where that has no room "≤02:41": no more is said than is known. */
static void bound_instant_text(char *out, size_t size, const struct view_context *context, struct value v,
                               const char *bound, int width) {
    enum { WHOLE = 8, MINUTES = 5 };
    char text[TIME_TEXT_SIZE];
    instant_text(text, context, v.i, width);
    bool cut = *bound && width > 0 && width <= WHOLE && strlen(text) == WHOLE;
    if (cut)
        instant_text(text, context, v.i + (v.flags & VALUE_BOUND ? 59 * NS_PER_S : 0), width);
    snprintf(out, size, "%s%.*s", bound, cut ? MINUTES : (int)strlen(text), text);
}

void quantity_number(char *out, size_t size, const struct view_context *context, enum quantity q,
                     double number) {
    char text[NUMBER_TEXT_SIZE];
    number_text(text, context, q, number);
    snprintf(out, size, "%s", text);
}

void quantity_text(char *out, size_t size, const struct view_context *context, const struct object *object,
                   enum quantity q, int width) {
    const struct quantity_info *info = &quantities[q];
    struct value v = quantity_get(context->model, object, q);
    char text[NUMBER_TEXT_SIZE + TIME_TEXT_SIZE];
    double number;
    unsigned marked = v.flags & (VALUE_ESTIMATED | VALUE_OLD);
    const char *bound = v.flags & VALUE_BOUND ? "≤" : v.flags & VALUE_LEAST ? "≥" : "";
    if (v.type == VALUE_TEXT) {
        snprintf(out, size, "%s%s", v.text, marked && text_width(v.text) < width ? "~" : "");
        return;
    }
    if (v.type == VALUE_TIME && v.i != TIME_UNSET) {
        v.i = value_instant(v);
        bound_instant_text(out, size, context, v, bound, width);
        return;
    }
    if (exact_number(out, size, q, v, width))
        return;
    v.flags &= (uint8_t) ~(VALUE_ESTIMATED | VALUE_OLD);
    const char *word = v.flags & VALUE_NEVER ? "never" : v.type == VALUE_SPAN && v.i == 0 ? none[q] : NULL;
    if (word) {
        snprintf(out, size, "%s%s", word, marked && (int)strlen(word) < width ? "~" : "");
        return;
    }
    if (plain_number(info, v) || v.type == VALUE_BOOL || !value_number(v, &number)) {
        value_format(out, (unsigned)size, v, info->unit);
        return;
    }
    number_text(text, context, q, number);
    if (marked && v.type == VALUE_SPAN)
        make_span_room(text, sizeof(text), v.i, bound, width);
    else if (marked)
        make_room(text, width - (*bound != 0));
    snprintf(out, size, "%s%s%s", bound, text,
             marked && (int)strlen(text) + (*bound != 0) < width ? "~" : "");
}

void quantity_text_unit(char *out, size_t size, const struct view_context *context,
                        const struct object *object, enum quantity q, int width, const char *unit) {
    double number;
    quantity_text(out, size, context, object, q, width);
    size_t len = strlen(out);
    if (!quantity_value(context->model, object, q, &number))
        return;
    bool marked = len > 0 && out[len - 1] == '~';
    len -= marked;
    snprintf(out + len, size - len, "%s%s", unit, marked ? "~" : "");
}

bool quantity_on_right(enum quantity q) {
    const struct quantity_info *info = &quantities[q];
    if (info->unit != UNIT_NONE)
        return true;
    return info->how == HOW_FIELD && fields[info->field].type != TYPE_TEXT &&
           fields[info->field].type != TYPE_BOOL;
}

const char *quantity_name_text(const struct model *model, const struct object *object, enum quantity q) {
    struct value v = quantity_get(model, object, q);
    return v.type == VALUE_TEXT ? v.text : "";
}

bool quantity_value(const struct model *model, const struct object *object, enum quantity q, double *out) {
    return value_number(quantity_get(model, object, q), out);
}

/* A word of a POSIX shell. */
static bool append_quoted(char *out, size_t size, const char *word) {
    size_t len = strlen(out);
    bool plain = *word != 0 &&
                 strspn(word, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./:@%+=,") ==
                     strlen(word);
    if (plain && *word != '-')
        return (size_t)snprintf(out + len, size - len, " %s", word) < size - len;
    if (len + 4 > size)
        return false;
    out[len++] = ' ';
    out[len++] = '\'';
    for (; *word && len + 6 < size; word++) {
        if (*word == '\'') {
            memcpy(out + len, "'\\''", 4);
            len += 4;
        } else {
            out[len++] = *word;
        }
    }
    out[len++] = '\'';
    out[len] = 0;
    return *word == 0;
}

/* Which words follow which command: quantities in order. */
static const struct command {
    enum object_kind kind;
    const char *text;
    int words[2]; /* quantities, -1 none */
    int account;  /* quantity: no option names it, who continues there must be in it; -1 none */
} commands[] = {
    {OBJECT_CLUSTER, "nats server report jetstream", {-1, -1}, -1},
    {OBJECT_SERVER, "nats server info", {Q_SERVER_name, -1}, -1},
    {OBJECT_CONNECTION,
     "nats server report connections --sort cid --account",
     {Q_CONNECTION_account, -1},
     -1},
    {OBJECT_STREAM, "nats stream info", {Q_STREAM_name, -1}, Q_STREAM_account},
    {OBJECT_CONSUMER, "nats consumer info", {Q_CONSUMER_stream, Q_CONSUMER_name}, Q_CONSUMER_account},
    {OBJECT_ROUTE, "nats server info", {Q_ROUTE_server, -1}, -1},
    {OBJECT_GATEWAY, "nats server info", {Q_GATEWAY_server, -1}, -1},
    {OBJECT_COST, "nats server info", {Q_COST_server, -1}, -1},
};

static void build(const struct command *c, char *out, size_t size, const struct model *model,
                  const struct object *object) {
    snprintf(out, size, "%s", c->text);
    for (int w = 0; w < 2 && c->words[w] >= 0; w++) {
        const char *word = quantity_name_text(model, object, (enum quantity)c->words[w]);
        if (!*word || !append_quoted(out, size, word)) {
            out[0] = 0; /* half a command is worse than none */
            return;
        }
    }
    const char *account = c->account >= 0 ? quantity_name_text(model, object, (enum quantity)c->account) : "";
    size_t len = strlen(out);
    if (*account && strcmp(account, "$G") != 0)
        snprintf(out + len, size - len, "  # in account %s", account);
}

void quantity_command(char *out, size_t size, const struct model *model, const struct object *object) {
    out[0] = 0;
    for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++)
        if (commands[i].kind == object->kind)
            build(&commands[i], out, size, model, object);
    if (!out[0] && object->kind == OBJECT_CONNECTION)
        snprintf(out, size, "nats server report connections --sort cid");
}
