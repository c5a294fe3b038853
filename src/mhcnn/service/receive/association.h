#pragma once

#include <string>

#include "mhcnn/service/config.h"
#include "mhcnn/service/object_folder.h"

class DcmTLSTransportLayer;

namespace mhcnn {

/// End of an association, and the exit status of its process.
enum class AssociationEnd {
  kReleased = 0,   ///< the peer released it
  kAborted = 10,   ///< one side aborted it, or the connection was lost
  kRejected = 11,  ///< it was not accepted
  kTimedOut = 12,  ///< the peer was silent for too long (kDeadlineStatus)
  kFailed = 13,    ///< a defect, or a lack of system resources
  kStopped = 14,   ///< the node stops
};

/// Parts that the processes of associations share. All must outlive them.
struct AssociationContext {
  /// Configuration and object folder of the node.
  const ServiceConfig& config;
  const ObjectFolder& folder;           ///< folder of its objects
  DcmTLSTransportLayer* tls = nullptr;  ///< null: plain connections
};

/// Serves one association on a connected socket: negotiates, answers C-ECHO, C-STORE and reports of
/// storage commitment, logs how it ended. Called once in a process of its own without other
/// threads: it opens the job store, blocks SIGTERM (which ends the association after the message
/// that is being answered) and limits the process's memory.
AssociationEnd ServeAssociation(const AssociationContext& setup, int socket,
                                const std::string& address);

}  // namespace mhcnn
