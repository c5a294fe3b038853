#include "mhcnn/loader/dataset.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "mhcnn/base/error.h"
#include "mhcnn/base/interrupt.h"
#include "mhcnn/base/parallel.h"
#include "mhcnn/base/progress.h"
#include "mhcnn/base/text.h"
#include "mhcnn/base/version.h"
#include "mhcnn/data/masks.h"
#include "mhcnn/distributed/process_group.h"

namespace mhcnn {
namespace fs = std::filesystem;
namespace {

/// To be raised with every change of what a prepared image is.
constexpr int kFormat = 2;
constexpr std::size_t kMasks = 3;

/// Changes with how any image is prepared.
std::uint64_t HashFileState(const PreprocessOptions& preprocess) {
  return Fnv1a(nlohmann::json(preprocess).dump() + "|" + std::to_string(kFormat) + "|" + Version());
}

/// Goes on with what a sample is prepared from: the files' names and the threshold.
std::uint64_t AddSources(const Sample& sample, std::uint64_t hash) {
  hash = Fnv1a(sample.image.string() + "|", hash);
  for (const auto* mask : {&sample.breast_mask, &sample.dense_mask, &sample.pectoral_mask})
    hash = Fnv1a((*mask ? (*mask)->string() : "-") + "|", hash);
  return sample.dense_threshold ? Fnv1a(std::to_string(*sample.dense_threshold) + "|", hash) : hash;
}

/// Changes with how and from what a sample is prepared, its files' sizes and dates included.
std::uint64_t ComputeFingerprint(const Sample& sample, const PreprocessOptions& preprocess) {
  std::uint64_t hash = AddSources(sample, HashFileState(preprocess));
  const auto add = [&](const fs::path& file) {
    std::error_code ec;
    const auto size = fs::file_size(file, ec);
    const auto written = fs::last_write_time(file, ec).time_since_epoch().count();
    hash = Fnv1a(std::to_string(size) + "|" + std::to_string(written) + "|", hash);
  };
  add(sample.image);
  for (const auto* mask : {&sample.breast_mask, &sample.dense_mask, &sample.pectoral_mask}) {
    if (*mask) add(StripMaskLabels(**mask));
  }
  return hash == 0 ? 1 : hash;  // 0 is an unwritten record's
}

fs::path CacheFile(const DatasetOptions& options, const std::vector<Sample>& samples) {
  if (options.cache.empty() || options.cache.has_filename()) return options.cache;
  std::uint64_t hash = HashFileState(options.preprocess);
  for (const Sample& sample : samples) hash = AddSources(sample, hash);
  return options.cache / ("prepared-" + ToHexDigits(hash));
}

const DatasetOptions& Checked(const DatasetOptions& options) {
  options.Check();
  return options;
}

}  // namespace

void DatasetOptions::Check() const { preprocess.Check(); }

Dataset::Dataset(const std::vector<Sample>& all, const std::string& split,
                 const DatasetOptions& options, ProcessGroup& group)
    : options_(Checked(options)),
      store_(std::make_unique<PreparedStore>(CacheFile(options, all), input(), kMasks)) {
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (!split.empty() && all[i].split != split) continue;
    const auto reader = std::find(options.readers.begin(), options.readers.end(), all[i].reader);
    entries_.push_back({.sample = all[i],
                        .record = i,
                        .fingerprint = ComputeFingerprint(all[i], options.preprocess),
                        .labels = {.name = all[i].image.string(),
                                   .category = all[i].category,
                                   .reader = reader == options.readers.end()
                                                 ? std::nullopt
                                                 : std::optional(static_cast<int>(
                                                       reader - options.readers.begin()))}});
  }
  ReadMissing(group);
  for (std::size_t i = 0; i < entries_.size(); ++i) {
    const auto& stated = entries_[i].sample.percent_density;
    entries_[i].labels.percent = stated ? stated : ReadMaskPercent(i);
  }
}

Dataset::Dataset(const std::vector<Sample>& all, const PreprocessOptions& preprocess)
    : Dataset(all, "", {.preprocess = preprocess, .cache = {}, .label = "images"},
              *std::make_unique<ProcessGroup>()) {}

void Dataset::ReadMissing(ProcessGroup& group) const {
  std::vector<std::size_t> missing;
  for (std::size_t i = 0; i < entries_.size(); ++i) {
    if (!store_->Has(entries_[i].record, entries_[i].fingerprint)) missing.push_back(i);
  }
  // All have looked before anybody writes.
  group.Barrier();
  const auto rank = static_cast<std::size_t>(group.rank()),
             size = static_cast<std::size_t>(group.size());
  const std::size_t first = missing.size() * rank / size, last = missing.size() * (rank + 1) / size;
  if (!missing.empty()) {
    Progress progress("read " + options_.label, last - first);
    ParallelFor(last - first, 0, [&](std::size_t k) {
      ThrowIfInterrupted();
      Prepared(missing[first + k]);
      progress.Advance();
    });
  }
  group.Barrier();
}

PreparedSample Dataset::Prepared(std::size_t i) const {
  const Entry& entry = entries_[i];
  if (auto kept = store_->Read(entry.record, entry.fingerprint)) return std::move(*kept);
  PreparedSample prepared = PrepareSample(entry.sample, options_.preprocess);
  store_->Write(entry.record, entry.fingerprint, prepared);
  return prepared;
}

std::optional<double> Dataset::ReadMaskPercent(std::size_t i) const {
  const Entry& entry = entries_[i];
  const auto kept = store_->ReadPercent(entry.record, entry.fingerprint);
  if (kept || store_->Has(entry.record, entry.fingerprint)) return kept;
  return Prepared(i).percent_of_masks;  // another run has replaced the record meanwhile
}

Example Dataset::Get(std::size_t i) const {
  PreparedSample prepared = Prepared(i);
  return {ToInputImage(prepared, options_.preprocess), std::move(prepared.masks)};
}

}  // namespace mhcnn
