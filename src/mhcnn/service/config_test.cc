#include "mhcnn/service/config.h"

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
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing_support::ErrorMessage;
using testing_support::ScratchFolder;

/// What a configuration of this text reads as.
ServiceConfig Read(const ScratchFolder& folder, const std::string& text) {
  WriteFileAtomically(folder / "node.toml", text);
  return ReadServiceConfig(folder / "node.toml");
}

/// What the reader says against it.
std::string Refused(const ScratchFolder& folder, const std::string& text) {
  return ErrorMessage([&] { Read(folder, text); }, ErrorCode::kUsage);
}

TEST(ServiceConfig, DefaultsListenOnLoopbackAlone) {
  const ScratchFolder folder;
  const ServiceConfig config = Read(folder, "objects = \"data\"\n");
  EXPECT_EQ(config.receive.address, "127.0.0.1");
  EXPECT_EQ(config.web.address, "127.0.0.1");
  EXPECT_EQ(config.receive.port, 11112);
  EXPECT_EQ(config.objects, folder / "data");
  EXPECT_EQ(config.store.url, "sqlite:" + (folder / "node.db").string());
  EXPECT_EQ(config.exams.quiet, milliseconds(60'000));
  EXPECT_THAT(config.destinations, IsEmpty());
  EXPECT_FALSE(config.receive.tls.on());
}

TEST(ServiceConfig, ReadsEveryTable) {
  const ScratchFolder folder;
  WriteFileAtomically(folder / "secret", std::string_view("s3cret\n"));
  WriteFileAtomically(folder / "key.pem", std::string_view("key"));
  const ServiceConfig config = Read(folder, R"(
name = "ward 3"
objects = "/var/lib/mhcnn"
log_level = "debug"
[store]
url = "postgresql://mhcnn@db:5432/node"
password_file = "secret"
[exams]
quiet_s = 0.5
hard_limit_s = 600
four_views_s = 2
[receive]
address = "0.0.0.0"
port = 104
ae_title = " DENSITY "
max_associations = 7
max_object_mb = 300
[[receive.allow]]
ae_title = "PACS"
address = "10.1.0.0/16"
[[receive.allow]]
address = "::1"
[receive.tls]
certificate = "key.pem"
key = "key.pem"
trusted = "key.pem"
[web]
enabled = false
[watch]
folders = ["drop", "/mnt/drop"]
settle_s = 1
[work]
workers = 3
formats = ["sr", "sc", "fhir"]
model = "models/site.onnx"
lease_s = 30
[[destination]]
name = "pacs"
host = "10.1.0.5"
called_ae = "PACS"
commitment = true
[[destination]]
name = "archive"
kind = "stow"
url = "https://archive/dicom-web/studies"
formats = ["sc"]
give_up_s = 60
[[destination]]
name = "records"
kind = "fhir"
url = "http://fhir/r4"
[[destination]]
name = "share"
kind = "folder"
folder = "share"
[retention]
images_days = 3
max_mb = 1000
[audit]
syslog = "udp://10.1.0.9:514"
)");
  EXPECT_EQ(config.store.password, "s3cret");
  EXPECT_EQ(config.exams.quiet, milliseconds(500));
  EXPECT_EQ(config.receive.ae_title, "DENSITY");
  EXPECT_EQ(config.receive.max_object_bytes, std::uint64_t{300} << 20);
  EXPECT_TRUE(config.receive.allow.Allows("PACS", "10.1.2.3"));
  EXPECT_FALSE(config.receive.allow.Allows("OTHER", "10.1.2.3"));
  EXPECT_TRUE(config.receive.allow.Allows("OTHER", "::1"));
  EXPECT_EQ(config.receive.tls.key, folder / "key.pem");
  EXPECT_FALSE(config.web.enabled);
  EXPECT_THAT(config.watch.folders, ElementsAre(folder / "drop", "/mnt/drop"));
  EXPECT_EQ(config.work.model, folder / "models/site.onnx");
  EXPECT_EQ(config.work.rules.lease, milliseconds(30'000));
  ASSERT_EQ(config.destinations.size(), 4u);
  EXPECT_EQ(config.destinations[0].calling_ae, "DENSITY");
  EXPECT_TRUE(config.destinations[0].commitment);
  EXPECT_THAT(config.destinations[0].formats, ElementsAre(ResultFormat::kSr, ResultFormat::kSc));
  EXPECT_THAT(config.destinations[1].formats, ElementsAre(ResultFormat::kSc));
  EXPECT_EQ(config.destinations[1].rules.give_up, milliseconds(60'000));
  EXPECT_THAT(config.destinations[2].formats, ElementsAre(ResultFormat::kFhir));
  EXPECT_THAT(config.destinations[3].formats,
              ElementsAre(ResultFormat::kSr, ResultFormat::kSc, ResultFormat::kFhir));
  EXPECT_EQ(config.retention.max_bytes, std::uint64_t{1000} << 20);
}

TEST(ServiceConfig, NamesTheKeyThatIsWrong) {
  const ScratchFolder folder;
  const std::string begin = "objects = \"data\"\n";
  const std::string to = begin + "[[destination]]\nname = \"a\"\n";
  EXPECT_THAT(Refused(folder, ""), AllOf(HasSubstr("node.toml"), HasSubstr("objects")));
  EXPECT_THAT(Refused(folder, begin + "[receive]\nprot = 1\n"), HasSubstr("receive.port"));
  EXPECT_THAT(Refused(folder, begin + "[receive]\nport = 70000\n"), HasSubstr("from 0 to 65535"));
  EXPECT_THAT(Refused(folder, begin + "[receive]\naddress = \"localhost\"\n"),
              HasSubstr("numeric address"));
  EXPECT_THAT(Refused(folder, begin + "[receive]\nae_title = \"A TITLE THAT IS TOO LONG\"\n"),
              HasSubstr("AE title"));
  EXPECT_THAT(Refused(folder, begin + "[[receive.allow]]\naddress = \"10.0.0.0/99\"\n"),
              HasSubstr("receive.allow.0.address"));
  EXPECT_THAT(Refused(folder, begin + "[receive.tls]\ncertificate = \"none.pem\"\n"),
              HasSubstr("receive.tls.key"));
  EXPECT_THAT(Refused(folder, begin + "[exams]\nquiet_s = -1\n"), HasSubstr("exams.quiet_s"));
  EXPECT_THAT(Refused(folder, begin + "[exams]\nquiet_s = 60\nhard_limit_s = 5\n"),
              HasSubstr("hard_limit_s"));
  EXPECT_THAT(Refused(folder, begin + "[work]\nformats = [\"sr\", \"pdf\"]\n"), HasSubstr("pdf"));
  EXPECT_THAT(Refused(folder, begin + "[work]\ncalibration = \"none.json\"\n"),
              HasSubstr("is not a file"));
  EXPECT_THAT(Refused(folder, to), HasSubstr("destination.0.host"));
  EXPECT_THAT(Refused(folder, to + "kind = \"ftp\"\n"), HasSubstr("dicom, stow, fhir, folder"));
  EXPECT_THAT(Refused(folder, to + "kind = \"stow\"\nurl = \"ftp://x\"\n"), HasSubstr("https://"));
  EXPECT_THAT(Refused(folder, begin + "[store]\nurl = \"mysql://x\"\n"), HasSubstr("store.url"));
  EXPECT_THAT(Refused(folder, begin + "[audit]\nsyslog = \"loghost\"\n"), HasSubstr("udp://"));
  EXPECT_THAT(Refused(folder, begin + "[watch]\nfolders = [\"data/in\"]\n"),
              HasSubstr("object folder"));
}

TEST(ServiceConfig, ShowsNoPassword) {
  const ScratchFolder folder;
  const std::string message =
      Refused(folder, "objects = \"data\"\n[store]\nurl = \"postgresql://me:hidden@db/node\"\n");
  EXPECT_THAT(message,
              AllOf(HasSubstr("store.password_file"), ::testing::Not(HasSubstr("hidden"))));
}

}  // namespace
}  // namespace mhcnn
