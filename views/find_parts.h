/* Inside Find: find_kinds.c has the table of what is searched, find_accounts.c the accounts, which are no
 * objects, find_search.c finds, find_rows.c makes a table of what was found, find_cells.c says it in words,
 * find_draw.c draws all, find.c is the view with its keys. */
#ifndef VIEWS_FIND_PARTS_H
#define VIEWS_FIND_PARTS_H

#include "tui/table.h"
#include "views/filter.h"
#include "views/find.h"
#include "views/line_moves.h"
#include "views/view.h"

enum {
    FIND_SEARCHED = 8, /* quantities of a kind at most, with the end */
    FIND_FIGURES = 6,  /* the same */
    FIND_ORDERS = 2,
    FIND_PARTS = 8,       /* kinds at most */
    FIND_MOST = 200,      /* rows of one kind at most: the best */
    FIND_WORD_SIZE = 128, /* bytes of what is looked for */
};

/* What ends a list of quantities: no cluster is found by its name. */
#define FIND_END ((enum quantity)0)

/* ---- accounts ---- */

enum { FIND_SOURCES = 4 };

/* Where an account is told, and what has it there. */
struct find_source {
    enum quantity account;
    const char *singular, *plural;
    const char *view; /* that lists them */
};
extern const struct find_source find_sources[FIND_SOURCES];
extern const int find_source_count;

struct find_account {
    const char *name; /* borrowed from the model until its next change */
    uint64_t cluster; /* the object; accounts of one name in two clusters are two */
    uint64_t id;      /* never an object's */
    size_t has[FIND_SOURCES];
    enum severity severity; /* the worst that is said of what is in it */
};

struct find_accounts { /* zeroed before the first use */
    struct find_account *all;
    size_t count, cap;
    uint32_t *slots; /* open addressing; index + 1 */
    size_t slot_count;
    uint64_t versions[FIND_SOURCES];
};

/* false: they are as they were. */
bool find_accounts_look(struct find_accounts *accounts, const struct model *model);
void find_accounts_finish(struct find_accounts *accounts);

/* ---- kinds ---- */

struct find_figure { /* "pend 33.5M", "4.10k msgs" */
    enum quantity quantity;
    const char *before, *unit;
};

struct find_asked {
    const char *word; /* "" none */
    bool none;        /* nothing at all was found */
};

struct find_kind {
    enum object_kind kind; /* OBJECT_KIND_COUNT: accounts */
    const char *word, *brief, *plural;
    enum quantity searched[FIND_SEARCHED]; /* the first is its name */
    enum quantity shown;                   /* what it is called in the list */
    enum quantity number;                  /* tells those of one name apart; FIND_END none */
    enum quantity where[3];
    enum quantity state; /* FIND_END none */
    struct find_figure figures[FIND_FIGURES];
    /* Of equal answers the largest of the first come first, then of the sum of the second's; then by number.
     * All FIND_END: by name. */
    enum quantity order[FIND_ORDERS][2];
    unsigned shapes; /* 1 << SHAPE_x that it comes by */
    /* What of it can't be found, "" nothing. `since`: zeroed in the beginning, its own. NULL: all is known.
     */
    void (*unknown)(const struct view_context *context, const struct find_asked *asked, int64_t *since,
                    char *out, size_t size);
    /* It has no row, since what is open of it (kind `open`) is found as well; NULL: all have. */
    bool (*skip)(const struct model *model, const struct object *object);
    /* What was seen last on a server that does not answer may be back elsewhere: it comes behind what lives.
     */
    bool moves;
    enum object_kind open;
    /* What it is a part of, or was: that one's place is its own. NULL: it has a place. */
    const struct object *(*of)(const struct model *model, const struct object *object);
};
extern const struct find_kind find_kinds[];
extern const int find_kind_count;
/* That one of the quantities searched is what it is called. */
bool find_is_name(const struct find_kind *kind, int searched);

/* ---- searching ---- */

struct find_hit {
    const struct object *object; /* NULL: an account. While the model is as it was */
    const struct find_account *account;
    uint64_t id;
    const char *name; /* may be "" */
    uint8_t rank;     /* 0 is the best */
    uint8_t by;       /* which of the quantities searched */
    bool over;        /* behind those that are not */
    bool old;         /* as last seen: behind those that live */
    enum severity severity;
    double order[FIND_ORDERS]; /* -1 not known */
    uint64_t number;
};

struct find_part { /* of one kind */
    struct find_hit *hits;
    size_t count, cap;
    size_t found;     /* hits before the worst went */
    size_t searched;  /* objects */
    size_t gone;      /* found, and hidden because they are no more */
    bool done;        /* and nothing has changed but the model */
    uint64_t version; /* of the model for this kind, then */
    struct filter *filter;
};

struct find_search { /* zeroed before the first use */
    char word[FIND_WORD_SIZE], pattern[FIND_WORD_SIZE];
    char *filter; /* the view's, as typed */
    bool faulty;  /* and so passed over */
    bool faults_only, show_hidden;
    struct find_accounts accounts;
    struct find_part parts[FIND_PARTS];
};

/* What is to be found from now on; "~x" is a pattern. What is wrong with it, NULL when it is fine. */
const char *find_search_word(struct find_search *search, const char *word);
/* A filter's fault for all kinds, NULL when one understands it; lives until the next call. */
const char *find_search_check(const char *filter);
/* Something is looked for. */
bool find_search_asked(const struct find_search *search, const struct view_context *context);
/* Finds again what may have changed; false: nothing may have. */
bool find_search_run(struct find_search *search, const struct view_context *context);
void find_search_finish(struct find_search *search);

/* ---- what was found ---- */

enum find_column { FIND_KIND, FIND_NAME, FIND_WHERE, FIND_STATE, FIND_FIGURE, FIND_BY, FIND_COLUMNS };

/* In at most `width` columns, 0: the whole. */
void find_text(const struct view_context *context, const struct find_kind *kind, const struct find_hit *hit,
               enum find_column column, int width, char *out, size_t size);

/* ---- the view ---- */

enum { FIND_TROUBLES = 5, FIND_TROUBLE_SIZE = 320 };

struct find_row {
    const struct find_kind *kind;
    const struct find_hit *hit;
};

struct find {
    struct line_moves lines;
    struct find_search search;
    struct table table;
    struct table_column made[FIND_COLUMNS];
    struct find_row *rows; /* of all parts, the best answered first */
    size_t count, cap;
    bool changed; /* rows, since they were arranged */
    int64_t since[FIND_PARTS];
    char troubles[FIND_TROUBLES][FIND_TROUBLE_SIZE]; /* what can't be found, and why */
    int trouble_count;
};

struct find_look { /* lives as long as the source that is made of it */
    const struct find *find;
    const struct view_context *context;
};

void find_rows_init(struct find *find);
/* Finds again what may have changed. */
void find_rows_refresh(struct find *find, const struct view_context *context);
/* For an area of that width. */
void find_rows_fit(struct find *find, int width);
struct table_source find_rows_source(struct find_look *look);

/* Lines that an area of that height has for the title, and then for what can't be found. */
int find_title_rows(int height);
int find_trouble_rows(const struct find *find, int height);
void find_draw(const void *state, const struct view_context *context, struct surface *s, struct rect area);

#endif
