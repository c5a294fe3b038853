#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace mhcnn::nn {

/// Options of the focal Tversky loss (Abraham & Khan 2019): TI = (TP + s) / (TP + alpha FN + beta
/// FP + s), loss (1 - TI)^exponent.
struct FocalTverskyOptions {
  double alpha = 0.7;      ///< weight of false negatives
  double beta = 0.3;       ///< weight of false positives
  double exponent = 0.75;  ///< 1 / gamma of the authors' gamma 4/3
  double smooth = 1;       ///< s, in pixels

  /// Throws Error(kUsage) naming the recipe's key of the bad field.
  void Check() const;
};

/// Measure of the error in the regression loss.
enum class RegressionForm {
  kL1,  ///< "l1": |e|
  kL2   ///< "l2": e^2 in place of |e|
};
/// Returns the value of a recipe's word. Throws Error(kUsage) that begins with `name`.
RegressionForm ParseRegressionForm(std::string_view name, const std::string& word);

/// How the regression loss focuses on large errors.
enum class FocusActivation {
  kSigmoid,  ///< "sigmoid": 2 sigmoid(beta |e|) - 1
  kTanh      ///< "tanh": tanh(beta |e|)
};
/// Returns the value of a recipe's word. Throws Error(kUsage) that begins with `name`.
FocusActivation ParseFocusActivation(std::string_view name, const std::string& word);

/// Options of Focal-R (Yang et al. 2021, "Delving into deep imbalanced regression"): mean of w |e|
/// (2 sigmoid(beta |e|) - 1)^gamma. The paper names its loss "FocalRegLoss" without defining it;
/// that it is this loss is our interpretation.
struct FocalRegressionOptions {
  /// Measure of the error.
  RegressionForm form = RegressionForm::kL1;
  /// Function that focuses on large errors.
  FocusActivation activation = FocusActivation::kSigmoid;
  double beta = 20, gamma = 1;  ///< beta 0.2 of the authors' code on the 0..100 scale is 20 on 0..1

  /// Throws Error(kUsage) naming the recipe's key of the bad field.
  void Check() const;
};

/// Usual ranges of percent (0..1) of breasts of each category: an image that has a category and no
/// mask or percent teaches by them how much dense tissue there is, not where.
struct CategoryRangeOptions {
  double weight = 0;                   ///< weight of the loss; 0 turns it off
  std::vector<double> low{};           ///< lower ends: four, of a to d
  std::vector<double> high{};          ///< upper ends: four
  std::int64_t breast = 0, dense = 1;  ///< channels of the masks

  /// Throws Error(kUsage) naming the recipe's key of the bad field. Without a weight the rest is
  /// not read.
  void Check() const;
};

/// Loss of the category.
enum class CategoryForm {
  kCrossEntropy,  ///< "cross_entropy": a wrong category costs the same wherever it lies
  kOrdinal        ///< "ordinal": a category that lies further off costs more
};
/// Returns the value of a recipe's word. Throws Error(kUsage) that begins with `name`.
CategoryForm ParseCategoryForm(std::string_view name, const std::string& word);

/// Probabilities of the categories given a percent: normal distributions of the square root of the
/// percent (0 to 100), each category alike. An image that has a percent and no category teaches the
/// category by them. Empty: it does not.
struct CategoryFromPercentOptions {
  std::vector<double> mean{};       ///< means of the square roots: four, of a to d, or none
  std::vector<double> deviation{};  ///< standard deviations: as many

  /// Throws Error(kUsage) naming the recipe's key.
  void Check() const;
};

/// Losses to compute, and their weights.
struct LossOptions {
  /// Loss of the masks.
  FocalTverskyOptions segmentation;
  double mask_cross_entropy = 0;  ///< weight of MaskCrossEntropy, added to the focal Tversky loss
  /// Loss of the percent.
  FocalRegressionOptions regression;
  /// Loss of the masks' percent for images without a dense mask, and of the regression head's for
  /// images without a percent; counts to the total with the lambda of its head.
  CategoryRangeOptions category_range;
  std::vector<double> class_weights;  ///< four, or empty
  /// Loss of the category.
  CategoryForm category_form = CategoryForm::kCrossEntropy;
  /// Categories of images that have only a percent.
  CategoryFromPercentOptions category_of_percent;
  /// Weights of the heads' losses; 0: the loss is not computed.
  double lambda_segmentation = 1, lambda_regression = 1, lambda_classification = 1;
  /// Whether to weight the heads by learned uncertainty: lambda (exp(-s) L + s), s the logarithm of
  /// the head's variance (Kendall, Gal & Cipolla 2018, as Gudhe et al. 2022 use it for density).
  bool uncertainty = false;
  /// Whether to do the same for the masks within the segmentation loss, each with its own variance,
  /// as Gudhe et al. do for breast and dense tissue.
  bool mask_uncertainty = false;
  /// Whether to learn a confusion matrix for each reader (reader_model.h). A mask that a reader
  /// drew is scored by the cross entropy of each pixel, not by the focal Tversky loss, which is
  /// best where likely pixels are called certain, and teaches nothing about a reader's rates.
  bool readers = false;
  double reader_trace = 0.01;    ///< weight of the matrices' trace, as in Tanno et al. 2019
  std::int64_t reader_mask = 1;  ///< channel that readers draw: "dense"

  /// Checks the options of each loss too. Throws Error(kUsage) naming the recipe's key of the bad
  /// field.
  void Check() const;
};

}  // namespace mhcnn::nn
