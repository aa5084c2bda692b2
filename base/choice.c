#include "base/choice.h"

#include <stdio.h>
#include <string.h>

bool choice_word(const char *words, int n, char *out, size_t size) {
    const char *at = words;
    for (; n > 0 && at != NULL; n--)
        at = strchr(at, '|') != NULL ? strchr(at, '|') + 1 : NULL;
    if (at == NULL)
        return false;
    snprintf(out, size, "%.*s", (int)strcspn(at, "|"), at);
    return true;
}

int choice_index(const char *words, const char *text) {
    char word[64];
    for (int i = 0; choice_word(words, i, word, sizeof word); i++)
        if (strcmp(word, text) == 0)
            return i;
    return -1;
}
