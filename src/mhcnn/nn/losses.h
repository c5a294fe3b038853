#pragma once

#include <torch/torch.h>

#include <array>
#include <string>
#include <vector>

#include "mhcnn/nn/graph_module.h"

namespace mhcnn::nn {

/// Focal Tversky loss (Abraham & Khan 2019): TI = (TP + s) / (TP + alpha FN + beta FP + s), loss (1
/// - TI)^exponent.
struct FocalTverskyOptions {
  double alpha = 0.7;      ///< weight of false negatives
  double beta = 0.3;       ///< weight of false positives
  double exponent = 0.75;  ///< 1 / gamma of the authors' gamma 4/3
  double smooth = 1;       ///< s, in pixels
};

/// `logits`, `targets`: (N, C, H, W), targets 0 or 1; `valid`: (N, C), 0 where an image lacks the
/// class's label. Computed in 32-bit floats (sums over an image overflow 16 bits), for each image
/// and class, then averaged over the valid ones; 0 where none is. 1 - TI is kept from 0, where the
/// power's slope is infinite.
torch::Tensor FocalTversky(const torch::Tensor& logits, const torch::Tensor& targets,
                           const torch::Tensor& valid, const FocalTverskyOptions& options = {});

/// Binary cross entropy of each pixel and class, with shapes and averaging as FocalTversky's.
torch::Tensor MaskCrossEntropy(const torch::Tensor& logits, const torch::Tensor& targets,
                               const torch::Tensor& valid);

/// Focal-R (Yang et al. 2021, "Delving into deep imbalanced regression"): mean of w |e| (2
/// sigmoid(beta |e|) - 1)^gamma. The paper names its loss "FocalRegLoss" without defining it; that
/// it is this one is our reading.
struct FocalRegressionOptions {
  std::string form = "l1";  ///< "l1": |e|; "l2": e^2 in place of |e|
  /// "sigmoid": 2 sigmoid(beta |e|) - 1; "tanh": tanh(beta |e|).
  std::string activation = "sigmoid";
  double beta = 20, gamma = 1;  ///< beta 0.2 of the authors' code on the 0..100 scale is 20 on 0..1
};

/// `predicted`, `targets`: (N) on the 0..1 scale; `weights`: (N), 0 where an image has no label.
/// Averaged over the sum of the labelled images; 0 where there is none.
torch::Tensor FocalRegression(const torch::Tensor& predicted, const torch::Tensor& targets,
                              const torch::Tensor& weights,
                              const FocalRegressionOptions& options = {});

/// Cross entropy of `logits` (N, 4) with `targets` (N, whole numbers; -1: no label);
/// `class_weights` (4) or empty. 0 where no image has a label.
torch::Tensor CategoryCrossEntropy(const torch::Tensor& logits, const torch::Tensor& targets,
                                   const torch::Tensor& class_weights = {});

/// Percents (0..1) that breasts of each category have as a rule: an image that has a category and
/// no mask or percent teaches by them how much dense tissue there is, not where.
struct CategoryRangeOptions {
  double weight = 0;                   ///< weight of the loss; 0: there is none
  std::vector<double> low{};           ///< four, of a to d
  std::vector<double> high{};          ///< four
  std::int64_t breast = 0, dense = 1;  ///< channels of the masks
};

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

/// Which losses are computed, and how they are weighted.
struct LossOptions {
  /// Loss of the masks.
  FocalTverskyOptions segmentation;
  double mask_cross_entropy = 0;  ///< weight of MaskCrossEntropy, added to the focal Tversky loss
  /// Loss of the percent.
  FocalRegressionOptions regression;
  /// Holds the masks' percent of images without a dense mask, and the regression head's of images
  /// without a percent; counts to the total with the lambda of its head.
  CategoryRangeOptions category_range;
  std::vector<double> class_weights;  ///< four, or empty
  /// Weights of the heads' losses; 0: the loss is not computed.
  double lambda_segmentation = 1, lambda_regression = 1, lambda_classification = 1;
  /// Weigh the heads by learned uncertainty: lambda (exp(-s) L + s), s the logarithm of the head's
  /// variance (Kendall, Gal & Cipolla 2018, as Gudhe et al. 2022 use it for density).
  bool uncertainty = false;
  /// The same for the masks within the segmentation loss, each with a variance of its own, as Gudhe
  /// et al. have it for breast and dense tissue.
  bool mask_uncertainty = false;
  /// Learn a confusion matrix for each reader (reader_model.h). A mask that a reader drew is scored
  /// by the cross entropy of each pixel instead of the focal Tversky loss: an overlap is best where
  /// likely pixels are called certain, so that it teaches nothing of a reader's rates.
  bool readers = false;
  double reader_trace = 0.01;    ///< weight of the matrices' trace, as in Tanno et al. 2019
  std::int64_t reader_mask = 1;  ///< channel that readers draw: "dense"
};

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
struct LossShares {
  /// Shares of the heads' labels.
  double segmentation = 1, regression = 1, classification = 1;
  /// Shares of the images of the two range losses.
  double range_of_masks = 1, range_of_head = 1;
  double images = 1;  ///< for what depends on no label: log_variances, the readers' trace
};

/// What the means of the losses divide by: labelled masks, labelled percents, the labelled
/// categories' class weights, and the images that the two range losses are of.
std::array<double, 5> LabelMass(const Targets& targets, const LossOptions& options);

/// A head whose lambda is 0 is not computed and counts as 0; one that the network lacks must have
/// 0.
Losses ComputeLosses(const Outputs& outputs, const Targets& targets, const LossOptions& options,
                     const Learned& learned = {}, const LossShares& shares = {});

}  // namespace mhcnn::nn
