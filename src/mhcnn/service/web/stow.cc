#include "mhcnn/service/web/stow.h"

#include <fcntl.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>

#include "mhcnn/base/text.h"
#include "mhcnn/service/audit.h"
#include "mhcnn/service/received_header.h"
#include "mhcnn/service/web/multipart_reader.h"

namespace mhcnn {
namespace {

using nlohmann::json;

constexpr const char* kDicom = "application/dicom";
constexpr const char* kDicomJson = "application/dicom+json";
constexpr int kCannotUnderstand = 0xC000, kOutOfResources = 0xA700, kMismatch = 0xA900,
              kClassNotSupported = 0x0122, kProcessingFailure = 0x0110;

json Element(const char* vr, json value) {
  return {{"vr", vr}, {"Value", json::array({std::move(value)})}};
}

/// A file that is removed unless it was handed on.
class IncomingFile {
 public:
  explicit IncomingFile(std::filesystem::path path) : path_(std::move(path)) {
    fd_ = ::open(path_.c_str(), O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0600);
    if (fd_ < 0) ThrowSystem();
  }
  ~IncomingFile() {
    if (fd_ >= 0) ::close(fd_);
    std::error_code ignored;
    if (!path_.empty()) std::filesystem::remove(path_, ignored);
  }
  IncomingFile(const IncomingFile&) = delete;
  IncomingFile& operator=(const IncomingFile&) = delete;

  void Write(std::string_view piece) {
    while (!piece.empty()) {
      const auto count = ::write(fd_, piece.data(), piece.size());
      if (count < 0 && errno == EINTR) continue;
      if (count < 0) ThrowSystem();
      piece.remove_prefix(count);
      bytes_ += count;
    }
  }
  /// Closes the file. It belongs to the caller from now on.
  std::filesystem::path HandOn() {
    const int fd = std::exchange(fd_, -1);
    if (::close(fd) != 0) ThrowSystem();
    return std::exchange(path_, {});
  }
  const std::filesystem::path& path() const { return path_; }
  std::uint64_t bytes() const { return bytes_; }

 private:
  [[noreturn]] void ThrowSystem() const {
    throw Error(ErrorCode::kIo, std::strerror(errno), path_.string());
  }

  std::filesystem::path path_;
  int fd_ = -1;
  std::uint64_t bytes_ = 0;
};

/// One request: takes the parts as they come and remembers what became of each.
class StowExchange final : public HttpExchange, public MultipartSink {
 public:
  StowExchange(const StowParts& parts, const HttpRequest& request)
      : parts_(parts),
        request_(request),
        study_(request.parameters.empty() ? "" : request.parameters[0]),
        peer_("stow:" + request.address) {
    if (!study_.empty() && !IsUid(study_)) throw HttpError(400, "the study of the path is no UID");
    if (!Accepts(request.Field("accept"), kDicomJson) &&
        !Accepts(request.Field("accept"), "application/json")) {
      throw HttpError(406, "the node answers with application/dicom+json");
    }
    const MediaType media = ParseMediaType(request.Field("content-type"));
    const std::string type = ToLower(std::string(media.Parameter("type")));
    if (media.type != "multipart/related" || (!type.empty() && type != kDicom)) {
      throw HttpError(415, "the node takes multipart/related of application/dicom");
    }
    if (!request.has_body) throw HttpError(400, "the request has no body");
    std::string reason;
    if (!Intake(parts_.stores.Mine(), parts_.folder, parts_.config).HasRoom(&reason)) {
      spdlog::warn("web: objects are refused: {}", reason);
      throw HttpError(503, "the node has no room for more objects", {{"Retry-After", "300"}});
    }
    reader_ = std::make_unique<MultipartReader>(std::string(media.Parameter("boundary")), *this);
  }

  ~StowExchange() override { RecordAudit(); }

  void Body(std::string_view piece) override { reader_->Feed(piece); }

  HttpResponse Answer() override {
    reader_->Finish();
    if (reader_->parts() == 0) throw HttpError(400, "the body has no part");
    RecordAudit();
    json answer{{"00081190", {{"vr", "UR"}}}};
    if (!stored_.empty()) answer["00081199"] = {{"vr", "SQ"}, {"Value", stored_}};
    if (!failed_.empty()) answer["00081198"] = {{"vr", "SQ"}, {"Value", failed_}};
    HttpResponse response;
    response.content_type = kDicomJson;
    response.body = answer.dump(-1, ' ', false, json::error_handler_t::replace);
    if (failed_.empty()) return response;
    response.status = !stored_.empty() ? 202 : 409;
    if (stored_.empty() && lacking_ == failed_.size()) {
      response.status = 503;
      response.fields.emplace_back("Retry-After", "300");
    }
    return response;
  }

 private:
  void PartBegins(const HttpFields& fields) override {
    std::string type;
    for (const auto& [name, value] : fields) {
      if (name == "content-type") type = value;
    }
    problem_ = 0;
    // A part without a type is of the type of the whole.
    if (!type.empty() && ParseMediaType(type).type != kDicom) {
      problem_ = kCannotUnderstand;
      return;
    }
    Try([&] { file_ = std::make_unique<IncomingFile>(parts_.folder.NewIncoming()); });
  }

  void PartData(std::string_view piece) override {
    if (problem_ != 0) return;
    if (file_->bytes() + piece.size() > parts_.config.receive.max_object_bytes) {
      spdlog::warn("web: an object from {} is larger than receive.max_object_mb", request_.address);
      problem_ = kOutOfResources;
      too_large_ = true;
    } else {
      Try([&] { file_->Write(piece); });
    }
    if (problem_ != 0) file_.reset();
  }

  void PartEnds() override {
    if (problem_ == 0 && file_->bytes() == 0) problem_ = kCannotUnderstand;
    ReceivedObject object;
    if (problem_ == 0 && !study_.empty()) CheckStudy(object);
    if (problem_ == 0) Take(object);
    if (problem_ != 0) Fail(object);
    file_.reset();
    too_large_ = false;
  }

  /// The disk's refusal of one part is a failure of that part.
  void Try(const std::function<void()>& function) {
    try {
      function();
    } catch (const Error& e) {
      spdlog::error("web: an object from {} could not be written: {}", request_.address, e.what());
      problem_ = kOutOfResources;
    }
  }

  void CheckStudy(ReceivedObject& object) {
    try {
      object = ReadReceivedHeader(file_->path());
      if (object.study_uid != study_) problem_ = kMismatch;
    } catch (const Error&) {
      // Intake keeps what cannot be understood, with the reason.
    }
  }

  void Take(ReceivedObject& object) {
    std::filesystem::path path;
    Try([&] { path = file_->HandOn(); });
    if (problem_ != 0) return;
    Intake intake(parts_.stores.Mine(), parts_.folder, parts_.config);
    const IntakeOutcome outcome = intake.Take(path, peer_);
    object = outcome.object;
    if (!outcome.safe) {
      spdlog::warn("web: an object from {} was refused: {}", request_.address,
                   ShownText(outcome.problem));
      problem_ = StowFailureReason(outcome.code);
      return;
    }
    stored_.push_back({{"00081150", Element("UI", object.sop_class_uid)},
                       {"00081155", Element("UI", object.sop_uid)},
                       {"00081190", {{"vr", "UR"}}}});
    AuditEntry& entry = audit_[{object.study_uid, object.patient_id}];
    entry.study_uid = object.study_uid;
    entry.patient_id = object.patient_id;
    auto& counts = entry.objects;
    const auto same = [&](const auto& count) { return count.first == object.sop_class_uid; };
    const auto found = std::find_if(counts.begin(), counts.end(), same);
    if (found == counts.end()) {
      counts.emplace_back(object.sop_class_uid, 1);
    } else {
      ++found->second;
    }
    if (parts_.on_object) parts_.on_object(true);
  }

  void Fail(const ReceivedObject& object) {
    json item{{"00081197", Element("US", problem_)}};
    if (IsUid(object.sop_class_uid)) item["00081150"] = Element("UI", object.sop_class_uid);
    if (IsUid(object.sop_uid)) item["00081155"] = Element("UI", object.sop_uid);
    failed_.push_back(std::move(item));
    if (problem_ == kOutOfResources && !too_large_) ++lacking_;
    if (parts_.on_object) parts_.on_object(false);
  }

  /// A transfer for each study, once; also of those that came before the connection broke.
  void RecordAudit() noexcept {
    try {
      for (auto& [key, entry] : std::exchange(audit_, {})) {
        entry.event = AuditEvent::kInstancesTransferred;
        entry.peer = request_.client.empty() ? "STOW-RS client" : request_.client;
        entry.address = request_.address;
        if (parts_.config.audit.enabled) Record(parts_.stores.Mine(), entry, parts_.config.name);
      }
    } catch (const std::exception& e) {
      spdlog::error("web: {}", ShownText(e.what()));
    }
  }

  StowParts parts_;
  HttpRequest request_;
  std::string study_, peer_;
  std::unique_ptr<MultipartReader> reader_;
  std::unique_ptr<IncomingFile> file_;  ///< of the part that is being received
  int problem_ = 0;                     ///< Failure Reason of the part; 0: none so far
  bool too_large_ = false;
  json::array_t stored_, failed_;
  std::size_t lacking_ = 0;  ///< failures for a lack of resources
  std::map<std::pair<std::string, std::string>, AuditEntry> audit_;
};

}  // namespace

int StowFailureReason(ErrorCode code) {
  switch (code) {
    case ErrorCode::kCorrupt:
      return kCannotUnderstand;
    case ErrorCode::kUsage:
      return kMismatch;
    case ErrorCode::kLimit:
    case ErrorCode::kIo:
      return kOutOfResources;
    case ErrorCode::kUnsupported:
      return kClassNotSupported;
    default:
      return kProcessingFailure;
  }
}

HttpHandler StowHandler(const StowParts& parts) {
  return [parts](const HttpRequest& request) {
    return std::make_unique<StowExchange>(parts, request);
  };
}

}  // namespace mhcnn
