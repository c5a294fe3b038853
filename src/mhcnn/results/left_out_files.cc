#include "mhcnn/results/left_out_files.h"

#include <nlohmann/json.hpp>

namespace mhcnn {
namespace {

struct LeftOutTerm {
  const char* key;
  const char* one;
  const char* many;
};
constexpr std::array<LeftOutTerm, kLeftOutKinds> kWords = {{
    {"no_image", "file that is not an image", "files that are not images"},
    {"folder_link", "link to a folder not followed", "links to folders not followed"},
    {"companion", "companion file of macOS or Windows", "companion files of macOS or Windows"},
    {"earlier_run", "drawing or table of an earlier run", "drawings and tables of an earlier run"},
    {"mask", "mask of a data set", "masks of a data set"},
    {"same_file", "further name of the same file", "further names of the same files"},
    {"special_file", "pipe, socket or device", "pipes, sockets or devices"},
    {"dicomdir", "DICOMDIR", "DICOMDIRs"},
}};

}  // namespace

void LeftOutFiles::Add(LeftOutKind kind, const std::filesystem::path& path) {
  Files& files = files_[static_cast<std::size_t>(kind)];
  ++files.count;
  if (files.paths.size() < kPaths) files.paths.push_back(path.string());
}

void LeftOutFiles::Add(const LeftOutFiles& other) {
  for (std::size_t k = 0; k < kLeftOutKinds; ++k) {
    files_[k].count += other.files_[k].count;
    for (const auto& path : other.files_[k].paths) {
      if (files_[k].paths.size() < kPaths) files_[k].paths.push_back(path);
    }
  }
}

std::size_t LeftOutFiles::total() const {
  std::size_t sum = 0;
  for (const auto& files : files_) sum += files.count;
  return sum;
}

std::string LeftOutFiles::Text() const {
  std::string text;
  for (std::size_t k = 0; k < kLeftOutKinds; ++k) {
    const std::size_t count = files_[k].count;
    if (count == 0) continue;
    if (!text.empty()) text += ", ";
    text += std::to_string(count) + " " + (count == 1 ? kWords[k].one : kWords[k].many);
  }
  return text;
}

nlohmann::json LeftOutFiles::ToJson() const {
  nlohmann::json counts = nlohmann::json::object(), files = nlohmann::json::object();
  for (std::size_t k = 0; k < kLeftOutKinds; ++k) {
    if (files_[k].count == 0) continue;
    counts[kWords[k].key] = files_[k].count;
    files[kWords[k].key] = files_[k].paths;
  }
  return {{"total", total()}, {"counts", counts}, {"files", files}};
}

LeftOutFiles LeftOutFiles::FromJson(const nlohmann::json& json) {
  LeftOutFiles left;
  try {
    for (std::size_t k = 0; k < kLeftOutKinds; ++k) {
      const auto& counts = json.at("counts");
      if (!counts.contains(kWords[k].key)) continue;
      counts.at(kWords[k].key).get_to(left.files_[k].count);
      json.at("files").at(kWords[k].key).get_to(left.files_[k].paths);
    }
  } catch (const nlohmann::json::exception&) {
    return {};
  }
  return left;
}

const char* LeftOutKindName(LeftOutKind kind) { return kWords[static_cast<std::size_t>(kind)].key; }

std::optional<LeftOutKind> ParseLeftOutKind(const std::string& word) {
  for (std::size_t k = 0; k < kLeftOutKinds; ++k) {
    if (word == kWords[k].key) return static_cast<LeftOutKind>(k);
  }
  return std::nullopt;
}

}  // namespace mhcnn
