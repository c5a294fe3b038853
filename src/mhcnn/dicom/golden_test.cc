// The reader against pictures made by pydicom (scripts/goldens/make_dicom_goldens.py).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstring>
#include <filesystem>
#include <opencv2/core.hpp>
#include <string>
#include <vector>

#include "mhcnn/base/csv.h"
#include "mhcnn/base/file.h"
#include "mhcnn/dicom/reader.h"

namespace mhcnn {
namespace {

namespace fs = std::filesystem;

const fs::path kFolder = fs::path(MHCNN_SOURCE_DIR) / "tests/data/dicom";

struct Golden {
  std::string name;
  int rows, columns, tolerance;
  std::string window;  ///< VOI asked for
};

std::vector<Golden> Goldens() {
  std::vector<Golden> goldens;
  const auto lines = ParseCsv(ReadTextFile(kFolder / "index.csv"));
  for (std::size_t i = 1; i < lines.size(); ++i) {
    const auto& line = lines[i];
    goldens.push_back(
        {line[0], std::stoi(line[1]), std::stoi(line[2]), std::stoi(line[3]), line[4]});
  }
  return goldens;
}

class DicomGolden : public testing::TestWithParam<Golden> {};

TEST_P(DicomGolden, ReadsAsPydicomDoes) {
  const Golden& golden = GetParam();
  const auto bytes = ReadFile(kFolder / (golden.name + ".u16"));
  GreyImage expected(golden.rows, golden.columns);
  ASSERT_EQ(bytes.size(), expected.total() * 2);
  std::memcpy(expected.data, bytes.data(), bytes.size());

  DicomReadOptions options;
  options.window = golden.window;
  const Mammogram read = ReadMammogram(kFolder / (golden.name + ".dcm"), options);
  ASSERT_EQ(read.pixels.size(), expected.size());
  cv::Point worst;
  double difference = 0;
  cv::Mat apart;
  cv::absdiff(read.pixels, expected, apart);
  cv::minMaxLoc(apart, nullptr, &difference, nullptr, &worst);
  EXPECT_LE(difference, golden.tolerance)
      << "at " << worst << ": read " << read.pixels(worst) << ", expected " << expected(worst);
  EXPECT_EQ(read.metadata.laterality, Laterality::kLeft);
  EXPECT_EQ(read.metadata.view, View::kCC);
}

INSTANTIATE_TEST_SUITE_P(All, DicomGolden, testing::ValuesIn(Goldens()),
                         [](const auto& golden) { return golden.param.name; });

}  // namespace
}  // namespace mhcnn
