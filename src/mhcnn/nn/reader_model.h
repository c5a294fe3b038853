#pragma once

#include <torch/torch.h>

#include <vector>

namespace mhcnn::nn {

/// Readers who draw the dense mask and err: each has a confusion matrix of two classes, learned
/// with the network, so that the network's own probability is that of the truth (Tanno et al. 2019,
/// "Learning from noisy labels by regularized estimation of annotator confusion", which Larroza et
/// al. 2022 apply to dense tissue by way of Zhang et al. 2020).
///
/// A reader's matrix is two free numbers, (readers, 2) in all: sensitivity and specificity as
/// sigmoid(10 x). The factor lets AdamW, which moves any number by about the learning rate a step,
/// take a matrix to its place in some hundred steps at the rates that networks take.

struct ReaderRates {
  double sensitivity = 1;  ///< probability that a dense pixel is marked
  double specificity = 1;  ///< probability that another one is not
};

/// Numbers to begin with: 0.95 and 0.95 for each, so that what the readers mark is meant by dense.
std::vector<float> InitialReaderParameters(std::size_t readers);
/// Returns the rates of each reader from the free numbers.
std::vector<ReaderRates> RatesOf(const std::vector<float>& numbers);

/// `logits` (N, C, H, W) of the truth; those of the channel `mask` become, in rows with a reader,
/// the logits of what the reader marks: q = sensitivity p + (1 - specificity) (1 - p). `reader`
/// (N): row of `numbers`, -1: the label is trusted, and the logits stay.
torch::Tensor ApplyReaderConfusion(const torch::Tensor& logits, std::int64_t mask,
                                   const torch::Tensor& reader, const torch::Tensor& numbers);

/// Mean over the readers of sensitivity + specificity. Of all matrices that explain the labels the
/// one of the smallest trace is right (Tanno et al., section 3): else the network could learn the
/// readers' errors itself.
torch::Tensor ReaderTrace(const torch::Tensor& numbers);

}  // namespace mhcnn::nn
