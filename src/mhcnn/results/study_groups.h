#pragma once

#include <string>
#include <vector>

#include "mhcnn/analyze/result.h"

namespace mhcnn {

/// What makes files one exam.
enum class StudyBy {
  kAuto,    ///< Study Instance UID, else patient and study date, else each file by itself
  kFolder,  ///< the folder (or zip file) that the file lies in
};

/// Name under which files come together that may be one exam. It follows from a file alone, so that
/// shards can keep an exam whole; GroupStudies looks whether its files agree.
std::string StudyKey(const MammogramMetadata& facts, StudyBy by);

/// Can two files not be of one exam: do both state a Patient ID, issuer, date of birth, sex or
/// study date, and differ in it? What one of them does not state tells nothing, nor do blanks at
/// the ends and capitals. Names count where Patient ID and date of birth are not both stated: they
/// differ where they have no part in common. Acquisition dates may be a day apart (midnight), and
/// 30 where both state the same study date.
bool AreOfTwoExams(const MammogramMetadata& a, const MammogramMetadata& b);

/// The files of one exam.
struct StudyGroup {
  /// Name of the exam.
  std::string name;
  std::vector<const Result*> images;  ///< in the order given
  bool mixed = false;                 ///< files of several exams had one key
};

/// Groups results into exams, in the order of their names. A key whose files are of several
/// patients or dates makes an exam of each, named "key / what tells them apart"; a file that may
/// belong to more than one of them is an exam by itself. With kFolder they stay together: that
/// was asked for. `mixed` says so in either case.
std::vector<StudyGroup> GroupStudies(const std::vector<Result>& results, StudyBy by);

}  // namespace mhcnn
