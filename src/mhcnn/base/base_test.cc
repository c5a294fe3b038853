#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <atomic>
#include <cerrno>
#include <cmath>
#include <csignal>

#include "mhcnn/base/error.h"
#include "mhcnn/base/file.h"
#include "mhcnn/base/folder.h"
#include "mhcnn/base/options.h"
#include "mhcnn/base/parallel.h"
#include "mhcnn/base/progress.h"
#include "mhcnn/base/random.h"
#include "mhcnn/base/shipped_file.h"
#include "mhcnn/base/text.h"

namespace mhcnn {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

template <typename F>
std::string MessageOf(F&& f, ErrorCode code) {
  try {
    f();
  } catch (const Error& e) {
    EXPECT_EQ(e.code(), code) << e.what();
    return e.what();
  }
  ADD_FAILURE() << "nothing was thrown";
  return "";
}

TEST(ShippedFile, ModelsAreFoundByName) {
  EXPECT_EQ(ModelNamed("fast", ".onnx").filename(), "mhcnn-fast.onnx");
  EXPECT_EQ(ModelNamed("shipped", ".safetensors"), ModelNamed("fast", ".safetensors"));
  EXPECT_EQ(ModelNamed("accurate", ".onnx").filename(), "mhcnn-accurate.onnx");
  EXPECT_EQ(ModelNamed("runs/fast", ".onnx"), "runs/fast");
  const fs::path here = fs::current_path();
  fs::current_path(::testing::TempDir());
  WriteFileAtomically("fast", "a file");
  const auto both = MessageOf([] { ModelNamed("fast", ".onnx"); }, ErrorCode::kUsage);
  fs::remove("fast");
  fs::current_path(here);
  EXPECT_THAT(both, HasSubstr("write ./fast"));
  EXPECT_THAT(MessageOf([] { ModelNamed("accurate", ".none"); }, ErrorCode::kNotFound),
              HasSubstr("mhcnn-accurate.none stands neither in share/mhcnn/models nor in models/"));
}

// Vectors from the authors' Random123 distribution (kat_vectors, philox4x32 with 10 rounds).
TEST(Random, PhiloxEqualsPublishedVectors) {
  using Block = std::array<std::uint32_t, 4>;
  EXPECT_EQ(Philox4x32({0, 0, 0, 0}, {0, 0}),
            (Block{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}));
  EXPECT_EQ(Philox4x32({~0u, ~0u, ~0u, ~0u}, {~0u, ~0u}),
            (Block{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}));
  EXPECT_EQ(Philox4x32({0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, {0xa4093822, 0x299f31d0}),
            (Block{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}));
}

TEST(Random, StreamsAreNamedAndHaveTheRightMoments) {
  RandomStream a(7, 3), b(7, 3), c(7, 4);
  EXPECT_EQ(a.Bits(), b.Bits());
  EXPECT_NE(a.Bits(), c.Bits());
  RandomStream r(1);
  const int n = 200000;
  double sum = 0, squares = 0, uniform = 0;
  for (int i = 0; i < n; ++i) {
    const double x = r.Normal(), u = r.Uniform();
    ASSERT_GE(u, 0.0);
    ASSERT_LT(u, 1.0);
    sum += x;
    squares += x * x;
    uniform += u;
  }
  EXPECT_NEAR(sum / n, 0, 5 / std::sqrt(n));
  EXPECT_NEAR(squares / n, 1, 5 * std::sqrt(2.0 / n));
  EXPECT_NEAR(uniform / n, 0.5, 5 / std::sqrt(12.0 * n));
}

TEST(Options, UnknownKeySuggestsTheNearest) {
  auto options = Options::FromText("[optimizer]\nwieght_decay = 1e-4\n", "recipe.toml");
  double decay = 0;
  options.Get("optimizer.weight_decay", decay);
  const auto message = MessageOf([&] { options.RejectUnknown(); }, ErrorCode::kUsage);
  EXPECT_THAT(message, HasSubstr("recipe.toml"));
  EXPECT_THAT(message, HasSubstr("wieght_decay"));
  EXPECT_THAT(message, HasSubstr("did you mean 'optimizer.weight_decay'?"));
}

TEST(Options, ReadsPhasesAndOverrides) {
  auto options = Options::FromText("[[phase]]\nepochs = 2\n[[phase]]\nepochs = 3\n", "r");
  options.Override("phase.1.epochs=7");
  options.Override("model.encoder=resnet18");
  int epochs = 0;
  ASSERT_EQ(options.Count("phase"), 2u);
  options.Get("phase.0.epochs", epochs);
  EXPECT_EQ(epochs, 2);
  options.Get("phase.1.epochs", epochs);
  EXPECT_EQ(epochs, 7);
  std::string encoder;
  options.Get("model.encoder", encoder);
  EXPECT_EQ(encoder, "resnet18");
  options.RejectUnknown();
}

TEST(Options, WrongTypeAndBadTomlAreNamed) {
  auto options = Options::FromText("epochs = 'many'\n", "r.toml");
  int epochs = 0;
  EXPECT_THAT(MessageOf([&] { options.Get("epochs", epochs); }, ErrorCode::kUsage),
              HasSubstr("'epochs' must be a whole number"));
  EXPECT_THAT(MessageOf([] { Options::FromText("a = = 1", "bad.toml"); }, ErrorCode::kUsage),
              HasSubstr("bad.toml: is not valid TOML at line 1"));
}

TEST(AtomicFile, LeavesNothingWithoutCommit) {
  const fs::path dir = fs::path(::testing::TempDir()) / "atomic";
  fs::remove_all(dir);
  {
    AtomicFile file(dir / "x.txt");
    file.Write("half");
  }
  EXPECT_THAT(std::vector<fs::path>(fs::directory_iterator(dir), {}), IsEmpty());
  WriteFileAtomically(dir / "x.txt", std::string_view("whole"));
  EXPECT_EQ(ReadTextFile(dir / "x.txt"), "whole");
}

TEST(AtomicFile, WhatAKillLeftIsRemovedOfNamedFilesOnly) {
  const fs::path dir = fs::path(::testing::TempDir()) / "half";
  fs::remove_all(dir);
  for (const char* name : {"a.png", "a.png.12-3.tmp", "b.png.12-4.tmp", "a.png.tmp"}) {
    WriteFileAtomically(dir / name, std::string_view("x"));
  }
  RemoveStaleTemporaries({dir / "a.png", dir / "c.png", dir / "none/d.png"});
  EXPECT_TRUE(fs::exists(dir / "a.png"));
  EXPECT_FALSE(fs::exists(dir / "a.png.12-3.tmp"));
  EXPECT_TRUE(fs::exists(dir / "b.png.12-4.tmp"));
  EXPECT_TRUE(fs::exists(dir / "a.png.tmp"));
}

TEST(AtomicFile, RefusesToReplaceADeviceOrAFolder) {
  EXPECT_THAT(MessageOf([] { AtomicFile file("/dev/null"); }, ErrorCode::kUsage),
              HasSubstr("/dev/null: is not a regular file"));
  EXPECT_THAT(MessageOf([] { AtomicFile file(::testing::TempDir()); }, ErrorCode::kUsage),
              HasSubstr("is not a regular file"));
}

TEST(AtomicFile, RefusedWriteIsSaidAndLeavesNothing) {
  const fs::path dir = fs::path(::testing::TempDir()) / "refused";
  fs::remove_all(dir);
  // A file-size limit makes write() fail half-way, as a full disk does.
  std::signal(SIGXFSZ, SIG_IGN);
  rlimit before{};
  ASSERT_EQ(getrlimit(RLIMIT_FSIZE, &before), 0);
  rlimit small = before;
  small.rlim_cur = 1000;
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &small), 0);
  const auto message = MessageOf(
      [&] { WriteFileAtomically(dir / "x.txt", std::string_view(std::string(5000, 'x'))); },
      ErrorCode::kIo);
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &before), 0);
  EXPECT_THAT(message, HasSubstr("x.txt: cannot be written"));
  EXPECT_THAT(std::vector<fs::path>(fs::directory_iterator(dir), {}), IsEmpty());
}

TEST(Folder, WhatStandsInTheWayIsNamed) {
  const fs::path dir = fs::path(::testing::TempDir()) / "folders";
  fs::remove_all(dir);
  MakeFolder(dir / "a/b");
  EXPECT_TRUE(fs::is_directory(dir / "a/b"));
  MakeFolder(dir / "a/b/");
  MakeFolder("");
  WriteFileAtomically(dir / "file", std::string_view("x"));
  EXPECT_THAT(MessageOf([&] { MakeFolder(dir / "file/c/d"); }, ErrorCode::kUsage),
              HasSubstr("folders/file: is a file, and a folder is needed in its place; name"));
  EXPECT_THAT(MessageOf([&] { AtomicFile file(dir / "file/c/x.txt"); }, ErrorCode::kUsage),
              HasSubstr("folders/file: is a file"));
  fs::create_symlink("nowhere/at/all", dir / "link");
  EXPECT_THAT(MessageOf([&] { MakeFolder(dir / "link/c"); }, ErrorCode::kUsage),
              HasSubstr("folders/link: is a link to a folder that does not exist"));
  EXPECT_THAT(MessageOf([&] { MakeFolder(dir / std::string(300, 'x')); }, ErrorCode::kLimit),
              HasSubstr("the name is too long"));
  // Nobody may write there.
  EXPECT_THAT(MessageOf([] { MakeFolder("/proc/of-mhcnn"); }, ErrorCode::kIo),
              HasSubstr("/proc: the folder \"of-mhcnn\" cannot be made in this folder: "));
  EXPECT_THAT(MessageOf([] { ThrowCannotWrite("out/x.csv", EROFS); }, ErrorCode::kIo),
              HasSubstr("out: the file \"x.csv\" cannot be written in this folder: its disk is "
                        "read-only; name a folder on another disk"));
}

TEST(ShortFileName, KeepsShortNamesAndTellsLongOnesApart) {
  EXPECT_EQ(ShortFileName("IM0001"), "IM0001");
  EXPECT_EQ(ShortFileName(std::string(200, 'a')), std::string(200, 'a'));
  const std::string one = ShortFileName(std::string(240, 'a') + "1"),
                    two = ShortFileName(std::string(240, 'a') + "2");
  EXPECT_EQ(one.size(), 200U);
  EXPECT_NE(one, two);
  EXPECT_EQ(one, ShortFileName(std::string(240, 'a') + "1"));
  // Two bytes a character: none is cut in half.
  std::string umlauts;
  for (int i = 0; i < 120; ++i) umlauts += "\xC3\xA4";
  const std::string cut = ShortFileName(umlauts);
  EXPECT_EQ(cut[cut.find('-') - 1], '\xA4');
}

TEST(Files, MissingAndTooLargeAreNamed) {
  EXPECT_THAT(MessageOf([] { ReadFile("/no/such/file"); }, ErrorCode::kNotFound),
              HasSubstr("/no/such/file"));
  const fs::path path = fs::path(::testing::TempDir()) / "large.bin";
  WriteFileAtomically(path, std::string_view("0123456789"));
  EXPECT_THAT(MessageOf([&] { ReadFile(path, 9); }, ErrorCode::kLimit), HasSubstr("limit of 9"));
}

TEST(ParallelFor, VisitsEachOnceAndRethrows) {
  std::vector<std::atomic<int>> visits(1000);
  ParallelFor(visits.size(), 4, [&](std::size_t i) { ++visits[i]; });
  for (const auto& v : visits) EXPECT_EQ(v, 1);
  EXPECT_THROW(ParallelFor(100, 4,
                           [](std::size_t i) {
                             if (i == 50) throw Error(ErrorCode::kInternal, "x");
                           }),
               Error);
}

TEST(Text, IsMadePrintable) {
  EXPECT_EQ(PrintableText("plain \xC3\xA4 \xE2\x82\xAC"), "plain \xC3\xA4 \xE2\x82\xAC");
  EXPECT_EQ(PrintableText("a\nb\x7F"), "ab");
  // Latin-1, a cut character, an overlong slash, a surrogate, beyond U+10FFFF.
  EXPECT_EQ(PrintableText("\xE4"), "\xC3\xA4");
  EXPECT_EQ(PrintableText("\xE2\x82"), "\xC3\xA2\xC2\x82");
  EXPECT_EQ(PrintableText("\xC0\xAF"), "\xC3\x80\xC2\xAF");
  EXPECT_EQ(PrintableText("\xED\xA0\x80"), "\xC3\xAD\xC2\xA0\xC2\x80");
  EXPECT_EQ(PrintableText("\xF4\x90\x80\x80"), "\xC3\xB4\xC2\x90\xC2\x80\xC2\x80");
}

TEST(Error, IsOneLine) {
  const Error e(ErrorCode::kCorrupt, "is\ncut", "a.dcm", "copy it again");
  EXPECT_STREQ(e.what(), "a.dcm: is cut; copy it again");
  EXPECT_STREQ(Error(ErrorCode::kIo, "p").WithSubject("f").what(), "f: p");
}

TEST(Progress, FormatsDurations) {
  EXPECT_EQ(FormatDuration(187), "3:07");
  EXPECT_EQ(FormatDuration(7387), "2:03:07");
}

}  // namespace
}  // namespace mhcnn
