#pragma once

#include <functional>
#include <string>

#include "mhcnn/service/intake.h"
#include "mhcnn/service/receive/dicom_network.h"

namespace mhcnn {

/// Parts that the answer to a C-STORE request uses.
struct StoreContext {
  /// Parts of the node, which outlive the request.
  const ServiceConfig& config;
  const ObjectFolder& folder;  ///< object folder of the node
  Intake& intake;              ///< intake of the node
  std::string peer;            ///< name of the sender: "dicom:AE@192.0.2.1"
};

/// Answer to a C-STORE request.
struct StoreAnswer {
  OFCondition condition = EC_Normal;  ///< bad if no answer was made or sent
  int status = 0;                     ///< status (PS3.4 B.2.3): 0000, A700, A900, C000
  IntakeOutcome outcome;              ///< outcome of the object, where it arrived
};

/// Receives the object of a request into the object folder, gives it to the intake and answers
/// (PS3.7 9.1.1). Status 0000 is sent after the object is safe.
StoreAnswer AnswerStore(T_ASC_Association& association, T_ASC_PresentationContextID context,
                        const T_DIMSE_C_StoreRQ& request, const StoreContext& store);

/// Returns the status (PS3.4 B.2.3) of an outcome.
int ToDimseStatus(const IntakeOutcome& outcome);

/// Returns a text as an Error Comment (0000,0902): ASCII without backslash, at most 64 characters.
std::string ToErrorComment(const std::string& text);

}  // namespace mhcnn
