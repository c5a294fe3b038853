#include "mhcnn/data/expected_counts.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mhcnn {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

PreparedImage Image(const std::string& file, const std::string& patient,
                    const std::string& of_header) {
  PreparedImage image;
  image.listed.sample.image = file;
  image.listed.sample.patient_id = patient;
  image.listed.sample.category = DensityCategory::kB;
  image.examined.patient_id = of_header;
  return image;
}

TEST(Completeness, SetWithoutLabels) {
  std::vector<PreparedImage> images(2);
  images[1].listed.sample.image = "/b";
  const auto problems = FindCompletenessProblems(images, "/set");
  ASSERT_THAT(problems, SizeIs(1));
  EXPECT_EQ(problems[0].kind, "no_labels");
  EXPECT_EQ(problems[0].subject, "/set");
  images[1].listed.sample.breast_mask = "/m";
  EXPECT_THAT(FindCompletenessProblems(images, "/set"), IsEmpty());
}

TEST(Completeness, HeadersThatStateOnePatient) {
  const auto problems =
      FindCompletenessProblems({Image("/a", "X", "X"), Image("/b", "X", "X")}, "/set");
  ASSERT_THAT(problems, SizeIs(1));
  EXPECT_EQ(problems[0].kind, "one_patient");
  EXPECT_THAT(problems[0].text, HasSubstr("all 2 images state the Patient ID 'X'"));
  EXPECT_THAT(FindCompletenessProblems({Image("/a", "X", "X"), Image("/b", "Y", "Y")}, ""),
              IsEmpty());
  // The table tells the patients apart.
  EXPECT_THAT(FindCompletenessProblems({Image("/a", "1", "X"), Image("/b", "2", "X")}, ""),
              IsEmpty());
  // Two readers of one image.
  EXPECT_THAT(FindCompletenessProblems({Image("/a", "X", "X"), Image("/a", "X", "X")}, ""),
              IsEmpty());
  EXPECT_THAT(FindCompletenessProblems({Image("/a", "", ""), Image("/b", "", "")}, ""), IsEmpty());
}

}  // namespace
}  // namespace mhcnn
