#include "mhcnn/data/adapter.h"

#include <gtest/gtest.h>

#include "mhcnn/base/file.h"
#include "mhcnn/data/adapters.h"
#include "mhcnn/data/image_check.h"
#include "mhcnn/image/file_io.h"
#include "mhcnn/testing/scratch_folder.h"

namespace mhcnn {
namespace {

using testing_support::ScratchFolder;

TEST(GenericSet, KeepsRowsOfSeveralReaders) {
  const ScratchFolder folder;
  WritePng(folder / "i.png", cv::Mat1w(4, 4, std::uint16_t{9}));
  WritePng(folder / "b.png", cv::Mat1b(4, 4, uchar{255}));
  WriteFileAtomically(folder / "manifest.csv",
                      std::string("image,breast_mask,reader,dense_threshold\n"
                                  "i.png,b.png,anna,5\ni.png,b.png,bert,20\n"
                                  "i.png,b.png,bert,30\ni.png,,carl,5\n"
                                  "i.png,b.png,dora,20\n"));
  AdapterOptions options;
  options.folders = {folder.path()};
  const DatasetIndex listing = ReadGenericSet(options);
  ASSERT_EQ(listing.images.size(), 4u);
  EXPECT_EQ(listing.images[1].sample.reader, "bert");
  EXPECT_FALSE(listing.images[1].sample.dense_threshold) << "two rows, two thresholds";
  EXPECT_FALSE(listing.images[2].sample.dense_threshold);
  ASSERT_EQ(listing.problems.size(), 3u);
  EXPECT_EQ(listing.problems[0].kind, "repeated_row");
  EXPECT_EQ(listing.problems[1].kind, "label_conflict");
  EXPECT_EQ(listing.problems[2].kind, "threshold_without_breast");
  EXPECT_EQ(*CheckImage(listing.images[0], {.out = folder.path(), .decode = true}).mask_percent,
            100);
  EXPECT_EQ(*CheckImage(listing.images[3], {.out = folder.path(), .decode = true}).mask_percent, 0);
}

}  // namespace
}  // namespace mhcnn
