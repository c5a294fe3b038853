#include "mhcnn/model/shipped_model.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "mhcnn/base/error.h"
#include "mhcnn/base/file.h"
#include "mhcnn/testing/error_message.h"
#include "mhcnn/testing/scratch_folder.h"

namespace mhcnn {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using testing_support::ErrorMessage;

TEST(ShippedModel, FindsModelsByName) {
  EXPECT_EQ(FindModelFile("fast", ".onnx").filename(), "mhcnn-fast.onnx");
  EXPECT_EQ(FindModelFile("shipped", ".safetensors"), FindModelFile("fast", ".safetensors"));
  EXPECT_EQ(FindModelFile("accurate", ".onnx").filename(), "mhcnn-accurate.onnx");
  EXPECT_EQ(FindModelFile("runs/fast", ".onnx"), "runs/fast");
  const fs::path here = fs::current_path();
  const testing_support::ScratchFolder folder;
  fs::current_path(folder.path());
  WriteFileAtomically("fast", "a file");
  const auto both = ErrorMessage([] { FindModelFile("fast", ".onnx"); }, ErrorCode::kUsage);
  fs::current_path(here);
  EXPECT_THAT(both, HasSubstr("write ./fast"));
  EXPECT_THAT(ErrorMessage([] { FindModelFile("accurate", ".none"); }, ErrorCode::kNotFound),
              HasSubstr("mhcnn-accurate.none is neither in share/mhcnn/models nor in models/"));
}

}  // namespace
}  // namespace mhcnn
