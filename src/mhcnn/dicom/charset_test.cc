#include "mhcnn/dicom/charset.h"

#include <gtest/gtest.h>

#include "mhcnn/dicom/reader.h"
#include "mhcnn/testing/header_changes.h"

namespace mhcnn {
namespace {

using testing_support::Metadata;
using testing_support::Set;

// Bytes from Python's codecs: "text".encode(codec). Those of ISO 2022 are the examples of PS3.5
// annexes H, I and K.
struct Encoded {
  std::vector<std::string> terms;
  std::string bytes, text;
};

std::vector<Encoded> EncodedTexts() {
  return {
      {{"ISO_IR 100"}, "M\xFCller", "Müller"},
      {{"ISO_IR 101"}, "\xA3\xF3\x64\xBC", "Łódź"},
      {{"ISO_IR 109"}, "\xA9", "İ"},
      {{"ISO_IR 110"}, "\xA9\xEA", "Šę"},
      {{"ISO_IR 144"}, "\xB8\xD2\xD0\xDD\xDE\xD2", "Иванов"},
      {{"ISO_IR 127"}, "\xC2\xD1", "آر"},
      {{"ISO_IR 126"}, "\xCC\xC1\xD3\xD4\xCF\xD3", "ΜΑΣΤΟΣ"},
      {{"ISO_IR 138"}, "\xF9\xE3", "שד"},
      {{"ISO_IR 148"}, "\xDDlk", "İlk"},
      {{"ISO_IR 203"}, "\xA4", "€"},
      {{"ISO_IR 13"}, "\xD4\xCF\xC0\xDE", "ﾔﾏﾀﾞ"},
      {{"ISO_IR 166"}, "\xE0\xB5\xE9\xD2\xB9\xC1", "เต้านม"},
      {{"ISO_IR 192"}, "\xE7\x8E\x8B", "王"},
      {{"GB18030"}, "\xCD\xF5\xD0\xA1\xB6\xAB", "王小东"},
      {{"GB18030"}, "\x81\x30\x88\x34", "Ð"},  // a character of four bytes
      {{"GBK"}, "\x81\x5C", "乗"},             // the second byte is that of a backslash
      {{"", "ISO 2022 IR 87"}, "\x1B$B;3ED\x1B(B^\x1B$BB@O:\x1B(B", "山田^太郎"},
      {{"ISO 2022 IR 13", "ISO 2022 IR 87"},
       "\xD4\xCF\xC0\xDE^\xC0\xDB\xB3=\x1B$B;3ED\x1B(J^\x1B$BB@O:\x1B(J",
       "ﾔﾏﾀﾞ^ﾀﾛｳ=山田^太郎"},
      {{"", "ISO 2022 IR 87"}, "\x1B$B\x30\x5C\x1B(B", "移"},  // holds the code of a backslash
      {{"", "ISO 2022 IR 159"}, "\x1B$(D\x30\x21\x1B(B", "丂"},
      {{"", "ISO 2022 IR 149"}, "\x1B$)C\xB1\xE8^\x1B$)C\xC8\xF1\xC1\xDF", "김^희중"},
      {{"", "ISO 2022 IR 58"}, "\x1B$)A\xCD\xF5^\x1B$)A\xD0\xA1\xB6\xAB", "王^小东"},
      {{"ISO 2022 IR 6", "ISO 2022 IR 144"}, "\x1B-L\xB8\xD2", "Ив"},
      // Terms in other spellings, none, or wrong ones.
      {{"iso-ir 144"}, "\xB8\xD2", "Ив"},
      {{"UTF-8"}, "\xD0\x98", "И"},
      {{}, "M\xC3\xBCller", "Müller"},
      {{"ISO_IR 100"}, "M\xC3\xBCller", "Müller"},
      {{}, "\x1B$B;3ED\x1B(B", "山田"},
  };
}

TEST(CharacterSets, AreDecodedIntoUtf8) {
  for (const auto& [terms, bytes, text] : EncodedTexts()) {
    EXPECT_EQ(DecodeText(bytes, terms), text) << testing::PrintToString(terms);
  }
  EXPECT_EQ(DecodeText("plain", {"GB18030"}), "plain");
  EXPECT_EQ(DecodeText("\xFF\xFF", {"GB18030"}), "\xFF\xFF");
}

TEST(CharacterSets, ReadsCharacterSetFromFile) {
  for (const auto& [terms, bytes, text] : EncodedTexts()) {
    std::string value;
    for (std::size_t i = 0; i < terms.size(); ++i) value += (i > 0 ? "\\" : "") + terms[i];
    const auto metadata =
        Metadata({Set(DCM_SpecificCharacterSet, value), Set(DCM_PatientID, bytes)});
    EXPECT_EQ(metadata.patient_id, text) << value;
  }
}

TEST(CharacterSets, SplitsValuesAfterDecoding) {
  const auto metadata = Metadata(
      {Set(DCM_SpecificCharacterSet, "GBK"), Set(DCM_ManufacturerModelName, "\x81\x5C\\second")});
  EXPECT_EQ(metadata.manufacturer_model, "乗");
}

using Bytes = std::vector<std::uint8_t>;

}  // namespace
}  // namespace mhcnn
