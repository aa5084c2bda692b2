#include "base/number.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/clock.h"

/* Decimal points are written from integers: printf's would follow the locale. */

static const double powers_of_ten[] = {1,    1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
                                       1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};

static void format_decimals(char *out, size_t size, double value, int decimals, const char *suffix) {
    unsigned long scale = (unsigned long)powers_of_ten[decimals];
    unsigned long shown = (unsigned long)(value * (double)scale + 0.5);
    if (decimals)
        snprintf(out, size, "%lu.%0*lu%s", shown / scale, decimals, shown % scale, suffix);
    else
        snprintf(out, size, "%lu%s", shown, suffix);
}

/* Below the first step: whole numbers plainly, others with one decimal below 10. "0.0" is little, "0" is
 * nothing. */
static void format_small(char *out, size_t size, double value, const char *suffix) {
    bool tenths = value < 9.95 && fabs(value - round(value)) > 1e-9;
    format_decimals(out, size, value, tenths ? 1 : 0, suffix);
}

/* Three significant digits of value / step^n; from 999.5 on the next letter has a better three, except that
 * bytes run to 1023. */
static void format_scaled(char *out, size_t size, double value, double step, const char *letters) {
    char letter[2] = "";
    double top = step == 1000.0 ? 999.5 : 1023.5;
    if (value < top) {
        format_small(out, size, value, "");
        return;
    }
    for (; *letters && value >= top; letters++) {
        value /= step;
        letter[0] = *letters;
    }
    if (value >= top) {
        snprintf(out, size, "huge");
        return;
    }
    format_decimals(out, size, value, value < 9.995 ? 2 : value < 99.95 ? 1 : 0, letter);
}

static void format_share(char *out, size_t size, double value) {
    if (value < 99.995)
        format_small(out, size, value * 100, "%");
    else
        format_scaled(out, size, value * 100, 1000, "kMGTPE");
}

static void format_instant(char *out, size_t size, double value) {
    char text[TIME_TEXT_SIZE] = "-";
    if (fabs(value) < 9.2e18)
        time_format_clock(text, (int64_t)value, false);
    snprintf(out, size, "%s", text);
}

static void format_size(char *out, size_t size, double value, enum unit unit) {
    char span[TIME_TEXT_SIZE];
    switch (unit) {
    case UNIT_BYTES:
    case UNIT_BYTES_PER_S:
        format_scaled(out, size, value, 1024, "KMGTPE");
        return;
    case UNIT_NS:
        span_format(span, value < 9.2e18 ? (int64_t)(value + 0.5) : INT64_MAX);
        snprintf(out, size, "%s", span);
        return;
    case UNIT_RATIO:
        format_share(out, size, value);
        return;
    default:
        format_scaled(out, size, value, 1000, "kMGTPE");
    }
}

static void format_with_sign(char *out, double value, enum unit unit, const char *plus) {
    const char *sign = value < 0 ? "-" : value > 0 ? plus : "";
    if (isnan(value)) {
        strcpy(out, "-");
        return;
    }
    if (isinf(value)) {
        snprintf(out, NUMBER_TEXT_SIZE, "%sinf", sign);
        return;
    }
    if (unit == UNIT_TIME) {
        format_instant(out, NUMBER_TEXT_SIZE, value);
        return;
    }
    size_t len = strlen(strcpy(out, sign));
    format_size(out + len, NUMBER_TEXT_SIZE - len, fabs(value), unit);
    if (len && out[len] == '0' && !strpbrk(out + len, "123456789")) /* a zero has no sign */
        memmove(out, out + len, strlen(out + len) + 1);
}

void number_format(char out[NUMBER_TEXT_SIZE], double value, enum unit unit) {
    format_with_sign(out, value, unit, "");
}

void number_format_signed(char out[NUMBER_TEXT_SIZE], double value, enum unit unit) {
    format_with_sign(out, value, unit, "+");
}

void number_format_grouped(char out[NUMBER_TEXT_SIZE], uint64_t value) {
    char digits[24];
    int len = snprintf(digits, sizeof digits, "%llu", (unsigned long long)value), n = 0;
    for (int i = 0; i < len; i++) {
        if (i && (len - i) % 3 == 0)
            out[n++] = ',';
        out[n++] = digits[i];
    }
    out[n] = '\0';
}

static bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

static bool is_word(char c) {
    return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
           (unsigned char)c >= 0x80;
}

/* "12", "12.5", ".5": at most 18 significant digits count, more of them only move the point. */
static size_t parse_digits(const char *text, double *value) {
    uint64_t mantissa = 0;
    int exponent = 0, digits = 0;
    bool point = false;
    size_t i = 0;
    for (; is_digit(text[i]) || (text[i] == '.' && !point && is_digit(text[i + 1])); i++) {
        if (text[i] == '.') {
            point = true;
            continue;
        }
        digits++;
        if (mantissa < 100000000000000000u) {
            mantissa = mantissa * 10 + (uint64_t)(text[i] - '0');
            exponent -= point;
        } else if (!point && exponent < 400) {
            exponent++;
        }
    }
    *value = exponent < 0 ? (double)mantissa / powers_of_ten[exponent < -22 ? 22 : -exponent]
                          : (double)mantissa * pow(10, exponent);
    return digits ? i : 0;
}

struct suffix {
    const char *name;
    double factor;
    enum unit unit;
};

#define KI 1024.0
static const struct suffix suffixes[] = {
    {"k", 1e3, UNIT_COUNT},
    {"K", 1e3, UNIT_COUNT},
    {"M", 1e6, UNIT_COUNT},
    {"G", 1e9, UNIT_COUNT},
    {"T", 1e12, UNIT_COUNT},
    {"B", 1, UNIT_BYTES},
    {"kB", KI, UNIT_BYTES},
    {"KB", KI, UNIT_BYTES},
    {"MB", KI *KI, UNIT_BYTES},
    {"GB", KI *KI *KI, UNIT_BYTES},
    {"TB", KI *KI *KI *KI, UNIT_BYTES},
    {"KiB", KI, UNIT_BYTES},
    {"MiB", KI *KI, UNIT_BYTES},
    {"GiB", KI *KI *KI, UNIT_BYTES},
    {"TiB", KI *KI *KI *KI, UNIT_BYTES},
    {"%", 1, UNIT_PERCENT},
    {"ns", 1, UNIT_NS},
    {"us", 1e3, UNIT_NS},
    {"\xc2\xb5s", 1e3, UNIT_NS},
    {"\xce\xbcs", 1e3, UNIT_NS},
    {"ms", 1e6, UNIT_NS},
    {"s", 1e9, UNIT_NS},
    {"m", 60e9, UNIT_NS},
    {"h", 3600e9, UNIT_NS},
    {"d", 86400e9, UNIT_NS},
    {"y", 365 * 86400e9, UNIT_NS},
};

/* The suffix that stands at `text` as a whole word, except that a span may run on: "1h30m". */
static const struct suffix *find_suffix(const char *text, size_t *len) {
    size_t word = 0;
    while (is_word(text[word]) && !is_digit(text[word]) && text[word] != '_')
        word++;
    *len = text[0] == '%' ? 1 : word;
    for (size_t i = 0; i < sizeof suffixes / sizeof *suffixes; i++) {
        const struct suffix *s = &suffixes[i];
        if (strlen(s->name) != *len || memcmp(s->name, text, *len) != 0)
            continue;
        return !is_word(text[*len]) || (s->unit == UNIT_NS && is_digit(text[*len])) ? s : NULL;
    }
    return NULL;
}

/* "/s" behind a count or a size makes a rate. */
static size_t parse_per_second(const char *text, enum unit *unit) {
    if (text[0] != '/' || text[1] != 's' || is_word(text[2]))
        return 0;
    if (*unit != UNIT_BYTES && *unit != UNIT_COUNT && *unit != UNIT_NONE)
        return 0;
    *unit = *unit == UNIT_BYTES ? UNIT_BYTES_PER_S : UNIT_PER_S;
    return 2;
}

static size_t parse_with_unit(const char *text, double *value, enum unit *unit) {
    size_t len, at = parse_digits(text, value);
    *unit = UNIT_NONE;
    if (!at)
        return 0;
    size_t blanks = strspn(text + at, " ");
    const struct suffix *suffix = find_suffix(text + at + blanks, &len);
    if (suffix) {
        *value *= suffix->factor;
        *unit = suffix->unit;
        at += blanks + len;
    }
    return at + parse_per_second(text + at, unit);
}

size_t number_parse(const char *text, double *value, enum unit *unit) {
    size_t at = text[0] == '-' || text[0] == '+', used = parse_with_unit(text + at, value, unit);
    if (!used)
        return 0;
    at += used;
    while (*unit == UNIT_NS && is_digit(text[at])) {
        double more;
        enum unit more_unit;
        used = parse_with_unit(text + at, &more, &more_unit);
        if (more_unit != UNIT_NS)
            break;
        *value += more;
        at += used;
    }
    if (text[0] == '-')
        *value = -*value;
    return at;
}

/* As people write them. */
static const struct {
    const char *word, *unit;
} meant[] = {
    {"nsec", "ns"},    {"usec", "us"},   {"msec", "ms"}, {"millis", "ms"}, {"sec", "s"},     {"secs", "s"},
    {"second", "s"},   {"seconds", "s"}, {"min", "m"},   {"mins", "m"},    {"minute", "m"},  {"minutes", "m"},
    {"hr", "h"},       {"hrs", "h"},     {"hour", "h"},  {"hours", "h"},   {"day", "d"},     {"days", "d"},
    {"year", "y"},     {"years", "y"},   {"byte", "B"},  {"bytes", "B"},   {"percent", "%"}, {"pct", "%"},
    {"thousand", "k"}, {"million", "M"}, {"mio", "M"},   {"msg", ""},      {"msgs", ""},     {"message", ""},
    {"messages", ""},  {"times", ""},
};

static bool is_same_word(const char *name, const char *word, size_t len) {
    return strlen(name) == len && strncasecmp(name, word, len) == 0;
}

const char *number_unit_meant(const char *word, size_t len) {
    for (size_t i = 0; i < sizeof meant / sizeof *meant; i++)
        if (is_same_word(meant[i].word, word, len))
            return meant[i].unit;
    for (size_t i = 0; i < sizeof suffixes / sizeof *suffixes; i++)
        if (is_same_word(suffixes[i].name, word, len))
            return suffixes[i].name;
    return NULL;
}
