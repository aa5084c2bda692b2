#include "tests/outward/alert_folder.h"

#include <check.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "tests/harness/folder.h"

const char alert_folder_good[] =
    "{\"natsight_alerts\":1,\"natsight\":\"0.1.0 (abc)\",\"cluster\":\"prod\",\n"
    "\"written\":\"2026-11-21T02:50:00.000Z\",\"later\":[1,2],\n"
    "\"alerts\":[{\"alert\":12,\"state\":\"open\",\"severity\":\"critical\",\"worst\":\"critical\",\n"
    "\"rule\":\"consumer_growing\",\"tag\":\"LAG\",\"entity\":\"consumer\",\"cluster\":\"eu\",\n"
    "\"name\":\"ORDERS/billing\",\"text\":\"is behind\",\"figure\":\"61.2k\",\"peak\":\"91k\",\n"
    "\"peak_size\":91000.5,\"worst_rule\":\"consumer_behind\",\n"
    "\"first_sign\":\"2026-11-21T02:41:07.123Z\",\"opened\":\"2026-11-21T02:41:37Z\",\"times\":2,\n"
    "\"came\":[\"2026-11-21T02:35:00Z\",\"2026-11-21T02:41:37Z\"],\"acked\":\"2026-11-21T02:45:00Z\",\n"
    "\"acked_severity\":\"critical\",\"acked_by\":\"ann\",\"note\":\"on it\",\"of_tomorrow\":true},\n"
    "{\"alert\":11,\"state\":\"cleared\",\"severity\":\"warn\",\"worst\":\"warn\",\"rule\":\"server_down\",\n"
    "\"tag\":\"DOWN\",\"entity\":\"server\",\"cluster\":\"eu\",\"name\":\"n1\",\"text\":\"n1 is down\",\n"
    "\"opened\":\"2026-11-21T01:00:00Z\",\"ended\":\"2026-11-21T01:10:00Z\",\"times\":1}],\n"
    "\"silences\":[{\"entity\":\"server\",\"name\":\"n2\",\"until\":\"2099-01-01T00:00:00Z\",\n"
    "\"note\":\"moves house\"}],\n"
    "\"servers\":[{\"name\":\"n9\",\"address\":\"127.0.0.9:8222\",\"cluster_port\":6222}],\n"
    "\"streams\":[{\"name\":\"EVENTS\",\"server\":\"n9\",\"account\":\"A\",\"domain\":\"hub\"}]}\n";

static struct folder folder;
static struct alert_place place;

void alert_folder_begin(void) {
    char state[600];
    ck_assert(folder_make(&folder, "natsight-alerts"));
    snprintf(state, sizeof state, "%s/state", folder.path);
    setenv("XDG_STATE_HOME", state, 1);
    ck_assert(alert_place_find(&place, ALERT_FOLDER_CLUSTER));
}

void alert_folder_end(void) {
    chmod(place.folder, 0700);
    alert_place_finish(&place);
    folder_remove(&folder);
}

const struct alert_place *alert_folder_place(void) {
    return &place;
}

void alert_folder_write(const char *text, size_t len) {
    char parent[600];
    snprintf(parent, sizeof parent, "%s/state", folder.path);
    mkdir(parent, 0700);
    mkdir(place.folder, 0700);
    FILE *file = fopen(place.file, "w");
    ck_assert_ptr_nonnull(file);
    ck_assert_uint_eq(fwrite(text, 1, len, file), len);
    ck_assert_int_eq(fclose(file), 0);
}

int alert_folder_count(const char *prefix, char *out, size_t size) {
    int count = 0;
    DIR *dir = opendir(place.folder);
    out[0] = '\0';
    for (struct dirent *entry; dir != NULL && (entry = readdir(dir)) != NULL;) {
        if (strncmp(entry->d_name, prefix, strlen(prefix)) != 0)
            continue;
        count++;
        snprintf(out, size, "%s", entry->d_name);
    }
    if (dir != NULL)
        closedir(dir);
    return count;
}

const char *alert_folder_text(const char *name) {
    static char text[1 << 20];
    char path[1200];
    snprintf(path, sizeof path, "%s/%s", place.folder, name);
    FILE *file = fopen(path, "r");
    ck_assert_msg(file != NULL, "%s", path);
    text[fread(text, 1, sizeof text - 1, file)] = '\0';
    fclose(file);
    return text;
}
