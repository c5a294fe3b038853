#include "mhcnn/service/deliver/stow_answer.h"

#include <gtest/gtest.h>

namespace mhcnn {
namespace {

TEST(StowAnswer, ReadsTheJsonOfPs318) {
  const auto answer = ReadStowAnswer(R"({
    "00081190": {"vr": "UR", "Value": ["http://h/studies/1.2"]},
    "00081198": {"vr": "SQ", "Value": [
      {"00081150": {"vr": "UI", "Value": ["1.2.840.10008.5.1.4.1.1.7"]},
       "00081155": {"vr": "UI", "Value": ["1.9"]}, "00081197": {"vr": "US", "Value": [42752]}},
      {"00081155": {"vr": "UI", "Value": ["1.8"]}}]},
    "00081199": {"vr": "SQ", "Value": [
      {"00081155": {"vr": "UI", "Value": ["1.3"]},
       "00081190": {"vr": "UR", "Value": ["http://h/x"]}},
      {"00081155": {"vr": "UI", "Value": ["1.4"]}}]}})");
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->stored, (std::set<std::string>{"1.3", "1.4"}));
  EXPECT_EQ(answer->failed,
            (std::map<std::string, std::uint16_t>{{"1.9", 0xA700}, {"1.8", 0x0110}}));
}

TEST(StowAnswer, ReadsAListOfDatasets) {
  const auto answer = ReadStowAnswer(
      R"([{"00081199": {"vr": "SQ", "Value": [{"00081155": {"Value": ["1.3"]}}]}}])");
  ASSERT_TRUE(answer);
  EXPECT_TRUE(answer->stored.contains("1.3"));
}

TEST(StowAnswer, ReadsTheNativeDicomModel) {
  const auto answer = ReadStowAnswer(R"(<?xml version="1.0"?>
<NativeDicomModel xmlns="http://dicom.nema.org/PS3.19/models/NativeDICOM">
 <DicomAttribute tag="00081190" vr="UR" keyword="RetrieveURL"><Value number="1">http://h</Value></DicomAttribute>
 <DicomAttribute tag="00081198" vr="SQ" keyword="FailedSOPSequence"><Item number="1">
  <DicomAttribute tag="00081150" vr="UI"><Value number="1">1.2</Value></DicomAttribute>
  <DicomAttribute tag="00081155" vr="UI"><Value number="1">1.9</Value></DicomAttribute>
  <DicomAttribute tag="00081197" vr="US"><Value number="1">290</Value></DicomAttribute></Item></DicomAttribute>
 <DicomAttribute tag="00081199" vr="SQ" keyword="ReferencedSOPSequence"><Item number="1">
  <DicomAttribute tag="00081155" vr="UI"><Value number="1">1.3</Value></DicomAttribute>
  <DicomAttribute tag="00081196" vr="US"/></Item></DicomAttribute>
</NativeDicomModel>)");
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->stored, std::set<std::string>{"1.3"});
  EXPECT_EQ(answer->failed, (std::map<std::string, std::uint16_t>{{"1.9", 0x0122}}));
}

TEST(StowAnswer, RejectsOtherFormats) {
  for (const char* text : {"", "stored", "<html>stored</html>", "{", "1", "\"00081199\""}) {
    EXPECT_FALSE(ReadStowAnswer(text)) << text;
  }
  for (const char* text : {"{}", R"({"00081199": 7})", R"({"00081199": {"Value": [7, {}]}})",
                           R"({"00081198": {"Value": [{"00081155": {"Value": [[]]}}]}})"}) {
    const auto answer = ReadStowAnswer(text);
    ASSERT_TRUE(answer) << text;
    EXPECT_TRUE(answer->stored.empty() && answer->failed.empty()) << text;
  }
}

}  // namespace
}  // namespace mhcnn
