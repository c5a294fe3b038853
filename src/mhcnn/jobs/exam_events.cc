#include "mhcnn/jobs/exam_events.h"

#include "mhcnn/base/text.h"
#include "mhcnn/jobs/database.h"

namespace mhcnn {

void AddExamEvent(Database& database, std::int64_t exam, const std::string& text) {
  database.Execute("INSERT INTO exam_events (exam, moment, message) VALUES (?, ?, ?)",
                   {exam, Milliseconds(database.Now()), ToDisplayText(text)});
}

}  // namespace mhcnn
