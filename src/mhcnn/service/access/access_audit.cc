#include "mhcnn/service/access/access_audit.h"

#include <spdlog/spdlog.h>

#include <exception>
#include <utility>

#include "mhcnn/base/text.h"

namespace mhcnn {
namespace {

constexpr std::chrono::seconds kWindow{10}, kSameView{60};
constexpr std::size_t kMaxViews = 10'000;

}  // namespace

AccessAudit::AccessAudit(const ServiceConfig& config, ThreadStores& stores, Clock clock)
    : config_(config), stores_(stores), clock_(std::move(clock)) {}

/// Returns whether an event of this kind is written now; then adds the omitted number to the text.
bool AccessAudit::Takes(Limit& limit, std::string& text) {
  const std::lock_guard lock(mutex_);
  const TimePoint now = clock_();
  if (limit.begin == TimePoint{} || now - limit.begin >= kWindow) {
    limit.begin = now;
    limit.written = 0;
  }
  if (limit.written >= limit.most) {
    ++limit.left_out;
    return false;
  }
  ++limit.written;
  if (limit.left_out > 0) {
    text += "; " + std::to_string(std::exchange(limit.left_out, 0)) +
            " events of this kind before it are not in the trail";
  }
  return true;
}

bool AccessAudit::IsFirstView(const std::string& who_and_what) {
  const std::lock_guard lock(mutex_);
  const TimePoint now = clock_();
  while (!order_.empty() &&
         (order_.size() >= kMaxViews || now - views_.at(order_.front()) >= kSameView)) {
    views_.erase(order_.front());
    order_.pop_front();
  }
  if (!views_.emplace(who_and_what, now).second) return false;
  order_.push_back(who_and_what);
  return true;
}

void AccessAudit::Write(AuditEntry entry, const std::string& name, const std::string& address) {
  if (!config_.audit.enabled) return;
  entry.peer = name;
  entry.address = address;
  try {
    Record(stores_.Mine(), entry, config_.name);
  } catch (const std::exception& e) {  // thrown by opening the store
    spdlog::error("web: an audit event could not be kept: {}", ToDisplayText(e.what()));
  }
}

void AccessAudit::RefusedPeer(const HttpRequest& request, const std::string& address,
                              const std::string& why) {
  AuditEntry entry;
  entry.event = AuditEvent::kSecurityAlert;
  entry.success = false;
  entry.text = why;
  if (!Takes(peers_, entry.text)) return;
  spdlog::warn("web: a request from {} was refused: {}", address, why);
  Write(std::move(entry), request.client, address);
}

void AccessAudit::RefusedFunction(const Identity& identity, const std::string& address,
                                  const std::string& why) {
  AuditEntry entry;
  entry.event = AuditEvent::kRestrictedFunction;
  entry.success = false;
  entry.text = why;
  if (!Takes(functions_, entry.text)) return;
  spdlog::warn("web: a request from {} was refused: {}", address, why);
  Write(std::move(entry), identity.name, address);
}

void AccessAudit::Login(const std::string& name, const std::string& address,
                        const std::string& why) {
  AuditEntry entry;
  entry.event = AuditEvent::kUserAuthentication;
  entry.success = why.empty();
  entry.text = why;
  if (!why.empty() && !Takes(logins_, entry.text)) return;
  if (!why.empty()) spdlog::warn("web: a login from {} failed: {}", address, why);
  Write(std::move(entry), name, address);
}

void AccessAudit::Logout(const std::string& name, const std::string& address) {
  AuditEntry entry;
  entry.event = AuditEvent::kUserLogout;
  Write(std::move(entry), name, address);
}

void AccessAudit::Changed(const std::string& name, const std::string& address,
                          const std::string& what) {
  AuditEntry entry;
  entry.event = AuditEvent::kAccountsChanged;
  entry.text = what;
  Write(std::move(entry), name, address);
}

void AccessAudit::Accessed(const Identity& identity, const std::string& address,
                           const std::string& study_uid, const std::string& patient_id,
                           AccessAction action, const std::string& text) {
  const bool view = action == AccessAction::kRead;
  if (view && !IsFirstView(identity.name + "\n" + address + "\n" + study_uid + "\n" + patient_id +
                           "\n" + text)) {
    return;
  }
  AuditEntry entry;
  entry.event = view ? AuditEvent::kInstancesAccessed : AuditEvent::kInstancesChanged;
  entry.study_uid = study_uid;
  entry.patient_id = patient_id;
  entry.text = text;
  Write(std::move(entry), identity.name, address);
}

}  // namespace mhcnn
