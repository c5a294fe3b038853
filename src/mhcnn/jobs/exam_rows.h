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
/// How many they are.
inline constexpr std::size_t kExamColumnCount = 15;
/// Makes an exam of a row that begins with kExamColumns.
Exam ReadExam(const SqlRow& row);
/// Columns of an object in the order of ReadObject().
extern const char kObjectColumns[];
/// Makes an object of a row that begins with kObjectColumns.
ReceivedObject ReadObject(const SqlRow& row);

/// A path as a text for the store, and back: any bytes.
std::string PathText(const std::filesystem::path& path);
/// The path that PathText() made the text of.
std::filesystem::path TextPath(const std::string& text);

// All below run within a transaction.

/// Returns the exam, if it is there.
std::optional<Exam> FindExam(Database& database, std::int64_t id);
/// As FindExam(), and nobody else changes the exam, its jobs or its images until the end of the
/// transaction. Several exams are locked in the order of their ids.
std::optional<Exam> LockExam(Database& database, std::int64_t id);
/// Images in use whose files are there, in the order of their arrival.
std::vector<ReceivedObject> ImagesOfExam(Database& database, std::int64_t exam);
/// Whether the four standard views are among the images of an exam in use.
bool HasFourViews(Database& database, std::int64_t exam);
/// The newest earlier exams of the same patient that were measured, the oldest first; at most 20,
/// as many people can share a Patient ID such as "UNKNOWN".
std::vector<Exam> PriorsOfExam(Database& database, const Exam& exam);
/// Writes the state of an exam, with the reason.
void SetExamState(Database& database, std::int64_t exam, ExamState state,
                  const std::string& reason);
/// Makes a job for the present revision of an exam, ready at once; the exam then waits.
void AddJob(Database& database, const Exam& exam, int priority);
/// Gives up the jobs of an exam that wait, and with `running` those that run too.
void GiveUpJobs(Database& database, std::int64_t exam, bool running);

}  // namespace mhcnn
