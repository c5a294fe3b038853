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

/// Where a result is on its way to one destination.
enum class DeliveryState {
  kQueued,      ///< waits for its turn or for the next try
  kSending,     ///< held by a sender
  kStored,      ///< the destination said that it has the object
  kCommitted,   ///< the destination took responsibility for it (storage commitment)
  kDead,        ///< given up: a permanent failure, or too long without success
  kSuperseded,  ///< not sent, as a later revision of the exam replaced it, or it was cancelled
};

/// Stable lower-case word of a state: "queued".
const char* DeliveryStateName(DeliveryState state);

/// How a destination is tried.
struct DeliveryRules {
  std::chrono::milliseconds lease{300'000};  ///< a sender that is silent for so long has died
  std::chrono::milliseconds first_delay{
      10'000};  ///< after a transient failure; doubles, with jitter
  std::chrono::milliseconds longest_delay{1'800'000};  ///< longest delay between two tries
  std::chrono::milliseconds give_up{259'200'000};      ///< since the result was made

  /// Throws Error(kUsage) that names the field that is out of range.
  void Check() const;
};

/// One result object on its way to one destination.
struct Delivery {
  std::int64_t id = 0;    ///< row in the store
  std::int64_t exam = 0;  ///< row of its exam
  /// Patient ID.
  std::string study_uid, patient_id;
  std::string sop_uid, sop_class_uid, kind;      ///< as in ResultFile
  std::filesystem::path file;                    ///< below the object folder
  std::string digest;                            ///< SHA-256 of the file
  std::string destination;                       ///< its name in the configuration
  DeliveryState state = DeliveryState::kQueued;  ///< where it is on its way
  int attempt = 0;                               ///< with `sender`, the fencing token
  std::string sender;                            ///< who holds it
  std::string error;                             ///< of the last try
  /// When it was made.
  StoreTime made{}, next_try{};
};

/// Results on their way out: a row for each object and destination.
class DeliveryQueue {
 public:
  /// The database must outlive it.
  explicit DeliveryQueue(Database& database) : database_(database) {}

  /// All deliveries of one exam to this destination whose time has come, in the order in which they
  /// are to be sent; of the exam that waits longest. Empty where none is due. Deliveries whose
  /// lease ran out are due again.
  std::vector<Delivery> Claim(const std::string& destination, const std::string& sender,
                              const DeliveryRules& rules);
  /// Prolongs the lease of those that are not finished. Returns false where one is held by another.
  bool Renew(const std::vector<Delivery>& deliveries, const DeliveryRules& rules);
  /// The destination has the object. Returns false where it is held by another now.
  bool Stored(const Delivery& delivery);
  /// A failure: `permanent` (the same object will be refused again) ends in the dead letter, else
  /// it is tried again after a growing delay until the rules give up. Returns false as Stored().
  bool Failed(const Delivery& delivery, const std::string& error, bool permanent,
              const DeliveryRules& rules);
  /// Gives back what was not tried.
  void Release(const std::vector<Delivery>& deliveries);
  /// The moment of the next try to this destination; nothing where none waits.
  std::optional<StoreTime> NextTry(const std::string& destination);

  /// Deliveries of an exam, in the order of their making.
  std::vector<Delivery> OfExam(std::int64_t exam);
  /// Tries those again at once that are dead, of one exam, or of all with 0. Returns how many.
  int RetryDead(std::int64_t exam);

  /// Deliveries by state of each destination.
  struct Count {
    std::string destination;                       ///< name of the destination
    DeliveryState state = DeliveryState::kQueued;  ///< the state that is counted
    std::int64_t count = 0;                        ///< how many
  };
  /// Returns the number of deliveries in each state, by destination.
  std::vector<Count> Counts();

 private:
  Database& database_;
};

}  // namespace mhcnn
