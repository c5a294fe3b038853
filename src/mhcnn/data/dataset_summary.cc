#include "mhcnn/data/dataset_summary.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "mhcnn/base/text.h"
#include "mhcnn/base/version.h"
#include "mhcnn/data/split.h"
#include "mhcnn/image/density_category.h"

namespace mhcnn {
namespace {

std::string ValueOrUnknown(const std::string& text, const char* otherwise) {
  return text.empty() ? otherwise : text;
}

std::string CategoryName(const Sample& sample) {
  return sample.category ? ToLetter(*sample.category) : "none";
}

void CountPercentDensities(DatasetSummary& summary, std::vector<double> percent_densities) {
  summary.images_with_percent = percent_densities.size();
  if (percent_densities.empty()) return;
  for (const double p : percent_densities) {
    ++summary.percent_histogram[std::min<std::size_t>(9, static_cast<std::size_t>(p / 10))];
  }
  std::sort(percent_densities.begin(), percent_densities.end());
  const std::size_t n = percent_densities.size();
  summary.percent_low = percent_densities.front();
  summary.percent_high = percent_densities.back();
  summary.percent_median = (percent_densities[(n - 1) / 2] + percent_densities[n / 2]) / 2;
}

std::map<std::string, std::vector<const PreparedImage*>> GroupDuplicates(
    const std::vector<PreparedImage>& images) {
  std::map<std::string, std::vector<const PreparedImage*>> duplicate_keys;
  for (const auto& image : images) duplicate_keys[DuplicateKey(image.examined)].push_back(&image);
  std::erase_if(duplicate_keys, [](const auto& entry) { return entry.second.size() < 2; });
  return duplicate_keys;
}

std::string Line(const char* name, const DatasetSummary::Counts& counts) {
  std::vector<std::string> words;
  for (const auto& [word, count] : counts) words.push_back(fmt::format("{} {}", word, count));
  return fmt::format("{:<14} {}\n", name,
                     words.empty() ? "-" : fmt::to_string(fmt::join(words, ", ")));
}

/// A line, or nothing if each image has a patient.
std::string WithoutPatient(const DatasetSummary& c) {
  if (c.images_without_patient == 0) return "";
  return fmt::format("{:<14} not known for {} images; each of them counts as a separate patient\n",
                     "patient", c.images_without_patient);
}

}  // namespace

std::string DuplicateKey(const ImageCheck& examined) {
  return examined.pixel_hash.empty() ? "file:" + examined.file_hash : examined.pixel_hash;
}

std::vector<Problem> FindDuplicateConflicts(const std::vector<PreparedImage>& images) {
  std::vector<Problem> problems;
  for (const auto& [key, members] : GroupDuplicates(images)) {
    std::set<std::string> categories;
    for (const auto* image : members) categories.insert(CategoryName(image->listed.sample));
    if (categories.size() > 1) {
      problems.push_back({"label_conflict", members.front()->listed.sample.image.string(),
                          fmt::format("{} files show the same picture with the categories {}",
                                      members.size(), fmt::join(categories, ", "))});
    }
  }
  return problems;
}

DatasetSummary SummarizeDataset(const std::string& set, const std::vector<std::string>& folders,
                                std::uint64_t seed, const std::vector<PreparedImage>& images,
                                std::vector<Problem> problems) {
  DatasetSummary summary;
  summary.set = set;
  summary.folders = folders;
  summary.seed = seed;
  summary.images = images.size();
  std::set<std::string> patients, studies;
  std::map<std::string, std::set<std::string>> patients_by_split;
  std::vector<double> percent_densities;
  for (const auto& [listed, examined] : images) {
    const Sample& s = listed.sample;
    const std::string patient = PatientKey(s);
    patients.insert(patient);
    if (s.patient_id.empty() && s.study_id.empty()) ++summary.images_without_patient;
    if (!s.study_id.empty()) studies.insert(s.study_id);
    patients_by_split[s.split].insert(patient);
    ++summary.views[ValueOrUnknown(ViewName(s.view), "unknown")];
    ++summary.lateralities[ValueOrUnknown(LateralityName(s.laterality), "unknown")];
    ++summary.categories[CategoryName(s)];
    ++summary.categories_by_split[s.split][CategoryName(s)];
    ++summary.sizes[fmt::format("{} x {}", examined.columns, examined.rows)];
    if (!examined.vendor.empty()) ++summary.vendors[examined.vendor];
    if (s.breast_mask) ++summary.masks["breast"];
    if (s.dense_mask) ++summary.masks["dense"];
    if (s.pectoral_mask) ++summary.masks["pectoral"];
    for (const auto& [name, word] : listed.own_labels) ++summary.own_labels[name][word];
    if (s.percent_density) percent_densities.push_back(*s.percent_density);
  }
  std::erase_if(summary.own_labels, [](const auto& entry) { return entry.second.size() > 12; });
  summary.patients = patients.size();
  summary.studies = studies.size();
  for (const auto& [part, of] : patients_by_split) summary.patients_by_split[part] = of.size();
  CountPercentDensities(summary, std::move(percent_densities));
  for (const auto& [key, members] : GroupDuplicates(images)) {
    std::vector<std::string> files;
    for (const auto* image : members) files.push_back(image->listed.sample.image.string());
    std::sort(files.begin(), files.end());
    // A picture that several readers marked has several rows of one file.
    files.erase(std::unique(files.begin(), files.end()), files.end());
    if (files.size() > 1) summary.duplicates.push_back(std::move(files));
  }
  std::sort(summary.duplicates.begin(), summary.duplicates.end());
  std::sort(problems.begin(), problems.end());
  for (const auto& p : problems) ++summary.problems_of_kind[p.kind];
  summary.problems = std::move(problems);
  return summary;
}

std::string SummaryText(const DatasetSummary& c) {
  std::string text = fmt::format("{}: {} images of {} patients", c.set, c.images, c.patients);
  if (c.studies > 0) text += fmt::format(", {} studies", c.studies);
  text += "\n(a research tool, not a medical device)\n\n" + WithoutPatient(c);
  text += Line("views", c.views) + Line("laterality", c.lateralities) +
          Line("categories", c.categories) + Line("masks", c.masks) + Line("sizes", c.sizes);
  if (!c.vendors.empty()) text += Line("vendors", c.vendors);
  for (const auto& [name, counts] : c.own_labels) text += Line(name.c_str(), counts);
  for (const auto& [part, categories] : c.categories_by_split) {
    std::size_t images = 0;
    for (const auto& [category, count] : categories) images += count;
    text += Line(part.c_str(), categories);
    text +=
        fmt::format("{:<14} {} images of {} patients\n", "", images, c.patients_by_split.at(part));
  }
  if (c.images_with_percent > 0) {
    text += fmt::format("\npercent density of {} images: {:.1f} to {:.1f}, median {:.1f}\n",
                        c.images_with_percent, c.percent_low, c.percent_high, c.percent_median);
    const auto most = std::max<std::size_t>(
        1, *std::max_element(c.percent_histogram.begin(), c.percent_histogram.end()));
    for (std::size_t i = 0; i < c.percent_histogram.size(); ++i) {
      const std::size_t n = c.percent_histogram[i];
      text += fmt::format("{:>3} to {:>3} {:>7} {}\n", 10 * i, 10 * i + 10, n,
                          std::string((n * 40 + most - 1) / most, '#'));
    }
  }
  text +=
      fmt::format("\nduplicates: {} pictures occur in more than one file\n", c.duplicates.size());
  text += fmt::format("problems: {}\n", c.problems.size());
  for (const auto& [kind, count] : c.problems_of_kind) {
    text += fmt::format("  {} {}\n", kind, count);
    std::size_t shown = 0;
    for (const auto& p : c.problems) {
      if (p.kind != kind) continue;
      // A leak is never cut from the list.
      if (++shown > 5 && kind != "leak") break;
      text += fmt::format("    {}: {}\n", ToDisplayText(p.subject), ToDisplayText(p.text));
    }
    if (count > 5 && kind != "leak") text += fmt::format("    … all {} in census.json\n", count);
  }
  return text;
}

nlohmann::ordered_json SummaryJson(const DatasetSummary& c) {
  using Json = nlohmann::ordered_json;
  Json problems = Json::array();
  for (const auto& p : c.problems) {
    problems.push_back(
        {{"kind", p.kind}, {"subject", EscapeText(p.subject)}, {"text", ToDisplayText(p.text)}});
  }
  Json percent = {{"images", c.images_with_percent}, {"histogram", c.percent_histogram}};
  if (c.images_with_percent > 0) {
    percent["low"] = c.percent_low;
    percent["median"] = c.percent_median;
    percent["high"] = c.percent_high;
  }
  return {{"program", std::string("mhcnn ") + Version()},
          {"note", "a research tool, not a medical device"},
          {"set", c.set},
          {"folders", c.folders},
          {"seed", c.seed},
          {"images", c.images},
          {"patients", c.patients},
          {"images_without_patient", c.images_without_patient},
          {"studies", c.studies},
          {"views", c.views},
          {"laterality", c.lateralities},
          {"categories", c.categories},
          {"masks", c.masks},
          {"sizes", c.sizes},
          {"vendors", c.vendors},
          {"own_labels", c.own_labels},
          {"parts", {{"patients", c.patients_by_split}, {"categories", c.categories_by_split}}},
          {"percent_density", percent},
          {"duplicates", c.duplicates},
          {"problems_of_kind", c.problems_of_kind},
          {"problems", problems}};
}

}  // namespace mhcnn
