/* Quantities as the names of expressions: what filters, rules and states are asked with. Of a quantity that
 * is a counter, rate(it) is its growth per second. Main process. */
#ifndef MODEL_ASKING_H
#define MODEL_ASKING_H

#include "base/expr.h"
#include "model/quantity.h"

enum { ASKING_KEPT = 64 };
struct asking_memo { /* what was answered about one object: many ask the same of it. All zero: nothing */
    uint64_t filled;
    int ids[ASKING_KEPT];
    struct expr_value values[ASKING_KEPT];
};

struct asking {
    const struct model *model;
    const struct object *object;
    struct asking_memo *memo; /* NULL: nothing is kept */
    bool now; /* what is old is not known; which object it is, and our own word of it, never are */
};

struct asking_names {
    enum object_kind kind;
    bool about_state;  /* one of them says how far what is known of an object can be relied on */
    bool vanished;     /* one of them says that an object has vanished */
    int named;         /* so many are quantities */
    int figure;        /* 1 + the first number, else the first, of those that stand for themselves; 0: none */
    unsigned shapes;   /* that these are read from: model/needs.h */
    bool dated;        /* one of them is evidence of nothing */
    char unknown[64];  /* the last that is none, "" all are */
    char refused[200]; /* why a function of one that is makes no sense, "" all do */
};
/* An expr_resolve_fn whose data is a struct asking_names. */
int asking_resolve(void *data, const char *function, const char *name, enum unit *unit);
/* The id of function(q) and its unit; -1 when there is no such, and why into `refused`, one line. */
int asking_call(const char *function, enum quantity q, enum unit *unit, char *refused, size_t size);
/* What an id stands for is a number, wherever it is known: an expr_is_number_fn. */
bool asking_is_number(int id);
/* quantity_word() of what an id stands for. */
const char *asking_word(int id, int n);
/* What is meant by a text that it is compared with: its word, whatever the case, with blanks for `_`; NULL:
 * the text as it is. *wrong: it can't ever be that. */
const char *asking_meant(int id, const char *text, bool *wrong);
/* That it can't, one line, with what it can be; `behind` is what was written behind the text. */
void asking_no_word(int id, const char *text, const char *behind, char *out, size_t size);
/* An expr_get_fn whose data is a struct asking and whose ids are of asking_resolve() or asking_call(),
 * or quantities. */
struct expr_value asking_get(void *data, int id);

#endif
