#pragma once

#include <filesystem>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "mhcnn/analyze/analyzer.h"
#include "mhcnn/infer/open_backend.h"

namespace mhcnn {

/// Settings with which images are measured.
struct MeasurementSettings {
  std::filesystem::path model;            ///< the ONNX file
  std::string device = "CPU";             ///< name of the device as in BackendOptions
  std::filesystem::path calibration;      ///< file of `mhcnn calibrate`; empty: the model's own
  AnalyzeOptions analyze;                 ///< options of the analysis, without the calibration
  Precision precision = Precision::kF32;  ///< arithmetic of the network
};

/// Returns everything that the figures depend on except the model, with a fingerprint of the
/// calibration: with one model (ModelCard::checksum), equal settings give equal figures. Throws
/// what reading the calibration throws.
nlohmann::json ToJson(const MeasurementSettings& settings);
/// Returns them as "name=value" texts for ObjectOptions::settings, without empty ones.
std::vector<std::string> ToObjectSettings(const nlohmann::json& settings);
/// Settings of the run of the network; no figure depends on them.
struct RunSettings {
  int threads = 0;                ///< 0: all that the process may use
  int streams = 0;                ///< RunOptions::streams
  std::filesystem::path cache{};  ///< RunOptions::cache
};
/// Loads model and calibration.
Analyzer MakeAnalyzer(const MeasurementSettings& settings, const RunSettings& run);
/// Does the same with this number of threads and without a cache.
Analyzer MakeAnalyzer(const MeasurementSettings& settings, int threads);

}  // namespace mhcnn
