#pragma once

#include "mhcnn/distributed/process_group.h"
#include "mhcnn/loader/dataset.h"
#include "mhcnn/nn/losses.h"
#include "mhcnn/train/forward.h"
#include "mhcnn/train/validation_metrics.h"

namespace mhcnn {

/// Each process computes its share; all get the whole's figures. A loss is the mean over all labels
/// of the set, whatever the batches. `readers`: their matrices (nn/reader_model.h), which the loss
/// alone takes into account.
Validation Validate(nn::GraphModule& network, const Dataset& dataset, int batch,
                    const nn::LossOptions& loss, const ForwardOptions& forward, ProcessGroup& group,
                    const torch::Tensor& readers = {});

}  // namespace mhcnn
