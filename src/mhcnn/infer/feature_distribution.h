#pragma once

#include <nlohmann/json_fwd.hpp>
#include <opencv2/core.hpp>
#include <vector>

namespace mhcnn {

/// Distribution of the images that a network was trained on in the space of its encoder's features
/// (averaged over the image): a normal distribution whose covariance is kept in its largest
/// `kDirections` principal directions, with one variance for all others (probabilistic PCA: Tipping
/// & Bishop, J. R. Stat. Soc. B 61 (1999) 611). The distance of an image from it measures how
/// unlike the training it is (Mahalanobis distance of deep features: Lee et al., NeurIPS 2018).
class FeatureDistribution {
 public:
  /// Principal directions that are kept.
  static constexpr int kDirections = 24;
  /// Smallest number of images that a distribution is learned from.
  static constexpr std::size_t kMinImages = 50;

  /// Makes an empty distribution, which gives no distances.
  FeatureDistribution() = default;
  /// Fits the features of training images. The limit is set so that `fraction` of `held_out` lie
  /// within it, or of `features` if `held_out` has fewer than 20. Empty if there are fewer than
  /// kMinImages training images.
  static FeatureDistribution Fit(const std::vector<std::vector<float>>& features,
                                 const std::vector<std::vector<float>>& held_out,
                                 double fraction = 0.95);

  /// Returns whether the distribution is empty and gives no distances.
  bool empty() const { return mean_.empty(); }
  /// Returns the number of features.
  int size() const { return mean_.cols; }
  /// Returns Mahalanobis distance / limit (above 1: unlike training). `features`: size() values.
  double Score(const std::vector<float>& features) const;

  /// Writes all fields; an empty object for an empty distribution.
  friend void to_json(nlohmann::json& json, const FeatureDistribution& distribution);
  /// Reads all fields. Throws Error(kCorrupt) if a field is missing or does not fit; an empty
  /// object or null is an empty distribution.
  friend void from_json(const nlohmann::json& json, FeatureDistribution& distribution);

 private:
  double Distance(const std::vector<float>& features) const;

  cv::Mat1d mean_;        ///< 1 x size
  cv::Mat1d directions_;  ///< kDirections x size, of unit length
  cv::Mat1d variances_;   ///< 1 x kDirections
  double rest_ = 0;       ///< variance in each of the other directions
  double limit_ = 0;
};

}  // namespace mhcnn
