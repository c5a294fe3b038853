#include "mhcnn/nn/loss_options.h"

#include <array>

#include "mhcnn/base/error.h"
#include "mhcnn/base/option_check.h"

namespace mhcnn::nn {
namespace {

constexpr std::array kForms = {"l1", "l2"};
constexpr std::array kActivations = {"sigmoid", "tanh"};
constexpr std::array kCategoryForms = {"cross_entropy", "ordinal"};

[[noreturn]] void BadKey(const std::string& key, const std::string& problem) {
  throw Error(ErrorCode::kUsage, "key 'loss." + key + "' " + problem);
}

void CheckKey(const std::string& key, double value, double low, double high) {
  CheckRange("key 'loss." + key + "'", value, low, high);
}

}  // namespace

RegressionForm ParseRegressionForm(std::string_view name, const std::string& word) {
  return static_cast<RegressionForm>(FindChoice(name, word, kForms));
}

FocusActivation ParseFocusActivation(std::string_view name, const std::string& word) {
  return static_cast<FocusActivation>(FindChoice(name, word, kActivations));
}

CategoryForm ParseCategoryForm(std::string_view name, const std::string& word) {
  return static_cast<CategoryForm>(FindChoice(name, word, kCategoryForms));
}

void FocalTverskyOptions::Check() const {
  CheckKey("tversky_alpha", alpha, 0, 10);
  CheckKey("tversky_beta", beta, 0, 10);
  CheckKey("tversky_exponent", exponent, 0.1, 10);
  CheckKey("tversky_smooth", smooth, 1e-6, 1e6);
}

void FocalRegressionOptions::Check() const {
  CheckKey("regression_beta", beta, 0, 1e6);
  CheckKey("regression_gamma", gamma, 0, 10);
}

void CategoryRangeOptions::Check() const {
  CheckKey("category_range", weight, 0, 1e3);
  if (weight == 0) return;
  if (low.size() != 4 || high.size() != 4) {
    BadKey("category_range_low",
           "and loss.category_range_high must be four percent densities each");
  }
  for (std::size_t i = 0; i < 4; ++i) {
    if (!(low[i] >= 0 && low[i] < high[i] && high[i] <= 1)) {
      BadKey("category_range_low", "must lie below loss.category_range_high, both in 0 to 100");
    }
  }
  if (breast < 0 || dense < 0) BadKey("category_range", "needs the masks 'breast' and 'dense'");
}

void CategoryFromPercentOptions::Check() const {
  if (mean.empty() && deviation.empty()) return;
  if (mean.size() != 4 || deviation.size() != 4)
    BadKey("category_of_percent", "needs four means and four deviations");
  for (const double value : mean) CheckKey("category_of_percent", value, 0, 10);
  for (const double value : deviation) CheckKey("category_of_percent", value, 1e-3, 10);
}

void LossOptions::Check() const {
  segmentation.Check();
  CheckKey("mask_cross_entropy", mask_cross_entropy, 0, 1e3);
  regression.Check();
  category_range.Check();
  category_of_percent.Check();
  if (!class_weights.empty() && class_weights.size() != 4)
    BadKey("class_weights", "must be four numbers");
  for (const double weight : class_weights) CheckKey("class_weights", weight, 0, 1e6);
  CheckKey("lambda_segmentation", lambda_segmentation, 0, 1e6);
  CheckKey("lambda_regression", lambda_regression, 0, 1e6);
  CheckKey("lambda_classification", lambda_classification, 0, 1e6);
  CheckKey("reader_trace", reader_trace, 0, 10);
  if (readers && reader_mask < 0) BadKey("readers", "needs the mask 'dense'");
}

}  // namespace mhcnn::nn
