#include "mhcnn/testing/option_checks.h"

#include <gtest/gtest.h>

#include <cmath>

#include "mhcnn/data/image_check.h"
#include "mhcnn/data/prepare.h"
#include "mhcnn/data/split.h"

namespace mhcnn {
namespace {

using testing_support::ExpectChecks;

// Each options struct of this layer names the field that it refuses.

TEST(OptionChecks, ImageCheckOptions) {
  const ImageCheckOptions valid{.out = "out"};
  ExpectChecks<ImageCheckOptions>(valid, {{"out", [](auto& o) { o.out.clear(); }}});
}

TEST(OptionChecks, AdapterOptions) {
  const AdapterOptions valid{.folders = {"set"}, .masks = {}, .tissue_categories = {}};
  ExpectChecks<AdapterOptions>(valid, {{"FOLDER", [](auto& o) { o.folders.clear(); }}});
}

TEST(OptionChecks, SplitOptions) {
  const SplitOptions valid;
  ExpectChecks<SplitOptions>(valid, {{"--split-val", [](auto& o) { o.val_fraction = 1; }},
                                     {"--split-test", [](auto& o) { o.test_fraction = -0.1; }},
                                     {"--split-val, --split-test",
                                      [](auto& o) { o.val_fraction = o.test_fraction = 0.5; }}});
}

TEST(OptionChecks, PrepareOptions) {
  PrepareOptions valid;
  valid.set = "generic";
  valid.adapter.folders = {"set"};
  valid.out = "out";
  ExpectChecks<PrepareOptions>(valid,
                               {{"FOLDER", [](auto& o) { o.adapter.folders.clear(); }},
                                {"--out", [](auto& o) { o.out.clear(); }},
                                {"--pictures", [](auto& o) { o.pictures = 201; }},
                                {"--threads", [](auto& o) { o.threads = -1; }},
                                {"none: is not a known data set", [](auto& o) { o.set = "none"; }},
                                {"--masks", [](auto& o) { o.adapter.masks = "masks"; }},
                                {"--tissue-categories",
                                 [](auto& o) {
                                   o.adapter.tissue_categories = {{"F", DensityCategory::kA}};
                                 }},
                                {"--split-val", [](auto& o) { o.split.val_fraction = 2; }}});
}

}  // namespace
}  // namespace mhcnn
