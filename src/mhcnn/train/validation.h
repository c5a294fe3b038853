#pragma once

#include "mhcnn/distributed/process_group.h"
#include "mhcnn/loader/dataset.h"
#include "mhcnn/nn/losses.h"
#include "mhcnn/train/forward.h"
#include "mhcnn/train/validation_metrics.h"

namespace mhcnn {

/// Computes losses and metrics on a data set. Each process computes its part; all get the figures
/// of the whole. A loss is the mean over all labels of the set, whatever the batches. `readers`:
/// their matrices (nn/reader_model.h), which only the loss uses.
Validation Validate(nn::GraphModule& network, const Dataset& dataset, int batch,
                    const nn::LossOptions& loss, const ForwardOptions& forward, ProcessGroup& group,
                    const torch::Tensor& readers = {});

}  // namespace mhcnn
