#include "views/account.h"

#include <stdio.h>
#include <string.h>

#include "views/quantity_text.h"

static const char *text_of(const struct model *model, enum quantity q) {
    const struct object *account = model_account(model);
    return account ? quantity_name_text(model, account, q) : "";
}

const char *account_note(const struct model *model) {
    return text_of(model, Q_API_note);
}

const char *account_empty(const struct model *model, const char *usual) {
    const char *note = account_note(model);
    return *note ? note : usual;
}

void account_name(const struct model *model, char *out, size_t size) {
    const char *name = text_of(model, Q_API_name);
    snprintf(out, size, "%s%s", *name && !strstr(name, "account") ? "account " : "", name);
}

const char *account_fault(const struct model *model) {
    return text_of(model, Q_API_failing);
}

bool account_answers(const struct model *model) {
    return strcmp(text_of(model, Q_API_state), "up") == 0 && !*account_fault(model);
}
