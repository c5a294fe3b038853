#include "mhcnn/loader/prepared_store.h"

#include <gtest/gtest.h>

#include <fstream>
#include <thread>

#include "mhcnn/base/random.h"
#include "mhcnn/testing/scratch_folder.h"

namespace mhcnn {
namespace {

namespace fs = std::filesystem;
using testing_support::ScratchFolder;

const cv::Size kInput{64, 128};

/// Noise with the masks of `present`.
PreparedSample Noise(std::uint64_t seed, const std::vector<bool>& present) {
  RandomStream random(seed);
  PreparedSample sample;
  sample.image.create(kInput);
  for (auto& value : sample.image) value = static_cast<std::uint16_t>(random.Integer(65536));
  for (const bool there : present) {
    sample.masks.emplace_back();
    if (!there) continue;
    sample.masks.back().create(kInput);
    for (auto& value : sample.masks.back()) value = random.Integer(2) ? 255 : 0;
  }
  sample.percent_of_masks = random.Uniform() * 100;
  return sample;
}

void ExpectEqual(const PreparedSample& a, const PreparedSample& b) {
  EXPECT_EQ(cv::norm(a.image, b.image, cv::NORM_INF), 0);
  EXPECT_EQ(a.percent_of_masks, b.percent_of_masks);
  ASSERT_EQ(a.masks.size(), b.masks.size());
  for (std::size_t m = 0; m < a.masks.size(); ++m) {
    ASSERT_EQ(a.masks[m].empty(), b.masks[m].empty());
    if (a.masks[m].empty()) continue;
    EXPECT_EQ(cv::norm(a.masks[m], b.masks[m], cv::NORM_INF), 0);
  }
}

TEST(PreparedStore, GivesBackWhatItGot) {
  const ScratchFolder folder;
  const auto first = Noise(1, {true, true, false}), second = Noise(2, {false, true, true});
  {
    PreparedStore store(folder / "a/b.cache", kInput, 3);
    EXPECT_FALSE(store.Read(0, 7));
    store.Write(5, 8, second);
    store.Write(0, 7, first);
    ExpectEqual(*store.Read(5, 8), second);
  }
  const PreparedStore store(folder / "a/b.cache", kInput, 3);
  ExpectEqual(*store.Read(0, 7), first);
  EXPECT_EQ(store.ReadPercent(0, 7), first.percent_of_masks);
  EXPECT_FALSE(store.Read(0, 9)) << "the files have changed since";
  EXPECT_FALSE(store.ReadPercent(0, 9));
  EXPECT_TRUE(store.Has(0, 7));
  EXPECT_FALSE(store.Has(0, 9));
  EXPECT_FALSE(store.Read(3, 0x1234)) << "a hole between records";
  EXPECT_FALSE(store.Read(1000, 7));
}

TEST(PreparedStore, KeepsARecordWithoutAPercent) {
  const ScratchFolder folder;
  auto sample = Noise(1, {true, false, false});
  sample.percent_of_masks.reset();
  PreparedStore store(folder / "c", kInput, 3);
  store.Write(0, 7, sample);
  EXPECT_TRUE(store.Has(0, 7));
  EXPECT_FALSE(store.ReadPercent(0, 7));
  ExpectEqual(*store.Read(0, 7), sample);
}

TEST(PreparedStore, TreatsCorruptRecordAsMissing) {
  const ScratchFolder folder;
  const auto sample = Noise(3, {true, true, true});
  PreparedStore store(folder / "c", kInput, 3);
  store.Write(0, 7, sample);
  store.Write(1, 8, sample);
  {
    std::fstream file(folder / "c", std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(5000);
    file.put('x').put('y');
  }
  EXPECT_FALSE(store.Read(0, 7));
  EXPECT_TRUE(store.Read(1, 8));
  fs::resize_file(folder / "c", fs::file_size(folder / "c") - 1000);
  EXPECT_FALSE(store.Read(1, 8)) << "cut short";
}

TEST(PreparedStore, ServesSeveralThreads) {
  PreparedStore store("", kInput, 3);
  std::vector<std::jthread> threads;
  for (std::uint64_t t = 0; t < 4; ++t) {
    threads.emplace_back([&store, t] {
      for (std::uint64_t i = 0; i < 8; ++i) {
        const auto sample = Noise(i, {true, false, true});
        store.Write(i, i + 1, sample);  // all write the same, as runs that share a cache do
        ExpectEqual(*store.Read((i + t) % (i + 1), (i + t) % (i + 1) + 1),
                    Noise((i + t) % (i + 1), {true, false, true}));
      }
    });
  }
}

}  // namespace
}  // namespace mhcnn
