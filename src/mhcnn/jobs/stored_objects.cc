#include "mhcnn/jobs/stored_objects.h"

#include <map>

#include "mhcnn/jobs/database.h"
#include "mhcnn/jobs/exam_rows.h"

namespace mhcnn {
namespace {

/// Received, in use, with its file, neither in quarantine nor a result that came back.
constexpr char kReceived[] = "superseded IS NULL AND removed = 0 AND purpose IN (0, 1)";

/// The wildcards of DICOM as those of SQL.
std::string LikePattern(const std::string& text) {
  std::string pattern;
  for (const char c : text) {
    if (c == '%' || c == '_' || c == '!') pattern += '!';
    pattern += c == '*' ? '%' : c == '?' ? '_' : c;
  }
  return pattern;
}

StoredObject ReadRow(const SqlRow& row, bool result) {
  StoredObject object;
  object.result = result;
  object.sop_uid = row.Text(0);
  object.sop_class_uid = row.Text(1);
  object.study_uid = row.Text(2);
  object.digest = row.Text(3);
  object.file = PathFromText(row.Text(4));
  object.bytes = static_cast<std::uint64_t>(row.Number(5));
  return object;
}

}  // namespace

std::vector<StoredStudy> StoredObjects::Studies(const StoredStudyFilter& filter) {
  std::string where = kReceived;
  std::vector<SqlValue> values;
  const auto add = [&](const std::string& condition, const std::string& value) {
    where += " AND " + condition;
    values.emplace_back(ToStoredText(value));
  };
  if (filter.patient_id.find_first_of("*?") != std::string::npos) {
    add("patient_id LIKE ? ESCAPE '!'", LikePattern(filter.patient_id));
  } else if (!filter.patient_id.empty()) {
    add("patient_id = ?", filter.patient_id);
  }
  if (!filter.date_from.empty()) add("study_date >= ?", filter.date_from);
  if (!filter.date_to.empty()) add("study_date <> '' AND study_date <= ?", filter.date_to);
  if (!filter.study_uids.empty()) {
    where += " AND study_uid IN (";
    for (std::size_t i = 0; i < filter.study_uids.size(); ++i) {
      where += i == 0 ? "?" : ", ?";
      values.emplace_back(ToStoredText(filter.study_uids[i]));
    }
    where += ")";
  }
  values.emplace_back(std::int64_t{filter.limit});
  values.emplace_back(filter.offset);
  return database_.Read([&] {
    std::vector<StoredStudy> studies;
    for (const SqlRow& row :
         database_.Query("SELECT study_uid, max(patient_id), max(study_date) FROM objects WHERE " +
                             where + " GROUP BY study_uid ORDER BY max(id) DESC LIMIT ? OFFSET ?",
                         values)) {
      studies.push_back({row.Text(0), row.Text(1), row.Text(2)});
    }
    return studies;
  });
}

std::vector<StoredObject> StoredObjects::ListForStudy(const std::string& study_uid) {
  return database_.Read([&] {
    std::vector<StoredObject> objects;
    for (const SqlRow& row : database_.Query(
             std::string("SELECT sop_uid, sop_class_uid, study_uid, digest, file, bytes FROM "
                         "objects WHERE study_uid = ? AND ") +
                 kReceived + " ORDER BY id",
             {ToStoredText(study_uid)})) {
      objects.push_back(ReadRow(row, false));
    }
    // A second try of one revision makes objects of the same UIDs: the last ones count.
    std::map<std::string, std::size_t> places;
    for (const SqlRow& row : database_.Query(
             "SELECT r.sop_uid, r.sop_class_uid, e.study_uid, r.digest, r.file, r.bytes FROM "
             "results r JOIN exams e ON e.id = r.exam WHERE e.study_uid = ? AND r.removed = 0 AND "
             "r.sop_class_uid <> '' AND r.revision = (SELECT max(revision) FROM results WHERE exam "
             "= e.id AND removed = 0 AND sop_class_uid <> '') ORDER BY r.id",
             {ToStoredText(study_uid)})) {
      StoredObject object = ReadRow(row, true);
      const auto [place, added] = places.try_emplace(object.sop_uid, objects.size());
      if (added) {
        objects.push_back(std::move(object));
      } else {
        objects[place->second] = std::move(object);
      }
    }
    return objects;
  });
}

}  // namespace mhcnn
