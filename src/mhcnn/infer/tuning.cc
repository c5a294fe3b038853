#include "mhcnn/infer/tuning.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <fstream>
#include <nlohmann/json.hpp>
#include <set>
#include <thread>

#include "mhcnn/base/error.h"
#include "mhcnn/base/file.h"
#include "mhcnn/base/json.h"
#include "mhcnn/base/log.h"
#include "mhcnn/base/option_check.h"
#include "mhcnn/base/parallel.h"
#include "mhcnn/base/sha256.h"

namespace mhcnn {
namespace {

constexpr double kWorthwhile = 1.03;
constexpr const char* kFormat = "mhcnn-tuning/2";
using Clock = std::chrono::steady_clock;

/// Name of the processor and number of threads that the process may use.
std::string Machine() {
  std::ifstream file("/proc/cpuinfo");
  std::string line, name = "unknown processor";
  while (std::getline(file, line)) {
    const auto colon = line.find(": ");
    if (!line.starts_with("model name") || colon == line.npos) continue;
    name = line.substr(colon + 2);
    break;
  }
  return fmt::format("{}, {} threads", name, AvailableThreads());
}

double Rate(Backend& backend, double seconds) {
  const auto& input = backend.card().preprocess;
  const cv::Mat1f picture(input.input_height, input.input_width, 0.5F);
  const int callers = AvailableThreads() + 1;
  // Once for each caller: the first run makes what later ones use again.
  ParallelFor(static_cast<std::size_t>(callers), callers,
              [&](std::size_t) { backend.Run({picture}); });
  std::vector<int> done(static_cast<std::size_t>(callers), 0);
  const auto start = Clock::now();
  const auto passed = [&] { return std::chrono::duration<double>(Clock::now() - start).count(); };
  ParallelFor(done.size(), callers, [&](std::size_t i) {
    do {
      backend.Run({picture});
      ++done[i];
    } while (passed() < seconds);
  });
  const double all = passed();
  double sum = 0;
  for (const int one : done) sum += one;
  return sum / all;
}

nlohmann::json ToJson(const Tuning& tuning) {
  return {{"precision", PrecisionName(tuning.precision)},
          {"threads", tuning.threads},
          {"streams", tuning.streams}};
}

}  // namespace

std::string Tuning::Text() const {
  return fmt::format("{}, {} threads, {} streams", PrecisionName(precision),
                     threads > 0 ? std::to_string(threads) : "all",
                     streams > 0 ? std::to_string(streams) : "automatic");
}

void TuneOptions::Check() const {
  if (model.empty()) throw Error(ErrorCode::kUsage, "model names no file");
  if (precisions.empty()) throw Error(ErrorCode::kUsage, "precisions is empty");
  CheckRange("seconds", seconds, 0.01, 600);
}

std::vector<TuningTrial> RunTuningTrials(const TuneOptions& options,
                                         const std::function<void(const TuningTrial&)>& on_trial) {
  options.Check();
  const int all = AvailableThreads();
  std::vector<Tuning> ways;
  for (const Precision precision : options.precisions) {
    // The first is how predict runs without a choice.
    ways.push_back({precision, 0, 0});
    for (const int threads : std::set<int>{all, std::max(1, all / 2)}) {
      for (const int streams : std::set<int>{1, std::max(1, threads / 2), threads})
        ways.push_back({precision, threads, streams});
    }
  }
  std::vector<TuningTrial> trials;
  for (const Tuning& way : ways) {
    const auto backend = OpenBackend({.model = options.model, .threads = way.threads},
                                     {.streams = way.streams, .precision = way.precision});
    trials.push_back({way, Rate(*backend, options.seconds)});
    if (on_trial) on_trial(trials.back());
  }
  return trials;
}

const TuningTrial& ChooseBestTrial(const std::vector<TuningTrial>& trials) {
  if (trials.empty()) throw Error(ErrorCode::kInternal, "no way to run the network was tried");
  const auto faster = [](const TuningTrial& a, const TuningTrial& b) {
    return a.images_per_second < b.images_per_second;
  };
  const auto best = std::max_element(trials.begin(), trials.end(), faster);
  const bool worthwhile = best->images_per_second > kWorthwhile * trials.front().images_per_second;
  return worthwhile ? *best : trials.front();
}

void WriteTuning(const std::filesystem::path& file, const std::filesystem::path& model,
                 const std::vector<TuningTrial>& trials, const Tuning& choice) {
  nlohmann::json tried = nlohmann::json::array();
  for (const auto& trial : trials) {
    nlohmann::json one = ToJson(trial.tuning);
    one["images_per_second"] = trial.images_per_second;
    tried.push_back(one);
  }
  const nlohmann::json content = {{"format", kFormat},
                                  {"machine", Machine()},
                                  {"model", FileSha256(model)},
                                  {"choice", ToJson(choice)},
                                  {"tried", tried}};
  WriteFileAtomically(file, content.dump(1) + "\n");
}

std::optional<Tuning> ReadTuning(const std::filesystem::path& file,
                                 const std::filesystem::path& model) {
  std::error_code ec;
  if (!std::filesystem::exists(file, ec) || !std::filesystem::is_regular_file(model, ec))
    return std::nullopt;
  std::string of_model;
  std::optional<Tuning> read;
  try {
    const auto content = ParseJson(ReadTextFile(file, 1 << 20));
    if (content.at("format") != kFormat) throw std::invalid_argument("format");
    if (content.at("machine") != Machine()) return std::nullopt;
    of_model = content.at("model");
    const auto& choice = content.at("choice");
    const std::string precision = choice.at("precision");
    Tuning tuning{precision == PrecisionName(Precision::kBf16) ? Precision::kBf16 : Precision::kF32,
                  choice.at("threads"), choice.at("streams")};
    if (precision != PrecisionName(tuning.precision)) throw std::invalid_argument("precision");
    CheckRange("threads", tuning.threads, 0, 1024);
    CheckRange("streams", tuning.streams, 0, 1024);
    read = tuning;
  } catch (const std::exception&) {
    spdlog::warn(
        "{}: was not written by this version of mhcnn tune and is ignored; run mhcnn tune again, "
        "or delete it",
        file.string());
    return std::nullopt;
  }
  return of_model == FileSha256(model) ? read : std::nullopt;
}

}  // namespace mhcnn
