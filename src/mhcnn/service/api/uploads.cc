#include "mhcnn/service/api/uploads.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <string>
#include <utility>

#include "mhcnn/base/error.h"
#include "mhcnn/base/text.h"
#include "mhcnn/service/api/idempotent_request.h"
#include "mhcnn/service/api/upload_report.h"
#include "mhcnn/service/api/zip_upload.h"
#include "mhcnn/service/web/multipart_reader.h"

namespace mhcnn {
namespace {

/// Limits of an unpacked zip file: kUnpackFactor times the largest body, and the larger of
/// kUnpackRatio times its own size and kAlwaysUnpacked bytes. Mammograms pack to a tenth at best.
constexpr std::uint64_t kUnpackFactor = 8, kUnpackRatio = 100, kAlwaysUnpacked = 256u << 20;
constexpr std::string_view kZipStart = "PK\x03\x04", kEmptyZipStart = "PK\x05\x06";

/// Kind of a part.
enum class PartKind {
  kUndecided,  ///< decided by its first bytes
  kObject,     ///< a DICOM object
  kZip,        ///< a zip file
  kOther,      ///< something that is not accepted
  kField,      ///< a field of a form that is not a file
};

bool IsMultipart(const std::string& type) {
  return type == "multipart/form-data" || type == "multipart/related";
}

/// Returns the kind for a media type, a guess of browsers where the file's name has no meaning.
PartKind ToPartKind(const std::string& type) {
  if (type == "application/dicom") return PartKind::kObject;
  if (type == "application/zip" || type == "application/x-zip-compressed") return PartKind::kZip;
  if (type.empty() || type == "application/octet-stream") return PartKind::kUndecided;
  return PartKind::kOther;
}

/// Returns the percent-decoded text of a "filename*" (RFC 8187).
std::string ExtendedName(const std::string& value) {
  const auto quote = value.rfind('\'');
  if (quote == std::string::npos) return value;
  try {
    return PathSegments("/" + value.substr(quote + 1)).at(0);
  } catch (const HttpError&) {
    return value.substr(quote + 1);
  }
}

/// One request: passes the parts on as they arrive and keeps the outcome of each.
class UploadExchange final : public HttpExchange, public MultipartSink {
 public:
  UploadExchange(const UploadContext& parts, const HttpRequest& request)
      : parts_(parts), request_(request) {
    const MediaType media = ParseMediaType(request.Field("content-type"));
    kind_ = ToPartKind(media.type);
    if (!IsMultipart(media.type) && (kind_ == PartKind::kOther || media.type.empty())) {
      throw HttpError(415,
                      "the node takes application/dicom, application/zip, multipart/form-data and "
                      "multipart/related");
    }
    if (!request.has_body) throw HttpError(400, "the request has no body");
    const std::string who = parts_.access.Who(request_);
    key_ = std::make_unique<IdempotentRequest>(parts_.intake.stores, request_, who);
    key_->Add(media.type);
    if (!key_->replays()) {
      intake_ = std::make_unique<BodyIntake>(
          parts_.intake, request_, BodySource{"upload", AuditEvent::kImport, "upload client", who});
    }
    if (IsMultipart(media.type)) {
      reader_ = std::make_unique<MultipartReader>(std::string(media.Parameter("boundary")), *this);
    } else {
      BeginFile(kind_, "file");
    }
  }

  void Body(std::string_view piece) override {
    if (reader_) {
      reader_->Feed(piece);
    } else {
      PartData(piece);
    }
  }

  HttpResponse Answer() override {
    if (reader_) {
      reader_->Finish();
      if (files_ == 0) throw HttpError(400, "the body contains no file");
    } else {
      PartEnds();
    }
    if (key_->replays()) return key_->Replay();
    intake_->RecordAudit();
    HttpResponse response = report_.Answer();
    key_->Keep(response);
    return response;
  }

 private:
  void PartBegins(const HttpFields& fields) override {
    std::string type, disposition;
    for (const auto& [name, value] : fields) {
      if (name == "content-type") type = value;
      if (name == "content-disposition") disposition = value;
    }
    // Its parameters have the same form as the parameters of a media type.
    const MediaType metadata = ParseMediaType(disposition.empty() ? "" : "part/" + disposition);
    std::string name = ExtendedName(std::string(metadata.Parameter("filename*")));
    if (name.empty()) name = metadata.Parameter("filename");
    const bool field = metadata.type == "part/form-data" && name.empty() && type.empty();
    if (name.empty()) name = fmt::format("part {}", reader_->parts());
    BeginFile(field ? PartKind::kField : ToPartKind(ParseMediaType(type).type), name);
    key_->Add(fmt::format("\npart {} {}\n", type, name));
  }

  void PartData(std::string_view piece) override {
    key_->Add(piece);
    bytes_ += piece.size();
    if (!intake_) return;
    if (kind_ == PartKind::kUndecided) {
      head_ += piece;
      if (head_.size() < kZipStart.size()) return;
      Decide();
      Give(std::exchange(head_, {}));
      return;
    }
    Give(piece);
  }

  void PartEnds() override {
    key_->Add(fmt::format("\nend {}\n", bytes_));
    if (!intake_) return;
    if (kind_ == PartKind::kUndecided) {
      Decide();
      Give(std::exchange(head_, {}));
    }
    if (kind_ == PartKind::kObject) report_.Add(name_, intake_->End({}, CheckDicomObject));
    if (kind_ == PartKind::kZip) EndZip();
    if (kind_ == PartKind::kOther) {
      report_.AddFailed(name_, "is of a type that the node does not take",
                        "send it as application/dicom or application/zip");
      intake_->CountFailure();
    }
  }

  void BeginFile(PartKind kind, std::string name) {
    kind_ = kind;
    name_ = std::move(name);
    bytes_ = 0;
    head_.clear();
    zip_.reset();
    zip_problem_ = false;
    if (kind_ != PartKind::kField) ++files_;
    if (intake_) Open();
  }

  /// Creates the file for the part.
  void Open() {
    if (kind_ == PartKind::kObject) intake_->Begin();
    if (kind_ == PartKind::kZip) {
      TryZip(
          [&] { zip_ = std::make_unique<IncomingFile>(parts_.intake.folder.MakeIncomingPath()); });
    }
  }

  void Decide() {
    const bool zip = head_.rfind(kZipStart, 0) == 0 || head_.rfind(kEmptyZipStart, 0) == 0;
    kind_ = zip ? PartKind::kZip : PartKind::kObject;
    Open();
  }

  void Give(std::string_view piece) {
    if (kind_ == PartKind::kObject) intake_->Data(piece);
    if (kind_ == PartKind::kZip && zip_) TryZip([&] { zip_->Write(piece); });
  }

  void EndZip() {
    if (zip_problem_ || !zip_) {
      BodyIntake::Taken taken;
      taken.outcome.code = ErrorCode::kIo;
      taken.outcome.problem = "could not be written to the disk of the node";
      taken.remedy = "send it again later";
      report_.Add(name_, taken);
      return;
    }
    ZipUploadLimits limits;
    limits.bytes = std::min(parts_.intake.config.web.max_body_bytes * kUnpackFactor,
                            std::max(kAlwaysUnpacked, zip_->bytes() * kUnpackRatio));
    limits.has_room = [this] {
      return Intake(parts_.intake.stores.Mine(), parts_.intake.folder, parts_.intake.config)
          .HasRoom();
    };
    StoreZip(zip_->path(), name_, *intake_, report_, limits);
    zip_.reset();
  }

  /// Runs `act`; its Error is a failure of this part alone, as of a full disk.
  template <typename Do>
  void TryZip(Do&& act) {
    try {
      act();
    } catch (const Error&) {
      zip_problem_ = true;
      zip_.reset();
    }
  }

  UploadContext parts_;
  HttpRequest request_;
  std::unique_ptr<IdempotentRequest> key_;
  std::unique_ptr<BodyIntake> intake_;  ///< null where an earlier answer is given again
  std::unique_ptr<MultipartReader> reader_;
  std::unique_ptr<IncomingFile> zip_;  ///< zip file that is being received
  bool zip_problem_ = false;
  PartKind kind_ = PartKind::kObject;
  std::string name_, head_;
  std::uint64_t bytes_ = 0;  ///< size of the part so far
  std::size_t files_ = 0;
  UploadReport report_;
};

}  // namespace

void AddUploadRoutes(Router& router, const UploadContext& parts) {
  router.Add({"POST", "/api/v1/uploads", HttpThread::kWorker, parts.access.GuardFor(Role::kSender),
              [parts](const HttpRequest& request) {
                return std::make_unique<UploadExchange>(parts, request);
              }});
}

}  // namespace mhcnn
