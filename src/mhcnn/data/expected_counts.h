#pragma once

#include <string>
#include <vector>

#include "mhcnn/data/dataset_summary.h"

namespace mhcnn {

/// Returns problems of a set without what training and evaluation need, with this subject:
/// "no_labels" if no image has a percent, a category or a mask, and "one_patient" if the headers of
/// all images state one Patient ID, so that they cannot be split.
std::vector<Problem> FindCompletenessProblems(const std::vector<PreparedImage>& images,
                                              const std::string& subject);

}  // namespace mhcnn
