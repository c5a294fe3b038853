// Files whose bytes differ from what their headers say: the same picture as stored plainly, with a
// flag; and pictures that are cut short, refused as before.
#include "mhcnn/dicom/structure.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "mhcnn/base/file.h"
#include "mhcnn/dicom/file_meta.h"
#include "mhcnn/dicom/reader.h"
#include "mhcnn/dicom/writer.h"
#include "mhcnn/testing/dicom_files.h"
#include "mhcnn/testing/odd_files.h"

namespace mhcnn {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;
using testing_support::Disc;
using testing_support::OddFile;
using Bytes = std::vector<std::uint8_t>;
constexpr int kRows = 64, kColumns = 49;

TEST_F(OddFile, UsualFilesAreNotOdd) {
  for (const TransferSyntax syntax : AllTransferSyntaxes()) {
    const Bytes file = Written(syntax, 8);
    const DicomStructure structure = ReadDicomStructure(file);
    EXPECT_FALSE(structure.odd) << TransferSyntaxName(syntax);
    EXPECT_THAT(structure.flags, IsEmpty()) << TransferSyntaxName(syntax);
  }
}

TEST_F(OddFile, DetectsActualCodecDespiteHeader) {
  const std::vector<std::pair<TransferSyntax, std::string>> stored = {
      {TransferSyntax::kRle, kRle},
      {TransferSyntax::kJpegBaseline, kBaseline},
      {TransferSyntax::kJpegLossless, kLossless},
      {TransferSyntax::kJpegLs, kLs},
      {TransferSyntax::kJpeg2000, kJ2k}};
  for (const auto& [syntax, own] : stored) {
    const Bytes data = GetDataSet(Written(syntax, 8));
    for (const char* says : {kExplicit, kBaseline, kLossless, kLs, kJ2k, kHtj2k, kRle, kImplicit}) {
      SCOPED_TRACE(std::string(TransferSyntaxName(syntax)) + " said to be " + says);
      if (says == own) {
        EXPECT_THAT(Read(File(says, data)), IsEmpty());
      } else {
        EXPECT_THAT(Read(File(says, data)), ElementsAre("syntax_conflict"));
      }
    }
  }
}

TEST_F(OddFile, ReadsUncompressedDataDeclaredCompressed) {
  for (const int bits : {8, 12}) {
    const Bytes data = GetDataSet(Written(TransferSyntax::kExplicitLittleEndian, bits));
    for (const char* says : {kRle, kJ2k, kLossless, kLs, kHtj2k}) {
      EXPECT_THAT(Read(File(says, data)), ElementsAre("syntax_conflict")) << says;
    }
  }
}

TEST_F(OddFile, SamplesWithinItems) {
  const Bytes data = GetDataSet(Written(TransferSyntax::kExplicitLittleEndian));
  const std::size_t value = PixelValue(data);
  Bytes items(data.begin(), data.begin() + static_cast<std::ptrdiff_t>(value));
  std::fill(items.end() - 4, items.end(), 0xFF);
  for (const int byte : {0xFE, 0xFF, 0, 0xE0, 0, 0, 0, 0, 0xFE, 0xFF, 0, 0xE0}) {
    items.push_back(static_cast<std::uint8_t>(byte));
  }
  items.insert(items.end(), data.begin() + static_cast<std::ptrdiff_t>(value) - 4, data.end());
  const Bytes open = items;
  for (const int byte : {0xFE, 0xFF, 0xDD, 0xE0, 0, 0, 0, 0}) {
    items.push_back(static_cast<std::uint8_t>(byte));
  }
  for (const char* says : {kRle, kExplicit}) {
    EXPECT_THAT(Read(File(says, items)), ElementsAre("syntax_conflict"));
    EXPECT_THAT(Read(File(says, open)), ElementsAre("syntax_conflict", "end_missing"));
  }
  // As VR UN, of undefined length (PS3.5 6.2.2), with items and without.
  items[value - 8] = 'U', items[value - 7] = 'N';
  EXPECT_THAT(Read(File(kExplicit, items)), ElementsAre("syntax_conflict"));
  Bytes bare(data.begin(), data.end());
  std::fill_n(bare.begin() + static_cast<std::ptrdiff_t>(value) - 4, 4, std::uint8_t{0xFF});
  bare[value - 8] = 'U', bare[value - 7] = 'N';
  bare.insert(bare.end(), items.end() - 8, items.end());
  EXPECT_THAT(Read(File(kExplicit, bare)), IsEmpty());
}

TEST_F(OddFile, PixelDataOfAnyVr) {
  for (const int bits : {8, 12}) {
    for (const std::string vr : {"UN", "OB", "OW", "OF"}) {
      Bytes data = GetDataSet(Written(TransferSyntax::kExplicitLittleEndian, bits));
      std::copy(vr.begin(), vr.end(),
                data.begin() + static_cast<std::ptrdiff_t>(PixelValue(data)) - 8);
      EXPECT_THAT(Read(File(kExplicit, data)), IsEmpty()) << vr << bits;
    }
  }
}

TEST_F(OddFile, DetectsActualElementCodingDespiteHeader) {
  const Bytes implicit = GetDataSet(Written(TransferSyntax::kImplicitLittleEndian));
  const Bytes with_vr = GetDataSet(Written(TransferSyntax::kExplicitLittleEndian));
  const Bytes deflated = GetDataSet(Written(TransferSyntax::kDeflated));
  // The toolkit writes what the program does not.
  {
    const auto file = LoadDicom(folder_ / "whole.dcm");
    file->loadAllDataIntoMemory();
    file->saveFile(OFFilename((folder_ / "big.dcm").c_str()), EXS_BigEndianExplicit);
  }
  const Bytes big = GetDataSet(ReadFile(folder_ / "big.dcm"));
  const std::vector<std::pair<const char*, const Bytes*>> stored = {
      {kImplicit, &implicit}, {kExplicit, &with_vr}, {kBig, &big}, {kDeflated, &deflated}};
  for (const auto& [own, data] : stored) {
    for (const char* says : {kImplicit, kExplicit, kBig, kDeflated}) {
      SCOPED_TRACE(std::string(own) + " said to be " + says);
      EXPECT_EQ(Read(File(says, *data)).empty(), own == says);
    }
  }
}

TEST_F(OddFile, BytesBehindTheDataSet) {
  const std::vector<std::string> strays = {"\r\n",
                                           "\n",
                                           std::string(1, '\0'),
                                           std::string(7, '\0'),
                                           std::string(512, '\0'),
                                           "-- \nThis text was added by a gateway.\n",
                                           std::string(100, '\xFF'),
                                           std::string("\xFE\xFF\xDD\xE0\0\0\0\0", 8)};
  for (const TransferSyntax syntax : AllTransferSyntaxes()) {
    const Bytes file = Written(syntax, 8);
    for (const std::string& stray : strays) {
      SCOPED_TRACE(std::string(TransferSyntaxName(syntax)) + " and " +
                   std::to_string(stray.size()));
      // One zero is padding where the data set is deflated.
      if (syntax == TransferSyntax::kDeflated && stray.size() < 2) continue;
      Bytes longer = file;
      longer.insert(longer.end(), stray.begin(), stray.end());
      EXPECT_THAT(Read(longer), ElementsAre("trailing_bytes"));
    }
    // A whole file behind it.
    Bytes twice = file;
    twice.insert(twice.end(), file.begin(), file.end());
    EXPECT_THAT(Read(twice), ElementsAre("trailing_bytes"));
  }
}

TEST_F(OddFile, ElementsBehindThePixelDataAreNoStrayBytes) {
  Bytes file = Written(TransferSyntax::kExplicitLittleEndian);
  for (const int byte :
       {0xFC, 0xFF, 0xFC, 0xFF, int{'O'}, int{'B'}, 0, 0, 4, 0, 0, 0, 0, 0, 0, 0}) {
    file.push_back(static_cast<std::uint8_t>(byte));
  }
  EXPECT_THAT(Read(file), IsEmpty());
}

TEST_F(OddFile, ReadsWithoutItemDelimiter) {
  for (const TransferSyntax syntax :
       {TransferSyntax::kRle, TransferSyntax::kJpegLossless, TransferSyntax::kJpegLs,
        TransferSyntax::kJpegBaseline, TransferSyntax::kJpeg2000}) {
    const Bytes file = Written(syntax, 8);
    for (std::size_t gone = 1; gone <= 8; ++gone) {
      SCOPED_TRACE(std::string(TransferSyntaxName(syntax)) + " " + std::to_string(gone));
      EXPECT_THAT(Read(Bytes(file.begin(), file.end() - static_cast<std::ptrdiff_t>(gone))),
                  ElementsAre("end_missing"));
    }
    Bytes zeros(file.begin(), file.end() - 8);
    zeros.resize(zeros.size() + 8);
    EXPECT_THAT(Read(zeros), UnorderedElementsAre("end_missing", "trailing_bytes"));
  }
}

TEST_F(OddFile, PaddingOfTheSamplesIsMissing) {
  // 64 x 49 samples of 8 bits are even; 63 x 49 are not.
  DicomWriteOptions options;
  WriteDicomMammogram(folder_ / "whole.dcm", Disc(63, kColumns, 8), options);
  plain_ = ReadDicomMammogram(folder_ / "whole.dcm").pixels;
  Bytes file = ReadFile(folder_ / "whole.dcm");
  file.pop_back();
  EXPECT_THAT(Read(file), ElementsAre("end_missing"));
  file.pop_back();
  EXPECT_NE(Refusal(file), "read");
}

TEST_F(OddFile, CutShortIsRefusedThoughOddOtherwise) {
  for (const TransferSyntax syntax : AllTransferSyntaxes()) {
    const Bytes data = GetDataSet(Written(syntax, 8));
    for (const char* says : {kExplicit, kImplicit, kRle, kJ2k, kLossless, kHtj2k}) {
      for (const std::size_t gone : {std::size_t{12}, std::size_t{100}, data.size() / 2}) {
        const Bytes cut(data.begin(), data.end() - static_cast<std::ptrdiff_t>(gone));
        EXPECT_NE(Refusal(File(says, cut)), "read")
            << TransferSyntaxName(syntax) << " said to be " << says << " less " << gone;
      }
    }
  }
}

TEST_F(OddFile, CodestreamWithoutItems) {
  const Bytes data = GetDataSet(Written(TransferSyntax::kJpeg2000));
  const auto layout = WalkElements(data, {true, false});
  const ByteRange stream = layout.pixels->parts.at(1);
  Bytes bare(data.begin(), data.begin() + static_cast<std::ptrdiff_t>(PixelValue(data)));
  for (std::size_t i = 0; i < 4; ++i) {
    bare[bare.size() - 4 + i] = static_cast<std::uint8_t>(stream.size >> (8 * i));
  }
  bare.insert(bare.end(), data.begin() + static_cast<std::ptrdiff_t>(stream.at),
              data.begin() + static_cast<std::ptrdiff_t>(stream.at + stream.size));
  for (const char* says : {kJ2k, kExplicit}) {
    EXPECT_THAT(Read(File(says, bare)), ElementsAre("syntax_conflict"));
  }
}

}  // namespace
}  // namespace mhcnn
