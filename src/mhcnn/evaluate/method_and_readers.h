#pragma once

#include <vector>

#include "mhcnn/evaluate/evaluated_case.h"
#include "mhcnn/evaluate/evaluation.h"
#include "mhcnn/evaluate/reader_agreement.h"

namespace mhcnn {

/// Compares a method with each reader and with the readers' consensus, on the images that two
/// readers or more have marked and the method has measured.
///
/// Lines of the section "readers", to be compared with those of MeasureReaderAgreement: for the
/// percent the mean absolute difference and the bias (method - reader), for the category the
/// fraction that is the same and the quadratic kappa. The consensus is the readers' mean percent
/// and median category (MedianReaderCategory). There is no line for values that nobody gave, and
/// none for fewer than two readers.
std::vector<MetricRow> CompareWithReaders(const std::vector<EvaluatedCase>& cases,
                                          const ReaderAnnotations& readers,
                                          const EvaluationOptions& options);

}  // namespace mhcnn
