#include "mhcnn/service/config.h"

#include <algorithm>
#include <array>
#include <set>

#include "mhcnn/base/error.h"
#include "mhcnn/service/config_reader.h"

namespace mhcnn {
namespace fs = std::filesystem;
namespace {

using std::chrono::milliseconds;
/// Words of the kinds, in the order of DestinationConfig::Kind.
constexpr std::array<std::string_view, 4> kKinds{"dicom", "stow", "fhir", "folder"};
constexpr std::uint64_t kMegabyte = std::uint64_t{1} << 20;

void ReadTls(ConfigReader& in, const std::string& table, TlsConfig& tls) {
  in.Path(table + ".certificate", tls.certificate);
  in.Path(table + ".key", tls.key);
  in.Path(table + ".key_password_file", tls.key_password_file);
  in.Path(table + ".trusted", tls.trusted);
  if (tls.certificate.empty() != tls.key.empty()) {
    in.Fail(table + (tls.key.empty() ? ".key" : ".certificate"),
            "is missing: a certificate and its key belong together");
  }
  for (const auto& [key, path] : {std::pair{"certificate", tls.certificate},
                                  {"key", tls.key},
                                  {"key_password_file", tls.key_password_file},
                                  {"trusted", tls.trusted}}) {
    in.MustBeFile(table + "." + key, path);
  }
}

void ReadPeers(ConfigReader& in, const std::string& table, bool with_ae, PeerList& peers) {
  const std::size_t count = in.Count(table);
  for (std::size_t i = 0; i < count; ++i) {
    const std::string key = table + "." + std::to_string(i);
    PeerList::Peer peer;
    if (with_ae) in.AeTitle(key + ".ae_title", peer.ae_title);
    std::string address;
    in.Text(key + ".address", address);
    try {
      if (!address.empty()) peer.addresses = AddressRange(address);
    } catch (const Error& e) {
      in.Fail(key + ".address", e.what());
    }
    if (peer.ae_title.empty() && address.empty()) {
      in.Fail(key + ".address",
              with_ae ? "name an AE title, an address or both" : "name an address");
    }
    peers.Add(std::move(peer));
  }
}

void ReadReceive(ConfigReader& in, ReceiveConfig& receive) {
  in.Flag("receive.enabled", receive.enabled);
  in.Address("receive.address", receive.address);
  in.Whole("receive.port", receive.port, 0, 65'535);
  in.AeTitle("receive.ae_title", receive.ae_title);
  if (receive.ae_title.empty()) in.Fail("receive.ae_title", "must not be empty");
  ReadPeers(in, "receive.allow", true, receive.allow);
  in.Whole("receive.max_associations", receive.max_associations, 1, 10'000);
  in.Whole("receive.max_associations_per_peer", receive.max_associations_per_peer, 1, 10'000);
  in.Seconds("receive.association_timeout_s", receive.association_timeout, 1, 3'600);
  in.Seconds("receive.message_timeout_s", receive.message_timeout, 1, 3'600);
  in.Seconds("receive.association_limit_s", receive.association_limit, 1, 86'400);
  in.Whole("receive.max_pdu", receive.max_pdu, 4'096, 131'072);
  in.Bytes("receive.max_object_mb", receive.max_object_bytes, kMegabyte, 1, 65'536);
  ReadTls(in, "receive.tls", receive.tls);
  if (receive.tls.on() && (receive.tls.certificate.empty() || receive.tls.trusted.empty())) {
    in.Fail("receive.tls", "needs certificate, key and trusted: both ends show a certificate");
  }
}

void ReadWeb(ConfigReader& in, WebConfig& web) {
  in.Flag("web.enabled", web.enabled);
  in.Address("web.address", web.address);
  in.Whole("web.port", web.port, 0, 65'535);
  ReadPeers(in, "web.allow", false, web.allow);
  in.Whole("web.max_connections", web.max_connections, 1, 100'000);
  in.Whole("web.max_connections_per_peer", web.max_connections_per_peer, 1, 100'000);
  in.Seconds("web.header_timeout_s", web.header_timeout, 1, 600);
  in.Seconds("web.body_timeout_s", web.body_timeout, 1, 3'600);
  in.Seconds("web.idle_timeout_s", web.idle_timeout, 1, 3'600);
  in.Bytes("web.max_body_mb", web.max_body_bytes, kMegabyte, 1, 65'536);
  in.Whole("web.max_requests_per_minute", web.max_requests_per_minute, 0, 1'000'000);
  in.Flag("web.analyze", web.analyze);
  in.Whole("web.analyze_at_once", web.analyze_at_once, 1, 16);
  in.Path("web.token_file", web.token_file);
  in.MustBeFile("web.token_file", web.token_file);
  ReadTls(in, "web.tls", web.tls);
  if (web.tls.on() && web.tls.certificate.empty()) in.Fail("web.tls", "needs certificate and key");
  web.access = ReadAccessConfig(in);
}

void ReadFormats(ConfigReader& in, const std::string& key, const std::set<ResultFormat>& allowed,
                 std::set<ResultFormat>& formats) {
  std::vector<std::string> names = ResultFormatNames(formats);
  in.Texts(key, names);
  in.CheckWords(key, names, ResultFormatNames(allowed));
  formats.clear();
  for (const auto& name : names) formats.insert(FindResultFormat(name).value());
}

void ReadWork(ConfigReader& in, WorkConfig& work) {
  in.Flag("work.enabled", work.enabled);
  in.Text("work.model", work.model);
  if (work.model.ends_with(".onnx")) work.model = in.Resolved(work.model).string();
  in.Whole("work.workers", work.workers, 1, 256);
  in.Whole("work.threads", work.threads, 0, 1'024);
  ReadFormats(in, "work.formats", WorkConfig().formats, work.formats);
  in.Path("work.calibration", work.calibration);
  in.MustBeFile("work.calibration", work.calibration);
  in.Seconds("work.lease_s", work.rules.lease, 5, 86'400);
  in.Whole("work.max_attempts", work.rules.max_attempts, 1, 100);
  in.Seconds("work.first_delay_s", work.rules.first_delay, 0, 3'600);
  in.Seconds("work.longest_delay_s", work.rules.longest_delay, 0, 86'400);
}

void ReadDestination(ConfigReader& in, const std::string& key, const WorkConfig& work,
                     DestinationConfig& to) {
  in.Text(key + ".name", to.name);
  if (to.name.empty()) in.Fail(key + ".name", "is missing: deliveries are kept under it");
  using Kind = DestinationConfig::Kind;
  std::vector<std::string> kind{DestinationKindName(to.kind)};
  in.Text(key + ".kind", kind.front());
  in.CheckWords(key + ".kind", kind, {kKinds.begin(), kKinds.end()});
  to.kind = static_cast<Kind>(std::ranges::find(kKinds, kind.front()) - kKinds.begin());
  to.formats = work.formats;
  if (to.kind == Kind::kFhir) to.formats = {ResultFormat::kFhir};
  if (to.kind == Kind::kDicom || to.kind == Kind::kStow) to.formats.erase(ResultFormat::kFhir);
  ReadFormats(in, key + ".formats", work.formats, to.formats);
  in.Text(key + ".host", to.host);
  in.Whole(key + ".port", to.port, 1, 65'535);
  in.AeTitle(key + ".called_ae", to.called_ae);
  in.AeTitle(key + ".calling_ae", to.calling_ae);
  in.Flag(key + ".commitment", to.commitment);
  in.Seconds(key + ".commitment_patience_s", to.commitment_patience, 1, 604'800);
  in.Text(key + ".url", to.url);
  in.Path(key + ".token_file", to.token_file);
  in.MustBeFile(key + ".token_file", to.token_file);
  in.Path(key + ".folder", to.folder);
  in.Seconds(key + ".timeout_s", to.timeout, 1, 3'600);
  in.Seconds(key + ".first_delay_s", to.rules.first_delay, 0, 3'600);
  in.Seconds(key + ".longest_delay_s", to.rules.longest_delay, 0, 86'400);
  in.Seconds(key + ".give_up_s", to.rules.give_up, 1, 31'536'000);
  in.Seconds(key + ".lease_s", to.rules.lease, 5, 86'400);
  ReadTls(in, key + ".tls", to.tls);
  const auto needs = [&](bool there, const char* field) {
    if (!there) in.Fail(key + "." + field, "is missing: kind \"" + kind.front() + "\" needs it");
  };
  if (to.kind == Kind::kDicom) {
    needs(!to.host.empty(), "host");
    needs(!to.called_ae.empty(), "called_ae");
  }
  if (to.kind == Kind::kStow || to.kind == Kind::kFhir) {
    needs(!to.url.empty(), "url");
    if (!to.url.starts_with("http://") && !to.url.starts_with("https://"))
      in.Fail(key + ".url", "must begin with http:// or https://");
  }
  if (to.kind == Kind::kFolder) needs(!to.folder.empty(), "folder");
  if (to.commitment && to.kind != Kind::kDicom)
    in.Fail(key + ".commitment", "is allowed only for kind \"dicom\"");
}

void ReadDestinations(ConfigReader& in, ServiceConfig& config) {
  const std::size_t count = in.Count("destination");
  std::set<std::string> names;
  for (std::size_t i = 0; i < count; ++i) {
    const std::string key = "destination." + std::to_string(i);
    DestinationConfig to;
    ReadDestination(in, key, config.work, to);
    if (to.calling_ae.empty()) to.calling_ae = config.receive.ae_title;
    if (!names.insert(to.name).second)
      in.Fail(key + ".name", "is the name of another destination: \"" + to.name + "\"");
    config.destinations.push_back(std::move(to));
  }
}

}  // namespace

const char* DestinationKindName(DestinationConfig::Kind kind) {
  return kKinds.at(static_cast<std::size_t>(kind)).data();
}

ServiceConfig ReadServiceConfig(const fs::path& path) {
  ConfigReader in(path);
  ServiceConfig config;
  in.Text("name", config.name);
  if (config.name.empty()) in.Fail("name", "must not be empty");
  in.Path("objects", config.objects);
  if (config.objects.empty()) in.Fail("objects", "is missing: the folder for all objects");
  config.store.url = "sqlite:node.db";
  in.Text("store.url", config.store.url);
  in.StoreUrl("store.url", config.store.url);
  in.Secret("store.password_file", config.store.password);
  in.Seconds("exams.quiet_s", config.exams.quiet, 0, 86'400);
  in.Seconds("exams.hard_limit_s", config.exams.hard_limit, 1, 604'800);
  in.Seconds("exams.four_views_s", config.exams.four_views, 0, 86'400);
  ReadReceive(in, config.receive);
  ReadWeb(in, config.web);
  std::vector<std::string> folders;
  in.Texts("watch.folders", folders);
  for (const auto& folder : folders) config.watch.folders.push_back(in.Resolved(folder));
  in.Seconds("watch.settle_s", config.watch.settle, 0, 3'600);
  ReadWork(in, config.work);
  ReadDestinations(in, config);
  in.Whole("retention.images_days", config.retention.images_days, 0, 36'500);
  in.Bytes("retention.max_mb", config.retention.max_bytes, kMegabyte, 0, 1'000'000'000);
  in.Bytes("retention.reserve_mb", config.retention.reserve_bytes, kMegabyte, 0, 1'000'000'000);
  in.Whole("retention.audit_days", config.retention.audit_days, 1, 36'500);
  in.Flag("audit.enabled", config.audit.enabled);
  in.Text("audit.syslog", config.audit.syslog);
  in.SyslogTarget("audit.syslog", config.audit.syslog);
  std::vector<std::string> level{config.log_level};
  in.Text("log_level", level.front());
  in.CheckWords("log_level", level, {"debug", "info", "warning", "error"});
  config.log_level = level.front();
  in.RejectUnknown();
  config.Check();
  return config;
}

void ServiceConfig::Check() const {
  store.Check();
  exams.Check();
  work.rules.Check();
  CheckAccess(web);
  for (const auto& destination : destinations) destination.rules.Check();
  if (exams.hard_limit < exams.quiet) {
    throw Error(ErrorCode::kUsage, "exams.hard_limit_s is shorter than exams.quiet_s", {},
                "give the hard limit the larger value");
  }
  for (const auto& folder : watch.folders) {
    const auto relative = fs::relative(folder, objects);
    if (relative.empty() || *relative.begin() == "..") continue;
    throw Error(ErrorCode::kUsage, "watch.folders: lies in the object folder", folder.string(),
                "watch a folder that is not inside the object folder");
  }
}

}  // namespace mhcnn
