#include "mhcnn/testing/option_checks.h"

#include <gtest/gtest.h>

#include <cmath>

#include "mhcnn/batch/batch.h"
#include "mhcnn/batch/exam_objects.h"

namespace mhcnn {
namespace {

using testing_support::ExpectChecks;

// Each options struct of this layer names the field that it refuses.

TEST(OptionChecks, BatchOptions) {
  BatchOptions valid;
  valid.output = "out";
  ExpectChecks<BatchOptions>(valid,
                             {{"output", [](auto& o) { o.output.clear(); }},
                              {"long_side", [](auto& o) { o.overlay.long_side = 0; }},
                              {"workers", [](auto& o) { o.workers = -1; }},
                              {"series_number", [](auto& o) { o.objects.series_number = 0; }},
                              {"formats", [](auto& o) {
                                 o.formats = {ResultFormat::kSeg};
                                 o.masks = false;
                               }}});
}

TEST(OptionChecks, ExamObjectOptions) {
  ExamObjectOptions valid;
  valid.output = "out";
  ExpectChecks<ExamObjectOptions>(valid, {{"output", [](auto& o) { o.output.clear(); }},
                                          {"seg_scale", [](auto& o) { o.objects.seg_scale = 0; }},
                                          {"workers", [](auto& o) { o.workers = -1; }}});
}

}  // namespace
}  // namespace mhcnn
