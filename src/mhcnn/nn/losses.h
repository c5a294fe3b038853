#pragma once

#include <torch/torch.h>

#include <array>

#include "mhcnn/nn/graph_module.h"
#include "mhcnn/nn/loss_options.h"

namespace mhcnn::nn {

/// `logits`, `targets`: (N, C, H, W), targets 0 or 1; `valid`: (N, C), 0 where an image lacks the
/// class's label. Computed in 32-bit floats (sums over an image overflow 16 bits), for each image
/// and class, then averaged over the valid ones; 0 where none is. 1 - TI is kept from 0, where the
/// power's slope is infinite.
torch::Tensor FocalTversky(const torch::Tensor& logits, const torch::Tensor& targets,
                           const torch::Tensor& valid, const FocalTverskyOptions& options = {});

/// Binary cross entropy of each pixel and class, with shapes and averaging as FocalTversky's.
torch::Tensor MaskCrossEntropy(const torch::Tensor& logits, const torch::Tensor& targets,
                               const torch::Tensor& valid);

/// `predicted`, `targets`: (N) on the 0..1 scale; `weights`: (N), 0 where an image has no label.
/// Averaged over the sum of the labelled images; 0 where there is none.
torch::Tensor FocalRegression(const torch::Tensor& predicted, const torch::Tensor& targets,
                              const torch::Tensor& weights,
                              const FocalRegressionOptions& options = {});

/// Cross entropy of `logits` (N, 4) with the labels' probabilities `shares` (N, 4; zeros: no
/// label); `class_weights` (4) or undefined. Averaged over the weights of the labels; 0 where no
/// image has one.
torch::Tensor CategoryCrossEntropy(const torch::Tensor& logits, const torch::Tensor& shares,
                                   const torch::Tensor& class_weights = {});

/// Loss that knows the order of the categories: the mean of the cross entropies of the three events
/// "a", "a or b" and "a to c" (the cumulative probabilities of ordinal regression). Shapes and
/// averaging are those of CategoryCrossEntropy; an image counts by the weights of its label.
torch::Tensor OrdinalCrossEntropy(const torch::Tensor& logits, const torch::Tensor& shares,
                                  const torch::Tensor& class_weights = {});

/// Distance of `percent` (N, 0..1) from the range of its `category` (N, -1: none), 0 within it;
/// averaged over the images with `weights` above 0 and a category, 0 where there is none.
torch::Tensor CategoryRange(const torch::Tensor& percent, const torch::Tensor& category,
                            const torch::Tensor& weights, const CategoryRangeOptions& options);

/// (N): share of the breast that is dense, by the masks' probabilities. The breast is taken as it
/// is: its outline has no gradient, else a wrong percent could be mended by a wrong outline.
torch::Tensor SoftPercent(const torch::Tensor& logits, const CategoryRangeOptions& options);

/// Labels of a batch; what an image lacks is marked.
struct Targets {
  torch::Tensor masks;           ///< (N, C, H, W)
  torch::Tensor mask_valid;      ///< (N, C)
  torch::Tensor percent;         ///< (N), 0..1
  torch::Tensor percent_weight;  ///< (N)
  torch::Tensor category;        ///< (N), -1: none
  /// (N), who drew the dense mask (reader_model.h), -1: trusted; undefined: all are.
  torch::Tensor reader{};

  /// Returns copies on a device.
  Targets To(torch::Device device) const;
};

/// (N, 4): probabilities of the categories by the labels. An image with a category has 1 there; one
/// with a percent alone has what the options say of it; others have zeros.
torch::Tensor CategoryShares(const Targets& targets, const CategoryOfPercentOptions& options);

/// What is learned beside the network's weights; undefined where the options do not ask for it.
struct Learned {
  torch::Tensor log_variances{};       ///< (3): segmentation, regression, classification
  torch::Tensor mask_log_variances{};  ///< (masks)
  torch::Tensor readers{};             ///< (readers, 2)
};

/// Losses of one forward pass, each a single value.
struct Losses {
  /// Losses of the heads.
  torch::Tensor segmentation, regression, classification;
  torch::Tensor range_of_masks, range_of_head;  ///< CategoryRange, 0 without a weight
  torch::Tensor total;  ///< sum of lambda L (the paper's equation in section 2.1)
};

/// Where a step's images are computed in parts (by processes, or one after another), each loss of a
/// part counts by the part's share of the labels, so that the parts sum up to the whole batch's
/// loss.
struct LossFractions {
  /// Shares of the heads' labels.
  double segmentation = 1, regression = 1, classification = 1;
  /// Shares of the images of the two range losses.
  double range_of_masks = 1, range_of_head = 1;
  double images = 1;  ///< for what depends on no label: log_variances, the readers' trace
};

/// What the means of the losses divide by: labelled masks, labelled percents, the labelled
/// categories' class weights, and the images that the two range losses are of.
std::array<double, 5> LabelMass(const Targets& targets, const LossOptions& options);

/// Returns the sum of lambda L of the losses; what depends on no label counts by `images`.
torch::Tensor TotalLoss(const Losses& losses, const LossOptions& options,
                        const Learned& learned = {}, double images = 1);

/// A head whose lambda is 0 is not computed and counts as 0; one that the network lacks must have
/// 0.
Losses ComputeLosses(const Outputs& outputs, const Targets& targets, const LossOptions& options,
                     const Learned& learned = {}, const LossFractions& shares = {});

}  // namespace mhcnn::nn
