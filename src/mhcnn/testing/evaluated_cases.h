#pragma once

#include <gmock/gmock.h>

#include <algorithm>
#include <cctype>
#include <string>
#include <vector>

#include "mhcnn/evaluate/evaluated_case.h"
#include "mhcnn/evaluate/evaluation.h"
#include "mhcnn/image/density_category.h"

namespace mhcnn {

/// Makes a case with masks of all classes (Dice of dense 0.8) and a percent.
inline EvaluatedCase MakeCase(const std::string& path, const std::string& patient,
                              double true_percent, double percent) {
  EvaluatedCase c;
  c.path = path;
  c.patient_id = patient;
  c.method = "test 1";
  c.true_percent = true_percent;
  c.percent = percent;
  c.score(Tissue::kBreast) = MaskScore{{900, 50, 50, 1000}, 3.5, 0.75};
  c.score(Tissue::kDense) = MaskScore{{400, 100, 100, 1400}, 8, 0.5};
  c.score(Tissue::kAdipose) = MaskScore{{400, 50, 150, 1400}, 9, 0.25};
  c.score(Tissue::kPectoral) = MaskScore{{0, 0, 0, 2000}, {}, {}};
  c.tissue_dice = 0.75;
  return c;
}

/// Makes twenty images of ten patients with percent densities 2 to 59, found 3 points too high and
/// 1 too low in turn; categories by the tens.
inline std::vector<EvaluatedCase> MakeCases() {
  std::vector<EvaluatedCase> cases;
  for (int i = 0; i < 20; ++i) {
    const double truth = 2 + 3.0 * i;
    auto c = MakeCase("/set/" + std::to_string(i) + ".png", "p" + std::to_string(i / 2), truth,
                      truth + (i % 2 == 0 ? 3 : -1));
    c.view = i % 2 == 0 ? View::kCC : View::kMLO;
    c.vendor = i < 3 ? "rare" : "common";
    c.age_years = 40 + i;
    c.true_category = CategoryFromIndex(i / 5);
    c.category = i % 5 == 0 ? DensityCategory::kA : c.true_category;
    c.probabilities = {0.1, 0.1, 0.1, 0.1};
    (*c.probabilities)[static_cast<std::size_t>(*c.category)] = 0.7;
    cases.push_back(c);
  }
  return cases;
}

/// Returns options with few resamples.
inline EvaluationOptions QuickEvaluation() {
  EvaluationOptions options;
  options.bootstrap.resamples = 200;
  return options;
}

/// Matches the word "nan" in any case, as printing one would give.
MATCHER(HoldsNan, "") {
  const std::string text = arg;
  const auto letter = [&](std::size_t i) {
    return i < text.size() && std::isalpha(static_cast<unsigned char>(text[i])) != 0;
  };
  for (std::size_t i = 0; i + 3 <= text.size(); ++i) {
    std::string word = text.substr(i, 3);
    std::transform(word.begin(), word.end(), word.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    if (word == "nan" && (i == 0 || !letter(i - 1)) && !letter(i + 3)) {
      *result_listener << "in " << text.substr(i < 40 ? 0 : i - 40, 80);
      return true;
    }
  }
  return false;
}

}  // namespace mhcnn
