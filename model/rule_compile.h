/* One rule from text to what can be asked: for those who make rules and expectations, and for nobody else.
 * Pure; main process. */
#ifndef MODEL_RULE_COMPILE_H
#define MODEL_RULE_COMPILE_H

#include "model/ruleset.h"

struct asking_names;

/* The caller's, by expr_destroy(); *names tells of what it asks. NULL: *fault says what is wrong with the
 * text of that key, and what was meant. */
struct expr *rule_parse(struct asking_names *names, const char *key, const char *text,
                        struct rule_fault *fault);
/* Fills what is made of a rule's texts. false: *fault says what is wrong with which. */
bool rule_compile(struct rule *rule, struct rule_fault *fault);
/* Frees what was made. */
void rule_discard(struct rule *rule);

/* false; the message, cut where it is too long. */
bool rule_refuse(struct rule_fault *fault, const char *key, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* The sign at the beginning of a limit, and the rest behind it; false: there is none. */
bool rule_sign_of(const char *limit, enum rule_sign *sign, const char **rest);
/* What is a number here, true or false, or neither (*number and *truth false)? false: it is no expression. */
bool rule_kind_of(enum object_kind kind, const char *condition, bool *number, bool *truth,
                  struct rule_fault *fault);

#endif
