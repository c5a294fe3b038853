#include "mhcnn/evaluate/evaluation_json.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "mhcnn/base/error.h"
#include "mhcnn/base/file.h"
#include "mhcnn/base/json.h"
#include "mhcnn/base/version.h"

namespace mhcnn {
namespace {

using nlohmann::json;

constexpr const char* kSchema = "mhcnn-evaluation/2";
constexpr const char* kNotice = "Research tool, not a medical device.";

json OrNull(const Statistic& statistic) {
  return statistic.defined() ? json(*statistic.value) : json();
}

json EstimateToJson(const BootstrapEstimate& estimate) {
  return {
      {"value", OrNull(estimate.value)},
      {"low", OrNull(estimate.low)},
      {"high", OrNull(estimate.high)},
      {"undefined", estimate.value.defined() ? estimate.low.undefined : estimate.value.undefined},
      {"warning", estimate.warning}};
}

json LineToJson(const MetricRow& line) {
  json object = EstimateToJson(line.estimate);
  object["section"] = SectionName(line.section);
  object["metric"] = line.metric;
  object["unit"] = line.unit;
  object["main"] = line.headline;
  object["cases"] = line.cases;
  object["patients"] = line.patients;
  object["note"] = line.note;
  object["baselines"] = json::array();
  for (const auto& baseline : line.baselines) {
    object["baselines"].push_back({{"name", baseline.name},
                                   {"value", OrNull(baseline.value)},
                                   {"undefined", baseline.value.undefined}});
  }
  return object;
}

template <typename Values, typename ToJson>
json ToJsonList(const Values& values, ToJson to_json) {
  json list = json::array();
  for (const auto& value : values) list.push_back(to_json(value));
  return list;
}

json ConfusionToJson(const ConfusionMatrix& confusion) {
  json rows = json::array();
  for (Eigen::Index truth = 0; truth < confusion.rows(); ++truth) {
    json row = json::array();
    for (Eigen::Index predicted = 0; predicted < confusion.cols(); ++predicted) {
      row.push_back(confusion(truth, predicted));
    }
    rows.push_back(std::move(row));
  }
  return {{"labels", {"a", "b", "c", "d"}}, {"rows_true_columns_found", std::move(rows)}};
}

json OptionsToJson(const EvaluationOptions& options) {
  return {{"tolerance_mm", options.scoring.tolerance_mm},
          {"tolerance_pixels", options.scoring.tolerance_pixels},
          {"resamples", options.bootstrap.resamples},
          {"seed", options.bootstrap.seed},
          {"coverage", options.bootstrap.coverage},
          {"smallest_stratum", options.min_stratum_size}};
}

json StratumToJson(const Stratum& stratum) {
  return {{"kind", stratum.kind},
          {"name", stratum.name},
          {"cases", stratum.cases},
          {"patients", stratum.patients},
          {"not_measured", stratum.not_measured ? json(*stratum.not_measured) : json()},
          {"summary", ToJsonList(stratum.lines, LineToJson)}};
}

json BinToJson(const CalibrationBin& bin) {
  return {{"low", bin.low},
          {"high", bin.high},
          {"cases", bin.cases},
          {"confidence", OrNull(bin.confidence)},
          {"accuracy", OrNull(bin.accuracy)}};
}

json ComparisonLineToJson(const ComparisonRow& line) {
  json object = {{"metric", line.metric},
                 {"unit", line.unit},
                 {"higher_is_better", line.higher_is_better},
                 {"cases", line.paired.cases},
                 {"only_first", line.only_first},
                 {"only_second", line.only_second},
                 {"patients", line.paired.clusters},
                 {"first", OrNull(line.first)},
                 {"second", OrNull(line.second)},
                 {"difference", EstimateToJson(line.paired.mean_difference)},
                 {"sign_flip",
                  {{"p", OrNull(line.paired.sign_flip.p)},
                   {"undefined", line.paired.sign_flip.p.undefined},
                   {"exact", line.paired.sign_flip.exact}}},
                 {"wilcoxon",
                  {{"p", OrNull(line.paired.signed_rank.p)},
                   {"undefined", line.paired.signed_rank.p.undefined},
                   {"exact", line.paired.signed_rank.exact}}},
                 {"mcnemar", nullptr}};
  if (line.mcnemar) {
    object["mcnemar"] = {{"p", OrNull(line.mcnemar->p)},
                         {"undefined", line.mcnemar->p.undefined},
                         {"only_first_right", line.mcnemar->only_first},
                         {"only_second_right", line.mcnemar->only_second}};
  }
  return object;
}

}  // namespace

json EvaluationToJson(const EvaluationSubject& subject, const Evaluation& evaluation,
                      const std::vector<EvaluatedCase>& cases) {
  return {{"schema", kSchema},
          {"notice", kNotice},
          {"version", Version()},
          {"method", subject.method},
          {"data", subject.data},
          {"split", subject.split},
          {"options", OptionsToJson(evaluation.options)},
          {"counts",
           {{"cases", cases.size()},
            {"measured", evaluation.measured},
            {"not_measured", evaluation.not_measured},
            {"patients", evaluation.patients}}},
          {"problems", subject.problems},
          {"doubts", subject.doubts},
          {"network", subject.network ? json(*subject.network) : json()},
          {"summary", ToJsonList(evaluation.lines, LineToJson)},
          {"confusion", ConfusionToJson(evaluation.confusion)},
          {"calibration", ToJsonList(evaluation.reliability_bins, BinToJson)},
          {"strata", ToJsonList(evaluation.strata, StratumToJson)},
          {"small_strata", evaluation.small_strata},
          {"cases", ToJsonList(cases, CaseToJson)}};
}

json ComparisonToJson(const Comparison& comparison) {
  return {{"schema", "mhcnn-comparison/1"},
          {"notice", kNotice},
          {"version", Version()},
          {"first", comparison.first},
          {"second", comparison.second},
          {"images", comparison.images},
          {"not_by_first", comparison.not_by_first},
          {"not_by_second", comparison.not_by_second},
          {"summary", ToJsonList(comparison.lines, ComparisonLineToJson)}};
}

EvaluationFile ReadEvaluation(const std::filesystem::path& path) {
  EvaluationFile file;
  std::size_t number = 0;
  try {
    const json object = ParseJson(ReadTextFile(path, std::uint64_t{1} << 30));
    const std::string schema = object.is_object() ? object.value("schema", "") : "";
    if (schema != kSchema) {
      throw Error(ErrorCode::kUsage,
                  schema.empty() ? "is not an evaluation" : "is of schema '" + schema + "'",
                  path.string(), "give a file that mhcnn evaluate -o of this version wrote");
    }
    object.at("method").get_to(file.method);
    object.at("problems").get_to(file.problems);
    if (object.contains("network") && !object.at("network").is_null())
      file.networks.push_back(object.at("network").get<std::string>());
    object.at("options").at("tolerance_mm").get_to(file.scoring.tolerance_mm);
    object.at("options").at("tolerance_pixels").get_to(file.scoring.tolerance_pixels);
    for (const auto& one : object.at("cases")) {
      ++number;
      file.cases.push_back(CaseFromJson(one));
    }
  } catch (const json::exception& e) {
    throw Error(ErrorCode::kCorrupt, std::string("is not an evaluation: ") + e.what(),
                path.string());
  } catch (const Error& e) {
    if (!e.subject().empty()) throw;
    if (number == 0)
      throw Error(e.code(), "is not an evaluation: it " + e.problem(), path.string(), e.remedy());
    throw Error(e.code(), fmt::format("case {}: {}", number, e.problem()), path.string());
  }
  return file;
}

EvaluationFile JoinEvaluations(const std::vector<std::filesystem::path>& paths) {
  EvaluationFile joined;
  for (const auto& path : paths) {
    EvaluationFile file = ReadEvaluation(path);
    const bool first = &path == &paths.front();
    if (first) {
      joined.scoring = file.scoring;
      joined.method = file.method;
    } else if (!(file.scoring == joined.scoring)) {
      throw Error(ErrorCode::kUsage, "was scored with other tolerances than the first",
                  path.string(), "evaluate it again with the same --tolerance");
    } else if (file.method != joined.method) {
      joined.method = fmt::format("{} evaluations joined", paths.size());
    }
    for (auto& network : file.networks) {
      if (std::ranges::find(joined.networks, network) == joined.networks.end())
        joined.networks.push_back(std::move(network));
    }
    for (auto& problem : file.problems) joined.problems.push_back(std::move(problem));
    joined.cases.insert(joined.cases.end(), std::make_move_iterator(file.cases.begin()),
                        std::make_move_iterator(file.cases.end()));
  }
  CheckUniqueImages(joined.cases);
  return joined;
}

}  // namespace mhcnn
