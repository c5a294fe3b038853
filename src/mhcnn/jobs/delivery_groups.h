#pragma once

#include <cstdint>
#include <string>

namespace mhcnn {

class Database;

// A parcel is all that one exam has for one destination. Whoever changes a delivery has locked its
// parcel first (and the exam before that, where the exam changes too), so that no two processes
// wait for each other. All functions run within a transaction.

/// Locks the parcel; makes it if it is missing (only while the exam is locked).
void LockParcel(Database& database, std::int64_t exam, const std::string& destination,
                bool make = false);
/// Locks all parcels of an exam.
void LockParcels(Database& database, std::int64_t exam);
/// Sets when a sender has to look at the parcel: the end of the lease while a sender holds
/// deliveries of it, else the next try of the first in order, else never.
void RefreshParcel(Database& database, std::int64_t exam, const std::string& destination);
/// Gives up the unsent deliveries of an exam; those being sent now are not tried again. Locks the
/// parcels. Returns how many.
int GiveUpDeliveries(Database& database, std::int64_t exam);

}  // namespace mhcnn
