#include "mhcnn/infer/train_program.h"

#include <gmock/gmock.h>

#include "mhcnn/base/shipped_file.h"

namespace mhcnn {
namespace {

using ::testing::HasSubstr;

TEST(TrainProgram, FindsSiblingProgramOrExplainsInstallation) {
  const TrainProgram found = FindTrainProgram();
  EXPECT_EQ(found.path, FindOwnBinary().parent_path() / "mhcnn-train");
  if (std::filesystem::exists(found.path)) {
    EXPECT_EQ(found.problem, "");
  } else {
    EXPECT_THAT(found.problem, HasSubstr("mhcnn-train is not installed"));
  }
}

}  // namespace
}  // namespace mhcnn
