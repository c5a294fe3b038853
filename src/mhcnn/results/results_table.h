#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "mhcnn/analyze/calibration.h"
#include "mhcnn/analyze/result.h"
#include "mhcnn/model/onnx/model_file.h"
#include "mhcnn/results/left_out_files.h"
#include "mhcnn/results/studies.h"

namespace mhcnn {

/// Returns the columns of results.csv, in order: docs/results.md.
const std::vector<std::string>& ResultColumns();
/// Returns the header line and a line for each result, RFC 4180.
std::string ResultsCsv(const std::vector<Result>& results);
/// Returns one line of results.csv.
std::string ResultCsvLine(const Result& result);
/// Schema of results.json; a change of its meaning changes it.
inline constexpr const char* kResultsSchema = "mhcnn-results/1";

/// Returns results.json, schema kResultsSchema: the columns by name with full precision, what a
/// table cannot contain, the exams, one file or exam a line, and the files without a row.
std::string ResultsJson(const std::vector<Result>& results, const std::vector<StudyResult>& studies,
                        const nlohmann::json& model, const LeftOutFiles& left_out = {});
/// Returns a part of results.json, for results that do not fit into memory together; in order: the
/// start, a line for each result, the middle, a line for each exam, the end. `first`: no line of
/// the kind came before.
std::string ResultsJsonStart(const nlohmann::json& model);
std::string ResultJsonLine(const Result& result, bool first);     ///< second part
std::string ResultsJsonMiddle();                                  ///< third part
std::string StudyJsonLine(const StudyResult& study, bool first);  ///< fourth part
std::string ResultsJsonEnd(const LeftOutFiles& left_out);         ///< last part
/// Returns the model's entry of results.json: name, version, whether it is calibrated and for whom.
nlohmann::json ModelSummary(const ModelCard& card, const Calibration& calibration = {});
/// Returns name, version and calibration of what ModelSummary gave, as in Result::model. Throws
/// Error(kCorrupt) if the name or the version is missing.
std::string ReadModelName(const nlohmann::json& summary);

/// Returns one row of results.json; ResultFromJson() reads it back. The model's name and the masks
/// are not in it. Throws Error(kCorrupt) for a field that is missing or of a wrong type, and for an
/// unknown category. Fields of calibrations may be missing, as in tables of version 0.1.
nlohmann::json ResultToJson(const Result& result);
/// Reads what ResultToJson wrote.
Result ResultFromJson(const nlohmann::json& row);

}  // namespace mhcnn
