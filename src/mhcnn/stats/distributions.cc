#include "mhcnn/stats/distributions.h"

#include <boost/math/distributions/binomial.hpp>
#include <boost/math/distributions/fisher_f.hpp>
#include <boost/math/distributions/normal.hpp>
#include <boost/math/distributions/students_t.hpp>

namespace mhcnn {

double NormalQuantile(double p) { return boost::math::quantile(boost::math::normal(), p); }

double NormalSurvival(double z) {
  return boost::math::cdf(boost::math::complement(boost::math::normal(), z));
}

double StudentQuantile(double p, double freedom) {
  return boost::math::quantile(boost::math::students_t(freedom), p);
}

double FisherQuantile(double p, double numerator, double denominator) {
  return boost::math::quantile(boost::math::fisher_f(numerator, denominator), p);
}

double FairCoinCdf(std::int64_t k, std::int64_t n) {
  return boost::math::cdf(boost::math::binomial(static_cast<double>(n), 0.5),
                          static_cast<double>(k));
}

}  // namespace mhcnn
