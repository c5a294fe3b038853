#include "mhcnn/results/result_formats.h"

#include <gtest/gtest.h>

#include "mhcnn/testing/error_message.h"

namespace mhcnn {
namespace {

using testing_support::ErrorMessage;

TEST(ResultFormats, ReadsListsAndNamesWhatItKnows) {
  using F = ResultFormat;
  EXPECT_EQ(ParseResultFormats("seg, SR"), (std::set<F>{F::kCsv, F::kJson, F::kSeg, F::kSr}));
  EXPECT_EQ(ParseResultFormats("csv"), (std::set<F>{F::kCsv, F::kJson}));
  EXPECT_TRUE(ParseResultFormats("all").count(F::kFhir));
  EXPECT_FALSE(HasObjects(ParseResultFormats("csv,json")));
  EXPECT_TRUE(HasObjects(ParseResultFormats("csv,json,cad")));
  for (const char* wrong : {"", "seg,", "sge", "seg sr", "dicom"}) {
    const std::string message = ErrorMessage([&] { ParseResultFormats(wrong); }, ErrorCode::kUsage);
    for (const char* name : {"csv", "json", "seg", "sr", "cad", "sc", "fhir", "all"}) {
      EXPECT_NE(message.find(name), std::string::npos) << message;
    }
  }
}

TEST(ResultFormats, NameOfEachRoundTrips) {
  const auto all = ParseResultFormats("ALL");
  EXPECT_EQ(all.size(), 7U);
  for (const ResultFormat format : all) {
    const auto found = ParseResultFormats(ResultFormatName(format));
    EXPECT_TRUE(found.count(format)) << ResultFormatName(format);
    EXPECT_EQ(found.size(), HasObjects({format}) ? 3U : 2U) << ResultFormatName(format);
  }
}

}  // namespace
}  // namespace mhcnn
