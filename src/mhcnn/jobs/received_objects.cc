#include "mhcnn/jobs/received_objects.h"

#include <fmt/format.h>

#include <algorithm>

#include "mhcnn/base/error.h"
#include "mhcnn/jobs/database.h"
#include "mhcnn/jobs/delivery_groups.h"
#include "mhcnn/jobs/exam_events.h"
#include "mhcnn/jobs/exam_rows.h"

namespace mhcnn {
namespace {

constexpr char kQuarantined[] = "3";  // ObjectPurpose::kQuarantine

std::int64_t Number(ObjectPurpose use) { return static_cast<std::int64_t>(use); }

/// The object in use before, as far as Add() has to know it.
struct EarlierObject {
  std::int64_t id = 0, exam = 0;
  ReceivedObject object;
  int removed = 0;
};

std::optional<EarlierObject> FindEarlier(Database& database, const ReceivedObject& object) {
  const std::string columns = std::string(kObjectColumns) + ", id, exam, removed";
  const bool quarantine = object.use == ObjectPurpose::kQuarantine;
  const auto rows = quarantine
                        ? database.Query("SELECT " + columns +
                                             " FROM objects WHERE file = ? AND sop_uid = ?"
                                             " AND digest = ? AND purpose = " +
                                             kQuarantined,
                                         {ToPathText(object.file), object.sop_uid, object.digest})
                        : database.Query("SELECT " + columns +
                                             " FROM objects WHERE sop_uid = ? AND "
                                             "superseded IS NULL AND purpose <> " +
                                             kQuarantined,
                                         {object.sop_uid});
  if (rows.empty()) return std::nullopt;
  return EarlierObject{rows[0].Number(16), rows[0].Number(17), ReadObject(rows[0]),
                       rows[0].Int(18)};
}

std::int64_t FindOrMakeExam(Database& database, const ReceivedObject& object) {
  const auto find = [&] {
    return database.Query("SELECT id FROM exams WHERE study_uid = ?", {object.study_uid});
  };
  if (const auto rows = find(); !rows.empty()) return rows[0].Number(0);
  const std::int64_t now = Milliseconds(database.Now());
  // A conflict is an exam that another process made at the same time.
  database.Execute(
      "INSERT INTO exams (study_uid, patient_id, issuer, study_date, state, revision, "
      "first_received, last_received, changed, images, incomplete, reason, summary, measured, "
      "opened, closes, closes_by_limit) VALUES (?, ?, ?, ?, 0, 1, ?, ?, ?, 0, 0, '', '', 0, ?, "
      "NULL, 0) ON CONFLICT (study_uid) DO NOTHING",
      {object.study_uid, object.patient_id, object.issuer, object.study_date, now, now, now, now});
  return find().at(0).Number(0);
}

std::int64_t CountImages(Database& database, std::int64_t exam) {
  const std::int64_t count =
      database
          .Query(
              "SELECT count(*) FROM objects WHERE exam = ? AND superseded IS NULL AND purpose = 0 "
              "AND removed = 0",
              {exam})
          .at(0)
          .Number(0);
  database.Execute("UPDATE exams SET images = ? WHERE id = ?", {count, exam});
  return count;
}

/// The exam receives images again, as a new revision where it was complete; says when it will be
/// complete.
void ReopenExam(Database& database, const Exam& exam, const CompletenessRules& rules) {
  const StoreTime now = database.Now();
  if (exam.state != ExamState::kReceiving) {
    GiveUpJobs(database, exam.id, false);
    database.Execute(
        "UPDATE exams SET state = ?, revision = revision + 1, opened = ?, incomplete = 0, "
        "reason = '', changed = ? WHERE id = ?",
        {std::int64_t(ExamState::kReceiving), Milliseconds(now), Milliseconds(now), exam.id});
    AddExamEvent(database, exam.id,
                 fmt::format("opened again as revision {}; it was {}", exam.revision + 1,
                             ExamStateName(exam.state)));
  }
  const StoreTime opened =
      database.Query("SELECT opened FROM exams WHERE id = ?", {exam.id}).at(0).Time(0);
  const bool four = HasFourViews(database, exam.id);
  const StoreTime quiet = now + (four ? std::min(rules.four_views, rules.quiet) : rules.quiet);
  const StoreTime limit = opened + rules.hard_limit;
  database.Execute("UPDATE exams SET closes = ?, closes_by_limit = ? WHERE id = ?",
                   {Milliseconds(std::min(quiet, limit)), std::int64_t{limit < quiet}, exam.id});
}

/// An image of the exam is now elsewhere.
void HandleImageLeft(Database& database, const Exam& exam, const std::string& where,
                     const CompletenessRules& rules) {
  AddExamEvent(database, exam.id, "an image was removed from the exam: " + where);
  if (CountImages(database, exam.id) == 0) {
    GiveUpJobs(database, exam.id, true);
    GiveUpDeliveries(database, exam.id);
    if (exam.state == ExamState::kCancelled) return;
    SetExamState(database, exam.id, ExamState::kCancelled, "it has no images left: " + where);
    AddExamEvent(database, exam.id, "cancelled: it has no images left");
  } else if (exam.state != ExamState::kCancelled) {
    ReopenExam(database, exam, rules);
  }
}

}  // namespace

void CompletenessRules::Check() const {
  const auto check = [](std::chrono::milliseconds value, const char* field) {
    if (value.count() <= 0)
      throw Error(ErrorCode::kUsage, "must be more than 0", field, "give a time in seconds");
  };
  check(quiet, "quiet");
  check(hard_limit, "hard_limit");
  check(four_views, "four_views");
}

Receipt ReceivedObjects::Add(const ReceivedObject& given, const CompletenessRules& rules) {
  rules.Check();
  ReceivedObject object = given;
  object.sop_uid = ToStoredText(given.sop_uid);
  object.study_uid = ToStoredText(given.study_uid);
  Database& db = database_;
  return db.Write([&] {
    db.LockName("object " + object.sop_uid);
    const bool measure = object.use == ObjectPurpose::kMeasure;
    const std::optional<EarlierObject> old = FindEarlier(db, object);
    Receipt receipt;
    if (old && old->object.digest == object.digest && old->object.use == object.use) {
      // The receiver has just put a file that was removed into its place again.
      if (old->removed == 2) db.Execute("UPDATE objects SET removed = 0 WHERE id = ?", {old->id});
      receipt.kind = Receipt::Kind::kDuplicate;
      receipt.object = old->id;
      receipt.file = old->object.file;
      return receipt;
    }
    if (!db.Query("SELECT id FROM objects WHERE file = ? AND removed = 1",
                  {ToPathText(object.file)})
             .empty()) {
      throw Error(ErrorCode::kIo, "an earlier object of the same content is being removed",
                  "job store", "send the object again");
    }
    const bool was_image = old && old->object.use == ObjectPurpose::kMeasure && old->exam;
    const std::int64_t exam_id = measure ? FindOrMakeExam(db, object) : 0;
    const bool leaves = was_image && old->exam != exam_id;
    std::optional<Exam> exam, left;
    const auto lock_left = [&] {
      if (leaves) left = LockExam(db, old->exam);
    };
    if (leaves && old->exam < exam_id) lock_left();
    if (measure) exam = LockExam(db, exam_id);
    if (leaves && !left) lock_left();

    const std::int64_t now = Milliseconds(db.Now());
    if (old && object.use != ObjectPurpose::kQuarantine)
      db.Execute("UPDATE objects SET superseded = ? WHERE id = ?", {now, old->id});
    receipt.kind = old ? Receipt::Kind::kRevision : Receipt::Kind::kNew;
    receipt.file = object.file;
    receipt.object =
        db.Query(std::string("INSERT INTO objects (") + kObjectColumns +
                     ", exam, received) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, "
                     "?) RETURNING id",
                 {object.sop_uid, object.sop_class_uid, object.series_uid, object.study_uid,
                  object.patient_id, object.issuer, object.study_date, object.digest,
                  object.image_digest, object.demographics_digest, object.view,
                  ToPathText(object.file), static_cast<std::int64_t>(object.bytes), object.peer,
                  Number(object.use), object.reason, measure ? SqlValue(exam_id) : SqlValue(), now})
            .at(0)
            .Number(0);
    if (measure) {
      receipt.changes_exam = !was_image || leaves ||
                             old->object.image_digest != object.image_digest ||
                             old->object.demographics_digest != object.demographics_digest ||
                             old->object.view != object.view;
      CountImages(db, exam_id);
      if (receipt.changes_exam) {
        db.Execute(
            "UPDATE exams SET patient_id = ?, issuer = ?, study_date = ?, last_received = ? WHERE "
            "id = ?",
            {object.patient_id, object.issuer, object.study_date, now, exam_id});
        AddExamEvent(
            db, exam_id,
            fmt::format("{} {} from {}", old ? "received a changed image" : "received image",
                        object.sop_uid, object.peer));
        ReopenExam(db, *exam, rules);
      }
    }
    if (left) {
      receipt.changes_exam = true;
      HandleImageLeft(db, *left,
                      measure ? "it was sent again under study " + object.study_uid
                              : "it was sent again as an object that is not measured",
                      rules);
    }
    return receipt;
  });
}

std::optional<ReceivedObject> ReceivedObjects::Find(const std::string& sop_uid) {
  return database_.Read([&]() -> std::optional<ReceivedObject> {
    const auto rows = database_.Query(std::string("SELECT ") + kObjectColumns +
                                          " FROM objects WHERE sop_uid = ? AND superseded IS NULL "
                                          "AND purpose <> " +
                                          kQuarantined,
                                      {sop_uid});
    if (rows.empty()) return std::nullopt;
    return ReadObject(rows[0]);
  });
}

std::vector<ReceivedObject> ReceivedObjects::ListForExam(std::int64_t exam) {
  return database_.Read([&] { return ListExamImages(database_, exam); });
}

std::vector<ReceivedObject> ReceivedObjects::NotMeasured(const std::string& study_uid, int limit) {
  return database_.Read([&] {
    std::vector<ReceivedObject> objects;
    for (const SqlRow& row : database_.Query(
             std::string("SELECT ") + kObjectColumns +
                 " FROM objects WHERE study_uid = ? AND purpose <> 0 AND superseded IS NULL ORDER "
                 "BY id DESC LIMIT ?",
             {study_uid, std::int64_t{limit}}))
      objects.push_back(ReadObject(row));
    return objects;
  });
}

}  // namespace mhcnn
