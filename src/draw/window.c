/* window.c: between the states that a figure shows and the square that stands for them on the page. */
#include "draw/planar.h"

void grl_window_to_state(const grl_window *w, const double u[2], double h[2])
{
    for (int i = 0; i < 2; i++) h[i] = w->low[i] + 0.5 * (u[i] + 1) * (w->high[i] - w->low[i]);
}

void grl_window_to_square(const grl_window *w, const double h[2], double u[2])
{
    for (int i = 0; i < 2; i++) u[i] = 2 * (h[i] - w->low[i]) / (w->high[i] - w->low[i]) - 1;
}

void grl_window_lines_to_states(const grl_window *window, grl_lines *lines)
{
    for (size_t i = 0; i < lines->points_count; i++) {
        const double u[2] = {lines->points[2 * i], lines->points[2 * i + 1]};
        grl_window_to_state(window, u, lines->points + 2 * i);
    }
}

void grl_window_lines_to_square(const grl_window *window, grl_lines *lines)
{
    for (size_t i = 0; i < lines->points_count; i++) {
        const double h[2] = {lines->points[2 * i], lines->points[2 * i + 1]};
        grl_window_to_square(window, h, lines->points + 2 * i);
    }
}
