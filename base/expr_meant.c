/* What was meant by a number that is none: its unit is written otherwise, or apart. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/expr_node.h"

#define DIGITS "0123456789"

/* What stands behind a number up to "/s". */
static size_t unit_len(const char *word) {
    size_t len = strlen(word);
    return len > 2 && strcmp(word + len - 2, "/s") == 0 ? len - 2 : len;
}

bool expr_unit_meant(const char *number, size_t len, const char *word, char *out, size_t size) {
    size_t unit = unit_len(word);
    const char *meant = number_unit_meant(word, unit);
    if (!meant || (*meant && strspn(number, DIGITS ".") < len))
        return false;
    snprintf(out, size, "`%.*s` is no unit: write %.*s%s%.2s", (int)unit, word, (int)(len < 40 ? len : 40),
             number, meant, word + unit);
    return true;
}

void expr_no_unit(const char *word, char *out, size_t size) {
    snprintf(out, size, "`%.*s` is no unit; there are %s", (int)unit_len(word), word, NUMBER_UNITS);
}

/* "1e400" */
static bool is_scientific(const char *behind) {
    size_t at = 1 + (*behind && behind[1] == '-');
    return (*behind == 'e' || *behind == 'E') && behind[at] && !behind[at + strspn(behind + at, DIGITS)];
}

bool expr_number_meant(const char *text, char *out, size_t size) {
    size_t digits = strspn(text, DIGITS ".");
    const char *word = text + digits;
    if (digits == 0 || !((*word >= 'a' && *word <= 'z') || (*word >= 'A' && *word <= 'Z')))
        return false;
    double value = is_scientific(word) ? strtod(text, NULL) : 0;
    if (value >= 1e15)
        snprintf(out, size, "`%s` is too large a number", text);
    else if (is_scientific(word))
        snprintf(out, size, "`%s` is not how numbers are written here: write %.15g", text, value);
    else if (!expr_unit_meant(text, digits, word, out, size))
        expr_no_unit(word, out, size);
    return true;
}
