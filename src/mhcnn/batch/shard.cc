#include "mhcnn/batch/shard.h"

#include <fmt/format.h>

#include <charconv>
#include <cstdlib>
#include <regex>

#include "mhcnn/base/error.h"
#include "mhcnn/base/interrupt.h"
#include "mhcnn/base/parallel.h"
#include "mhcnn/base/progress.h"
#include "mhcnn/batch/slow_files.h"
#include "mhcnn/dicom/reader.h"
#include "mhcnn/image/file_io.h"

namespace mhcnn {
namespace {

[[noreturn]] void Refuse(const std::string& problem) {
  throw Error(ErrorCode::kUsage, problem, "--shard", "give for example 2/8");
}

int Number(std::string_view text, const std::string& what) {
  int value = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), value);
  if (parsed.ec != std::errc() || parsed.ptr != text.data() + text.size()) {
    Refuse(what + " '" + std::string(text) + "' is not a number");
  }
  return value;
}

std::string Environment(const char* name) {
  const char* value = std::getenv(name);
  return value != nullptr ? value : "";
}

Shard FromEnvironment(int count) {
  if (const auto id = Environment("SLURM_ARRAY_TASK_ID"); !id.empty()) {
    const auto min = Environment("SLURM_ARRAY_TASK_MIN"),
               step = Environment("SLURM_ARRAY_TASK_STEP"),
               all = Environment("SLURM_ARRAY_TASK_COUNT");
    const int first = min.empty() ? 0 : Number(min, "SLURM_ARRAY_TASK_MIN"),
              stride = step.empty() ? 1 : std::max(1, Number(step, "SLURM_ARRAY_TASK_STEP"));
    const int tasks = all.empty() ? 0 : Number(all, "SLURM_ARRAY_TASK_COUNT");
    // If tasks are submitted again, their numbers no longer show which parts are theirs.
    if ((count > 0 && tasks > 0 && tasks != count) || (count == 0 && tasks == 1)) {
      Refuse(fmt::format("'{}' needs an array with all tasks, but this array has {}",
                         count > 0 ? fmt::format("auto/{}", count) : "auto", tasks));
    }
    if (count == 0) count = tasks;
    return {(Number(id, "SLURM_ARRAY_TASK_ID") - first) / stride + 1, count};
  }
  if (const auto index = Environment("JOB_COMPLETION_INDEX"); !index.empty()) {
    return {Number(index, "JOB_COMPLETION_INDEX") + 1, count};
  }
  Refuse("'auto' needs SLURM_ARRAY_TASK_ID or JOB_COMPLETION_INDEX, and neither is set");
}

/// FNV-1a: the same on every machine.
std::uint64_t Hash(const std::string& text) {
  std::uint64_t hash = 0xcbf29ce484222325;
  for (const unsigned char c : text) hash = (hash ^ c) * 0x100000001b3;
  return hash ^ hash >> 32;
}

/// Name of an item's exam.
struct ExamKey {
  std::string text;
  bool unread = false;  ///< the disk or the network prevented reading its header
};

ExamKey MakeExamKey(const BatchItem& item, StudyBy by) {
  ExamKey key;
  MammogramMetadata metadata;
  if (by == StudyBy::kAuto) {
    try {
      const MaterializedFile file(item);
      if (SniffFileKind(file.path()) == FileKind::kDicom) metadata = ReadDicomMetadata(file.path());
    } catch (const Error& e) {
      if (e.code() == ErrorCode::kInterrupted) throw;
      // It has its row in whichever part its path falls.
      key.unread = e.code() == ErrorCode::kIo || e.code() == ErrorCode::kNotFound;
    }
  }
  metadata.path = item.DisplayPath().string();
  key.text = StudyKey(metadata, by);
  return key;
}

}  // namespace

std::string Shard::Suffix() const {
  return IsWhole() ? "" : "-" + std::to_string(index) + "-of-" + std::to_string(count);
}

Shard ParseShard(const std::string& text) {
  const auto slash = text.find('/');
  const std::string first = text.substr(0, slash);
  const int count = slash == std::string::npos ? 0 : Number(text.substr(slash + 1), "the count");
  const Shard shard =
      first == "auto" ? FromEnvironment(count) : Shard{Number(first, "the part"), count};
  if (shard.count < 1) Refuse("does not say how many parts there are");
  if (shard.count > kMaxShards)
    Refuse(fmt::format("{} parts are more than the {} there can be", shard.count, kMaxShards));
  if (shard.index < 1 || shard.index > shard.count) {
    Refuse("part " + std::to_string(shard.index) + " of " + std::to_string(shard.count) +
           " does not exist");
  }
  return shard;
}

ShardFiles FindShardFiles(const std::filesystem::path& folder, const std::string& stem,
                          const std::string& extension, const std::string& what) {
  const std::regex pattern(fmt::format("{}-[0-9]{{1,6}}-of-([0-9]{{1,6}})\\.{}", stem, extension));
  ShardFiles parts;
  std::error_code ec;
  for (const auto& entry : std::filesystem::directory_iterator(folder, ec)) {
    std::smatch match;
    const std::string name = entry.path().filename().string();
    if (!std::regex_match(name, match, pattern)) continue;
    const int of = std::stoi(match[1]);
    if (parts.count != 0 && of != parts.count) {
      throw Error(ErrorCode::kUsage,
                  fmt::format("contains {} of a batch that was divided into {} and into {}", what,
                              parts.count, of),
                  folder.string(), "remove the parts of the other batch");
    }
    parts.count = of;
    parts.files.push_back(entry.path());
  }
  return parts;
}

int CountShards(const std::filesystem::path& folder) {
  return FindShardFiles(folder, "results", "journal", "parts").count;
}

ShardItems SelectShard(std::vector<BatchItem> items, const Shard& shard, StudyBy by, int workers) {
  if (shard.count <= 1) return {std::move(items), {}};
  std::vector<char> mine(items.size()), unread(items.size());
  SlowFiles slow;
  Progress progress("read headers", items.size(), "files");
  ParallelFor(items.size(), workers, [&](std::size_t i) {
    ThrowIfInterrupted();
    const auto watch = slow.Begin(items[i].DisplayPath().string());
    const ExamKey key = MakeExamKey(items[i], by);
    unread[i] = key.unread;
    mine[i] = static_cast<int>(Hash(key.text) % static_cast<std::uint64_t>(shard.count)) ==
              shard.index - 1;
    progress.Advance();
  });
  ShardItems chosen;
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (unread[i]) chosen.unread.push_back(items[i].DisplayPath());
    if (mine[i]) chosen.items.push_back(std::move(items[i]));
  }
  return chosen;
}

}  // namespace mhcnn
