#pragma once

#include <string>
#include <vector>

#include "mhcnn/jobs/database.h"
#include "mhcnn/jobs/delivery_queue.h"

namespace mhcnn {

/// A delivery with the fields that only the store needs.
struct DeliveryRow {
  Delivery delivery;      ///< the delivery
  int failures = 0;       ///< number of tries that failed
  bool given_up = false;  ///< whether it is being sent, but is not to be tried again
};

/// Returns the deliveries by a condition on the tables deliveries, results and exams, which may end
/// with an ORDER BY. Within a transaction.
std::vector<DeliveryRow> SelectDeliveries(Database& database, const std::string& condition,
                                          const std::vector<SqlValue>& values);
/// Returns the deliveries of a parcel that are queued or being sent, in the order of sending.
std::vector<DeliveryRow> OpenDeliveries(Database& database, std::int64_t exam,
                                        const std::string& destination);

}  // namespace mhcnn
