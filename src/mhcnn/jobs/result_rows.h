#pragma once

#include <vector>

#include "mhcnn/jobs/work_queue.h"

namespace mhcnn {

class Database;

/// Stores the results of a job, within the transaction that ends the job and while its exam is
/// locked. With `send` they get deliveries: a result that a destination has, by UID and content, is
/// not sent to it again, and unsent results of earlier revisions that are not among these are given
/// up.
void AddResults(Database& database, const ExamJob& job, const std::vector<ResultFile>& results,
                bool send);

/// Returns the files of the last earlier revision whose results were sent.
std::vector<std::filesystem::path> ListEarlierResults(Database& database, std::int64_t exam,
                                                      int revision);
/// Results that a correction replaces.
struct ReplacedResults {
  std::vector<std::filesystem::path> files;  ///< paths below the object folder
  int correction = 0;                        ///< version of the correction in them; 0: none
};
/// Returns the last results of this revision that contain an earlier version of the correction, or
/// none, and that were sent.
ReplacedResults FindReplacedResults(Database& database, std::int64_t exam, int revision,
                                    int version);

}  // namespace mhcnn
