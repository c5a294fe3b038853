#pragma once

#include <torch/torch.h>

#include <vector>

namespace mhcnn::nn {

/// Rates of readers who draw the dense mask with errors: each has a confusion matrix of two
/// classes, learned with the network, so that the network's own probability is that of the truth
/// (Tanno et al. 2019, "Learning from noisy labels by regularized estimation of annotator
/// confusion", which Larroza et al. 2022 apply to dense tissue by way of Zhang et al. 2020).
///
/// A reader's matrix is two free numbers, (readers, 2) in all: sensitivity and specificity as
/// sigmoid(10 x). The factor lets AdamW, which changes any number by about the learning rate in a
/// step, bring a matrix to its values in some hundred steps at the usual rates of networks.

struct ReaderRates {
  double sensitivity = 1;  ///< probability that a dense pixel is marked
  double specificity = 1;  ///< probability that another one is not
};

/// Returns the first numbers: 0.95 and 0.95 for each, so that "dense" means what readers mark.
std::vector<float> InitialReaderParameters(std::size_t readers);
/// Returns the rates of each reader from the free numbers.
std::vector<ReaderRates> ToReaderRates(const std::vector<float>& numbers);

/// Returns `logits` (N, C, H, W) of the truth; in rows with a reader those of the channel `mask`
/// become the logits of what the reader marks: q = sensitivity p + (1 - specificity) (1 - p).
/// `reader` (N): row of `numbers`, -1: the label is trusted, and the logits stay.
torch::Tensor ApplyReaderConfusion(const torch::Tensor& logits, std::int64_t mask,
                                   const torch::Tensor& reader, const torch::Tensor& numbers);

/// Returns the mean over the readers of sensitivity + specificity. Of all matrices that explain the
/// labels, the one of the smallest trace is right (Tanno et al., section 3): else the network could
/// learn the readers' errors itself.
torch::Tensor ReaderTrace(const torch::Tensor& numbers);

}  // namespace mhcnn::nn
