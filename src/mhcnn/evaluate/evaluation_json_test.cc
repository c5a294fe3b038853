#include "mhcnn/evaluate/evaluation_json.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "mhcnn/base/error.h"
#include "mhcnn/base/file.h"
#include "mhcnn/testing/evaluated_cases.h"
#include "mhcnn/testing/scratch_folder.h"

namespace mhcnn {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

class EvaluationFiles : public ::testing::Test {
 protected:
  fs::path Write(const std::string& name, const std::vector<EvaluatedCase>& cases,
                 const EvaluationOptions& options = QuickEvaluation()) {
    const EvaluationSubject subject{"test 1", "manifest.csv", "", {}};
    WriteFileAtomically(folder_ / name,
                        EvaluationToJson(subject, Evaluate(cases, options), cases).dump());
    return folder_ / name;
  }
  static std::string WhyRefused(const std::vector<fs::path>& paths) {
    try {
      JoinEvaluations(paths);
    } catch (const Error& e) {
      return e.what();
    }
    return "accepted";
  }
  const testing_support::ScratchFolder folder_;
};

TEST_F(EvaluationFiles, JoinedPartsEqualWhole) {
  const auto cases = MakeCases();
  const std::vector<EvaluatedCase> first(cases.begin(), cases.begin() + 8),
      second(cases.begin() + 8, cases.end());
  const auto joined = JoinEvaluations({Write("1.json", first), Write("2.json", second)});
  EXPECT_EQ(joined.cases, cases);
  EXPECT_EQ(joined.method, "test 1");
}

TEST_F(EvaluationFiles, JoinedPartsKeepTheirNetworks) {
  const auto cases = MakeCases();
  const auto write = [&](const std::string& name, std::size_t one,
                         std::optional<std::string> network) {
    EvaluationSubject subject{"test 1", "manifest.csv", "", {}};
    subject.network = std::move(network);
    const std::vector<EvaluatedCase> some{cases[one]};
    WriteFileAtomically(folder_ / name,
                        EvaluationToJson(subject, Evaluate(some, QuickEvaluation()), some).dump());
    return folder_ / name;
  };
  const auto joined =
      JoinEvaluations({write("a.json", 0, "resnet18"), write("b.json", 1, "resnet18"),
                       write("c.json", 2, std::nullopt), write("d.json", 3, "")});
  EXPECT_EQ(joined.networks, (std::vector<std::string>{"resnet18", ""}));
}

TEST_F(EvaluationFiles, NamesPartsThatCannotBeJoined) {
  const auto cases = MakeCases();
  const auto whole = Write("whole.json", cases);
  const auto part = Write("part.json", {cases[3]});
  EXPECT_THAT(WhyRefused({whole, part}), HasSubstr("/set/3.png: the image occurs twice"));
  auto options = QuickEvaluation();
  options.scoring.tolerance_mm = 2;
  EXPECT_THAT(WhyRefused({whole, Write("other.json", {}, options)}),
              HasSubstr("other.json: was scored with other tolerances"));
  WriteFileAtomically(folder_ / "old.json", R"({"schema":"mhcnn-evaluation/1","cases":[]})");
  EXPECT_THAT(WhyRefused({folder_ / "old.json"}), HasSubstr("mhcnn-evaluation/1"));
  WriteFileAtomically(folder_ / "cut.json", ReadTextFile(whole).substr(0, 2000));
  EXPECT_THAT(WhyRefused({folder_ / "cut.json"}), HasSubstr("cut.json: is not an evaluation"));
  auto damaged = nlohmann::json::parse(ReadTextFile(whole));
  damaged["cases"][4]["percent"] = "much";
  WriteFileAtomically(folder_ / "damaged.json", damaged.dump());
  EXPECT_THAT(WhyRefused({folder_ / "damaged.json"}),
              HasSubstr("damaged.json: case 5: field 'percent' is not a number"));
}

TEST_F(EvaluationFiles, ConformToSchema) {
  auto cases = MakeCases();
  for (auto& c : cases) c.regression.reset();
  const auto json = nlohmann::json::parse(ReadTextFile(Write("e.json", cases)));
  EXPECT_EQ(json["schema"], "mhcnn-evaluation/2");
  EXPECT_EQ(json["method"], "test 1");
  EXPECT_EQ(
      json["counts"],
      nlohmann::json::parse(R"({"cases": 20, "measured": 20, "not_measured": 0, "patients": 10})"));
  EXPECT_EQ(json["confusion"]["rows_true_columns_found"][1][0], 1);
  EXPECT_EQ(json["cases"].size(), 20u);
  int undefined = 0;
  for (const auto& line : json["summary"]) {
    if (line["metric"] == "percent bias (masks)") {
      EXPECT_NEAR(line["value"].get<double>(), 1, 1e-12);
      EXPECT_EQ(line["patients"], 10);
    }
    // What has no value says why.
    if (!line["value"].is_null()) continue;
    ++undefined;
    EXPECT_NE(line["undefined"], "") << line["metric"];
  }
  EXPECT_GT(undefined, 0) << "nothing was found by the regression head";
}

TEST(ComparisonJson, HoldsDifferencesAndTests) {
  const auto cases = MakeCases();
  auto better = cases;
  for (auto& c : better) c.percent = c.true_percent;
  BootstrapOptions bootstrap;
  bootstrap.resamples = 200;
  const auto json = ComparisonToJson(CompareEvaluations("one", cases, "two", better, bootstrap));
  EXPECT_EQ(json["schema"], "mhcnn-comparison/1");
  EXPECT_EQ(json["first"], "one");
  EXPECT_EQ(json["images"], 20);
  bool found = false;
  for (const auto& line : json["summary"]) {
    if (line["metric"] != "percent MAE (masks)") continue;
    found = true;
    EXPECT_NEAR(line["first"].get<double>(), 2, 1e-12) << "mean of 3 and 1";
    EXPECT_NEAR(line["second"].get<double>(), 0, 1e-12);
    EXPECT_NEAR(line["difference"]["value"].get<double>(), -2, 1e-12);
    EXPECT_EQ(line["higher_is_better"], false);
  }
  EXPECT_TRUE(found);
}

}  // namespace
}  // namespace mhcnn
