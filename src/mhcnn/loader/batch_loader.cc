#include "mhcnn/loader/batch_loader.h"

#include <algorithm>
#include <chrono>
#include <cstring>

#include "mhcnn/base/option_check.h"
#include "mhcnn/image/density_category.h"

namespace mhcnn {
namespace {

constexpr std::uint32_t kAugment = 102;  // purpose of random streams

const LoaderOptions& Checked(const LoaderOptions& options) {
  options.Check();
  return options;
}

}  // namespace

Batch MakeBatch(const Dataset& dataset, const std::vector<std::size_t>& samples,
                const AugmentOptions* augment, std::uint64_t seed, std::uint64_t stream_base) {
  const auto n = static_cast<std::int64_t>(samples.size());
  std::vector<Example> examples;
  for (const std::size_t sample : samples) examples.push_back(dataset.Get(sample));
  const cv::Size size = dataset.input();
  const auto masks = static_cast<std::int64_t>(examples.front().masks.size());
  Batch batch;
  batch.samples = samples;
  batch.images = torch::empty({n, 1, size.height, size.width});
  batch.targets.masks = torch::zeros({n, masks, size.height, size.width});
  batch.targets.mask_valid = torch::zeros({n, masks});
  batch.targets.percent = torch::zeros({n});
  batch.targets.percent_weight = torch::zeros({n});
  batch.targets.category = torch::full({n}, -1, torch::kInt64);
  if (dataset.has_readers()) batch.targets.reader = torch::full({n}, -1, torch::kInt64);
  const std::size_t area = size.area();
  for (std::int64_t i = 0; i < n; ++i) {
    const SampleLabels& sample = dataset[samples[static_cast<std::size_t>(i)]];
    Example& example = examples[static_cast<std::size_t>(i)];
    if (augment) {
      RandomStream random(seed, stream_base + static_cast<std::uint64_t>(i), kAugment);
      Augment(example, *augment, random);
    }
    std::memcpy(batch.images[i].data_ptr<float>(), example.image.data, area * sizeof(float));
    for (std::int64_t m = 0; m < masks; ++m) {
      const cv::Mat1b& mask = example.masks[static_cast<std::size_t>(m)];
      if (mask.empty()) continue;
      batch.targets.mask_valid[i][m] = 1;
      float* target = batch.targets.masks[i][m].data_ptr<float>();
      std::transform(mask.begin(), mask.end(), target, [](uchar v) { return v ? 1.0f : 0.0f; });
    }
    if (sample.percent) {
      batch.targets.percent[i] = *sample.percent / 100;
      batch.targets.percent_weight[i] = 1;
    }
    if (sample.category) batch.targets.category[i] = ToIndex(*sample.category);
    if (sample.reader) batch.targets.reader[i] = *sample.reader;
  }
  return batch;
}

void LoaderOptions::Check() const {
  CheckAtLeast("batch", batch, 1);
  CheckAtLeast("accumulate", accumulate, 1);
  CheckAtLeast("workers", workers, 1);
  CheckAtLeast("size", size, 1);
  CheckRange("rank", rank, 0, size - 1);
}

std::vector<std::pair<std::size_t, std::size_t>> RankSlice(std::size_t images,
                                                           const LoaderOptions& options) {
  const auto batch = static_cast<std::size_t>(options.batch),
             rank = static_cast<std::size_t>(options.rank),
             size = static_cast<std::size_t>(options.size);
  std::vector<std::pair<std::size_t, std::size_t>> passes;
  for (std::size_t first = 0; first < images; first += batch) {
    const std::size_t count = std::min(batch, images - first);
    if (count < size) break;
    passes.emplace_back(first + count * rank / size, first + count * (rank + 1) / size);
  }
  return passes;
}

BatchLoader::BatchLoader(const Dataset& dataset, std::vector<std::size_t> order,
                         const AugmentOptions& augment, const LoaderOptions& options)
    : dataset_(dataset),
      augment_(augment),
      options_(Checked(options)),
      images_(static_cast<std::size_t>(options.batch) *
              static_cast<std::size_t>(options.accumulate)),
      // A last step that is not full would give its few images more weight; a small set is one
      // step.
      steps_(std::max<std::size_t>(1, order.size() / images_)),
      order_(std::move(order)),
      ahead_(2 * static_cast<std::size_t>(options.workers) + 1),
      next_to_make_(options.first_step),
      next_to_give_(options.first_step) {
  for (int w = 0; w < options.workers; ++w) workers_.emplace_back([this] { Work(); });
}

BatchLoader::~BatchLoader() {
  {
    const std::lock_guard lock(mutex_);
    stop_ = true;
  }
  room_.notify_all();
}

std::vector<Batch> BatchLoader::Next() {
  const auto start = std::chrono::steady_clock::now();
  std::unique_lock lock(mutex_);
  ready_.wait(lock, [&] { return failure_ || waiting_.count(next_to_give_) > 0; });
  if (failure_) std::rethrow_exception(failure_);
  waited_ += std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  auto node = waiting_.extract(next_to_give_++);
  room_.notify_all();
  return std::move(node.mapped());
}

std::vector<Batch> BatchLoader::Make(std::size_t step) const {
  const std::size_t begin = step * images_, end = std::min(order_.size(), begin + images_);
  std::vector<Batch> passes;
  for (const auto& [first, last] : RankSlice(end - begin, options_)) {
    const auto at = [&](std::size_t i) {
      return order_.begin() + static_cast<std::ptrdiff_t>(begin + i);
    };
    passes.push_back(MakeBatch(dataset_, {at(first), at(last)}, &augment_, options_.seed,
                               options_.epoch * dataset_.size() + begin + first));
  }
  return passes;
}

void BatchLoader::Work() {
  while (true) {
    std::size_t index = 0;
    {
      std::unique_lock lock(mutex_);
      room_.wait(lock, [&] { return stop_ || next_to_make_ < next_to_give_ + ahead_; });
      if (stop_ || next_to_make_ >= steps_) return;
      index = next_to_make_++;
    }
    try {
      std::vector<Batch> passes = Make(index);
      const std::lock_guard lock(mutex_);
      waiting_.emplace(index, std::move(passes));
    } catch (...) {
      const std::lock_guard lock(mutex_);
      failure_ = std::current_exception();
    }
    ready_.notify_all();
  }
}

}  // namespace mhcnn
