/* Levels that streams and consumers carry in their metadata: how they are read, and that they go with it. */
#include "tests/model_stream.h"

static const char *raw; /* of the one key that a test is about */

static void say(struct night *n, enum field key, bool config, const char *enabled) {
    struct sample *s = jsz(n, 0);
    struct row *row = put_told(n, s, &plain), *c = add_consumer(s, "C", 0, 0, 5, 5);
    bool of_stream = fields[key].entity == ENTITY_STREAM;
    if (config) {
        put_u(row, F_STREAM_config, 1);
        put_u(c, F_CONSUMER_config, 1);
        put_text(s, of_stream ? row : c, key, raw);
        put_text(s, of_stream ? row : c, of_stream ? F_STREAM_told_enabled : F_CONSUMER_told_enabled,
                 enabled);
    }
    send(n, s);
}

/* ---- reading ---- */

#define STREAM_KEY(NAME)   F_STREAM_told_##NAME, Q_STREAM_told_##NAME
#define CONSUMER_KEY(NAME) F_CONSUMER_told_##NAME, Q_CONSUMER_told_##NAME

static const struct {
    enum field key;
    enum quantity quantity;
    const char *text;
    double level;      /* NAN: none */
    const char *wrong; /* "": it can be read */
} readings[] = {
    {STREAM_KEY(lag), "200", 200, ""},
    {STREAM_KEY(lag), "9223372036854775807", 0x1p63, ""},
    {STREAM_KEY(lag), "0", NAN, ""},
    {STREAM_KEY(lag), "", NAN, "lag-critical: \"\" is no whole number"},
    {STREAM_KEY(lag), "-5", NAN, "lag-critical: \"-5\" is no whole number"},
    {STREAM_KEY(lag), "12x", NAN, "lag-critical: \"12x\" is no whole number"},
    {STREAM_KEY(lag), " 12", NAN, "lag-critical: \" 12\" is no whole number"},
    {STREAM_KEY(lag), "1e3", NAN, "lag-critical: \"1e3\" is no whole number"},
    {STREAM_KEY(lag), "99999999999999999999", NAN,
     "lag-critical: \"99999999999999999999\" is no whole number"},
    {STREAM_KEY(min_sources), "+2", 2, ""},
    {STREAM_KEY(max_sources), "-2", NAN, ""},
    {STREAM_KEY(peer_expect), "3", 3, ""},
    {STREAM_KEY(peer_lag), "10", 10, ""},
    {STREAM_KEY(msgs_warn), "11", 11, ""},
    {STREAM_KEY(msgs_critical), "12", 12, ""},
    {STREAM_KEY(subjects_warn), "13", 13, ""},
    {STREAM_KEY(subjects_critical), "14", 14, ""},
    {STREAM_KEY(seen), "5m", 300e9, ""},
    {STREAM_KEY(seen), " 1h 30m ", 5400e9, ""},
    {STREAM_KEY(seen), "1d", 86400e9, ""},
    {STREAM_KEY(seen), "1w", 7 * 86400e9, ""},
    {STREAM_KEY(seen), "1M", 30 * 86400e9, ""},
    {STREAM_KEY(seen), "1y", 365 * 86400e9, ""},
    {STREAM_KEY(seen), "1500ms", 1.5e9, ""},
    {STREAM_KEY(seen), "0", NAN, ""},
    {STREAM_KEY(seen), "-5m", NAN, ""},
    {STREAM_KEY(seen), "300", NAN, "seen-critical: \"300\" is no time with a unit"},
    {STREAM_KEY(seen), "300y", NAN, "seen-critical: \"300y\" is no time with a unit"},
    {STREAM_KEY(seen), " ", NAN, "seen-critical: \" \" is no time with a unit"},
    {STREAM_KEY(peer_seen), "90s", 90e9, ""},
    {CONSUMER_KEY(outstanding_ack), "15", 15, ""},
    {CONSUMER_KEY(waiting), "16", 16, ""},
    {CONSUMER_KEY(unprocessed), "500", 500, ""},
    {CONSUMER_KEY(last_delivery), "10s", 10e9, ""},
    {CONSUMER_KEY(last_ack), "20s", 20e9, ""},
    {CONSUMER_KEY(redelivery), "17", 17, ""},
    {CONSUMER_KEY(pinned), "T", 1, ""},
    {CONSUMER_KEY(pinned), "0", 0, ""},
    {CONSUMER_KEY(pinned), "yes", NAN, "pinned: \"yes\" is neither true nor false"},
};

static bool is_same(double a, double b) {
    return isnan(a) ? isnan(b) : a == b;
}

static const struct object *asset(const struct night *n, enum field key) {
    return fields[key].entity == ENTITY_STREAM ? stream(n) : consumer(n, "C");
}

START_TEST(a_level_is_read_as_the_nats_command_reads_it) {
    const enum field key = readings[_i].key;
    const bool of_stream = fields[key].entity == ENTITY_STREAM;
    const enum quantity q = readings[_i].quantity;
    struct night n;
    begin_three(&n);
    raw = readings[_i].text;
    say(&n, key, true, NULL);
    double got = number_value(&n, asset(&n, key), q);
    ck_assert_msg(is_same(got, readings[_i].level), "%s = \"%s\": %g", fields[key].name, raw, got);
    ck_assert_str_eq(text_value(&n, asset(&n, key), of_stream ? Q_STREAM_told_wrong : Q_CONSUMER_told_wrong),
                     readings[_i].wrong);
    say(&n, key, true, "true");
    ck_assert(is_same(number_value(&n, asset(&n, key), q), readings[_i].level));
    say(&n, key, true, "false");
    ck_assert(isnan(number_value(&n, asset(&n, key), q)));
    ck_assert_double_eq(
        number_value(&n, asset(&n, key), of_stream ? Q_STREAM_told_enabled : Q_CONSUMER_told_enabled), 0);
    night_end(&n);
}
END_TEST

START_TEST(an_unreadable_switch_switches_nothing_off) {
    struct night n;
    begin_three(&n);
    raw = "500";
    say(&n, F_CONSUMER_told_unprocessed, true, "off");
    ck_assert_double_eq(number_value(&n, consumer(&n, "C"), Q_CONSUMER_told_unprocessed), 500);
    ck_assert_str_eq(text_value(&n, consumer(&n, "C"), Q_CONSUMER_told_wrong),
                     "enabled: \"off\" is neither true nor false");
    raw = "many";
    say(&n, F_CONSUMER_told_unprocessed, true, "off");
    ck_assert_str_eq(text_value(&n, consumer(&n, "C"), Q_CONSUMER_told_wrong),
                     "enabled: \"off\" is neither true nor false, and 1 more");
    night_end(&n);
}
END_TEST

/* ---- coming and going ---- */

static double unprocessed(const struct night *n) {
    return number_value(n, consumer(n, "C"), Q_CONSUMER_told_unprocessed);
}

START_TEST(a_level_stays_between_configurations_and_goes_with_it) {
    struct night n;
    begin_three(&n);
    raw = "500";
    say(&n, F_CONSUMER_told_unprocessed, true, NULL);
    varz_until(&n, 5, 7);
    say(&n, F_CONSUMER_told_unprocessed, false, NULL);
    ck_assert_double_eq(unprocessed(&n), 500);
    ck_assert_str_eq(text_value(&n, consumer(&n, "C"), Q_CONSUMER_told), "unprocessed-critical 500");
    raw = "700";
    varz_until(&n, 10, 7);
    say(&n, F_CONSUMER_told_unprocessed, true, NULL);
    ck_assert_double_eq(unprocessed(&n), 700);
    raw = NULL;
    varz_until(&n, 15, 7);
    say(&n, F_CONSUMER_told_unprocessed, true, NULL);
    ck_assert(isnan(unprocessed(&n)));
    ck_assert_str_eq(text_value(&n, consumer(&n, "C"), Q_CONSUMER_told), "");
    night_end(&n);
}
END_TEST

START_TEST(all_levels_in_force_are_said_together) {
    struct night n;
    begin_three(&n);
    struct sample *s = jsz(&n, 0);
    struct row *row = put_told(&n, s, &plain);
    put_u(row, F_STREAM_config, 1);
    put_text(s, row, F_STREAM_told_enabled, "true");
    put_text(s, row, F_STREAM_told_lag, "200");
    put_text(s, row, F_STREAM_told_max_sources, "0");
    put_text(s, row, F_STREAM_told_peer_expect, "3");
    send(&n, s);
    ck_assert_str_eq(text_value(&n, stream(&n), Q_STREAM_told), "lag-critical 200, peer-expect 3");
    night_end(&n);
}
END_TEST

/* The longest texts that there can be are cut, not written past the end. */
START_TEST(long_texts_are_cut) {
    static char digits[TEXT_MAX_BYTES + 1];
    struct night n;
    begin_three(&n);
    memset(digits, '0', TEXT_MAX_BYTES);
    digits[TEXT_MAX_BYTES - 1] = '1';
    struct sample *s = jsz(&n, 0);
    struct row *row = put_told(&n, s, &plain);
    for (int f = F_STREAM_told_lag; f <= F_STREAM_told_subjects_critical; f++)
        put_text(s, row, (enum field)f, digits);
    send(&n, s);
    ck_assert_uint_gt(strlen(text_value(&n, stream(&n), Q_STREAM_told)), TEXT_MAX_BYTES);
    memset(digits, 'x', TEXT_MAX_BYTES);
    s = jsz(&n, 0);
    row = put_told(&n, s, &plain);
    for (int f = F_STREAM_told_lag; f <= F_STREAM_told_subjects_critical; f++)
        put_text(s, row, (enum field)f, digits);
    send(&n, s);
    ck_assert_ptr_nonnull(
        strstr(text_value(&n, stream(&n), Q_STREAM_told_wrong), "xx\" is no whole number, and 10 more"));
    night_end(&n);
}
END_TEST

static TCase *cases(void) {
    TCase *t = tcase_create("told");
    tcase_add_loop_test(t, a_level_is_read_as_the_nats_command_reads_it, 0,
                        sizeof readings / sizeof *readings);
    tcase_add_test(t, an_unreadable_switch_switches_nothing_off);
    tcase_add_test(t, a_level_stays_between_configurations_and_goes_with_it);
    tcase_add_test(t, all_levels_in_force_are_said_together);
    tcase_add_test(t, long_texts_are_cut);
    return t;
}

int main(void) {
    return run_case("model: levels that assets carry", cases);
}
