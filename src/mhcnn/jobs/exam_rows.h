#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "mhcnn/jobs/exams.h"
#include "mhcnn/jobs/received_objects.h"
#include "mhcnn/jobs/work_queue.h"

namespace mhcnn {

class Database;
class SqlRow;

/// Columns of an exam in the order of ReadExam().
extern const char kExamColumns[];
/// Number of these columns.
inline constexpr std::size_t kExamColumnCount = 15;
/// Makes an exam of a row that begins with kExamColumns.
Exam ReadExam(const SqlRow& row);
/// Columns of an object in the order of ReadObject().
extern const char kObjectColumns[];
/// Makes an object of a row that begins with kObjectColumns.
ReceivedObject ReadObject(const SqlRow& row);

/// Returns a path of any bytes as a text for the store. PathFromText() reads it back.
std::string ToPathText(const std::filesystem::path& path);
/// Returns the path that ToPathText() made the text of.
std::filesystem::path PathFromText(const std::string& text);

// All below run within a transaction.

/// Returns the exam, if it is there.
std::optional<Exam> FindExam(Database& database, std::int64_t id);
/// Returns the same as FindExam(), and locks the exam, its jobs and its images until the end of the
/// transaction. Several exams are locked in the order of their ids.
std::optional<Exam> LockExam(Database& database, std::int64_t id);
/// Returns the images in use whose files exist, in the order of their arrival.
std::vector<ReceivedObject> ListExamImages(Database& database, std::int64_t exam);
/// Returns whether the four standard views are among the images of an exam in use.
bool HasFourViews(Database& database, std::int64_t exam);
/// Returns the newest earlier exams of the same patient that were measured, the oldest first; at
/// most 20, as many people can share a Patient ID such as "UNKNOWN".
std::vector<Exam> ListPriorExams(Database& database, const Exam& exam);
/// Writes the state of an exam, with the reason.
void SetExamState(Database& database, std::int64_t exam, ExamState state,
                  const std::string& reason);
/// Makes a job for the present revision of an exam, ready at once; the exam then waits.
void AddJob(Database& database, const Exam& exam, int priority);
/// Gives up the jobs of an exam that wait, and with `running` those that run too.
void GiveUpJobs(Database& database, std::int64_t exam, bool running);

}  // namespace mhcnn
