/* Lists of objects: the bridge between quantities and the table widget.
 *
 * A view names its columns; titles, widths, units, sorting, filtering, marks and the keys of a list come from
 * here. A list holds object pointers while the model is as it was when they were collected. Main
 * process. */
#ifndef VIEWS_QUANTITY_TABLE_H
#define VIEWS_QUANTITY_TABLE_H

#include "model/groups.h"
#include "tui/table.h"
#include "views/filter.h"
#include "views/name_order.h"
#include "views/quantity_text.h"

enum column_form {
    COLUMN_VALUE, /* the quantity as text */
    COLUMN_SPARK, /* its series over spark_s seconds; of a server that is not up the reason instead */
    COLUMN_GAUGE, /* "[####|   ]" of a ratio */
};

struct quantity_column {
    enum quantity quantity;
    int priority;      /* 0 never dropped; larger goes first */
    int grow;          /* columns more when there is room */
    int width;         /* 0: the quantity's own */
    int least;         /* instead, where no text needs more; 0: none */
    const char *title; /* NULL: the quantity's own */
    enum column_form form;
    enum quantity brief; /* in its place where its text has no room; 0 none */
    enum quantity mark;  /* of a gauge: the ratio at which it has one; 0 none */
    bool dated; /* of a row that is old this says why, where no picture has room for that; else its age */
    bool off;   /* hidden until `c` shows it */
    enum quantity total; /* of a rate: the same since the beginning, a column too, which takes its place when
                            totals are asked for; 0 none */
    bool pinned;         /* says which object it is: stays when columns are scrolled */
};

struct quantity_row {
    const struct object *object;
    struct value key, then; /* of the sort columns: asked for once an arrangement */
    int severity, rank;     /* as shown; as sorted */
    uint32_t place;         /* in the order of names, where the list knows that */
};

struct quantity_basis { /* of what is collected and in which order: the same again, and nothing is to be done
                         */
    uint64_t version;   /* of the kind; 0: nothing is collected yet */
    int width, sort, then;
    bool bits, faults_only, show_hidden;
    uint64_t parent, keep;
    const struct object *stream, *connection;
    uint64_t groups; /* members of these */
    uint64_t like;   /* alike this one */
};

#define LIST_MAX_KEYS 4

enum list_menu { LIST_MENU_NONE, LIST_MENU_COLUMNS, LIST_MENU_SORT, LIST_MENU_GROUP, LIST_MENU_COUNT };

struct quantity_list {
    struct table table;
    enum object_kind kind;
    const struct quantity_column *columns;
    int column_count;
    enum quantity keys[LIST_MAX_KEYS]; /* say which object it is */
    int key_count;
    struct table_column made[TABLE_MAX_COLUMNS];
    char titles[TABLE_MAX_COLUMNS][20];
    struct filter *filter;
    struct quantity_row *rows;
    size_t count, cap;
    struct name_order names;     /* of all objects of the kind */
    bool placed;                 /* rows have their place in it */
    struct quantity_basis basis; /* of the rows */
    uint64_t collected;          /* how often they were, and the last time that they were put in order */
    uint64_t ordered;
    const struct object *const *own; /* rows are of these, not of the model's; NULL: the model's */
    size_t own_count;
    uint64_t fitted;           /* columns whose width suits the names in these rows; bit: index */
    size_t known;              /* objects of the kind that the view accepted */
    size_t quiet, internal;    /* of these hidden as idle, as internal */
    const struct model *model; /* of the arrangement */
    const char *idle_text;
    int reason_room;        /* columns of a picture, in which it says why it is old; 0: no picture is shown */
    bool several;           /* clusters: their column is there */
    bool shared;            /* names, by several accounts: their column is there */
    bool account_in_name;   /* unless there is no room for it */
    struct view_context at; /* a copy, same */
    unsigned chosen;        /* how often somebody chose its columns */
    enum list_menu menu;    /* what is open over the list */
    int choice;             /* its line */
    int grouped_by;         /* a quantity; -1 none: what is marked in the choice */
    double spark_top;       /* scale of sparklines of percents */
    char fault[300];        /* of the filter being typed */
    char trouble[320];      /* why rows are missing, "" when they aren't: a line above the head */
    int spark_s;            /* span of sparklines, seconds */
};

/* sort, then: indexes of columns; sort -1: by severity. */
void quantity_list_init(struct quantity_list *list, enum object_kind kind,
                        const struct quantity_column *columns, int count, int sort, int then);
void quantity_list_finish(struct quantity_list *list);

struct quantity_pick {
    uint64_t parent; /* only objects of this parent, 0 all */
    bool (*skip)(const struct model *model, const struct object *object); /* no row of its own; NULL none */
    bool (*idle)(const struct model *model,
                 const struct object *object); /* hidden unless show_hidden; NULL none */
    bool (*internal)(const struct model *model,
                     const struct object *object); /* the same, counted apart; NULL none */
    const struct object *stream;                   /* only what is its; NULL all */
    const struct object *connection;               /* the same, of subscriptions */
    bool gone;                                     /* those that are no more are rows like others */
    const struct group_key *groups;                /* only who is a member of all of these */
    int group_count;
    uint64_t groups_number; /* of these: another one for others */
    /* Rows are of these, not of the model's, and the same as long as `made` is; NULL: of the model's. */
    const struct object *const *objects;
    size_t object_count;
    uint64_t made;
    const struct object *like; /* only others that are alike this one; NULL all */
    bool (*alike)(const struct model *model, const struct object *object, const struct object *like);
    uint64_t keep;         /* this one is never hidden */
    const char *idle_text; /* when all are: "none holds a buffer"; NULL: "all idle: i shows them"; "": as if
                              there were none */
    bool no_filter;        /* the view's filter is not for this list */
    unsigned shapes; /* 1 << SHAPE_x that its rows come by: when one fails, a line above the head says so */
};
/* Rows that a panel of that height has for its list: small ones have no title. */
int quantity_panel_rows(int height);
/* Rows of a list beyond head and objects. */
int quantity_list_trouble_rows(const struct quantity_list *list);
/* Collects and filters alone: the rows are there for others to look at, in no order. */
void quantity_list_collect(struct quantity_list *list, const struct view_context *context,
                           const struct quantity_pick *pick, int width);
/* Collects, filters, sorts and clamps for an area of that size, the head among its rows. */
void quantity_list_arrange(struct quantity_list *list, const struct view_context *context,
                           const struct quantity_pick *pick, int width, int height);
/* The same below a rule with a title; bold where keys go to. */
void quantity_panel_draw(const struct quantity_list *list, struct surface *s, struct rect area,
                         const char *title, const char *right, const char *empty);
void quantity_list_draw(const struct quantity_list *list, struct surface *s, struct rect area,
                        const char *empty);
/* "12/351": the selected row, where keys go to the list and not all rows are seen; else "". */
void quantity_list_position(const struct quantity_list *list, char *out, size_t size);
/* "filter: lag>10   sort: severity then LAG" */
void quantity_list_status(const struct quantity_list *list, char *out, size_t size);
/* The selected object; NULL when the list is empty. */
const struct object *quantity_list_selected(const struct quantity_list *list, const struct model *model);
void quantity_list_select(struct quantity_list *list, uint64_t id);
/* The menu that is open over the list, if one is: from below the title of the panel, or from as far above as
 * it needs within `view`. After whatever stands there. */
void quantity_menu_draw(const struct quantity_list *list, struct surface *s, struct rect panel,
                        struct rect view);
/* Lines of the open menu, and the column of one: -1 is severity. */
int quantity_menu_lines(const struct quantity_list *list);
int quantity_menu_column(const struct quantity_list *list, int line);
/* What a line of the choice of groups groups by; -1: nothing. */
int quantity_menu_group(int line);
/* ---- columns: which, and in which order (quantity_columns.c) ---- */

/* "cpu", "cpu_spark", "buffer_gauge": what a configuration calls it. */
void quantity_column_name(const struct quantity_column *column, char *out, size_t size);
int quantity_column_named(const struct quantity_column *columns, int count, const char *name); /* -1: none */
/* Names with blanks between: those shown unless told otherwise. */
void quantity_columns_default(const struct quantity_column *columns, int count, char *out, size_t size);
/* Shows exactly these, in this order; what says which row it is stays on the left. NULL: the defaults. */
void quantity_list_set_columns(struct quantity_list *list, const char *names);
void quantity_list_columns(const struct quantity_list *list, char *out, size_t size);
/* Somebody chose these columns. Returns what keeps them, by the keys in force; "" where nothing does. Lives
 * until the next call. */
const char *quantity_list_chosen(struct quantity_list *list);
/* What another list shows of the columns that both have it shows now, too. */
void quantity_list_follow(struct quantity_list *list, const struct quantity_list *other);
/* The column of a line of the menu moves to the left or right; false: it stands at the end, or has to stay.
 */
bool quantity_list_move_column(struct quantity_list *list, int line, int by);
/* Rates and totals change places, and with them what is hidden, what comes first where room is short and what
 * it is sorted by. */
void quantity_list_show_totals(struct quantity_list *list, bool totals);
/* Totals come first; a list that has no rates has totals alone. */
bool quantity_list_shows_totals(const struct quantity_list *list);

/* A filter's fault for this list, NULL when it is fine; lives until the next call for the list. */
const char *quantity_list_check(struct quantity_list *list, const char *filter);

/* The first member of the state of each view with lists. */
struct list_view {
    struct quantity_list
        *focus; /* the list that keys go to; NULL: none yet, the first movement goes to `first` */
    struct quantity_list *first;
    bool chosen; /* by a person, with a key or the mouse */
};
/* Of a view whose lists stand below each other (list_focus.c): keys go to the first one that has rows, or to
 * the one that was chosen as long as it has some. While it is filtered, or something is chosen from over it,
 * it stays. Before rows are shown, after they were counted. */
void list_settle(const struct view_list_row *rows, void *state, const struct view_context *context);
/* Rows of these lists that are hidden as idle or internal. */
size_t list_hidden(const struct view_list_row *rows, void *state);
/* To the next one that has rows, or back; it is chosen then. */
void list_step(const struct view_list_row *rows, void *state, int by);
/* The list that keys go to, or will go to; NULL: the view has none. */
struct quantity_list *list_of_view(const struct view_ops *view, void *state);
/* The slot of a view whose filter is for the list that keys go to. */
const char *list_check_filter(void *state, const char *filter);
/* What `:sort` calls a column: the name of its quantity; -1 is severity. NULL: rows can't be sorted by it. */
const char *list_sort_name(const struct quantity_list *list, int column);
/* By that name, or the column's title; again: reversed. false: there is no such column. */
bool list_sort_by(struct quantity_list *list, const char *name);
/* What the mouse does to the list of a view whose table is `of`; false: there is none. Selects the row; sorts
 * by the column, again: reversed; goes to the line of what is chosen from. */
bool list_select(const struct view_ops *view, void *state, const void *of, uint64_t id, int64_t mono_ns);
bool list_sort_column(const struct view_ops *view, void *state, const void *of, int column);
bool list_choose(const struct view_ops *view, void *state, const void *of, int line);
/* CONTEXT_CHOICE while something is chosen over a list of the view, else 0. */
unsigned list_contexts(const struct view_ops *view, const void *state);

unsigned list_down(void *call), list_up(void *call), list_page_down(void *call), list_page_up(void *call);
unsigned list_half_down(void *call), list_half_up(void *call), list_home(void *call), list_end(void *call);
unsigned list_left(void *call), list_right(void *call), list_sort_left(void *call),
    list_sort_right(void *call);
unsigned list_reverse(void *call), list_columns(void *call), list_sort_menu(void *call),
    list_pick(void *call), list_close(void *call);
/* The choice of what to group by; the view takes the line itself. */
unsigned list_group_menu(void *call);
unsigned list_copy(void *call), list_move_left(void *call), list_move_right(void *call);
/* Enter: the view of the selected object; the page of the server behind it. */
unsigned list_open(void *call), list_open_server(void *call);

/* What a list does for its keys and for those of its choices, as rows of a view's own table. */
#define LIST_ACTIONS                                                                                         \
    {ACTION_DOWN, list_down}, {ACTION_UP, list_up}, {ACTION_PAGE_DOWN, list_page_down},                      \
        {ACTION_PAGE_UP, list_page_up}, {ACTION_HALF_DOWN, list_half_down}, {ACTION_HALF_UP, list_half_up},  \
        {ACTION_HOME, list_home}, {ACTION_END, list_end}, {ACTION_LEFT, list_left},                          \
        {ACTION_RIGHT, list_right}, {ACTION_SORT_LEFT, list_sort_left},                                      \
        {ACTION_SORT_RIGHT, list_sort_right}, {ACTION_SORT, list_sort_menu}, {ACTION_REVERSE, list_reverse}, \
        {ACTION_COLUMNS, list_columns}, {ACTION_COPY, list_copy}, {ACTION_TAKE, list_pick},                  \
        {ACTION_TOGGLE_COLUMN, list_pick}, {ACTION_MOVE_LEFT, list_move_left},                               \
        {ACTION_MOVE_RIGHT, list_move_right}, {ACTION_CHOICE_BACK, list_close},                              \
        {ACTION_CHOICE_QUIT, list_close}, {ACTION_CHOICE_SORT, list_sort_menu},                              \
        {ACTION_CHOICE_COLUMNS, list_columns}, {ACTION_LINE_DOWN, list_down}, {ACTION_LINE_UP, list_up},     \
        {ACTION_LINE_PAGE_DOWN, list_page_down}, {ACTION_LINE_PAGE_UP, list_page_up},                        \
        {ACTION_LINE_HALF_DOWN, list_half_down}, {ACTION_LINE_HALF_UP, list_half_up},                        \
        {ACTION_LINE_HOME, list_home}, {                                                                     \
        ACTION_LINE_END, list_end                                                                            \
    }

#endif
