#pragma once

#include <vector>

#include "mhcnn/evaluate/evaluated_case.h"
#include "mhcnn/evaluate/evaluation.h"
#include "mhcnn/evaluate/reader_agreement.h"

namespace mhcnn {

/// Compares a method with each reader and with the readers' consensus, on the images that two
/// readers or more have marked and the method has measured.
///
/// Lines of the section "readers", to be read beside those of AgreementOfReaders: of the percent
/// the mean absolute difference and the bias (method - reader), of the category the share that is
/// the same and the quadratic kappa. The consensus is the readers' mean percent and median category
/// (MedianOfReaders). There is no line for what nobody gave, and none for fewer than two readers.
std::vector<MetricRow> AgreementWithReaders(const std::vector<EvaluatedCase>& cases,
                                            const Readers& readers,
                                            const EvaluationOptions& options);

}  // namespace mhcnn
