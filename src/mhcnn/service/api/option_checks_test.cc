#include "mhcnn/testing/option_checks.h"

#include <gtest/gtest.h>

#include "mhcnn/service/api/event_hub.h"
#include "mhcnn/service/api/zip_upload.h"

namespace mhcnn {
namespace {

using testing_support::ExpectChecks;

// Each options struct of this layer names the field that it refuses.

TEST(OptionChecks, EventHubOptions) {
  const EventHubOptions valid;
  ExpectChecks<EventHubOptions>(valid, {{"max_streams", [](auto& o) { o.max_streams = 0; }},
                                        {"period", [](auto& o) { o.period = {}; }},
                                        {"keep_alive", [](auto& o) { o.keep_alive = {}; }},
                                        {"max_duration", [](auto& o) { o.max_duration = {}; }}});
}

TEST(OptionChecks, ZipUploadLimits) {
  const ZipUploadLimits valid;
  ExpectChecks<ZipUploadLimits>(valid, {{"members", [](auto& o) { o.members = 0; }},
                                        {"bytes", [](auto& o) { o.bytes = 0; }},
                                        {"has_room", [](auto& o) { o.has_room = nullptr; }}});
}

}  // namespace
}  // namespace mhcnn
