#pragma once

#include <functional>

#include "mhcnn/analyze/analyzer.h"
#include "mhcnn/batch/inputs.h"

namespace mhcnn {

/// Function that adds to the metadata of an image. May throw Error.
using MetadataCallback = std::function<void(MammogramMetadata& metadata)>;

/// Measures one item as `mhcnn predict` does, and writes nothing. A failure becomes Result::error.
/// A file that is not to be measured has Result::left_out. `state`, if there is one, is called
/// before the image is measured. Throws Error(kInterrupted).
Analysis MeasureItem(const Analyzer& analyzer, const BatchItem& item,
                     const MetadataCallback& state = {});

/// Returns the metadata of the item's header, if it can be read; otherwise empty metadata.
MammogramMetadata ReadItemMetadata(const BatchItem& item);

}  // namespace mhcnn
