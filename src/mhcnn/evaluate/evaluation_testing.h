#pragma once

#include <gmock/gmock.h>

#include <algorithm>
#include <cctype>
#include <string>

#include "mhcnn/evaluate/evaluated_case.h"

namespace mhcnn {

/// A case with masks of all classes (Dice of dense 0.8) and a percent.
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

/// The word "nan" in any case, as printing one would give.
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
