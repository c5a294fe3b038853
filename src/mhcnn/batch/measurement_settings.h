#pragma once

#include <filesystem>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "mhcnn/analyze/analyzer.h"
#include "mhcnn/infer/open_backend.h"

namespace mhcnn {

/// With what images are measured.
struct MeasurementSettings {
  std::filesystem::path model;            ///< the ONNX file
  std::string device = "CPU";             ///< as in BackendOptions
  std::filesystem::path calibration;      ///< file of `mhcnn calibrate`; empty: the model's own
  AnalyzeOptions analyze;                 ///< without the calibration
  Precision precision = Precision::kF32;  ///< arithmetic of the network
};

/// Everything that the figures depend on beside the model, with a fingerprint of the calibration:
/// with one model (ModelCard::checksum), equal settings give equal figures. Throws what reading the
/// calibration throws.
nlohmann::json ToJson(const MeasurementSettings& settings);
/// The same as "name=value" texts for ObjectOptions::settings, without empty ones.
std::vector<std::string> ToObjectSettings(const nlohmann::json& settings);
/// How the network runs; no figure depends on it.
struct RunSettings {
  int threads = 0;                ///< 0: all that the process may use
  int streams = 0;                ///< RunOptions::streams
  std::filesystem::path cache{};  ///< RunOptions::cache
};
/// Loads model and calibration.
Analyzer MakeAnalyzer(const MeasurementSettings& settings, const RunSettings& run);
/// The same on so many threads, without a cache.
Analyzer MakeAnalyzer(const MeasurementSettings& settings, int threads);

}  // namespace mhcnn
