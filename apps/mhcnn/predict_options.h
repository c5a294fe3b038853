#pragma once

#include <CLI/CLI.hpp>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "mhcnn/analyze/analyzer.h"
#include "mhcnn/batch/batch.h"
#include "mhcnn/infer/open_backend.h"
#include "mhcnn/infer/tuning.h"

namespace mhcnn::cli {

/// Arguments of `mhcnn predict`.
struct PredictArguments {
  std::vector<std::filesystem::path> inputs;
  std::string model;
  AnalyzeOptions analyze;
  BatchOptions batch;
  std::string device = "CPU";
  std::optional<Precision> precision;  ///< nothing: choice of `mhcnn tune`, else f32
  Tuning tuning;                       ///< choice of `mhcnn tune`, or the default
  bool no_cache = false;
  int threads = 0;
  bool quiet = false, no_overlays = false, no_masks = false, no_page = false, resume = false,
       restart = false;
  std::filesystem::path list, calibration;
  std::string shard, formats = "csv,json";
  double file_limit = 0;  ///< seconds
  std::vector<std::filesystem::path> corrects;
};

/// Adds all options of `mhcnn predict` to its command; they fill `arguments`.
void AddPredictOptions(CLI::App& command, PredictArguments& arguments);

}  // namespace mhcnn::cli
