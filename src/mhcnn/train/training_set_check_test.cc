#include "mhcnn/train/training_set_check.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

#include "mhcnn/testing/error_message.h"
#include "mhcnn/testing/scratch_folder.h"
#include "mhcnn/testing/training_sets.h"

namespace mhcnn {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using testing_support::ErrorMessage;
using testing_support::ParseRecipe;
using testing_support::ScratchFolder;

constexpr const char* kAllHeads =
    "phase = [{name = \"masks\"}, {name = \"joint\", lambda_regression = 1, lambda_classification "
    "= 1}]\n";

/// A recipe of these phases with, maybe, more keys.
Recipe MakeRecipe(const std::string& phases, const std::string& keys = "") {
  return ParseRecipe("data.manifest = \"set.csv\"\n" + keys + phases);
}

/// Two images for each of training and validation, with all labels, each of a patient of its own.
std::vector<Sample> WholeSet() {
  std::vector<Sample> samples(4);
  for (std::size_t i = 0; i < samples.size(); ++i) {
    Sample& sample = samples[i];
    sample.image = "/set/" + std::to_string(i) + ".png";
    sample.breast_mask = sample.dense_mask = sample.pectoral_mask = sample.image;
    sample.percent_density = 10;
    sample.category = DensityCategory::kB;
    sample.patient_id = "p" + std::to_string(i);
    sample.split = i < 2 ? "train" : "val";
  }
  return samples;
}

/// The same with nothing but images, and what `label` adds to each.
std::vector<Sample> SetWith(const std::function<void(Sample&)>& label) {
  std::vector<Sample> samples = WholeSet();
  for (Sample& sample : samples) {
    sample.breast_mask = sample.dense_mask = sample.pectoral_mask = {};
    sample.percent_density = {};
    sample.category = {};
    label(sample);
  }
  return samples;
}

void AddCategory(Sample& sample) { sample.category = DensityCategory::kB; }

std::string Refusal(const std::vector<Sample>& samples, const Recipe& recipe, int processes = 1) {
  return ErrorMessage([&] { CheckTrainingSet(samples, recipe, processes); }, ErrorCode::kUsage);
}

TEST(CheckTrainingSet, AcceptsWholeSet) {
  EXPECT_THAT(CheckTrainingSet(WholeSet(), MakeRecipe(kAllHeads), 2), IsEmpty());
}

TEST(CheckTrainingSet, RefusesSetWithoutLabels) {
  const auto samples = SetWith([](Sample&) {});
  EXPECT_THAT(Refusal(samples, MakeRecipe(kAllHeads)),
              AllOf(HasSubstr("set.csv: has no training image with "), HasSubstr("dense_mask"),
                    HasSubstr("percent_density"), HasSubstr("column category"),
                    HasSubstr("fill these columns")));
  // Labels of validation images teach nothing.
  auto of_val = samples;
  for (Sample& sample : of_val) {
    if (sample.split == "val") AddCategory(sample);
  }
  EXPECT_THAT(Refusal(of_val, MakeRecipe(kAllHeads)), HasSubstr("has no training image with"));
}

TEST(CheckTrainingSet, RefusesLabelsOfHeadsThatAreNotTrained) {
  const std::string refusal = Refusal(SetWith(AddCategory), MakeRecipe("phase = [{epochs = 1}]\n"));
  EXPECT_THAT(refusal,
              AllOf(HasSubstr("head 'segmentation'"), Not(HasSubstr("head 'regression'"))));
}

TEST(CheckTrainingSet, WarnsOnceOfAPhaseWithoutLabelsOfAHead) {
  EXPECT_THAT(CheckTrainingSet(SetWith(AddCategory), MakeRecipe(kAllHeads), 1),
              ElementsAre(AllOf(HasSubstr("phase 'masks'"), HasSubstr("'segmentation'"),
                                Not(HasSubstr("'regression'"))),
                          AllOf(HasSubstr("phase 'joint'"), HasSubstr("'segmentation'"),
                                HasSubstr("'regression'"), Not(HasSubstr("'classification'")))));
}

TEST(CheckTrainingSet, KnowsWhichLabelsTeachAHead) {
  const std::string regression = "phase = [{lambda_segmentation = 0, lambda_regression = 1}]\n";
  const std::string classification =
      "phase = [{lambda_segmentation = 0, lambda_classification = 1}]\n";
  const auto masks = SetWith([](Sample& s) { s.breast_mask = s.dense_mask = "/m.png"; });
  const auto threshold = SetWith([](Sample& s) {
    s.breast_mask = "/m.png";
    s.dense_threshold = 100;
  });
  const auto outline = SetWith([](Sample& s) { s.breast_mask = "/m.png"; });
  const auto percent = SetWith([](Sample& s) { s.percent_density = 10; });
  EXPECT_NO_THROW(CheckTrainingSet(masks, MakeRecipe(regression), 1));
  EXPECT_NO_THROW(CheckTrainingSet(threshold, MakeRecipe(regression), 1));
  EXPECT_NO_THROW(CheckTrainingSet(percent, MakeRecipe(regression), 1));
  EXPECT_THAT(Refusal(outline, MakeRecipe(regression)), HasSubstr("'regression'"));

  // By the range loss a category teaches masks and percent.
  const std::string range = "loss.category_range = 1\n";
  EXPECT_THAT(CheckTrainingSet(SetWith(AddCategory), MakeRecipe(kAllHeads, range), 1), IsEmpty());
  EXPECT_THAT(Refusal(SetWith(AddCategory), MakeRecipe(regression)), HasSubstr("'regression'"));

  const std::string of_percent = "loss.category_of_percent = true\n";
  EXPECT_THAT(CheckTrainingSet(percent, MakeRecipe(classification, of_percent), 1), IsEmpty());
  EXPECT_THAT(Refusal(percent, MakeRecipe(classification)), HasSubstr("'classification'"));
}

TEST(CheckTrainingSet, RefusesImageInTrainingAndValidation) {
  const ScratchFolder folder;
  auto samples = WholeSet();
  samples[3].image = samples[0].image;
  EXPECT_THAT(Refusal(samples, MakeRecipe(kAllHeads)),
              AllOf(HasSubstr("set.csv: has images in both training and validation: 1 of 2"),
                    HasSubstr("0.png")));
  // Whatever the path to it.
  WriteFileAtomically(folder / "0.png", "");
  fs::create_symlink(folder / "0.png", folder / "1.png");
  samples[0].image = folder / "0.png";
  samples[3].image = folder / "1.png";
  EXPECT_THAT(Refusal(samples, MakeRecipe(kAllHeads)), HasSubstr("1.png"));
  // Several rows of one part are several readers'.
  samples = WholeSet();
  samples[1].image = samples[0].image;
  EXPECT_THAT(CheckTrainingSet(samples, MakeRecipe(kAllHeads), 1), IsEmpty());
}

TEST(CheckTrainingSet, CountsPatientsInTrainingAndValidation) {
  auto samples = WholeSet();
  samples[2].patient_id = "p0";
  EXPECT_THAT(CheckTrainingSet(samples, MakeRecipe(kAllHeads), 1),
              ElementsAre(HasSubstr("both training and validation: 1 (first: 'p0')")));
  samples[2].split = "test";
  EXPECT_THAT(CheckTrainingSet(samples, MakeRecipe(kAllHeads), 1), IsEmpty());
}

TEST(CheckTrainingSet, StudyReplacesMissingPatient) {
  auto samples = WholeSet();
  for (Sample& sample : samples) {
    sample.study_id = "s" + sample.patient_id;
    sample.patient_id = "";
  }
  EXPECT_THAT(CheckTrainingSet(samples, MakeRecipe(kAllHeads), 1), IsEmpty());
  samples[2].study_id = samples[0].study_id;
  const auto warns_of = [&](const std::string& first) {
    EXPECT_THAT(CheckTrainingSet(samples, MakeRecipe(kAllHeads), 1),
                ElementsAre(HasSubstr("both training and validation: 1 (first: '" + first + "')")));
  };
  warns_of("study sp0");
  samples[0].patient_id = "p";
  warns_of("study sp0");
  samples[0].patient_id = "";
  samples[2].patient_id = "p";
  warns_of("p");
  // Study numbers such as "1" repeat.
  samples[0].patient_id = "q";
  EXPECT_THAT(CheckTrainingSet(samples, MakeRecipe(kAllHeads), 1), IsEmpty());
}

TEST(CheckTrainingSet, WarnsOfImagesWithoutPatient) {
  auto samples = WholeSet();
  samples[0].patient_id = samples[3].patient_id = "";
  EXPECT_THAT(CheckTrainingSet(samples, MakeRecipe(kAllHeads), 1),
              ElementsAre(HasSubstr("2 of 4 images have no patient_id and no study_id")));
  // Without a validation there is nothing that they could be in too.
  for (Sample& sample : samples) sample.split = "train";
  EXPECT_THAT(CheckTrainingSet(samples, MakeRecipe(kAllHeads), 1), IsEmpty());
}

TEST(CheckTrainingSet, RefusesPartsThatAreTooSmall) {
  auto samples = WholeSet();
  EXPECT_THAT(Refusal(samples, MakeRecipe(kAllHeads), 3), HasSubstr("fewer training images"));
  for (Sample& sample : samples) sample.split = "train";
  EXPECT_THAT(Refusal(samples, MakeRecipe(kAllHeads, "training.patience = 1\n")),
              HasSubstr("split 'val'"));
  EXPECT_NO_THROW(CheckTrainingSet(samples, MakeRecipe(kAllHeads), 1));
  for (Sample& sample : samples) sample.split = "val";
  EXPECT_THAT(Refusal(samples, MakeRecipe(kAllHeads)), HasSubstr("split 'train'"));
}

}  // namespace
}  // namespace mhcnn
