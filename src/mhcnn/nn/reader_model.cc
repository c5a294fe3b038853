#include "mhcnn/nn/reader_model.h"

#include <cmath>

namespace mhcnn::nn {
namespace {

constexpr double kScale = 10, kFirst = 0.95;
constexpr double kSmallest = 1e-12;  // keeps a logarithm finite

}  // namespace

std::vector<float> InitialReaderParameters(std::size_t readers) {
  return std::vector<float>(2 * readers,
                            static_cast<float>(std::log(kFirst / (1 - kFirst)) / kScale));
}

std::vector<ReaderRates> ToReaderRates(const std::vector<float>& numbers) {
  const auto rate = [](float x) { return 1 / (1 + std::exp(-kScale * x)); };
  std::vector<ReaderRates> rates;
  for (std::size_t i = 0; i + 1 < numbers.size(); i += 2)
    rates.push_back({rate(numbers[i]), rate(numbers[i + 1])});
  return rates;
}

torch::Tensor ApplyReaderConfusion(const torch::Tensor& logits, std::int64_t mask,
                                   const torch::Tensor& reader, const torch::Tensor& numbers) {
  const torch::Tensor x = logits.to(torch::kFloat32), truth = x.narrow(1, mask, 1);
  // Each image's matrix; probabilities and their complements apart, so that none is 1 minus the
  // other.
  const torch::Tensor own =
      kScale * numbers.index_select(0, reader.clamp_min(0)).view({-1, 2, 1, 1, 1});
  const torch::Tensor sees = torch::sigmoid(own.select(1, 0)),
                      misses = torch::sigmoid(-own.select(1, 0)),
                      leaves = torch::sigmoid(own.select(1, 1)),
                      invents = torch::sigmoid(-own.select(1, 1));
  const torch::Tensor p = torch::sigmoid(truth), other = torch::sigmoid(-truth);
  const torch::Tensor marked = torch::log((sees * p + invents * other).clamp_min(kSmallest)) -
                               torch::log((misses * p + leaves * other).clamp_min(kSmallest));
  const torch::Tensor drawn = torch::where(reader.ge(0).view({-1, 1, 1, 1}), marked, truth);
  return torch::cat({x.narrow(1, 0, mask), drawn, x.narrow(1, mask + 1, x.size(1) - mask - 1)}, 1);
}

torch::Tensor ReaderTrace(const torch::Tensor& numbers) {
  return torch::sigmoid(kScale * numbers).sum(1).mean();
}

}  // namespace mhcnn::nn
