#pragma once

#include <nlohmann/json_fwd.hpp>
#include <opencv2/core.hpp>
#include <vector>

namespace mhcnn {

/// Distribution of the inputs a network was trained on, as a normal distribution of their
/// ComputeInputFeatures; a part of the model file.
class InputDistribution {
 public:
  /// Makes an empty distribution, which gives no distances.
  InputDistribution() = default;
  /// Fits the features of at least 20 inputs; the limit is set so that `fraction` of them lie
  /// within it of the distribution of all others. Returns an empty one where there are fewer.
  static InputDistribution Fit(const std::vector<std::vector<double>>& features,
                               double fraction = 0.95);

  /// Returns whether the distribution is empty: it gives no distances.
  bool empty() const { return mean_.empty(); }
  /// Returns the Mahalanobis distance of an input's features from the mean.
  double Distance(const std::vector<double>& features) const;
  /// Returns the distance beyond which an input is unlike the training inputs.
  double limit() const { return limit_; }

  /// Writes mean, covariance and limit; an empty object for an empty distribution.
  friend void to_json(nlohmann::json& json, const InputDistribution& distribution);
  /// Reads a distribution. Throws Error(kCorrupt) where a field is missing or does not fit; an
  /// empty object or null is an empty distribution.
  friend void from_json(const nlohmann::json& json, InputDistribution& distribution);

 private:
  void Invert();

  cv::Mat1d mean_, covariance_, inverse_;  // 1 x n, n x n
  double limit_ = 0;
};

}  // namespace mhcnn
