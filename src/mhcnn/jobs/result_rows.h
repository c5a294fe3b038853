#pragma once

#include <vector>

#include "mhcnn/jobs/work_queue.h"

namespace mhcnn {

class Database;

/// Keeps the results of a job, within the transaction that ends the job and while its exam is
/// locked. With `send` they get deliveries: what a destination has of this exam, by UID and
/// content, is not sent to it again, and what was to be sent of earlier revisions and is not among
/// these results is given up.
void AddResults(Database& database, const ExamJob& job, const std::vector<ResultFile>& results,
                bool send);

/// Files of the last earlier revision whose results were sent.
std::vector<std::filesystem::path> ResultsBefore(Database& database, std::int64_t exam,
                                                 int revision);
/// Results that a correction replaces.
struct ReplacedResults {
  std::vector<std::filesystem::path> files;  ///< below the object folder
  int correction = 0;                        ///< version of the correction in them; 0: none
};
/// The last results of this revision that have an earlier version of the correction in them, or
/// none, and that were sent.
ReplacedResults ResultsCorrected(Database& database, std::int64_t exam, int revision, int version);

}  // namespace mhcnn
