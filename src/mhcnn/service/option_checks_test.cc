#include "mhcnn/testing/option_checks.h"

#include <gtest/gtest.h>

#include "mhcnn/service/exam_analysis.h"
#include "mhcnn/service/supervisor.h"

namespace mhcnn {
namespace {

using testing_support::ExpectChecks;

// Each options struct of this layer names the field that it refuses.

TEST(OptionChecks, ExamAnalysisOptions) {
  const ExamAnalysisOptions valid;
  ExpectChecks<ExamAnalysisOptions>(valid, {{"threads", [](auto& o) { o.threads = 0; }},
                                            {"attempts", [](auto& o) { o.attempts = 0; }}});
}

TEST(OptionChecks, SupervisorOptions) {
  const SupervisorOptions valid{.config = "node.toml", .program = "mhcnn"};
  ExpectChecks<SupervisorOptions>(valid, {{"config", [](auto& o) { o.config.clear(); }},
                                          {"program", [](auto& o) { o.program.clear(); }},
                                          {"stop_timeout", [](auto& o) { o.stop_timeout = {}; }}});
}

}  // namespace
}  // namespace mhcnn
