/* expression.c: formulas in the parameters of a family, evaluated by muParser.
 *
 * Formulas come from files, so nothing reaches muParser that a small scanner has not let through: numbers,
 * the declared names, the constants _pi and _e, the functions below, + - * / ^ ( ) and the comma between
 * arguments. That leaves out what muParser could do besides arithmetic: assignments, strings, several
 * results, comparisons. Length and depth of nesting are bounded. */
#include "cell/expression.h"

#include "base/error.h"
#include "base/memory.h"

#include <math.h>
#include <muParserDLL.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_NESTING = 64 };

struct grl_expression {
    muParserHandle_t parser;
};

static const char *const functions[] = {"sin",  "cos",   "tan",  "asin",  "acos",  "atan",  "atan2",
                                        "sinh", "cosh",  "tanh", "asinh", "acosh", "atanh", "log",
                                        "log2", "log10", "ln",   "exp",   "sqrt",  "abs",   "sign",
                                        "rint", "min",   "max",  "sum",   "avg",   NULL};

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static bool same(const char *word, const char *text, size_t length)
{
    return strlen(word) == length && memcmp(word, text, length) == 0;
}

static bool is_function(const char *text, size_t length)
{
    for (size_t i = 0; functions[i]; i++)
        if (same(functions[i], text, length)) return true;
    return false;
}

static bool is_constant(const char *text, size_t length)
{
    return same("_pi", text, length) || same("_e", text, length);
}

bool grl_expression_name_allowed(const char *name)
{
    size_t length = 0;
    while (is_letter(name[length]) || is_digit(name[length])) length++;
    if (length == 0 || name[length] != '\0' || is_digit(name[0]) || length > GRL_MAX_NAME) return false;
    /* "if" and "rnd" are kept free for what they mean elsewhere; "input" names the input's entries. */
    return !is_function(name, length) && !is_constant(name, length) && !same("if", name, length) &&
           !same("rnd", name, length) && !same("input", name, length);
}

static size_t number_length(const char *text)
{
    size_t i = 0, digits = 0;
    for (; is_digit(text[i]); i++) digits++;
    if (text[i] == '.')
        for (i++; is_digit(text[i]); i++) digits++;
    if (digits == 0) return 0;
    if (text[i] == 'e' || text[i] == 'E') {
        size_t j = i + 1;
        if (text[j] == '+' || text[j] == '-') j++;
        if (!is_digit(text[j])) return 0;
        for (i = j; is_digit(text[i]);) i++;
    }
    return i;
}

/* Lets through what the head of this file lists, and gives muParser each variable that is used. */
static grl_status scan(const char *text, grl_variable *const *variables, size_t count,
                       muParserHandle_t parser, grl_error *error)
{
    bool call[MAX_NESTING + 1] = {false}, after_function = false;
    size_t depth = 0, i = 0;
    while (text[i]) {
        char c = text[i];
        size_t length = 1;
        bool is_call = false;
        if (c == ' ' || c == '\t') {
            i++;
            continue;
        }
        if (is_digit(c) || c == '.') {
            length = number_length(text + i);
            if (length == 0 || is_letter(text[i + length]))
                return grl_fail(error, GRL_BAD_INPUT, "expected a number at position %zu of \"%.60s\"", i + 1,
                                text);
        } else if (is_letter(c)) {
            size_t v = 0;
            while (is_letter(text[i + length]) || is_digit(text[i + length])) length++;
            is_call = is_function(text + i, length);
            while (v < count && !same(variables[v]->name, text + i, length)) v++;
            if (v < count)
                mupDefineVar(parser, variables[v]->name, &variables[v]->value);
            else if (!is_call && !is_constant(text + i, length))
                return grl_fail(error, GRL_BAD_INPUT,
                                "expected a parameter or a function in \"%.60s\", found \"%.*s\"", text,
                                (int)(length < GRL_MAX_NAME ? length : GRL_MAX_NAME), text + i);
        } else if (c == '(') {
            if (depth == MAX_NESTING)
                return grl_fail(error, GRL_BAD_INPUT,
                                "expected at most %d parentheses inside each other in \"%.60s\"", MAX_NESTING,
                                text);
            call[++depth] = after_function;
        } else if (c == ')') {
            if (depth == 0)
                return grl_fail(error, GRL_BAD_INPUT, "unexpected ) at position %zu of \"%.60s\"", i + 1,
                                text);
            depth--;
        } else if (!(strchr("+-*/^", c) || (c == ',' && call[depth]))) {
            return grl_fail(error, GRL_BAD_INPUT, "unexpected \"%c\" at position %zu of \"%.60s\"",
                            c > ' ' && c < 127 ? c : '?', i + 1, text);
        }
        after_function = is_call;
        i += length;
    }
    return GRL_OK;
}

grl_status grl_expression_create(const char *text, grl_variable *const *variables, size_t count,
                                 grl_expression **expression, grl_error *error)
{
    *expression = NULL;
    if (strlen(text) > GRL_MAX_EXPRESSION)
        return grl_fail(error, GRL_BAD_INPUT, "expected an expression of at most %d bytes, found %zu",
                        GRL_MAX_EXPRESSION, strlen(text));
    grl_expression *made = grl_calloc(1, sizeof *made);
    if (made) made->parser = mupCreate(muBASETYPE_FLOAT);
    if (!made || !made->parser) {
        free(made);
        return grl_fail_memory(error, 1, sizeof *made);
    }
    grl_status status = scan(text, variables, count, made->parser, error);
    if (status == GRL_OK) {
        mupSetExpr(made->parser, text);
        mupEval(made->parser);
        if (mupError(made->parser))
            status = grl_fail(error, GRL_BAD_INPUT, "expected an expression, found \"%.60s\": %.200s", text,
                              mupGetErrorMsg(made->parser));
    }
    if (status != GRL_OK) {
        grl_expression_free(made);
        return status;
    }
    *expression = made;
    return GRL_OK;
}

void grl_expression_free(grl_expression *expression)
{
    if (!expression) return;
    mupRelease(expression->parser);
    free(expression);
}

double grl_expression_value(grl_expression *expression)
{
    double value = mupEval(expression->parser);
    return mupError(expression->parser) ? NAN : value;
}
