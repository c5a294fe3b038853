#include "mhcnn/preprocess/mammogram_evidence.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <opencv2/core.hpp>
#include <string_view>

#include "mhcnn/preprocess/mammogram_features.h"

namespace mhcnn {
namespace {

#include "mhcnn/preprocess/mammogram_evidence_coefficients.inc"

struct Kind {
  std::string_view prefix, words;
};
constexpr std::array<Kind, 4> kKinds = {{
    {"shape.", "no breast outline: the bright region is not rounded and does not lie at one side"},
    {"background.", "no breast outline against a dark, even background"},
    {"grey.", "the grey values do not rise from the skin inwards, as in a breast"},
    {"texture.", "the texture is unlike breast tissue"},
}};

using Scaled = std::array<double, kFigures>;

/// Mean of the networks of one hidden layer.
double Score(const Scaled& scaled) {
  double score = kConstant;
  for (std::size_t i = 0; i < kHidden; ++i) {
    double sum = kOffset[i];
    for (std::size_t j = 0; j < kFigures; ++j) sum += kWeight[i][j] * scaled[j];
    score += kOut[i] * std::tanh(sum);
  }
  return score;
}

}  // namespace

bool MammogramEvidence::IsRefused(double more) const { return score < kRefusedBelow + more; }

bool MammogramEvidence::Clear() const { return score > kClearAbove; }

MammogramEvidence ScoreMammogramFeatures(const std::vector<double>& figures) {
  const auto& names = MammogramFeatureNames();
  CV_Assert(figures.size() == kFigures && names.size() == kFigures);
  Scaled scaled{};
  for (std::size_t i = 0; i < kFigures; ++i) {
    scaled[i] = (std::clamp(figures[i], kLow[i], kHigh[i]) - kMean[i]) / kDeviation[i];
  }
  MammogramEvidence evidence{.score = Score(scaled), .against = {}};
  // What speaks most against it: the kind of figures that would raise the score most by being
  // usual.
  double highest = -std::numeric_limits<double>::infinity();
  for (const Kind& kind : kKinds) {
    Scaled usual = scaled;
    for (std::size_t i = 0; i < kFigures; ++i) {
      if (std::string_view(names[i]).starts_with(kind.prefix)) usual[i] = kUsual[i];
    }
    if (const double score = Score(usual); score > highest) {
      highest = score;
      evidence.against = kind.words;
    }
  }
  return evidence;
}

MammogramEvidence ScoreMammogramEvidence(const GreyImage& picture, const Prepared& prepared) {
  return ScoreMammogramFeatures(ComputeMammogramFeatures(picture, prepared));
}

}  // namespace mhcnn
