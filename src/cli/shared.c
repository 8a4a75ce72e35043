/* shared.c: the parts of option tables that several commands have. */
#include "cli/cli.h"

const grl_option grl_cli_model_options[] = {
    {"layer", GRL_OPTION_INTEGER, offsetof(grl_cli_model, layer), "N", 0, 1e6, NULL,
     "Which layer of a stack, counted from 0.", NULL},
    {"reverse", GRL_OPTION_FLAG, offsetof(grl_cli_model, reverse), NULL, 0, 0, NULL,
     "The backward direction of a bidirectional layer.", NULL},
    {"forward", GRL_OPTION_FLAG, offsetof(grl_cli_model, forward), NULL, 0, 0, NULL,
     "The forward direction of a bidirectional layer.", NULL},
    {"prefix", GRL_OPTION_TEXT, offsetof(grl_cli_model, prefix), "NAME", 0, 0, NULL,
     "Which GRU of several in the file, by the beginning of its names (encoder.gru).", NULL},
    {"reset", GRL_OPTION_CHOICE, offsetof(grl_cli_model, reset), "file|before|after", 0, 0,
     "file, what the file says or implies",
     "Where the reset gate acts: before the product, U_h (r*h), or after it, r*(U_h h + c_h).", NULL},
    {"gate-order", GRL_OPTION_CHOICE, offsetof(grl_cli_model, gate_order), "file|rzn|zrn", 0, 0,
     "file, what the file says or implies", "The order in which the file stores the gates.", NULL},
    {"set", GRL_OPTION_TEXTS, offsetof(grl_cli_model, set), "NAME=VALUE", 0, 0, NULL,
     "Sets a parameter of the family, or one number of the network: alpha=0.5, b_h[0]=1.", NULL},
    {.name = NULL},
};

const grl_option grl_cli_system_options[] = {
    {"time", GRL_OPTION_CHOICE, offsetof(grl_cli_system, time), "continuous|discrete", 0, 0, "continuous",
     "The flow h' = f(h), or the map h + dt f(h), which is what runs in practice.", NULL},
    {"dt", GRL_OPTION_NUMBER, offsetof(grl_cli_system, dt), "STEP", 1e-9, 1, "1, the network itself",
     "The step of the map.", NULL},
    {"input", GRL_OPTION_NUMBERS, offsetof(grl_cli_system, input), "x[0],x[1],...", 0, 0, "all zero",
     "The constant input, one number for each input of the network.", NULL},
    {.name = NULL},
};

const grl_option grl_cli_figure_options[] = {
    {"plot", GRL_OPTION_TEXT, offsetof(grl_cli_figure, plot), "FILE", 0, 0, NULL,
     "Draws a figure; the name ends in .svg, .pdf or .png.", NULL},
    {"theme", GRL_OPTION_CHOICE, offsetof(grl_cli_figure, theme), "light|dark|grey", 0, 0, "light",
     "Its colours.", NULL},
    {"size", GRL_OPTION_TEXT, offsetof(grl_cli_figure, size), "WxH", 0, 0, "the figure's own choice",
     "Its width and height, in millimetres (160x120mm) or points (450x340pt).", NULL},
    {"text", GRL_OPTION_NUMBER, offsetof(grl_cli_figure, text), "POINTS", 4, 40, "in proportion to the page",
     "The size of its words: 7 for a figure in a column of 85 mm.", NULL},
    {"dpi", GRL_OPTION_NUMBER, offsetof(grl_cli_figure, dpi), "N", 10, 1200, "144", "PNG: pixels in an inch.",
     NULL},
    {"title", GRL_OPTION_TEXT, offsetof(grl_cli_figure, title), "TEXT", 0, 0, "none", "Its title.", NULL},
    {.name = NULL},
};

const grl_option grl_cli_look_options[] = {
    {"hide", GRL_OPTION_TEXT, offsetof(grl_cli_look, hide), "PART,...", 0, 0, "nothing",
     "Leaves parts out: streamlines, arrows, nullclines, manifolds, cycles, basins, speed, trajectories, points, "
     "numbers, potential, legend, or all.",
     NULL},
    {"show", GRL_OPTION_TEXT, offsetof(grl_cli_look, show), "PART,...", 0, 0, "what tells most",
     "Adds such parts, after --hide. speed is a background in place of the basins, arrows take the place of the "
     "streamlines, numbers are those of the report.",
     NULL},
    {"range", GRL_OPTION_TEXT, offsetof(grl_cli_look, range), "LO:HI,...", 0, 0, "all states",
     "The range of the axes, of all of them or of each: -0.5:0.5 or -1:0,0.5:1.", NULL},
    {"trajectories", GRL_OPTION_INTEGER, offsetof(grl_cli_look, trajectories), "N", 0, 1000,
     "the figure's own choice", "How many sample trajectories to draw; 0: none.", NULL},
    {.name = NULL},
};

const grl_option grl_cli_run_options[] = {
    {"threads", GRL_OPTION_INTEGER, offsetof(grl_cli_run, threads), "N", 0, 4096, "0, one for each core",
     "How many threads compute.", NULL},
    {"seed", GRL_OPTION_INTEGER, offsetof(grl_cli_run, seed), "N", 0, 0x1p63, "0",
     "Seed of the random numbers; one seed gives the same bytes on any number of threads.", NULL},
    {.name = NULL},
};

const grl_option grl_cli_output_options[] = {
    {"json", GRL_OPTION_TEXT, offsetof(grl_cli_output, json), "FILE", 0, 0, NULL,
     "Writes the result as a JSON document; '-' is standard output, and then nothing else goes there.", NULL},
    {"quiet", GRL_OPTION_FLAG, offsetof(grl_cli_output, quiet), NULL, 0, 0, NULL,
     "No progress bar and no remarks on standard error, only errors.", NULL},
    {.name = NULL},
};
