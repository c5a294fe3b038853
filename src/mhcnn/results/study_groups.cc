#include "mhcnn/results/study_groups.h"

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <map>
#include <set>
#include <tuple>

#include "mhcnn/image/patient_identity.h"

namespace mhcnn {
namespace {

constexpr int kMaxDaysOverMidnight = 1, kMaxDaysInStudy = 30;

bool Differ(const std::string& a, const std::string& b) {
  return !a.empty() && !b.empty() && a != b;
}

bool HaveNoCommonName(const std::vector<std::string>& a, const std::vector<std::string>& b) {
  return !a.empty() && !b.empty() &&
         std::ranges::none_of(a, [&](const auto& part) { return std::ranges::count(b, part) > 0; });
}

/// Returns the days between two dates as ToPlainDate gives them; 0 if one is not known.
int DaysApart(const std::string& a, const std::string& b) {
  if (a.empty() || b.empty()) return 0;
  const auto days = [](const std::string& date) {
    const auto part = [&](std::size_t at, std::size_t size) {
      return static_cast<unsigned>(std::stoi(date.substr(at, size)));
    };
    using namespace std::chrono;
    return sys_days(year(static_cast<int>(part(0, 4))) / month(part(4, 2)) /
                    std::chrono::day(part(6, 2)));
  };
  return std::abs(static_cast<int>((days(a) - days(b)).count()));
}

/// Values that a file states of patient and visit, in a form to compare.
struct Marks {
  explicit Marks(const MammogramMetadata& metadata)
      : id(NormalizeId(metadata.patient_id)),
        day(ToPlainDate(metadata.study_date)),
        of(&metadata.patient) {}
  auto Tie() const {
    return std::tie(id, day, of->issuer, of->birth, of->sex, of->names, of->acquisition_date);
  }
  int Stated() const {
    return !id.empty() + !day.empty() + !of->issuer.empty() + !of->birth.empty() +
           !of->sex.empty() + !of->names.empty() + !of->acquisition_date.empty();
  }
  /// Sorts the most values first, so that a file with few values finds all exams it may be of.
  bool operator<(const Marks& other) const {
    return Stated() != other.Stated() ? Stated() > other.Stated() : Tie() < other.Tie();
  }
  std::string id, day;
  const PatientIdentity* of;
};

bool MarksDiffer(const Marks& a, const Marks& b) {
  const PatientIdentity &p = *a.of, &q = *b.of;
  if (Differ(a.id, b.id) || Differ(p.issuer, q.issuer) || Differ(p.birth, q.birth) ||
      Differ(p.sex, q.sex) || Differ(a.day, b.day)) {
    return true;
  }
  const bool known_as_one = !a.id.empty() && !b.id.empty() && !p.birth.empty() && !q.birth.empty();
  if (!known_as_one && HaveNoCommonName(p.names, q.names)) return true;
  const bool one_day = !a.day.empty() && !b.day.empty();
  return DaysApart(p.acquisition_date.empty() ? a.day : p.acquisition_date,
                   q.acquisition_date.empty() ? b.day : q.acquisition_date) >
         (one_day ? kMaxDaysInStudy : kMaxDaysOverMidnight);
}

/// Files that can be of one exam.
struct Exam {
  std::vector<const Marks*> marks;  ///< different ones
  std::vector<std::size_t> images;
  bool unclear = false;  ///< one file that could be of several exams

  bool Takes(const Marks& other) const {
    return std::ranges::none_of(marks, [&](const Marks* own) { return MarksDiffer(*own, other); });
  }
};

std::vector<Exam> SplitByMarks(const std::map<Marks, std::vector<std::size_t>>& images_of) {
  std::vector<Exam> exams, unclear;
  for (const auto& [marks, images] : images_of) {
    Exam* open = nullptr;
    int count = 0;
    for (auto& exam : exams) {
      if (!exam.Takes(marks)) continue;
      open = &exam;
      ++count;
    }
    if (count == 0) {
      exams.push_back({{&marks}, images});
    } else if (count == 1) {
      open->marks.push_back(&marks);
      open->images.insert(open->images.end(), images.begin(), images.end());
    } else {
      for (const auto image : images) unclear.push_back({{&marks}, {image}, true});
    }
  }
  for (auto& exam : exams) std::ranges::sort(exam.images);
  exams.insert(exams.end(), unclear.begin(), unclear.end());
  return exams;
}

/// Names the exams of one key, by those of Patient ID, issuer and date that differ among them; if
/// that is not enough, by a number. A file that could be of several is named by its path.
void NameExams(const std::string& key, const std::vector<Exam>& exams,
               std::vector<StudyGroup>& groups) {
  std::vector<std::string> words(exams.size());
  const auto add = [&](const auto& value) {
    std::vector<std::string> values;
    for (const auto& group : groups) {
      values.emplace_back();
      for (const Result* image : group.images) {
        if (values.back().empty()) values.back() = value(image->metadata);
      }
    }
    if (std::set<std::string>(values.begin(), values.end()).size() < 2) return;
    for (std::size_t i = 0; i < values.size(); ++i) {
      if (!values[i].empty()) words[i] += (words[i].empty() ? "" : " ") + values[i];
    }
  };
  add([](const MammogramMetadata& metadata) { return metadata.patient_id; });
  add([](const MammogramMetadata& metadata) { return metadata.patient.issuer; });
  add([](const MammogramMetadata& metadata) {
    return metadata.study_date.empty() ? metadata.patient.acquisition_date : metadata.study_date;
  });
  std::map<std::string, int> uses;
  for (std::size_t i = 0; i < exams.size(); ++i) {
    if (exams[i].unclear) words[i] = groups[i].images.front()->metadata.path;
    ++uses[words[i]];
  }
  for (std::size_t i = 0; i < exams.size(); ++i) {
    if (words[i].empty() || uses[words[i]] > 1)
      words[i] += (words[i].empty() ? "patient " : " patient ") + std::to_string(i + 1);
    groups[i].name = key + " / " + words[i];
  }
}

}  // namespace

std::string StudyKey(const MammogramMetadata& metadata, StudyBy by) {
  if (by == StudyBy::kFolder) return std::filesystem::path(metadata.path).parent_path().string();
  if (!metadata.study_uid.empty()) return metadata.study_uid;
  if (!metadata.patient_id.empty() && !metadata.study_date.empty()) {
    return metadata.patient_id + " " + metadata.study_date;
  }
  return metadata.path;
}

bool AreFromDifferentExams(const MammogramMetadata& a, const MammogramMetadata& b) {
  return MarksDiffer(Marks(a), Marks(b));
}

std::vector<StudyGroup> GroupStudies(const std::vector<Result>& results, StudyBy by) {
  std::map<std::string, std::vector<const Result*>> keys;
  for (const auto& result : results) keys[StudyKey(result.metadata, by)].push_back(&result);
  std::vector<StudyGroup> groups;
  for (const auto& [key, images] : keys) {
    std::map<Marks, std::vector<std::size_t>> images_of;
    for (std::size_t i = 0; i < images.size(); ++i) {
      images_of[Marks(images[i]->metadata)].push_back(i);
    }
    const auto exams = SplitByMarks(images_of);
    if (exams.size() == 1 || by == StudyBy::kFolder) {
      groups.push_back({key, images, exams.size() > 1});
      continue;
    }
    std::vector<StudyGroup> parts;
    for (const auto& exam : exams) {
      parts.push_back({"", {}, true});
      for (const auto i : exam.images) parts.back().images.push_back(images[i]);
    }
    NameExams(key, exams, parts);
    groups.insert(groups.end(), parts.begin(), parts.end());
  }
  std::ranges::sort(groups, {}, &StudyGroup::name);
  return groups;
}

}  // namespace mhcnn
