#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <opencv2/core.hpp>
#include <string>
#include <vector>

#include "mhcnn/base/error.h"
#include "mhcnn/base/file.h"
#include "mhcnn/dicom/elements.h"
#include "mhcnn/dicom/file_meta.h"
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
  /// Reads `bytes` and compares with the picture that Written() stored last; returns the flags that
  /// the structure raises.
  std::vector<std::string> Read(const Bytes& bytes) {
    WriteFileAtomically(folder_ / "odd.dcm", bytes);
    const Mammogram read = ReadDicomMammogram(folder_ / "odd.dcm");
    EXPECT_EQ(read.pixels.size(), plain_.size());
    if (read.pixels.size() == plain_.size()) {
      EXPECT_EQ(cv::norm(read.pixels, plain_, cv::NORM_INF), 0);
    }
    EXPECT_EQ(read.metadata.view, View::kMLO);
    EXPECT_NEAR(read.metadata.row_spacing_mm.value_or(0), 0.07, 1e-9);
    std::vector<std::string> flags;
    for (const char* flag : {"syntax_conflict", "trailing_bytes", "end_missing"}) {
      const auto& raised = read.metadata.flags;
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

  /// Returns what follows the file meta information.
  static Bytes GetDataSet(const Bytes& file) {
    return Bytes(file.begin() + static_cast<std::ptrdiff_t>(ReadFileMeta(file).end), file.end());
  }

  /// Returns a file of a transfer syntax and a data set.
  static Bytes File(const std::string& syntax, const Bytes& data_set) {
    std::string uid = syntax;
    if (uid.size() % 2 != 0) uid.push_back('\0');
    Bytes meta = {2, 0, 0x10, 0, 'U', 'I', static_cast<std::uint8_t>(uid.size()), 0};
    meta.insert(meta.end(), uid.begin(), uid.end());
    Bytes file(128);
    for (const int byte : {int{'D'}, int{'I'}, int{'C'}, int{'M'}, 2, 0, 0, 0, int{'U'}, int{'L'},
                           4, 0, static_cast<int>(meta.size()), 0, 0, 0}) {
      file.push_back(static_cast<std::uint8_t>(byte));
    }
    file.insert(file.end(), meta.begin(), meta.end());
    file.insert(file.end(), data_set.begin(), data_set.end());
    return file;
  }

  static constexpr const char *kImplicit = "1.2.840.10008.1.2", *kExplicit = "1.2.840.10008.1.2.1",
                              *kBig = "1.2.840.10008.1.2.2", *kDeflated = "1.2.840.10008.1.2.1.99",
                              *kBaseline = "1.2.840.10008.1.2.4.50",
                              *kLossless = "1.2.840.10008.1.2.4.70",
                              *kLs = "1.2.840.10008.1.2.4.80", *kJ2k = "1.2.840.10008.1.2.4.90",
                              *kHtj2k = "1.2.840.10008.1.2.4.201", *kRle = "1.2.840.10008.1.2.5";

  /// Returns the position at which the head of Pixel Data of the data set itself ends.
  static std::size_t PixelValue(const Bytes& data) {
    const auto layout = WalkElements(data, {true, false});
    return layout.pixels->tag_at + 12;
  }

  ScratchFolder folder_;
  GreyImage plain_;
};

}  // namespace mhcnn::testing_support
