#include "mhcnn/data/manifest.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "mhcnn/base/error.h"
#include "mhcnn/base/file.h"
#include "mhcnn/base/text.h"
#include "mhcnn/testing/error_message.h"
#include "mhcnn/testing/scratch_folder.h"

namespace mhcnn {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using ::testing::Not;
using testing_support::ScratchFolder;

std::string ManifestError(const std::string& text) {
  const ScratchFolder folder;
  const fs::path path = folder / "m.csv";
  WriteFileAtomically(path, std::string_view(text));
  try {
    ReadManifest(path);
  } catch (const Error& e) {
    return e.what();
  }
  return "nothing thrown";
}

TEST(Manifest, RoundTrips) {
  const ScratchFolder folder;
  Sample full;
  full.image = folder / "images/1.png";
  full.dense_mask = folder / "masks/1.png#128|192";
  full.percent_density = 12.345;
  full.category = DensityCategory::kD;
  full.patient_id = "P,1";
  full.laterality = Laterality::kRight;
  full.view = View::kMLO;
  full.split = "val";
  Sample bare;
  bare.image = "/elsewhere/2.dcm";
  WriteManifest(folder / "manifest.csv", {full, bare});
  const auto read = ReadManifest(folder / "manifest.csv");
  ASSERT_EQ(read.size(), 2u);
  EXPECT_EQ(read[0].image, full.image);
  EXPECT_EQ(read[0].dense_mask, full.dense_mask);
  EXPECT_FALSE(read[0].breast_mask);
  EXPECT_NEAR(*read[0].percent_density, 12.345, 1e-9);
  EXPECT_EQ(read[0].category, DensityCategory::kD);
  EXPECT_EQ(read[0].patient_id, "P,1");
  EXPECT_EQ(read[0].laterality, Laterality::kRight);
  EXPECT_EQ(read[0].split, "val");
  EXPECT_EQ(read[1].image, bare.image);
  EXPECT_FALSE(read[1].percent_density || read[1].category);
}

TEST(Manifest, NamesLineAndColumnOfError) {
  EXPECT_THAT(ManifestError("image,categry\n"), HasSubstr("did you mean 'category'?"));
  EXPECT_THAT(ManifestError("category\na\n"), HasSubstr("no column 'image'"));
  EXPECT_THAT(ManifestError("image,percent_density\na.png,50\nb.png,101\n"),
              HasSubstr("line 3: column percent_density"));
  EXPECT_THAT(ManifestError("image,category\na.png,e\n"),
              HasSubstr("'e' is not one of a, b, c, d"));
  EXPECT_THAT(ManifestError("image,split\na.png,training\n"), HasSubstr("column split"));
  EXPECT_THAT(ManifestError("image,view\na.png\n"),
              HasSubstr("has 1 fields where the header has 2"));
  EXPECT_THAT(ManifestError(""), HasSubstr("is empty"));
}

std::vector<Sample> ParseManifest(const std::string& text) {
  const ScratchFolder folder;
  const fs::path path = folder / "m.csv";
  WriteFileAtomically(path, std::string_view(text));
  return ReadManifest(path);
}

TEST(Manifest, ReadsSpreadsheetFormats) {
  const auto german = ParseManifest(
      "Image;Percent_Density;CATEGORY;Patient ID;Laterality\r\n"
      "a.png;53,2;a;M\xFCller;r\r\nb.png; 7,5 ;D;002;\r\n;;;;\r\n");
  ASSERT_EQ(german.size(), 2u);
  EXPECT_EQ(german[0].percent_density, 53.2);
  EXPECT_EQ(german[0].patient_id, "M\u00FCller");
  EXPECT_EQ(german[0].laterality, Laterality::kRight);
  EXPECT_EQ(german[1].percent_density, 7.5);
  EXPECT_EQ(german[1].category, DensityCategory::kD);
  EXPECT_EQ(ParseManifest("image\tpercent_density\na.png\t12,345\n")[0].percent_density, 12.345);
  EXPECT_THAT(ManifestError("image,percent_density\na.png,53,2\n"),
              HasSubstr("line 2: has 3 fields where the header has 2 (separated by ',')"));
  EXPECT_THAT(ManifestError("image;dense_threshold\na.png;1,234\n"),
              HasSubstr("'1,234' may be 1.234 or 1234"));
  EXPECT_THAT(ManifestError("image,category,percent_density,Category\na.png,a,5,b\n"),
              HasSubstr("has two columns 'category' (its columns 2 and 4)"));
  EXPECT_THAT(ManifestError("image,split\n\n\"a\nb.png\",\nc.png,x\n"), HasSubstr("line 5: "));
}

TEST(Manifest, ReadsCategoriesAsLettersAndNumbers) {
  const auto read = ParseManifest("image,category\na,1\nb, BI-RADS b\nc,3\nd,acr D\ne,\n");
  ASSERT_EQ(read.size(), 5u);
  for (const DensityCategory c : kDensityCategories)
    EXPECT_EQ(read[static_cast<std::size_t>(ToIndex(c))].category, c) << ToLetter(c);
  EXPECT_FALSE(read[4].category);
  for (const char* text : {"0", "5", "BI-RADS 0", "2.5"}) {
    EXPECT_THAT(ManifestError(std::string("image,category\na,b\nc,") + text + "\n"),
                HasSubstr(std::string("line 3: column category: '") + text + "' is not one of"));
  }
}

TEST(Manifest, RefusesFractionsAsPercents) {
  const char* refused = "looks like fractions";
  EXPECT_THAT(ManifestError("image,percent_density\na,0.5\nb,0.161\nc,0.3\n"), HasSubstr(refused));
  EXPECT_THAT(ManifestError("image;percent_density\na;0,5\nb;1\nc;0\n"), HasSubstr(refused));
  EXPECT_THAT(ManifestError("image,percent_density,category\na,0.3,c\n"), HasSubstr(refused));
  EXPECT_EQ(ParseManifest("image,percent_density,category\na,0.3,a\n").size(), 1u);
  EXPECT_EQ(ParseManifest("image,percent_density\na,0.5\nb,0\nc,1.2\n").size(), 3u);
  EXPECT_EQ(ParseManifest("image,percent_density\na,0\nb,0\nc,0\n").size(), 3u);
  const auto fat = ParseManifest("image,percent_density\na,0.5%\nb,0.2\nc,\"0,9 %\"\n");
  EXPECT_EQ(fat[0].percent_density, 0.5);
  EXPECT_EQ(fat[2].percent_density, 0.9);
}

TEST(Manifest, PercentSignAppliesToItsValueOnly) {
  std::string text = "image,percent_density,category\n";
  for (int i = 0; i < 30; ++i)
    text += "p" + std::to_string(i) + "," + std::to_string(20 + i) + ",c\n";
  for (int i = 0; i < 30; ++i)
    text += "f" + std::to_string(i) + ",0." + std::to_string(20 + i) + ",c\n";
  EXPECT_THAT(ManifestError(text), HasSubstr("looks like two units: 30 of 60 values of the"));
  EXPECT_THAT(ManifestError(text + "s,25%,c\n"), HasSubstr("looks like two units"));
}

TEST(Manifest, ReadsItsOwnOutput) {
  const ScratchFolder folder;
  std::vector<Sample> samples(4);
  for (std::size_t i = 0; i < samples.size(); ++i) {
    samples[i].image = folder / std::to_string(i);
    samples[i].percent_density = 0.5 + 0.1 * static_cast<double>(i);
  }
  WriteManifest(folder / "m.csv", samples);
  EXPECT_THAT(ReadTextFile(folder / "m.csv"), HasSubstr("\n0,,,,0.500%,"));
  EXPECT_NEAR(*ReadManifest(folder / "m.csv")[3].percent_density, 0.8, 1e-9);
  // Above 1 the values speak for themselves.
  for (Sample& sample : samples) *sample.percent_density += 0.4;
  WriteManifest(folder / "m.csv", samples);
  EXPECT_THAT(ReadTextFile(folder / "m.csv"), Not(HasSubstr("%")));
  EXPECT_EQ(ReadManifest(folder / "m.csv").size(), 4u);
}

TEST(Manifest, RoundTripsNamesOfAnyBytes) {
  const ScratchFolder folder;
  Sample sample;
  sample.image = folder / "M\xFCller.png";
  sample.patient_id = "=cmd|'/c calc'";
  WriteFileAtomically(sample.image, std::string_view("x"));
  WriteManifest(folder / "m.csv", {sample});
  const std::string text = ReadTextFile(folder / "m.csv");
  EXPECT_TRUE(IsUtf8(text));
  EXPECT_THAT(text, HasSubstr("\nM\\xFCller.png,"));
  EXPECT_THAT(text, HasSubstr(",\\x3Dcmd|"));
  const auto read = ReadManifest(folder / "m.csv");
  EXPECT_EQ(read[0].image, sample.image);
  EXPECT_EQ(read[0].patient_id, sample.patient_id);
}

TEST(ReaderColumns, RoundTripAndAreWrittenIfUsed) {
  const ScratchFolder folder;
  const fs::path path = folder / "m.csv";
  Sample one;
  one.image = path.parent_path() / "1.png";
  WriteManifest(path, {one});
  EXPECT_THAT(ReadTextFile(path), Not(HasSubstr("reader")));
  Sample two = one;
  two.reader = "anna, B.";
  two.breast_mask = path.parent_path() / "b.png";
  two.dense_threshold = 2250.5;
  WriteManifest(path, {one, two});
  const auto read = ReadManifest(path);
  ASSERT_EQ(read.size(), 2u);
  EXPECT_EQ(read[0].reader, "");
  EXPECT_FALSE(read[0].dense_threshold);
  EXPECT_EQ(read[1].image, read[0].image);
  EXPECT_EQ(read[1].reader, "anna, B.");
  EXPECT_EQ(*read[1].dense_threshold, 2250.5);

  const auto refusal = [&](const std::string& text) {
    WriteFileAtomically(path, text);
    return testing_support::ErrorMessage([&] { ReadManifest(path); }, ErrorCode::kUsage);
  };
  EXPECT_THAT(refusal("image,dense_threshold\n1.png,70000\n"),
              HasSubstr("line 2: column dense_threshold: '70000' is not a number in 0..65535"));
  EXPECT_THAT(refusal("image,dense_mask,dense_threshold\n1.png,d.png,100\n"),
              HasSubstr("line 2: has both a dense_mask and a dense_threshold"));
}

}  // namespace
}  // namespace mhcnn
