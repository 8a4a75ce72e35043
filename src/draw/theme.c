/* theme.c: the colours of the three themes.
 *
 * Hues follow the palette of Okabe and Ito (2008), which people with the common forms of colour blindness can
 * tell apart. What a reader must tell apart differs in lightness too (CIE L*, in the comments), and in dash
 * or shape, so that a figure also works in greyscale. */
#include "draw/canvas.h"

#define HEX(value)                                                                                           \
    {                                                                                                        \
        (double)((value) >> 16) / 255, (double)(((value) >> 8) & 255) / 255, (double)((value)&255) / 255     \
    }

static const grl_colour light[GRL_ROLES] = {
    [GRL_PAPER] = HEX(0xffffff),      /* 100 */
    [GRL_INK] = HEX(0x1c1c1e),        /* 11 */
    [GRL_FAINT] = HEX(0x6b7078),      /* 47 */
    [GRL_STREAM] = HEX(0xb3bcc8),     /* 76 */
    [GRL_FIRST] = HEX(0xe08a00),      /* 65 */
    [GRL_SECOND] = HEX(0x0072b2),     /* 46 */
    [GRL_TRAJECTORY] = HEX(0x00634a), /* 37 */
    [GRL_SLOW] = HEX(0x9aa1ab),       /* 66 */
    [GRL_ALARM] = HEX(0xc2185b),      /* 43 */
};

static const grl_colour dark[GRL_ROLES] = {
    [GRL_PAPER] = HEX(0x15181d),      /* 8 */
    [GRL_INK] = HEX(0xeceef1),        /* 94 */
    [GRL_FAINT] = HEX(0x9aa2ad),      /* 66 */
    [GRL_STREAM] = HEX(0x56606f),     /* 40 */
    [GRL_FIRST] = HEX(0xf0a020),      /* 72 */
    [GRL_SECOND] = HEX(0x56b4e9),     /* 70 */
    [GRL_TRAJECTORY] = HEX(0x5fe0b0), /* 82 */
    [GRL_SLOW] = HEX(0x7d8693),       /* 56 */
    [GRL_ALARM] = HEX(0xff7aa8),      /* 69 */
};

static const grl_colour grey[GRL_ROLES] = {
    [GRL_PAPER] = HEX(0xffffff),      [GRL_INK] = HEX(0x000000),   [GRL_FAINT] = HEX(0x606060),
    [GRL_STREAM] = HEX(0xc2c2c2),     [GRL_FIRST] = HEX(0x202020), [GRL_SECOND] = HEX(0x202020),
    [GRL_TRAJECTORY] = HEX(0x787878), [GRL_SLOW] = HEX(0x9c9c9c),  [GRL_ALARM] = HEX(0x808080),
};

const grl_colour *grl_theme_colours(grl_theme theme)
{
    return theme == GRL_THEME_DARK ? dark : theme == GRL_THEME_GREY ? grey : light;
}
