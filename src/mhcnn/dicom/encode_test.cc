#include "mhcnn/dicom/encode.h"

#include <dcmtk/dcmdata/dcpixel.h>
#include <dcmtk/dcmdata/dcpixseq.h>
#include <dcmtk/dcmdata/dcpxitem.h>
#include <gtest/gtest.h>

#include <opencv2/imgcodecs.hpp>

namespace mhcnn {
namespace {

using Bytes = std::vector<std::uint8_t>;

cv::Mat1w Samples(int bits) {
  cv::Mat1w samples(33, 21);  // odd sides: one byte of padding at 8 bits
  for (int y = 0; y < samples.rows; ++y) {
    for (int x = 0; x < samples.cols; ++x) {
      samples(y, x) = static_cast<std::uint16_t>((y * 1987 + x * 131) % (1 << bits));
    }
  }
  return samples;
}

/// A smooth picture, which lossy codecs keep nearly as it is.
cv::Mat1w SmoothSamples() {
  cv::Mat1w samples(33, 21);
  for (int y = 0; y < samples.rows; ++y) {
    for (int x = 0; x < samples.cols; ++x)
      samples(y, x) = static_cast<std::uint16_t>(4 * y + 3 * x);
  }
  return samples;
}

std::unique_ptr<DcmDataset> Put(const cv::Mat1w& samples, int bits, TransferSyntax syntax) {
  InitDcmtk();
  auto dataset = std::make_unique<DcmDataset>();
  const auto put = [&](const DcmTagKey& key, int value) {
    dataset->putAndInsertUint16(key, static_cast<Uint16>(value));
  };
  put(DCM_SamplesPerPixel, 1);
  dataset->putAndInsertString(DCM_PhotometricInterpretation, "MONOCHROME2");
  put(DCM_Rows, samples.rows);
  put(DCM_Columns, samples.cols);
  put(DCM_BitsAllocated, bits > 8 ? 16 : 8);
  put(DCM_BitsStored, bits);
  put(DCM_HighBit, bits - 1);
  put(DCM_PixelRepresentation, 0);
  PutPixels(*dataset, samples, bits, FindSyntaxRow(syntax));
  return dataset;
}

/// The one fragment after the offset table, which is empty or holds one frame.
Bytes Fragment(DcmDataset& dataset, TransferSyntax syntax) {
  DcmElement* element = nullptr;
  EXPECT_TRUE(dataset.findAndGetElement(DCM_PixelData, element).good());
  auto& data = dynamic_cast<DcmPixelData&>(*element);
  E_TransferSyntax xfer = EXS_Unknown;
  const DcmRepresentationParameter* how = nullptr;
  data.getCurrentRepresentationKey(xfer, how);
  EXPECT_EQ(xfer, FindSyntaxRow(syntax).xfer);
  DcmPixelSequence* sequence = nullptr;
  data.getEncapsulatedRepresentation(xfer, how, sequence);
  if (sequence == nullptr || sequence->card() != 2) {
    ADD_FAILURE() << "not one fragment";
    return {};
  }
  DcmPixelItem *table = nullptr, *item = nullptr;
  sequence->getItem(table, 0);
  EXPECT_LE(table->getLength(), 4u);
  sequence->getItem(item, 1);
  Uint8* bytes = nullptr;
  EXPECT_TRUE(item->getUint8Array(bytes).good());
  EXPECT_EQ(item->getLength() % 2, 0u);
  return {bytes, bytes + item->getLength()};
}

/// Decodes PackBits segments as PS3.5 annex G describes them, the most significant byte first.
cv::Mat1w DecodeRle(const Bytes& stream, cv::Size size) {
  const auto number = [&](std::size_t at) {
    return stream[at] | stream[at + 1] << 8 | stream[at + 2] << 16 | stream[at + 3] << 24;
  };
  cv::Mat1w picture(size, std::uint16_t{0});
  for (int segment = 0; segment < number(0); ++segment) {
    auto at = static_cast<std::size_t>(number(4 + 4 * static_cast<std::size_t>(segment)));
    Bytes bytes;
    while (bytes.size() < picture.total()) {
      const int control = static_cast<std::int8_t>(stream.at(at++));
      if (control >= 0) {
        for (int i = 0; i <= control; ++i) bytes.push_back(stream.at(at++));
      } else if (control > -128) {
        bytes.insert(bytes.end(), static_cast<std::size_t>(1 - control), stream.at(at++));
      }
    }
    for (std::size_t i = 0; i < picture.total(); ++i) {
      auto& pixel = picture.ptr<std::uint16_t>()[i];
      pixel = static_cast<std::uint16_t>(pixel << 8 | bytes[i]);
    }
  }
  return picture;
}

TEST(PutPixels, NativeSamplesAreStoredAsTheyAre) {
  for (const auto syntax : {TransferSyntax::kImplicitLittleEndian, TransferSyntax::kDeflated}) {
    const auto words = Put(Samples(16), 16, syntax);
    const Uint16* values = nullptr;
    unsigned long count = 0;
    ASSERT_TRUE(words->findAndGetUint16Array(DCM_PixelData, values, &count).good());
    ASSERT_EQ(count, Samples(16).total());
    EXPECT_TRUE(std::equal(values, values + count, Samples(16).begin()));

    const auto bytes = Put(Samples(8), 8, syntax);
    const Uint8* octets = nullptr;
    ASSERT_TRUE(bytes->findAndGetUint8Array(DCM_PixelData, octets, &count).good());
    ASSERT_EQ(count, Samples(8).total() + 1);
    EXPECT_TRUE(std::equal(octets, octets + count - 1, Samples(8).begin()));
  }
}

TEST(PutPixels, RleDecodesByTheStandard) {
  for (const int bits : {8, 12, 16}) {
    const auto dataset = Put(Samples(bits), bits, TransferSyntax::kRle);
    const Bytes stream = Fragment(*dataset, TransferSyntax::kRle);
    ASSERT_GT(stream.size(), 64u);
    EXPECT_EQ(stream[0], bits > 8 ? 2 : 1) << "segments: one for each byte of a sample";
    EXPECT_EQ(cv::norm(DecodeRle(stream, {21, 33}), Samples(bits), cv::NORM_INF), 0) << bits;
  }
}

TEST(PutPixels, BaselineJpegDecodesByLibjpeg) {
  const auto dataset = Put(SmoothSamples(), 8, TransferSyntax::kJpegBaseline);
  const cv::Mat picture =
      cv::imdecode(Fragment(*dataset, TransferSyntax::kJpegBaseline), cv::IMREAD_UNCHANGED);
  ASSERT_EQ(picture.size(), cv::Size(21, 33));
  ASSERT_EQ(picture.channels(), 1);
  cv::Mat1b truth;
  SmoothSamples().convertTo(truth, CV_8U);
  EXPECT_LE(cv::norm(picture, truth, cv::NORM_INF), 4);
}

TEST(PutPixels, CodestreamsStateTheirSizeAndKind) {
  struct Case {
    TransferSyntax syntax;
    int bits;
    Bytes start;
  };
  // ITU-T T.81 and T.87: SOI; T.800: SOC, SIZ.
  for (const auto& c : {Case{TransferSyntax::kJpegExtended, 12, {0xFF, 0xD8, 0xFF}},
                        Case{TransferSyntax::kJpegLossless, 16, {0xFF, 0xD8, 0xFF}},
                        Case{TransferSyntax::kJpegLs, 16, {0xFF, 0xD8, 0xFF}},
                        Case{TransferSyntax::kJpeg2000, 16, {0xFF, 0x4F, 0xFF, 0x51}},
                        Case{TransferSyntax::kJpeg2000Lossy, 16, {0xFF, 0x4F, 0xFF, 0x51}}}) {
    const auto dataset = Put(Samples(c.bits), c.bits, c.syntax);
    const Bytes stream = Fragment(*dataset, c.syntax);
    ASSERT_GT(stream.size(), 20u);
    EXPECT_TRUE(std::equal(c.start.begin(), c.start.end(), stream.begin()))
        << TransferSyntaxName(c.syntax);
  }
}

}  // namespace
}  // namespace mhcnn
