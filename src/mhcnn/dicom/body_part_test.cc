#include "mhcnn/dicom/body_part.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "mhcnn/base/error.h"
#include "mhcnn/dicom/reader.h"
#include "mhcnn/testing/header_changes.h"

namespace mhcnn {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::Not;
using testing_support::Change;
using testing_support::Metadata;
using testing_support::Set;

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

TEST(BodyParts, ReadsBodyPartFromFile) {
  for (const auto& [set, part] : {std::pair{"", "MAMA"},
                                  {"ISO_IR 100", "SE\xCDO"},
                                  {"ISO_IR 126", "\xCC\xC1\xD3\xD4\xCF\xD3"},
                                  {"GB18030", "\xC8\xE9\xB7\xBF"},
                                  {"ISO_IR 192", "乳房"}}) {
    const auto metadata = Metadata(Cr(set, part, ""));
    EXPECT_THAT(metadata.flags, Not(Contains("mammogram_not_stated"))) << part;
  }
  // A word that is not known: the view tells, where mammography alone has it.
  EXPECT_THAT(Metadata(Cr("", "XYZZY", "MLO")).flags, Contains("mammogram_not_stated"));
  for (const auto& [part, view] : {std::pair{"XYZZY", "PA"}, {"THORAX", "CC"}, {"BRUSTKORB", ""}}) {
    try {
      Metadata(Cr("", part, view));
      ADD_FAILURE() << part << " was read";
    } catch (const Error& e) {
      EXPECT_EQ(e.code(), ErrorCode::kOutOfScope);
      EXPECT_THAT(e.problem(), HasSubstr(part));
    }
  }
}

}  // namespace
}  // namespace mhcnn
