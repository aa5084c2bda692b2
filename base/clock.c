#include "base/clock.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define SECONDS_PER_DAY 86400LL

static int64_t clock_ns(clockid_t clock) {
    struct timespec now;
    clock_gettime(clock, &now);
    return (int64_t)now.tv_sec * NS_PER_S + now.tv_nsec;
}

#ifdef CLOCK_BOOTTIME
#define STEADY_CLOCK CLOCK_BOOTTIME
#else
#define STEADY_CLOCK CLOCK_MONOTONIC
#endif

static int64_t wall_ahead_ns;

int64_t clock_mono_ns(void) {
    return clock_ns(STEADY_CLOCK);
}

int64_t clock_wall_ns(void) {
    return clock_ns(CLOCK_REALTIME);
}

int64_t clock_utc_ns(void) {
    return time_of_wall(clock_wall_ns());
}

void clock_wall_ahead(int64_t ns) {
    wall_ahead_ns = ns;
}

int64_t clock_wall_ahead_ns(void) {
    return wall_ahead_ns;
}

/* What no clock will ever say is never moved. */
int64_t time_of_wall(int64_t wall_ns) {
    int64_t ns;
    bool moves = wall_ns != TIME_UNSET && !__builtin_sub_overflow(wall_ns, wall_ahead_ns, &ns);
    return moves ? ns : wall_ns;
}

static int64_t wall_of(int64_t utc_ns) {
    int64_t ns;
    bool moves = utc_ns != TIME_UNSET && !__builtin_add_overflow(utc_ns, wall_ahead_ns, &ns);
    return moves ? ns : utc_ns;
}

/* A reader that stops at the first thing it did not expect. */
struct cursor {
    const char *at, *end;
    bool good;
};

static bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

static bool next_is(const struct cursor *c, const char *any) {
    while (c->at < c->end && *any && *any != *c->at)
        any++;
    return c->at < c->end && *any;
}

static void expect(struct cursor *c, const char *any) {
    if (next_is(c, any))
        c->at++;
    else
        c->good = false;
}

static int take_number(struct cursor *c, int digits, int low, int high) {
    int value = 0;
    for (; digits > 0; digits--, c->at++) {
        if (c->at >= c->end || !is_digit(*c->at)) {
            c->good = false;
            return low;
        }
        value = value * 10 + (*c->at - '0');
    }
    if (value < low || value > high)
        c->good = false;
    return value;
}

static int64_t take_fraction(struct cursor *c) {
    int64_t ns = 0, scale = NS_PER_S / 10;
    const char *from = c->at;
    for (; c->at < c->end && is_digit(*c->at); c->at++, scale /= 10)
        ns += (*c->at - '0') * scale;
    if (c->at == from || c->at - from > 9)
        c->good = false;
    return ns;
}

static int64_t take_offset(struct cursor *c) {
    if (next_is(c, "Zz")) {
        c->at++;
        return 0;
    }
    int sign = next_is(c, "-") ? -1 : 1;
    expect(c, "+-");
    int hours = take_number(c, 2, 0, 23);
    expect(c, ":");
    int minutes = take_number(c, 2, 0, 59);
    return sign * (hours * 3600LL + minutes * 60LL);
}

static int days_in_month(int year, int month) {
    static const signed char days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return days[month - 1] + (month == 2 && leap);
}

/* Days since 1970-01-01 in the proleptic Gregorian calendar, the year beginning in March. */
static int64_t days_of_date(int year, int month, int day) {
    int64_t y = year - (month <= 2);
    int64_t era = y / 400, of_era = y % 400;
    int64_t of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

bool time_parse(const char *text, size_t len, int64_t *utc_ns) {
    struct cursor c = {text, text + len, true};
    int year = take_number(&c, 4, 1, 9999);
    expect(&c, "-");
    int month = take_number(&c, 2, 1, 12);
    expect(&c, "-");
    int day = take_number(&c, 2, 1, 31);
    expect(&c, "Tt ");
    int hour = take_number(&c, 2, 0, 23);
    expect(&c, ":");
    int minute = take_number(&c, 2, 0, 59);
    expect(&c, ":");
    int second = take_number(&c, 2, 0, 60);
    int64_t fraction = 0;
    if (next_is(&c, ".")) {
        c.at++;
        fraction = take_fraction(&c);
    }
    int64_t offset = take_offset(&c);
    if (!c.good || c.at != c.end || day > days_in_month(year, month))
        return false;
    if (year == 1) {
        *utc_ns = TIME_UNSET;
        return true;
    }
    int64_t seconds = days_of_date(year, month, day) * SECONDS_PER_DAY + hour * 3600 + minute * 60 + second;
    int64_t ns;
    if (__builtin_mul_overflow(seconds - offset, NS_PER_S, &ns) || __builtin_add_overflow(ns, fraction, &ns))
        return false;
    *utc_ns = ns;
    return true;
}

struct span_unit {
    const char *name;
    int64_t ns;
};

static const struct span_unit span_units[] = {
    {"ns", 1},
    {"us", NS_PER_US},
    {"\xc2\xb5s", NS_PER_US},
    {"\xce\xbcs", NS_PER_US},
    {"ms", NS_PER_MS},
    {"s", NS_PER_S},
    {"m", 60 * NS_PER_S},
    {"h", 3600 * NS_PER_S},
    {"d", SECONDS_PER_DAY *NS_PER_S},
    {"D", SECONDS_PER_DAY *NS_PER_S},
    {"w", 7 * SECONDS_PER_DAY *NS_PER_S},
    {"W", 7 * SECONDS_PER_DAY *NS_PER_S},
    {"M", 30 * SECONDS_PER_DAY *NS_PER_S},
    {"y", 365 * SECONDS_PER_DAY *NS_PER_S},
    {"Y", 365 * SECONDS_PER_DAY *NS_PER_S},
};

static int64_t take_unit(struct cursor *c) {
    const char *from = c->at;
    while (c->at < c->end && !is_digit(*c->at) && *c->at != '.')
        c->at++;
    size_t len = (size_t)(c->at - from);
    for (size_t i = 0; i < sizeof span_units / sizeof *span_units; i++)
        if (strlen(span_units[i].name) == len && !memcmp(span_units[i].name, from, len))
            return span_units[i].ns;
    c->good = false;
    return 0;
}

/* "1.5h": one number with one unit. Digits of the fraction that are worth less than a nanosecond are dropped.
 */
static int64_t take_span(struct cursor *c) {
    int64_t whole = 0, part = 0, part_scale = 1;
    int digits = 0;
    for (; c->at < c->end && is_digit(*c->at); c->at++, digits++)
        if (__builtin_mul_overflow(whole, 10, &whole) || __builtin_add_overflow(whole, *c->at - '0', &whole))
            c->good = false;
    if (next_is(c, ".")) {
        for (c->at++; c->at < c->end && is_digit(*c->at); c->at++, digits++) {
            if (part_scale < 1000000000000000LL) {
                part = part * 10 + (*c->at - '0');
                part_scale *= 10;
            }
        }
    }
    int64_t unit = take_unit(c), ns;
    if (!digits || !c->good || __builtin_mul_overflow(whole, unit, &ns)) {
        c->good = false;
        return 0;
    }
    int64_t more = (int64_t)((__int128)part * unit / part_scale);
    if (__builtin_add_overflow(ns, more, &ns))
        c->good = false;
    return ns;
}

bool span_parse(const char *text, size_t len, int64_t *ns) {
    struct cursor c = {text, text + len, true};
    bool negative = next_is(&c, "-");
    if (next_is(&c, "+-"))
        c.at++;
    int64_t sum = 0;
    if (c.end - c.at == 1 && *c.at == '0') {
        *ns = 0;
        return true;
    }
    if (c.at == c.end)
        return false;
    while (c.at < c.end && c.good)
        if (__builtin_add_overflow(sum, take_span(&c), &sum))
            c.good = false;
    if (!c.good)
        return false;
    *ns = negative ? -sum : sum;
    return true;
}

static int64_t floor_seconds(int64_t ns) {
    return ns / NS_PER_S - (ns % NS_PER_S < 0);
}

static bool split_time(struct tm *parts, int64_t utc_ns, bool local) {
    time_t seconds = (time_t)floor_seconds(wall_of(utc_ns));
    return utc_ns != TIME_UNSET && (local ? localtime_r(&seconds, parts) : gmtime_r(&seconds, parts));
}

void time_format_rfc3339(char out[TIME_TEXT_SIZE], int64_t utc_ns) {
    struct tm parts;
    strcpy(out, "-");
    if (!split_time(&parts, utc_ns, false))
        return;
    int64_t wall_ns = wall_of(utc_ns), ms = (wall_ns - floor_seconds(wall_ns) * NS_PER_S) / NS_PER_MS;
    size_t len = strftime(out, TIME_TEXT_SIZE, "%Y-%m-%dT%H:%M:%S", &parts);
    snprintf(out + len, TIME_TEXT_SIZE - len, ".%03dZ", (int)ms);
}

void time_format_clock(char out[TIME_TEXT_SIZE], int64_t utc_ns, bool local) {
    struct tm parts;
    strcpy(out, "-");
    if (split_time(&parts, utc_ns, local))
        strftime(out, TIME_TEXT_SIZE, "%H:%M:%S", &parts);
}

void time_format_date(char out[TIME_TEXT_SIZE], int64_t utc_ns, bool local) {
    struct tm parts;
    strcpy(out, "-");
    if (split_time(&parts, utc_ns, local))
        strftime(out, TIME_TEXT_SIZE, "%Y-%m-%d", &parts);
}

bool time_zone_known(const char *name) {
    char path[400], begin[4] = "";
    const char *folder = getenv("TZDIR");
    int len = snprintf(path, sizeof path, "%s/%s", folder != NULL ? folder : "/usr/share/zoneinfo", name);
    if (name[0] == '\0' || name[0] == '/' || strstr(name, "..") != NULL || len >= (int)sizeof path)
        return false;
    FILE *in = fopen(path, "re");
    bool known = in != NULL && fread(begin, 1, 4, in) == 4 && memcmp(begin, "TZif", 4) == 0;
    if (in != NULL)
        fclose(in);
    return known;
}

/* "Europe/Nowhere" is to the C library UTC by the name of "Europe". */
static bool is_no_zone(const char *name) {
    name += name[0] == ':';
    return name[0] != '\0' && name[0] != '/' && strpbrk(name, "0123456789") == NULL && !time_zone_known(name);
}

void time_format_zone(char out[TIME_TEXT_SIZE], int64_t utc_ns, bool local) {
    struct tm parts;
    const char *name = getenv("TZ");
    strcpy(out, "UTC");
    if (local && split_time(&parts, utc_ns, true) && !(name != NULL && is_no_zone(name)))
        snprintf(out, TIME_TEXT_SIZE, "%.8s", parts.tm_zone);
}

void time_zone_use(const char *name) {
    static char *given;
    static bool begun;
    const char *old = getenv("TZ");
    if (!begun && old != NULL)
        given = strdup(old);
    begun = true;
    if (name == NULL)
        name = given;
    if (name != NULL)
        setenv("TZ", name, 1);
    else
        unsetenv("TZ");
    tzset();
}

/* Below a minute: the unit that is shown with one decimal below 10 and none above. */
static bool format_short(char *out, size_t size, uint64_t ns) {
    static const struct {
        uint64_t below, unit;
        bool tenths;
        const char *name;
    } rows[] = {
        {1000, 1, false, "ns"},
        {99500, NS_PER_US, false, "us"},
        {9950000, NS_PER_MS, true, "ms"},
        {999500000, NS_PER_MS, false, "ms"},
        {9950000000, NS_PER_S, true, "s"},
        {59500000000, NS_PER_S, false, "s"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        if (ns >= rows[i].below)
            continue;
        uint64_t step = rows[i].tenths ? rows[i].unit / 10 : rows[i].unit;
        uint64_t shown = (ns + step / 2) / step;
        if (rows[i].tenths)
            snprintf(out, size, "%d.%d%s", (int)(shown / 10), (int)(shown % 10), rows[i].name);
        else
            snprintf(out, size, "%d%s", (int)shown, rows[i].name);
        return true;
    }
    return false;
}

static void format_long(char *out, size_t size, uint64_t ns) {
    unsigned long s = (unsigned long)((ns + NS_PER_S / 2) / NS_PER_S);
    if (s < 3600)
        snprintf(out, size, "%lum%02lus", s / 60, s % 60);
    else if (s < 86400)
        snprintf(out, size, "%luh%02lum", s / 3600, s / 60 % 60);
    else if (s < 100 * 86400)
        snprintf(out, size, "%lud%02luh", s / 86400, s / 3600 % 24);
    else if (s < 10000 * 86400UL)
        snprintf(out, size, "%lud", s / 86400);
    else
        snprintf(out, size, "%luy", s / 86400 / 365);
}

void span_format(char out[TIME_TEXT_SIZE], int64_t ns) {
    size_t at = 0;
    if (ns == TIME_UNSET) {
        strcpy(out, "-");
        return;
    }
    if (ns < 0)
        out[at++] = '-';
    uint64_t size = (uint64_t)(ns < 0 ? -ns : ns);
    if (size == 0)
        strcpy(out, "0s");
    else if (!format_short(out + at, TIME_TEXT_SIZE - at, size))
        format_long(out + at, TIME_TEXT_SIZE - at, size);
}

void lasted_format(char out[TIME_TEXT_SIZE], int64_t ns) {
    if (ns >= 0 && ns < 60 * NS_PER_S)
        snprintf(out, TIME_TEXT_SIZE, "%ds", (int)(ns / NS_PER_S));
    else
        span_format(out, ns == TIME_UNSET ? ns : ns / NS_PER_S * NS_PER_S);
}
