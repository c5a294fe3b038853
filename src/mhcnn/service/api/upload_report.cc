#include "mhcnn/service/api/upload_report.h"

#include <nlohmann/json.hpp>

#include "mhcnn/base/archive.h"
#include "mhcnn/base/error.h"
#include "mhcnn/base/packed_file.h"
#include "mhcnn/base/text.h"
#include "mhcnn/dicom/file_meta.h"
#include "mhcnn/image/file_io.h"

namespace mhcnn {
namespace {

using nlohmann::json;

constexpr std::size_t kLongestName = 300, kHead = 4'096;
constexpr const char* kDicomdirClass = "1.2.840.10008.1.3.10";

std::string ShownName(const std::string& name) {
  return TruncateFront(ToDisplayText(name), kLongestName);
}

}  // namespace

void UploadReport::Add(const std::string& name, const BodyIntake::Taken& taken) {
  const IntakeOutcome& outcome = taken.outcome;
  if (!outcome.safe) {
    AddFailed(name, outcome.problem, taken.remedy);
    const bool lacking = outcome.code == ErrorCode::kIo || outcome.code == ErrorCode::kLimit;
    if (lacking && !taken.too_large) ++lacking_;
    return;
  }
  json item{{"sop_uid", outcome.object.sop_uid},
            {"study_uid", outcome.object.study_uid},
            {"duplicate", outcome.receipt.kind == Receipt::Kind::kDuplicate},
            {"measured", outcome.problem.empty()}};
  if (!outcome.problem.empty()) item["reason"] = ToDisplayText(outcome.problem);
  stored_.push_back(std::move(item));
}

void UploadReport::AddFailed(const std::string& name, const std::string& problem,
                             const std::string& remedy) {
  failed_.push_back({{"name", ShownName(name)},
                     {"problem", ToDisplayText(problem)},
                     {"remedy", ToDisplayText(remedy)}});
}

HttpResponse UploadReport::Answer() const {
  HttpResponse response;
  response.content_type = "application/json";
  response.body = json{{"stored", stored_}, {"failed", failed_}}.dump(
      -1, ' ', false, json::error_handler_t::replace);
  if (stored_.empty() && !failed_.empty() && lacking_ == failed_.size()) {
    response.status = 503;
    response.fields.emplace_back("Retry-After", "300");
  }
  return response;
}

void CheckDicomObject(const std::filesystem::path& file) {
  const std::vector<std::uint8_t> head = ReadFileHead(file, kHead);
  if (SniffFileKind(head) == FileKind::kDicom) {
    if (ReadFileMeta(head).sop_class != kDicomdirClass) return;
    throw Error(ErrorCode::kUnsupported, "is a DICOMDIR, a list of other files", {},
                "send the files that it lists");
  }
  if (SniffArchive(head) != ArchiveKind::kNone || !FindUnreadArchiveName(head, {}).empty()) {
    throw Error(ErrorCode::kUnsupported, "is an archive", {},
                "unpack it, or send one zip file that contains the DICOM files directly");
  }
  throw Error(ErrorCode::kUnsupported, "is not a DICOM file", {}, "send DICOM files");
}

}  // namespace mhcnn
