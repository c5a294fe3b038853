#include "mhcnn/data/prepare.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <opencv2/core.hpp>
#include <set>

#include "mhcnn/base/csv.h"
#include "mhcnn/base/error.h"
#include "mhcnn/base/file.h"
#include "mhcnn/base/interrupt.h"
#include "mhcnn/base/parallel.h"
#include "mhcnn/base/progress.h"
#include "mhcnn/data/expected_counts.h"
#include "mhcnn/data/image_check_log.h"
#include "mhcnn/data/label_conflicts.h"
#include "mhcnn/data/mask_check.h"
#include "mhcnn/data/output_folder.h"
#include "mhcnn/data/percent_convention.h"

namespace mhcnn {
namespace fs = std::filesystem;
namespace {

std::vector<ImageCheck> CheckImages(const std::vector<ListedImage>& images,
                                    const PrepareOptions& options) {
  const ImageCheckOptions examine{options.out, options.decode};
  ImageCheckLog journal(options.out / "journal.jsonl");
  std::vector<ImageCheck> results(images.size());
  std::vector<std::string> keys(images.size());
  std::vector<std::size_t> left;
  for (std::size_t i = 0; i < images.size(); ++i) {
    keys[i] = ImageCheckKey(images[i], examine);
    if (auto done = journal.Find(keys[i])) {
      results[i] = std::move(*done);
    } else {
      left.push_back(i);
    }
  }
  const std::size_t done = images.size() - left.size();
  Progress progress(done > 0 ? fmt::format("examining ({} done before)", done) : "examining",
                    left.size());
  ParallelFor(left.size(), options.threads, [&](std::size_t n) {
    ThrowIfInterrupted();
    const std::size_t i = left[n];
    results[i] = CheckImage(images[i], examine);
    journal.Add(keys[i], results[i]);
    progress.Advance();
  });
  return results;
}

void AddTo(std::vector<Problem>& problems, const std::vector<Problem>& more) {
  problems.insert(problems.end(), more.begin(), more.end());
}

/// The images to keep: readable ones, with their masks as they can be used.
std::vector<PreparedImage> Join(std::vector<ListedImage> images, std::vector<ImageCheck> checks,
                                std::vector<Problem>& problems) {
  std::vector<PreparedImage> kept;
  for (std::size_t i = 0; i < images.size(); ++i) {
    ImageCheck& e = checks[i];
    AddTo(problems, e.problems);
    if (!e.readable) continue;
    Sample& s = images[i].sample;
    const auto place = [](const std::string& mask) {
      return mask.empty() ? std::nullopt : std::optional<fs::path>(mask);
    };
    s.breast_mask = place(e.breast_mask);
    s.dense_mask = place(e.dense_mask);
    s.pectoral_mask = place(e.pectoral_mask);
    if (!s.breast_mask) s.dense_threshold.reset();
    if (!s.percent_density) s.percent_density = e.mask_percent;
    // What the table leaves open the header may say. The Patient ID stays as it is, as evaluate has
    // it: rows of a patient with and without the column must not become two patients.
    if (s.patient_id.empty()) s.patient_id = e.patient_id;
    if (s.study_id.empty()) s.study_id = e.study_id;
    if (s.laterality == Laterality::kUnknown) s.laterality = e.laterality;
    if (s.view == View::kUnknown) s.view = e.view;
    kept.push_back({std::move(images[i]), std::move(e)});
  }
  return kept;
}

void WriteOwnLabels(const fs::path& path, const std::vector<PreparedImage>& images) {
  std::set<std::string> names;
  for (const auto& image : images) {
    for (const auto& [name, value] : image.listed.own_labels) names.insert(name);
  }
  if (names.empty()) {
    std::error_code ec;
    fs::remove(path, ec);
    return;
  }
  std::vector<std::string> header = {"image"};
  header.insert(header.end(), names.begin(), names.end());
  std::string text = CsvLine(header);
  for (const auto& image : images) {
    std::vector<std::string> row = {CsvText(image.listed.sample.image.string())};
    for (const auto& name : names) {
      const auto found = image.listed.own_labels.find(name);
      row.push_back(found == image.listed.own_labels.end() ? "" : CsvText(found->second));
    }
    text += CsvLine(row);
  }
  WriteFileAtomically(path, text);
}

}  // namespace

void PrepareOptions::Check() const {
  adapter.Check();
  if (out.empty()) throw Error(ErrorCode::kUsage, "no folder is given", "--out");
  if (pictures < 0 || pictures > 200)
    throw Error(ErrorCode::kUsage, "must be 0 to 200", "--pictures");
  if (threads < 0) throw Error(ErrorCode::kUsage, "must be 0 (all) or more", "--threads");
  const auto& chosen = FindDataSetAdapter(set);
  if (adapter.masks && !chosen.uses_masks) {
    throw Error(ErrorCode::kUsage, "applies to vindr-mammo only", "--masks");
  }
  if (!adapter.tissue_categories.empty() && !chosen.uses_tissue_categories) {
    throw Error(ErrorCode::kUsage, "applies to mini-mias only", "--tissue-categories");
  }
  CheckOutputFolder(out, adapter.folders);
  split.Check();
}

DatasetSummary Prepare(const PrepareOptions& options) {
  options.Check();
  cv::setNumThreads(1);  // images are read side by side
  AdapterOptions adapter = options.adapter;
  for (auto& folder : adapter.folders) folder = fs::absolute(folder).lexically_normal();
  if (adapter.masks) adapter.masks = fs::absolute(*adapter.masks).lexically_normal();
  DatasetIndex listing = FindDataSetAdapter(options.set).read(adapter);
  CheckNotImageFolder(options.out, adapter.folders, listing.images);
  auto checks = CheckImages(listing.images, options);
  auto problems = std::move(listing.problems);
  DropEmptyDenseMasks(listing.images, checks, problems);
  auto images = Join(std::move(listing.images), std::move(checks), problems);
  if (images.empty()) {
    const std::string first = problems.empty() ? "" : ": " + problems.front().text;
    throw Error(ErrorCode::kNotFound, "contains no usable image" + first,
                options.adapter.folders.front().string(),
                "see docs/datasets.md for what the set's folder looks like");
  }

  std::vector<Sample> samples;
  std::vector<std::string> duplicate_keys;
  for (const auto& image : images) {
    samples.push_back(image.listed.sample);
    duplicate_keys.push_back(DuplicateKey(image.examined));
  }
  AddTo(problems, SplitSamples(samples, duplicate_keys, options.split));
  for (std::size_t i = 0; i < images.size(); ++i) images[i].listed.sample.split = samples[i].split;
  AddTo(problems, FindDuplicateConflicts(images));
  AddTo(problems, FindPercentConventionConflicts(images));
  AddTo(problems, FindLabelConflicts(images));
  AddTo(problems, FindCompletenessProblems(images, adapter.folders.front().string()));

  std::vector<std::string> folders;
  for (const auto& folder : adapter.folders) folders.push_back(folder.string());
  DatasetSummary summary =
      SummarizeDataset(options.set, folders, options.split.seed, images, std::move(problems));
  const auto pictures =
      DrawSummaryPictures(images, static_cast<std::size_t>(options.pictures), options.threads);
  using Json = nlohmann::ordered_json;
  WriteFileAtomically(options.out / "census.txt", SummaryText(summary));
  WriteFileAtomically(
      options.out / "census.json",
      SummaryJson(summary).dump(2, ' ', false, Json::error_handler_t::replace) + "\n");
  WriteFileAtomically(options.out / "census.html", SummaryHtml(summary, pictures));
  WriteOwnLabels(options.out / "set_labels.csv", images);
  WriteManifest(options.out / "manifest.csv", samples);
  return summary;
}

}  // namespace mhcnn
