#include "mhcnn/dicom/syntax.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>

#include "mhcnn/base/error.h"
#include "mhcnn/testing/error_message.h"

namespace mhcnn {
namespace {

using ::testing::HasSubstr;

// UIDs of PS3.6 table A-1.
TEST(Syntax, EachNameHasTheUidOfTheStandard) {
  const std::map<std::string, std::string> uids = {
      {"implicit", "1.2.840.10008.1.2"},           {"explicit", "1.2.840.10008.1.2.1"},
      {"deflated", "1.2.840.10008.1.2.1.99"},      {"rle", "1.2.840.10008.1.2.5"},
      {"jpeg", "1.2.840.10008.1.2.4.50"},          {"jpeg12", "1.2.840.10008.1.2.4.51"},
      {"jpeg-lossless", "1.2.840.10008.1.2.4.70"}, {"jpeg-ls", "1.2.840.10008.1.2.4.80"},
      {"jpeg2000", "1.2.840.10008.1.2.4.90"},      {"jpeg2000-lossy", "1.2.840.10008.1.2.4.91"}};
  ASSERT_EQ(AllTransferSyntaxes().size(), uids.size());
  std::set<std::string> seen;
  for (const TransferSyntax syntax : AllTransferSyntaxes()) {
    const std::string name = TransferSyntaxName(syntax);
    SCOPED_TRACE(name);
    seen.insert(name);
    EXPECT_EQ(TransferSyntaxFromName(name), syntax);
    EXPECT_EQ(FindSyntaxRow(syntax).syntax, syntax);
    EXPECT_EQ(DcmXfer(FindSyntaxRow(syntax).xfer).getXferID(), uids.at(name));
    const bool lossy = name == "jpeg" || name == "jpeg12" || name == "jpeg2000-lossy";
    EXPECT_EQ(FindSyntaxRow(syntax).lossy, lossy);
    EXPECT_EQ(FindSyntaxRow(syntax).max_bits, name == "jpeg" ? 8 : name == "jpeg12" ? 12 : 16);
  }
  EXPECT_EQ(seen.size(), uids.size());
}

TEST(Syntax, UnknownNameListsTheNamesAndProposesTheNearest) {
  const auto message = [](const std::string& name) {
    return testing_support::ErrorMessage([&] { TransferSyntaxFromName(name); }, ErrorCode::kUsage);
  };
  EXPECT_THAT(message("jpeg200"), HasSubstr("did you mean \"jpeg2000\"?"));
  EXPECT_THAT(message("gif"), HasSubstr("use one of implicit, explicit, deflated"));
}

TEST(Syntax, KnowsTheThreeOfHighThroughputJpeg2000) {
  EXPECT_STREQ(FindHtj2kName("1.2.840.10008.1.2.4.201"),
               "High-Throughput JPEG 2000 (Lossless Only)");
  EXPECT_TRUE(IsHtj2k("1.2.840.10008.1.2.4.202"));
  EXPECT_TRUE(IsHtj2k("1.2.840.10008.1.2.4.203"));
  EXPECT_FALSE(IsHtj2k("1.2.840.10008.1.2.4.90"));
  EXPECT_FALSE(IsHtj2k("1.2.840.10008.1.2.4.204"));
  EXPECT_STREQ(FindHtj2kName(""), "");
}

TEST(Syntax, ReadableSyntaxesIncludeWritableOnes) {
  const auto& readable = ReadableSyntaxUids();
  for (const TransferSyntax syntax : AllTransferSyntaxes()) {
    const std::string_view uid = DcmXfer(FindSyntaxRow(syntax).xfer).getXferID();
    EXPECT_EQ(std::count(readable.begin(), readable.end(), uid), 1) << uid;
  }
  EXPECT_EQ(std::count(readable.begin(), readable.end(), "1.2.840.10008.1.2.4.203"), 1);
  EXPECT_EQ(std::count(readable.begin(), readable.end(), "1.2.840.10008.1.2.4.100"), 0);  // MPEG-2
  EXPECT_EQ(readable.size(), 16U);
}

}  // namespace
}  // namespace mhcnn
