#pragma once

#include <string>
#include <vector>

#include "mhcnn/evaluate/evaluation.h"

namespace mhcnn {

// Figures of an evaluation's page, each an <svg> element; empty where there is nothing to draw.

/// Draws Dice of each class: each case a dot, the mean with its interval, the baseline as a tick.
std::string DiceFigure(const Evaluation& evaluation, const std::vector<EvaluatedCase>& cases);
/// Draws the value of every stratum with its interval; the value of all cases is a dashed line.
std::string StrataFigure(const Evaluation& evaluation, const std::string& metric,
                         const std::string& label);

/// Predicted percent of a figure: of the masks or of the regression head.
enum class PercentColumn { kMasks, kRegression };
/// Draws predicted against true percent with the line of identity.
std::string ScatterFigure(const std::vector<EvaluatedCase>& cases, PercentColumn column);
/// Draws difference against mean of predicted and true percent, with bias and limits of agreement.
std::string BlandAltmanFigure(const std::vector<EvaluatedCase>& cases, PercentColumn column);

/// Draws the ROC curve of each category against the others.
std::string RocFigure(const std::vector<EvaluatedCase>& cases);
/// Draws accuracy against confidence of the bins with cases, larger discs for more cases.
std::string CalibrationFigure(const Evaluation& evaluation);

}  // namespace mhcnn
