#include "mhcnn/base/shipped_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>

#include "mhcnn/base/error.h"
#include "mhcnn/base/file.h"
#include "mhcnn/base/version.h"
#include "mhcnn/testing/error_message.h"
#include "mhcnn/testing/scratch_folder.h"

namespace mhcnn {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using testing_support::ErrorMessage;

/// The variable for the life of a test.
class DataFolder {
 public:
  explicit DataFolder(const fs::path& folder) { setenv("MHCNN_DATA_DIR", folder.c_str(), 1); }
  ~DataFolder() { unsetenv("MHCNN_DATA_DIR"); }
  DataFolder(const DataFolder&) = delete;
  DataFolder& operator=(const DataFolder&) = delete;
};

TEST(ShippedFile, FindsItsOwnFile) {
  EXPECT_EQ(FindOwnBinary(), fs::read_symlink("/proc/self/exe"));
}

TEST(ShippedFile, EnvironmentVariableOverridesSearch) {
  const testing_support::ScratchFolder folder;
  fs::create_directories(folder.path() / "models");
  WriteFileAtomically(folder.path() / "models/mhcnn-fast.onnx", "another");
  {
    const DataFolder named(folder.path());
    EXPECT_EQ(ShippedFile("models", "mhcnn-fast.onnx"),
              fs::canonical(folder.path() / "models/mhcnn-fast.onnx"));
    // The installation has this one, which is not asked.
    EXPECT_THAT(
        ErrorMessage([] { ShippedFile("models", "mhcnn-accurate.onnx"); }, ErrorCode::kNotFound),
        HasSubstr("does not contain models/mhcnn-accurate.onnx"));
  }
  {
    const DataFolder named(folder.path() / "nowhere");
    EXPECT_THAT(
        ErrorMessage([] { ShippedFile("models", "mhcnn-fast.onnx"); }, ErrorCode::kNotFound),
        HasSubstr("MHCNN_DATA_DIR=" + (folder.path() / "nowhere").string() + ": is not a folder"));
  }
  const DataFolder empty("");
  EXPECT_EQ(ShippedFile("models", "mhcnn-accurate.onnx").filename(), "mhcnn-accurate.onnx");
}

TEST(ShippedFile, RefusesFilesOfAnotherVersion) {
  const testing_support::ScratchFolder folder;
  fs::create_directories(folder.path() / "models");
  WriteFileAtomically(folder.path() / "models/mhcnn-fast.onnx", "another");
  const DataFolder named(folder.path());
  WriteFileAtomically(folder.path() / "VERSION", std::string(Version()) + "\n");
  EXPECT_EQ(ShippedFile("models", "mhcnn-fast.onnx").filename(), "mhcnn-fast.onnx");
  WriteFileAtomically(folder.path() / "VERSION", "0.0.1\n");
  EXPECT_THAT(ErrorMessage([] { ShippedFile("models", "mhcnn-fast.onnx"); }, ErrorCode::kUsage),
              HasSubstr(std::string("contains the files of mhcnn 0.0.1, but this program is "
                                    "mhcnn ") +
                        Version()));
}

}  // namespace
}  // namespace mhcnn
