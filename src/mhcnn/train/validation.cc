#include "mhcnn/train/validation.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "mhcnn/base/interrupt.h"
#include "mhcnn/image/density_category.h"
#include "mhcnn/image/percent_density.h"
#include "mhcnn/loader/batch_loader.h"
#include "mhcnn/stats/segmentation.h"

namespace mhcnn {
namespace {

constexpr std::size_t kParts = 5;  // of nn::SumLabelWeights

/// A mean over the images of all processes.
class RunningMean {
 public:
  void Add(double value) { sum_ += value, ++count_; }
  std::optional<double> Get() const {
    return count_ > 0 ? std::optional(sum_ / count_) : std::nullopt;
  }
  void Gather(ProcessGroup& group) {
    const auto sums = group.AllReduce(std::vector<double>{sum_, count_});
    sum_ = sums[0], count_ = sums[1];
  }

 private:
  double sum_ = 0, count_ = 0;
};

/// The losses over the labels of all batches and processes, whatever the batches.
class LossMeans {
 public:
  void Add(const nn::Losses& losses, const std::array<double, kParts>& mass) {
    const torch::Tensor of_parts[] = {losses.segmentation, losses.regression, losses.classification,
                                      losses.range_of_masks, losses.range_of_head};
    for (std::size_t i = 0; i < kParts; ++i) {
      sums_[i] += of_parts[i].item<double>() * mass[i];
      sums_[kParts + i] += mass[i];
    }
  }
  void Gather(ProcessGroup& group) { sums_ = group.AllReduce(sums_); }
  nn::Losses Get() const {
    const auto mean = [&](std::size_t i) {
      const double mass = sums_[kParts + i];
      return torch::tensor(mass > 0 ? sums_[i] / mass : 0, torch::kFloat64);
    };
    return {mean(0), mean(1), mean(2), mean(3), mean(4), {}};
  }

 private:
  std::vector<double> sums_ = std::vector<double>(2 * kParts);  ///< of loss times mass, then mass
};

/// 1 where a value is above 0.
torch::Tensor ToBytes(const torch::Tensor& values) {
  return values.gt(0).to(torch::kUInt8).contiguous();
}

/// A plane of ToBytes, whose memory it shares.
Mask ToMask(const torch::Tensor& plane) {
  return {static_cast<int>(plane.size(0)), static_cast<int>(plane.size(1)),
          plane.data_ptr<std::uint8_t>()};
}

/// How good the masks are, and the percent that follows from them.
struct MaskFigures {
  std::vector<RunningMean> dice;
  RunningMean error;

  void Add(const torch::Tensor& logits, const Batch& b, const Dataset& dataset) {
    const torch::Tensor found = ToBytes(logits), truth = ToBytes(b.targets.masks);
    for (std::size_t i = 0; i < b.samples.size(); ++i) {
      const auto n = static_cast<std::int64_t>(i);
      for (std::size_t m = 0; m < dice.size(); ++m) {
        const auto c = static_cast<std::int64_t>(m);
        if (b.targets.mask_valid[n][c].item<float>() == 0) continue;
        const Statistic overlap = Dice(CountOverlap(ToMask(truth[n][c]), ToMask(found[n][c])));
        if (overlap.defined()) dice[m].Add(*overlap.value);
      }
      const auto& percent = dataset[b.samples[i]].percent;
      if (!percent || dice.size() < 2) continue;
      if (const auto measured = PercentDensity(ToMask(found[n][0]), ToMask(found[n][1])))
        error.Add(std::abs(*measured - *percent));
    }
  }
};

}  // namespace

Validation Validate(nn::GraphModule& network, const Dataset& dataset, int batch,
                    const nn::LossOptions& loss, const ForwardOptions& forward, ProcessGroup& group,
                    const torch::Tensor& readers) {
  const torch::NoGradGuard no_grad;
  const bool was_training = network.is_training();
  network.eval();
  const std::size_t masks = network.network().options.masks.size();
  LossMeans losses;
  MaskFigures of_masks{.dice = std::vector<RunningMean>(masks), .error = {}};
  RunningMean head_error, right;
  std::vector<double> counts(4);
  const torch::Device device = network.parameters().front().device();
  nn::LossOptions scored = loss;
  scored.reader_trace = 0;  // a term of the readers alone, whatever the images
  const nn::AuxiliaryParameters learned{
      .log_variances = {}, .readers = readers.defined() ? readers.detach().cpu() : readers};
  const auto fraction = static_cast<std::size_t>(batch);
  for (std::size_t first = fraction * static_cast<std::size_t>(group.rank());
       first < dataset.size(); first += fraction * static_cast<std::size_t>(group.size())) {
    ThrowIfInterrupted();
    std::vector<std::size_t> samples;
    for (std::size_t i = first; i < std::min(dataset.size(), first + fraction); ++i)
      samples.push_back(i);
    const Batch b = MakeBatch(dataset, samples, nullptr, 0, 0);
    const nn::Outputs outputs = RunForward(network, b.images.to(device), forward).Cpu();
    losses.Add(nn::ComputeLosses(outputs, b.targets, scored, learned),
               nn::SumLabelWeights(b.targets, scored));

    if (outputs.segmentation.defined()) of_masks.Add(outputs.segmentation, b, dataset);
    for (std::size_t i = 0; i < samples.size(); ++i) {
      const auto n = static_cast<std::int64_t>(i);
      const SampleLabels& sample = dataset[samples[i]];
      if (sample.percent && outputs.percent.defined())
        head_error.Add(std::abs(100 * outputs.percent[n][0].item<double>() - *sample.percent));
      if (sample.category && outputs.category.defined()) {
        right.Add(
            outputs.category[n].argmax().item<std::int64_t>() == ToIndex(*sample.category) ? 1 : 0);
        ++counts[static_cast<std::size_t>(*sample.category)];
      }
    }
  }
  network.train(was_training);
  losses.Gather(group);
  for (auto& mean : of_masks.dice) mean.Gather(group);
  for (auto* mean : {&of_masks.error, &head_error, &right}) mean->Gather(group);
  counts = group.AllReduce(counts);
  Validation validation;
  const nn::Losses parts = losses.Get();
  for (const auto& mean : {nn::TotalLoss(parts, scored, learned), parts.segmentation,
                           parts.regression, parts.classification})
    validation.losses.push_back(mean.item<double>());
  for (const auto& mean : of_masks.dice) validation.dice.push_back(mean.Get());
  validation.percent_mae_masks = of_masks.error.Get();
  validation.percent_mae_regression = head_error.Get();
  validation.accuracy = right.Get();
  const double labelled = counts[0] + counts[1] + counts[2] + counts[3];
  if (labelled > 0)
    validation.majority_class_accuracy = *std::max_element(counts.begin(), counts.end()) / labelled;
  return validation;
}

}  // namespace mhcnn
