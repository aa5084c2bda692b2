/* Alike subjects as one row, for subjects.c alone. */
#ifndef COLLECTORS_SUBJECT_FOLD_H
#define COLLECTORS_SUBJECT_FOLD_H

#include "collectors/subjects.h"

struct fold;
struct fold *fold_create(void);
void fold_destroy(struct fold *fold);
void fold_forget(struct fold *fold); /* which tokens had many values */

void fold_begin(struct fold *fold);
/* Borrowed until fold_rows(). Its looks begin with that one of the window. */
void fold_add(struct fold *fold, const struct counter *counter, int first_look, int64_t second);
/* In no order; they live until fold_begin(). Of so many messages in all. */
struct subject_row *fold_rows(struct fold *fold, uint64_t messages, size_t *count, uint64_t *distinct);

#endif
