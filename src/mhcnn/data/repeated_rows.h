#pragma once

#include "mhcnn/data/adapter.h"

namespace mhcnn {

/// Joins the rows of one image and one reader to one row, at the place of the first: a cell that is
/// empty in one row is filled from another ("repeated_row"). Values that contradict each other are
/// problems: a label is left out, of two patients the first is kept ("label_conflict"), and of two
/// splits test is before val and val before train ("leak").
void JoinRepeatedRows(DatasetIndex& listing);

}  // namespace mhcnn
