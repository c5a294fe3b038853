#pragma once

#include "mhcnn/analyze/analyzer.h"
#include "mhcnn/batch/batch.h"
#include "mhcnn/batch/inputs.h"
#include "mhcnn/batch/journal.h"

namespace mhcnn {

/// A result and the time of its drawings.
struct DrawnResult {
  Result result;    ///< the result with its masks
  double draw = 0;  ///< seconds that the drawings took, without writing to the disk
};

/// Measures one item and writes its overlay and masks, as `options` ask. `stamp`: state of the
/// item's file before. An item that cannot be measured or drawn gets a result with an error. Throws
/// Error(kIo) if the disk fails, and Error(kInterrupted).
DrawnResult MeasureAndDraw(const Analyzer& analyzer, const BatchItem& item, const FileStamp& stamp,
                           const BatchOptions& options, int drawing_threads);

}  // namespace mhcnn
