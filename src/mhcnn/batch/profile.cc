#include "mhcnn/batch/profile.h"

#include <fmt/format.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <ctime>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>
#include <stdexcept>
#include <utility>
#include <vector>

#include "mhcnn/base/error.h"
#include "mhcnn/base/file.h"
#include "mhcnn/base/json.h"
#include "mhcnn/base/parallel.h"
#include "mhcnn/batch/output_paths.h"
#include "mhcnn/batch/shard.h"

namespace mhcnn {
namespace {

double Seconds(clockid_t clock) {
  timespec time{};
  ::clock_gettime(clock, &time);
  return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
}

using Row = std::pair<const char*, double>;

std::array<Row, 7> Rows(const BatchProfile& p) {
  return {{{"read", p.stages.read},
           {"prepare", p.stages.prepare},
           {"network", p.stages.network},
           {"measure", p.stages.measure},
           {"draw", p.draw},
           {"write", std::max(0.0, p.stages.write - p.draw)},
           {"other", p.Other()}}};
}

void AddProcessorTime(const std::filesystem::path& file, ProcessorTime& sum) {
  const std::string text = ReadTextFile(file, 1 << 20);
  try {
    const auto content = ParseJson(text);
    const std::int64_t images = content.at("images");
    const double seconds = content.at("processor_seconds");
    if (images < 0 || seconds < 0) throw std::invalid_argument("negative");
    sum.images += images;
    sum.seconds += seconds;
  } catch (const std::exception&) {
    throw Error(ErrorCode::kCorrupt, "is not a profile of mhcnn predict", file.string(),
                "run mhcnn predict with --profile again");
  }
}

double Sum(const StageSeconds& s) { return s.read + s.prepare + s.network + s.measure + s.write; }

}  // namespace

double BatchProfile::Other() const { return std::max(0.0, workers * wall - Sum(stages)); }

ProfileClock::ProfileClock()
    : wall_(Seconds(CLOCK_MONOTONIC)), processor_(Seconds(CLOCK_PROCESS_CPUTIME_ID)) {}

double ProfileClock::SecondsSinceProgramStart() {
  // Field 22 of proc_pid_stat(5); the second, the program's name in brackets, may have blanks.
  std::ifstream file("/proc/self/stat");
  std::string text, field;
  std::getline(file, text);
  const auto bracket = text.rfind(')');
  if (bracket == text.npos) return 0;
  std::istringstream fields(text.substr(bracket + 1));
  for (int i = 3; i <= 22; ++i) fields >> field;
  const double ticks = std::strtod(field.c_str(), nullptr);
  return std::max(0.0,
                  Seconds(CLOCK_BOOTTIME) - ticks / static_cast<double>(::sysconf(_SC_CLK_TCK)));
}

void ProfileClock::Stop(BatchProfile& profile) const {
  profile.wall = Seconds(CLOCK_MONOTONIC) - wall_;
  profile.processor = Seconds(CLOCK_PROCESS_CPUTIME_ID) - processor_;
  profile.processors = AvailableThreads();
  rusage usage{};
  if (::getrusage(RUSAGE_SELF, &usage) == 0)
    profile.memory = static_cast<std::uint64_t>(usage.ru_maxrss) * 1024;
}

void AddStages(const StageSeconds& one, StageSeconds& sum) {
  sum.read += one.read;
  sum.prepare += one.prepare;
  sum.network += one.network;
  sum.measure += one.measure;
  sum.write += one.write;
}

std::string ToTable(const BatchProfile& p) {
  std::string table = fmt::format("{:<10} {:>9} {:>8} {:>9} {:>8}\n", "stage", "seconds", "time %",
                                  "ms/image", "workers");
  const double all = std::max(1e-9, p.workers * p.wall), wall = std::max(1e-9, p.wall),
               images = std::max<double>(1, static_cast<double>(p.images));
  for (const auto& [name, seconds] : Rows(p)) {
    table += fmt::format("{:<10} {:>9.2f} {:>8.1f} {:>9.1f} {:>8.2f}\n", name, seconds,
                         100 * seconds / all, 1000 * seconds / images, seconds / wall);
  }
  table += fmt::format(
      "{} images in {:.2f} s: {:.2f} images a second, by {} workers; {:.2f} s of processor time, "
      "{:.0f} % of {} processors\n",
      p.images, p.wall, static_cast<double>(p.images) / wall, p.workers, p.processor,
      100 * p.processor / (wall * std::max(1, p.processors)), p.processors);
  table += fmt::format("first row {:.2f} s after the start; largest memory {:.0f} MB\n",
                       p.first_row, static_cast<double>(p.memory) / 1e6);
  return table;
}

nlohmann::json ToJson(const BatchProfile& p) {
  nlohmann::json stages;
  for (const auto& [name, seconds] : Rows(p)) stages[name] = seconds;
  return {{"stage_seconds", stages},
          {"images", p.images},
          {"workers", p.workers},
          {"wall_seconds", p.wall},
          {"processors", p.processors},
          {"processor_seconds", p.processor},
          {"first_row_seconds", p.first_row},
          {"largest_memory_bytes", p.memory}};
}

ProcessorTime ReadProcessorTime(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> files = {ProfilePath(folder, "")};
  std::error_code ec;
  if (!std::filesystem::exists(files.front(), ec))
    files = FindShardFiles(folder, "profile", "json", "profiles").files;
  ProcessorTime sum;
  for (const auto& file : files) AddProcessorTime(file, sum);
  if (!files.empty() && sum.images == 0) {
    throw Error(ErrorCode::kUsage, "is the profile of a run that measured no file (a resumed one?)",
                files.front().string(),
                "run mhcnn predict with --profile into a new folder, or give --core-seconds");
  }
  return sum;
}

}  // namespace mhcnn
