#pragma once

#include <string>

#include "mhcnn/model/builder.h"
#include "mhcnn/model/checkpoint.h"
#include "mhcnn/testing/formula_weights.h"

namespace mhcnn::testing_support {

/// Returns a checkpoint of a small network with weights by formula.
inline Checkpoint SmallCheckpoint(const std::string& encoder = "efficientnet_lite0") {
  Checkpoint checkpoint;
  checkpoint.network.encoder = encoder;
  checkpoint.network.decoder_channels = {8, 8, 8, 8, 8};
  checkpoint.preprocess.input_height = 96;
  checkpoint.preprocess.input_width = 64;
  checkpoint.provenance = {{"seed", 7}};
  checkpoint.weights = FormulaWeights(BuildNetwork(checkpoint.network));
  return checkpoint;
}

}  // namespace mhcnn::testing_support
