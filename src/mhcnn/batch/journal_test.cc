#include "mhcnn/batch/journal.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "mhcnn/base/error.h"
#include "mhcnn/base/file.h"
#include "mhcnn/testing/scratch_folder.h"

namespace mhcnn {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using testing_support::ScratchFolder;

class JournalTest : public ::testing::Test {
 protected:
  JournalTest() {
    for (const char* name : {"a", "b"}) {
      WriteFileAtomically(folder_ / name, std::string_view("content"));
      items_.push_back({folder_ / name, "", name});
    }
  }
  Result Of(const BatchItem& item) const {
    Result r;
    r.metadata.path = item.DisplayPath().string();
    r.metadata.laterality = Laterality::kRight;
    r.metadata.view = View::kMLO;
    r.percent_density = 100.0 / 3;
    r.category = DensityCategory::kC;
    r.probabilities = {0.1, 0.2, 0.6, 0.1};
    r.flags = {"x", "y"};
    r.model = "m 1";
    r.size = {30, 40};
    return r;
  }
  const ScratchFolder folder_;
  const fs::path path_ = folder_ / "results.journal";
  std::vector<BatchItem> items_;
};

TEST_F(JournalTest, ResumesAfterKill) {
  {
    Journal journal(path_, {{"v", 1}}, JournalStart::kNew);
    journal.Append(items_[0], ReadFileStamp(items_[0]), Of(items_[0]));
  }
  std::ofstream(path_, std::ios::app) << R"({"bytes":7,"modified":1,"mod)";  // torn
  {
    Journal journal(path_, {{"v", 1}}, JournalStart::kResume);
    const auto place = journal.Take(items_[0]);
    ASSERT_TRUE(place);
    const Result found = JournalReader(path_).At(place->place);
    EXPECT_EQ(*found.percent_density, 100.0 / 3);
    EXPECT_EQ(found.metadata.view, View::kMLO);
    EXPECT_EQ(found.probabilities, Of(items_[0]).probabilities);
    EXPECT_EQ(found.flags, Of(items_[0]).flags);
    EXPECT_EQ(place->stamp, ReadFileStamp(items_[0]));
    EXPECT_FALSE(journal.Take(items_[1]));
    journal.Append(items_[1], ReadFileStamp(items_[1]), Of(items_[1]));
    journal.Finish(2, {}, 0.8);
  }
  const auto content = Journal::Read(path_);
  EXPECT_TRUE(content.finished);
  EXPECT_EQ(content.inputs, 2u);
  EXPECT_EQ(content.coverage, 0.8);
  EXPECT_EQ(content.entries.size(), 2u);
}

TEST_F(JournalTest, ResumedRunIsNotFinishedThoughItEndsBeforeItsFirstRow) {
  {
    Journal journal(path_, {{"v", 1}}, JournalStart::kNew);
    journal.Append(items_[0], ReadFileStamp(items_[0]), Of(items_[0]));
    journal.Finish(1, {}, 0.8);
  }
  EXPECT_TRUE(Journal::Read(path_).finished);
  { const Journal journal(path_, {{"v", 1}}, JournalStart::kResume); }
  const auto content = Journal::Read(path_);
  EXPECT_FALSE(content.finished);
  EXPECT_EQ(content.entries.size(), 1u);
  {
    Journal journal(path_, {{"v", 1}}, JournalStart::kResume);
    EXPECT_TRUE(journal.Take(items_[0]));
    journal.Finish(1, {}, 0.8);
  }
  EXPECT_TRUE(Journal::Read(path_).finished);
}

TEST_F(JournalTest, AFinishedJournalOfAnEarlierVersionStatesNoCoverage) {
  WriteFileAtomically(path_, std::string_view("{\"schema\":\"mhcnn-journal/1\",\"header\":{}}\n"
                                              "{\"finished\":true,\"inputs\":0}\n"));
  const auto content = Journal::ReadPlaces(path_);
  EXPECT_TRUE(content.finished);
  EXPECT_EQ(content.coverage, 0);
}

TEST_F(JournalTest, ChangedFileIsRepeated) {
  {
    Journal journal(path_, {{"v", 1}}, JournalStart::kNew);
    journal.Append(items_[0], ReadFileStamp(items_[0]), Of(items_[0]));
  }
  WriteFileAtomically(items_[0].path, std::string_view("longer content"));
  EXPECT_FALSE(Journal(path_, {{"v", 1}}, JournalStart::kResume).Take(items_[0]));
}

TEST_F(JournalTest, RefusesToDiscardUnfinishedWork) {
  const auto message = [&](const nlohmann::json& header, JournalStart start) -> std::string {
    try {
      Journal journal(path_, header, start);
      return "nothing thrown";
    } catch (const Error& e) {
      EXPECT_EQ(e.code(), ErrorCode::kUsage);
      return e.what();
    }
  };
  {
    Journal journal(path_, {{"model", "z"}}, JournalStart::kNew);  // no result yet: nothing to lose
  }
  {
    Journal journal(path_, {{"model", "a"}}, JournalStart::kNew);
    journal.Append(items_[0], ReadFileStamp(items_[0]), Of(items_[0]));
  }
  EXPECT_THAT(message({{"model", "a"}}, JournalStart::kNew), HasSubstr("--resume"));
  EXPECT_THAT(message({{"model", "b"}}, JournalStart::kResume), HasSubstr("another model"));
  { Journal(path_, {{"model", "a"}}, JournalStart::kResume).Finish(0); }
  EXPECT_THAT(message({{"model", "b"}}, JournalStart::kNew),
              HasSubstr("nothing thrown"));  // starts again
}

TEST_F(JournalTest, KeepsResultsOfMissingFiles) {
  {
    Journal journal(path_, {{"v", 1}}, JournalStart::kNew);
    journal.Append(items_[0], ReadFileStamp(items_[0]), Of(items_[0]));
    Result refused = Of(items_[1]);
    refused.error = "corrupt: x";
    journal.Append(items_[1], ReadFileStamp(items_[1]), refused);
    journal.Finish(2, {}, 0.8, "abc");
  }
  EXPECT_EQ(Journal::Read(path_).inputs_digest, "abc");
  Journal journal(path_, {{"v", 1}}, JournalStart::kResume);
  EXPECT_NO_THROW(journal.CheckFilesExist({folder_ / "b", folder_ / "c"}));
  const auto message = [&](const std::vector<fs::path>& unread) -> std::string {
    try {
      journal.CheckFilesExist(unread);
    } catch (const Error& e) {
      EXPECT_EQ(e.code(), ErrorCode::kNotFound);
      return e.what();
    }
    return "nothing thrown";
  };
  for (const fs::path& unread : {folder_ / "a", folder_.path(), folder_ / ""})
    EXPECT_THAT(message({folder_ / "c", unread}), ::testing::StartsWith(unread.string() + ": "));
  fs::remove(items_[0].path);
  EXPECT_FALSE(journal.Take(items_[0]));
  EXPECT_THAT(message({}), HasSubstr("results of measured files would be lost (1 in "));
}

TEST_F(JournalTest, RefusesAnotherKindOfFile) {
  WriteFileAtomically(path_, std::string_view("path,percent\n"));
  EXPECT_THROW(Journal(path_, {}, JournalStart::kResume), Error);
}

TEST_F(JournalTest, TruncatedHeaderIsNoWork) {
  WriteFileAtomically(path_, std::string_view(R"({"header":{"mod)"));
  Journal journal(path_, {{"v", 1}}, JournalStart::kResume);
  EXPECT_EQ(Journal::Read(path_).header, nlohmann::json({{"v", 1}}));
}

TEST_F(JournalTest, RefusesSecondRun) {
  const Journal journal(path_, {{"v", 1}}, JournalStart::kNew);
  for (const auto start : {JournalStart::kResume, JournalStart::kRestart}) {
    EXPECT_THROW(Journal(path_, {{"v", 1}}, start), Error);
  }
}

TEST_F(JournalTest, MissingFilesAndNewNamesAreRepeated) {
  {
    Journal journal(path_, {{"v", 1}}, JournalStart::kNew);
    for (const auto& item : items_) journal.Append(item, ReadFileStamp(item), Of(item));
  }
  {
    Journal journal(path_, {{"v", 1}}, JournalStart::kResume);
    BatchItem renamed = items_[0];
    renamed.name = "a-2";
    EXPECT_FALSE(journal.Take(renamed));
    journal.Append(renamed, ReadFileStamp(renamed), Of(renamed));
    journal.Finish(1);
  }
  const auto content = Journal::Read(path_);
  ASSERT_EQ(content.entries.size(), 1u);
  EXPECT_EQ(content.entries.begin()->second.drawn, "a-2");
}

TEST_F(JournalTest, DistinguishesNamesOfAnyBytes) {
  std::vector<BatchItem> items;
  for (const char* name : {"M\xFCller", "M\xF6ller", "50%25", "50%"}) {
    WriteFileAtomically(folder_ / name, std::string_view("content"));
    items.push_back({folder_ / name, "", name});
  }
  {
    Journal journal(path_, {{"v", 1}}, JournalStart::kNew);
    for (const auto& item : items) journal.Append(item, ReadFileStamp(item), Of(item));
  }
  EXPECT_EQ(Journal::Read(path_).entries.size(), 4u);
  Journal journal(path_, {{"v", 1}}, JournalStart::kResume);
  for (const auto& item : items) {
    const auto place = journal.Take(item);
    ASSERT_TRUE(place) << item.name;
    EXPECT_EQ(JournalReader(path_).At(place->place).metadata.path, item.path.string());
  }
}

TEST_F(JournalTest, ReadsPageDataWhileJournalGrows) {
  Journal journal(path_, {{"v", 1}}, JournalStart::kNew);
  JournalReader reader(path_);
  std::vector<std::uint64_t> places;
  for (const auto& item : items_) {
    Result result = Of(item);
    result.metadata.sop_class_uid = "1.2.840.10008.5.1.4.1.1.1.2";
    result.metadata.view_text = "latero-medial \xE9";
    result.metadata.acquisition.time = "101500";
    result.metadata.acquisition.instance_number = static_cast<int>(places.size()) + 7;
    places.push_back(journal.Append(item, ReadFileStamp(item), result));
    const Result found = reader.At(places.back());
    EXPECT_EQ(found.metadata.sop_class_uid, result.metadata.sop_class_uid);
    EXPECT_EQ(found.metadata.view_text, result.metadata.view_text);
    EXPECT_EQ(found.metadata.acquisition.time, "101500");
    EXPECT_EQ(found.metadata.acquisition.instance_number,
              result.metadata.acquisition.instance_number);
  }
  EXPECT_EQ(reader.At(places.front()).metadata.path, items_.front().path.string());
  EXPECT_THROW(reader.At(places.front() + 1), Error);
}

}  // namespace
}  // namespace mhcnn
