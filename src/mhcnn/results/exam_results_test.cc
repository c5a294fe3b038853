#include "mhcnn/results/exam_results.h"

#include <gtest/gtest.h>

#include "mhcnn/testing/error_message.h"

namespace mhcnn {
namespace {

using testing_support::ErrorMessage;

ExamImage Image(const std::string& sop, Laterality side, View view) {
  ExamImage image;
  image.result.metadata.path = sop + ".png";
  image.result.metadata.laterality = side;
  image.result.metadata.view = view;
  image.header = MakeSourceHeader(image.result.metadata, "one study");
  image.header.metadata.sop_uid = "1.2." + sop;
  return image;
}

std::vector<ExamImage> FourViews() {
  return {Image("1", Laterality::kLeft, View::kMLO), Image("2", Laterality::kRight, View::kCC),
          Image("3", Laterality::kRight, View::kMLO), Image("4", Laterality::kLeft, View::kCC)};
}

ExamResults Exam(std::vector<ExamImage> images, const std::string& fingerprint = "f",
                 const ObjectOptions& options = {}) {
  return MakeExamResults({}, std::move(images), {"model", "1", fingerprint, "", 0}, options);
}

TEST(ExamResults, HangingIgnoresInputOrder) {
  auto images = FourViews();
  const auto a = Exam(images);
  std::reverse(images.begin(), images.end());
  const auto b = Exam(images);
  ASSERT_EQ(a.images.size(), 4U);
  const std::vector<std::string> wanted = {"R CC", "L CC", "R MLO", "L MLO"};
  for (std::size_t i = 0; i < 4; ++i) {
    EXPECT_EQ(a.images[i].Name(), wanted[i]);
    EXPECT_EQ(b.images[i].Name(), wanted[i]);
  }
  EXPECT_EQ(ExamUid(a, {"SR"}), ExamUid(b, {"SR"}));
}

TEST(ExamResults, UidsFollowInputsModelAndSettings) {
  const auto base = Exam(FourViews());
  EXPECT_NE(ExamUid(base, {"SR"}), ExamUid(base, {"SEG"}));
  EXPECT_NE(ExamUid(base, {"SR"}), ExamUid(Exam(FourViews(), "g"), {"SR"}));
  ObjectOptions options;
  options.settings = {"tta=2"};
  EXPECT_NE(ExamUid(base, {"SR"}), ExamUid(Exam(FourViews(), "f", options), {"SR"}));
  auto three = FourViews();
  three.pop_back();
  EXPECT_NE(ExamUid(base, {"SR"}), ExamUid(Exam(three), {"SR"}));
  EXPECT_EQ(SeriesUid(base, "SR"), SeriesUid(Exam(three), "SR"));
  EXPECT_NE(SeriesUid(base, "SR"), SeriesUid(base, "SEG"));
}

TEST(ExamResults, PicturesOfOneExamShareAStudy) {
  auto images = FourViews();
  for (std::size_t i = 0; i < images.size(); ++i) {
    images[i].is_dicom = false;
    images[i].header = MakeSourceHeader(images[i].result.metadata, std::to_string(i));
  }
  EXPECT_NE(images[0].header.metadata.study_uid, images[1].header.metadata.study_uid);
  const auto exam = Exam(images);
  for (const auto& image : exam.images) {
    EXPECT_EQ(image.header.metadata.study_uid, exam.header().metadata.study_uid);
    EXPECT_EQ(image.header.metadata.series_uid, exam.header().metadata.series_uid);
  }
  images[0].is_dicom = true;
  EXPECT_NE(ErrorMessage([&] { Exam(images); }, ErrorCode::kUnsupported).find("a picture file and"),
            std::string::npos);
}

TEST(ExamResults, NumbersRepeatedViews) {
  const auto exam =
      Exam({Image("1", Laterality::kLeft, View::kCC), Image("2", Laterality::kLeft, View::kCC),
            Image("3", Laterality::kUnknown, View::kUnknown)});
  EXPECT_EQ(exam.images[0].Name(), "L CC");
  EXPECT_EQ(exam.images[1].Name(), "L CC 2");
  EXPECT_EQ(exam.images[2].Name(), "image 3");
}

TEST(ExamResults, TheDateIsTheLatestOfTheImagesOrTheOneGiven) {
  EXPECT_EQ(Exam(FourViews()).date, "19000101");
  auto images = FourViews();
  images[0].header.date = "20200102";
  images[0].header.time = "1011";
  images[1].header.date = "20200102";
  images[1].header.time = "09";
  EXPECT_EQ(Exam(images).date, "20200102");
  EXPECT_EQ(Exam(images).time, "101100");
  ObjectOptions options;
  options.date_time = "20261128101500";
  EXPECT_EQ(Exam(images, "f", options).date, "20261128");
  options.date_time = "2026";
  EXPECT_NE(
      ErrorMessage([&] { Exam(images, "f", options); }, ErrorCode::kUsage).find("YYYYMMDDHHMMSS"),
      std::string::npos);
}

TEST(ExamResults, RefusesWhatHasNoUidsOrIsOfTwoPatients) {
  auto images = FourViews();
  images[2].header.metadata.study_uid.clear();
  EXPECT_NE(
      ErrorMessage([&] { Exam(images); }, ErrorCode::kUnsupported).find("no Study Instance UID"),
      std::string::npos);
  images = FourViews();
  images[1].header.metadata.patient_id = "A";
  images[2].header.metadata.patient_id = "B";
  images[0].header.metadata.patient_id = "A";
  images[3].header.metadata.patient_id = "A";
  EXPECT_NE(ErrorMessage([&] { Exam(images); }, ErrorCode::kUnsupported).find("two patients"),
            std::string::npos);
  images = FourViews();
  images[3].header.metadata.sop_uid = images[0].header.metadata.sop_uid;
  EXPECT_NE(
      ErrorMessage([&] { Exam(images); }, ErrorCode::kUnsupported).find("one SOP Instance UID"),
      std::string::npos);
}

TEST(ExamResults, DescribesFlagsAndRefusals) {
  auto images = FourViews();
  images[0].result.flags = {"implant"};
  images[1].result.error = "corrupt: is cut short";
  auto exam = Exam(images);
  exam.exam.flags = {"implant", "views_disagree"};
  const auto remarks = Remarks(exam);
  ASSERT_EQ(remarks.size(), 3U);
  EXPECT_EQ(remarks[0], "R CC was not measured: corrupt: is cut short.");
  EXPECT_EQ(remarks[1], "L MLO: The breast has an implant, which may be measured as dense tissue.");
  EXPECT_EQ(remarks[2], "Exam: CC and MLO of a breast disagree: one of the two may be wrong.");
}

}  // namespace
}  // namespace mhcnn
