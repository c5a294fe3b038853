#pragma once

#include <chrono>
#include <string>

#include "mhcnn/jobs/commitments.h"
#include "mhcnn/service/commitment_result.h"
#include "mhcnn/service/receive/dicom_network.h"

namespace mhcnn {

/// Answer to a report of storage commitment.
struct ReportAnswer {
  OFCondition condition = EC_Normal;  ///< bad if no answer was made or sent
  int status = 0;                     ///< status of the answer (PS3.7 annex C)
  std::string problem;                ///< reason of the status; "" with 0000
  CommitmentResult report;            ///< content of the report, if it could be read
};

/// Receives an N-EVENT-REPORT of Storage Commitment Push Model, gives it to the store and answers.
/// `patience`: time limit for each piece of it.
ReportAnswer AnswerReport(T_ASC_Association& association, T_ASC_PresentationContextID context,
                          const T_DIMSE_N_EventReportRQ& request, Commitments& commitments,
                          std::chrono::milliseconds patience);

}  // namespace mhcnn
