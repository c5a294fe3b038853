#include "mhcnn/base/append_log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <fstream>
#include <nlohmann/json.hpp>
#include <thread>
#include <vector>

#include "mhcnn/base/error.h"
#include "mhcnn/base/file.h"
#include "mhcnn/testing/error_message.h"
#include "mhcnn/testing/scratch_folder.h"

namespace mhcnn {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing_support::ErrorMessage;
using testing_support::ScratchFolder;

const AppendLogFormat kFormat{.schema = "test-log/1",
                              .name = "the log of a test",
                              .remedy = "delete it",
                              .when_full = "run the test again",
                              .field_without_header = {}};

/// The value "n" of each record.
std::vector<int> Numbers(const fs::path& path, const AppendLogFormat& format = kFormat) {
  std::vector<int> numbers;
  ReadAppendLog(path, format,
                [&](const json& record, std::uint64_t) { numbers.push_back(record.at("n")); });
  return numbers;
}

json ReadHeader(const fs::path& path) {
  return ReadAppendLog(path, kFormat, [](const json&, std::uint64_t) {});
}

/// A log with the records 1 and 2.
void WriteTwo(const fs::path& path) {
  AppendLog log(path, kFormat);
  log.Restart({{"model", "m"}});
  log.Append({{"n", 1}});
  log.Append({{"n", 2}});
}

TEST(AppendLog, RoundTrips) {
  const ScratchFolder folder;
  WriteTwo(folder / "made/log");
  EXPECT_EQ(ReadHeader(folder / "made/log"), json({{"model", "m"}}));
  EXPECT_THAT(Numbers(folder / "made/log"), ElementsAre(1, 2));
  EXPECT_EQ(ReadTextFile(folder / "made/log"),
            "{\"header\":{\"model\":\"m\"},\"schema\":\"test-log/1\"}\n{\"n\":1}\n{\"n\":2}\n");
}

TEST(AppendLog, RecordsGoOnAfterReopening) {
  const ScratchFolder folder;
  WriteTwo(folder / "log");
  {
    AppendLog log(folder / "log", kFormat);
    log.Continue();
    log.Append({{"n", 3}});
  }
  EXPECT_THAT(Numbers(folder / "log"), ElementsAre(1, 2, 3));
  AppendLog(folder / "log", kFormat).Restart({});
  EXPECT_THAT(Numbers(folder / "log"), IsEmpty());
}

/// A kill may leave any number of the bytes of the last write.
TEST(AppendLog, TruncationAtAnyByteKeepsCompleteRecords) {
  const ScratchFolder folder;
  WriteTwo(folder / "whole");
  const std::string text = ReadTextFile(folder / "whole");
  const std::size_t header_end = text.find('\n'), first_end = text.find('\n', header_end + 1);
  for (std::size_t size = 0; size <= text.size(); ++size) {
    const fs::path path = folder / "cut";
    WriteFileAtomically(path, std::string_view(text).substr(0, size));
    const std::size_t records = (size > first_end) + (size == text.size());
    EXPECT_EQ(Numbers(path).size(), records) << size;
    EXPECT_EQ(ReadHeader(path).is_null(), size <= header_end) << size;
    if (size <= header_end) continue;
    {
      AppendLog log(path, kFormat);
      log.Continue();
      log.Append({{"n", 9}});
    }
    const auto numbers = Numbers(path);
    ASSERT_EQ(numbers.size(), records + 1) << size;
    EXPECT_EQ(numbers.back(), 9) << size;
  }
}

TEST(AppendLog, RemovesIncompleteLineLongerThanBlock) {
  const ScratchFolder folder;
  WriteTwo(folder / "log");
  std::ofstream(folder / "log", std::ios::app) << "{\"n\":\"" << std::string(200'000, 'x');
  AppendLog(folder / "log", kFormat).Continue();
  EXPECT_THAT(ReadTextFile(folder / "log"), ::testing::EndsWith("{\"n\":2}\n"));
  EXPECT_THAT(Numbers(folder / "log"), ElementsAre(1, 2));
}

TEST(AppendLog, SkipsCorruptLineInMiddle) {
  const ScratchFolder folder;
  WriteTwo(folder / "log");
  std::ofstream(folder / "log", std::ios::app) << "{\"n\":3\n[4]\n"
                                               << std::string(100'000, '[') << "\n{\"n\":5}\n";
  EXPECT_THAT(Numbers(folder / "log"), ElementsAre(1, 2, 5));
}

TEST(AppendLog, RejectsForeignFileWithoutChangingIt) {
  const ScratchFolder folder;
  for (const std::string& text :
       {std::string("path,percent\n"), std::string("path"), std::string("\n"), std::string("[]\n"),
        std::string("{\"schema\":\"other/1\"}\n"), std::string("{\"schema\":1}\n"),
        std::string("{\"n\":1}\n"), std::string("\x89PNG\r\n\x1a\n")}) {
    WriteFileAtomically(folder / "log", std::string_view(text));
    EXPECT_THAT(ErrorMessage([&] { Numbers(folder / "log"); }, ErrorCode::kCorrupt),
                HasSubstr("is not the log of a test"))
        << text;
    const AppendLog log(folder / "log", kFormat);
    EXPECT_EQ(ReadTextFile(folder / "log"), text);
  }
  EXPECT_THAT(ErrorMessage([&] { Numbers(folder / "none"); }, ErrorCode::kNotFound),
              HasSubstr("cannot be opened"));
}

TEST(AppendLog, ReadsOldFileWithoutHeader) {
  const ScratchFolder folder;
  AppendLogFormat format = kFormat;
  format.field_without_header = "n";
  WriteFileAtomically(folder / "log", std::string_view("{\"n\":1}\n{\"n\":2}\n{\"n\":"));
  EXPECT_THAT(Numbers(folder / "log", format), ElementsAre(1, 2));
  WriteFileAtomically(folder / "log", std::string_view("{\"m\":1}\n"));
  EXPECT_THROW(Numbers(folder / "log", format), Error);
}

TEST(AppendLog, AllowsOneWriterProcess) {
  const ScratchFolder folder;
  {
    AppendLog first(folder / "log", kFormat);
    first.Restart({});
    EXPECT_THAT(ErrorMessage([&] { AppendLog(folder / "log", kFormat); }, ErrorCode::kUsage),
                HasSubstr("another run is writing there"));
    first.Append({{"n", 1}});
    EXPECT_THAT(Numbers(folder / "log"), ElementsAre(1)) << "reading needs no lock";
  }
  AppendLog second(folder / "log", kFormat);
  second.Continue();
  second.Append({{"n", 2}});
  EXPECT_THAT(Numbers(folder / "log"), ElementsAre(1, 2));
}

TEST(AppendLog, SeveralThreadsWriteWholeLines) {
  const ScratchFolder folder;
  {
    AppendLog log(folder / "log", kFormat);
    log.Restart({});
    std::vector<std::jthread> threads;
    for (int t = 0; t < 4; ++t) {
      threads.emplace_back([&log, t] {
        for (int i = 0; i < 25; ++i) log.Append({{"n", 100 * t + i}});
      });
    }
  }
  auto numbers = Numbers(folder / "log");
  std::ranges::sort(numbers);
  ASSERT_EQ(numbers.size(), 100u);
  for (int t = 0; t < 4; ++t) {
    for (int i = 0; i < 25; ++i)
      EXPECT_EQ(numbers[static_cast<std::size_t>(25 * t + i)], 100 * t + i);
  }
}

TEST(AppendLog, NamesTheFolderThatCannotBeWrittenTo) {
  // No file can be made there, by root either.
  EXPECT_THAT(ErrorMessage([] { AppendLog("/sys/mhcnn.log", kFormat); }, ErrorCode::kIo),
              HasSubstr("/sys: the file \"mhcnn.log\" cannot be written in this folder"));
}

/// The test limits the size of files in place of filling a disk: the write that exceeds the limit
/// is cut short.
TEST(AppendLog, FailedWriteKeepsCompleteRecords) {
  const ScratchFolder folder;
  WriteTwo(folder / "log");
  const auto size = fs::file_size(folder / "log");
  const pid_t child = ::fork();
  if (child == 0) {
    std::signal(SIGXFSZ, SIG_IGN);
    const rlimit limit{size + 10, size + 10};
    if (::setrlimit(RLIMIT_FSIZE, &limit) != 0) ::_exit(2);
    int code = 3;
    try {
      AppendLog log(folder / "log", kFormat);
      log.Continue();
      try {
        log.Append({{"n", 333'333'333}});
      } catch (const Error& e) {
        if (e.code() == ErrorCode::kIo) code = 0;
      }
      log.Append({{"n", 4}});  // is short enough
    } catch (...) {
      code = 4;
    }
    ::_exit(code);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_EQ(WEXITSTATUS(status), 0);
  EXPECT_THAT(Numbers(folder / "log"), ElementsAre(1, 2, 4));
}

}  // namespace
}  // namespace mhcnn
