#include "mhcnn/train/event_file.h"

#include <gtest/gtest.h>

#include "mhcnn/base/error.h"
#include "mhcnn/base/file.h"
#include "mhcnn/testing/scratch_folder.h"

namespace mhcnn {
namespace {

using testing_support::ScratchFolder;

TEST(EventFile, ResumeRemovesRepeatedEvents) {
  const ScratchFolder folder;
  const auto path = folder / "events";
  std::uint64_t saved = 0;
  std::string begun;
  {
    EventFile file(path, 0);
    file.Scalars(1, {{"loss", 0.5}});
    saved = file.size();
    begun = ReadTextFile(path);
    EXPECT_EQ(begun.size(), saved);
    file.Scalars(2, {{"loss", 0.25}});
  }
  EXPECT_GT(std::filesystem::file_size(path), saved);
  EventFile again(path, saved);
  EXPECT_EQ(again.size(), saved);
  EXPECT_EQ(ReadTextFile(path), begun);
  std::filesystem::remove(path);
  EXPECT_LT(EventFile(path, saved).size(), saved) << "a file that was removed begins anew";
}

TEST(EventFile, RefusesUnwritablePath) {
  const ScratchFolder folder;
  EXPECT_THROW(EventFile(folder / "none" / "events", 0), Error);
}

}  // namespace
}  // namespace mhcnn
