/* The words that quantities are compared with: what can't be true of any object is a mistake of who wrote it.
 */
#include <stdio.h>
#include <string.h>

#include "base/near.h"
#include "base/text.h"
#include "model/asking.h"

static char lower(char c) {
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

/* "nobody_pulling" for "Nobody pulling", as pages have it. */
static bool is_spelling(const char *typed, const char *word) {
    for (; *typed && *word; typed++, word++)
        if (lower(*typed == ' ' ? '_' : *typed) != lower(*word))
            return false;
    return *typed == *word;
}

static bool is_truth(int id) {
    return id < QUANTITY_COUNT && quantity_is_truth((enum quantity)id);
}

static bool says_more(int id) {
    return id < QUANTITY_COUNT && quantity_says_more((enum quantity)id);
}

const char *asking_meant(int id, const char *text, bool *wrong) {
    const char *word;
    *wrong = false;
    if (!*text || !asking_word(id, 0) || (is_truth(id) && expr_is_truth_word(text)))
        return NULL;
    for (int n = 0; (word = asking_word(id, n)); n++)
        if (is_spelling(text, word))
            return word;
    *wrong = !(says_more(id) && strchr(text, ' '));
    return NULL;
}

static bool is_repeated(int id, int n) {
    for (int i = 0; i < n; i++)
        if (strcmp(asking_word(id, i), asking_word(id, n)) == 0)
            return true;
    return false;
}

/* "nobody pulling" for one word: the blank in it ended the comparison. */
static bool is_in_two(const char *typed, const char *behind, const char *word) {
    const char *next = behind + strspn(behind, " ");
    char both[64];
    snprintf(both, sizeof both, "%s %.*s", typed, (int)strcspn(next, " "), next);
    return is_spelling(both, word);
}

/* One that begins as it was typed is nearer than any other; a name has less than 64 bytes. */
static const char *nearest(int id, const char *text, const char *name, const char *behind) {
    const char *word, *begun = NULL;
    char small[64];
    size_t len = strlen(name);
    for (size_t i = 0; i <= len; i++)
        small[i] = lower(name[i]);
    struct near near = near_begin(small);
    for (int n = 0; (word = asking_word(id, n)); n++) {
        near_try(&near, word);
        if (is_in_two(text, behind, word))
            begun = word;
        begun = !begun && len && strncmp(word, small, len) == 0 ? word : begun;
    }
    return begun ? begun : near.name;
}

void asking_no_word(int id, const char *text, const char *behind, char *out, size_t size) {
    char clean[TEXT_MAX_BYTES + 1], name[64];
    const char *word, *quantity = quantities[id].name;
    text_clean(clean, text, strlen(text));
    text_cut(name, sizeof name, clean, 40);
    if (is_truth(id)) {
        snprintf(out, size, "%s is yes or no, not %s", quantity, name);
        return;
    }
    const char *meant = nearest(id, text, name, behind);
    int len = snprintf(out, size, "there is no %s %s; %s%s%s", quantity, name,
                       meant ? "did you mean " : "there are", meant ? meant : "", meant ? "?" : "");
    for (int n = 0; !meant && (word = asking_word(id, n)); n++)
        if ((size_t)len + strlen(word) + 2 < size && !is_repeated(id, n))
            len += snprintf(out + len, size - (size_t)len, "%s %s", n ? "," : "", word);
}
