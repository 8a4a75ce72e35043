/* pixels.h: what stands where in a picture. */
#ifndef GRL_TEST_PIXELS_H
#define GRL_TEST_PIXELS_H

#include "check.h"

#include <cairo.h>
#include <string.h>

/* Pixels near a colour in the upper part of the page, 1: all of it: how many, and their mean place as parts of the page
 * (NaN for none). */
typedef struct pixels {
    int count;
    double x, y;
} pixels;

static inline pixels find_colour_above(const char *path, unsigned colour, double part)
{
    cairo_surface_t *picture = cairo_image_surface_create_from_png(path);
    assert_int_equal(cairo_surface_status(picture), CAIRO_STATUS_SUCCESS);
    const int width = cairo_image_surface_get_width(picture),
              height = cairo_image_surface_get_height(picture);
    const int stride = cairo_image_surface_get_stride(picture);
    const unsigned char *data = cairo_image_surface_get_data(picture);
    pixels found = {0, 0, 0};
    for (int j = 0; j < part * height; j++)
        for (int i = 0; i < width; i++) {
            unsigned pixel;
            int off = 0;
            memcpy(&pixel, data + j * stride + 4 * i, sizeof pixel);
            for (int shift = 0; shift < 24; shift += 8)
                off += abs((int)(pixel >> shift & 255) - (int)(colour >> shift & 255));
            if (off >= 24) continue;
            found.count++;
            found.x += (i + 0.5) / width;
            found.y += (j + 0.5) / height;
        }
    cairo_surface_destroy(picture);
    found.x /= found.count;
    found.y /= found.count;
    return found;
}

static inline pixels find_colour(const char *path, unsigned colour)
{
    return find_colour_above(path, colour, 1);
}

/* Roles of the light theme. */
enum { FIRST = 0xe08a00, SECOND = 0x0072b2, GREEN = 0x00634a, STREAM = 0xb3bcc8, ALARM = 0xc2185b };

#endif
