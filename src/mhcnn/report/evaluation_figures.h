#pragma once

#include <string>
#include <vector>

#include "mhcnn/evaluate/evaluation.h"

namespace mhcnn {

// Figures of an evaluation's page, each an <svg> element; empty where there is nothing to draw.

/// Dice of each class: every case as a dot, the mean with its interval, the baseline as a tick.
std::string DiceFigure(const Evaluation& evaluation, const std::vector<EvaluatedCase>& cases);
/// A line of every stratum with its interval, that of all cases as a dashed line.
std::string StrataFigure(const Evaluation& evaluation, const std::string& metric,
                         const std::string& label);

/// Which predicted percent: that of the masks or that of the regression head.
enum class PercentColumn { kMasks, kRegression };
/// Found against true percent with the line of identity.
std::string ScatterFigure(const std::vector<EvaluatedCase>& cases, PercentColumn column);
/// Difference against mean of predicted and true percent, with bias and limits of agreement.
std::string BlandAltmanFigure(const std::vector<EvaluatedCase>& cases, PercentColumn column);

/// ROC of each category against the others.
std::string RocFigure(const std::vector<EvaluatedCase>& cases);
/// Accuracy against confidence of the bins that hold cases, larger discs for more of them.
std::string CalibrationFigure(const Evaluation& evaluation);

}  // namespace mhcnn
