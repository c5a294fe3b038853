#include "mhcnn/infer/feature_distribution.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <string>

#include "mhcnn/base/error.h"

namespace mhcnn {
namespace {

constexpr std::size_t kMinHeldOut = 20;

cv::Mat1d Row(const std::vector<float>& values) {
  cv::Mat1d row;
  cv::Mat(values).reshape(1, 1).convertTo(row, CV_64F);
  return row;
}

/// Rounds as in a model file: five digits are enough, and a quarter of the size.
double Rounded(double value) { return std::strtod(fmt::format("{:.5g}", value).c_str(), nullptr); }

std::vector<double> Values(const cv::Mat1d& row) {
  std::vector<double> values(row.begin(), row.end());
  for (double& value : values) value = Rounded(value);
  return values;
}

[[noreturn]] void Corrupt(const std::string& problem) {
  throw Error(ErrorCode::kCorrupt, "the model's training.features " + problem);
}

cv::Mat1d RowFromJson(const nlohmann::json& json) {
  const auto values = json.get<std::vector<double>>();
  if (values.empty()) Corrupt("has an empty list");
  return cv::Mat1d(values, true).reshape(1, 1);
}

}  // namespace

FeatureDistribution FeatureDistribution::Fit(const std::vector<std::vector<float>>& features,
                                             const std::vector<std::vector<float>>& held_out,
                                             double fraction) {
  FeatureDistribution fitted;
  if (features.size() < kMinImages) return fitted;
  cv::Mat1d rows(0, static_cast<int>(features.front().size()));
  for (const auto& feature : features) rows.push_back(Row(feature));
  cv::reduce(rows, fitted.mean_, 0, cv::REDUCE_AVG);
  const int count = std::min(kDirections, rows.cols);
  const cv::PCA pca(rows, fitted.mean_, cv::PCA::DATA_AS_ROW, count);
  fitted.directions_ = pca.eigenvectors;
  fitted.variances_ = cv::Mat1d(pca.eigenvalues).reshape(1, 1);
  double total = 0;
  for (int r = 0; r < rows.rows; ++r) {
    const double norm = cv::norm(rows.row(r), fitted.mean_, cv::NORM_L2);
    total += norm * norm / rows.rows;
  }
  const double kept = cv::sum(fitted.variances_)[0];
  // No direction may be so narrow that rounding makes everything infinitely far.
  const double least = 1e-6 * total / rows.cols + 1e-12;
  fitted.rest_ = std::max(least, (total - kept) / std::max(1, rows.cols - count));
  fitted.variances_ = cv::max(fitted.variances_, least);

  std::vector<double> distances;
  for (const auto& feature : held_out.size() >= kMinHeldOut ? held_out : features) {
    distances.push_back(fitted.Distance(feature));
  }
  std::ranges::sort(distances);
  fitted.limit_ = std::max(
      1e-6, distances[static_cast<std::size_t>(std::clamp(fraction, 0.0, 1.0) *
                                               static_cast<double>(distances.size() - 1))]);
  return fitted;
}

double FeatureDistribution::Distance(const std::vector<float>& features) const {
  CV_Assert(static_cast<int>(features.size()) == mean_.cols);
  const cv::Mat1d away = Row(features) - mean_;
  const cv::Mat1d along = away * directions_.t();
  double squares = 0, within = 0;
  for (int i = 0; i < along.cols; ++i) {
    squares += along(i) * along(i) / variances_(i);
    within += along(i) * along(i);
  }
  squares += std::max(0.0, away.dot(away) - within) / rest_;
  return std::sqrt(squares);
}

double FeatureDistribution::Score(const std::vector<float>& features) const {
  return Distance(features) / limit_;
}

void to_json(nlohmann::json& json, const FeatureDistribution& distribution) {
  json = nlohmann::json::object();
  if (distribution.empty()) return;
  json["mean"] = Values(distribution.mean_);
  json["directions"] = nlohmann::json::array();
  for (int i = 0; i < distribution.directions_.rows; ++i) {
    json["directions"].push_back(Values(distribution.directions_.row(i)));
  }
  json["variances"] = Values(distribution.variances_);
  json["rest"] = Rounded(distribution.rest_);
  json["limit"] = Rounded(distribution.limit_);
}

void from_json(const nlohmann::json& json, FeatureDistribution& distribution) {
  distribution = {};
  if (json.is_null() || (json.is_object() && json.empty())) return;
  FeatureDistribution read;
  try {
    read.mean_ = RowFromJson(json.at("mean"));
    read.variances_ = RowFromJson(json.at("variances"));
    read.rest_ = json.at("rest").get<double>();
    read.limit_ = json.at("limit").get<double>();
    for (const auto& direction : json.at("directions")) {
      const cv::Mat1d row = RowFromJson(direction);
      if (row.cols != read.mean_.cols) Corrupt("has directions of another size than its mean");
      read.directions_.push_back(row);
    }
  } catch (const nlohmann::json::exception& e) {
    Corrupt(std::string("cannot be read: ") + e.what());
  }
  if (read.directions_.rows != read.variances_.cols) {
    Corrupt("has another number of directions than of variances");
  }
  const bool positive = std::ranges::all_of(read.variances_, [](double v) { return v > 0; });
  if (!positive || !(read.rest_ > 0) || !(read.limit_ > 0)) {
    Corrupt("has a variance or limit that is not positive");
  }
  distribution = std::move(read);
}

}  // namespace mhcnn
