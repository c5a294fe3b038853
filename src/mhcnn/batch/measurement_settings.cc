#include "mhcnn/batch/measurement_settings.h"

#include <nlohmann/json.hpp>

#include "mhcnn/base/file.h"

namespace mhcnn {
namespace {

/// Raised whenever the same files come to other figures: rows of before do not stand beside new
/// ones.
constexpr int kMeasures = 6;

}  // namespace

nlohmann::json ToJson(const MeasurementSettings& settings) {
  const AnalyzeOptions& analyze = settings.analyze;
  nlohmann::json json = {{"measures", kMeasures},
                         {"device", settings.device},
                         {"mask_threshold", analyze.mask_threshold},
                         {"heads_disagree_above", analyze.heads_disagree_above},
                         {"convert_raw", analyze.read.convert_raw},
                         {"window", analyze.read.window},
                         {"read_whole", analyze.read_whole},
                         {"variants", analyze.variants}};
  // Not stated where it is the usual one, so that runs of before go on.
  if (settings.precision != Precision::kF32) json["precision"] = PrecisionName(settings.precision);
  if (!settings.calibration.empty()) json["calibration"] = FileFingerprint(settings.calibration);
  return json;
}

std::vector<std::string> ToObjectSettings(const nlohmann::json& settings) {
  std::vector<std::string> texts;
  for (const auto& [key, value] : settings.items()) {
    const std::string text = value.is_string() ? value.get<std::string>() : value.dump();
    if (!text.empty()) texts.push_back(std::string(key).append("=").append(text));
  }
  return texts;
}

Analyzer MakeAnalyzer(const MeasurementSettings& settings, const RunSettings& run) {
  BackendOptions backend;
  backend.model = settings.model;
  backend.device = settings.device;
  backend.threads = run.threads;
  AnalyzeOptions analyze = settings.analyze;
  if (!settings.calibration.empty()) analyze.calibration = ReadCalibration(settings.calibration);
  return Analyzer(
      OpenBackend(backend,
                  {.streams = run.streams, .precision = settings.precision, .cache = run.cache}),
      analyze);
}

Analyzer MakeAnalyzer(const MeasurementSettings& settings, int threads) {
  Analyzer analyzer = MakeAnalyzer(settings, RunSettings{.threads = threads});
  analyzer.backend().WaitUntilReady();
  return analyzer;
}

}  // namespace mhcnn
