#include "mhcnn/service/deliver/delivery_batch.h"

#include <fmt/format.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <map>
#include <random>

#include "mhcnn/base/error.h"
#include "mhcnn/base/sha256.h"
#include "mhcnn/base/text.h"
#include "mhcnn/results/uids.h"
#include "mhcnn/service/audit.h"
#include "mhcnn/service/deliver/sender.h"
#include "mhcnn/service/deliver/storage_commitment.h"
#include "mhcnn/service/object_folder.h"

namespace mhcnn {
namespace {

/// Time to wait for a report on the association of its request. Most destinations answer later, on
/// an association of their own.
constexpr std::chrono::milliseconds kReportWait{2000};
/// Bytes per second below which a transfer counts as stopped.
constexpr std::uint64_t kSlowest = 32768;

void SetAlarm(const DestinationConfig& destination, std::uint64_t bytes) {
  const auto seconds = 10 + 5 * std::max<std::int64_t>(1, destination.timeout.count() / 1000) +
                       static_cast<std::int64_t>(bytes / kSlowest);
  ::alarm(static_cast<unsigned>(std::min<std::int64_t>(seconds, 86'400)));
}

/// Returns a Transaction UID that nobody has used.
std::string NewTransactionUid(const std::string& node) {
  std::random_device random;
  std::string noise;
  for (int i = 0; i < 4; ++i) noise += std::to_string(random()) + ",";
  return UidFromTexts({"storage commitment", node, noise});
}

/// Deliveries of one exam while they are sent.
class Batch {
 public:
  Batch(JobStore& store, const ServiceConfig& config, const DestinationConfig& destination)
      : store_(store), config_(config), destination_(destination), folder_(config.objects) {}

  void Deliver(const std::vector<Delivery>& deliveries, const std::function<bool()>& stop) {
    std::vector<Delivery> sent;
    std::vector<OutgoingObject> objects;
    for (const auto& delivery : deliveries) {
      SetAlarm(destination_, 0);
      const std::filesystem::path path = folder_.Path(delivery.file);
      if (const SendOutcome whole = CheckFile(path, delivery.digest);
          whole.result == SendResult::kStored) {
        objects.push_back({delivery.study_uid, delivery.sop_uid, delivery.sop_class_uid,
                           delivery.kind, path, delivery.digest, delivery.attempt > 1});
        sent.push_back(delivery);
      } else {
        Ended(delivery, whole);
      }
    }
    std::vector<bool> ended(sent.size(), false);
    SendHooks hooks;
    hooks.may_send = [&](std::uint64_t bytes) {
      SetAlarm(destination_, bytes);
      return !stop();
    };
    hooks.ended = [&](std::size_t index, const SendOutcome& outcome) {
      ended[index] = true;
      Ended(sent[index], outcome);
      SetAlarm(destination_, 0);
    };
    if (!objects.empty()) Send(objects, hooks, ended);
    std::vector<Delivery> untried;
    for (std::size_t i = 0; i < sent.size(); ++i) {
      if (!ended[i]) untried.push_back(sent[i]);
    }
    if (!untried.empty()) store_.deliveries().Release(untried);
    Report(deliveries, untried.size());
  }

  int stored() const { return stored_; }

 private:
  static SendOutcome CheckFile(const std::filesystem::path& path, const std::string& digest) {
    std::error_code ignored;
    if (!std::filesystem::exists(path, ignored) && !ignored) {
      return {SendResult::kPermanent,
              "the file of the result is missing; measure the exam again (mhcnn jobs retry)"};
    }
    try {
      if (FileSha256(path) == digest) return {SendResult::kStored, ""};
    } catch (const Error& e) {
      return {SendResult::kTransient, e.what()};
    }
    return {SendResult::kPermanent,
            "the file of the result is damaged (its SHA-256 is not the one it was made with); "
            "check the disk and measure the exam again (mhcnn jobs retry)"};
  }

  void Send(const std::vector<OutgoingObject>& objects, const SendHooks& hooks,
            const std::vector<bool>& ended) {
    try {
      Sender::Create(destination_)->Send(objects, hooks);
    } catch (const Error& e) {
      // A file of the configuration is wrong (a certificate, a token): a person must correct it.
      for (std::size_t i = 0; i < objects.size(); ++i) {
        if (!ended[i]) hooks.ended(i, {SendResult::kTransient, e.what()});
      }
    }
  }

  void Ended(const Delivery& delivery, const SendOutcome& outcome) {
    if (outcome.result == SendResult::kStored) {
      if (store_.deliveries().Stored(delivery)) {
        ++stored_;
        ++classes_[delivery.sop_class_uid];
      }
      return;
    }
    ++failed_;
    last_problem_ = outcome.text;
    store_.deliveries().Failed(delivery, outcome.text, outcome.result == SendResult::kPermanent,
                               destination_.rules);
  }

  void Report(const std::vector<Delivery>& deliveries, std::size_t untried) {
    const std::string line =
        fmt::format("exam {}: {} of {} results stored at '{}'", deliveries.front().exam, stored_,
                    deliveries.size(), ToDisplayText(destination_.name));
    if (failed_ > 0) {
      spdlog::warn("{}, {} failed: {}", line, failed_, last_problem_);
    } else if (untried > 0) {
      spdlog::info("{}, {} given back", line, untried);
    } else {
      spdlog::info("{}", line);
    }
    if (!config_.audit.enabled || stored_ + failed_ == 0) return;
    AuditEntry entry;
    entry.event = AuditEvent::kInstancesTransferred;
    entry.success = failed_ == 0;
    entry.peer = destination_.called_ae.empty() ? destination_.name : destination_.called_ae;
    entry.address = destination_.host;
    entry.peer_is_source = false;
    entry.study_uid = deliveries.front().study_uid;
    entry.patient_id = deliveries.front().patient_id;
    for (const auto& [sop_class, count] : classes_) entry.objects.emplace_back(sop_class, count);
    entry.text = last_problem_;
    Record(store_, entry, config_.name);
  }

  JobStore& store_;
  const ServiceConfig& config_;
  const DestinationConfig& destination_;
  ObjectFolder folder_;
  int stored_ = 0, failed_ = 0;
  std::map<std::string, int> classes_;
  std::string last_problem_;
};

BatchEnd AskDue(JobStore& store, const ServiceConfig& config, const DestinationConfig& destination,
                const std::function<bool()>& stop) {
  while (!stop()) {
    const auto due = store.commitments().ListDueForCommitment(
        destination.name, destination.commitment_patience, destination.rules.give_up);
    if (due.empty()) break;
    SetAlarm(destination, 0);
    const std::string transaction = NewTransactionUid(config.name);
    const CommitmentAnswer answer = AskCommitment(destination, transaction, due, kReportWait, [&] {
      store.commitments().Asked(transaction, due);
    });
    if (answer.report) {
      store.commitments().Reported(transaction, answer.report->committed, answer.report->failed);
    }
    if (answer.asked.result != SendResult::kStored) {
      spdlog::warn("exam {}: no storage commitment by '{}': {}", due.front().exam,
                   ToDisplayText(destination.name), answer.asked.text);
      return BatchEnd::kCommitmentFailed;
    }
  }
  return BatchEnd::kDone;
}

template <typename Work>
BatchEnd WithStore(const ServiceConfig& config, const DestinationConfig& destination, Work work) {
  BatchEnd end = BatchEnd::kStoreFailed;
  try {
    SetAlarm(destination, 0);
    JobStore store(config.store);
    end = work(store);
  } catch (const std::exception& e) {
    spdlog::error("delivery to '{}': {}", ToDisplayText(destination.name), e.what());
  }
  ::alarm(0);
  return end;
}

}  // namespace

BatchEnd DeliverBatch(const ServiceConfig& config, const DestinationConfig& destination,
                      const std::vector<Delivery>& deliveries, const std::function<bool()>& stop) {
  if (deliveries.empty()) return BatchEnd::kDone;
  return WithStore(config, destination, [&](JobStore& store) {
    Batch batch(store, config, destination);
    batch.Deliver(deliveries, stop);
    if (!destination.commitment || batch.stored() == 0) return BatchEnd::kDone;
    return AskDue(store, config, destination, stop);
  });
}

BatchEnd AskDueCommitments(const ServiceConfig& config, const DestinationConfig& destination,
                           const std::function<bool()>& stop) {
  return WithStore(config, destination,
                   [&](JobStore& store) { return AskDue(store, config, destination, stop); });
}

}  // namespace mhcnn
