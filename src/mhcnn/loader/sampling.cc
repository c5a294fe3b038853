#include "mhcnn/loader/sampling.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <numeric>

#include "mhcnn/base/error.h"
#include "mhcnn/base/log.h"
#include "mhcnn/base/option_check.h"
#include "mhcnn/base/random.h"
#include "mhcnn/image/density_category.h"

namespace mhcnn {
namespace {

constexpr std::uint32_t kOrder = 101, kDraw = 103;  // purposes of random streams
constexpr double kKernel = 2;                       // percent points
constexpr double kMaxWeight = 10;                   // times the mean

/// Brings the weights that are set (not 0) to mean 1 and gives the others 1.
void Normalise(std::vector<double>& weights) {
  double sum = 0, set = 0;
  for (const double w : weights) {
    sum += w;
    set += w > 0;
  }
  for (double& w : weights) w = w > 0 ? w * set / sum : 1;
}

std::vector<double> ByCategory(const Dataset& dataset) {
  std::map<std::optional<DensityCategory>, double> count;
  for (std::size_t i = 0; i < dataset.size(); ++i) ++count[dataset[i].category];
  std::vector<double> weights(dataset.size(), 0);
  for (std::size_t i = 0; i < weights.size(); ++i) {
    if (dataset[i].category) weights[i] = 1 / count[dataset[i].category];
  }
  Normalise(weights);
  return weights;
}

std::vector<double> ByDensity(const Dataset& dataset) {
  std::array<double, 101> histogram{};
  const auto bin = [](double percent) {
    return static_cast<std::size_t>(std::lround(std::clamp(percent, 0.0, 100.0)));
  };
  for (std::size_t i = 0; i < dataset.size(); ++i) {
    if (dataset[i].percent) ++histogram[bin(*dataset[i].percent)];
  }
  std::array<double, 101> smooth{};
  for (int a = 0; a <= 100; ++a) {
    for (int b = 0; b <= 100; ++b) {
      smooth[static_cast<std::size_t>(a)] +=
          histogram[static_cast<std::size_t>(b)] *
          std::exp(-0.5 * (a - b) * (a - b) / (kKernel * kKernel));
    }
  }
  std::vector<double> weights(dataset.size(), 0);
  for (std::size_t i = 0; i < weights.size(); ++i) {
    if (dataset[i].percent) weights[i] = 1 / smooth[bin(*dataset[i].percent)];
  }
  Normalise(weights);
  for (double& w : weights) w = std::min(w, kMaxWeight);
  Normalise(weights);
  return weights;
}

}  // namespace

Sampling ParseSampling(std::string_view name, const std::string& word) {
  static constexpr std::array kWords = {"uniform", "category", "density"};
  return static_cast<Sampling>(FindChoice(name, word, kWords));
}

std::vector<double> SamplingWeights(const Dataset& dataset, Sampling sampling) {
  if (sampling == Sampling::kCategory) return ByCategory(dataset);
  if (sampling == Sampling::kDensity) return ByDensity(dataset);
  return {};
}

std::vector<std::size_t> EpochPermutation(std::size_t count, const std::vector<double>& weights,
                                          std::uint64_t seed, std::uint64_t epoch) {
  std::vector<std::size_t> order(count);
  std::iota(order.begin(), order.end(), std::size_t{0});
  if (!weights.empty()) {
    // A comb of `count` teeth over the weights laid end to end.
    RandomStream random(seed, epoch, kDraw);
    const double total = std::accumulate(weights.begin(), weights.end(), 0.0);
    const double tooth = total / static_cast<double>(count);
    double at = tooth * random.Uniform(), end = weights[0];
    std::size_t sample = 0;
    for (std::size_t& chosen : order) {
      while (at >= end && sample + 1 < count) end += weights[++sample];
      chosen = sample;
      at += tooth;
    }
  }
  RandomStream random(seed, epoch, kOrder);
  for (std::size_t i = count; i > 1; --i) {
    std::swap(order[i - 1], order[random.Integer(static_cast<std::uint32_t>(i))]);
  }
  return order;
}

void CheckCategories(const Dataset& train, const Dataset& val, bool of_percent) {
  std::array<std::size_t, 4> of_train{}, of_val{};
  const auto count = [](const Dataset& dataset, std::array<std::size_t, 4>& counts) {
    for (std::size_t i = 0; i < dataset.size(); ++i) {
      if (const auto& c = dataset[i].category) ++counts[static_cast<std::size_t>(*c)];
    }
  };
  count(train, of_train);
  count(val, of_val);
  bool by_percent = false;
  for (std::size_t i = 0; of_percent && i < train.size(); ++i)
    by_percent = by_percent || (train[i].percent && !train[i].category);
  const auto is_there = [](std::size_t n) { return n > 0; };
  if (!by_percent && std::ranges::count_if(of_train, is_there) == 1) {
    const auto only = std::ranges::find_if(of_train, is_there) - of_train.begin();
    spdlog::warn(
        "all training images with a category are {}: the category head learns only this category; "
        "add images of other categories, or set lambda_classification to 0",
        ToLetter(CategoryFromIndex(only)));
  }
  for (std::size_t c = 0; c < 4; ++c) {
    const std::string name = ToLetter(CategoryFromIndex(static_cast<std::int64_t>(c)));
    if (!by_percent && of_train[c] == 0 && of_val[c] > 0) {
      spdlog::warn(
          "category {} is in validation images only, so it cannot be learned; take fewer "
          "folds or another data.fold or seed",
          name);
    }
    if (of_train[c] > 0 && of_val[c] == 0 && val.size() > 0)
      spdlog::warn("no validation image has category {}: the validation figures do not cover it",
                   name);
  }
}

}  // namespace mhcnn
