#pragma once

#include <vector>

#include "mhcnn/batch/batch.h"

namespace mhcnn {

/// Writes what a batch draws of a measured image: overlay, masks and the picture of the page, as
/// far as the options ask for them. Sets StageSeconds::write. Throws what AtomicFile throws, and
/// Error where a drawing cannot be encoded.
void WriteDrawings(const GreyImage& pixels, const BatchItem& item, const BatchOptions& options,
                   Result& result);

/// Removes what a kill may have left half-written by this shard; others may be writing theirs.
void RemovePartialOutputs(const std::vector<BatchItem>& items, const BatchOptions& options);

}  // namespace mhcnn
