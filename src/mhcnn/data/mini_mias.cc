#include <fmt/format.h>

#include <map>
#include <regex>
#include <sstream>

#include "mhcnn/base/error.h"
#include "mhcnn/base/file.h"
#include "mhcnn/data/adapters.h"
#include "mhcnn/data/set_files.h"

namespace mhcnn {
namespace fs = std::filesystem;
namespace {

constexpr int kSide = 1024;  // every picture is 1024 x 1024

struct Entry {
  std::string tissue, lesions;
  bool conflict = false;
};

/// "CIRC B 535 425 197": the file counts y from the bottom edge.
std::string LesionText(const std::string& words) {
  static const std::regex placed(R"((\w+)\s+([BM])\s+(\d+)\s+(\d+)\s+(\d+))");
  std::smatch m;
  if (!std::regex_match(words, m, placed)) return words;  // NORM, or *NOTE 3* for coordinates
  return fmt::format("{} {} x={} y={} r={}", m[1].str(), m[2].str(), m[3].str(),
                     kSide - 1 - std::stoi(m[4]), m[5].str());
}

std::map<std::string, Entry> ReadInfo(const fs::path& path, DatasetIndex& listing) {
  // Prose comes first; a row begins with a name such as mdb001.
  static const std::regex row_start(R"(^\s*(mdb\d{3})\b\s*(.*?)\s*$)");
  static const std::regex row(R"(([FGD])\s+(\S.*))");
  std::map<std::string, Entry> entries;
  std::istringstream text(ReadTextFile(path));
  std::size_t number = 0;
  for (std::string line; std::getline(text, line);) {
    ++number;
    std::smatch start, fields;
    if (line.size() > 400 || !std::regex_match(line, start, row_start)) continue;
    const std::string subject = fmt::format("Info.txt line {}", number), name = start[1];
    const std::string rest = start[2];
    if (!std::regex_match(rest, fields, row)) {
      listing.Add("bad_row", subject, "'" + Trim(line) + "' has no tissue F, G or D; left out");
      continue;
    }
    const std::string tissue = fields[1], lesion = LesionText(fields[2]);
    if (lesion.find("NOTE") != std::string::npos) {
      listing.Add("no_coordinates", subject, name + " has a note in place of coordinates");
    }
    const auto [entry, is_new] = entries.emplace(name, Entry{tissue, lesion});
    if (is_new) continue;
    listing.Add("repeated_row", subject, name + " has a further lesion");
    entry->second.lesions += "; " + lesion;
    if (!CheckSameLabel(listing, subject, "tissue", entry->second.tissue, tissue)) {
      entry->second.conflict = true;
    }
  }
  return entries;
}

}  // namespace

DatasetIndex ReadMiniMias(const AdapterOptions& options) {
  DatasetIndex listing;
  std::vector<fs::path> files;
  for (const auto& folder : options.folders) {
    const auto more = ListFilesRecursively(folder, listing.problems);
    files.insert(files.end(), more.begin(), more.end());
  }
  const auto path = FindNamed(files, "Info.txt");
  if (!path) {
    throw Error(ErrorCode::kNotFound, "contains no Info.txt", options.folders.front().string(),
                "name the folder all-mias.tar.gz was unpacked into");
  }
  auto entries = ReadInfo(*path, listing);
  if (entries.empty()) {
    throw Error(ErrorCode::kCorrupt, "contains no row such as 'mdb001 G CIRC B 535 425 197'",
                path->string());
  }
  static const std::regex name_of(R"(mdb(\d{3}))");
  std::map<std::string, fs::path> used;
  for (const auto& file : files) {
    std::smatch number;
    const std::string name = ToLower(file.stem().string());
    const std::string extension = ToLower(file.extension().string());
    if (extension != ".pgm" && extension != ".png") continue;
    if (!std::regex_match(name, number, name_of)) {
      listing.Add("bad_name", file.string(), "is not named mdbNNN; left out");
      continue;
    }
    const auto [earlier, is_new] = used.emplace(name, file);
    if (!is_new) {
      listing.Add("repeated_file", file.string(),
                  "the same name as " + earlier->second.string() + "; the first is used");
      continue;
    }
    const auto entry = entries.find(name);
    if (entry == entries.end()) {
      listing.Add("orphan_image", file.string(), "has no row in Info.txt");
      continue;
    }
    const int n = std::stoi(number[1]);
    ListedImage image;
    image.name = name;
    image.sample.image = file;
    image.sample.patient_id = fmt::format("mias{:03}", (n + 1) / 2);  // a pair is one woman
    // Even is left, odd is right, as the README has it.
    image.sample.laterality = n % 2 == 0 ? Laterality::kLeft : Laterality::kRight;
    image.sample.view = View::kMLO;
    if (!entry->second.conflict) {
      image.own_labels["tissue"] = entry->second.tissue;
      const auto category = options.tissue_categories.find(entry->second.tissue);
      if (category != options.tissue_categories.end()) image.sample.category = category->second;
    }
    image.own_labels["lesions"] = entry->second.lesions;
    listing.images.push_back(std::move(image));
  }
  for (const auto& [name, entry] : entries) {
    if (!used.contains(name)) listing.Add("orphan_row", "Info.txt", "no picture " + name + ".pgm");
  }
  return listing;
}

}  // namespace mhcnn
