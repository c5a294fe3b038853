#pragma once

#include <vector>

#include "mhcnn/batch/batch.h"

namespace mhcnn {

/// Writes what a batch draws of a measured image: overlay, masks and the picture of the page, if
/// the options ask for them, on up to `threads` threads. Sets StageSeconds::write and returns its
/// seconds of drawing, without the disk. Throws what AtomicFile throws, and Error if a drawing
/// cannot be encoded.
double WriteDrawings(const GreyImage& pixels, const BatchItem& item, const BatchOptions& options,
                     int threads, Result& result);

/// Removes what a kill may have left half-written by this shard; others may be writing theirs.
void RemovePartialOutputs(const std::vector<BatchItem>& items, const BatchOptions& options);

}  // namespace mhcnn
