#include "mhcnn/dicom/decode.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "mhcnn/base/error.h"
#include "mhcnn/testing/dicom_files.h"
#include "mhcnn/testing/error_message.h"
#include "mhcnn/testing/scratch_folder.h"

namespace mhcnn {
namespace {

using ::testing::HasSubstr;

constexpr int kRows = 40, kColumns = 32;  // of the file that WriteChanged makes

/// 12-bit values of a smooth picture.
std::vector<Uint16> Values() {
  std::vector<Uint16> values;
  for (int y = 0; y < kRows; ++y) {
    for (int x = 0; x < kColumns; ++x) values.push_back(static_cast<Uint16>(50 * y + 20 * x));
  }
  return values;
}

class DecodePixelsTest : public ::testing::Test {
 protected:
  StoredPixels Decode(const std::function<void(DcmDataset&)>& change) {
    testing_support::WriteChanged(folder_ / "a.dcm", change);
    const auto file = LoadDicom(folder_ / "a.dcm");
    return DecodePixels(*file->getDataset());
  }
  static void Put(DcmDataset& dataset, const std::vector<Uint16>& words) {
    dataset.putAndInsertUint16Array(DCM_PixelData, words.data(), words.size());
  }
  static void ExpectValues(const StoredPixels& stored) {
    ASSERT_EQ(stored.patterns.size(), cv::Size(kColumns, kRows));
    const auto values = Values();
    EXPECT_TRUE(std::equal(values.begin(), values.end(), stored.patterns.begin()));
  }
  const testing_support::ScratchFolder folder_;
};

TEST_F(DecodePixelsTest, PatternsAreTheBitsBelowHighBit) {
  const StoredPixels low = Decode([](DcmDataset& d) { Put(d, Values()); });
  EXPECT_EQ(low.bits, 12);
  EXPECT_FALSE(low.is_signed);
  EXPECT_FALSE(low.bits_conflict);
  EXPECT_EQ(low.reduction, 1);
  ExpectValues(low);

  const StoredPixels high = Decode([](DcmDataset& d) {
    auto words = Values();
    for (auto& word : words) word = static_cast<Uint16>(word << 4);
    d.putAndInsertUint16(DCM_HighBit, 15);
    Put(d, words);
  });
  EXPECT_EQ(high.bits, 12);
  EXPECT_FALSE(high.bits_conflict);
  ExpectValues(high);
}

// A thin line, as graphics of an overlay are.
TEST_F(DecodePixelsTest, ImpossibleHighBitGivesWayToBitsStored) {
  // 12 bits end at bit 11 or above, and no bit is beyond the 16th.
  for (const Uint16 high_bit : {10, 3, 16}) {
    const StoredPixels stored = Decode([&](DcmDataset& d) {
      d.putAndInsertUint16(DCM_HighBit, high_bit);
      Put(d, Values());
    });
    EXPECT_EQ(stored.bits, 12);
    EXPECT_TRUE(stored.bits_conflict);
    ExpectValues(stored);
  }
}

TEST_F(DecodePixelsTest, BitsOfAnOverlayAreTakenOff) {
  const StoredPixels stored = Decode([](DcmDataset& d) {
    auto words = Values();
    for (std::size_t y = 0; y < kRows; ++y) words[y * kColumns + y * 3 / 4] |= 0x8000;
    Put(d, words);
  });
  EXPECT_EQ(stored.bits, 12);
  EXPECT_FALSE(stored.bits_conflict);
  ExpectValues(stored);
}

TEST_F(DecodePixelsTest, SignExtensionIsTakenOff) {
  const StoredPixels stored = Decode([](DcmDataset& d) {
    auto words = Values();
    for (auto& word : words) word = static_cast<Uint16>(word - 1000);  // 16-bit two's complement
    d.putAndInsertUint16(DCM_PixelRepresentation, 1);
    Put(d, words);
  });
  EXPECT_TRUE(stored.is_signed);
  EXPECT_EQ(stored.bits, 12);
  const auto values = Values();
  for (std::size_t i = 0; i < values.size(); ++i) {
    ASSERT_EQ(*(stored.patterns.begin() + static_cast<std::ptrdiff_t>(i)),
              (values[i] - 1000) & 0xFFF);
  }
}

TEST_F(DecodePixelsTest, RefusesPixelDataThatAreShortOrMissing) {
  const auto problem = [&](const std::function<void(DcmDataset&)>& change) {
    return testing_support::ErrorMessage([&] { Decode(change); }, ErrorCode::kCorrupt);
  };
  EXPECT_THAT(problem([](DcmDataset& d) { Put(d, std::vector<Uint16>(kRows * kColumns - 2)); }),
              HasSubstr("cut short (2556 bytes of 2560)"));
  EXPECT_THAT(problem([](DcmDataset& d) { delete d.remove(DCM_PixelData); }),
              HasSubstr("ends before its pixel data"));
}

TEST_F(DecodePixelsTest, RefusesHeadersOfNoPictureBeforeTakingMemory) {
  const auto code = [](const std::vector<std::pair<DcmTagKey, int>>& changes) {
    DcmDataset dataset;
    for (const auto& [key, value] : std::vector<std::pair<DcmTagKey, int>>{
             {DCM_Rows, 10}, {DCM_Columns, 10}, {DCM_BitsAllocated, 16}, {DCM_BitsStored, 12}}) {
      dataset.putAndInsertUint16(key, static_cast<Uint16>(value));
    }
    for (const auto& [key, value] : changes) {
      dataset.putAndInsertUint16(key, static_cast<Uint16>(value));
    }
    return testing_support::ThrownCode([&] { CheckPixelHeader(dataset); });
  };
  EXPECT_EQ(code({{DCM_Rows, 0}}), ErrorCode::kCorrupt);
  EXPECT_EQ(code({{DCM_Rows, 65535}, {DCM_Columns, 65535}}), ErrorCode::kLimit);
  EXPECT_EQ(code({{DCM_SamplesPerPixel, 2}}), ErrorCode::kCorrupt);
  EXPECT_EQ(code({{DCM_BitsAllocated, 32}}), ErrorCode::kUnsupported);
  EXPECT_EQ(code({{DCM_BitsStored, 17}}), ErrorCode::kCorrupt);
  EXPECT_EQ(code({{DCM_BitsStored, 0}}), ErrorCode::kCorrupt);
}

}  // namespace
}  // namespace mhcnn
