#pragma once

#include <functional>

#include "mhcnn/analyze/analyzer.h"
#include "mhcnn/batch/inputs.h"

namespace mhcnn {

/// Adds to what a file says of its picture. May throw Error.
using StateFacts = std::function<void(MammogramMetadata& facts)>;

/// Measures one item as `mhcnn predict` does, and writes nothing. A failure becomes
/// Result::error. A file that is not to be measured has Result::left_out. `state`, if there is one,
/// is called before the picture is measured. Throws Error(kInterrupted).
Analysis MeasureItem(const Analyzer& analyzer, const BatchItem& item, const StateFacts& state = {});

/// Returns what the item's header says, where it can be read; otherwise nothing.
MammogramMetadata FactsOf(const BatchItem& item);

}  // namespace mhcnn
