#pragma once

#include <filesystem>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "mhcnn/evaluate/comparison.h"
#include "mhcnn/evaluate/evaluation.h"

namespace mhcnn {

/// Subject of an evaluation, for the head of a report.
struct EvaluationSubject {
  std::string method;                   ///< name and version of the model, or the baseline
  std::string data;                     ///< the manifest, or the evaluations joined
  std::string split;                    ///< empty: all
  std::vector<std::string> problems{};  ///< files left out, with reasons
  std::vector<std::string> doubts{};    ///< as FindLabelDoubts returns them
  /// Network and input size of the model; an empty text if no model was evaluated, nothing if it is
  /// not known.
  std::optional<std::string> network{};
};

/// Returns an evaluation as JSON (docs/evaluation.md, schema "mhcnn-evaluation/2"): nothing is a
/// NaN; an undefined figure is null next to its reason.
nlohmann::json EvaluationToJson(const EvaluationSubject& subject, const Evaluation& evaluation,
                                const std::vector<EvaluatedCase>& cases);
/// Returns a comparison as JSON of schema "mhcnn-comparison/1".
nlohmann::json ComparisonToJson(const Comparison& comparison);

/// Part of an evaluation's file that other commands use.
struct EvaluationFile {
  /// Name and version of the model, or the baseline.
  std::string method;
  /// EvaluationSubject::network of the evaluations, each once; without those that are not known.
  std::vector<std::string> networks;
  /// Tolerances of the scores.
  ScoringOptions scoring;
  std::vector<std::string> problems;  ///< as EvaluationSubject::problems
  /// All cases, measured or not.
  std::vector<EvaluatedCase> cases;
};

/// Reads an evaluation. Throws Error: kNotFound; kCorrupt if the file is not an evaluation, with
/// the case and its field; kUsage for another schema.
EvaluationFile ReadEvaluation(const std::filesystem::path& path);
/// Returns the cases of several evaluations as one, e.g. of the folds of a cross-validation, each
/// by its own model. Throws kUsage if an image occurs twice or the tolerances differ.
EvaluationFile JoinEvaluations(const std::vector<std::filesystem::path>& paths);

}  // namespace mhcnn
