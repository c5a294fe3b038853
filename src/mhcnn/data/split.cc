#include "mhcnn/data/split.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <set>

#include "mhcnn/base/error.h"
#include "mhcnn/base/random.h"
#include "mhcnn/image/density_category.h"

namespace mhcnn {
namespace {

constexpr std::uint32_t kFoldDraw = 104;  // purpose of random streams

/// Samples that must stay together.
struct Group {
  std::vector<std::size_t> samples;
  int stratum = -1;  ///< index of the highest category; -1: none
};

/// Disjoint sets with path halving.
class Links {
 public:
  explicit Links(std::size_t n) : parent_(n) { std::iota(parent_.begin(), parent_.end(), 0u); }
  std::size_t Root(std::size_t i) {
    while (parent_[i] != i) i = parent_[i] = parent_[parent_[i]];
    return i;
  }
  void Join(std::size_t a, std::size_t b) { parent_[Root(std::max(a, b))] = Root(std::min(a, b)); }

 private:
  std::vector<std::size_t> parent_;
};

/// The key of a study's samples without a patient.
std::string StudyKey(const Sample& sample) { return "study:" + sample.study_id; }

/// Groups in the order of their first patient's key, so that neither the order of the rows nor
/// files that come or go elsewhere change a draw more than they must.
std::map<std::string, Group> GroupLinkedSamples(const std::vector<Sample>& samples,
                                                const std::vector<std::string>& duplicate_keys) {
  Links links(samples.size());
  std::map<std::string, std::size_t> first;
  for (std::size_t i = 0; i < samples.size(); ++i) {
    links.Join(first.emplace("p:" + PatientKey(samples[i]), i).first->second, i);
    if (!duplicate_keys.empty() && !duplicate_keys[i].empty()) {
      links.Join(first.emplace("t:" + duplicate_keys[i], i).first->second, i);
    }
  }
  // A study of which some samples state no patient. Studies alone link no two patients: numbers
  // such as "1" repeat.
  for (std::size_t i = 0; i < samples.size(); ++i) {
    if (samples[i].patient_id.empty() || samples[i].study_id.empty()) continue;
    const auto unstated = first.find("p:" + StudyKey(samples[i]));
    if (unstated != first.end()) links.Join(unstated->second, i);
  }
  std::map<std::size_t, std::string> names;
  for (std::size_t i = 0; i < samples.size(); ++i) {
    std::string& name = names[links.Root(i)];
    const std::string key = PatientKey(samples[i]);
    if (name.empty() || key < name) name = key;
  }
  std::map<std::string, Group> groups;
  for (std::size_t i = 0; i < samples.size(); ++i) {
    Group& group = groups[names[links.Root(i)]];
    group.samples.push_back(i);
    if (const auto& category = samples[i].category)
      group.stratum = std::max(group.stratum, ToIndex(*category));
  }
  return groups;
}

/// Quota that passes the rest of the rounding on to the next stratum, so that small strata do not
/// lose a part.
class Quota {
 public:
  explicit Quota(double fraction) : fraction_(fraction) {}
  std::size_t Allot(std::size_t members, std::size_t available) {
    due_ += fraction_ * static_cast<double>(members);
    const auto count =
        std::min(available, static_cast<std::size_t>(std::max(0.0, std::floor(due_ + 0.5))));
    due_ -= static_cast<double>(count);
    return count;
  }

 private:
  double fraction_, due_ = 0;
};

void Draw(std::vector<Sample>& samples, const std::vector<const Group*>& groups,
          double val_fraction, double test_fraction, std::uint64_t seed) {
  std::map<int, std::vector<const Group*>> strata;
  for (const Group* group : groups) strata[group->stratum].push_back(group);
  Quota val_quota(val_fraction), test_quota(test_fraction);
  for (auto& [stratum, members] : strata) {
    RandomStream random(seed, static_cast<std::uint64_t>(stratum + 1));
    for (std::size_t i = members.size(); i > 1; --i) {
      std::swap(members[i - 1], members[random.Integer(static_cast<std::uint32_t>(i))]);
    }
    const std::size_t val = val_quota.Allot(members.size(), members.size());
    const std::size_t test = test_quota.Allot(members.size(), members.size() - val);
    for (std::size_t i = 0; i < members.size(); ++i) {
      const char* split = i < val ? "val" : i < val + test ? "test" : "train";
      for (const std::size_t s : members[i]->samples) samples[s].split = split;
    }
  }
}

}  // namespace

std::string PatientKey(const Sample& sample) {
  if (!sample.patient_id.empty()) return "id:" + sample.patient_id;
  if (!sample.study_id.empty()) return StudyKey(sample);
  return "image:" + sample.image.string();
}

void SplitOptions::Check() const {
  const auto fraction = [](double value) { return value >= 0 && value < 1; };
  if (!fraction(val_fraction)) throw Error(ErrorCode::kUsage, "must be in 0..1", "--split-val");
  if (!fraction(test_fraction)) throw Error(ErrorCode::kUsage, "must be in 0..1", "--split-test");
  if (val_fraction + test_fraction >= 1) {
    throw Error(ErrorCode::kUsage, "leave no patients for training", "--split-val, --split-test");
  }
}

void SplitByPatient(std::vector<Sample>& samples, double val_fraction, double test_fraction,
                    std::uint64_t seed) {
  const auto groups = GroupLinkedSamples(samples, {});
  std::vector<const Group*> open;
  for (const auto& [key, group] : groups) {
    std::string known;
    for (const std::size_t s : group.samples) {
      if (!samples[s].split.empty()) known = std::max(known, samples[s].split);
    }
    if (known.empty()) {
      open.push_back(&group);
      continue;
    }
    for (const std::size_t s : group.samples) {
      if (samples[s].split.empty()) samples[s].split = known;
    }
  }
  Draw(samples, open, val_fraction, test_fraction, seed);
}

std::vector<Problem> SplitSamples(std::vector<Sample>& samples,
                                  const std::vector<std::string>& duplicate_keys,
                                  const SplitOptions& options) {
  options.Check();
  if (options.redraw) {
    for (Sample& s : samples) s.split.clear();
  }
  std::set<std::string> published;
  for (const Sample& s : samples) published.insert(s.split);
  const bool has_val = published.contains("val"), has_test = published.contains("test");
  std::vector<Problem> problems;
  const auto groups = GroupLinkedSamples(samples, duplicate_keys);
  std::vector<const Group*> open;
  for (const auto& [key, group] : groups) {
    std::set<std::string> parts;
    for (const std::size_t s : group.samples) parts.insert(samples[s].split);
    parts.erase("");
    const std::string decided = parts.contains("test")               ? "test"
                                : parts.contains("val")              ? "val"
                                : parts.contains("train") && has_val ? "train"
                                                                     : "";
    if (parts.size() > 1) {
      problems.push_back(
          {"leak", samples[group.samples.front()].image.string(),
           fmt::format("LEAK: the set puts one patient or one picture ({} images of '{}') into {}; "
                       "all of them are now {}",
                       group.samples.size(), samples[group.samples.front()].patient_id,
                       fmt::join(parts, " and "), decided)});
    }
    if (decided.empty()) {
      open.push_back(&group);
    } else {
      for (const std::size_t s : group.samples) samples[s].split = decided;
    }
  }
  Draw(samples, open, has_val ? 0 : options.val_fraction, has_test ? 0 : options.test_fraction,
       options.seed);
  return problems;
}

void FoldByPatient(std::vector<Sample>& samples, int folds, int fold, std::uint64_t seed) {
  const auto groups = GroupLinkedSamples(samples, {});
  std::map<int, std::vector<const Group*>> strata;
  std::set<DensityCategory> wanted;
  std::size_t patients = 0;
  for (const auto& [key, group] : groups) {
    const auto is_test = [&](std::size_t s) { return samples[s].split == "test"; };
    if (std::any_of(group.samples.begin(), group.samples.end(), is_test)) {
      for (const std::size_t s : group.samples) samples[s].split = "test";
      continue;
    }
    for (const std::size_t s : group.samples) {
      if (samples[s].category) wanted.insert(*samples[s].category);
    }
    strata[group.stratum].push_back(&group);
    ++patients;
  }
  if (patients < static_cast<std::size_t>(folds)) {
    throw Error(ErrorCode::kUsage,
                fmt::format("is {}, but there are only {} patients", folds, patients),
                "data.folds");
  }
  // Dealt like cards, on from where the stratum before ended, so that folds are of one size.
  std::size_t card = 0;
  for (auto& [stratum, members] : strata) {
    RandomStream random(seed, static_cast<std::uint64_t>(stratum + 1), kFoldDraw);
    for (std::size_t i = members.size(); i > 1; --i) {
      std::swap(members[i - 1], members[random.Integer(static_cast<std::uint32_t>(i))]);
    }
    for (const Group* group : members) {
      const bool held_out =
          card++ % static_cast<std::size_t>(folds) + 1 == static_cast<std::size_t>(fold);
      for (const std::size_t s : group->samples) samples[s].split = held_out ? "val" : "train";
    }
  }
  for (const Sample& sample : samples) {
    if (sample.split == "train" && sample.category) wanted.erase(*sample.category);
  }
  if (!wanted.empty()) {
    throw Error(ErrorCode::kUsage,
                fmt::format("leaves fold {} without a training image of category '{}'", fold,
                            ToLetter(*wanted.begin())),
                "data.folds", "use fewer folds or add images of that category");
  }
}

}  // namespace mhcnn
