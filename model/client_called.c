#include <stdio.h>
#include <string.h>

#include "model/alerts.h"
#include "model/connection.h"

bool model_client_called(const struct object *connection, char *out, size_t size) {
    bool is = connection && connection->kind == OBJECT_CONNECTION && !connection_is_leaf(connection->now);
    const struct row *row = is ? connection->now : NULL;
    const char *name = is ? row_text(row, F_CONNECTION_name) : "";
    out[0] = '\0';
    if (is && !*name)
        name = row_text(row, F_CONNECTION_mqtt_client);
    if (!*name)
        return false;
    const char *user = row_text(row, F_CONNECTION_user), *account = row_text(row, F_CONNECTION_account);
    bool own = *account && strcmp(account, "$G") != 0;
    snprintf(out, size, "%s%s%s%s%s%s%s", name, *user || own ? " (" : "", *user ? "user " : "", user,
             *user && own ? ", account "
             : own        ? "account "
                          : "",
             own ? account : "", *user || own ? ")" : "");
    return true;
}
