/* The texts that names are compared with, once it is known what each name takes. */
#include "base/expr_node.h"

#include <stdlib.h>

#include "base/memory.h"

/* On the right side: it names a quantity, and may be meant as a word all the same. */
static bool is_named(const struct expr *expr, const struct expr_node *relation) {
    return expr->nodes[relation->left].op == OP_NAME && expr->nodes[relation->right].op == OP_NAME &&
           expr->nodes[relation->right].text;
}

void expr_words(struct expr *expr, expr_word_fn *word, void *data) {
    for (int i = 0; i < expr->count; i++) {
        const struct expr_node *node = &expr->nodes[i];
        if (node->op != OP_EQUAL && node->op != OP_NOT_EQUAL)
            continue;
        struct expr_node *name = &expr->nodes[node->left], *text = &expr->nodes[node->right];
        if (name->op != OP_NAME) {
            struct expr_node *other = name;
            name = text;
            text = other;
        }
        bool named = is_named(expr, node), literal = text->op == OP_TEXT || text->op == OP_NUMBER || named;
        const char *meant = name->op == OP_NAME && literal ? word(data, name->id, text->text, named) : NULL;
        if (!meant)
            continue;
        free(text->text);
        text->text = memory_text(meant);
        text->op = named ? OP_TEXT : text->op;
        text->shape = named ? SHAPE_TEXT : text->shape;
    }
}
