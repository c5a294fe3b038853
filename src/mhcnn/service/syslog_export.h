#pragma once

#include <chrono>
#include <string>

#include "mhcnn/jobs/job_store.h"
#include "mhcnn/service/config.h"

namespace mhcnn {

/// Returns an audit record as a message of RFC 5424 as PS3.15 A.6 has it: facility 10 (security),
/// severity by the outcome, MSGID "DICOM+RFC3881", and the XML in UTF-8 after a byte order mark.
std::string SyslogMessage(const AuditRecord& record, const std::string& host,
                          const std::string& application);

/// Sends the audit trail to a syslog server, each event at least once, in order. The store keeps
/// the position, so that a restart continues there. Events wait in the store if the server does not
/// accept them. A call takes no longer than a few seconds.
class SyslogExport {
 public:
  /// Reads `audit.syslog` and `name`. Throws Error(kUsage) for a target that cannot be read.
  explicit SyslogExport(const ServiceConfig& config);
  ~SyslogExport();
  SyslogExport(const SyslogExport&) = delete;
  SyslogExport& operator=(const SyslogExport&) = delete;

  /// Sends new events, at most some hundred. Returns how many were sent. A server that does not
  /// accept them is logged once, and tried again after a while; throws only what the store
  /// throws.
  int Step(JobStore& store);

 private:
  enum class Kind { kNone, kSocket, kUdp, kTcp };

  bool Connect();
  bool Send(const std::string& message);
  void Disconnect();
  void Failed(const std::string& why);

  Kind kind_ = Kind::kNone;
  std::string target_;       ///< target as configured, for messages
  std::string host_, port_;  ///< address of the server; `host_` is the path of a socket
  std::string own_host_, application_;
  int fd_ = -1;
  bool failing_ = false;
  std::chrono::steady_clock::time_point next_try_{};
};

}  // namespace mhcnn
