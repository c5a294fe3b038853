#include "mhcnn/infer/graph_cache.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <chrono>
#include <fstream>
#include <string>
#include <vector>

#include "mhcnn/base/file.h"
#include "mhcnn/testing/scratch_folder.h"

namespace mhcnn {
namespace {

namespace fs = std::filesystem;
using testing_support::ScratchFolder;

const std::vector<std::uint8_t> kGraph = {1, 2, 3, 4, 5, 6, 7, 8, 9};

std::vector<std::uint8_t> Kept(const GraphCache& cache) {
  const GraphBytes graph = cache.Read();
  return {graph.data.get(), graph.data.get() + graph.size};
}

fs::path OnlyFile(const fs::path& folder) { return fs::directory_iterator(folder)->path(); }

std::size_t Count(const fs::path& folder) {
  return static_cast<std::size_t>(
      std::distance(fs::directory_iterator(folder), fs::directory_iterator()));
}

TEST(GraphCache, KeepsUnderItsKey) {
  const ScratchFolder folder;
  const GraphCache cache(folder / "new" / "graphs", "a");
  EXPECT_TRUE(Kept(cache).empty());
  cache.Write(kGraph);
  EXPECT_EQ(Kept(cache), kGraph);
  EXPECT_TRUE(Kept(GraphCache(folder / "new" / "graphs", "b")).empty());
  EXPECT_EQ(Kept(GraphCache(folder / "new" / "graphs", "a")), kGraph);
}

TEST(GraphCache, ADamagedFileCountsAsAbsent) {
  const ScratchFolder folder;
  const GraphCache cache(folder / "g", "a");
  cache.Write(kGraph);
  const fs::path file = OnlyFile(folder / "g");
  const std::string whole = ReadTextFile(file);
  for (std::size_t i = 0; i < whole.size(); ++i) {
    std::string damaged = whole;
    damaged[i] = static_cast<char>(damaged[i] ^ 0x10);
    WriteFileAtomically(file, damaged);
    EXPECT_TRUE(Kept(cache).empty()) << i;
    WriteFileAtomically(file, whole.substr(0, i));
    EXPECT_TRUE(Kept(cache).empty()) << i;
  }
  WriteFileAtomically(file, whole + "x");
  EXPECT_TRUE(Kept(cache).empty());
  cache.Write(kGraph);
  EXPECT_EQ(Kept(cache), kGraph);
}

TEST(GraphCache, DoesNotTrustAFileThatOthersMayWrite) {
  const ScratchFolder folder;
  const GraphCache cache(folder / "g", "a");
  cache.Write(kGraph);
  const fs::path file = OnlyFile(folder / "g");
  fs::permissions(file, fs::perms::others_write, fs::perm_options::add);
  EXPECT_TRUE(Kept(cache).empty());
  fs::permissions(file, fs::perms::others_write, fs::perm_options::remove);
  EXPECT_EQ(Kept(cache), kGraph);
  fs::rename(file, folder / "elsewhere");
  fs::create_symlink(folder / "elsewhere", file);
  EXPECT_TRUE(Kept(cache).empty());
}

TEST(GraphCache, DoesNotTrustAFolderThatOthersMayWrite) {
  const ScratchFolder folder;
  const GraphCache cache(folder / "g", "a");
  cache.Write(kGraph);
  fs::permissions(folder / "g", fs::perms::group_write, fs::perm_options::add);
  EXPECT_TRUE(Kept(cache).empty());
}

TEST(GraphCache, AFileOfAnotherKeyOrKindCountsAsAbsent) {
  const ScratchFolder folder;
  const GraphCache cache(folder / "g", "a");
  cache.Write(kGraph);
  const fs::path mine = OnlyFile(folder / "g");
  GraphCache(folder / "h", "b").Write(kGraph);
  fs::copy_file(OnlyFile(folder / "h"), mine, fs::copy_options::overwrite_existing);
  EXPECT_TRUE(Kept(cache).empty());
  fs::remove(mine);
  ASSERT_EQ(::mkfifo(mine.c_str(), 0600), 0);
  EXPECT_TRUE(Kept(cache).empty());  // and does not wait for a writer
}

TEST(GraphCache, AFolderThatCannotBeWrittenKeepsNothing) {
  const ScratchFolder folder;
  std::ofstream(folder / "file") << "no folder";
  for (const fs::path& place : {fs::path(), folder / "file" / "below", fs::path("/proc/none")}) {
    const GraphCache cache(place, "a");
    cache.Write(kGraph);
    EXPECT_TRUE(Kept(cache).empty()) << place;
  }
}

TEST(GraphCache, EvictsLeastRecentlyUsed) {
  const ScratchFolder folder;
  const auto now = fs::file_time_type::clock::now();
  GraphCache(folder / "g", "old").Write(kGraph);
  const fs::path old = OnlyFile(folder / "g");
  for (std::size_t i = 1; i < GraphCache::kMaxGraphs; ++i)
    GraphCache(folder / "g", std::to_string(i)).Write(kGraph);
  fs::last_write_time(old, now - std::chrono::hours(1));
  GraphCache(folder / "g", "new").Write(kGraph);
  EXPECT_EQ(Count(folder / "g"), GraphCache::kMaxGraphs);
  EXPECT_FALSE(fs::exists(old));
  EXPECT_EQ(Kept(GraphCache(folder / "g", "new")), kGraph);
}

}  // namespace
}  // namespace mhcnn
