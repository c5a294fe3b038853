#include "mhcnn/loader/sampling.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "mhcnn/base/error.h"
#include "mhcnn/testing/scratch_folder.h"
#include "mhcnn/testing/training_sets.h"

namespace mhcnn {
namespace {

using testing_support::DrawDataset;
using testing_support::ScratchFolder;

std::map<std::size_t, int> Counts(const std::vector<std::size_t>& order) {
  std::map<std::size_t, int> counts;
  for (const auto i : order) ++counts[i];
  return counts;
}

TEST(EpochPermutation, IsAPermutationWithoutWeights) {
  const auto order = EpochPermutation(50, {}, 1, 2);
  EXPECT_EQ(Counts(order).size(), 50u);
  EXPECT_FALSE(std::is_sorted(order.begin(), order.end()));
  EXPECT_EQ(order, EpochPermutation(50, {}, 1, 2));
  EXPECT_NE(order, EpochPermutation(50, {}, 1, 3));
  EXPECT_NE(order, EpochPermutation(50, {}, 2, 2));
}

TEST(EpochPermutation, ShowsASampleAsOftenAsItsWeightSays) {
  const std::vector<double> weights = {0.25, 2.5, 1, 0.05, 1.2};
  std::vector<double> mean(weights.size(), 0);
  const int epochs = 4000;
  for (int epoch = 0; epoch < epochs; ++epoch) {
    const auto counts = Counts(EpochPermutation(5, weights, 9, static_cast<std::uint64_t>(epoch)));
    for (std::size_t i = 0; i < weights.size(); ++i) {
      const auto found = counts.find(i);
      const int count = found == counts.end() ? 0 : found->second;
      EXPECT_GE(count, std::floor(weights[i]));
      EXPECT_LE(count, std::ceil(weights[i]));
      mean[i] += static_cast<double>(count) / epochs;
    }
  }
  for (std::size_t i = 0; i < weights.size(); ++i) EXPECT_NEAR(mean[i], weights[i], 0.03) << i;
}

TEST(Sampling, ParsesRecipeNames) {
  EXPECT_EQ(ParseSampling("x", "uniform"), Sampling::kUniform);
  EXPECT_EQ(ParseSampling("x", "category"), Sampling::kCategory);
  EXPECT_EQ(ParseSampling("x", "density"), Sampling::kDensity);
  EXPECT_THROW(ParseSampling("x", "rare"), Error);
}

TEST(SamplingWeights, BalanceCategoriesAndDensities) {
  const ScratchFolder folder;
  auto samples = DrawDataset(folder / "set", 40);
  samples[7].category.reset();
  samples[7].dense_mask.reset();
  const Dataset dataset(samples, {.input_height = 128, .input_width = 64});
  EXPECT_TRUE(SamplingWeights(dataset, Sampling::kUniform).empty());
  for (const auto sampling : {Sampling::kCategory, Sampling::kDensity}) {
    const auto weights = SamplingWeights(dataset, sampling);
    double sum = 0;
    for (const double w : weights) sum += w;
    EXPECT_NEAR(sum, 40, 1e-9);
    EXPECT_EQ(weights[7], 1) << "without a label";
  }
  const auto by_category = SamplingWeights(dataset, Sampling::kCategory);
  std::map<std::optional<DensityCategory>, double> fraction;
  for (std::size_t i = 0; i < dataset.size(); ++i) fraction[dataset[i].category] += by_category[i];
  for (const auto& [category, sum] : fraction) {
    if (!category) continue;
    EXPECT_NEAR(sum, fraction.at(DensityCategory::kD), 1e-9) << ToLetter(category);
  }
  // Rarer percent densities weigh more: the weight falls with the smoothed number of neighbours.
  const auto by_density = SamplingWeights(dataset, Sampling::kDensity);
  const auto neighbours = [&](std::size_t i) {
    double count = 0;
    for (std::size_t k = 0; k < dataset.size(); ++k) {
      if (!dataset[k].percent) continue;
      const double apart = std::round(*dataset[k].percent) - std::round(*dataset[i].percent);
      count += std::exp(-apart * apart / 8);
    }
    return count;
  };
  for (std::size_t i = 0; i < dataset.size(); ++i) {
    for (std::size_t k = 0; k < dataset.size(); ++k) {
      if (i == 7 || k == 7) continue;
      EXPECT_NEAR(by_density[i] * neighbours(i), by_density[k] * neighbours(k), 1e-6);
    }
  }
}

}  // namespace
}  // namespace mhcnn
