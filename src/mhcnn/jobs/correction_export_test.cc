#include "mhcnn/jobs/correction_export.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "mhcnn/base/csv.h"
#include "mhcnn/testing/job_stores.h"

namespace mhcnn {
namespace {

using ::testing::ElementsAre;
using ::testing::Not;
using ::testing::SizeIs;
using testing_support::JobStoreTest;
using testing_support::SampleImage;

class CorrectionExportTest : public JobStoreTest {
 protected:
  Exam Corrected(const std::string& study, const std::string& patient, const std::string& category,
                 std::optional<double> percent) {
    for (const std::string image : {".1", ".2"}) {
      ReceivedObject object = SampleImage(study + image, study);
      object.patient_id = patient;
      Add(object);
    }
    const Exam exam = Close(study);
    EXPECT_TRUE(store().work().Finish(Claim(), R"({"category": "b"})", false, {}));
    NewCorrection said;
    said.exam = exam.id;
    said.revision = exam.revision;
    said.category = category;
    said.percent = percent;
    said.author = "r";
    EXPECT_EQ(store().corrections().Add(said).kind, CorrectionAnswer::Kind::kAdded);
    EXPECT_TRUE(store().work().Finish(Claim(), R"({"category": "b"})", false, {}));
    return exam;
  }
};
MHCNN_ON_BOTH_DATABASES(CorrectionExportTest);

TEST_P(CorrectionExportTest, HasALineForEachImageAndNoPatient) {
  Corrected("1", "Anna=1", "c", 31);
  Corrected("2", "Anna=1", "a", std::nullopt);
  Corrected("3", "Berta", "d", 70.25);
  Corrected("4", "Berta", "b", std::nullopt);
  Add(SampleImage("4.late", "4"));
  const CorrectedExams all = ReadCorrectedExams(store(), {}, 100);
  EXPECT_THAT(all.exams, SizeIs(3));
  EXPECT_EQ(all.of_earlier_revision, 1);
  const std::string csv =
      CalibrationManifest(all, [](const ReceivedObject& image) { return image.sop_uid + ".dcm"; });
  EXPECT_THAT(csv, Not(::testing::HasSubstr("Anna")));
  EXPECT_EQ(std::ranges::count(csv, '\n'), 7) << csv;
  const auto rows = ParseCsv(csv);
  ASSERT_THAT(rows, SizeIs(7));
  EXPECT_THAT(rows[0], ElementsAre("image", "percent_density", "category", "patient_id"));
  EXPECT_THAT(rows[1], ElementsAre("1.1.dcm", "31.0", "c", rows[2][3]));
  EXPECT_THAT(rows[3], ElementsAre("2.1.dcm", "", "a", rows[1][3]));
  EXPECT_THAT(rows[6], ElementsAre("3.2.dcm", "70.2", "d", Not(rows[1][3])));
}

TEST_P(CorrectionExportTest, LeavesOutExamsWhoseImagesAreGone) {
  Corrected("1", "P", "c", 31);
  clock_.Advance(std::chrono::hours(24));
  for (auto files = store().retention().Expired(clock_.Now(), 10); !files.empty();
       files = store().retention().Expired(clock_.Now(), 10))
    store().retention().Removed(files);
  const CorrectedExams all = ReadCorrectedExams(store(), {}, 100);
  EXPECT_THAT(all.exams, SizeIs(0));
  EXPECT_EQ(all.without_images, 1);
}

TEST(CorrectionToJson, HasTheFieldsOfTheApi) {
  Correction c{12,  2,     3, "c", "31.0", "text", "name", StoreTime(std::chrono::milliseconds(1)),
               "c", "31.0"};
  const auto json = CorrectionToJson(c);
  EXPECT_EQ(json.dump(),
            R"({"accepted":true,"author":"name","category":"c","comment":"text","exam":12,)"
            R"("made":"1970-01-01T00:00:00.001Z","model_category":"c","model_percent":"31.0",)"
            R"("percent":"31.0","revision":2,"version":3})");
}

}  // namespace
}  // namespace mhcnn
