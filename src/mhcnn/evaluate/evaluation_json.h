#pragma once

#include <filesystem>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "mhcnn/evaluate/comparison.h"
#include "mhcnn/evaluate/evaluation.h"

namespace mhcnn {

/// What was evaluated, for the head of a report.
struct EvaluationSubject {
  std::string method;                   ///< name and version of the model, or the baseline
  std::string data;                     ///< the manifest, or the evaluations joined
  std::string split;                    ///< empty: all
  std::vector<std::string> problems{};  ///< what was left out: files and reasons
  std::vector<std::string> doubts{};    ///< DoubtsOfLabels
  /// Network and input size of the model; an empty text where no model was evaluated, nothing where
  /// it is not known.
  std::optional<std::string> network{};
};

/// docs/evaluation.md, schema "mhcnn-evaluation/2": nothing is a NaN; an undefined figure is null
/// beside its reason.
nlohmann::json EvaluationToJson(const EvaluationSubject& subject, const Evaluation& evaluation,
                                const std::vector<EvaluatedCase>& cases);
/// Schema "mhcnn-comparison/1".
nlohmann::json ComparisonToJson(const Comparison& comparison);

/// The part of an evaluation's file that others go on with.
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

/// Throws Error: kNotFound; kCorrupt where the file is none, naming the case and its field; kUsage
/// for another schema.
EvaluationFile ReadEvaluation(const std::filesystem::path& path);
/// The cases of several evaluations as one, e.g. of the folds of a cross-validation, each by its
/// own model. Throws kUsage where an image occurs twice or the tolerances differ.
EvaluationFile JoinEvaluations(const std::vector<std::filesystem::path>& paths);

}  // namespace mhcnn
