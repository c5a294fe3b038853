#include "mhcnn/stats/statistic.h"

#include <gtest/gtest.h>

#include <limits>

#include "mhcnn/testing/statistics.h"

namespace mhcnn {
namespace {

TEST(Statistic, HoldsValueOrReason) {
  ExpectNear(Defined(0.5), 0.5);
  ExpectUndefined(Undefined("no case"), "no case");
  ExpectUndefined(Defined(std::numeric_limits<double>::quiet_NaN()), "not a finite number");
  ExpectUndefined(Defined(std::numeric_limits<double>::infinity()), "not a finite number");
  ExpectNear(MeanDefined({Defined(1), Undefined("no case"), Defined(4)}), 2.5);
  ExpectUndefined(MeanDefined({Undefined("no case")}), "nothing to take the mean of");
  ExpectUndefined(UndefinedEstimate("no case").high, "no case");
}

}  // namespace
}  // namespace mhcnn
