#include "analyze/journal.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "base/error.h"
#include "base/file.h"

namespace mhcnn {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

class JournalTest : public ::testing::Test {
 protected:
  JournalTest() {
    fs::remove_all(folder_);
    fs::create_directories(folder_);
    for (const char* name : {"a", "b"}) {
      WriteFileAtomically(folder_ / name, std::string_view("content"));
      items_.push_back({folder_ / name, "", name});
    }
  }
  Result Of(const BatchItem& item) const {
    Result r;
    r.facts.path = item.Shown().string();
    r.facts.laterality = Laterality::kRight;
    r.facts.view = View::kMLO;
    r.percent_density = 100.0 / 3;
    r.category = 2;
    r.probabilities = {0.1, 0.2, 0.6, 0.1};
    r.flags = {"x", "y"};
    r.model = "m 1";
    r.size = {30, 40};
    return r;
  }
  const fs::path folder_ = fs::path(::testing::TempDir()) / "journal";
  const fs::path path_ = folder_ / "results.journal";
  std::vector<BatchItem> items_;
};

TEST_F(JournalTest, GoesOnWhereAKillLeftIt) {
  {
    Journal journal(path_, {{"v", 1}}, false);
    journal.Append(StampOf(items_[0]), Of(items_[0]));
  }
  std::ofstream(path_, std::ios::app) << R"({"bytes":7,"modified":1,"mod)";  // torn
  {
    Journal journal(path_, {{"v", 1}}, true);
    const Result* found = journal.Find(items_[0]);
    ASSERT_NE(found, nullptr);
    EXPECT_EQ(*found->percent_density, 100.0 / 3);
    EXPECT_EQ(found->facts.view, View::kMLO);
    EXPECT_EQ(found->probabilities, Of(items_[0]).probabilities);
    EXPECT_EQ(found->flags, Of(items_[0]).flags);
    EXPECT_EQ(journal.Find(items_[1]), nullptr);
    journal.Append(StampOf(items_[1]), Of(items_[1]));
    journal.Finish();
  }
  const auto content = Journal::Read(path_);
  EXPECT_TRUE(content.finished);
  EXPECT_EQ(content.entries.size(), 2u);
}

TEST_F(JournalTest, AChangedFileIsNotDone) {
  {
    Journal journal(path_, {}, false);
    journal.Append(StampOf(items_[0]), Of(items_[0]));
  }
  WriteFileAtomically(items_[0].path, std::string_view("longer content"));
  EXPECT_EQ(Journal(path_, {}, true).Find(items_[0]), nullptr);
}

TEST_F(JournalTest, UnfinishedWorkIsNotThrownAwaySilently) {
  const auto message = [&](const nlohmann::json& header, bool resume) -> std::string {
    try {
      Journal journal(path_, header, resume);
      return "nothing thrown";
    } catch (const Error& e) {
      EXPECT_EQ(e.code(), ErrorCode::kUsage);
      return e.what();
    }
  };
  { Journal journal(path_, {{"model", "a"}}, false); }
  EXPECT_THAT(message({{"model", "a"}}, false), HasSubstr("--resume"));
  EXPECT_THAT(message({{"model", "b"}}, true), HasSubstr("another model"));
  { Journal(path_, {{"model", "a"}}, true).Finish(); }
  EXPECT_THAT(message({{"model", "b"}}, false), HasSubstr("nothing thrown"));  // starts anew
}

TEST_F(JournalTest, RefusesAnotherKindOfFile) {
  WriteFileAtomically(path_, std::string_view("path,percent\n"));
  EXPECT_THROW(Journal(path_, {}, true), Error);
}

}  // namespace
}  // namespace mhcnn
