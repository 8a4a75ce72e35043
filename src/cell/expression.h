/* expression.h: one number of a family, as a formula in the family's parameters. */
#ifndef GRL_CELL_EXPRESSION_H
#define GRL_CELL_EXPRESSION_H

#include <grulens/status.h>
#include <stdbool.h>
#include <stddef.h>

typedef struct grl_expression grl_expression;

/* What an expression may refer to. The value is read at each evaluation and must outlive the expression. */
typedef struct grl_variable {
    const char *name;
    double value;
} grl_variable;

/* Longest name of a parameter and longest expression, in bytes. */
enum { GRL_MAX_NAME = 64, GRL_MAX_EXPRESSION = 4096 };

/* True for a name that a parameter may have: letters, digits and _, no digit first, no function's name. */
bool grl_expression_name_allowed(const char *name);

/* Parses a formula in `count` variables. Free with grl_expression_free. */
grl_status grl_expression_create(const char *text, grl_variable *const *variables, size_t count,
                                 grl_expression **expression, grl_error *error);
void grl_expression_free(grl_expression *expression); /* NULL is allowed */

/* The value at the variables' present values; not-a-number where the formula has none. */
double grl_expression_value(grl_expression *expression);

#endif
