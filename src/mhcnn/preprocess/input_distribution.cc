#include "mhcnn/preprocess/input_distribution.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "mhcnn/base/error.h"
#include "mhcnn/preprocess/input_features.h"

namespace mhcnn {
namespace {

constexpr std::size_t kMinImages = 20;  // inputs that a covariance is taken from

cv::Mat1d Row(const std::vector<double>& values) { return cv::Mat1d(values, true).reshape(1, 1); }

std::vector<double> Values(const cv::Mat1d& row) { return {row.begin(), row.end()}; }

/// Distance of one of `n` inputs from the distribution of the others, from that of all. Of few
/// inputs it is much the larger: each pulls mean and covariance towards itself. By the
/// Sherman-Morrison formula, as S of the others is S less the outer product of the input's
/// deviation.
double LeftOut(double distance, double n) {
  const double q = distance * distance / n, weight = n / (n - 1);
  return std::sqrt((n - 1) * weight * weight * q / std::max(1e-9, 1 - weight * q));
}

[[noreturn]] void Corrupt(const std::string& problem) {
  throw Error(ErrorCode::kCorrupt, "the model's training.inputs " + problem);
}

}  // namespace

InputDistribution InputDistribution::Fit(const std::vector<std::vector<double>>& features,
                                         double fraction) {
  InputDistribution fitted;
  if (features.size() < kMinImages) return fitted;
  cv::Mat1d rows(0, static_cast<int>(features.front().size()));
  for (const auto& feature : features) rows.push_back(Row(feature));
  cv::Mat covariance, mean;
  cv::calcCovarMatrix(rows, covariance, mean, cv::COVAR_NORMAL | cv::COVAR_ROWS | cv::COVAR_SCALE,
                      CV_64F);
  fitted.mean_ = mean;
  fitted.covariance_ = covariance;
  // A feature that never varied must not make every other value infinitely far.
  for (int i = 0; i < covariance.rows; ++i) {
    fitted.covariance_(i, i) += 1e-6 * std::max(fitted.covariance_(i, i), 1e-3);
  }
  fitted.Invert();
  std::vector<double> distances;
  distances.reserve(features.size());
  for (const auto& feature : features) {
    distances.push_back(LeftOut(fitted.Distance(feature), static_cast<double>(features.size())));
  }
  std::sort(distances.begin(), distances.end());
  const double at = std::clamp(fraction, 0.0, 1.0) * static_cast<double>(distances.size() - 1);
  fitted.limit_ = std::max(1e-6, distances[static_cast<std::size_t>(at)]);
  return fitted;
}

void InputDistribution::Invert() {
  if (cv::invert(covariance_, inverse_, cv::DECOMP_CHOLESKY) == 0) {
    Corrupt("has a covariance that is not positive definite");
  }
}

double InputDistribution::Distance(const std::vector<double>& features) const {
  CV_Assert(static_cast<int>(features.size()) == mean_.cols);
  return cv::Mahalanobis(Row(features), mean_, inverse_);
}

void to_json(nlohmann::json& json, const InputDistribution& distribution) {
  json = nlohmann::json::object();
  if (distribution.empty()) return;
  json["features"] = InputFeatureNames();
  json["mean"] = Values(distribution.mean_);
  json["covariance"] = nlohmann::json::array();
  for (int i = 0; i < distribution.covariance_.rows; ++i) {
    json["covariance"].push_back(Values(distribution.covariance_.row(i)));
  }
  json["limit"] = distribution.limit_;
}

void from_json(const nlohmann::json& json, InputDistribution& distribution) {
  distribution = {};
  if (json.is_null() || (json.is_object() && json.empty())) return;
  try {
    if (json.at("features").get<std::vector<std::string>>() != InputFeatureNames()) {
      Corrupt("names features that this version does not measure");
    }
    distribution.mean_ = Row(json.at("mean").get<std::vector<double>>());
    distribution.limit_ = json.at("limit").get<double>();
    for (const auto& row : json.at("covariance").get<std::vector<std::vector<double>>>()) {
      if (static_cast<int>(row.size()) != distribution.mean_.cols) Corrupt("is not square");
      distribution.covariance_.push_back(Row(row));
    }
  } catch (const nlohmann::json::exception& e) {
    Corrupt(std::string("cannot be read: ") + e.what());
  }
  const auto features = static_cast<int>(InputFeatureNames().size());
  if (distribution.mean_.cols != features || distribution.covariance_.rows != features) {
    Corrupt("has another number of features than it names");
  }
  if (!(distribution.limit_ > 0)) Corrupt("has no limit");
  distribution.Invert();
}

}  // namespace mhcnn
