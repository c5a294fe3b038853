#include "mhcnn/service/deliver/fhir_sender.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "mhcnn/base/error.h"
#include "mhcnn/base/file.h"
#include "mhcnn/base/json.h"

namespace mhcnn {
namespace {

std::string UrlEscaped(const std::string& text) {
  std::string escaped;
  for (const unsigned char c : text) {
    const bool plain = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                       c == '.' || c == '-' || c == '_' || c == '~' || c == ':';
    escaped += plain ? std::string(1, static_cast<char>(c)) : fmt::format("%{:02X}", c);
  }
  return escaped;
}

std::string ReadText(const nlohmann::json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

}  // namespace

std::string BundleCondition(const std::string& bundle) {
  try {
    const auto json = ParseJson(bundle);
    if (!json.is_object() || ReadText(json, "resourceType") != "Bundle") return {};
    const auto identifier = json.find("identifier");
    if (identifier == json.end() || !identifier->is_object()) return {};
    const std::string value = ReadText(*identifier, "value");
    if (value.empty()) return {};
    return "identifier=" + UrlEscaped(ReadText(*identifier, "system") + "|" + value);
  } catch (const Error&) {
    return {};
  }
}

std::string FhirSender::Url(const char* part) const {
  std::string base = destination_.url;
  while (base.ends_with('/')) base.pop_back();
  return base + "/" + part;
}

SendOutcome FhirSender::SendOne(const OutgoingObject& object) {
  const std::string bundle = ReadTextFile(object.path);
  const std::string condition = BundleCondition(bundle);
  if (condition.empty()) {
    return {SendResult::kPermanent, "is not a FHIR Bundle with an identifier; remove '" +
                                        object.kind + "' from formats of the destination"};
  }
  const HttpAnswer answer =
      client_.Request("POST", Url("Bundle"),
                      {"Content-Type: application/fhir+json", "Accept: application/fhir+json",
                       "Prefer: return=minimal", "If-None-Exist: " + condition},
                      bundle);
  // 200: the server has a Bundle with this identifier; 201: it made one.
  if (answer.status == 200 || answer.status == 201) return {SendResult::kStored, ""};
  if (answer.status == 412) {
    return {SendResult::kPermanent,
            "the destination answered 412: it has several Bundles with this identifier; remove all "
            "but one there"};
  }
  if (answer.status >= 200 && answer.status < 300) {
    return {SendResult::kTransient,
            fmt::format("the destination answered {} and did not say that it created the Bundle",
                        answer.status)};
  }
  return ToFailureOutcome(answer);
}

void FhirSender::Send(const std::vector<OutgoingObject>& objects, const SendHooks& hooks) {
  for (std::size_t i = 0; i < objects.size(); ++i) {
    std::error_code ignored;
    if (!hooks.may_send(std::filesystem::file_size(objects[i].path, ignored))) return;
    try {
      hooks.ended(i, SendOne(objects[i]));
    } catch (const Error& e) {
      hooks.ended(i, {SendResult::kTransient, e.what()});
    }
  }
}

SendOutcome FhirSender::Check() {
  const HttpAnswer answer =
      client_.Request("GET", Url("metadata"), {"Accept: application/fhir+json"});
  if (answer.status != 200) return ToFailureOutcome(answer);
  try {
    const auto json = ParseJson(answer.body);
    if (json.is_object() && ReadText(json, "resourceType") == "CapabilityStatement") {
      return {SendResult::kStored, "the server answers with its CapabilityStatement"};
    }
  } catch (const Error&) {
    // reported below
  }
  return {SendResult::kPermanent,
          "the address answers, but not as a FHIR server: url must be the base, such as "
          "https://host/fhir"};
}

}  // namespace mhcnn
