/* gallery.h: topologies as a page of small portraits. */
#ifndef GRL_PAPER_GALLERY_H
#define GRL_PAPER_GALLERY_H

#include "paper/paper.h"

/* The portraits of the flow of the networks topologies/FIRST/model and so on, `count` of them, six in a row, each with its
 * number, its inventory and its share. */
grl_status grl_paper_draw_gallery(grl_paper *paper, const json_t *results, size_t first, size_t count,
                                  grl_document *document, grl_error *error);

#endif
