/* theme.c: the colours of the three themes.
 *
 * Hues follow the palette of Okabe and Ito (2008), which people with the common forms of colour blindness can
 * tell apart. What a reader must tell apart differs in lightness too (CIE L*, in the comments), and in dash
 * or shape, so that a figure also works in greyscale. */
#include "draw/canvas.h"
#include "draw/grid.h"

#define HEX(value)                                                                                           \
    {                                                                                                        \
        (double)((value) >> 16) / 255, (double)(((value) >> 8) & 255) / 255, (double)((value)&255) / 255     \
    }

static const grl_colour light[GRL_ROLES] = {
    [GRL_PAPER] = HEX(0xffffff),             /* 100 */
    [GRL_INK] = HEX(0x1c1c1e),               /* 11 */
    [GRL_FAINT] = HEX(0x6b7078),             /* 47 */
    [GRL_STREAM] = HEX(0xb3bcc8),            /* 76 */
    [GRL_FIRST] = HEX(0xe08a00),             /* 65 */
    [GRL_SECOND] = HEX(0x0072b2),            /* 46 */
    [GRL_TRAJECTORY] = HEX(0x00634a),        /* 37 */
    [GRL_SLOW] = HEX(0x9aa1ab),              /* 66 */
    [GRL_ALARM] = HEX(0xc2185b),             /* 43 */
    [GRL_MANIFOLD] = HEX(0x1c1c1e),          /* 11 */
    [GRL_UNSTABLE_MANIFOLD] = HEX(0x9c1f6e), /* 36 */
    [GRL_SLOW_BAND] = HEX(0xf5d76e),         /* 87 */
};

static const grl_colour dark[GRL_ROLES] = {
    [GRL_PAPER] = HEX(0x15181d),             /* 8 */
    [GRL_INK] = HEX(0xeceef1),               /* 94 */
    [GRL_FAINT] = HEX(0x9aa2ad),             /* 66 */
    [GRL_STREAM] = HEX(0x56606f),            /* 40 */
    [GRL_FIRST] = HEX(0xf0a020),             /* 72 */
    [GRL_SECOND] = HEX(0x56b4e9),            /* 70 */
    [GRL_TRAJECTORY] = HEX(0x5fe0b0),        /* 82 */
    [GRL_SLOW] = HEX(0x7d8693),              /* 56 */
    [GRL_ALARM] = HEX(0xff7aa8),             /* 69 */
    [GRL_MANIFOLD] = HEX(0xeceef1),          /* 94 */
    [GRL_UNSTABLE_MANIFOLD] = HEX(0xe89ad0), /* 73 */
    [GRL_SLOW_BAND] = HEX(0x6b5a1e),         /* 39 */
};

static const grl_colour grey[GRL_ROLES] = {
    [GRL_PAPER] = HEX(0xffffff),
    [GRL_INK] = HEX(0x000000),
    [GRL_FAINT] = HEX(0x606060),
    [GRL_STREAM] = HEX(0xc2c2c2),
    [GRL_FIRST] = HEX(0x848484),
    [GRL_SECOND] = HEX(0x848484),
    [GRL_TRAJECTORY] = HEX(0x484848),
    [GRL_SLOW] = HEX(0x9c9c9c),
    [GRL_ALARM] = HEX(0x808080),
    [GRL_MANIFOLD] = HEX(0x000000),
    [GRL_UNSTABLE_MANIFOLD] = HEX(0x303030),
    [GRL_SLOW_BAND] = HEX(0xd0d0d0),
};

/* Neighbours in the list differ in hue, and in grey in lightness; all of them leave the flow on top to be
 * seen. */
static const grl_colour basins[3][GRL_BASIN_COLOURS] = {
    {HEX(0xe9f2fb), HEX(0xfdf1de), HEX(0xe8f5ea), HEX(0xf9e8f1), HEX(0xf0edfb), HEX(0xfaf8dc)},
    {HEX(0x1b2838), HEX(0x33291b), HEX(0x1a2f26), HEX(0x33202d), HEX(0x282444), HEX(0x2e2e18)},
    {HEX(0xffffff), HEX(0xe6e6e6), HEX(0xf3f3f3), HEX(0xdadada), HEX(0xececec), HEX(0xe0e0e0)},
};

/* Slow and fast: what lies on top must be seen on both. */
static const grl_colour speeds[3][2] = {
    {HEX(0x86b4de), HEX(0xfffdf6)},
    {HEX(0x31528a), HEX(0x15181d)},
    {HEX(0xb0b0b0), HEX(0xffffff)},
};

const grl_colour *grl_theme_speed(grl_theme theme)
{
    return speeds[theme == GRL_THEME_DARK ? 1 : theme == GRL_THEME_GREY ? 2 : 0];
}

const grl_colour *grl_theme_basins(grl_theme theme)
{
    return basins[theme == GRL_THEME_DARK ? 1 : theme == GRL_THEME_GREY ? 2 : 0];
}

grl_colour grl_theme_pale(grl_theme theme, grl_role role, double part)
{
    const grl_colour *colours = grl_theme_colours(theme), *a = &colours[GRL_PAPER], *b = &colours[role];
    return (grl_colour){a->red + part * (b->red - a->red), a->green + part * (b->green - a->green),
                        a->blue + part * (b->blue - a->blue)};
}

const grl_colour *grl_theme_colours(grl_theme theme)
{
    return theme == GRL_THEME_DARK ? dark : theme == GRL_THEME_GREY ? grey : light;
}
