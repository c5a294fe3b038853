#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <opencv2/core.hpp>
#include <string>
#include <vector>

#include "mhcnn/base/error.h"
#include "mhcnn/base/file.h"
#include "mhcnn/dicom/reader.h"
#include "mhcnn/dicom/writer.h"
#include "mhcnn/testing/dicom_files.h"
#include "mhcnn/testing/scratch_folder.h"

namespace mhcnn::testing_support {

/// Writes mammograms, and reads files whose bytes a test has changed.
class OddFile : public testing::Test {
 public:
  using Bytes = std::vector<std::uint8_t>;
  static constexpr int kRows = 64, kColumns = 49;

 protected:
  Bytes Written(TransferSyntax syntax, int bits = 12) {
    DicomWriteOptions options;
    options.syntax = syntax;
    WriteDicomMammogram(folder_ / "whole.dcm", Disc(kRows, kColumns, bits), options);
    plain_ = ReadDicomMammogram(folder_ / "whole.dcm").pixels;
    return ReadFile(folder_ / "whole.dcm");
  }
  /// Reads `bytes` and compares with the picture that Written() stored last; the flags that
  /// structure raises.
  std::vector<std::string> Read(const Bytes& bytes) {
    WriteFileAtomically(folder_ / "odd.dcm", bytes);
    const Mammogram read = ReadDicomMammogram(folder_ / "odd.dcm");
    EXPECT_EQ(read.pixels.size(), plain_.size());
    if (read.pixels.size() == plain_.size()) {
      EXPECT_EQ(cv::norm(read.pixels, plain_, cv::NORM_INF), 0);
    }
    EXPECT_EQ(read.facts.view, View::kMLO);
    EXPECT_NEAR(read.facts.row_spacing_mm.value_or(0), 0.07, 1e-9);
    std::vector<std::string> flags;
    for (const char* flag : {"syntax_conflict", "trailing_bytes", "end_missing"}) {
      const auto& raised = read.facts.flags;
      if (std::find(raised.begin(), raised.end(), flag) != raised.end()) flags.emplace_back(flag);
    }
    return flags;
  }
  std::string Refusal(const Bytes& bytes) {
    WriteFileAtomically(folder_ / "odd.dcm", bytes);
    try {
      ReadDicomMammogram(folder_ / "odd.dcm");
    } catch (const Error& e) {
      return e.what();
    }
    return "read";
  }

  ScratchFolder folder_;
  GreyImage plain_;
};

}  // namespace mhcnn::testing_support
