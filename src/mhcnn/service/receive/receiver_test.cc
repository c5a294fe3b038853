#include "mhcnn/service/receive/receiver.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>

#include "mhcnn/base/file.h"
#include "mhcnn/jobs/job_store.h"
#include "mhcnn/results/exam_results.h"
#include "mhcnn/testing/dicom_client.h"
#include "mhcnn/testing/error_message.h"
#include "mhcnn/testing/header_changes.h"
#include "mhcnn/testing/real_data.h"
#include "mhcnn/testing/receiver_process.h"

namespace mhcnn {
namespace {

namespace fs = std::filesystem;
using namespace testing_support;  // NOLINT(google-build-using-namespace)
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr const char* kEcho = "1.2.840.10008.1.1";
constexpr const char* kMammography = "1.2.840.10008.5.1.4.1.1.1.2";
constexpr const char* kExplicit = "1.2.840.10008.1.2.1";

/// An object as it goes over the network.
struct Sample {
  std::string sop_class, sop_uid, syntax;
  Bytes data_set;
};

Sample ReadSample(const fs::path& path) {
  const Bytes file = ReadFile(path);
  const auto opened = LoadDicom(path);
  DcmMetaInfo& meta = *opened->getMetaInfo();
  // After preamble, prefix and the group length, which counts from its own end.
  const std::size_t size = file.at(140) + 256U * file.at(141);
  return {DicomText(meta, DCM_MediaStorageSOPClassUID),
          DicomText(meta, DCM_MediaStorageSOPInstanceUID), DicomText(meta, DCM_TransferSyntaxUID),
          Bytes(file.begin() + static_cast<std::ptrdiff_t>(144 + size), file.end())};
}

/// Returns a mammogram of this UID, after the change.
Sample Mammogram1(const std::string& uid, const Change& change = {}) {
  const ScratchFolder folder;
  WriteChanged(folder / "a.dcm", [&](DcmDataset& d) {
    Set(DCM_SOPInstanceUID, uid)(d);
    Set(DCM_StudyInstanceUID, "1.2.3")(d);
    if (change) change(d);
  });
  Sample sample = ReadSample(folder / "a.dcm");
  sample.sop_uid = uid;
  return sample;
}

std::vector<ProposedContext> Contexts() { return {{1, kEcho}, {3, kMammography, {kExplicit}}}; }
Bytes Usual() { return DicomClient::Request(Contexts()); }

std::optional<int> Store(DicomClient& client, const Sample& sample,
                         std::string* comment = nullptr) {
  return client.Store(3, sample.sop_class, sample.sop_uid, sample.data_set, comment);
}

std::optional<ReceivedObject> Find(const ReceiverProcess& node, const std::string& uid) {
  JobStore store(node.config().store);
  return store.objects().Find(uid);
}
fs::path Incoming(const ReceiverProcess& node) { return node.config().objects / "incoming"; }

TEST(Receiver, AnswersEchoes) {
  const ReceiverProcess node;
  DicomClient client(node.port());
  const Pdu answer = client.Associate(DicomClient::Request({{1, kEcho}, {3, "1.2.3"}}));
  ASSERT_EQ(answer.type, 2);
  ASSERT_EQ(client.contexts().size(), 2U);
  EXPECT_EQ(client.contexts()[0].result, 0);
  EXPECT_EQ(client.contexts()[1].result, 3);
  EXPECT_EQ(client.Echo(), 0);
  EXPECT_TRUE(client.Release());
  EXPECT_TRUE(node.Logs("was released"));
  // No store and no object is needed for it.
  EXPECT_FALSE(fs::exists(node.scratch() / "node.db"));
  const std::string text(answer.body.begin(), answer.body.end());
  EXPECT_NE(text.find("2.25.29378102654"), std::string::npos) << "its own implementation class";
}

TEST(Receiver, StoresEachSyntaxByteByByte) {
  const ReceiverProcess node;
  std::vector<Sample> samples;
  const ScratchFolder folder;
  for (const TransferSyntax syntax : AllTransferSyntaxes()) {
    const int bits = AllowedLoss(syntax).largest > 0 ? 8 : 12;
    DicomWriteOptions options;
    options.syntax = syntax;
    WriteDicomMammogram(folder / "a.dcm", Disc(40, 32, bits), options);
    samples.push_back(ReadSample(folder / "a.dcm"));
  }
  samples.push_back(ReadSample(fs::path(MHCNN_SOURCE_DIR) / "examples/phantom-exam/L-CC.dcm"));
  const fs::path real = testing_support::RealData("dicom/MG1_J2KI.dcm");
  if (fs::exists(real)) samples.push_back(ReadSample(real));
  for (const Sample& sample : samples) {
    DicomClient client(node.port());
    ASSERT_EQ(client.Associate(DicomClient::Request({{3, sample.sop_class, {sample.syntax}}})).type,
              2);
    ASSERT_EQ(client.contexts().at(0).result, 0) << sample.syntax;
    std::string comment;
    EXPECT_EQ(Store(client, sample, &comment), 0) << sample.syntax << comment;
    EXPECT_TRUE(client.Release());
    const auto object = Find(node, sample.sop_uid);
    ASSERT_TRUE(object.has_value()) << sample.syntax;
    EXPECT_EQ(object->use, ObjectPurpose::kMeasure) << object->reason;
    EXPECT_EQ(object->peer, "dicom:TESTER@127.0.0.1");
    const Sample kept = ReadSample(node.config().objects / object->file);
    EXPECT_EQ(kept.syntax, sample.syntax);
    EXPECT_EQ(kept.data_set, sample.data_set) << sample.syntax;
  }
}

TEST(Receiver, RejectsOtherTitlesAndAddresses) {
  const ReceiverProcess node([](ServiceConfig& config) {
    config.receive.allow.Add({"TESTER", AddressRange("127.0.0.1")});
  });
  const auto rejection = [&](const Bytes& request) {
    DicomClient client(node.port());
    const Pdu answer = client.Associate(request);
    EXPECT_EQ(answer.type, 3);
    return answer.body;
  };
  EXPECT_EQ(rejection(DicomClient::Request(Contexts(), "TESTER", "OTHER")), (Bytes{0, 1, 1, 7}));
  EXPECT_EQ(rejection(DicomClient::Request(Contexts(), "SOMEBODY")), (Bytes{0, 1, 1, 3}));
  EXPECT_EQ(rejection(DicomClient::Request(Contexts(), "TESTER", "MHCNN", "1.2.3")),
            (Bytes{0, 1, 1, 2}));
  DicomClient foreign(node.port(), "127.0.0.2");
  EXPECT_EQ(foreign.Associate(Usual()).type, -1) << "closed before a byte was read";
  EXPECT_TRUE(node.Logs("127.0.0.2: connection closed: the address is not in receive.allow"));
  DicomClient known(node.port());
  EXPECT_EQ(known.Associate(Usual()).type, 2);
}

TEST(Receiver, TakesIPv6AndIPv4OnTheAddressOfAll) {
  const ReceiverProcess node([](ServiceConfig& config) {
    config.receive.address = "::";
    config.receive.allow.Add({"", AddressRange("::1")});
  });
  DicomClient six(node.port(), "::1");
  ASSERT_EQ(six.Associate(Usual()).type, 2);
  EXPECT_EQ(Store(six, Mammogram1("1.2.6")), 0);
  EXPECT_TRUE(six.Release());
  EXPECT_EQ(Find(node, "1.2.6").value().peer, "dicom:TESTER@::1");
  DicomClient four(node.port());
  EXPECT_EQ(four.Associate(Usual()).type, -1);
  EXPECT_TRUE(node.Logs("127.0.0.1: connection closed: the address is not in receive.allow"));
}

TEST(Receiver, RejectsInPassingBeyondItsLimits) {
  const ReceiverProcess node([](ServiceConfig& config) {
    config.receive.max_associations = 3;
    config.receive.max_associations_per_peer = 2;
  });
  const auto open = [&](const char* from) {
    auto client = std::make_unique<DicomClient>(node.port(), from);
    const Pdu answer = client->Associate(Usual());
    EXPECT_TRUE(answer.type == 2 || answer.body == (Bytes{0, 2, 3, 2})) << answer.type;
    return std::pair(std::move(client), answer.type);
  };
  auto first = open("127.0.0.1"), second = open("127.0.0.1");
  EXPECT_EQ(first.second, 2);
  EXPECT_EQ(second.second, 2);
  EXPECT_EQ(open("127.0.0.1").second, 3) << "of this address";
  const auto third = open("127.0.0.2");
  EXPECT_EQ(third.second, 2);
  EXPECT_EQ(open("127.0.0.3").second, 3) << "of all";
  EXPECT_TRUE(first.first->Release());
  EXPECT_TRUE(Eventually([&] { return node.Children().size() == 2; }));
  EXPECT_EQ(open("127.0.0.1").second, 2);
}

TEST(Receiver, AnswersAnEchoBesideHostilePeers) {
  const ReceiverProcess node([](ServiceConfig& config) {
    config.receive.max_associations_per_peer = 8;
    config.receive.association_timeout = config.receive.message_timeout = seconds(12);
  });
  std::vector<std::unique_ptr<DicomClient>> hostile;
  const auto add = [&](const char* from) -> DicomClient& {
    hostile.push_back(std::make_unique<DicomClient>(node.port(), from));
    return *hostile.back();
  };
  for (int i = 0; i < 200; ++i) add(i % 2 == 0 ? "127.0.0.2" : "127.0.0.1");
  Bytes half = Usual();
  half.resize(half.size() / 2);
  for (int i = 0; i < 20; ++i) add("127.0.0.3").Send(half);
  for (int i = 0; i < 20; ++i) add("127.0.0.3").Send({0x16, 3, 1, 2, 0, 1});  // TLS
  for (int i = 0; i < 4; ++i) {  // a P-DATA head whose PDU never comes, and commands without end
    DicomClient& client = add("127.0.0.4");
    ASSERT_EQ(client.Associate(Usual()).type, 2);
    client.Send(i < 2 ? Bytes{4, 0, 0, 0, 0x40, 0, 0, 0} : DicomClient::Piece(1, 1, Bytes(1000)));
  }
  for (int i = 0; i < 10; ++i) {
    const auto begin = std::chrono::steady_clock::now();
    DicomClient client(node.port());
    ASSERT_EQ(client.Associate(Usual()).type, 2);
    EXPECT_EQ(client.Echo(), 0);
    EXPECT_TRUE(client.Release());
    EXPECT_LT(std::chrono::steady_clock::now() - begin, seconds(5)) << "it waits for none of them";
  }
  // All of them are gone after the time for a request or a message.
  for (const auto& client : hostile) {
    Pdu end = client->Read(seconds(30));
    if (end.type == 7) end = client->Read(seconds(15));
    EXPECT_EQ(end.type, -1);
  }
  EXPECT_TRUE(Eventually([&] { return node.Children().empty(); }));
}

TEST(Receiver, RefusesLargeObjectsAndGoesOn) {
  const ReceiverProcess node(
      [](ServiceConfig& config) { config.receive.max_object_bytes = 100'000; });
  DicomClient client(node.port());
  ASSERT_EQ(client.Associate(Usual()).type, 2);
  std::string comment;
  EXPECT_EQ(client.Store(3, kMammography, "1.2", Bytes(150'000), &comment), 0xA700);
  EXPECT_NE(comment.find("larger than 100000 bytes"), std::string::npos) << comment;
  EXPECT_EQ(client.Echo(), 0);
  EXPECT_EQ(Store(client, Mammogram1("1.2.5")), 0);
  client.Send(DicomClient::Piece(3, 3, DicomClient::Command(1, kMammography, true, "1.2.6")));
  // One that never ends.
  bool open = true;
  for (int i = 0; i < 1000 && open; ++i) open = client.SendData(3, Bytes(100'000), false);
  EXPECT_FALSE(open);
  EXPECT_TRUE(Eventually([&] { return fs::is_empty(Incoming(node)); }));
}

TEST(Receiver, AnswersWithMatchingErrorStatus) {
  const ReceiverProcess node;
  DicomClient client(node.port());
  ASSERT_EQ(client.Associate(Usual()).type, 2);
  const Sample sample = Mammogram1("1.2.7");
  std::string comment;
  EXPECT_EQ(client.Store(3, kMammography, "1.2.8", sample.data_set, &comment), 0xA900);
  EXPECT_NE(comment.find("announced"), std::string::npos) << comment;
  EXPECT_EQ(client.Store(3, "1.2.840.10008.5.1.4.1.1.2", "1.2.7", sample.data_set), 0xA900);
  EXPECT_EQ(client.Store(3, kMammography, "1.2.7", Bytes(3000, 0x55), &comment), 0xC000);
  EXPECT_LE(comment.size(), 64U);
  Bytes half = sample.data_set;
  half.resize(half.size() / 2 / 2 * 2);
  EXPECT_EQ(client.Store(3, kMammography, "1.2.7", half), 0xC000);
  EXPECT_FALSE(Find(node, "1.2.7").has_value());
  EXPECT_EQ(Store(client, sample), 0);
  EXPECT_TRUE(Find(node, "1.2.7").has_value());
  EXPECT_TRUE(fs::is_empty(Incoming(node)));
}

TEST(Receiver, TellsDuplicatesRevisionsAndOwnResults) {
  const ReceiverProcess node;
  DicomClient client(node.port());
  ASSERT_EQ(client.Associate(Usual()).type, 2);
  const Sample sample = Mammogram1("1.2.9");
  EXPECT_EQ(Store(client, sample), 0);
  const std::string digest = Find(node, "1.2.9")->digest;
  EXPECT_EQ(Store(client, sample), 0);
  EXPECT_EQ(Find(node, "1.2.9")->digest, digest);
  EXPECT_EQ(Store(client, Mammogram1("1.2.9", Set(DCM_PatientName, "CHANGED"))), 0);
  EXPECT_NE(Find(node, "1.2.9")->digest, digest);
  EXPECT_EQ(Store(client, Mammogram1("1.2.10",
                                     [](DcmDataset& d) {
                                       Set(DCM_Manufacturer, kObjectManufacturer)(d);
                                       Set(DCM_ManufacturerModelName, kObjectModel)(d);
                                     })),
            0);
  EXPECT_EQ(Find(node, "1.2.10")->use, ObjectPurpose::kOwnResult);
  JobStore store(node.config().store);
  const auto exams = store.exams().List({});
  ASSERT_EQ(exams.size(), 1U);
  EXPECT_EQ(exams[0].images, 1);
}

TEST(Receiver, KeepsAcknowledgedObjects) {
  const ReceiverProcess node;
  const Sample sample = Mammogram1("1.2.20");
  for (const bool kill : {false, true}) {
    const std::string uid = kill ? "1.2.22" : "1.2.20", lost = kill ? "1.2.23" : "1.2.21";
    DicomClient client(node.port());
    ASSERT_EQ(client.Associate(Usual()).type, 2);
    EXPECT_EQ(Store(client, Mammogram1(uid)), 0);
    client.Send(DicomClient::Piece(3, 3, DicomClient::Command(1, kMammography, true, lost)));
    client.SendData(3, Bytes(sample.data_set.begin(), sample.data_set.begin() + 1000), false);
    ASSERT_TRUE(Eventually([&] { return !fs::is_empty(Incoming(node)); }));
    const auto children = node.Children();
    ASSERT_EQ(children.size(), 1U);
    if (kill) {
      ::kill(children[0], SIGKILL);
      EXPECT_EQ(client.Read().type, -1);
    } else {
      client.Close();
    }
    EXPECT_TRUE(Eventually([&] { return node.Children().empty(); }));
    EXPECT_TRUE(Find(node, uid).has_value());
    EXPECT_FALSE(Find(node, lost).has_value());
    // A killed process leaves its part in incoming/, where nobody takes it for an object.
    EXPECT_EQ(fs::is_empty(Incoming(node)), !kill);
    const auto object = Find(node, uid);
    EXPECT_TRUE(fs::exists(node.config().objects / object->file));
  }
  DicomClient client(node.port());
  ASSERT_EQ(client.Associate(Usual()).type, 2);
  EXPECT_EQ(Store(client, Mammogram1("1.2.23")), 0);
  EXPECT_TRUE(node.Logs("was ended by signal 9"));
}

TEST(Receiver, ReportsOutOfResourcesOnFullDisk) {
  const ReceiverProcess node(
      [](ServiceConfig& config) { config.retention.reserve_bytes = ~std::uint64_t{0}; });
  DicomClient store(node.port());
  const Pdu answer = store.Associate(Usual());
  EXPECT_EQ(answer.type, 3);
  EXPECT_EQ(answer.body, (Bytes{0, 2, 3, 1}));
  DicomClient echo(node.port());
  ASSERT_EQ(echo.Associate(DicomClient::Request({{1, kEcho}})).type, 2);
  EXPECT_EQ(echo.Echo(), 0);
}

TEST(Receiver, AbortsSilentAssociations) {
  const ReceiverProcess node(
      [](ServiceConfig& config) { config.receive.message_timeout = seconds(1); });
  DicomClient idle(node.port()), half(node.port());
  ASSERT_EQ(idle.Associate(Usual()).type, 2);
  ASSERT_EQ(half.Associate(Usual()).type, 2);
  half.Send(DicomClient::Piece(3, 3, DicomClient::Command(1, kMammography, true, "1.2.3")));
  EXPECT_EQ(idle.Read(seconds(10)).type, 7);
  EXPECT_EQ(half.Read(seconds(10)).type, 7);
  EXPECT_TRUE(Eventually([&] { return node.Children().empty(); }));
}

TEST(Receiver, KillsAssociationsThatTakeTooLong) {
  const ReceiverProcess node(
      [](ServiceConfig& config) { config.receive.association_limit = milliseconds(1500); });
  DicomClient client(node.port());
  ASSERT_EQ(client.Associate(Usual()).type, 2);
  bool open = true;
  for (int i = 0; i < 100 && open; ++i) {
    open = client.Echo().has_value();
    std::this_thread::sleep_for(milliseconds(50));
  }
  EXPECT_FALSE(open);
  EXPECT_TRUE(node.Logs("takes too long and is killed"));
}

TEST(Receiver, StopsAfterTheMessageInWork) {
  ReceiverProcess node;
  DicomClient client(node.port()), busy(node.port());
  ASSERT_EQ(client.Associate(Usual()).type, 2);
  ASSERT_EQ(busy.Associate(Usual()).type, 2);
  EXPECT_EQ(client.Echo(), 0);
  const Sample sample = Mammogram1("1.2.40");
  busy.Send(DicomClient::Piece(3, 3, DicomClient::Command(1, kMammography, true, "1.2.40")));
  const auto half = sample.data_set.begin() + 1000;
  busy.SendData(3, Bytes(sample.data_set.begin(), half), false);
  ASSERT_TRUE(Eventually([&] { return !fs::is_empty(Incoming(node)); }));
  const auto begin = std::chrono::steady_clock::now();
  node.Signal(SIGTERM);
  EXPECT_EQ(client.Read().type, 7);
  busy.SendData(3, Bytes(half, sample.data_set.end()));
  EXPECT_EQ(busy.Status(), 0);
  EXPECT_EQ(busy.Read().type, 7);
  EXPECT_EQ(node.Wait(), 0);
  EXPECT_TRUE(Find(node, "1.2.40").has_value());
  EXPECT_LT(std::chrono::steady_clock::now() - begin, seconds(8));
  EXPECT_THROW(DicomClient late(node.port()), std::runtime_error);
}

TEST(Receiver, ReadsItsConfigurationAgain) {
  ReceiverHooks hooks;
  ServiceConfig next;
  hooks.reload = [&]() -> std::optional<ServiceConfig> {
    next.receive.ae_title = "RENAMED";
    return next;
  };
  const ReceiverProcess node([&](ServiceConfig& config) { next = config; }, hooks);
  node.Signal(SIGHUP);
  EXPECT_TRUE(node.Logs("read again"));
  DicomClient old(node.port()), renamed(node.port());
  EXPECT_EQ(old.Associate(Usual()).type, 3);
  EXPECT_EQ(renamed.Associate(DicomClient::Request(Contexts(), "TESTER", "RENAMED")).type, 2);
}

TEST(Receiver, LogsNoBytesOfAPeerUnescaped) {
  const ReceiverProcess node;
  DicomClient client(node.port());
  ASSERT_EQ(client.Associate(DicomClient::Request(Contexts(), "EV\x1b[31m\r\nIL\xff")).type, 2);
  client.Store(3, kMammography, "1.2\n3\x1b[0m", Bytes(200, 0x1b));
  client.Release();
  EXPECT_TRUE(node.Logs("EV\\x1B[31m\\x0D\\x0AIL\\xFF")) << node.Log();
  for (const char c : node.Log()) {
    EXPECT_TRUE(c == '\n' || (c >= ' ' && c <= '~')) << static_cast<int>(c);
  }
  EXPECT_EQ(node.Log().find("\n3"), std::string::npos);
}

TEST(Receiver, RefusesOnAFullDisk) {
  const ReceiverProcess node([](ServiceConfig& config) {
    fs::create_directories(config.objects);
    const std::string mount =
        "mount -t tmpfs -o size=300k tmpfs " + config.objects.string() + " 2>/dev/null";
    [[maybe_unused]] const int status = std::system(mount.c_str());
  });
  const auto unmount = [&] {
    const std::string command = "umount " + node.config().objects.string();
    return std::system(command.c_str());
  };
  if (fs::space(node.config().objects).capacity > 1'000'000) {
    GTEST_SKIP() << "no small file system can be mounted";
  }
  DicomClient client(node.port());
  ASSERT_EQ(client.Associate(Usual()).type, 2);
  int safe = 0, refused = 0;
  std::unique_ptr<JobStore> store;
  for (int i = 0; i < 100; ++i) {
    const std::string uid = "1.2.3." + std::to_string(i);
    const auto status = Store(client, Mammogram1(uid));
    ASSERT_TRUE(status.has_value());
    EXPECT_TRUE(*status == 0 || *status == 0xA700) << *status;
    ++(*status == 0 ? safe : refused);
    if (!store) store = std::make_unique<JobStore>(node.config().store);
    const auto object = store->objects().Find(uid);
    EXPECT_EQ(object.has_value(), *status == 0);
    if (object) {
      EXPECT_EQ(fs::file_size(node.config().objects / object->file), object->bytes);
    }
  }
  EXPECT_GT(safe, 5);
  EXPECT_GT(refused, 5);
  EXPECT_TRUE(fs::is_empty(Incoming(node)));
  client.Release();
  EXPECT_EQ(unmount(), 0);
}

/// Returns the resident memory in kB.
long Resident(pid_t pid) {
  std::ifstream status("/proc/" + std::to_string(pid) + "/status");
  for (std::string line; std::getline(status, line);) {
    if (line.rfind("VmRSS:", 0) == 0) return std::stol(line.substr(6));
  }
  return 0;
}

TEST(Receiver, DoesNotGrow) {
  const ReceiverProcess node;
  const auto echo = [&](int count) {
    for (int i = 0; i < count; ++i) {
      DicomClient client(node.port());
      ASSERT_EQ(client.Associate(Usual()).type, 2);
      ASSERT_EQ(client.Echo(), 0);
      client.Release();
    }
  };
  echo(20);
  const long before = Resident(node.pid());
  echo(std::getenv("MHCNN_SLOW") != nullptr ? 10'000 : 100);
  EXPECT_LT(Resident(node.pid()) - before, 400) << "kB";
  EXPECT_TRUE(Eventually([&] { return node.Children().empty(); }));
}

TEST(Receiver, SaysWhichPortIsTaken) {
  const ReceiverProcess node;
  ServiceConfig config = node.config();
  config.receive.port = node.port();
  const std::string message = ErrorMessage([&] { RunReceiver(config); }, ErrorCode::kIo);
  EXPECT_NE(message.find(std::to_string(node.port())), std::string::npos) << message;
  config.receive.address = "pacs.example";
  EXPECT_EQ(ThrownCode([&] { RunReceiver(config); }), ErrorCode::kUsage);
}

}  // namespace
}  // namespace mhcnn
