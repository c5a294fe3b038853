#pragma once

#include <functional>
#include <string>

#include "mhcnn/service/intake.h"
#include "mhcnn/service/receive/dicom_network.h"

namespace mhcnn {

/// What a C-STORE request needs.
struct StoreContext {
  /// Parts of the node, which outlive the request.
  const ServiceConfig& config;
  const ObjectFolder& folder;  ///< of the node
  Intake& intake;              ///< of the node
  std::string peer;            ///< "dicom:AE@192.0.2.1"
};

/// A C-STORE as it was answered.
struct StoreAnswer {
  OFCondition condition = EC_Normal;  ///< bad: nothing was answered, or the answer did not go
  int status = 0;                     ///< PS3.4 B.2.3: 0000, A700, A900, C000
  IntakeOutcome outcome;              ///< of the object, where it arrived
};

/// Receives the object of a request into the object folder, takes it in and answers (PS3.7 9.1.1).
/// Status 0000 is sent after the object is safe.
StoreAnswer AnswerStore(T_ASC_Association& association, T_ASC_PresentationContextID context,
                        const T_DIMSE_C_StoreRQ& request, const StoreContext& store);

/// The status of PS3.4 B.2.3 of an outcome.
int StoreStatus(const IntakeOutcome& outcome);

/// Text as an Error Comment (0000,0902): ASCII without backslash, at most 64 characters.
std::string ErrorComment(const std::string& text);

}  // namespace mhcnn
