#include "mhcnn/batch/batch_tables.h"

#include <algorithm>
#include <memory>
#include <queue>
#include <tuple>
#include <utility>
#include <vector>

#include "mhcnn/base/file.h"
#include "mhcnn/results/results_table.h"

namespace mhcnn {
namespace {

/// A file of an exam: the name that its files share (StudyKey), and its number.
struct KeyedRow {
  std::string key;
  std::size_t row;
};

/// The images of one key, of which there may be several exams.
struct ReadExams {
  std::vector<Result> images;
  std::vector<StudyGroup> groups;  ///< of `images`
  std::vector<StudyResult> studies;
};

/// An exam whose turn has not come.
struct WaitingExam {
  std::shared_ptr<ReadExams> of;
  std::size_t number;  ///< in `of`
  const StudyResult& study() const { return of->studies[number]; }
  /// The first name is the greatest, for a queue.
  bool operator<(const WaitingExam& other) const { return study().study > other.study().study; }
};

/// The three tables and the page, a row at a time.
class Writer {
 public:
  Writer(const BatchRows& rows, const BatchTables& tables, LeftOutFiles& left_out)
      : rows_(rows),
        tables_(tables),
        left_out_(left_out),
        results_csv_(Path("results", ".csv")),
        studies_csv_(Path("studies", ".csv")),
        json_(Path("results", ".json")) {}

  void Write() {
    if (tables_.page) page_.emplace(tables_.output, tables_.page->coverage);
    results_csv_.Write(ResultsCsv({}));
    studies_csv_.Write(StudiesCsv({}));
    json_.Write(ResultsJsonStart(tables_.model));
    WriteResults();
    json_.Write(ResultsJsonMiddle());
    WriteStudies();
    json_.Write(ResultsJsonEnd(left_out_));
    results_csv_.Commit();
    studies_csv_.Commit();
    json_.Commit();
    if (!page_) return;
    BatchPageInfo metadata = *tables_.page;
    metadata.model = tables_.model;
    metadata.left_out = left_out_.Text();
    metadata.files -= rows_.count - keys_.size();
    page_->Finish(metadata);
  }

 private:
  std::filesystem::path Path(const char* name, const char* extension) const {
    return tables_.output / (name + tables_.suffix + extension);
  }

  void WriteResults() {
    for (std::size_t i = 0; i < rows_.count; ++i) {
      const Result result = rows_.at(i);
      if (const auto kind = ParseLeftOutKind(result.left_out)) {
        left_out_.Add(*kind, result.metadata.path);
        continue;
      }
      results_csv_.Write(ResultCsvLine(result));
      json_.Write(ResultJsonLine(result, keys_.empty()));
      if (page_) page_->AddResult(result);
      if (tables_.on_row) tables_.on_row(result);
      keys_.push_back({StudyKey(result.metadata, tables_.study_by), i});
    }
    std::ranges::sort(keys_, {},
                      [](const KeyedRow& keyed) { return std::tie(keyed.key, keyed.row); });
  }

  void WriteStudies() {
    std::priority_queue<WaitingExam> waiting;
    for (std::size_t begin = 0; begin < keys_.size();) {
      const std::string& key = keys_[begin].key;
      // The names of all exams to come begin with this key or a later one.
      Emit(waiting, &key);
      std::size_t end = begin;
      while (end < keys_.size() && keys_[end].key == key) ++end;
      auto exams = std::make_shared<ReadExams>();
      for (std::size_t i = begin; i < end; ++i) exams->images.push_back(rows_.at(keys_[i].row));
      exams->studies = MakeStudies(exams->images, tables_.study_by);
      exams->groups = GroupStudies(exams->images, tables_.study_by);
      for (std::size_t i = 0; i < exams->studies.size(); ++i) waiting.push({exams, i});
      begin = end;
    }
    Emit(waiting, nullptr);
  }

  /// Writes the exams whose names come before `key`; all without one.
  void Emit(std::priority_queue<WaitingExam>& waiting, const std::string* key) {
    while (!waiting.empty() && (key == nullptr || waiting.top().study().study <= *key)) {
      const WaitingExam exam = waiting.top();
      waiting.pop();
      StudyResult& study = exam.of->studies[exam.number];
      if (tables_.complete) tables_.complete(study);
      studies_csv_.Write(StudyCsvLine(study));
      json_.Write(StudyJsonLine(study, exams_++ == 0));
      if (page_) page_->AddExam(study, exam.of->groups[exam.number]);
      if (tables_.on_exam) tables_.on_exam(study);
    }
  }

  const BatchRows& rows_;
  const BatchTables& tables_;
  LeftOutFiles& left_out_;
  AtomicFile results_csv_, studies_csv_, json_;
  std::optional<BatchPageWriter> page_;
  std::vector<KeyedRow> keys_;
  std::size_t exams_ = 0;
};

}  // namespace

void WriteBatchTables(const BatchRows& rows, const BatchTables& tables, LeftOutFiles& left_out) {
  Writer(rows, tables, left_out).Write();
}

}  // namespace mhcnn
