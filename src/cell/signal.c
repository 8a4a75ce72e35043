/* signal.c: an input signal as a chain of pieces on which it is smooth.
 *
 * An integrator of high order loses its order at a jump or a kink, so each is made the end of a step. A
 * sampled signal that rests for many rows (zero between pulses) would cut the rest into as many steps; equal
 * constant pieces are therefore walked as one. */
#include "cell/signal.h"

#include "base/error.h"

#include <math.h>
#include <string.h>

grl_status grl_signal_check(const grl_signal *signal, size_t width, grl_error *error)
{
    if (signal->width != width)
        return grl_fail(error, GRL_BAD_INPUT, "the input signal has %zu columns, the network has %zu inputs",
                        signal->width, width);
    if (signal->count == 0) return grl_fail(error, GRL_BAD_INPUT, "the input signal has no rows");
    for (size_t k = 0; k < signal->count; k++) {
        if (!isfinite(signal->times[k]))
            return grl_fail(error, GRL_BAD_INPUT,
                            "the time of row %zu of the input signal is not a finite number", k);
        if (k > 0 && !(signal->times[k] > signal->times[k - 1]))
            return grl_fail(error, GRL_BAD_INPUT,
                            "the times of an input signal must rise, found %g after %g in row %zu",
                            signal->times[k], signal->times[k - 1], k);
        for (size_t j = 0; j < width; j++)
            if (!isfinite(signal->values[k * width + j]))
                return grl_fail(error, GRL_BAD_INPUT,
                                "input %zu in row %zu of the signal is not a finite number", j, k);
    }
    return GRL_OK;
}

static const double *row(const grl_signal *s, size_t k)
{
    return s->values + k * s->width;
}

/* The row from which a piece starts; the input, where the piece is flat. */
static const double *level(const grl_signal *s, size_t piece)
{
    return row(s, piece == 0 ? 0 : piece - 1);
}

static int equal(const grl_signal *s, const double *a, const double *b)
{
    for (size_t j = 0; j < s->width; j++)
        if (a[j] != b[j]) return 0;
    return 1;
}

static int flat(const grl_signal *s, size_t piece)
{
    return s->interpolation == GRL_HOLD || piece == 0 || piece == s->count ||
           equal(s, row(s, piece - 1), row(s, piece));
}

static int same(const grl_signal *s, size_t a, size_t b)
{
    return flat(s, a) && flat(s, b) && equal(s, level(s, a), level(s, b));
}

static void find_end(grl_signal_walk *walk)
{
    const grl_signal *s = walk->signal;
    if (walk->direction > 0) {
        while (walk->piece < s->count && same(s, walk->piece, walk->piece + 1)) walk->piece++;
        walk->end = walk->piece < s->count ? s->times[walk->piece] : INFINITY;
    } else {
        while (walk->piece > 0 && same(s, walk->piece, walk->piece - 1)) walk->piece--;
        walk->end = walk->piece > 0 ? s->times[walk->piece - 1] : -INFINITY;
    }
}

void grl_signal_begin(grl_signal_walk *walk, const grl_signal *signal, int direction, double *buffer)
{
    *walk = (grl_signal_walk){.signal = signal, .direction = direction, .buffer = buffer};
    while (walk->piece < signal->count &&
           (direction > 0 ? signal->times[walk->piece] <= 0 : signal->times[walk->piece] < 0))
        walk->piece++;
    find_end(walk);
}

void grl_signal_next(grl_signal_walk *walk)
{
    if (walk->direction > 0)
        walk->piece++;
    else
        walk->piece--;
    find_end(walk);
}

const double *grl_signal_at(const grl_signal_walk *walk, double t)
{
    const grl_signal *s = walk->signal;
    const size_t p = walk->piece;
    if (flat(s, p)) return level(s, p);
    const double a = s->times[p - 1], b = s->times[p];
    /* Rounding may put the last stage of a step a little behind the end. */
    const double part = fmin(1, fmax(0, (t - a) / (b - a)));
    for (size_t j = 0; j < s->width; j++) {
        double from = row(s, p - 1)[j], to = row(s, p)[j];
        walk->buffer[j] = from + part * (to - from);
    }
    return walk->buffer;
}
