#include "mhcnn/service/config_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "mhcnn/base/file.h"
#include "mhcnn/testing/error_message.h"
#include "mhcnn/testing/scratch_folder.h"

namespace mhcnn {
namespace {

using std::chrono::milliseconds;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing_support::ErrorMessage;
using testing_support::ScratchFolder;

class ConfigReaderTest : public ::testing::Test {
 protected:
  ConfigReader Reader(const std::string& toml) {
    WriteFileAtomically(folder_ / "node.toml", toml);
    return ConfigReader(folder_ / "node.toml");
  }
  /// What is said against a configuration that `read` reads.
  template <typename F>
  std::string Refused(const std::string& toml, F&& read) {
    ConfigReader reader = Reader(toml);
    const std::string message = ErrorMessage([&] { read(reader); }, ErrorCode::kUsage);
    EXPECT_THAT(message, HasSubstr("node.toml"));
    return message;
  }
  const ScratchFolder folder_;
};

TEST_F(ConfigReaderTest, LeavesValuesOfAbsentKeys) {
  ConfigReader reader = Reader("");
  int whole = 7;
  milliseconds seconds(1500);
  std::uint64_t bytes = 3 << 20;
  std::string ae = "NODE", address = "127.0.0.1", secret = "kept";
  std::filesystem::path path = "kept";
  reader.Whole("a", whole, 1, 10);
  reader.Seconds("b", seconds, 0, 10);
  reader.Bytes("c", bytes, 1 << 20, 1, 10);
  reader.AeTitle("d", ae);
  reader.Address("e", address);
  reader.Path("f", path);
  reader.Secret("g", secret);
  EXPECT_EQ(whole, 7);
  EXPECT_EQ(seconds, milliseconds(1500));
  EXPECT_EQ(bytes, 3u << 20);
  EXPECT_EQ(ae, "NODE");
  EXPECT_EQ(address, "127.0.0.1");
  EXPECT_EQ(path, "kept");
  EXPECT_EQ(secret, "kept");
}

TEST_F(ConfigReaderTest, NumbersLieWithinTheirBounds) {
  ConfigReader reader = Reader("[t]\nwhole = 10\nseconds = 0.25\nmegabytes = 5\n");
  int whole = 0;
  milliseconds seconds{};
  std::uint64_t bytes = 1 << 20;
  reader.Whole("t.whole", whole, 1, 10);
  reader.Seconds("t.seconds", seconds, 0.25, 10);
  reader.Bytes("t.megabytes", bytes, 1 << 20, 1, 5);
  EXPECT_EQ(whole, 10);
  EXPECT_EQ(seconds, milliseconds(250));
  EXPECT_EQ(bytes, 5u << 20);
  for (const char* value : {"0", "11", "-3"}) {
    EXPECT_THAT(Refused(std::string("[t]\nwhole = ") + value,
                        [](ConfigReader& in) {
                          int number = 5;
                          in.Whole("t.whole", number, 1, 10);
                        }),
                AllOf(HasSubstr("t.whole"), HasSubstr("from 1 to 10")))
        << value;
  }
  for (const char* value : {"-0.1", "10.1", "nan", "inf"}) {
    EXPECT_THAT(Refused(std::string("s = ") + value,
                        [](ConfigReader& in) {
                          milliseconds time(1);
                          in.Seconds("s", time, 0, 10);
                        }),
                HasSubstr("from 0 to 10 seconds"))
        << value;
  }
  for (const char* value : {"0", "6", "9223372036854775807"}) {
    EXPECT_THAT(Refused(std::string("m = ") + value,
                        [](ConfigReader& in) {
                          std::uint64_t size = 1 << 20;
                          in.Bytes("m", size, 1 << 20, 1, 5);
                        }),
                HasSubstr("m"))
        << value;
  }
}

TEST_F(ConfigReaderTest, WordsAreAmongThoseAllowed) {
  const ConfigReader reader = Reader("");
  EXPECT_NO_THROW(reader.CheckWords("formats", {"sr", "seg"}, {"seg", "sr"}));
  EXPECT_NO_THROW(reader.CheckWords("formats", {}, {"seg"}));
  EXPECT_THAT(ErrorMessage(
                  [&] {
                    reader.CheckWords("formats", {"sr", "sge"}, {"seg", "sr"});
                  },
                  ErrorCode::kUsage),
              AllOf(HasSubstr("formats"), HasSubstr("\"sge\""), HasSubstr("seg, sr")));
}

TEST_F(ConfigReaderTest, AeTitleHasSixteenPlainCharactersWithoutBlanksAround) {
  const auto read = [&](const std::string& title) {
    ConfigReader reader = Reader("ae = '" + title + "'");
    std::string value;
    reader.AeTitle("ae", value);
    return value;
  };
  EXPECT_EQ(read("  DENSITY 1 "), "DENSITY 1");
  EXPECT_EQ(read("0123456789ABCDEF"), "0123456789ABCDEF");
  for (const char* wrong : {"0123456789ABCDEFG", "A\\B", "\xC3\xA4", "A\tB"}) {
    EXPECT_THAT(Refused(std::string("ae = '") + wrong + "'",
                        [](ConfigReader& in) {
                          std::string value;
                          in.AeTitle("ae", value);
                        }),
                HasSubstr("AE title"))
        << wrong;
  }
}

TEST_F(ConfigReaderTest, AddressIsNumeric) {
  for (const std::string address : {"0.0.0.0", "127.0.0.1", "::", "::1", "fe80::1"}) {
    ConfigReader reader = Reader("a = \"" + address + "\"");
    std::string value;
    reader.Address("a", value);
    EXPECT_EQ(value, address);
  }
  for (const char* wrong : {"", "localhost", "127.0.0", "127.0.0.1:80", "[::1]", "300.1.1.1"}) {
    EXPECT_THAT(Refused(std::string("a = \"") + wrong + "\"",
                        [](ConfigReader& in) {
                          std::string value;
                          in.Address("a", value);
                        }),
                HasSubstr("numeric address"))
        << wrong;
  }
}

TEST_F(ConfigReaderTest, RelativePathsCountFromTheFolderOfTheConfiguration) {
  ConfigReader reader = Reader("one = \"sub/../data\"\ntwo = \"/var/data\"\n");
  std::filesystem::path one, two;
  reader.Path("one", one);
  reader.Path("two", two);
  EXPECT_EQ(one, folder_ / "data");
  EXPECT_EQ(two, "/var/data");
  std::string url = "sqlite:store/node.db";
  reader.StoreUrl("store.url", url);
  EXPECT_EQ(url, "sqlite:" + (folder_ / "store/node.db").string());
}

TEST_F(ConfigReaderTest, StoreHasFileOrServerAndNoPassword) {
  const ConfigReader reader = Reader("");
  for (std::string url : {"postgresql://user@host:5432/name", "postgresql:///name?host=/run",
                          "postgresql://host:5432/name"}) {
    const std::string before = url;
    reader.StoreUrl("store.url", url);
    EXPECT_EQ(url, before);
  }
  for (std::string url : {"", "node.db", "sqlite:", "mysql://host/name"}) {
    EXPECT_THAT(ErrorMessage([&] { reader.StoreUrl("store.url", url); }, ErrorCode::kUsage),
                HasSubstr("sqlite:FILE or postgresql://"))
        << url;
  }
  std::string url = "postgresql://user:secret@host/name";
  const std::string message =
      ErrorMessage([&] { reader.StoreUrl("store.url", url); }, ErrorCode::kUsage);
  EXPECT_THAT(message, HasSubstr("password_file"));
  EXPECT_EQ(message.find("secret"), std::string::npos);
}

TEST_F(ConfigReaderTest, SecretIsTheFileWithoutLineEnd) {
  WriteFileAtomically(folder_ / "secret", std::string_view(" s3 cret \r\n\n"));
  WriteFileAtomically(folder_ / "empty", std::string_view("\n"));
  ConfigReader reader = Reader("key = \"secret\"");
  std::string value;
  reader.Secret("key", value);
  EXPECT_EQ(value, " s3 cret ");
  for (const auto& [file, said] : {std::pair{"empty", "is empty"}, {"none", "/none is "}}) {
    EXPECT_THAT(Refused(std::string("key = \"") + file + "\"",
                        [](ConfigReader& in) {
                          std::string secret;
                          in.Secret("key", secret);
                        }),
                HasSubstr(said));
  }
}

TEST_F(ConfigReaderTest, FileMustBeThere) {
  WriteFileAtomically(folder_ / "there", std::string_view("x"));
  const ConfigReader reader = Reader("");
  EXPECT_NO_THROW(reader.MustBeFile("key", folder_ / "there"));
  EXPECT_NO_THROW(reader.MustBeFile("key", ""));
  for (const auto& path : {folder_ / "none", folder_.path()}) {
    EXPECT_THAT(ErrorMessage([&] { reader.MustBeFile("key", path); }, ErrorCode::kUsage),
                HasSubstr(path.string() + " is no"));
  }
}

TEST_F(ConfigReaderTest, SyslogTargetIsSocketOrAddressWithPort) {
  const ConfigReader reader = Reader("");
  for (const char* target :
       {"", "/dev/log", "udp://10.0.0.1:514", "tcp://log.example:6514", "tcp://[::1]:514"})
    EXPECT_NO_THROW(reader.SyslogTarget("audit.syslog", target)) << target;
  for (const char* target :
       {"dev/log", "udp://10.0.0.1", "udp://:514", "tcp://log:", "http://log:514", "udp:"}) {
    EXPECT_THAT(
        ErrorMessage([&] { reader.SyslogTarget("audit.syslog", target); }, ErrorCode::kUsage),
        HasSubstr("/dev/log"))
        << target;
  }
}

TEST_F(ConfigReaderTest, CountsTablesAndRefusesUnknownKeys) {
  ConfigReader reader = Reader(
      "[[peer]]\nname = \"a\"\n[[peer]]\nname = \"b\"\nflag = true\nlist = [\"x\", \"y\"]\n");
  EXPECT_EQ(reader.Count("peer"), 2u);
  EXPECT_EQ(reader.Count("none"), 0u);
  std::string name;
  reader.Text("peer.0.name", name);
  EXPECT_EQ(name, "a");
  reader.Text("peer.1.name", name);
  EXPECT_EQ(name, "b");
  bool flag = false;
  reader.Flag("peer.1.flag", flag);
  EXPECT_TRUE(flag);
  EXPECT_THAT(ErrorMessage([&] { reader.RejectUnknown(); }, ErrorCode::kUsage),
              HasSubstr("peer.1.list"));
  std::vector<std::string> list;
  reader.Texts("peer.1.list", list);
  EXPECT_THAT(list, ElementsAre("x", "y"));
  EXPECT_NO_THROW(reader.RejectUnknown());
}

}  // namespace
}  // namespace mhcnn
