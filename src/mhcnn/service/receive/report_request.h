#pragma once

#include <chrono>
#include <string>

#include "mhcnn/jobs/commitments.h"
#include "mhcnn/service/commitment_result.h"
#include "mhcnn/service/receive/dicom_network.h"

namespace mhcnn {

/// A report as it was answered.
struct ReportAnswer {
  OFCondition condition = EC_Normal;  ///< bad: nothing was answered, or the answer did not go
  int status = 0;                     ///< PS3.7 annex C
  std::string problem;                ///< "" with status 0000
  CommitmentResult report;            ///< what it says, where it can be understood
};

/// Receives an N-EVENT-REPORT of Storage Commitment Push Model, hands it to the store and answers.
/// `patience`: for each piece of it.
ReportAnswer AnswerReport(T_ASC_Association& association, T_ASC_PresentationContextID context,
                          const T_DIMSE_N_EventReportRQ& request, Commitments& commitments,
                          std::chrono::milliseconds patience);

}  // namespace mhcnn
