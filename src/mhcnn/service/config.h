#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <set>
#include <string>
#include <vector>

#include "mhcnn/jobs/delivery_queue.h"
#include "mhcnn/jobs/job_store.h"
#include "mhcnn/jobs/work_queue.h"
#include "mhcnn/results/result_formats.h"
#include "mhcnn/service/access_config.h"
#include "mhcnn/service/peer_list.h"

namespace mhcnn {

/// Certificates of one end of a TLS connection (PEM files).
struct TlsConfig {
  /// `tls.certificate` and `tls.key`
  std::filesystem::path certificate, key;
  std::filesystem::path key_password_file;  ///< empty: the key has no password
  std::filesystem::path trusted;            ///< certificates of the authorities of the peers

  /// Whether TLS is on.
  bool on() const { return !certificate.empty() || !trusted.empty(); }
};

/// `[receive]`: the DICOM port.
struct ReceiveConfig {
  bool enabled = true;                ///< `receive.enabled`
  std::string address = "127.0.0.1";  ///< `receive.address`
  int port = 11112;                   ///< `receive.port`
  std::string ae_title = "MHCNN";     ///< `receive.ae_title`
  PeerList allow;  ///< `[[receive.allow]]`: AE titles and addresses; empty: all peers
  /// `receive.max_associations` and `receive.max_associations_per_peer`
  int max_associations = 64, max_associations_per_peer = 16;
  /// Longest wait for the request (ARTIM) and for the release.
  std::chrono::milliseconds association_timeout{30'000};
  std::chrono::milliseconds message_timeout{60'000};        ///< wait for each message or data piece
  std::chrono::milliseconds association_limit{3'600'000};   ///< limit of the whole association
  int max_pdu = 131'072;                                    ///< `receive.max_pdu`
  std::uint64_t max_object_bytes = std::uint64_t{1} << 30;  ///< `receive.max_object_mb`
  TlsConfig tls;  ///< `[receive.tls]`: mutual TLS in place of plain connections
};

/// `[web]`: the HTTP port.
struct WebConfig {
  bool enabled = true;                ///< `web.enabled`
  std::string address = "127.0.0.1";  ///< `web.address`
  int port = 8042;                    ///< `web.port`
  PeerList allow;                     ///< `web.allow`
  /// `web.max_connections` and `web.max_connections_per_peer`
  int max_connections = 256, max_connections_per_peer = 32;
  /// `web.header_timeout_s`, `web.body_timeout_s` and `web.idle_timeout_s`
  std::chrono::milliseconds header_timeout{10'000}, body_timeout{60'000}, idle_timeout{60'000};
  std::uint64_t max_body_bytes = std::uint64_t{2} << 30;  ///< `web.max_body_mb`
  int max_requests_per_minute = 6'000;                    ///< requests of one address; 0: no limit
  bool analyze = true;                                    ///< whether single images are measured
  int analyze_at_once = 1;                                ///< images that are measured at once
  std::filesystem::path token_file;                       ///< bearer token of senders; empty: none
  AccessConfig access;                                    ///< permissions
  TlsConfig tls;  ///< `[web.tls]`; with `trusted`, clients need a certificate
};

/// `[watch]`: folders that files are dropped into.
struct WatchConfig {
  std::vector<std::filesystem::path> folders;  ///< `watch.folders`
  std::chrono::milliseconds settle{2'000};     ///< time without growth before a file is read
};

/// `[work]`: the analysis.
struct WorkConfig {
  bool enabled = true;         ///< `work.enabled`
  std::string model = "fast";  ///< `work.model`
  int workers = 1;             ///< `work.workers`
  int threads = 0;             ///< threads of each worker; 0: processors / workers

  /// `work.formats`: the objects of each exam.
  std::set<ResultFormat> formats{ResultFormat::kSeg, ResultFormat::kSr, ResultFormat::kCad,
                                 ResultFormat::kSc, ResultFormat::kFhir};
  std::filesystem::path calibration;  ///< `work.calibration`
  WorkRules rules;                    ///< rules of the tries
};

/// `[[destination]]`: a destination of results.
struct DestinationConfig {
  /// The kinds.
  enum class Kind { kDicom, kStow, kFhir, kFolder };
  std::string name;                ///< `destination.name`
  Kind kind = Kind::kDicom;        ///< `destination.kind`
  std::set<ResultFormat> formats;  ///< `destination.formats`: some of `work.formats`
  std::string host;                ///< host of kDicom
  int port = 104;                  ///< `destination.port`
  /// `destination.called_ae` and `destination.calling_ae`
  std::string called_ae, calling_ae;
  bool commitment = false;  ///< whether to ask for storage commitment
  std::chrono::milliseconds commitment_patience{3'600'000};  ///< `commitment_patience_s`
  std::string url;                            ///< kStow: .../studies; kFhir: base address
  std::filesystem::path token_file;           ///< bearer token for kStow and kFhir
  std::filesystem::path folder;               ///< folder of kFolder
  std::chrono::milliseconds timeout{30'000};  ///< longest time without progress
  TlsConfig tls;                              ///< `destination.tls`
  DeliveryRules rules;                        ///< rules of the tries
};

/// Returns the word of a kind in the configuration: "dicom".
const char* DestinationKindName(DestinationConfig::Kind kind);

/// `[retention]`: what is kept, and how full the disk may be.
struct RetentionConfig {
  int images_days = 7;          ///< days after the exam ended
  std::uint64_t max_bytes = 0;  ///< quota of the object folder; 0: no quota
  std::uint64_t reserve_bytes = std::uint64_t{5} << 30;  ///< smallest free space for new objects
  int audit_days = 3650;                                 ///< `retention.audit_days`
};

/// `[audit]`: what is recorded for the protection of patients' data.
struct AuditConfig {
  bool enabled = true;  ///< `audit.enabled`
  /// Target: "" none, "/dev/log" or another socket, "udp://host:port" or "tcp://host:port".
  std::string syslog;
};

/// The configuration of a node: one TOML file. docs/node.md describes each key.
struct ServiceConfig {
  std::string name = "mhcnn";                   ///< name of the node, in logs, audit and leases
  JobStoreOptions store;                        ///< `store.url`, `store.password_file`
  std::filesystem::path objects;                ///< the object folder
  CompletenessRules exams;                      ///< `[exams]`
  ReceiveConfig receive;                        ///< `[receive]`
  WebConfig web;                                ///< `[web]`
  WatchConfig watch;                            ///< `[watch]`
  WorkConfig work;                              ///< `[work]`
  std::vector<DestinationConfig> destinations;  ///< each `[[destination]]`
  RetentionConfig retention;                    ///< `[retention]`
  AuditConfig audit;                            ///< `[audit]`
  std::string log_level = "info";               ///< `log_level`

  /// Throws Error(kUsage) that names the first key that is wrong and what to write there.
  void Check() const;
};

/// Reads and checks a configuration. Relative paths count from the file's folder. Secrets are read
/// from their files. Throws Error(kUsage) and what reading a file throws.
ServiceConfig ReadServiceConfig(const std::filesystem::path& path);

}  // namespace mhcnn
