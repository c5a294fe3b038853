#pragma once

#include <string>
#include <vector>

#include "mhcnn/analyze/result.h"

namespace mhcnn {

/// Rule by which files form one exam.
enum class StudyBy {
  kAuto,    ///< Study Instance UID, else patient and study date, else each file alone
  kFolder,  ///< the folder (or zip file) that the file lies in
};

/// Returns the key that files of one exam share. It follows from a file alone, so that shards can
/// keep an exam whole; GroupStudies checks whether the files of a key agree.
std::string StudyKey(const MammogramMetadata& metadata, StudyBy by);

/// Returns whether two files cannot be of one exam: both state a Patient ID, issuer, date of birth,
/// sex or study date, and differ in it. A value that one of them does not state is ignored, as are
/// blanks at the ends and capitals. Names count if Patient ID and date of birth are not both
/// stated: they differ if they have no part in common. Acquisition dates may be a day apart
/// (midnight), and 30 days if both state the same study date.
bool AreFromDifferentExams(const MammogramMetadata& a, const MammogramMetadata& b);

/// The files of one exam.
struct StudyGroup {
  /// Name of the exam.
  std::string name;
  std::vector<const Result*> images;  ///< images in the order given
  bool mixed = false;                 ///< whether files of several exams had one key
};

/// Groups results into exams, in the order of their names. A key whose files are of several
/// patients or dates makes an exam of each, named "key / what differs"; a file that may belong to
/// more than one of them is an exam of its own. With kFolder they remain together, as requested.
/// `mixed` is true in both cases.
std::vector<StudyGroup> GroupStudies(const std::vector<Result>& results, StudyBy by);

}  // namespace mhcnn
