#include "mhcnn/service/deliver/stow_sender.h"

#include <fmt/format.h>

#include <span>

#include "mhcnn/base/error.h"
#include "mhcnn/base/file_bytes.h"
#include "mhcnn/base/sha256.h"
#include "mhcnn/service/deliver/store_status.h"
#include "mhcnn/service/deliver/stow_answer.h"

namespace mhcnn {
namespace {

/// Size in bytes at which a request is complete: memory is limited, and servers accept it.
constexpr std::size_t kFullRequest = std::size_t{64} << 20;

}  // namespace

SendOutcome ToStowOutcome(const HttpAnswer& answer, const std::string& sop_uid, bool sent_before) {
  const bool accepted = answer.status == 200 || answer.status == 202;
  if (!accepted && answer.status != 409) return ToFailureOutcome(answer);
  const auto said = ReadStowAnswer(answer.body);
  if (said) {
    if (const auto failed = said->failed.find(sop_uid); failed != said->failed.end()) {
      if (!IsStoredStatus(failed->second)) return ToStoreOutcome(failed->second, sent_before);
      return {SendResult::kTransient,
              fmt::format("the destination lists the object as failed, with status {:04X}",
                          failed->second)};
    }
    if (accepted && said->stored.contains(sop_uid)) return {SendResult::kStored, ""};
  }
  if (!accepted) {
    return {SendResult::kPermanent, "the destination answered 409: it stored none of the objects"};
  }
  return {SendResult::kTransient,
          fmt::format("the destination answered {}, but {}", answer.status,
                      said ? "does not list the object as stored"
                           : "in a form that cannot be read (Content-Type '" +
                                 answer.type.substr(0, 40) + "')")};
}

void StowSender::SendGroup(const std::vector<OutgoingObject>& objects,
                           std::span<const std::size_t> group, const std::string& body,
                           const std::string& boundary, const SendHooks& hooks) {
  const HttpAnswer answer = client_.Request(
      "POST", destination_.url,
      {"Content-Type: multipart/related; type=\"application/dicom\"; boundary=" + boundary,
       "Accept: application/dicom+json"},
      body);
  for (const std::size_t index : group) {
    hooks.ended(index, ToStowOutcome(answer, objects[index].sop_uid, objects[index].sent_before));
  }
}

void StowSender::Send(const std::vector<OutgoingObject>& objects, const SendHooks& hooks) {
  std::string identity;
  for (const auto& object : objects) identity += object.digest;
  // Nobody can write an object that contains this boundary.
  const std::string boundary = "mhcnn-" + Sha256Hex(identity).substr(0, 40);
  for (std::size_t next = 0; next < objects.size();) {
    std::vector<std::size_t> group;
    std::string body;
    for (; next < objects.size() && body.size() < kFullRequest; ++next) {
      if (objects[next].sop_class_uid.empty()) {
        hooks.ended(next, {SendResult::kPermanent,
                           "is not a DICOM object and cannot be sent by STOW-RS; remove '" +
                               objects[next].kind + "' from formats of the destination"});
        continue;
      }
      const std::size_t before = body.size();
      try {
        FileBytes(objects[next].path).Read([&](std::span<const std::uint8_t> bytes) {
          body += "--" + boundary + "\r\nContent-Type: application/dicom\r\n\r\n";
          body.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
          body += "\r\n";
        });
        group.push_back(next);
      } catch (const Error& e) {
        body.resize(before);
        hooks.ended(next, {SendResult::kTransient, e.what()});
      }
    }
    if (group.empty()) continue;
    body += "--" + boundary + "--\r\n";
    if (!hooks.may_send(body.size())) return;
    SendGroup(objects, group, body, boundary, hooks);
  }
}

SendOutcome StowSender::Check() {
  // A search for a study that nobody has: it shows that address, token and certificates are right,
  // and brings no patient's data. Several servers answer OPTIONS with 404.
  const HttpAnswer answer =
      client_.Request("GET", destination_.url + "?StudyInstanceUID=2.25.0&limit=1",
                      {"Accept: application/dicom+json"});
  if (answer.status == 405 || answer.status == 501 ||
      (answer.status >= 200 && answer.status < 300)) {
    return {SendResult::kStored, fmt::format("the server answers ({})", answer.status)};
  }
  return ToFailureOutcome(answer);
}

}  // namespace mhcnn
