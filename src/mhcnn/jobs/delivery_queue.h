#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "mhcnn/jobs/store_time.h"

namespace mhcnn {

class Database;

/// State of the delivery of a result to one destination. The numbers are in the rows and in the
/// statements of the store: they never change.
enum class DeliveryState {
  kQueued = 0,      ///< waits for its turn or for the next try
  kSending = 1,     ///< claimed by a sender
  kStored = 2,      ///< the destination confirmed that it has the object
  kCommitted = 3,   ///< the destination took responsibility for it (storage commitment)
  kDead = 4,        ///< given up: a permanent failure, or too long without success
  kSuperseded = 5,  ///< not sent, as a later revision of the exam replaced it, or it was cancelled
};

/// Returns the stable lower-case word of a state: "queued".
const char* DeliveryStateName(DeliveryState state);

/// Rules of the tries of a destination.
struct DeliveryRules {
  std::chrono::milliseconds lease{300'000};  ///< time after which a silent sender counts as dead
  std::chrono::milliseconds first_delay{10'000};       ///< after a transient failure; it doubles
  std::chrono::milliseconds longest_delay{1'800'000};  ///< longest delay between two tries
  std::chrono::milliseconds give_up{259'200'000};      ///< longest time since the result was made

  /// Throws Error(kUsage) that names the field that is out of range.
  void Check() const;
};

/// One result object on its way to one destination.
struct Delivery {
  std::int64_t id = 0;    ///< row in the store
  std::int64_t exam = 0;  ///< row of its exam
  /// Study Instance UID and Patient ID.
  std::string study_uid, patient_id;
  std::string sop_uid, sop_class_uid, kind;      ///< as in ResultFile
  std::filesystem::path file;                    ///< path below the object folder
  std::string digest;                            ///< SHA-256 of the file
  std::string destination;                       ///< its name in the configuration
  DeliveryState state = DeliveryState::kQueued;  ///< state of the delivery
  int attempt = 0;                               ///< number of tries; fencing token with `sender`
  std::string sender;                            ///< sender that claimed it
  std::string error;                             ///< error of the last try
  /// Time when it was made, and time of its next try.
  StoreTime made{}, next_try{};
};

/// Deliveries of results: a row for each object and destination.
class DeliveryQueue {
 public:
  /// The database must outlive it.
  explicit DeliveryQueue(Database& database) : database_(database) {}

  /// Claims all due deliveries of one exam to this destination and returns them in the order in
  /// which they are to be sent; of the exam that waits longest. Empty if none is due. Deliveries
  /// whose lease ran out are due again.
  std::vector<Delivery> Claim(const std::string& destination, const std::string& sender,
                              const DeliveryRules& rules);
  /// Prolongs the lease of those that are not finished. Returns false if another has one.
  bool Renew(const std::vector<Delivery>& deliveries, const DeliveryRules& rules);
  /// Notes that the destination has the object. Returns false if another sender claimed it.
  bool Stored(const Delivery& delivery);
  /// Notes a failure: `permanent` (the same object will be refused again) ends in kDead, else it is
  /// tried again after a growing delay until the rules give up. Returns false as Stored().
  bool Failed(const Delivery& delivery, const std::string& error, bool permanent,
              const DeliveryRules& rules);
  /// Gives back the deliveries that were not tried.
  void Release(const std::vector<Delivery>& deliveries);
  /// Returns the moment of the next try to this destination; nothing if none waits.
  std::optional<StoreTime> NextTry(const std::string& destination);

  /// Returns the deliveries of an exam, in the order in which they were made.
  std::vector<Delivery> ListForExam(std::int64_t exam);
  /// Tries dead deliveries again at once, of one exam, or of all with 0. Returns how many.
  int RetryDead(std::int64_t exam);

  /// Number of deliveries of a destination in one state.
  struct Count {
    std::string destination;                       ///< name of the destination
    DeliveryState state = DeliveryState::kQueued;  ///< the state that is counted
    std::int64_t count = 0;                        ///< number of deliveries
  };
  /// Returns the number of deliveries in each state, by destination.
  std::vector<Count> Counts();

 private:
  Database& database_;
};

}  // namespace mhcnn
