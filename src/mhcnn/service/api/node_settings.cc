#include "mhcnn/service/api/node_settings.h"

#include <nlohmann/json.hpp>
#include <string>

#include "mhcnn/results/result_formats.h"

namespace mhcnn {
namespace {

using nlohmann::json;
using std::chrono::milliseconds;

double Seconds(milliseconds time) { return std::chrono::duration<double>(time).count(); }

/// Returns an address without user, password, query and fragment.
std::string PlainUrl(std::string url) {
  url.erase(std::min(url.find_first_of("?#"), url.size()));
  const std::size_t begin = url.find("://");
  if (begin == std::string::npos) return url;
  const std::size_t host = begin + 3, end = std::min(url.find('/', host), url.size());
  const std::size_t at = url.rfind('@', end);
  if (at != std::string::npos && at >= host) url.erase(host, at + 1 - host);
  return url;
}

json TlsJson(const TlsConfig& tls) {
  return {{"on", tls.on()},
          {"certificate", !tls.certificate.empty()},
          {"trusted", !tls.trusted.empty()}};
}

json PeersJson(const PeerList& peers) { return {{"limited", !peers.empty()}}; }

json DestinationJson(const DestinationConfig& to) {
  json value = {{"name", to.name},
                {"kind", DestinationKindName(to.kind)},
                {"formats", ResultFormatNames(to.formats)},
                {"timeout_s", Seconds(to.timeout)},
                {"give_up_s", Seconds(to.rules.give_up)},
                {"tls", TlsJson(to.tls)},
                {"token", !to.token_file.empty()}};
  switch (to.kind) {
    case DestinationConfig::Kind::kDicom:
      value["host"] = to.host;
      value["port"] = to.port;
      value["called_ae"] = to.called_ae;
      value["calling_ae"] = to.calling_ae;
      value["commitment"] = to.commitment;
      break;
    case DestinationConfig::Kind::kStow:
    case DestinationConfig::Kind::kFhir:
      value["url"] = PlainUrl(to.url);
      break;
    case DestinationConfig::Kind::kFolder:
      value["folder"] = to.folder.string();
      break;
  }
  return value;
}

}  // namespace

json NodeSettingsToJson(const ServiceConfig& config) {
  json destinations = json::array(), folders = json::array();
  for (const auto& destination : config.destinations)
    destinations.push_back(DestinationJson(destination));
  for (const auto& folder : config.watch.folders) folders.push_back(folder.string());
  return {{"name", config.name},
          {"objects", config.objects.string()},
          {"log_level", config.log_level},
          {"store", {{"kind", config.store.url.substr(0, config.store.url.find(':'))}}},
          {"exams",
           {{"quiet_s", Seconds(config.exams.quiet)},
            {"four_views_s", Seconds(config.exams.four_views)},
            {"hard_limit_s", Seconds(config.exams.hard_limit)}}},
          {"receive",
           {{"enabled", config.receive.enabled},
            {"address", config.receive.address},
            {"port", config.receive.port},
            {"ae_title", config.receive.ae_title},
            {"allow", PeersJson(config.receive.allow)},
            {"max_object_mb", config.receive.max_object_bytes >> 20},
            {"tls", TlsJson(config.receive.tls)}}},
          {"web",
           {{"enabled", config.web.enabled},
            {"address", config.web.address},
            {"port", config.web.port},
            {"allow", PeersJson(config.web.allow)},
            {"max_body_mb", config.web.max_body_bytes >> 20},
            {"token", !config.web.token_file.empty()},
            {"tls", TlsJson(config.web.tls)}}},
          {"watch", {{"folders", folders}, {"settle_s", Seconds(config.watch.settle)}}},
          {"work",
           {{"enabled", config.work.enabled},
            {"model", config.work.model},
            {"workers", config.work.workers},
            {"threads", config.work.threads},
            {"formats", ResultFormatNames(config.work.formats)},
            {"calibration", config.work.calibration.filename().string()},
            {"lease_s", Seconds(config.work.rules.lease)},
            {"max_attempts", config.work.rules.max_attempts}}},
          {"destinations", destinations},
          {"retention",
           {{"images_days", config.retention.images_days},
            {"max_mb", config.retention.max_bytes >> 20},
            {"reserve_mb", config.retention.reserve_bytes >> 20},
            {"audit_days", config.retention.audit_days}}},
          {"audit", {{"enabled", config.audit.enabled}, {"syslog", config.audit.syslog}}}};
}

}  // namespace mhcnn
