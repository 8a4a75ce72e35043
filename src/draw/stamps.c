/* stamps.c: where a page has been drawn on already, so that curves that come closer and closer do not fill an area.
 *
 * The square is a raster of 400 x 400; each of its squares knows the first curve that counts and was drawn through
 * it, and how far along that curve it lies. A place is covered if a square within 4 of it has a stamp of a curve
 * that counts; of the same curve only what lies a good way back along it, since every curve is near itself. What is
 * covered leaves no stamp, as it is not to be drawn. */
#include "draw/stamps.h"

#include "base/error.h"
#include "base/memory.h"

#include <math.h>
#include <stdlib.h>

enum { RASTER = 400, NEAR = 4 }; /* 2 NEAR / RASTER is GRL_STAMP_NEAR */
static const double round_length = 0.12;

typedef struct grl_stamp {
    uint32_t curve; /* 0: none */
    float length;
} grl_stamp;

grl_status grl_stamps_make(grl_stamps *stamps, grl_error *error)
{
    stamps->raster = grl_calloc((size_t)RASTER * RASTER, sizeof *stamps->raster);
    return stamps->raster ? GRL_OK : grl_fail_memory(error, (size_t)RASTER * RASTER, sizeof *stamps->raster);
}

static int is_inside(const double p[2])
{
    return fabs(p[0]) <= 1 && fabs(p[1]) <= 1;
}

static size_t raster_of(double h)
{
    double k = floor(0.5 * (h + 1) * RASTER);
    return k >= RASTER ? RASTER - 1 : (size_t)k;
}

static int counts(const grl_stamps *stamps, const grl_stamp *at, uint32_t curve, double length)
{
    if (at->curve == 0) return 0;
    if (at->curve == curve) return length - (double)at->length > round_length;
    return at->curve <= stamps->fixed;
}

static int is_covered(const grl_stamps *stamps, const double p[2], uint32_t curve, double length)
{
    const size_t i = raster_of(p[0]), j = raster_of(p[1]);
    for (size_t r = j > NEAR ? j - NEAR : 0; r <= j + NEAR && r < RASTER; r++)
        for (size_t c = i > NEAR ? i - NEAR : 0; c <= i + NEAR && c < RASTER; c++)
            if (counts(stamps, &stamps->raster[r * RASTER + c], curve, length)) return 1;
    return 0;
}

double grl_stamps_leave(grl_stamps *stamps, const double a[2], const double b[2], uint32_t curve,
                        double *length)
{
    const double grain = 0.8 / RASTER;
    double piece = hypot(b[0] - a[0], b[1] - a[1]), covered = 0;
    const int parts = piece < 4 ? 1 + (int)(piece / grain) : 0;
    for (int k = 1; k <= parts; k++) {
        double p[2] = {a[0] + (b[0] - a[0]) * k / parts, a[1] + (b[1] - a[1]) * k / parts};
        *length += piece / parts;
        if (!is_inside(p)) continue;
        if (is_covered(stamps, p, curve, *length)) {
            covered += piece / parts;
            continue;
        }
        grl_stamp *at = &stamps->raster[raster_of(p[1]) * RASTER + raster_of(p[0])];
        if (at->curve == 0 || (at->curve > stamps->fixed && at->curve != curve))
            *at = (grl_stamp){curve, (float)*length};
    }
    return covered;
}

/* Runs of segments with flag `what` that are shorter than `shortest` get the other flag. */
static void join_runs(size_t count, const double *points, unsigned char *covered, int what, double shortest)
{
    for (size_t i = 1; i < count;) {
        size_t end = i;
        double length = 0;
        while (end < count && covered[end] == covered[i]) {
            length += hypot(points[2 * end] - points[2 * end - 2], points[2 * end + 1] - points[2 * end - 1]);
            end++;
        }
        /* Where a curve begins it is drawn, however short. */
        if (covered[i] == what && length < shortest && (what || i > 1))
            for (size_t k = i; k < end; k++) covered[k] = !what;
        i = end;
    }
}

/* covered[i] belongs to the segment from point i - 1 to i. */
static int add_pieces(size_t count, const double *points, const unsigned char *covered, grl_lines *pieces)
{
    for (size_t i = 1; i < count;) {
        size_t end = i;
        while (end < count && covered[end] == covered[i]) end++;
        if (!covered[i] && !grl_lines_add(pieces, end - i + 1, points + 2 * (i - 1))) return 0;
        i = end;
    }
    return 1;
}

grl_status grl_lines_thin(const grl_lines *before, const grl_lines *curves, grl_lines *pieces,
                          grl_error *error)
{
    /* Crossing something is no reason for a gap; a scrap between two gaps tells nothing. */
    const double crossing = 4 * GRL_STAMP_NEAR, scrap = 5 * GRL_STAMP_NEAR;
    grl_stamps stamps = {0};
    uint32_t curve = 0;
    unsigned char *covered = grl_calloc(curves->points_count, 1);
    grl_status status =
        covered ? grl_stamps_make(&stamps, error) : grl_fail_memory(error, curves->points_count, 1);
    if (status != GRL_OK) goto done;
    stamps.fixed = (uint32_t)before->count;
    for (size_t k = 0; k < before->count; k++) {
        double length = 0;
        curve++;
        for (size_t i = before->first[k] + 1; i < before->first[k + 1]; i++)
            grl_stamps_leave(&stamps, before->points + 2 * i - 2, before->points + 2 * i, curve, &length);
    }
    for (size_t k = 0; k < curves->count; k++) {
        const double *points = curves->points + 2 * curves->first[k];
        const size_t count = curves->first[k + 1] - curves->first[k];
        double length = 0;
        curve++;
        for (size_t i = 1; i < count; i++) {
            double start = length;
            double part = grl_stamps_leave(&stamps, points + 2 * i - 2, points + 2 * i, curve, &length);
            covered[i] = part > 0.5 * (length - start);
        }
        join_runs(count, points, covered, 1, crossing);
        join_runs(count, points, covered, 0, scrap);
        if (!add_pieces(count, points, covered, pieces)) {
            status = grl_fail_memory(error, count, 2 * sizeof *points);
            goto done;
        }
    }
done:
    free(covered);
    free(stamps.raster);
    return status;
}
