#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "mhcnn/data/manifest.h"

namespace mhcnn {

/// Numbers learned in addition to the network's weights, as a run keeps them from phase to phase
/// and through a resume.
struct AuxiliaryState {
  std::vector<float> log_variances;       ///< one for each of the three losses
  std::vector<float> mask_log_variances;  ///< one for each mask
  /// Names of the readers, sorted.
  std::vector<std::string> reader_names;
  std::vector<float> readers;  ///< two for each name (nn/reader_model.h)
};

/// Returns the names in the manifest's column `reader` among the training images, sorted. Throws
/// Error(kUsage) if there is none.
std::vector<std::string> ReaderNames(const std::vector<Sample>& samples,
                                     const std::string& manifest);

/// Returns {"name": {"sensitivity": …, "specificity": …}}.
nlohmann::json ReadersToJson(const AuxiliaryState& learned);
/// Returns a line for each reader.
std::string ReadersToText(const AuxiliaryState& learned);

}  // namespace mhcnn
