#pragma once

#include <string>

#include "mhcnn/service/config.h"

namespace mhcnn {

/// Analyses exams until SIGTERM: closes those that are complete, claims one after the other,
/// prolongs its lease while it measures, and commits the results with their deliveries. `number`
/// distinguishes the workers of one node. `model` is the ONNX file.
///
/// An exam that cannot be measured is refused with the reason; a failure of this machine (no space
/// left, a lost database) gives the job back and waits. Returns the exit status. Throws Error if
/// model, store or folder cannot be opened at the start.
int RunWorker(const ServiceConfig& config, const std::filesystem::path& model, int number);

}  // namespace mhcnn
