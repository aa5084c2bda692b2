#include "themes/draft.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/near.h"
#include "base/text.h"
#include "themes/shipped.h"

#define ENDING ".theme"
enum { MOST_INHERITED = 8, MOST_BYTES = 64 << 10, MOST_ENTRIES = 4096, FOLDERS = 3, PATH_SIZE = 1024 };

/* ---- where themes are ---- */

static bool user_folder(char out[PATH_SIZE]) {
    const char *config = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME");
    int len = -1;
    if (config != NULL && config[0] == '/')
        len = snprintf(out, PATH_SIZE, "%s/natsight/themes", config);
    else if (home != NULL && home[0] == '/')
        len = snprintf(out, PATH_SIZE, "%s/.config/natsight/themes", home);
    return len > 0 && len < PATH_SIZE;
}

/* From the program's folder, or the one that this one is in. */
static bool beside_program(char out[PATH_SIZE], bool above, const char *tail) {
    ssize_t len = readlink("/proc/self/exe", out, PATH_SIZE - 1);
    if (len <= 0)
        return false;
    out[len] = '\0';
    char *name = strrchr(out, '/');
    if (above && name != NULL) {
        *name = '\0';
        name = strrchr(out, '/');
    }
    size_t room = name != NULL ? PATH_SIZE - (size_t)(name - out) : 0;
    return room > 0 && (size_t)snprintf(name, room, "/%s", tail) < room;
}

/* PREFIX/bin/natsight has PREFIX/share/natsight/themes, wherever that was moved. */
static bool installed_folder(char out[PATH_SIZE]) {
    return beside_program(out, true, "share/natsight/themes");
}

/* Of a tree that was built and not installed. */
static bool built_folder(char out[PATH_SIZE]) {
    return beside_program(out, false, "themes");
}

static bool (*const folders[FOLDERS])(char out[PATH_SIZE]) = {user_folder, installed_folder, built_folder};

static bool is_name(const char *name) {
    size_t len = strlen(name);
    return len > 0 && len < THEME_NAME_SIZE && name[0] != '.' &&
           strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.") == len;
}

static bool is_file_name(const char *name) {
    size_t len = strlen(name), ending = strlen(ENDING);
    return strchr(name, '/') != NULL || (len > ending && strcmp(name + len - ending, ENDING) == 0);
}

/* ---- reading one, and those it inherits ---- */

struct chain {
    char paths[MOST_INHERITED][PATH_SIZE];
    struct draft drafts[MOST_INHERITED];
    int count;
    bool on_builtin; /* the last one inherits what is compiled in */
    struct theme_faults faults;
};

/* The length, or -1 after having said why. Never waits: only regular files are read. */
static ssize_t read_file(const char *path, char *bytes, struct theme_faults *faults) {
    struct stat about;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (fd < 0 || fstat(fd, &about) < 0) {
        theme_fault(faults, path, 0, "%s", errno == ENOENT ? "there is no such file" : strerror(errno));
        if (fd >= 0)
            close(fd);
        return -1;
    }
    ssize_t len = S_ISREG(about.st_mode) ? read(fd, bytes, MOST_BYTES + 1) : MOST_BYTES + 1;
    close(fd);
    if (len >= 0 && len <= MOST_BYTES)
        return len;
    theme_fault(faults, path, 0, "%s",
                len < 0 ? strerror(errno) : "this is no theme: a text file of at most 64 KiB");
    return -1;
}

static bool add_file(struct chain *chain, const char *path) {
    static char bytes[MOST_BYTES + 1];
    ssize_t len = read_file(path, bytes, &chain->faults);
    if (len < 0)
        return false;
    snprintf(chain->paths[chain->count], PATH_SIZE, "%s", path);
    draft_parse(&chain->drafts[chain->count++], path, bytes, (size_t)len, &chain->faults);
    return true;
}

/* Two ways to the same file are one. */
static bool is_in_chain(const struct chain *chain, const char *path) {
    struct stat one, other;
    if (stat(path, &one) < 0)
        return false;
    for (int i = 0; i < chain->count; i++)
        if (stat(chain->paths[i], &other) == 0 && one.st_dev == other.st_dev && one.st_ino == other.st_ino)
            return true;
    return false;
}

/* A file of this name that is being read already, or one that is not. */
static bool find_path(const struct chain *chain, bool in_chain, const char *name, char path[PATH_SIZE]) {
    char folder[PATH_SIZE];
    for (int i = 0; i < FOLDERS; i++) {
        int len = folders[i](folder) ? snprintf(path, PATH_SIZE, "%s/%s" ENDING, folder, name) : 0;
        if (len > 0 && len < PATH_SIZE && access(path, F_OK) == 0 && is_in_chain(chain, path) == in_chain)
            return true;
    }
    return false;
}

static const char *nearest_name(const char *name) {
    static char names[THEME_MOST_NAMES][THEME_NAME_SIZE];
    int count = theme_names(names);
    struct near near = near_begin(name);
    for (int i = 0; i < count; i++)
        near_try(&near, names[i]);
    return near.name;
}

/* " (looked in A, B and the program)" */
static void say_where(char *out, size_t size) {
    char folder[PATH_SIZE];
    const char *gap = " (looked in ";
    size_t len = 0;
    for (int i = 0; i < FOLDERS && len < size; i++)
        if (folders[i](folder)) {
            len += (size_t)snprintf(out + len, size - len, "%s%s", gap, folder);
            gap = ", ";
        }
    if (len < size)
        snprintf(out + len, size - len, len > 0 ? " and the program)" : " (looked in the program)");
}

static void not_found(struct chain *chain, const char *name) {
    char clean[TEXT_MAX_BYTES + 1], shown[80], cause[1200] = "", path[PATH_SIZE];
    text_clean(clean, name, strnlen(name, 200));
    text_cut(shown, sizeof shown, clean, 40);
    const char *near = nearest_name(name);
    if (near != NULL && strcmp(near, name) != 0)
        snprintf(cause, sizeof cause, "; did you mean %.40s?", near);
    size_t len = strlen(cause);
    say_where(cause + len, sizeof cause - len);
    if (chain->count == 0)
        theme_fault(&chain->faults, shown, 0, "there is no such theme%s", cause);
    else if (is_name(name) && find_path(chain, true, name, path))
        theme_fault(&chain->faults, chain->paths[chain->count - 1],
                    chain->drafts[chain->count - 1].inherits_line,
                    "a theme can't inherit itself, also not through another one: %s is read already", path);
    else
        theme_fault(&chain->faults, chain->paths[chain->count - 1],
                    chain->drafts[chain->count - 1].inherits_line, "there is no theme \"%s\" to inherit%s",
                    shown, cause);
}

static const struct shipped_theme *shipped(const char *name) {
    const struct shipped_theme *one = shipped_themes;
    while (one->name != NULL && strcmp(one->name, name) != 0)
        one++;
    return one->name != NULL ? one : NULL;
}

static bool add_shipped(struct chain *chain, const struct shipped_theme *one) {
    char *path = chain->paths[chain->count];
    snprintf(path, PATH_SIZE, "%s" ENDING " in the program", one->name);
    draft_parse(&chain->drafts[chain->count++], path, one->text, strlen(one->text), &chain->faults);
    return true;
}

/* One step: the file, or what is compiled in, that this name means. */
static bool add_named(struct chain *chain, const char *name) {
    char path[PATH_SIZE];
    /* Another of the same name: a user's dark.theme may inherit dark. */
    if (is_name(name) && find_path(chain, false, name, path))
        return add_file(chain, path);
    if (strcmp(name, theme_builtin()->name) == 0) {
        chain->on_builtin = true;
        return true;
    }
    if (shipped(name) != NULL)
        return add_shipped(chain, shipped(name));
    not_found(chain, name);
    return false;
}

static bool add_inherited(struct chain *chain) {
    while (!chain->on_builtin && chain->drafts[chain->count - 1].inherits[0] != '\0') {
        const struct draft *last = &chain->drafts[chain->count - 1];
        if (chain->count == MOST_INHERITED) {
            theme_fault(&chain->faults, chain->paths[chain->count - 1], last->inherits_line,
                        "the %dth theme that inherits another: that is too deep", MOST_INHERITED);
            return false;
        }
        if (!add_named(chain, last->inherits))
            return false;
    }
    return true;
}

static void put_together(const struct chain *chain, struct theme *theme) {
    struct draft draft = {0};
    if (chain->on_builtin)
        draft_builtin(&draft);
    for (int i = chain->count - 1; i >= 0; i--)
        draft_overlay(&draft, &chain->drafts[i]);
    draft_resolve(&draft, theme);
}

static void name_theme(struct theme *theme, const char *name) {
    const char *base = strrchr(name, '/') != NULL ? strrchr(name, '/') + 1 : name;
    size_t len = strlen(base);
    if (is_file_name(base))
        len -= strlen(ENDING);
    snprintf(theme->name, sizeof theme->name, "%.*s",
             (int)(len < sizeof theme->name ? len : sizeof theme->name - 1), base);
}

bool theme_find(const char *name, struct theme *theme, char *message, size_t size) {
    static struct chain chain;
    chain.count = 0;
    chain.on_builtin = false;
    chain.faults = (struct theme_faults){message, size, 0};
    message[0] = '\0';
    bool found = is_file_name(name) ? add_file(&chain, name) : add_named(&chain, name);
    if (found && (chain.on_builtin || add_inherited(&chain)) && chain.faults.count == 0) {
        put_together(&chain, theme);
        name_theme(theme, name);
        return true;
    }
    size_t len = strlen(message);
    int told = 1;
    for (const char *at = message; (at = strchr(at, '\n')) != NULL; at++)
        told++;
    if (chain.faults.count > told)
        snprintf(message + len, size - len, "\nand %d more", chain.faults.count - told);
    return false;
}

/* ---- all of them ---- */

static int by_name(const void *a, const void *b) {
    return strcmp(a, b);
}

static int add_name(char names[THEME_MOST_NAMES][THEME_NAME_SIZE], int count, const char *name) {
    for (int i = 0; i < count; i++)
        if (strcmp(names[i], name) == 0)
            return count;
    if (count < THEME_MOST_NAMES)
        strcpy(names[count++], name);
    return count;
}

static int add_folder(char names[THEME_MOST_NAMES][THEME_NAME_SIZE], int count, const char *path) {
    DIR *folder = opendir(path);
    const struct dirent *entry;
    for (int seen = 0; folder != NULL && seen < MOST_ENTRIES && (entry = readdir(folder)) != NULL; seen++) {
        size_t len = strlen(entry->d_name), ending = strlen(ENDING);
        char name[THEME_NAME_SIZE];
        if (len <= ending || len - ending >= sizeof name || strcmp(entry->d_name + len - ending, ENDING) != 0)
            continue;
        memcpy(name, entry->d_name, len - ending);
        name[len - ending] = '\0';
        if (is_name(name))
            count = add_name(names, count, name);
    }
    if (folder != NULL)
        closedir(folder);
    return count;
}

int theme_names(char names[THEME_MOST_NAMES][THEME_NAME_SIZE]) {
    char folder[PATH_SIZE];
    int count = add_name(names, 0, theme_builtin()->name);
    for (const struct shipped_theme *one = shipped_themes; one->name != NULL; one++)
        count = add_name(names, count, one->name);
    for (int i = 0; i < FOLDERS; i++)
        if (folders[i](folder))
            count = add_folder(names, count, folder);
    qsort(names, (size_t)count, sizeof *names, by_name);
    return count;
}
