#pragma once

#include <torch/torch.h>

#include <array>

#include "mhcnn/nn/graph_module.h"
#include "mhcnn/nn/loss_options.h"

namespace mhcnn::nn {

/// Returns the focal Tversky loss. `logits`, `targets`: (N, C, H, W), targets 0 or 1; `valid`: (N,
/// C), 0 if an image has no label of the class. Computed in 32-bit floats (sums over an image
/// overflow 16 bits), for each image and class, then averaged over the valid ones; 0 if none is.
/// The value (1 - TI) is kept away from 0, where the power's slope is infinite.
torch::Tensor FocalTversky(const torch::Tensor& logits, const torch::Tensor& targets,
                           const torch::Tensor& valid, const FocalTverskyOptions& options = {});

/// Returns the binary cross entropy of each pixel and class, shaped and averaged as FocalTversky.
torch::Tensor MaskCrossEntropy(const torch::Tensor& logits, const torch::Tensor& targets,
                               const torch::Tensor& valid);

/// Returns the regression loss. `predicted`, `targets`: (N) on the 0..1 scale; `weights`: (N), 0
/// for no label. The weighted sum is divided by the number of labelled images; 0 if there is none.
torch::Tensor FocalRegression(const torch::Tensor& predicted, const torch::Tensor& targets,
                              const torch::Tensor& weights,
                              const FocalRegressionOptions& options = {});

/// Returns the cross entropy of `logits` (N, 4) with the labels' probabilities `fractions` (N, 4;
/// zeros: no label); `class_weights` (4) or undefined. Averaged over the weights of the labels; 0
/// if no image has one.
torch::Tensor CategoryCrossEntropy(const torch::Tensor& logits, const torch::Tensor& fractions,
                                   const torch::Tensor& class_weights = {});

/// Returns a loss that uses the order of the categories: the mean of the cross entropies of the
/// events "a", "a or b" and "a to c" (the cumulative probabilities of ordinal regression). Shapes
/// and averaging are as in CategoryCrossEntropy; an image counts by the weights of its label.
torch::Tensor OrdinalCrossEntropy(const torch::Tensor& logits, const torch::Tensor& fractions,
                                  const torch::Tensor& class_weights = {});

/// Returns the distance of `percent` (N, 0..1) from the range of its `category` (N, -1: none), 0
/// within it; averaged over the images with `weights` above 0 and a category, 0 for none.
torch::Tensor CategoryRangeLoss(const torch::Tensor& percent, const torch::Tensor& category,
                                const torch::Tensor& weights, const CategoryRangeOptions& options);

/// Returns (N): fraction of the breast that is dense, by the masks' probabilities. The breast's
/// outline has no gradient, else a wrong outline could compensate for a wrong percent.
torch::Tensor ExpectedMaskPercent(const torch::Tensor& logits, const CategoryRangeOptions& options);

/// Labels of a batch; what an image lacks is marked.
struct Targets {
  torch::Tensor masks;           ///< (N, C, H, W)
  torch::Tensor mask_valid;      ///< (N, C)
  torch::Tensor percent;         ///< (N), 0..1
  torch::Tensor percent_weight;  ///< (N)
  torch::Tensor category;        ///< (N), -1: none
  /// Index of who drew the dense mask (N) (reader_model.h), -1: trusted; undefined: all are.
  torch::Tensor reader{};

  /// Returns copies on a device.
  Targets To(torch::Device device) const;
};

/// Returns (N, 4): probabilities of the categories by the labels. An image with a category has 1
/// there; one with only a percent has the values of the options; others have zeros.
torch::Tensor TargetCategoryProbabilities(const Targets& targets,
                                          const CategoryFromPercentOptions& options);

/// Parameters learned in addition to the network's weights; undefined unless options need them.
struct AuxiliaryParameters {
  torch::Tensor log_variances{};       ///< (3): segmentation, regression, classification
  torch::Tensor mask_log_variances{};  ///< (masks)
  torch::Tensor readers{};             ///< (readers, 2)
};

/// Losses of one forward pass, each a single value.
struct Losses {
  /// Losses of the heads.
  torch::Tensor segmentation, regression, classification;
  torch::Tensor range_of_masks, range_of_head;  ///< CategoryRangeLoss, 0 without a weight
  torch::Tensor total;  ///< sum of lambda L (the paper's equation in section 2.1)
};

/// Fractions by which a part of a step's images counts, if these are computed in parts (by
/// processes, or one after another): each loss of a part counts by the part's fraction of the
/// labels, so that the parts sum up to the whole batch's loss.
struct LossFractions {
  /// Fractions of the heads' labels.
  double segmentation = 1, regression = 1, classification = 1;
  /// Fractions of the images of the two range losses.
  double range_of_masks = 1, range_of_head = 1;
  double images = 1;  ///< for terms without a label: log_variances, the readers' trace
};

/// Returns the divisors of the losses' means: labelled masks, labelled percent densities, the
/// labelled categories' class weights, and the numbers of images of the two range losses.
std::array<double, 5> SumLabelWeights(const Targets& targets, const LossOptions& options);

/// Returns the sum of lambda L of the losses; terms without a label count by `images`.
torch::Tensor TotalLoss(const Losses& losses, const LossOptions& options,
                        const AuxiliaryParameters& learned = {}, double images = 1);

/// Computes the losses. A head whose lambda is 0 is not computed and counts as 0; a head that the
/// network does not have must have 0.
Losses ComputeLosses(const Outputs& outputs, const Targets& targets, const LossOptions& options,
                     const AuxiliaryParameters& learned = {}, const LossFractions& fractions = {});

}  // namespace mhcnn::nn
