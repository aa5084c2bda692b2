#include "entry/settings.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/choice.h"
#include "base/clock.h"
#include "base/memory.h"
#include "base/near.h"
#include "base/text.h"
#include "base/url.h"
#include "collectors/endpoint.h"
#include "model/expectation.h"
#include "outward/hook.h"
#include "outward/hook_match.h"
#include "themes/theme.h"
#include "views/quantity_table.h"

/* ---- checks ---- */

static char meant[700]; /* what a check answers, until the next one */

static const char *mean_near(const char *what, const struct near *near, const char *all) {
    if (near->name != NULL)
        snprintf(meant, sizeof meant, "%s; did you mean %s?", what, near->name);
    else
        snprintf(meant, sizeof meant, "%s; there are %s", what, all);
    return meant;
}

static const char *check_VIEW(const struct setting *setting, const char *text) {
    (void)setting;
    char all[200] = "", what[100];
    size_t len = 0;
    struct near near = near_begin(text);
    if (view_by_name(text) != NULL)
        return NULL;
    for (int i = 0; i < view_count && len < sizeof all; i++) {
        near_try(&near, views[i]->name);
        len += (size_t)snprintf(all + len, sizeof all - len, "%s%s", i > 0 ? ", " : "", views[i]->name);
    }
    snprintf(what, sizeof what, "there is no view %s", options_typed(text));
    return mean_near(what, &near, all);
}

static const char *check_NAME(const struct setting *setting, const char *text) {
    (void)setting;
    if (text[0] == '\0' || strpbrk(text, " /:@?#[]") != NULL || text[0] == '-')
        snprintf(meant, sizeof meant,
                 "%s: takes a word without blanks, slashes and colons: it is typed behind natsight",
                 options_typed(text));
    else
        return NULL;
    return meant;
}

static const char *check_URL(const struct setting *setting, const char *text) {
    (void)setting;
    struct url url;
    return url_parse(&url, text, meant, sizeof meant) ? NULL : meant;
}

static const char *check_THEME(const struct setting *setting, const char *text) {
    (void)setting;
    struct theme theme;
    static char message[THEME_MESSAGE_SIZE];
    if (theme_find(text, &theme, message, sizeof message))
        return NULL;
    for (char *end = message; (end = strchr(end, '\n')) != NULL;)
        *end = ' '; /* each begins with its place */
    return message;
}

static const char *check_ZONE(const struct setting *setting, const char *text) {
    (void)setting;
    if (text[0] == '\0' || time_zone_known(text))
        return NULL;
    snprintf(meant, sizeof meant, "%s: the system knows no such time zone; write one as Europe/Berlin",
             options_typed(text));
    return meant;
}

/* What is wrong is said once the cluster is taken: another one's missing file stops nobody. */
const char *setting_check_FILE(const struct setting *setting, const char *text) {
    (void)setting;
    return text[0] == '\0' ? "takes the path of a file" : NULL;
}

const char *setting_check_LOG(const struct setting *setting, const char *text) {
    (void)setting;
    return strcmp(text, "-") == 0 ? "takes a file: standard output has the screen, or lines" : NULL;
}

/* One of its words, of a list of such. */
static const char *check_WORDS(const struct setting *setting, const char *text) {
    char all[200], what[200], word[64], names[32][64];
    struct near near = near_begin(text);
    if (choice_index(setting->words, text) >= 0)
        return NULL;
    for (int i = 0; i < 32 && choice_word(setting->words, i, word, sizeof word); i++) {
        snprintf(names[i], sizeof names[i], "%s", word);
        near_try(&near, names[i]);
    }
    snprintf(all, sizeof all, "%s", setting->words);
    snprintf(what, sizeof what, "there is no %s", options_typed(text));
    return mean_near(what, &near, all);
}

static const char *check_MATCH(const struct setting *setting, const char *text) {
    (void)setting;
    struct expr_error error;
    if (hook_match_check(text, NULL, &error)) /* its rules are read later */
        return NULL;
    snprintf(meant, sizeof meant, "%s: %s", options_typed(text), error.message);
    return meant;
}

static const char *check_PER_MINUTE(const struct setting *setting, const char *text) {
    (void)setting;
    snprintf(meant, sizeof meant, "%s: is too often; %d is the most", text, HOOK_A_MINUTE_MOST);
    return atoi(text) > HOOK_A_MINUTE_MOST ? meant : NULL;
}

static const char *check_VARIABLE(const struct setting *setting, const char *text) {
    (void)setting;
    if (text[0] != '\0' && strchr(text, '=') == NULL && strncmp(text, "NATSIGHT_", 9) != 0)
        return NULL;
    snprintf(meant, sizeof meant, "%s: takes names of environment variables", options_typed(text));
    return meant;
}

static const char *check_COLUMNS(const struct setting *setting, const char *text) {
    char word[64];
    struct view_list list;
    view_list_at(setting->index, &list);
    for (size_t len; *text != '\0'; text += len + (text[len] == ' ')) {
        len = strcspn(text, " ");
        snprintf(word, sizeof word, "%.*s", (int)(len < sizeof word ? len : sizeof word - 1), text);
        if (quantity_column_named(list.row.columns, list.row.column_count, word) >= 0)
            continue;
        char all[500] = "", what[120];
        size_t at = 0;
        struct near near = near_begin(word);
        static char names[TABLE_MAX_COLUMNS][48];
        for (int i = 0; i < list.row.column_count && at < sizeof all; i++) {
            quantity_column_name(&list.row.columns[i], names[i], sizeof names[i]);
            near_try(&near, names[i]);
            at += (size_t)snprintf(all + at, sizeof all - at, "%s%s", i > 0 ? ", " : "", names[i]);
        }
        snprintf(what, sizeof what, "there is no column %s", options_typed(word));
        return mean_near(what, &near, all);
    }
    return NULL;
}

/* ---- the rows ---- */

#define check_NONE NULL
#define check_FILE setting_check_FILE
#define check_LOG  setting_check_LOG

static const struct setting written[] = {
#define SETTING(FIELD, PATH, TYPE, WORDS, INITIAL, CHECK, EFFECT, HELP)                                      \
    {.path = PATH,                                                                                           \
     .type = &type_##TYPE,                                                                                   \
     .words = WORDS,                                                                                         \
     .offset = offsetof(struct options, FIELD),                                                              \
     .initial = INITIAL,                                                                                     \
     .check = check_##CHECK,                                                                                 \
     .effect = SETTING_##EFFECT,                                                                             \
     .help = HELP},
#include "entry/settings.def"
};

enum { ANY, ONE };

static const struct setting cluster_rows[] = {
#define CLUSTER(FIELD, NAME, TYPE, WORDS, CHECK, EFFECT, HOW_MANY, HELP)                                     \
    {.path = NAME,                                                                                           \
     .type = &type_##TYPE,                                                                                   \
     .words = WORDS,                                                                                         \
     .offset = offsetof(struct options, FIELD),                                                              \
     .initial = "",                                                                                          \
     .check = check_##CHECK,                                                                                 \
     .effect = SETTING_##EFFECT,                                                                             \
     .help = HELP,                                                                                           \
     .single = HOW_MANY == ONE},
#include "entry/settings.def"
};

static const struct setting rule_rows[] = {
#define RULE_SETTING(FIELD, NAME, TYPE, HOW_MANY, HELP)                                                      \
    {.path = NAME,                                                                                           \
     .type = &type_##TYPE,                                                                                   \
     .offset = offsetof(struct rule_said, FIELD),                                                            \
     .initial = "",                                                                                          \
     .effect = SETTING_LIVE,                                                                                 \
     .help = HELP,                                                                                           \
     .single = HOW_MANY == ONE},
#include "entry/settings.def"
};

static const struct setting hook_rows[] = {
#define HOOK(FIELD, NAME, TYPE, WORDS, INITIAL, CHECK, HOW_MANY, HELP)                                       \
    {.path = NAME,                                                                                           \
     .type = &type_##TYPE,                                                                                   \
     .words = WORDS,                                                                                         \
     .offset = offsetof(struct hook_said, FIELD),                                                            \
     .initial = INITIAL,                                                                                     \
     .check = check_##CHECK,                                                                                 \
     .effect = SETTING_LIVE,                                                                                 \
     .help = HELP,                                                                                           \
     .single = HOW_MANY == ONE},
#include "entry/settings.def"
};

static const struct setting expect_rows[] = {
#define EXPECT_SETTING(FIELD, NAME, TYPE, HOW_MANY, HELP)                                                    \
    {.path = NAME,                                                                                           \
     .type = &type_##TYPE,                                                                                   \
     .offset = offsetof(struct expectation, FIELD),                                                          \
     .initial = "",                                                                                          \
     .effect = SETTING_LIVE,                                                                                 \
     .help = HELP,                                                                                           \
     .single = HOW_MANY == ONE},
#include "entry/settings.def"
};
enum {
    WRITTEN = sizeof written / sizeof *written,
    CLUSTER_ROWS = sizeof cluster_rows / sizeof *cluster_rows,
    RULE_ROWS = sizeof rule_rows / sizeof *rule_rows,
    HOOK_ROWS = sizeof hook_rows / sizeof *hook_rows,
    EXPECT_ROWS = sizeof expect_rows / sizeof *expect_rows
};

static const char *const cluster_examples[] = {
    "{ name = \"production\"; color = \"red\"; expect = 3; default = true;\n"
    "  urls = [\"http://n1.example.com:8222\", \"http://n2.example.com:8222\"]; }",
    "{ name = \"staging\"; color = \"green\"; urls = [\"http://n1.staging.example.com:8222\"]; }", NULL};

static const char *const rule_examples[] = {
    "{ name = \"orders_lag\"; entity = \"consumer\"; match = \"stream = ORDERS\"; condition = \"lag\";\n"
    "  warn = \"> 1k\"; critical = \"> 10k\"; clear = \"< 500\"; hold = \"30 s\"; }",
    "{ name = \"consumer_growing\"; critical = \"> 1M\"; }", "{ name = \"ha_assets\"; enabled = false; }",
    NULL};

static const char *const hook_examples[] = {
    "{ command = [\"logger\", \"-t\", \"natsight\"]; }",
    "{ name = \"pager\"; command = [\"hooks/webhook\"]; severity = \"critical\"; timeout = \"20s\"; "
    "match = \"cluster = eu\"; }",
    NULL};

static const char *const expect_examples[] = {
    "{ entity = \"connection\"; match = \"name ~ ai-integration\"; instances = 2; newcomer = true; }",
    "{ entity = \"queue\"; subject = \"orders.new\"; match = \"queue = workers\"; instances = 3; }",
    "{ entity = \"puller\"; match = \"stream = ORDERS and name = billing\"; }",
    "{ name = \"eu\"; entity = \"server\"; match = \"cluster = eu\"; instances = 3; newcomer = true; }",
    NULL};

const struct setting_list_info setting_lists[SETTING_LISTS] = {
    [LIST_CLUSTERS] = {.name = "clusters",
                       .one = "cluster",
                       .example = "{ name = \"NAME\"; urls = [\"URL\"]; }",
                       .rows = cluster_rows,
                       .row_count = CLUSTER_ROWS,
                       .most = 64,
                       .text_most = TEXT_MAX_BYTES,
                       .size = sizeof(struct options),
                       .help = "The clusters, each a group with these settings; name and urls it must have. "
                               "Files stand beside this one, or\nbegin with / or ~/.",
                       .examples = cluster_examples},
    [LIST_RULES] =
        {.name = "rules",
         .one = "rule",
         .example = "{ name = \"NAME\"; entity = \"consumer\"; condition = \"lag\"; warn = \"> 10k\"; }",
         .rows = rule_rows,
         .row_count = RULE_ROWS,
         .most = RULES_MOST,
         .text_most = 1024,
         .size = sizeof(struct rule_said),
         .in_folder = true,
         .help = "Rules of one's own, here and in files rules.d/NAME.conf beside this one; natsight rules "
                 "prints those in\n"
                 "force. Conditions are made of the quantities that natsight print and the manual name.",
         .examples = rule_examples},
    [LIST_HOOKS] =
        {.name = "hooks",
         .one = "hook",
         .example = "{ command = [\"PROGRAM\", \"WORD\"]; }",
         .rows = hook_rows,
         .row_count = HOOK_ROWS,
         .most = HOOKS_MOST,
         .text_most = 1024,
         .size = sizeof(struct hook_said),
         .help =
             "Programs that are told of alerts: each gets one JSON document on its standard input, and its "
             "plain values\nas NATSIGHT_EVENT, NATSIGHT_SEVERITY, NATSIGHT_NAME, NATSIGHT_TEXT, "
             "NATSIGHT_LINE ...; docs/hooks has examples.",
         .examples = hook_examples},
    [LIST_EXPECT] =
        {.name = "expect",
         .one = "expectation",
         .example = "{ entity = \"connection\"; match = \"name ~ billing\"; instances = 2; }",
         .rows = expect_rows,
         .row_count = EXPECT_ROWS,
         .most = EXPECTATIONS_MOST,
         .text_most = TEXT_MAX_BYTES,
         .size = sizeof(struct expectation),
         .in_folder = true,
         .help =
             "Who should be there, here and in files of rules.d; natsight print expectation shows who is. "
             "Connections are\nlisted by every server each 2 s as long as some are expected.",
         .examples = expect_examples},
};

int setting_list_named(const char *name) {
    for (int list = 0; list < SETTING_LISTS; list++)
        if (strcmp(setting_lists[list].name, name) == 0)
            return list;
    return -1;
}

static struct setting rows[SETTINGS_MAX];
static int row_count;

static void add(struct setting row) {
    if (row_count < SETTINGS_MAX)
        rows[row_count++] = row;
}

/* /varz has the option --interval, the others --every. */
static void add_cadences(void) {
    for (int e = 0; e < EP_COUNT; e++) {
        if ((int)endpoint_meant(e) != e)
            continue;
        char initial[64];
        int64_t every = endpoints[e].every_ms;
        size_t field = offsetof(struct options, every) + sizeof(int64_t) * endpoints[e].shape;
        type_CADENCE.show(NULL, &every, initial, sizeof initial);
        add((struct setting){
            .path = memory_format("cadences.%s", shape_name(endpoints[e].shape)),
            .type = &type_CADENCE,
            .offset = endpoints[e].shape == SHAPE_VARZ ? offsetof(struct options, interval) : field,
            .initial = memory_text(initial),
            .effect = SETTING_ASKING,
            .help = memory_format("How often %.*s is asked; less often where it is dear.",
                                  (int)strcspn(endpoints[e].path, "?{"), endpoints[e].path)});
    }
}

static void add_columns(void) {
    struct view_list list;
    for (int i = 0; i < COLUMN_LISTS_MAX && view_list_at(i, &list); i++) {
        char text[SETTING_TEXT] = "", initial[SETTING_TEXT];
        const char *words = text;
        quantity_columns_default(list.row.columns, list.row.column_count, text, sizeof text);
        type_WORDS.show(NULL, &words, initial, sizeof initial);
        add((struct setting){
            .path = memory_format("columns.%s.%s", list.view->name, list.row.name),
            .type = &type_WORDS,
            .offset = offsetof(struct options, columns) + sizeof(char *) * (size_t)i,
            .initial = memory_text(initial),
            .check = check_COLUMNS,
            .effect = SETTING_LIVE,
            .help =
                memory_format("Columns of %s, in this order; {columns} shows and moves them.", list.row.name),
            .index = i});
    }
}

/* Rows of one name are one binding. */
static bool is_first(int id) {
    for (int before = ACTION_NONE + 1; before < id; before++)
        if (strcmp(key_infos[before].name, key_infos[id].name) == 0)
            return false;
    return true;
}

/* Of rows of one name: the one for lists or everywhere says most, else the first. */
static const char *help_of_binding(int first) {
    for (int id = ACTION_COUNT - 1; id > first; id--)
        if (strcmp(key_infos[id].name, key_infos[first].name) == 0 &&
            key_infos[id].contexts & (CONTEXT_LIST | CONTEXT_EVERYWHERE | CONTEXT_ALWAYS))
            return key_infos[id].help;
    return key_infos[first].help;
}

static void add_keys(void) {
    for (int id = ACTION_NONE + 1; id < ACTION_COUNT; id++) {
        char initial[200];
        if (!is_first(id) || id == ACTION_INTERRUPT) /* which is always Ctrl-C */
            continue;
        type_TEXT.show(NULL, &key_infos[id].keys, initial, sizeof initial);
        add((struct setting){.path = memory_format("keys.%s", key_infos[id].name),
                             .type = &type_TEXT,
                             .offset = offsetof(struct options, keys) + sizeof(char *) * (size_t)id,
                             .initial = memory_text(initial),
                             .effect = SETTING_LIVE,
                             .help = help_of_binding(id),
                             .index = id});
    }
}

const struct setting *settings_all(int *count) {
    if (row_count == 0) {
        for (int i = 0; i < WRITTEN; i++)
            add(written[i]);
        add_cadences();
        add_columns();
        add_keys();
    }
    *count = row_count;
    return rows;
}

const struct setting *setting_by_path(const char *path) {
    int count;
    const struct setting *all = settings_all(&count);
    for (int i = 0; i < count; i++)
        if (strcmp(all[i].path, path) == 0)
            return &all[i];
    return NULL;
}

const struct setting *setting_by_field(size_t offset) {
    for (int i = 0; i < WRITTEN; i++)
        if (written[i].offset == offset)
            return &written[i];
    for (int i = 0; i < CLUSTER_ROWS; i++)
        if (cluster_rows[i].offset == offset)
            return &cluster_rows[i];
    return NULL;
}

/* ---- values ---- */

const char *setting_words(const struct setting *setting) {
    static char words[600];
    size_t len = 0;
    if (setting->check == check_VIEW)
        for (int i = 0; i < view_count && len < sizeof words; i++)
            len +=
                (size_t)snprintf(words + len, sizeof words - len, "%s%s", i > 0 ? "|" : "", views[i]->name);
    if (setting->check == check_THEME) {
        static char names[THEME_MOST_NAMES][THEME_NAME_SIZE];
        int count = theme_names(names);
        for (int i = 0; i < count && len < sizeof words; i++)
            len += (size_t)snprintf(words + len, sizeof words - len, "%s%s", i > 0 ? "|" : "", names[i]);
    }
    return len > 0 ? words : setting->words;
}

void *setting_field(const struct setting *setting, struct options *options) {
    return (char *)options + setting->offset;
}

bool setting_given(const struct setting *setting, const struct options *options) {
    const char *field = (const char *)options + setting->offset;
    for (size_t i = 0; i < setting->type->size; i++)
        if (field[i] != 0)
            return true;
    return options_said(options, setting->offset);
}

void setting_show(const struct setting *setting, const struct options *options, char *out, size_t size) {
    if (setting_given(setting, options) || setting->initial[0] == '\0')
        setting->type->show(setting->words, (const char *)options + setting->offset, out, size);
    else
        snprintf(out, size, "%s", setting->initial);
}
