#include "mhcnn/jobs/job_store.h"

#include "mhcnn/jobs/database.h"
#include "mhcnn/jobs/database_url.h"
#include "mhcnn/jobs/schema.h"

namespace mhcnn {

struct JobStore::Parts {
  explicit Parts(const JobStoreOptions& options) : database(options) {
    Migrate(database, Migrations(), options.create);
  }
  Database database;
  ReceivedObjects objects{database};
  Exams exams{database};
  ExamSearch search{database};
  NodeProcesses parts{database};
  WorkQueue work{database};
  DeliveryQueue deliveries{database};
  Commitments commitments{database};
  AuditTrail audit{database};
  Accounts accounts{database};
  Corrections corrections{database};
  IdempotencyKeys request_keys{database};
  StoredObjects stored{database};
  Retention retention{database};
};

void JobStoreOptions::Check() const { ParseDatabaseUrl(url); }

JobStore::JobStore(const JobStoreOptions& options) : parts_(std::make_unique<Parts>(options)) {}
JobStore::~JobStore() = default;

ReceivedObjects& JobStore::objects() { return parts_->objects; }
Exams& JobStore::exams() { return parts_->exams; }
ExamSearch& JobStore::search() { return parts_->search; }
NodeProcesses& JobStore::parts() { return parts_->parts; }
WorkQueue& JobStore::work() { return parts_->work; }
DeliveryQueue& JobStore::deliveries() { return parts_->deliveries; }
Commitments& JobStore::commitments() { return parts_->commitments; }
AuditTrail& JobStore::audit() { return parts_->audit; }
Accounts& JobStore::accounts() { return parts_->accounts; }
Corrections& JobStore::corrections() { return parts_->corrections; }
IdempotencyKeys& JobStore::request_keys() { return parts_->request_keys; }
StoredObjects& JobStore::stored() { return parts_->stored; }
Retention& JobStore::retention() { return parts_->retention; }

StoreTime JobStore::Now() { return parts_->database.Now(); }

void JobStore::Ping() {
  Database& database = parts_->database;
  database.Read([&] { database.Query("SELECT max(version) FROM schema_version"); });
}

}  // namespace mhcnn
