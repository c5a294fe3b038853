#include <fmt/format.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <memory>
#include <string>

#include "command.h"
#include "mhcnn/base/error.h"
#include "mhcnn/base/parallel.h"
#include "mhcnn/base/version.h"
#include "mhcnn/dicom/dictionary.h"
#include "mhcnn/infer/backend.h"
#include "mhcnn/infer/train_program.h"
#include "model_path.h"

namespace mhcnn::cli {
namespace {

namespace fs = std::filesystem;

/// Report with one line for each item: its name, what was found, what to do where it is missing.
class Report {
 public:
  void Good(const std::string& what, const std::string& found) {
    fmt::print("  ok       {:<14} {}\n", what, found);
  }
  void Optional(const std::string& what, const std::string& remedy) {
    fmt::print("  absent   {:<14} {}\n", what, remedy);
  }
  void Bad(const std::string& what, const std::string& remedy) {
    fmt::print("  MISSING  {:<14} {}\n", what, remedy);
    complete_ = false;
  }
  bool complete() const { return complete_; }

 private:
  bool complete_ = true;
};

/// Returns a value of the "processor : value" lines of a /proc file.
std::string ProcField(const char* file, const std::string& name) {
  std::ifstream stream(file);
  for (std::string line; std::getline(stream, line);) {
    if (line.rfind(name, 0) != 0) continue;
    const auto value = line.find_first_not_of(" \t", line.find(':') + 1);
    return value == std::string::npos ? "" : line.substr(value);
  }
  return "";
}

std::string VectorUnits(const std::string& flags) {
  std::string found;
  for (const char* unit : {"avx2", "avx512f", "avx512_bf16", "amx_bf16"}) {
    if ((" " + flags + " ").find(std::string(" ") + unit + " ") != std::string::npos) {
      found += std::string(found.empty() ? "" : " ") + unit;
    }
  }
  return found.empty() ? "no AVX2: predictions will be slow" : found;
}

int Run() {
  Report report;
  fmt::print("mhcnn {}\n", Version());
  report.Good("processor",
              fmt::format("{}, {} usable threads, {}", ProcField("/proc/cpuinfo", "model name"),
                          AvailableThreads(), VectorUnits(ProcField("/proc/cpuinfo", "flags"))));
  report.Good("memory", ProcField("/proc/meminfo", "MemAvailable") + " available");
  std::error_code ec;
  const auto space = fs::space(fs::current_path(), ec);
  if (!ec) report.Good("disk here", fmt::format("{} GB free", space.available / 1'000'000'000));

  try {
    BackendOptions options;
    options.model = ResolveModelPath("");
    const auto backend = Backend::Create(options);
    report.Good("model", fmt::format("{} {} ({})", backend->card().name, backend->card().version,
                                     options.model.string()));
    report.Good("inference", backend->Description());
  } catch (const Error& e) {
    report.Bad("model", e.what());
  }

  try {
    const DictionaryState dictionary = DicomDictionaryState();
    if (dictionary.problem.empty()) {
      report.Good("DICOM", fmt::format("data dictionary of {} entries, part of the program",
                                       dictionary.entries));
    } else {
      report.Bad("DICOM", dictionary.problem + "; build the program again");
    }
  } catch (const Error& e) {
    report.Bad("DICOM", e.what());
  }

  if (const TrainProgram train = FindTrainProgram(); train.problem.empty()) {
    report.Good("training", train.path.string());
  } else {
    report.Optional("training", train.problem);
  }
  if (fs::exists("/dev/nvidia0")) {
    report.Good("GPU",
                "an NVIDIA device exists; training and predict --device cuda use it if mhcnn-train "
                "was built with the preset release-cuda");
  } else {
    report.Optional("GPU", "none found; none is needed");
  }
  return report.complete() ? kSuccess : kSomeFailed;
}

}  // namespace

void AddDoctor(CLI::App& app, int& status) {
  CLI::App* command =
      app.add_subcommand("doctor", "check this machine: list what is present and what is missing");
  command->callback([&status] { status = Run(); });
}

}  // namespace mhcnn::cli
