/* line.c: the basins of attraction of a one-unit flow.
 *
 * f is continuous, positive at -1 and negative at 1, and has no zeros but the fixed points. So if their list is
 * complete and each is stable or unstable, the two kinds alternate, stable ones at both ends, and every state goes
 * to the stable point that no unstable one parts it from. */
#include "portrait/line.h"

size_t grl_line_basins(const grl_portrait *portrait, grl_line_basin *basins)
{
    const size_t count = portrait->count;
    if (portrait->hidden_size != 1 || portrait->time != GRL_CONTINUOUS || !portrait->complete ||
        count % 2 == 0)
        return 0;
    for (size_t k = 0; k < count; k++)
        if (portrait->points[k].type != (k % 2 == 0 ? GRL_STABLE : GRL_UNSTABLE) ||
            !portrait->points[k].stability_proven)
            return 0;
    for (size_t k = 0; k < count; k += 2)
        basins[k / 2] = (grl_line_basin){.low = k > 0 ? portrait->points[k - 1].h[0] : -1,
                                         .high = k + 1 < count ? portrait->points[k + 1].h[0] : 1,
                                         .attractor = k};
    return count / 2 + 1;
}
