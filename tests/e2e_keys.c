/* Keys that hold everywhere, the command line with completion and history. */
#include <check.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "tests/harness/command.h"
#include "tests/harness/quiet.h"
#include "tests/harness/suite.h"

enum {
#define KEY(ID, CONTEXTS, NAME, KEYS, HINT, HELP) ROW_##ID,
#include "views/keys.def"
    ROWS
};
enum {
#define CONTEXT(ID, TITLE) ID##_INDEX,
#include "views/keys.def"
};
enum {
#define CONTEXT(ID, TITLE) ID = 1 << ID##_INDEX,
#include "views/keys.def"
};
static const struct row {
    const char *name, *keys;
    unsigned contexts;
} rows[ROWS] = {
#define KEY(ID, CONTEXTS, NAME, KEYS, HINT, HELP) {NAME, KEYS, CONTEXTS},
#include "views/keys.def"
};

/* What the program does itself, in this order: the key, what is seen, what leads back to the overview. */
static const struct {
    int row;
    const char *typed, *seen, *back, *seen_then;
} everywhere[] = {
    {ROW_HELP, "?", "KEYS in Overview", "?", "^.NODES 3"},
    {ROW_FILTER, "/", "^/", "\033", "1 Overview"},
    {ROW_COMMAND, ":", "^:", "\033", "1 Overview"},
    {ROW_PAUSE, " ", "PAUSED", " ", "\\[LIVE\\]"},
    {ROW_FAULTS, "f", "faults only: what is ok", "f", "everything is shown"},
    {ROW_HIDDEN, "i", "internal ones are shown", "i", "internal ones are hidden"},
    {ROW_UNITS, "u", "bits per second", "u", "bytes per second"},
    {ROW_LOCAL, "L", "local time", "L", "UTC$"},
    {ROW_MENU, "m", "^.VIEWS", "m", "^.NODES 3"},
    {ROW_SETTINGS, "\033OQ", "SETTINGS", "\033", "^.NODES 3"},
    {ROW_CONNECTIONS, "2", "> Connections", "1", "^.NODES 3"},
    {ROW_JETSTREAM, "3", "> JetStream", "1", "^.NODES 3"},
    {ROW_SLOW, "4", "> Slow", "1", "^.NODES 3"},
    {ROW_SUBJECTS, "5", "> Subjects", "1", "^.NODES 3"},
    {ROW_NEXT_EVENT, "e", "> Events", "1", "^.NODES 3"},
    {ROW_PREVIOUS_EVENT, "E", "> Events", "1", "^.NODES 3"},
    {ROW_ALERTS, "7", "> Alerts", "1", "^.NODES 3"},
    {ROW_FIND, "F", "^:find *$", "\033", "1 Overview"},
    {ROW_COST, "I", "> Cost", "1", "^.NODES 3"},
    {ROW_PREVIOUS, "-", "> Cost", "1", "^.NODES 3"},
    {ROW_OVERVIEW, "1", "^.NODES 3", "1", "^.NODES 3"},
    {ROW_BACK, "\033[B\033", "first place|VERDICT|1 Overview", "1", "^.NODES 3"},
    /* elsewhere: with what the signals and the configuration do */
    {ROW_REPAINT, NULL, NULL, NULL, NULL},
    {ROW_SUSPEND, NULL, NULL, NULL, NULL},
    {ROW_RELOAD, NULL, NULL, NULL, NULL},
    {ROW_INTERRUPT, NULL, NULL, NULL, NULL},
    {ROW_QUIT, NULL, NULL, NULL, NULL},
};
enum { EVERYWHERES = sizeof everywhere / sizeof *everywhere };

START_TEST(what_help_says_everywhere_is_done) {
    struct terminal *t = quiet_open_seen(40, 120);
    for (int row = 0; row < ROWS; row++) {
        int tested = 0;
        for (int i = 0; i < EVERYWHERES; i++)
            tested += everywhere[i].row == row;
        if (rows[row].contexts & (EVERYWHERE | ALWAYS) && rows[row].keys[0] != '\0')
            ck_assert_msg(tested == 1, "nobody shows what %s does", rows[row].name);
    }
    for (int i = 0; i < EVERYWHERES && everywhere[i].typed != NULL; i++) {
        shown_type(t, everywhere[i].typed, everywhere[i].seen);
        ck_assert_int_lt(terminal_find(t, "does nothing here", NULL), 0);
        shown_type(t, everywhere[i].back, everywhere[i].seen_then);
    }
    shown_quit(t);
}
END_TEST

START_TEST(the_manual_names_every_key) {
    struct command c;
    const char *manual[] = {command_natsight(), "manual", NULL};
    ck_assert_int_eq(command_run(&c, manual, NULL, SHOWN_MS), 0);
    for (int row = 0; row < ROWS; row++) {
        char expected[200];
        snprintf(expected, sizeof expected, "\\fI%s\\fR\n", rows[row].name);
        ck_assert_msg(strstr(c.output, expected) != NULL, "%s", expected);
    }
    ck_assert_ptr_nonnull(strstr(c.output, "\n.TP\n\\fB:sort COLUMN\\fR\nSorts the list"));
    ck_assert_ptr_nonnull(strstr(c.output, "\n.TP\n\\fB\\-\\fR \\fIprevious\\fR\n"));
    command_free(&c);
}
END_TEST

START_TEST(control_c_cancels_then_quits) {
    struct terminal *t = quiet_open_seen(24, 80);
    int status;
    shown_type(t, ":forg", "^:forg");
    shown_type(t, "\003", "1 Overview");
    ck_assert(terminal_type(t, "\003"));
    ck_assert(terminal_wait_exit(t, &status, SHOWN_MS));
    ck_assert_int_eq(status, 0);
    ck_assert(terminal_restored(t));
    terminal_close(t);
}
END_TEST

START_TEST(an_unknown_key_is_said_for_a_while) {
    struct terminal *t = quiet_open_seen(24, 80);
    shown_type(t, "Q", "^ Q does nothing here, \\? for keys");
    shown_wait(t, "^ 1 Overview"); /* goes by itself */
    shown_type(t, "\033[24~", "^ F12 does nothing here, \\? for keys");
    shown_type(t, "m", "VIEWS");
    shown_type(t, "?", "^ \\? does nothing here$"); /* so it is no advice */
    shown_type(t, "m", "^ 1 Overview");
    shown_quit(t);
}
END_TEST

/* The footer says what the key is about in this view, and when there is none of it. */
START_TEST(what_is_hidden_has_a_name) {
    struct terminal *t = quiet_open_seen(24, 120);
    shown_type(t, "4", "> Slow");
    shown_wait(t, "no client cut");
    shown_type(t, "i", "^ those closed for other reasons are shown: there are none here");
    shown_type(t, "i", "^ those closed for other reasons are hidden");
    shown_quit(t);
}
END_TEST

START_TEST(tab_completes_a_command) {
    struct terminal *t = quiet_open_seen(24, 120);
    shown_type(t, ":", "^ overview +connections +connection +jetstream .* find "); /* all that there is */
    shown_type(t, "s", "^ slow  subjects  stream  sample  sort  silence$");
    shown_type(t, "\t", "^:slow$"); /* they agree in nothing more: one after the other */
    shown_type(t, "\t", "^:subjects$");
    shown_type(t, "\033[Z", "^:slow$");
    shown_type(t, "\025fo\t", "^:forget$");
    shown_type(t, "\025no\t", "^ n1  n2  n3$"); /* a space, and what may follow */
    shown_type(t, "\t", "^:node n$");           /* as far as all agree */
    shown_type(t, "\t\t", "^:node n2$");
    shown_type(t, "\r", "> Node +n2");
    shown_type(t, ":str\t", "^ ORDERS$");
    shown_type(t, "\t\r", "> Stream +ORDERS");
    shown_type(t, ":consumer ORDERS/billing\r", "> Consumer +ORDERS / billing");
    shown_type(t, ":stream $G/ORDERS\r", "> Stream +ORDERS");
    shown_type(t, ":consumer $G/ORDERS/billing\r", "> Consumer +ORDERS / billing");
    shown_type(t, ":theme ", "^ dark");
    shown_type(t, "\0332", "^ Alt-2 does nothing here, \\? for keys"); /* and the Esc in it counts */
    ck_assert_int_lt(terminal_find(t, ":theme", NULL), 0);
    shown_type(t, "2", "> Connections");
    shown_type(t, ":sort rt\t\r", "sort: RTT");
    shown_type(t, ":sort RTT\r", "sort: RTT.old. reversed");
    ck_assert_int_lt(terminal_find(t, "invalid sorting", NULL), 0);
    shown_peek(t, ":columns\r", "^.*COLUMNS", "^ 1 Overview");
    shown_type(t, ":help\r", "KEYS in Connections");
    shown_type(t, "?", "> Connections");
    shown_quit(t);
}
END_TEST

/* `:find`: everything that is called so, and the way there and back. */
START_TEST(what_is_called_so_is_found) {
    struct terminal *t = quiet_open_size(30, 120);
    shown_wait(t, "\\. n3 ");
    shown_type(t, "Fbil", "^:find bil");
    shown_type(t, "\t", "^:find billing$"); /* the names that there are */
    shown_type(t, "\r", "> Find +billing");
    shown_wait(t, "[.?*!]>consumer +ORDERS / billing ");
    shown_peek(t, "\r", "> Consumer +ORDERS / billing", "^.FIND billing -.* 1 consumer");
    shown_type(t, ":find MAKER\r", "[.?]>connection maker cid [0-9]+ ");
    shown_type(t, "\r", "> Connection +maker");
    shown_type(t, "-", "> Find +MAKER");
    shown_type(t, ":find $g\r", "[.?]>account +\\$G .* connection");
    shown_wait(t, "FOUND BY");
    shown_peek(t, "/stream\r", "^.FIND .*filter: stream", "[.?]>account +\\$G");
    shown_type(t, "\r", "> Connections");
    shown_wait(t, "filter: account=.\\$G");
    shown_wait(t, " maker ");
    shown_type(t, "\033", "sort: severity"); /* first the filter goes, then the place */
    shown_type(t, "\033", "^.FIND \\$g ");
    shown_type(t, ":find nobody at all\r", "nothing called nobody at all");
    shown_wait(t, "searched: 3 servers, 1 account, 1 stream, .* consumers?, [0-9]+ connections and");
    shown_peek(t, ":find ~(\r", "[Uu]nmatched|parenthes", "^ 1 Overview");
    shown_type(t, "1", "^.NODES 3");
    shown_type(t, ":find\r", "^.FIND nobody at all ");
    shown_quit(t);
}
END_TEST

/* What no page of connections has is asked for while its own page is open: subscriptions, with their figures.
 */
START_TEST(a_connection_has_a_page) {
    struct terminal *t = quiet_open_size(40, 120);
    shown_wait(t, "\\. n3 ");
    shown_type(t, "2", " maker ");
    shown_type(t, "/maker\r", "filter: maker");
    shown_type(t, "\r", "^.CONNECTION maker   cid [0-9]+ on n[123] -");
    shown_wait(t, "^.SUBSCRIPTIONS [0-9]+   as told ");
    shown_wait(t, "^.PENDING, kept since ");
    shown_type(t, "\t\t\t", "Tab other lives");
    shown_wait(t, "^   none");
    shown_peek(t, "s", "> Node", "Tab other lives");
    shown_type(t, "\033", "Tab charts");
    shown_type(t, "\033", "filter: maker");
    shown_peek(t, ":connection nobody\r", "no connection is called .nobody.", "^ 1 Overview");
    shown_type(t, "1", "^.NODES 3");
    shown_type(t, ":connection maker\r", "^.CONNECTION maker ");
    shown_quit(t);
}
END_TEST

static struct natsc *connect_twin(int node) {
    struct natsc *c =
        natsc_connect(quiet_cluster()->node[node].url, &(struct natsc_options){.name = "twin"}, SHOWN_MS);
    ck_assert(c && natsc_flush(c, SHOWN_MS));
    return c;
}

/* The newest of those that live, else the one that was closed last; and which one that is. */
START_TEST(of_several_the_newest_is_opened) {
    struct natsc *first = connect_twin(0), *second = connect_twin(1);
    struct terminal *t = quiet_open_size(40, 120);
    shown_wait(t, "\\. n3 ");
    shown_type(t, "2", " twin ");
    shown_type(t, "/twin\r", "   2 shown ");
    shown_type(t, ":connection twin\r", "2 are called twin: this one is cid [0-9]+ on n2, open for [0-9]+");
    shown_wait(t, "^.CONNECTION twin   cid [0-9]+ on n2 -");
    natsc_close(second);
    shown_wait(t, "^ [.?] closed");
    shown_type(t, ":connection twin\r", "2 are called twin: this one is cid [0-9]+ on n1, open for [0-9]+");
    shown_wait(t, "^.CONNECTION twin   cid [0-9]+ on n1 -");
    natsc_close(first);
    shown_wait(t, "^ [.] closed"); /* until the server has told when, it may have been before the other one */
    shown_type(t, ":connection twin\r", "2 are called twin: this one is cid [0-9]+ on n1, closed");
    shown_quit(t);
}
END_TEST

/* A prompt that is open takes text, and leaves the shell within reach. */
START_TEST(a_prompt_can_be_suspended) {
    static const char *const open[][2] = {{"/maker", "^/maker"}, {":theme da", "^:theme da"}};
    struct terminal *t = quiet_open_size(24, 80);
    shown_wait(t, "\\. n3 ");
    shown_type(t, "2", " maker ");
    shown_type(t, open[_i][0], open[_i][1]);
    ck_assert(terminal_type(t, "\x1a"));
    ck_assert(terminal_wait_stopped(t, SHOWN_MS));
    ck_assert(terminal_restored(t));
    terminal_resize(t, 30, 100);
    ck_assert(terminal_continue(t));
    shown_wait(t, open[_i][1]);
    shown_type(t, "\033", "> Connections");
    shown_quit(t);
}
END_TEST

START_TEST(an_unknown_command_names_the_nearest) {
    static const char *const lines[][2] = {
        {":jetsteam\r", "no command is called \"jetsteam\"; did you mean jetstream\\?"},
        {":c\r", "\"c\" is the beginning of connections connection consumer cost columns"},
        {":node n11\r", "no server is called \"n11\"; did you mean n1\\?"},
        {":stream ORDRES\r", "no stream is called \"ORDRES\"; did you mean ORDERS\\?"},
        {":sort cqu\r", "no column is called \"cqu\"; did you mean cpu\\?"},
        {":sort\r", "sort by which column\\? severity "},
        {":forget\r", "no server is called \"\""},
        {":overview x\r", "overview takes no argument"},
    };
    struct terminal *t = quiet_open_seen(24, 100);
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        shown_type(t, lines[i][0], lines[i][1]);
        shown_type(t, "\033", "^ 1 Overview");
    }
    shown_type(t, ":events\r", "> Events");
    shown_type(t, ":sort x\r", "there is no list to sort here");
    shown_peek(t, "\025columns\r", "there are no columns to choose here", "^ 1 Overview");
    shown_quit(t);
}
END_TEST

/* What was typed is there to be mended, and Ctrl-C means the prompt. */
START_TEST(a_refused_command_stays) {
    struct terminal *t = quiet_open_seen(24, 80);
    shown_type(t, ":interest a..b\r", "^:interest a\\.\\.b  a word between dots is missing");
    shown_type(t, "\003", "^ 1 Overview");
    shown_type(t, ":theme dakr\r",
               "^ dakr: there is no such theme; did you mean dark" /* no room behind it */);
    shown_type(t, "\177\177", "^ dark"); /* what there is, again */
    shown_type(t, "rk\r", "^ dark *$");
    shown_type(t, ":interest a.*\r", "^:interest a\\.\\*  a subject that is published to has no wildcards");
    shown_type(t, "\177b\r", "> Interest");
    shown_wait(t, "nobody listens to a\\.b");
    shown_type(t, "x", "no subject is watched");
    shown_quit(t);
}
END_TEST

START_TEST(lines_typed_before_come_back) {
    struct terminal *t = quiet_open_seen(24, 100);
    shown_type(t, ":node n1\r", "> Node +n1");
    shown_type(t, ":jetstream\r", "> JetStream");
    shown_type(t, "/bill\r", "filter: bill");
    shown_type(t, ":ov", "^:ov$");
    shown_type(t, "\033[A", "^:jetstream$");
    shown_type(t, "\033OA", "^:node n1$");
    shown_type(t, "\033[A", "^:node n1$");  /* the oldest */
    shown_type(t, "\033[B\033[B", "^:ov$"); /* what was being typed */
    shown_type(t, "\033[A\033[A\r", "> Node +n1");
    shown_type(t, "3/", "^/bill$");
    shown_type(t, "\025ship\r", "filter: ship");
    shown_type(t, "/", "^/ship$");
    shown_type(t, "\033[A\033[A", "^/bill$");
    shown_wait(t, "ORDERS / billing"); /* narrowed at once */
    shown_type(t, "\r", "filter: bill");
    shown_quit(t);
}
END_TEST

/* Presses and lets go of the left button on the text. */
static void click_times(struct terminal *t, const char *text, int times) {
    ck_assert(terminal_wait_text(t, text, SHOWN_MS));
    int col, row = terminal_find(t, text, &col);
    char bytes[120] = "";
    for (int i = 0; i < times; i++)
        snprintf(bytes + strlen(bytes), sizeof bytes - strlen(bytes), "\033[<0;%d;%dM\033[<0;%d;%dm", col + 2,
                 row + 1, col + 2, row + 1);
    ck_assert(terminal_type(t, bytes));
}

static void click(struct terminal *t, const char *text) {
    click_times(t, text, 1);
}

static bool sent(struct terminal *t, const char *bytes) {
    size_t size;
    const char *output = terminal_output(t, &size);
    return memmem(output, size, bytes, strlen(bytes)) != NULL;
}

START_TEST(the_mouse_is_taken_where_it_was_asked_for) {
    struct terminal *t =
        quiet_open(&(struct terminal_options){.rows = 40, .cols = 120}, (const char *[]){"--mouse", NULL});
    shown_wait(t, "\\. n3 ");
    ck_assert(sent(t, "\033[?1000h\033[?1006h"));
    click(t, ". n2 ");
    shown_wait(t, "\\.>n2 ");
    ck_assert(terminal_type(t, "\033[<65;9;9M")); /* the wheel */
    shown_wait(t, "\\.>n3 ");
    ck_assert(terminal_type(t, "\033[<64;9;9M"));
    shown_wait(t, "\\.>n1 ");
    shown_wait(t, "ORDERS / billing");
    click(t, "ORDERS / billing"); /* in another panel */
    shown_wait(t, "[.?*!]>ORDERS / billing");
    click(t, "CONN  SUBS");
    shown_wait(t, "sort: CONN ");
    click(t, "CONN  SUBS");
    shown_wait(t, "sort: CONN reversed");
    click_times(t, ". n2 ", 2); /* Enter */
    shown_wait(t, "> Node +n2");
    click(t, "3 JetStream");
    shown_wait(t, "> JetStream");
    shown_wait(t, "Tab list .*o sort"); /* row 1 comes before the footer */
    click(t, "o sort");
    shown_wait(t, "SORT BY");
    shown_wait(t, "^ Enter take .*Esc done");
    click(t, "ack_pending");
    shown_wait(t, "sort: ACKPEND");
    shown_type(t, "m", "^.VIEWS");
    shown_wait(t, "^ Enter open +Esc back");
    click(t, "Events ");
    shown_wait(t, "> Events");
    shown_type(t, "?", "KEYS in Events");
    ck_assert(terminal_type(t, "\033[<65;9;9M"));
    shown_wait(t, "^.KEYS in Events -+ 4-"); /* help scrolls */
    shown_type(t, "?", "^.EVENTS");
    terminal_key(t, VTERM_KEY_FUNCTION(2), VTERM_MOD_NONE);
    shown_wait(t, "^.SETTINGS -+ 1 of ");
    ck_assert(terminal_type(t, "\033[<65;9;9M"));
    shown_wait(t, "^.SETTINGS -+ 4 of ");
    click(t, "units ");
    shown_wait(t, "^.> ?units +\"bytes\"");
    click_times(t, "units ", 2);
    shown_wait(t, "units +\"bits\" +changed here");
    shown_type(t, "q", "^.EVENTS");
    shown_quit(t);
}
END_TEST

START_TEST(columns_are_set_by_name) {
    struct terminal *t = quiet_open_size(40, 120);
    shown_wait(t, "\\. n3 ");
    shown_type(t, "2", "> Connections");
    shown_type(t, ":columns sub", "^:columns sub");
    shown_type(t, "\t", "^:columns subscriptions");
    shown_type(t, ",cid,rt\t", "^:columns subscriptions,cid,rtt");
    shown_type(t, "\r", "CID +SUBS +RTT");
    shown_type(t, ":columns subscriptions,rttt\r", "there is no column rttt; did you mean rtt\\?");
    shown_peek(t, "\025columns ,\r", "this names no column", "^ 1 Overview");
    terminal_key(t, VTERM_KEY_FUNCTION(2), VTERM_MOD_NONE);
    shown_wait(t, "^.SETTINGS");
    for (int i = 0; i < 3; i++)
        ck_assert(terminal_type(t, "\004"));
    shown_wait(t, "columns.connections.* \\[.*\"subscriptions\".*\"rtt\"\\] +changed here");
    shown_type(t, "q", "> Connections");
    shown_type(t, ":events\r", "> Events");
    shown_peek(t, ":columns x\r", "there are no columns to choose here", "^ 1 Overview");
    shown_quit(t);
}
END_TEST

/* Totals in place of rates are columns in another order: kept as these are. Esc leads out of groups. */
START_TEST(totals_and_groups_of_connections) {
    struct terminal *t = quiet_open_size(40, 160);
    shown_wait(t, "\\. n3 ");
    shown_type(t, "2", "> Connections");
    shown_wait(t, "[0-9]+ open +per second -");
    shown_type(t, "U", "[0-9]+ open +since connected -");
    shown_type(t, "B", "GROUP BY -");
    terminal_key(t, VTERM_KEY_DOWN, VTERM_MOD_NONE);
    shown_wait(t, ">\\( \\) NAME");
    shown_peek(t, "\r", "[0-9]+ open +by name: [0-9]+ +since connected -", "[0-9]+ open +since connected -");
    shown_type(t, "x", "[0-9]+ closed.* +since connected -");
    terminal_key(t, VTERM_KEY_FUNCTION(2), VTERM_MOD_NONE);
    shown_wait(t, "^.SETTINGS");
    for (int i = 0; i < 3; i++)
        ck_assert(terminal_type(t, "\004"));
    shown_wait(t, "columns.connections.connections +.* changed here");
    shown_type(t, "q", "> Connections");
    shown_quit(t);
}
END_TEST

START_TEST(a_crash_leaves_no_mouse_behind) {
    int status;
    struct terminal *t =
        quiet_open(&(struct terminal_options){.rows = 24, .cols = 80}, (const char *[]){"--mouse", NULL});
    shown_wait(t, "\\. n3 ");
    ck_assert(sent(t, "\033[?1000h"));
    ck_assert(terminal_signal(t, SIGSEGV));
    ck_assert(terminal_wait_exit(t, &status, SHOWN_MS));
    ck_assert(terminal_restored(t));
    terminal_close(t);
}
END_TEST

START_TEST(the_mouse_is_left_alone_else) {
    struct terminal *t = quiet_open_seen(40, 120);
    ck_assert(!sent(t, "\033[?1000h"));
    click(t, "2 Connections"); /* a terminal that sends it all the same */
    shown_type(t, "3", "> JetStream");
    shown_type(t, "-", "^.NODES 3");
    shown_quit(t);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("keys");
    TCase *tc = tcase_create("keys");
    tcase_set_timeout(tc, 120);
    tcase_add_unchecked_fixture(tc, quiet_start, quiet_end);
    tcase_add_test(tc, what_help_says_everywhere_is_done);
    tcase_add_test(tc, the_manual_names_every_key);
    tcase_add_test(tc, control_c_cancels_then_quits);
    tcase_add_test(tc, an_unknown_key_is_said_for_a_while);
    tcase_add_test(tc, what_is_hidden_has_a_name);
    tcase_add_test(tc, tab_completes_a_command);
    tcase_add_test(tc, what_is_called_so_is_found);
    tcase_add_test(tc, a_connection_has_a_page);
    tcase_add_test(tc, of_several_the_newest_is_opened);
    tcase_add_loop_test(tc, a_prompt_can_be_suspended, 0, 2);
    tcase_add_test(tc, an_unknown_command_names_the_nearest);
    tcase_add_test(tc, a_refused_command_stays);
    tcase_add_test(tc, lines_typed_before_come_back);
    tcase_add_test(tc, the_mouse_is_taken_where_it_was_asked_for);
    tcase_add_test(tc, columns_are_set_by_name);
    tcase_add_test(tc, totals_and_groups_of_connections);
    tcase_add_test(tc, a_crash_leaves_no_mouse_behind);
    tcase_add_test(tc, the_mouse_is_left_alone_else);
    suite_add_tcase(suite, tc);
    return suite_run(suite);
}
