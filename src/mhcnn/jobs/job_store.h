#pragma once

#include <memory>
#include <string>

#include "mhcnn/jobs/accounts.h"
#include "mhcnn/jobs/audit_trail.h"
#include "mhcnn/jobs/commitments.h"
#include "mhcnn/jobs/corrections.h"
#include "mhcnn/jobs/delivery_queue.h"
#include "mhcnn/jobs/exam_search.h"
#include "mhcnn/jobs/exams.h"
#include "mhcnn/jobs/idempotency_keys.h"
#include "mhcnn/jobs/job_store_options.h"
#include "mhcnn/jobs/node_processes.h"
#include "mhcnn/jobs/received_objects.h"
#include "mhcnn/jobs/retention.h"
#include "mhcnn/jobs/stored_objects.h"
#include "mhcnn/jobs/work_queue.h"

namespace mhcnn {

/// Objects, exams, jobs, deliveries and audit events in one database: the only place where the
/// processes of a node meet.
///
/// A change is committed when its function returns: a kill or power cut afterwards loses nothing
/// (SQLite: WAL with synchronous=FULL; PostgreSQL: synchronous_commit=on). A lost connection is
/// opened again once for a call that can be repeated. Not thread-safe, and not to be kept over a
/// fork(): each process and thread opens one of its own.
///
/// Opening migrates an older schema, by one process at a time. Throws Error(kUnsupported) for a
/// schema that is newer than this program, and Error(kIo) if the database cannot be opened; neither
/// shows the password.
class JobStore {
 public:
  /// Opens the store.
  explicit JobStore(const JobStoreOptions& options);
  ~JobStore();
  JobStore(const JobStore&) = delete;
  JobStore& operator=(const JobStore&) = delete;

  /// Returns the received objects.
  ReceivedObjects& objects();
  /// Returns the exams.
  Exams& exams();
  /// Returns the exams for people who look through them.
  ExamSearch& search();
  /// Returns the processes of the node.
  NodeProcesses& parts();
  /// Returns the jobs of workers.
  WorkQueue& work();
  /// Returns the deliveries.
  DeliveryQueue& deliveries();
  /// Returns the storage commitments.
  Commitments& commitments();
  /// Returns the audit trail.
  AuditTrail& audit();
  /// Returns the users, sessions and tokens.
  Accounts& accounts();
  /// Returns the corrections of readers.
  Corrections& corrections();
  /// Returns the answers to requests that may come again.
  IdempotencyKeys& request_keys();
  /// Returns the objects whose files exist.
  StoredObjects& stored();
  /// Returns what may be removed.
  Retention& retention();

  /// Returns the store's time.
  StoreTime Now();
  /// Throws Error(kIo) if the database does not answer.
  void Ping();

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace mhcnn
