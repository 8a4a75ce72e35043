/* words.h: numbers and counts as a person would write them. */
#ifndef GRL_REPORT_WORDS_H
#define GRL_REPORT_WORDS_H

#include "base/text.h"

#include <grulens/model.h>

/* A number with `digits` significant digits, without a trailing run of zeros in the exponent: 0.0123,
 * 1.2e-9. */
typedef struct grl_short {
    char text[40];
} grl_short;
grl_short grl_number_short(double value, int digits);

/* A whole number with commas between thousands: 4,000,000. */
grl_short grl_number_grouped(long long value);

/* "no", "one" ... "twelve", then digits. */
void grl_words_count(grl_text *text, size_t count);

/* "1 unit", "2 units". */
void grl_words_plural(grl_text *text, size_t count, const char *singular, const char *plural);

/* What had to be assumed about the file, as a list with its heading; nothing if there was nothing. */
void grl_words_notes(grl_text *text, const grl_model *model);

/* " with alpha = 0.5, U_h[0,1] set to 0": the values of a family's parameters and the numbers that were set;
 * nothing if there are none. */
void grl_words_with(grl_text *text, const grl_model *model);

/* The same as a line for each of the two. */
void grl_words_parameters(grl_text *text, const grl_model *model);

enum { GRL_REPORT_WIDTH = 88 };

#endif
