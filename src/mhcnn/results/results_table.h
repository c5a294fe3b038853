#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "mhcnn/analyze/calibration.h"
#include "mhcnn/analyze/result.h"
#include "mhcnn/model/onnx/model_file.h"
#include "mhcnn/results/left_out.h"
#include "mhcnn/results/studies.h"

namespace mhcnn {

/// Columns of results.csv, in order: docs/results.md.
const std::vector<std::string>& ResultColumns();
/// The header line and a line for each result, RFC 4180.
std::string ResultsCsv(const std::vector<Result>& results);
/// One line of results.csv.
std::string ResultCsvLine(const Result& result);
/// results.json, schema "mhcnn-results/1": the columns by name with full precision, and what a
/// table has no room for, the exams, one file or exam a line, and what has no row.
std::string ResultsJson(const std::vector<Result>& results, const std::vector<StudyResult>& studies,
                        const nlohmann::json& model, const LeftOutFiles& left_out = {});
/// Parts of results.json in their order, for results that memory does not hold at once: the start,
/// a line for each result, the middle, a line for each exam, the end. `first`: no line of the kind
/// came before.
std::string ResultsJsonStart(const nlohmann::json& model);
std::string ResultJsonLine(const Result& result, bool first);     ///< second part
std::string ResultsJsonMiddle();                                  ///< third part
std::string StudyJsonLine(const StudyResult& study, bool first);  ///< fourth part
std::string ResultsJsonEnd(const LeftOutFiles& left_out);         ///< last part
/// What results.json says of the model: name, version, whether it is calibrated and for whom.
nlohmann::json ModelSummary(const ModelCard& card, const Calibration& calibration = {});
/// Returns name, version and calibration of what ModelSummary gave, as in Result::model. Throws
/// nlohmann::json::exception where the name or the version is missing.
std::string ModelNameOf(const nlohmann::json& summary);

/// One row of results.json, and back. The model's name and the masks are not in it. Throws
/// nlohmann::json::exception where a field is missing or of a wrong type, and Error(kCorrupt) for
/// a category that is none; fields of calibrations may be missing, as in tables of version 0.1.
nlohmann::json ResultToJson(const Result& result);
/// Reads what ResultToJson wrote.
Result ResultFromJson(const nlohmann::json& row);

}  // namespace mhcnn
