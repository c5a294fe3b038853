#include "mhcnn/page/exam_view.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "mhcnn/page/page_picture.h"
#include "mhcnn/testing/error_message.h"
#include "mhcnn/testing/exams.h"

namespace mhcnn {
namespace {

std::vector<Result> Results() {
  std::vector<Result> results;
  for (const View view : {View::kCC, View::kMLO}) {
    results.push_back(testing_support::MakeExamImage(Laterality::kLeft, view, 20).result);
    results.back().metadata.path = std::string("1.2.") + ViewName(view);
    results.back().metadata.sop_uid = results.back().metadata.path;
    results.back().metadata.study_uid = "1.2";
    results.back().flags = {"low_contrast"};
  }
  return results;
}

TEST(ExamView, ContainsPageContent) {
  const auto results = Results();
  const auto studies = MakeStudies(results, StudyBy::kAuto);
  ASSERT_EQ(studies.size(), 1u);
  const auto view = nlohmann::json::parse(ExamView(results, studies[0], 0.9));
  EXPECT_EQ(view.at("details").at("study"), studies[0].study);
  EXPECT_EQ(view.at("row").at(0), studies[0].study);
  EXPECT_EQ(view.at("words").at("flags").at(0).at("word"), "low_contrast");
  const auto& pictures = view.at("pictures");
  ASSERT_EQ(pictures.size(), 2u);
  for (std::size_t i = 0; i < 2; ++i) {
    const std::string uid = pictures[i].at("sop_uid");
    EXPECT_EQ(pictures[i].at("key"), PagePictureKey(uid));
    EXPECT_EQ(pictures[i].at("name"), view.at("details").at("images").at(i).at("name"));
  }
}

TEST(ExamView, IsOfAnExamOfTheResults) {
  StudyResult other;
  other.study = "9.9";
  EXPECT_EQ(testing_support::ThrownCode([&] { ExamView(Results(), other, 0); }),
            ErrorCode::kInternal);
}

}  // namespace
}  // namespace mhcnn
