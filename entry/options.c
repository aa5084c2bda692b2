#include "entry/options.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/near.h"
#include "base/text.h"
#include "base/url.h"
#include "base/version.h"
#include "entry/command.h"
#include "entry/config_print.h"
#include "entry/manual_keys.h"
#include "entry/option_types.h"
#include "entry/settings.h"
#include "entry/way_in.h"
#include "themes/theme.h"

enum {
#define COMMAND(ID, ...) COMMAND_##ID,
#include "entry/commands.def"
#undef COMMAND
    COMMAND_COUNT
};

enum { /* masks for options.def */
#define COMMAND(ID, ...) ID = 1 << COMMAND_##ID,
#include "entry/commands.def"
#undef COMMAND
       SHOW = LIVE | SNAPSHOT | REPLAY | CONFIG,
       ASK = LIVE | SNAPSHOT | PRINT | CHECK | COLLECT | CONFIG,
       NAMING = PRINT | RULES, /* words are names, no servers */
};

static const struct command {
    const char *word, *synopsis, *help;
    command_fn *run;
    refused_fn *refused;
} commands[] = {
#define COMMAND(ID, WORD, RUN, REFUSED, SYNOPSIS, HELP) {WORD, SYNOPSIS, HELP, RUN, REFUSED},
#include "entry/commands.def"
#undef COMMAND
};

static const struct option_info {
    const char *name;
    char letter;
    const struct option_type *type;
    const char *arg; /* NULL: a flag */
    unsigned commands;
    const char *help;
    size_t offset;
} infos[] = {
#define OPTION(FIELD, NAME, LETTER, TYPE, ARG, COMMANDS, HELP)                                               \
    {NAME, LETTER, &type_##TYPE, ARG, COMMANDS, HELP, offsetof(struct options, FIELD)},
#include "entry/options.def"
#undef OPTION
};
enum { INFO_COUNT = sizeof infos / sizeof *infos, FAULT_SIZE = 600 };
_Static_assert(INFO_COUNT <= 64, "said_bits has one for each");

static char first_fault[FAULT_SIZE];

int options_refuse(const char *format, ...) {
    va_list list, again;
    va_start(list, format);
    va_copy(again, list);
    fputs("natsight: ", stderr);
    vfprintf(stderr, format, list);
    fputs("\n", stderr);
    if (first_fault[0] == '\0')
        vsnprintf(first_fault, sizeof first_fault, format, again);
    va_end(again);
    va_end(list);
    return EXIT_USAGE;
}

const char *options_typed(const char *text) {
    static char out[TEXT_MAX_BYTES + 1];
    char clean[TEXT_MAX_BYTES + 1];
    text_clean(clean, text, strlen(text));
    text_cut(out, sizeof out, *clean ? clean : "\"\"", 60);
    return out;
}

static int unknown_option(const char *name) {
    struct near near = near_begin(name);
    for (int i = 0; i < INFO_COUNT; i++)
        near_try(&near, infos[i].name);
    if (near.name != NULL)
        return options_refuse("--%s: there is no such option; did you mean --%s? (natsight help lists all)",
                              options_typed(name), near.name);
    return options_refuse("--%s: there is no such option; natsight help lists all", options_typed(name));
}

static int misplaced(const struct options *o, const struct option_info *info) {
    char belongs[100] = "";
    size_t len = 0;
    for (int c = 0; c < COMMAND_COUNT && len < sizeof belongs; c++)
        if (info->commands & 1u << c)
            len += (size_t)snprintf(belongs + len, sizeof belongs - len, "%s%s", len > 0 ? ", " : "",
                                    commands[c].word[0] ? commands[c].word : "the live dashboard");
    const char *word = commands[o->command].word;
    return options_refuse("--%s: does not belong to %s, but to %s", info->name,
                          *word ? word : "the live dashboard", belongs);
}

static int take(struct options *o, const struct option_info *info, const char *value) {
    if ((info->commands & 1u << o->command) == 0)
        return misplaced(o, info);
    const char *fault = info->type->take(info->arg, (char *)o + info->offset, value);
    o->said_bits |= UINT64_C(1) << (info - infos);
    if (fault == NULL)
        return 0;
    return options_refuse("--%s %s: %s", info->name, options_typed(value != NULL ? value : ""), fault);
}

bool options_said(const struct options *o, size_t offset) {
    for (int i = 0; i < INFO_COUNT; i++)
        if (infos[i].offset == offset)
            return (o->said_bits & UINT64_C(1) << i) != 0;
    return false;
}

/* A flag that a file can switch on has a --no- that switches it off. */
static bool has_no(const struct option_info *info) {
    return info->type == &type_FLAG && setting_by_field(info->offset) != NULL;
}

static const struct option_info *find_option(const char *name, size_t len, char letter) {
    for (int i = 0; i < INFO_COUNT; i++)
        if (name != NULL ? strlen(infos[i].name) == len && strncmp(infos[i].name, name, len) == 0
                         : infos[i].letter != 0 && infos[i].letter == letter)
            return &infos[i];
    return NULL;
}

/* "no-mouse"; NULL: it is none of those. */
static const struct option_info *find_negated(const char *name, size_t len) {
    const struct option_info *info =
        len > 3 && strncmp(name, "no-", 3) == 0 ? find_option(name + 3, len - 3, 0) : NULL;
    return info != NULL && has_no(info) ? info : NULL;
}

static int parse_negated(struct options *o, const struct option_info *info, const char *text) {
    if (text[2 + strlen("no-") + strlen(info->name)] != '\0')
        return options_refuse("--no-%s: takes no value; write it alone", info->name);
    return take(o, info, "false");
}

/* One argument that begins with '-'; *at moves past a separate value. */
static int parse_option(struct options *o, int argc, char **argv, int *at) {
    const char *text = argv[*at];
    const char *value = NULL;
    const struct option_info *info;
    if (text[1] == '-') {
        size_t len = strcspn(text + 2, "=");
        info = find_option(text + 2, len, 0);
        if (info == NULL && find_negated(text + 2, len) != NULL)
            return parse_negated(o, find_negated(text + 2, len), text);
        if (info == NULL) {
            char name[64];
            snprintf(name, sizeof name, "%.*s", (int)(len < 60 ? len : 60), text + 2);
            return unknown_option(name);
        }
        if (text[2 + len] == '=')
            value = text + 3 + len;
    } else {
        info = find_option(NULL, 0, text[1]);
        if (info == NULL) {
            char letter[2] = {text[1], '\0'};
            return options_refuse("-%s: there is no such option; natsight help lists all",
                                  options_typed(letter));
        }
        if (text[2] != '\0')
            value = text + 2;
    }
    if (info->arg == NULL && value != NULL)
        return options_refuse("--%s: takes no value; write it alone", info->name);
    if (info->arg != NULL && value == NULL) {
        if (*at + 1 >= argc)
            return options_refuse("--%s: wants a value; write --%s %s", info->name, info->name, info->arg);
        value = argv[++*at];
    }
    return take(o, info, value);
}

static void append(const char ***list, int *count, const char *item) {
    *list = memory_grow((void *)*list, (size_t)*count + 1, sizeof **list);
    (*list)[(*count)++] = item;
}

/* `collect http` and `collect nats` are the full names of what `collect` does; which one is also said by what
 * it is to ask, but for a supervised one. */
static void drop_transport(struct options *o) {
    bool nats = o->url_count > 0 && strcmp(o->urls[0], "nats") == 0;
    if (o->command != COMMAND_COLLECT || o->url_count == 0 || (!nats && strcmp(o->urls[0], "http") != 0))
        return;
    o->over_nats = nats;
    o->over_http = !nats;
    memmove((void *)o->urls, (void *)(o->urls + 1), (size_t)--o->url_count * sizeof *o->urls);
}

static int check_urls(const struct options *o) {
    if (o->command == COMMAND_REPLAY) {
        if (o->url_count != 1 || strcmp(o->urls[0], "-") != 0)
            return options_refuse(
                "replay: reads standard input; write natsight collect URL | natsight replay -");
        return 0;
    }
    for (int i = 0; i < o->url_count && o->command != COMMAND_APPEND; i++) {
        struct url url;
        char why[200];
        if (!url_parse(&url, o->urls[i], why, sizeof why))
            return options_refuse("%s", why);
    }
    return 0;
}

static int check_outputs(const struct options *o) {
    if (o->command == COMMAND_SNAPSHOT && o->output_count == 0)
        return options_refuse("snapshot: wants a file; write natsight snapshot -o FILE.txt");
    for (int i = 0; i < o->output_count; i++)
        for (int k = 0; k < i; k++)
            if (strcmp(o->output[i], o->output[k]) == 0)
                return options_refuse("-o %s: is named twice; once is enough", options_typed(o->output[i]));
    return 0;
}

/* The likeliest slip: a URL where print has names. */
static int check_words(const struct options *o) {
    for (int i = 0; i < o->word_count; i++) {
        const char *word = o->words[i];
        struct url url;
        char why[200];
        if (strpbrk(word, ":/@[") == NULL && strcmp(word, "localhost") != 0)
            continue;
        if (!url_parse(&url, word, why, sizeof why))
            return options_refuse("%s", why);
        return options_refuse("print %s: URLs stand behind --; write natsight print servers -- %s",
                              options_typed(word), word);
    }
    return 0;
}

/* Also where nothing is coloured: a script's slip is found when it is written. */
static int check_theme(const struct options *o) {
    struct theme theme;
    char message[THEME_MESSAGE_SIZE];
    if (o->theme == NULL || theme_find(o->theme, &theme, message, sizeof message))
        return 0;
    return options_refuse("--theme %s", message);
}

int options_check(const struct options *o) {
    if ((o->cert == NULL) != (o->key == NULL))
        return options_refuse("%s: goes together with %s; write both", o->cert ? "--cert" : "--key",
                              o->cert ? "--key" : "--cert");
    char why[400];
    int code = check_theme(o);
    if (code == 0)
        code = check_urls(o);
    const char *wrong = code == 0 ? way_in_fault(o, why, sizeof why) : NULL;
    if (wrong == NULL)
        return code;
    if (strcmp(wrong, "context") != 0)
        return options_refuse("%s", why);
    return o->context_by != NULL ? options_refuse("%s: %s; natsight URL goes without it", o->context_by, why)
                                 : options_refuse("--context: %s", why);
}

static int check_combination(const struct options *o) {
    int code = check_outputs(o);
    return code != 0 ? code : check_words(o);
}

/* The value of an option stands in the next argument. */
static bool has_separate_value(const char *text) {
    size_t len = text[1] == '-' ? strcspn(text + 2, "=") : 0;
    const struct option_info *info =
        text[1] == '-' ? find_option(text + 2, len, 0) : find_option(NULL, 0, text[1]);
    return info != NULL && info->arg != NULL && (text[1] == '-' ? text[2 + len] == '\0' : text[2] == '\0');
}

static bool is_command(const char *word) {
    for (int c = 0; c < COMMAND_COUNT; c++)
        if (commands[c].word[0] != '\0' && strcmp(word, commands[c].word) == 0)
            return true;
    return false;
}

/* Where the first word stands that is no option; argc: nowhere. */
static int first_word(int argc, char **argv) {
    int at = 1;
    for (; at < argc && strcmp(argv[at], "--") != 0; at++)
        if (argv[at][0] != '-' || argv[at][1] == '\0')
            return at;
        else if (has_separate_value(argv[at]))
            at++;
    return argc;
}

/* Asked before anything else is known of the command line. */
static bool is_cluster(int argc, char **argv, const char *word) {
    static const char name[] = "--config";
    const char *path = NULL;
    struct config_faults faults = {0};
    for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++)
        if (strncmp(argv[i], name, sizeof name - 1) == 0)
            path = argv[i][sizeof name - 1] == '=' ? argv[i] + sizeof name : argv[i + 1];
    struct config *config = config_load(path, &faults);
    bool named = config != NULL && config_has_cluster(config, word);
    config_free(config);
    config_faults_finish(&faults);
    return named;
}

/* Returns 0, *at being where it stands, or argc; else the exit code. A host may have the name of a command:
 * as a URL. */
static int find_command(struct options *o, int argc, char **argv, int *at) {
    *at = first_word(argc, argv);
    if (*at == argc)
        return 0;
    const char *word = argv[*at];
    struct near near = near_begin(word);
    for (int c = 0; c < COMMAND_COUNT; c++) {
        near_try(&near, commands[c].word);
        if (commands[c].word[0] != '\0' && strcmp(word, commands[c].word) == 0) {
            o->command = c;
            return 0;
        }
    }
    *at = argc;
    if (near.name == NULL || strpbrk(word, ".:/[0123456789") != NULL || strcmp(word, "localhost") == 0)
        return 0;
    if (is_cluster(argc, argv, word))
        return 0;
    return options_refuse(
        "%s: there is no such command; did you mean %s? (a host of this name is http://%s:8222)", word,
        near.name, word);
}

int options_parse(struct options *o, int argc, char **argv) {
    *o = (struct options){.page_fd = -1, .count = 1};
    int command_at, code = find_command(o, argc, argv, &command_at);
    if (code != 0)
        return code;
    bool behind = false;
    for (int at = 1; at < argc; at++) {
        const char *text = argv[at];
        if (at == command_at)
            continue;
        if (!behind && strcmp(text, "--") == 0) {
            behind = true;
        } else if (!behind && (strcmp(text, "--help") == 0 || strcmp(text, "-h") == 0)) {
            o->command = COMMAND_HELP;
            return 0;
        } else if (!behind && (strcmp(text, "--version") == 0 || strcmp(text, "-V") == 0)) {
            o->command = COMMAND_VERSION;
            return 0;
        } else if (!behind && text[0] == '-' && text[1] != '\0') {
            code = parse_option(o, argc, argv, &at);
            if (code != 0)
                return code;
        } else if ((NAMING & 1u << o->command) != 0 && !behind) {
            append(&o->words, &o->word_count, text);
        } else if (!behind && command_at == argc && is_command(text)) {
            return options_refuse("%s: a command stands in front of the URLs; write natsight %s ...", text,
                                  text);
        } else {
            append(&o->urls, &o->url_count, text);
        }
    }
    drop_transport(o);
    return check_combination(o);
}

static bool takes(const struct options *o, const char *option) {
    return (find_option(option, strlen(option), 0)->commands & 1u << o->command) != 0;
}

bool options_ask(const struct options *o) {
    return takes(o, "context");
}

bool options_configured(const struct options *o) {
    return !o->supervised && !o->print_default && takes(o, "config");
}

void options_finish(struct options *o) {
    free((void *)o->output);
    free((void *)o->rule);
    free((void *)o->only);
    free((void *)o->words);
    free((void *)o->urls);
}

/* What stands behind the fault was not read. */
static bool is_json_typed(int argc, char **argv) {
    for (int i = 1; i < argc; i++)
        if (strcmp(argv[i], "--json") == 0 || strcmp(argv[i], "-j") == 0)
            return true;
    return false;
}

int options_refused(struct options *o, int argc, char **argv) {
    refused_fn *refused = commands[o->command].refused;
    if (refused == NULL)
        return EXIT_USAGE;
    o->json |= is_json_typed(argc, argv);
    return refused(o, first_fault);
}

int options_run(const struct options *o) {
    return commands[o->command].run(o);
}

#define EXIT_CODES                                                                                           \
    "0; 1 failed; 3 nothing could be reached; 64 wrong usage. Of check: 0 OK, 1 warning, 2 critical, 3 "     \
    "unknown or wrong usage."

void options_print_help(void) {
    puts("natsight: a whole NATS cluster on one screen. It reads; it never changes the cluster.\n");
    for (int c = 0; c < COMMAND_COUNT; c++) {
        printf("  natsight%s%s%s%s\n      %s\n", commands[c].word[0] ? " " : "", commands[c].word,
               commands[c].synopsis[0] ? " " : "", commands[c].synopsis, commands[c].help);
    }
    puts("\nURL: host, host:port, [v6]:port, http://host:8222/prefix or https://...; nats://host:4222. Given "
         "none: the cluster that the configuration has for that, else the selected context of the nats "
         "command "
         "(NATS_CONTEXT, nats/context.txt), else NATS_URL, else http://127.0.0.1:8222.\nNAME: a cluster of "
         "the "
         "configuration, in place of URLs.\n\nOptions beat the configuration; --no- switches off what it "
         "switches on:");
    for (int i = 0; i < INFO_COUNT; i++) {
        char head[80];
        char letter[] = {'-', infos[i].letter, ',', '\0'};
        snprintf(head, sizeof head, "%s --%s%s%s%s", infos[i].letter ? letter : "   ",
                 has_no(&infos[i]) ? "[no-]" : "", infos[i].name, infos[i].arg ? " " : "",
                 infos[i].arg ? infos[i].arg : "");
        printf("  %-30s%s%s\n", head, strlen(head) < 30 ? "" : "\n                                ",
               infos[i].help);
    }
    puts("\nExit codes: " EXIT_CODES " Inside, ? lists the keys.");
}

static void troff(const char *text) {
    for (const char *c = text; *c != '\0'; c++) {
        if (*c == '-' || *c == '\\')
            putchar('\\');
        putchar(*c);
    }
}

void options_print_manual(void) {
    printf(".TH NATSIGHT 1 \"\" \"natsight %s\"\n.SH NAME\nnatsight \\- a whole NATS cluster on one "
           "screen\n.SH SYNOPSIS\n",
           version_text());
    for (int c = 0; c < COMMAND_COUNT; c++) {
        printf(".br\n\\fBnatsight %s\\fR ", commands[c].word);
        troff(commands[c].synopsis);
        putchar('\n');
    }
    puts(".SH COMMANDS");
    for (int c = 0; c < COMMAND_COUNT; c++) {
        printf(".TP\n\\fB%s\\fR\n", commands[c].word[0] ? commands[c].word : "(none)");
        troff(commands[c].help);
        putchar('\n');
    }
    puts(".SH OPTIONS\nThey beat the configuration; \\-\\-no\\- switches off what it switches on.");
    for (int i = 0; i < INFO_COUNT; i++) {
        fputs(".TP\n\\fB", stdout);
        if (infos[i].letter)
            printf("\\-%c\\fR, \\fB", infos[i].letter);
        fputs(has_no(&infos[i]) ? "\\-\\-[no\\-]" : "\\-\\-", stdout);
        troff(infos[i].name);
        printf("\\fR \\fI%s\\fR\n", infos[i].arg ? infos[i].arg : "");
        troff(infos[i].help);
        putchar('\n');
    }
    manual_print_keys(troff);
    manual_print_words(troff);
    config_print_manual(troff);
    puts(".SH FILES\nBelow $XDG_STATE_HOME/natsight (~/.local/state/natsight): alerts\\-NAME.json, the "
         "alerts of "
         "a cluster over restarts. NAME is what the configuration calls it, else \\-\\-label, else the first "
         "URL. One natsight at a time writes it, others only read it; what is acknowledged beside a "
         "\\-\\-plain goes to it by alerts\\-NAME.said\\-PID. What can't be read is set aside as "
         "alerts\\-NAME.json.broken\\-DATE. A crash leaves crash\\-DATE\\-PID.txt.");
    puts(".SH EXIT STATUS\n" EXIT_CODES);
}
