#pragma once

#include <string>
#include <vector>

#include "mhcnn/results/exam_results.h"

namespace mhcnn {

// Sentences in plain ASCII for people who read a result, the same in all kinds of objects.

/// Returns the words of BI-RADS, 5th edition, for a category: "heterogeneously dense".
const char* CategoryDescription(DensityCategory category);
/// Returns "BI-RADS density c (heterogeneously dense): dense." for a category, in the words of the
/// 5th edition and of the FDA's MQSA rule (c and d are "dense", a and b "not dense").
std::string CategorySentence(DensityCategory category);
/// Returns "percent density 23.4 % (interval 19.3 to 28.6 %)"; "" without a percent.
std::string PercentPhrase(const std::optional<double>& percent, const std::optional<double>& low,
                          const std::optional<double>& high);
/// Returns "probabilities a 0.0100, b 0.1000, c 0.8000, d 0.0900".
std::string ProbabilityPhrase(const std::array<double, 4>& probabilities);
/// Returns the result of the exam, the figures of each image, their meaning, and the remarks (flags
/// and refusals), one sentence each; the last one limits it to research use.
std::vector<std::string> ExamStatements(const ExamResults& exam);

/// Notice in all result objects.
inline constexpr const char* kResearchOnly =
    "Research use only: this is not a medical device, and no person has reviewed this result.";
/// Notice in result objects of an exam that a reader has seen.
inline constexpr const char* kResearchOnlyReviewed =
    "Research use only: this is not a medical device. A reader has reviewed the category of the "
    "exam "
    "and, where the reader gives one, its percent; no person has reviewed the other figures.";
/// Formula of the percent density.
inline constexpr const char* kFormula =
    "100 * area of dense tissue / area of the breast without pectoral muscle";

}  // namespace mhcnn
