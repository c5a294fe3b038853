#include "mhcnn/testing/option_checks.h"

#include <gtest/gtest.h>

#include <cmath>

#include "mhcnn/dicom/decode.h"
#include "mhcnn/dicom/reader.h"
#include "mhcnn/dicom/writer.h"

namespace mhcnn {
namespace {

using testing_support::ExpectChecks;

// Each options struct of this layer names the field that it refuses.

TEST(OptionChecks, DicomReadOptions) {
  const DicomReadOptions valid;
  ExpectChecks<DicomReadOptions>(valid,
                                 {{"wanted_long_side", [](auto& o) { o.wanted_long_side = -1; }},
                                  {"threads", [](auto& o) { o.threads = -1; }}});
}

TEST(OptionChecks, DecodeOptions) {
  const DecodeOptions valid;
  ExpectChecks<DecodeOptions>(valid,
                              {{"wanted_long_side", [](auto& o) { o.wanted_long_side = -1; }},
                               {"threads", [](auto& o) { o.threads = -1; }}});
}

TEST(OptionChecks, DicomWriteOptions) {
  const DicomWriteOptions valid;
  ExpectChecks<DicomWriteOptions>(valid,
                                  {{"window_width", [](auto& o) { o.window_width = -1; }},
                                   {"window_center", [](auto& o) { o.window_center = INFINITY; }},
                                   {"study_date", [](auto& o) { o.study_date = "2025-01-01"; }},
                                   {"instance_number", [](auto& o) { o.instance_number = -1; }}});
}

}  // namespace
}  // namespace mhcnn
