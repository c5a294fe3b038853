#include "mhcnn/service/web/stow.h"

#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>

#include "mhcnn/base/text.h"
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

/// One request: reads the parts as they arrive and keeps the outcome of each.
class StowExchange final : public HttpExchange, public MultipartSink {
 public:
  StowExchange(const StowContext& parts, const HttpRequest& request, std::string person)
      : parts_(parts),
        request_(request),
        study_(request.parameters.empty() ? "" : request.parameters[0]) {
    if (!study_.empty() && !IsUid(study_))
      throw HttpError(400, "the study of the path is not a UID");
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
    BodySource door{"stow"};
    door.person = std::move(person);
    intake_ = std::make_unique<BodyIntake>(parts_, request_, std::move(door));
    reader_ = std::make_unique<MultipartReader>(std::string(media.Parameter("boundary")), *this);
  }

  void Body(std::string_view piece) override { reader_->Feed(piece); }

  HttpResponse Answer() override {
    reader_->Finish();
    if (reader_->parts() == 0) throw HttpError(400, "the body has no part");
    intake_->RecordAudit();
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
    // A part without a type has the type of the whole body.
    other_type_ = !type.empty() && ParseMediaType(type).type != kDicom;
    if (!other_type_) intake_->Begin();
  }

  void PartData(std::string_view piece) override {
    if (!other_type_) intake_->Data(piece);
  }

  void PartEnds() override {
    if (other_type_) {
      intake_->CountFailure();
      failed_.push_back({{"00081197", Element("US", kCannotUnderstand)}});
      return;
    }
    const BodyIntake::Taken taken = intake_->End(study_);
    const ReceivedObject& object = taken.outcome.object;
    if (taken.outcome.safe) {
      stored_.push_back({{"00081150", Element("UI", object.sop_class_uid)},
                         {"00081155", Element("UI", object.sop_uid)},
                         {"00081190", {{"vr", "UR"}}}});
      return;
    }
    const int reason = StowFailureReason(taken.outcome.code);
    json item{{"00081197", Element("US", reason)}};
    if (IsUid(object.sop_class_uid)) item["00081150"] = Element("UI", object.sop_class_uid);
    if (IsUid(object.sop_uid)) item["00081155"] = Element("UI", object.sop_uid);
    failed_.push_back(std::move(item));
    if (reason == kOutOfResources && !taken.too_large) ++lacking_;
  }

  StowContext parts_;
  HttpRequest request_;
  std::string study_;
  std::unique_ptr<BodyIntake> intake_;
  std::unique_ptr<MultipartReader> reader_;
  bool other_type_ = false;  ///< whether the part has a type that is not accepted
  json::array_t stored_, failed_;
  std::size_t lacking_ = 0;  ///< number of failures for a lack of resources
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

HttpHandler StowHandler(const StowContext& parts,
                        const std::function<std::string(const HttpRequest& request)>& who) {
  return [parts, who](const HttpRequest& request) {
    return std::make_unique<StowExchange>(parts, request, who ? who(request) : std::string());
  };
}

}  // namespace mhcnn
