/* lyapunov.c: Lyapunov exponents by the method of Benettin, Galgani, Giorgilli and Strelcyn (1980).
 *
 * k tangent vectors are carried along the trajectory and made orthonormal after every unit of time; the
 * logarithms of the lengths l_j that remain of each add up to
 *
 *     lambda_j = lim 1/T sum log l_j.
 *
 * Errors: the time is divided into 16 to 32 blocks; the standard error of their means, times the 95 % point
 * of Student's distribution, takes correlations into account as soon as a block is longer than these last.
 * Blocks are merged in pairs as time goes on.
 *
 * Deciding: of regular motion the sum of the logarithms of a zero exponent stays bounded or grows like log T; of chaos
 * the first grows like lambda T. So lambda T > `grown` and lambda > three errors is chaos; |lambda| T < `still` over
 * at least `least_time` is zero, if lambda is also within twice its error and what a sum of about `bounded` leaves. A slow decay (less than still/T) looks like zero, and so does chaos that is weaker
 * than that: that is what grl_birkhoff is for. It weighs averages over N times by w(t) = exp(-1/(t (1 - t))),
 * 0 < t = i/N < 1, which converge faster than any power of N for (smooth, Diophantine) quasi-periodic motion and
 * like N^(-1/2) for chaos (Das, Saiki, Sander and Yorke 2017).
 *
 * What makes it fail: chaos that lasts for a time only, or that is interrupted by long regular phases. */
#include "portrait/lyapunov.h"

#include "base/error.h"
#include "base/memory.h"
#include "base/random.h"
#include "num/dense.h"
#include "portrait/course.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { BLOCKS = 32, LATER = 64, WINDOW = 4096, PCA_UNITS = 256 };

static const double tolerance = 1e-5, grown = 20, still = 10, bounded = 2, least_time = 1000;
static const double student = 2.04; /* 95 %, 31 degrees of freedom; 2.13 with 15 */

/* Variance of motion that has come to rest. */
static const double at_rest = 1e-8;

typedef struct tally {
    double *block; /* BLOCKS x k: sums of logarithms */
    size_t blocks; /* complete ones */
    long length;   /* of a block, in intervals */
    long filled;   /* intervals in the current one */
} tally;

static void merge(tally *t, size_t k)
{
    for (size_t b = 0; b < BLOCKS / 2; b++)
        for (size_t j = 0; j < k; j++)
            t->block[b * k + j] = t->block[2 * b * k + j] + t->block[(2 * b + 1) * k + j];
    memset(t->block + BLOCKS / 2 * k, 0, BLOCKS / 2 * k * sizeof(double));
    t->blocks = BLOCKS / 2;
    t->length *= 2;
}

static void summarize(const tally *t, double interval, grl_lyapunov *out)
{
    double length = interval * (double)t->length, count = (double)t->blocks;
    out->time = length * count;
    for (size_t j = 0; j < out->k; j++) {
        double sum = 0, squares = 0;
        for (size_t b = 0; b < t->blocks; b++) sum += t->block[b * out->k + j] / length;
        out->exponent[j] = sum / count;
        for (size_t b = 0; b < t->blocks; b++) {
            double off = t->block[b * out->k + j] / length - out->exponent[j];
            squares += off * off;
        }
        out->error[j] = (count > 20 ? student : 2.13) * sqrt(squares / (count - 1) / count);
    }
}

static void decide(grl_lyapunov *out)
{
    double first = out->exponent[0];
    out->motion = GRL_MOTION_UNDECIDED;
    out->zeros = 0;
    if (first * out->time > grown && first > 3 * out->error[0]) {
        out->motion = GRL_MOTION_CHAOS;
        return;
    }
    if (out->time < least_time || first * out->time > still) return;
    for (size_t j = 0; j < out->k; j++)
        if (fabs(out->exponent[j]) * out->time < still &&
            fabs(out->exponent[j]) < 2 * out->error[j] + bounded / out->time)
            out->zeros++;
    out->motion = GRL_MOTION_REGULAR;
}

static int is_turn(long interval, long spacing)
{
    uint64_t turn = (uint64_t)(interval / spacing), mixed = (turn + 1) * 0x9e3779b97f4a7c15u;
    return interval % spacing == (long)(mixed >> 40) % spacing;
}

/* One of each `spacing` states is a sample, at a place in its turn that changes without a rule: of a set in several
 * bands that the map visits in turn every band is seen. When there is no more room, every second sample is kept and the
 * spacing doubled. */
static void sample(grl_lyapunov *out, long interval, long *spacing, const double *h)
{
    size_t n = out->n;
    for (size_t i = 0; i < n; i++) {
        out->low[i] = fmin(out->low[i], h[i]);
        out->high[i] = fmax(out->high[i], h[i]);
    }
    if (!is_turn(interval, *spacing)) return;
    if (out->samples == GRL_LYAPUNOV_SAMPLES) {
        for (size_t s = 0; s < GRL_LYAPUNOV_SAMPLES / 2; s++)
            memcpy(out->sample + s * n, out->sample + 2 * s * n, n * sizeof *h);
        out->samples /= 2;
        *spacing *= 2;
        if (!is_turn(interval, *spacing)) return;
    }
    memcpy(out->sample + out->samples++ * n, h, n * sizeof *h);
}

static double to_nearest(const grl_lyapunov *lyapunov, const double *h)
{
    size_t n = lyapunov->n;
    double nearest = INFINITY;
    for (size_t s = 0; s < lyapunov->samples; s++) {
        double apart = 0;
        for (size_t i = 0; i < n && apart < nearest; i++)
            apart = fmax(apart, fabs(lyapunov->sample[s * n + i] - h[i]));
        nearest = fmin(nearest, apart);
    }
    return nearest;
}

double grl_lyapunov_share(const grl_lyapunov *lyapunov, size_t count, const double *states)
{
    size_t near = 0;
    for (size_t c = 0; c < count; c++)
        near += to_nearest(lyapunov, states + c * lyapunov->n) <= 2 * lyapunov->self;
    return (double)near / (double)count;
}

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

void grl_lyapunov_free(grl_lyapunov *lyapunov)
{
    free(lyapunov->exponent);
    *lyapunov = (grl_lyapunov){0};
}

/* The states after the samples, for `self`. */
static bool look_on(grl_course *course, grl_lyapunov *out, double interval)
{
    size_t n = out->n;
    double distance[LATER];
    for (int i = 0; i < LATER; i++) {
        /* at uneven distances, lest they fall in with a rotation number */
        if (!grl_course_run(course, (double)(1 + i * i % 5) * interval)) return false;
        distance[i] = to_nearest(out, course->y);
    }
    qsort(distance, LATER, sizeof *distance, by_size);
    out->self = distance[LATER * 9 / 10];
    memcpy(out->h, course->y, n * sizeof(double));
    return true;
}

grl_status grl_lyapunov_run(grl_system *system, const double *h, size_t k, double longest, double operations,
                            grl_lyapunov *out, grl_error *error)
{
    const size_t n = system->n;
    const int flow = system->time == GRL_CONTINUOUS;
    const double interval = flow ? 1 : system->dt, stride = 1, until = system->operations + operations;
    size_t numbers = 2 * k + GRL_LYAPUNOV_SAMPLES * n + 3 * n + BLOCKS * k + k;
    grl_course course = {0}, alone = {0};
    grl_status status;
    *out = (grl_lyapunov){.n = n, .k = k};
    out->exponent = grl_calloc(numbers, sizeof(double));
    if (!out->exponent) return grl_fail_memory(error, numbers, sizeof(double));
    out->error = out->exponent + k;
    out->sample = out->error + k;
    out->low = out->sample + GRL_LYAPUNOV_SAMPLES * n;
    out->high = out->low + n;
    out->h = out->high + n;
    tally t = {.block = out->h + n, .length = 1};
    double *size = t.block + BLOCKS * k;
    status = grl_course_create(system, k, false, &grl_ode_dopri5, tolerance, tolerance / 10, &course, error);
    if (status == GRL_OK)
        status =
            grl_course_create(system, 0, false, &grl_ode_dopri5, tolerance, tolerance / 10, &alone, error);
    if (status != GRL_OK) goto done;

    grl_random random = grl_random_stream(0, 1);
    memcpy(course.y, h, n * sizeof *h);
    for (size_t i = 0; i < k * n; i++) course.y[n + i] = grl_random_normal(&random);
    grl_orthonormalize(k, n, course.y + n, size, NULL);
    for (size_t i = 0; i < n; i++) out->low[i] = out->high[i] = h[i];
    /* The vectors turn into their directions first. */
    for (int i = 0; i < 50; i++) {
        if (!grl_course_run(&course, stride)) goto done;
        grl_orthonormalize(k, n, course.y + n, size, NULL);
    }
    long spacing = 1, intervals = 0;
    while (system->operations < until && (double)intervals * interval < longest) {
        if (!grl_course_run(&course, stride)) goto done;
        grl_orthonormalize(k, n, course.y + n, size, NULL);
        system->operations += 4.0 * (double)(k * k * n);
        sample(out, intervals++, &spacing, course.y);
        for (size_t j = 0; j < k; j++) t.block[t.blocks * k + j] += log(size[j]);
        if (++t.filled < t.length) continue;
        t.filled = 0;
        if (++t.blocks < BLOCKS) continue;
        summarize(&t, interval, out);
        decide(out);
        if (out->motion == GRL_MOTION_CHAOS && out->error[0] < 0.05 * out->exponent[0] &&
            intervals >= GRL_LYAPUNOV_SAMPLES)
            break;
        if (out->motion == GRL_MOTION_REGULAR && out->time >= 2 * least_time) break;
        merge(&t, k);
    }
    if (t.blocks > BLOCKS / 4) {
        summarize(&t, interval, out);
        decide(out);
    }
    memcpy(alone.y, course.y, n * sizeof *h);
    if (!look_on(&alone, out, stride)) out->motion = GRL_MOTION_UNDECIDED;
done:
    grl_course_free(&course);
    grl_course_free(&alone);
    if (status != GRL_OK) grl_lyapunov_free(out);
    return status;
}

double grl_kaplan_yorke(size_t k, const double *exponents)
{
    double sum = 0;
    for (size_t j = 0; j < k; j++) {
        if (!(sum + exponents[j] >= 0)) return exponents[j] < 0 ? (double)j + sum / -exponents[j] : NAN;
        sum += exponents[j];
    }
    return NAN;
}

/* Mean of the samples and the two directions of largest variance: centre, then two rows of n. */
static grl_status plane_of(const grl_lyapunov *lyapunov, double *plane, int *found, grl_error *error)
{
    size_t n = lyapunov->n, work = grl_dense_eigen_work(n, true);
    *found = n >= 2 && n <= PCA_UNITS;
    if (!*found) return GRL_OK;
    double *C = grl_calloc(n * n + 2 * n + 2 * n * n + work, sizeof *C);
    if (!C) return grl_fail_memory(error, 3 * n * n + 2 * n + work, sizeof *C);
    double *values = C + n * n, *vectors = values + 2 * n, *room = vectors + 2 * n * n;
    memset(plane, 0, 3 * n * sizeof *plane);
    for (size_t s = 0; s < lyapunov->samples; s++)
        for (size_t i = 0; i < n; i++) plane[i] += lyapunov->sample[s * n + i] / (double)lyapunov->samples;
    for (size_t s = 0; s < lyapunov->samples; s++)
        for (size_t i = 0; i < n; i++)
            for (size_t j = 0; j < n; j++)
                C[i * n + j] +=
                    (lyapunov->sample[s * n + i] - plane[i]) * (lyapunov->sample[s * n + j] - plane[j]);
    *found = grl_dense_eigen(n, C, values, vectors, room);
    if (n == 2) { /* the plane itself, so that the sense of rotation is that of h[0], h[1] */
        plane[2] = plane[5] = 1;
        free(C);
        return GRL_OK;
    }
    for (int d = 0; d < 2 && *found; d++) {
        size_t best = 0;
        for (size_t i = 1; i < n; i++)
            if (values[2 * i] > values[2 * best]) best = i;
        for (size_t i = 0; i < n; i++) plane[(size_t)(d + 1) * n + i] = vectors[2 * (best * n + i)];
        values[2 * best] = -1;
    }
    free(C);
    return GRL_OK;
}

/* The angle from the centre, in turns. */
static double angle(size_t n, const double *plane, const double *h)
{
    double x = 0, y = 0;
    for (size_t i = 0; i < n; i++) {
        x += (h[i] - plane[i]) * plane[n + i];
        y += (h[i] - plane[i]) * plane[2 * n + i];
    }
    return atan2(y, x) / 6.283185307179586;
}

grl_status grl_birkhoff(grl_system *system, const grl_lyapunov *lyapunov, double *difference,
                        double *rotation, double *rotation_difference, grl_error *error)
{
    const size_t n = system->n;
    double *room = grl_calloc(7 * n, sizeof *room), *plane = room + 4 * n, turn[2] = {0}, usual = 0;
    int turning = 0;
    grl_course course = {0};
    if (rotation) *rotation = *rotation_difference = NAN;
    *difference = INFINITY;
    grl_status status =
        room ? grl_course_create(system, 0, false, &grl_ode_dop853, 1e-10, 1e-11, &course, error)
             : grl_fail_memory(error, 7 * n, sizeof *room);
    if (status == GRL_OK && rotation) status = plane_of(lyapunov, plane, &turning, error);
    if (status != GRL_OK) goto done;
    memcpy(course.y, lyapunov->h, n * sizeof(double));
    double total = 0;
    for (int w = 0; w < 2; w++) {
        total = 0;
        for (int i = 1; i < WINDOW; i++) {
            double t = (double)i / WINDOW, weight = exp(-1 / (t * (1 - t))),
                   before = angle(n, plane, course.y);
            if (!grl_course_run(&course, 1)) goto done;
            total += weight;
            double *mean = room + (size_t)w * 2 * n, *square = mean + n;
            for (size_t k = 0; k < n; k++) {
                mean[k] += weight * course.y[k];
                square[k] += weight * course.y[k] * course.y[k];
            }
            double step = angle(n, plane, course.y) - before;
            if (w == 0 && i == 1) usual = step - round(step);
            turn[w] += weight * (step - round(step - usual)); /* within half a turn of the first */
        }
    }
    *difference = 0;
    for (size_t k = 0; k < 2 * n; k++)
        *difference = fmax(*difference, fabs(room[k] - room[2 * n + k]) / total);
    double widest = 0; /* variance in the second window */
    for (size_t k = 0; k < n; k++) {
        double mean = room[2 * n + k] / total;
        widest = fmax(widest, room[3 * n + k] / total - mean * mean);
    }
    if (widest < at_rest) *difference = INFINITY;
    if (turning) {
        double turns = turn[1] / total;
        *rotation = turns - round(turns);
        *rotation_difference = fabs(turn[1] - turn[0]) / total;
    }
done:
    grl_course_free(&course);
    free(room);
    return status;
}
