#include "mhcnn/service/web/body_intake.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <exception>

#include "mhcnn/base/error.h"
#include "mhcnn/base/text.h"
#include "mhcnn/service/received_header.h"

namespace mhcnn {

BodyIntake::BodyIntake(const BodyIntakeContext& parts, const HttpRequest& request, BodySource door)
    : parts_(parts),
      request_(request),
      door_(std::move(door)),
      peer_(door_.name + ":" + request.address) {
  std::string reason;
  if (!Intake(parts_.stores.Mine(), parts_.folder, parts_.config).HasRoom(&reason)) {
    spdlog::warn("web: objects are refused: {}", reason);
    throw HttpError(503, "the node has no room for more objects", {{"Retry-After", "300"}});
  }
}

BodyIntake::~BodyIntake() { RecordAudit(); }

void BodyIntake::Begin() {
  file_.reset();
  taken_ = {};
  failed_ = false;
  try {
    file_ = std::make_unique<IncomingFile>(parts_.folder.MakeIncomingPath());
  } catch (const Error& e) {
    spdlog::error("web: an object from {} could not be written: {}", request_.address, e.what());
    Fail(ErrorCode::kIo, "could not be written to the disk of the node", "send it again later");
  }
}

void BodyIntake::Data(std::string_view piece) {
  if (failed_ || !file_) return;
  if (file_->bytes() + piece.size() > parts_.config.receive.max_object_bytes) {
    spdlog::warn("web: an object from {} is larger than receive.max_object_mb", request_.address);
    Fail(ErrorCode::kLimit, "is larger than the node takes (receive.max_object_mb)");
    taken_.too_large = true;
    return;
  }
  try {
    file_->Write(piece);
  } catch (const Error& e) {
    spdlog::error("web: an object from {} could not be written: {}", request_.address, e.what());
    Fail(ErrorCode::kIo, "could not be written to the disk of the node", "send it again later");
  }
}

BodyIntake::Taken BodyIntake::End(const std::string& study, const Check& check) {
  ReceivedObject header;
  try {
    if (!failed_ && (!file_ || file_->bytes() == 0)) Fail(ErrorCode::kCorrupt, "is empty");
    if (!failed_ && check) check(file_->path());
    if (!failed_ && !study.empty()) {
      try {
        header = ReadReceivedHeader(file_->path());
        if (header.study_uid != study) Fail(ErrorCode::kUsage, "belongs to another study");
      } catch (const Error&) {
        // Intake keeps objects that cannot be understood, with the reason.
      }
    }
    if (!failed_) {
      const std::filesystem::path path = file_->ReleaseFile();
      Intake intake(parts_.stores.Mine(), parts_.folder, parts_.config);
      taken_.outcome = intake.Take(path, peer_);
      header = taken_.outcome.object;
      if (!taken_.outcome.safe) {
        spdlog::warn("web: an object from {} was refused: {}", request_.address,
                     ToDisplayText(taken_.outcome.problem));
      }
    }
  } catch (const Error& e) {
    const bool disk = e.code() == ErrorCode::kIo;
    if (disk)
      spdlog::error("web: an object from {}: {}", request_.address, ToDisplayText(e.what()));
    Fail(e.code(), disk ? "could not be written to the disk of the node" : e.problem(), e.remedy());
  }
  file_.reset();
  failed_ = false;
  Taken taken = std::exchange(taken_, {});
  taken.outcome.object = header;
  if (taken.outcome.safe) Audit(header);
  if (parts_.on_object) parts_.on_object(taken.outcome.safe);
  return taken;
}

void BodyIntake::CountFailure() const {
  if (parts_.on_object) parts_.on_object(false);
}

void BodyIntake::Fail(ErrorCode code, std::string problem, std::string remedy) {
  failed_ = true;
  taken_.outcome.safe = false;
  taken_.outcome.code = code;
  taken_.outcome.problem = std::move(problem);
  taken_.remedy = std::move(remedy);
  file_.reset();
}

void BodyIntake::Audit(const ReceivedObject& object) {
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
}

void BodyIntake::RecordAudit() noexcept {
  try {
    for (auto& [key, entry] : std::exchange(audit_, {})) {
      entry.event = door_.event;
      entry.peer = !door_.person.empty()      ? door_.person
                   : !request_.client.empty() ? request_.client
                                              : door_.unnamed;
      entry.address = request_.address;
      if (parts_.config.audit.enabled) Record(parts_.stores.Mine(), entry, parts_.config.name);
    }
  } catch (const std::exception& e) {
    spdlog::error("web: {}", ToDisplayText(e.what()));
  }
}

}  // namespace mhcnn
