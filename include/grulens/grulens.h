/* grulens.h: everything. */
#ifndef GRULENS_GRULENS_H
#define GRULENS_GRULENS_H

#include <grulens/attractors.h>
#include <grulens/batch.h>
#include <grulens/bifurcation.h>
#include <grulens/cell.h>
#include <grulens/cycles.h>
#include <grulens/draw.h>
#include <grulens/format.h>
#include <grulens/judge.h>
#include <grulens/learn.h>
#include <grulens/map_manifolds.h>
#include <grulens/model.h>
#include <grulens/options.h>
#include <grulens/paper.h>
#include <grulens/portrait.h>
#include <grulens/report.h>
#include <grulens/separatrices.h>
#include <grulens/signature.h>
#include <grulens/simulate.h>
#include <grulens/slow.h>
#include <grulens/status.h>
#include <grulens/survey.h>
#include <grulens/table.h>
#include <grulens/task.h>
#include <grulens/whole.h>

#endif
