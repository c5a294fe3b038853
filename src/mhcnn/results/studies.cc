#include "mhcnn/results/studies.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <tuple>

#include "mhcnn/image/density_category.h"
#include "mhcnn/image/flags.h"
#include "mhcnn/stats/proportional_odds.h"

namespace mhcnn {
namespace {

void AddOnce(std::vector<std::string>& words, const std::string& word) {
  if (std::find(words.begin(), words.end(), word) == words.end()) words.push_back(word);
}

/// Returns whether it is a part of the breast, not a standard projection, or something else.
bool IsSpecialView(const Result& result) {
  return result.metadata.view == View::kOther || HasSpecialViewFlag(result.flags) ||
         HasFlag(result.flags, Flag::kUnlikeMammogram);
}

bool IsDisplaced(const Result& result) { return HasFlag(result.flags, Flag::kImplantDisplaced); }

bool IsCapture(const Result& result) { return HasFlag(result.flags, Flag::kSecondaryCapture); }

/// The standard views of a breast: those in which an implant is displaced where there are any, as
/// it covers tissue in the others. A capture beside an original is a copy of its view, or a page.
std::vector<const Result*> StandardViews(const std::vector<const Result*>& images) {
  const auto has_original = [&](const Result& capture) {
    return std::ranges::any_of(images, [&](const Result* r) {
      const bool same_view =
          capture.metadata.view == View::kUnknown || r->metadata.view == capture.metadata.view;
      return same_view && !IsSpecialView(*r) && !IsCapture(*r);
    });
  };
  const auto whole = [&](const Result* r) {
    return !IsSpecialView(*r) && !(IsCapture(*r) && has_original(*r));
  };
  const bool displaced = std::any_of(images.begin(), images.end(),
                                     [&](const Result* r) { return whole(r) && IsDisplaced(*r); });
  std::vector<const Result*> standard;
  for (const auto* image : images) {
    if (whole(image) && IsDisplaced(*image) == displaced) standard.push_back(image);
  }
  return standard;
}

/// Leaves out converted raw images whose view there is for presentation too.
std::vector<const Result*> DropRawDuplicates(const std::vector<const Result*>& images) {
  const auto raw = [](const Result& r) { return HasFlag(r.flags, Flag::kRawConverted); };
  const auto kind = [](const Result& r) {
    return std::tuple(r.metadata.view, IsSpecialView(r), IsDisplaced(r));
  };
  std::vector<const Result*> kept;
  for (const auto* image : images) {
    const bool known = image->metadata.view == View::kCC || image->metadata.view == View::kMLO;
    const bool duplicate =
        known && raw(*image) && std::any_of(images.begin(), images.end(), [&](const Result* other) {
          return !raw(*other) && kind(*other) == kind(*image);
        });
    if (!duplicate) kept.push_back(image);
  }
  return kept;
}

/// Mean of the values that exist.
class Mean {
 public:
  void Add(const std::optional<double>& value) {
    if (!value) return;
    sum_ += *value;
    ++count_;
  }
  std::optional<double> Value() const {
    return count_ > 0 ? std::optional<double>(sum_ / count_) : std::nullopt;
  }

 private:
  double sum_ = 0;
  int count_ = 0;
};

struct ViewMeans {
  Mean percent, low, high, strands, dense, breast;
  std::array<Mean, 4> probabilities;

  void Add(const Result& r) {
    percent.Add(r.percent_density);
    low.Add(r.percent_low);
    high.Add(r.percent_high);
    strands.Add(r.percent_strands);
    dense.Add(r.dense_area_cm2);
    breast.Add(r.breast_area_cm2);
    if (!r.category) return;
    for (std::size_t i = 0; i < 4; ++i) probabilities[i].Add(r.probabilities[i]);
  }
};

std::string ViewWord(View view) { return view == View::kUnknown ? "?" : ViewName(view); }

std::optional<BreastResult> MakeBreast(const std::vector<const Result*>& images,
                                       StudyResult& study) {
  if (images.empty()) return std::nullopt;
  std::map<View, ViewMeans> views;
  BreastResult breast;
  const auto all_images = DropRawDuplicates(images);
  auto chosen = StandardViews(all_images);
  breast.only_special = chosen.empty();
  if (breast.only_special) {
    AddFlag(study.flags, Flag::kOnlySpecialViews);
    chosen = all_images;
  } else if (chosen.size() < all_images.size()) {
    AddFlag(study.flags, Flag::kSpecialViewsLeftOut);
  }
  for (const auto* image : chosen) {
    views[image->metadata.view].Add(*image);
    breast.paths.push_back(image->metadata.path);
    ++study.used;
  }
  ViewMeans all;
  for (const auto& [view, means] : views) {
    breast.views.push_back(ViewWord(view));
    all.percent.Add(means.percent.Value());
    all.low.Add(means.low.Value());
    all.high.Add(means.high.Value());
    all.strands.Add(means.strands.Value());
    all.dense.Add(means.dense.Value());
    all.breast.Add(means.breast.Value());
    for (std::size_t i = 0; i < 4; ++i) all.probabilities[i].Add(means.probabilities[i].Value());
  }
  breast.percent_density = all.percent.Value();
  breast.percent_low = all.low.Value();
  breast.percent_high = all.high.Value();
  breast.percent_strands = all.strands.Value();
  breast.dense_area_cm2 = all.dense.Value();
  breast.breast_area_cm2 = all.breast.Value();
  for (std::size_t i = 0; i < 4; ++i)
    breast.probabilities[i] = all.probabilities[i].Value().value_or(0);
  if (all.probabilities[0].Value()) {
    const std::vector<double> p(breast.probabilities.begin(), breast.probabilities.end());
    const bool by_site = std::any_of(images.begin(), images.end(), [](const Result* image) {
      return image->category_range.has_value();
    });
    breast.category = by_site ? CategoryFromIndex(MedianCategory(p)) : MostProbableCategory(p);
  }
  const auto cc = views[View::kCC].percent.Value(), mlo = views[View::kMLO].percent.Value();
  if (cc && mlo) {
    const double difference = *cc - *mlo;
    if (!study.view_difference || std::abs(difference) > std::abs(*study.view_difference)) {
      study.view_difference = difference;
    }
  }
  return breast;
}

std::vector<std::string> MissingViews(const StudyResult& study) {
  std::vector<std::string> missing;
  for (const auto& [side, breast] : {std::pair{"L", &study.left}, {"R", &study.right}}) {
    for (const char* view : {"CC", "MLO"}) {
      const bool there = *breast && !(*breast)->only_special &&
                         std::find((*breast)->views.begin(), (*breast)->views.end(), view) !=
                             (*breast)->views.end();
      if (!there) missing.push_back(std::string(side) + "-" + view);
    }
  }
  return missing;
}

StudyResult MakeStudy(const std::string& name, const std::vector<const Result*>& images) {
  StudyResult study;
  study.study = name;
  std::map<Laterality, std::vector<const Result*>> sides;
  for (const auto* image : images) {
    ++study.images;
    if (study.patient_id.empty()) study.patient_id = image->metadata.patient_id;
    if (study.model.empty()) study.model = image->model;
    if (!image->ok()) {
      ++study.failed;
      continue;
    }
    for (const auto& flag : image->flags) AddOnce(study.flags, flag);
    sides[image->metadata.laterality].push_back(image);
  }
  study.left = MakeBreast(sides[Laterality::kLeft], study);
  study.right = MakeBreast(sides[Laterality::kRight], study);
  study.unknown_side = MakeBreast(sides[Laterality::kUnknown], study);
  study.missing = MissingViews(study);

  Mean percent, low, high, strands;
  const BreastResult* densest = nullptr;
  for (const auto* breast : {&study.left, &study.right, &study.unknown_side}) {
    if (!*breast) continue;
    percent.Add((*breast)->percent_density);
    low.Add((*breast)->percent_low);
    high.Add((*breast)->percent_high);
    strands.Add((*breast)->percent_strands);
    const auto rank = [](const BreastResult& b) {
      return std::pair(b.category, b.percent_density);
    };
    if (densest == nullptr || rank(**breast) > rank(*densest)) densest = &**breast;
  }
  study.percent_density = percent.Value();
  study.percent_low = low.Value();
  study.percent_high = high.Value();
  study.percent_strands = strands.Value();
  if (densest == nullptr) {
    study.error = "none of its " + std::to_string(study.images) +
                  " files could be measured; the first: " + images.front()->error;
    return study;
  }
  study.category = densest->category;
  study.probabilities = densest->probabilities;
  if (study.left && study.right && study.left->percent_density && study.right->percent_density) {
    study.left_right = *study.left->percent_density - *study.right->percent_density;
    if (std::abs(*study.left_right) > kBreastsDifferAbove)
      AddFlag(study.flags, Flag::kBreastsDiffer);
  }
  if (study.view_difference && std::abs(*study.view_difference) > kViewsDisagreeAbove) {
    AddFlag(study.flags, Flag::kViewsDisagree);
  }
  if (study.unknown_side && (study.left || study.right)) AddFlag(study.flags, Flag::kSideUnknown);
  return study;
}

}  // namespace

ExamSide FindExamSide(const StudyResult& study) {
  if (study.left && study.right) return ExamSide::kBoth;
  if (study.unknown_side) return ExamSide::kNone;
  if (study.left) return ExamSide::kLeft;
  return study.right ? ExamSide::kRight : ExamSide::kNone;
}

std::vector<StudyResult> MakeStudies(const std::vector<Result>& results, StudyBy by) {
  std::vector<StudyResult> studies;
  for (const auto& group : GroupStudies(results, by)) {
    studies.push_back(MakeStudy(group.name, group.images));
    if (group.mixed) AddFlag(studies.back().flags, Flag::kStudyMixed);
  }
  return studies;
}

}  // namespace mhcnn
