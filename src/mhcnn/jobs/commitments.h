#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "mhcnn/jobs/delivery_queue.h"

namespace mhcnn {

/// Storage commitments (PS3.4 Annex J): responsibility of destinations for objects.
class Commitments {
 public:
  /// The database must outlive it.
  explicit Commitments(Database& database) : database_(database) {}

  /// Returns the deliveries of one exam that this destination stored and that have no request yet,
  /// or whose answer is overdue since `patience`. Those that have been under way for `give_up` are
  /// not asked for again: they remain stored. Empty if there are none.
  std::vector<Delivery> ListDueForCommitment(const std::string& destination,
                                             std::chrono::milliseconds patience,
                                             std::chrono::milliseconds give_up);
  /// Notes that a request is about to be sent for these, under this Transaction UID.
  void Asked(const std::string& transaction_uid, const std::vector<Delivery>& deliveries);
  /// Stores the report of a destination: committed SOP Instance UIDs, and those that it does not
  /// have, each with the reason; those are sent again. Returns false for a transaction that nobody
  /// asked for. A report that comes twice changes nothing.
  bool Reported(const std::string& transaction_uid, const std::vector<std::string>& committed,
                const std::vector<std::pair<std::string, std::string>>& failed);

 private:
  Database& database_;
};

}  // namespace mhcnn
