#pragma once

#include <string>

#include "mhcnn/evaluate/drift.h"

namespace mhcnn {

/// Returns a page with the tables and, for each figure with bins, bars of the two distributions.
std::string DriftHtml(const Drift& drift);

}  // namespace mhcnn
