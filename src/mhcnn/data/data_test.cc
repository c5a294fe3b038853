#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <set>

#include "mhcnn/base/csv.h"
#include "mhcnn/base/error.h"
#include "mhcnn/base/file.h"
#include "mhcnn/base/text.h"
#include "mhcnn/data/manifest.h"
#include "mhcnn/data/masks.h"
#include "mhcnn/data/split.h"
#include "mhcnn/image/file_io.h"

namespace mhcnn {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

fs::path Folder(const std::string& name) {
  const fs::path folder =
      fs::path(::testing::TempDir()) / (name + "-" + std::to_string(::getpid()));
  fs::remove_all(folder);
  fs::create_directories(folder);
  return folder;
}

std::string ManifestError(const std::string& text) {
  const fs::path path = Folder("manifest") / "m.csv";
  WriteFileAtomically(path, std::string_view(text));
  try {
    ReadManifest(path);
  } catch (const Error& e) {
    return e.what();
  }
  return "nothing thrown";
}

TEST(Csv, FollowsRfc4180) {
  const auto rows = ParseCsv(
      "\xEF\xBB\xBF"
      "a,\"b \"\"q\"\", c\"\r\n\"two\nlines\",\r\n");
  ASSERT_EQ(rows.size(), 2u);
  EXPECT_THAT(rows[0], ElementsAre("a", "b \"q\", c"));
  EXPECT_THAT(rows[1], ElementsAre("two\nlines", ""));
  EXPECT_EQ(CsvLine({"x,y", "say \"hi\"", "plain"}), "\"x,y\",\"say \"\"hi\"\"\",plain\n");
  EXPECT_THROW(ParseCsv("\"open"), Error);
  const std::vector<std::string> odd = {"", "a\r\nb", "\"", ","};
  EXPECT_EQ(ParseCsv(CsvLine(odd)).at(0), odd);
}

TEST(Manifest, SurvivesWritingAndReading) {
  const fs::path folder = Folder("roundtrip");
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

TEST(Manifest, SaysLineAndColumnOfWhatIsWrong) {
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

std::vector<Sample> ManifestOf(const std::string& text) {
  const fs::path path = Folder("manifest") / "m.csv";
  WriteFileAtomically(path, std::string_view(text));
  return ReadManifest(path);
}

TEST(Manifest, IsReadAsSpreadsheetsSaveIt) {
  const auto german = ManifestOf(
      "Image;Percent_Density;CATEGORY;Patient ID;Laterality\r\n"
      "a.png;53,2;a;M\xFCller;r\r\nb.png; 7,5 ;D;002;\r\n;;;;\r\n");
  ASSERT_EQ(german.size(), 2u);
  EXPECT_EQ(german[0].percent_density, 53.2);
  EXPECT_EQ(german[0].patient_id, "M\u00FCller");
  EXPECT_EQ(german[0].laterality, Laterality::kRight);
  EXPECT_EQ(german[1].percent_density, 7.5);
  EXPECT_EQ(german[1].category, DensityCategory::kD);
  EXPECT_EQ(ManifestOf("image\tpercent_density\na.png\t12,345\n")[0].percent_density, 12.345);
  EXPECT_THAT(ManifestError("image,percent_density\na.png,53,2\n"),
              HasSubstr("line 2: has 3 fields where the header has 2 (separated by ',')"));
  EXPECT_THAT(ManifestError("image;dense_threshold\na.png;1,234\n"),
              HasSubstr("'1,234' may be 1.234 or 1234"));
  EXPECT_THAT(ManifestError("image,category,percent_density,Category\na.png,a,5,b\n"),
              HasSubstr("has two columns 'category' (its columns 2 and 4)"));
  EXPECT_THAT(ManifestError("image,split\n\n\"a\nb.png\",\nc.png,x\n"), HasSubstr("line 5: "));
}

TEST(Manifest, FractionsInPlaceOfPercentsAreRefused) {
  const char* refused = "looks like fractions";
  EXPECT_THAT(ManifestError("image,percent_density\na,0.5\nb,0.161\nc,0.3\n"), HasSubstr(refused));
  EXPECT_THAT(ManifestError("image;percent_density\na;0,5\nb;1\nc;0\n"), HasSubstr(refused));
  EXPECT_THAT(ManifestError("image,percent_density,category\na,0.3,c\n"), HasSubstr(refused));
  EXPECT_EQ(ManifestOf("image,percent_density,category\na,0.3,a\n").size(), 1u);
  EXPECT_EQ(ManifestOf("image,percent_density\na,0.5\nb,0\nc,1.2\n").size(), 3u);
  EXPECT_EQ(ManifestOf("image,percent_density\na,0\nb,0\nc,0\n").size(), 3u);
  const auto fat = ManifestOf("image,percent_density\na,0.5%\nb,0.2\nc,\"0,9 %\"\n");
  EXPECT_EQ(fat[0].percent_density, 0.5);
  EXPECT_EQ(fat[2].percent_density, 0.9);
}

TEST(Manifest, NamesOfAnyBytesComeBackAndTheTableIsUtf8) {
  const fs::path folder = Folder("bytes");
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

TEST(Split, KeepsPatientsTogetherAndStrata) {
  std::vector<Sample> samples;
  for (int p = 0; p < 200; ++p) {
    for (int view = 0; view < 4; ++view) {
      Sample s;
      s.image = "i" + std::to_string(p * 4 + view);
      s.patient_id = "p" + std::to_string(p);
      s.category = CategoryFromIndex(p % 4);
      samples.push_back(s);
    }
  }
  auto again = samples;
  SplitByPatient(samples, 0.2, 0.1, 5);
  SplitByPatient(again, 0.2, 0.1, 5);
  std::map<std::string, std::set<std::string>> splits;
  std::map<std::string, int> counts;
  for (std::size_t i = 0; i < samples.size(); ++i) {
    EXPECT_EQ(samples[i].split, again[i].split);
    splits[samples[i].patient_id].insert(samples[i].split);
    ++counts[samples[i].split + ToLetter(samples[i].category)];
  }
  for (const auto& [patient, of] : splits) EXPECT_EQ(of.size(), 1u) << patient;
  for (const DensityCategory c : kDensityCategories) {
    EXPECT_EQ(counts["val" + ToLetter(c)], 40);
    EXPECT_EQ(counts["test" + ToLetter(c)], 20);
  }
}

TEST(Split, FoldsPartitionThePatients) {
  std::vector<Sample> samples;
  for (int i = 0; i < 200; ++i) {
    Sample sample;
    sample.image = std::to_string(i) + ".png";
    sample.patient_id = "p" + std::to_string(i / 2);
    sample.category = CategoryFromPercent(i / 2 % 10, {4, 9, 10});
    if (i < 20) sample.split = "test";
    samples.push_back(sample);
  }
  std::map<std::string, int> held_out;
  for (int fold = 1; fold <= 5; ++fold) {
    auto dealt = samples;
    FoldByPatient(dealt, 5, fold, 3);
    std::map<std::string, std::set<std::string>> parts;
    std::map<std::optional<DensityCategory>, int> categories;
    for (std::size_t i = 0; i < dealt.size(); ++i) {
      EXPECT_EQ(dealt[i].split == "test", i < 20);
      parts[dealt[i].patient_id].insert(dealt[i].split);
      if (dealt[i].split != "val") continue;
      ++held_out[dealt[i].image.string()];
      ++categories[dealt[i].category];
    }
    for (const auto& [patient, of] : parts) EXPECT_EQ(of.size(), 1u) << patient;
    // 180 images in 5 folds: 72, 90 and 18 of the categories in all.
    EXPECT_NEAR(categories[DensityCategory::kA], 72 / 5.0, 2);
    EXPECT_NEAR(categories[DensityCategory::kB], 90 / 5.0, 2);
    EXPECT_NEAR(categories[DensityCategory::kC], 18 / 5.0, 2);
    auto again = samples;
    std::reverse(again.begin(), again.end());
    FoldByPatient(again, 5, fold, 3);
    for (std::size_t i = 0; i < again.size(); ++i)
      EXPECT_EQ(again[i].split, dealt[dealt.size() - 1 - i].split) << "the rows' order is nothing";
  }
  EXPECT_EQ(held_out.size(), 180u);
  for (const auto& [image, times] : held_out) EXPECT_EQ(times, 1) << image;

  EXPECT_THROW(FoldByPatient(samples, 91, 1, 3), Error) << "90 patients";
  for (Sample& sample : samples) {
    if (sample.category == DensityCategory::kC && sample.patient_id != "p19")
      sample.category = DensityCategory::kB;
  }
  int refused = 0;
  for (int fold = 1; fold <= 5; ++fold) {
    try {
      FoldByPatient(samples, 5, fold, 3);
    } catch (const Error& e) {
      EXPECT_THAT(e.what(), HasSubstr("category 'c'"));
      ++refused;
    }
  }
  EXPECT_EQ(refused, 1);
}

TEST(Masks, LabelValuesAndThreshold) {
  const fs::path folder = Folder("masks");
  cv::Mat1b labels(2, 3);
  labels << 64, 128, 192, 255, 126, 128;
  WritePng(folder / "l.png", labels);
  const Mask some = ReadSampleMask(folder / "l.png#128|192"),
             plain = ReadSampleMask(folder / "l.png");
  EXPECT_EQ(cv::countNonZero(some), 3);
  EXPECT_EQ(some(0, 2), 255);
  EXPECT_EQ(cv::countNonZero(plain), 4);
  EXPECT_EQ(MaskFile(folder / "l.png#128"), folder / "l.png");
  EXPECT_THROW(ReadSampleMask(folder / "l.png#x"), Error);
  EXPECT_THROW(ReadSampleMask(folder / "none.png#1"), Error);
}

}  // namespace
}  // namespace mhcnn
