// Text in every character set, body parts in other languages, the side within a view, and a VR that
// is not known.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "mhcnn/base/error.h"
#include "mhcnn/base/file.h"
#include "mhcnn/dicom/body_part.h"
#include "mhcnn/dicom/charset.h"
#include "mhcnn/dicom/reader.h"
#include "mhcnn/dicom/unknown_vr.h"
#include "mhcnn/dicom/view_codes.h"
#include "mhcnn/dicom/writer.h"
#include "mhcnn/testing/dicom_files.h"
#include "mhcnn/testing/scratch_folder.h"

namespace mhcnn {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::Not;
using testing_support::Disc;
using testing_support::ScratchFolder;
using testing_support::WriteChanged;
using Change = std::function<void(DcmDataset&)>;

Change Set(const DcmTagKey& key, const std::string& value) {
  return [=](DcmDataset& d) { d.putAndInsertString(key, value.c_str()); };
}

MammogramMetadata Facts(const std::vector<Change>& changes) {
  const ScratchFolder folder;
  WriteChanged(folder / "a.dcm", [&](DcmDataset& d) {
    for (const Change& change : changes) change(d);
  });
  return ReadMammogram(folder / "a.dcm").facts;
}

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

TEST(CharacterSets, OfAFile) {
  for (const auto& [terms, bytes, text] : EncodedTexts()) {
    std::string value;
    for (std::size_t i = 0; i < terms.size(); ++i) value += (i > 0 ? "\\" : "") + terms[i];
    const auto facts = Facts({Set(DCM_SpecificCharacterSet, value), Set(DCM_PatientID, bytes)});
    EXPECT_EQ(facts.patient_id, text) << value;
  }
}

TEST(CharacterSets, ValuesArePartedAfterDecoding) {
  const auto facts = Facts(
      {Set(DCM_SpecificCharacterSet, "GBK"), Set(DCM_ManufacturerModelName, "\x81\x5C\\second")});
  EXPECT_EQ(facts.manufacturer_model, "乗");
}

TEST(BodyParts, BreastInOtherLanguages) {
  for (const char* word : {"BREAST",
                           "Brust",
                           "BRUST LINKS",
                           "MAMMA",
                           "MAMA",
                           "mama direita",
                           "MAMA_IZQ",
                           "SENO",
                           "SENO DX",
                           "SEIN",
                           "Sein gauche",
                           "SEINS",
                           "SEIO",
                           "GRUDI",
                           "ГРУДЬ",
                           "молочная железа",
                           "МОЛОЧНІ ЗАЛОЗИ",
                           "ΜΑΣΤΟΣ",
                           "μαστός",
                           "Μαστοί",
                           "乳房",
                           "乳腺",
                           "マンモグラフィ",
                           "유방",
                           "الثدي",
                           "שד",
                           "स्तन",
                           "เต้านม",
                           "BRÖST",
                           "Bröstet",
                           "BRYST",
                           "brjóst",
                           "BORST",
                           "PIERŚ",
                           "piersi",
                           "PRS",
                           "PRSNÍK",
                           "DOJKA",
                           "EMLŐ",
                           "emlő",
                           "MELL",
                           "SÂN",
                           "MEME",
                           "RINTA",
                           "KRŪTIS",
                           "RIND",
                           "MAMMOGRAPHIE",
                           "MAMOGRAFIA",
                           "GLÁNDULA MAMARIA",
                           "BULARRA",
                           "PAYUDARA",
                           "ＢＲＥＡＳＴ",
                           "BRUSTDRÜSE",
                           "SE\xCC\x81IN"}) {
    EXPECT_EQ(ReadBodyPart(word), BodyPart::kBreast) << word;
  }
}

TEST(BodyParts, OtherPartsAreNotTheBreast) {
  for (const char* word : {"CHEST",
                           "HAND",
                           "BRUSTKORB",
                           "BRUSTWIRBELSÄULE",
                           "SENOS PARANASALES",
                           "SENO FRONTAL",
                           "KLATKA PIERSIOWA",
                           "TÓRAX",
                           "THORAX",
                           "POITRINE",
                           "ГРУДНАЯ КЛЕТКА",
                           "RINTAKEHÄ",
                           "MELLKAS",
                           "乳突",
                           "PROSTATE",
                           "PELVIS",
                           "胸部",
                           "LSPINE",
                           "BRONCHUS",
                           "XYZZY"}) {
    EXPECT_NE(ReadBodyPart(word), BodyPart::kBreast) << word;
  }
  EXPECT_EQ(ReadBodyPart("THORAX"), BodyPart::kOther);
  EXPECT_EQ(ReadBodyPart("XYZZY"), BodyPart::kUnknown);
  EXPECT_EQ(ReadBodyPart(""), BodyPart::kNone);
}

/// A CR image of a body part, in a view.
std::vector<Change> Cr(const std::string& set, const std::string& part, const std::string& view) {
  return {Set(DCM_Modality, "CR"),
          Set(DCM_SOPClassUID, UID_ComputedRadiographyImageStorage),
          Set(DCM_SpecificCharacterSet, set),
          Set(DCM_BodyPartExamined, part),
          Set(DCM_ViewPosition, view),
          [](DcmDataset& d) {
            d.findAndDeleteElement(DCM_ViewCodeSequence);
            d.findAndDeleteElement(DCM_AnatomicRegionSequence);
          }};
}

TEST(BodyParts, OfAFile) {
  for (const auto& [set, part] : {std::pair{"", "MAMA"},
                                  {"ISO_IR 100", "SE\xCDO"},
                                  {"ISO_IR 126", "\xCC\xC1\xD3\xD4\xCF\xD3"},
                                  {"GB18030", "\xC8\xE9\xB7\xBF"},
                                  {"ISO_IR 192", "乳房"}}) {
    const auto facts = Facts(Cr(set, part, ""));
    EXPECT_THAT(facts.flags, Not(Contains("mammogram_not_stated"))) << part;
  }
  // A word that is not known: the view tells, where mammography alone has it.
  EXPECT_THAT(Facts(Cr("", "XYZZY", "MLO")).flags, Contains("mammogram_not_stated"));
  for (const auto& [part, view] : {std::pair{"XYZZY", "PA"}, {"THORAX", "CC"}, {"BRUSTKORB", ""}}) {
    try {
      Facts(Cr("", part, view));
      ADD_FAILURE() << part << " was read";
    } catch (const Error& e) {
      EXPECT_EQ(e.code(), ErrorCode::kOutOfScope);
      EXPECT_THAT(e.problem(), HasSubstr(part));
    }
  }
}

TEST(ViewWords, WithTheSide) {
  const auto expect = [](const char* word, const char* view, Laterality side) {
    const ViewWord read = ReadViewWord(word);
    ASSERT_NE(read.code, nullptr) << word;
    EXPECT_STREQ(read.code->word, view) << word;
    EXPECT_EQ(read.side, side) << word;
  };
  constexpr auto kRight = Laterality::kRight, kLeft = Laterality::kLeft,
                 kNone = Laterality::kUnknown;
  for (const char* word : {"RMLO", "R MLO", "R-MLO", "r_mlo", "MLO R", "MLO-R", "MLOR", "RIGHT MLO",
                           "MLO RIGHT", "RT MLO", "RMLOID", "R MLO ID"}) {
    expect(word, "MLO", kRight);
  }
  for (const char* word : {"LCC", "L CC", "LEFT CC", "CC L", "CC LT", "LCCM"}) {
    expect(word, "CC", kLeft);
  }
  expect("RXCCL", "XCCL", kRight);
  expect("LXCCL", "XCCL", kLeft);
  expect("LML", "ML", kLeft);
  expect("RLM", "LM", kRight);
  expect("LM", "LM", kNone);
  expect("LMO", "LMO", kNone);
  expect("XCCL", "XCCL", kNone);
  expect("MLO", "MLO", kNone);
  for (const char* word : {"", "PA", "RL", "LL", "RLD", "LEFT"}) {
    EXPECT_EQ(ReadViewWord(word).code, nullptr) << word;
  }
}

TEST(ViewWords, SideOfAFile) {
  const Change no_side = [](DcmDataset& d) {
    d.findAndDeleteElement(DCM_ImageLaterality);
    d.findAndDeleteElement(DCM_Laterality);
    d.findAndDeleteElement(DCM_ViewCodeSequence);
    Set(DCM_ViewPosition, "RMLO")(d);
  };
  const auto read = Facts({no_side});
  EXPECT_EQ(read.laterality, Laterality::kRight);
  EXPECT_EQ(read.view, View::kMLO);
  const auto both = Facts({no_side, Set(DCM_ImageLaterality, "L")});
  EXPECT_EQ(both.laterality, Laterality::kLeft);
  EXPECT_THAT(both.flags, Contains("laterality_conflict"));
}

using Bytes = std::vector<std::uint8_t>;

/// A file with private elements of a VR that is not known, before its series.
Bytes WithUnknown(const ScratchFolder& folder, TransferSyntax syntax, const std::string& elements) {
  DicomWriteOptions options;
  options.syntax = syntax;
  WriteDicomMammogram(folder / "a.dcm", Disc(64, 48, 8), options);
  Bytes bytes = ReadFile(folder / "a.dcm");
  const Bytes series = {0x20, 0, 0x0D, 0, 'U', 'I'};
  const auto at = std::search(bytes.begin(), bytes.end(), series.begin(), series.end());
  EXPECT_NE(at, bytes.end());
  bytes.insert(at, elements.begin(), elements.end());
  return bytes;
}

std::string Element(int element, const std::string& vr, const std::string& value, bool is_long) {
  std::string bytes = {0x19, 0, static_cast<char>(element), 0x10};
  bytes += vr;
  const char length = static_cast<char>(value.size());
  bytes += is_long ? std::string{0, 0, length, 0, 0, 0} : std::string{length, 0};
  return bytes + value;
}

TEST(UnknownVr, IsSteppedOver) {
  const ScratchFolder folder;
  const GreyImage expected = Disc(64, 48, 8).pixels;
  const std::vector<std::string> kinds = {
      Element(1, "XX", "ABCD", false),
      Element(1, "XX", "ABCD", true),
      Element(1, "XX", "", false),
      Element(1, "xx", "ABCD", false),
      Element(1, "??", "AB", false),
      Element(1, std::string(2, '\0'), "ABCD", false),
      Element(1, "OX", "ABCDEFGH", true),
      Element(1, "XX", "AB", false) + Element(2, "YY", "CD", true) + Element(3, "ZZ", "", false)};
  for (const auto syntax : {TransferSyntax::kExplicitLittleEndian, TransferSyntax::kJpegLossless,
                            TransferSyntax::kJpeg2000}) {
    for (std::size_t i = 0; i < kinds.size(); ++i) {
      WriteFileAtomically(folder / "b.dcm", WithUnknown(folder, syntax, kinds[i]));
      const Mammogram read = ReadMammogram(folder / "b.dcm");
      EXPECT_EQ(cv::norm(read.pixels, expected, cv::NORM_INF), 0) << i;
      EXPECT_EQ(read.facts.patient_id, "P-7");
      EXPECT_FALSE(read.facts.series_uid.empty());
    }
  }
}

TEST(UnknownVr, NothingIsChangedWithoutOne) {
  const ScratchFolder folder;
  EXPECT_TRUE(
      NameUnknownVrs(WithUnknown(folder, TransferSyntax::kExplicitLittleEndian, "")).empty());
  EXPECT_TRUE(NameUnknownVrs(Bytes(4000)).empty());
  EXPECT_TRUE(NameUnknownVrs({}).empty());
}

}  // namespace
}  // namespace mhcnn
