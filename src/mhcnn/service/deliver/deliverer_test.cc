#include "mhcnn/service/deliver/deliverer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>

#include <fstream>

#include "mhcnn/base/interrupt.h"
#include "mhcnn/dicom/dcmtk.h"
#include "mhcnn/testing/dicom_peer.h"
#include "mhcnn/testing/queued_results.h"
#include "mhcnn/testing/sent_objects.h"
// Stays below dcmtk.h.
#include <dcmtk/dcmdata/dccodec.h>

namespace mhcnn {
namespace {

using namespace testing_support;
using std::chrono::milliseconds;
using testing::HasSubstr;

class DelivererTest : public testing::Test {
 protected:
  DelivererTest() {
    config_.name = "node";
    config_.store.url = "sqlite:" + (folder_ / "node.db").string();
    config_.objects = folder_ / "objects";
    config_.log_level = "error";
  }

  DestinationConfig& AddFolder(const std::string& name) {
    DestinationConfig destination;
    destination.name = name;
    destination.kind = DestinationConfig::Kind::kFolder;
    destination.folder = folder_ / ("to-" + name);
    return Add(destination);
  }
  DestinationConfig& AddDicom(const std::string& name, int port) {
    DestinationConfig destination;
    destination.name = name;
    destination.host = "127.0.0.1";
    destination.port = port;
    destination.called_ae = "PACS";
    destination.calling_ae = "MHCNN";
    destination.timeout = milliseconds(20'000);  // for a machine that is busy
    return Add(destination);
  }

  /// Queues one exam with `count` objects for these destinations; returns its row.
  std::int64_t Queue(int count, const std::vector<std::string>& destinations) {
    std::vector<ResultFile> results;
    std::string study;
    std::filesystem::create_directories(config_.objects / "results");
    for (int i = 0; i < count; ++i) {
      const OutgoingObject object = MakeObject(folder_, "made");
      ResultFile result;
      result.sop_uid = object.sop_uid;
      result.sop_class_uid = object.sop_class_uid;
      result.kind = "sc";
      result.file = "results/" + object.sop_uid + ".dcm";
      result.destinations = destinations;
      std::filesystem::rename(object.path, config_.objects / result.file);
      results.push_back(result);
      study = object.study_uid;
    }
    JobStore store(config_.store);
    return QueueResults(store, config_.objects, study, results);
  }

  std::vector<Delivery> Deliveries(std::int64_t exam) {
    JobStore store(config_.store);
    return store.deliveries().ListForExam(exam);
  }
  std::vector<std::string> States(std::int64_t exam) {
    std::vector<std::string> states;
    for (const auto& one : Deliveries(exam)) states.emplace_back(DeliveryStateName(one.state));
    return states;
  }

  int RunOnce() {
    DelivererOptions options;
    options.once = true;
    options.poll = milliseconds(50);
    return RunDeliverer(config_, options);
  }
  /// Runs a deliverer in its own process.
  pid_t Start() {
    const pid_t pid = ::fork();
    if (pid == 0) {
      ::alarm(60);
      CatchInterrupts();
      DelivererOptions options;
      options.poll = milliseconds(50);
      ::_exit(RunDeliverer(config_, options));
    }
    return pid;
  }
  /// Waits until all deliveries of the exam have this state.
  bool WaitFor(std::int64_t exam, const std::string& state) {
    for (int i = 0; i < 2400; ++i) {
      const auto states = States(exam);
      if (std::all_of(states.begin(), states.end(), [&](const auto& s) { return s == state; })) {
        return true;
      }
      std::this_thread::sleep_for(milliseconds(25));
    }
    return false;
  }

  ScratchFolder folder_;
  ServiceConfig config_;
  pid_t child_ = 0;

 private:
  DestinationConfig& Add(DestinationConfig destination) {
    destination.rules.first_delay = milliseconds(200);
    destination.rules.longest_delay = milliseconds(400);
    destination.rules.lease = milliseconds(2000);
    config_.destinations.push_back(destination);
    return config_.destinations.back();
  }
};

TEST_F(DelivererTest, SendsEachResultToEachDestination) {
  AddFolder("a");
  AddFolder("b");
  const auto first = Queue(3, {"a", "b"}), second = Queue(2, {"b"});
  EXPECT_EQ(RunOnce(), 0);
  EXPECT_EQ(States(first), std::vector<std::string>(6, "stored"));
  EXPECT_EQ(States(second), std::vector<std::string>(2, "stored"));
  for (const auto& delivery : Deliveries(first)) {
    EXPECT_EQ(FileSha256(folder_ / ("to-" + delivery.destination) / delivery.study_uid /
                         (delivery.sop_uid + ".dcm")),
              delivery.digest);
  }
}

/// A process that is made later shares the data dictionary and does not read it again.
TEST_F(DelivererTest, SetsTheToolkitUpBeforeItMakesProcesses) {
  AddFolder("a");
  // The codecs show whether it is set up; the dictionary is read when it is used.
  const auto is_set_up = [] {
    return DcmCodecList::canChangeCoding(EXS_RLELossless, EXS_LittleEndianExplicit) == OFTrue;
  };
  GTEST_FLAG_SET(death_test_style, "threadsafe");  // a program of its own, which has not done so
  EXPECT_EXIT(
      {
        const bool before = is_set_up();
        RunOnce();
        ::_exit(!before && is_set_up() ? 0 : 1);
      },
      testing::ExitedWithCode(0), "");
}

TEST_F(DelivererTest, RefusesDamagedAndMissingFilesAndSendsTheOthers) {
  AddFolder("a");
  const auto exam = Queue(3, {"a"});
  const auto queued = Deliveries(exam);
  WriteFileAtomically(config_.objects / queued[0].file, "damaged");
  std::filesystem::remove(config_.objects / queued[1].file);
  EXPECT_EQ(RunOnce(), 0);
  EXPECT_EQ(States(exam), (std::vector<std::string>{"dead", "dead", "stored"}));
  EXPECT_THAT(Deliveries(exam)[0].error, HasSubstr("damaged"));
  EXPECT_THAT(Deliveries(exam)[1].error, HasSubstr("missing"));
}

TEST_F(DelivererTest, LeavesResultsOfARemovedDestination) {
  AddFolder("a");
  const auto exam = Queue(1, {"gone"});
  EXPECT_EQ(RunOnce(), 0);
  EXPECT_EQ(States(exam), std::vector<std::string>{"queued"});
}

TEST_F(DelivererTest, HangingDestinationDoesNotDelayOthers) {
  const DicomPeer silent({static_cast<int>(PeerDoes::kSilence)});
  AddDicom("silent", silent.port()).timeout = milliseconds(1000);
  AddFolder("a");
  const auto both = Queue(1, {"silent", "a"}), later = Queue(1, {"a"});
  const pid_t deliverer = Start();
  EXPECT_TRUE(WaitFor(later, "stored"));
  ::kill(deliverer, SIGTERM);
  int status = 0;
  ::waitpid(deliverer, &status, 0);
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0);
  for (const auto& delivery : Deliveries(both)) {
    // Given back or failed for now: nobody holds it.
    EXPECT_EQ(DeliveryStateName(delivery.state),
              std::string(delivery.destination == "a" ? "stored" : "queued"));
  }
}

TEST_F(DelivererTest, TriesAgainAfterTransientFailures) {
  const DicomPeer full({0xA700, 0xA700, 0x0000});
  AddDicom("full", full.port());
  const auto exam = Queue(1, {"full"});
  const pid_t deliverer = Start();
  EXPECT_TRUE(WaitFor(exam, "stored"));
  EXPECT_EQ(Deliveries(exam)[0].attempt, 3);
  ::kill(deliverer, SIGTERM);
  ::waitpid(deliverer, nullptr, 0);
}

TEST_F(DelivererTest, KeepsDeliveriesAfterKill) {
  const DicomPeer pacs({0x0000});
  AddDicom("pacs", pacs.port());
  std::vector<std::int64_t> exams;
  for (int i = 0; i < 6; ++i) exams.push_back(Queue(2, {"pacs"}));
  for (int kills = 0; kills < 5; ++kills) {
    const pid_t deliverer = Start();
    std::this_thread::sleep_for(milliseconds(20 + 30 * kills));
    ::kill(deliverer, SIGKILL);
    ::waitpid(deliverer, nullptr, 0);
  }
  const pid_t deliverer = Start();
  for (const auto exam : exams) EXPECT_TRUE(WaitFor(exam, "stored"));
  ::kill(deliverer, SIGTERM);
  ::waitpid(deliverer, nullptr, 0);
}

TEST_F(DelivererTest, TriesAgainAfterTheDeathOfAChild) {
  const DicomPeer silent({static_cast<int>(PeerDoes::kSilence)});
  AddDicom("silent", silent.port()).timeout = milliseconds(30'000);
  const auto exam = Queue(2, {"silent"});
  const pid_t deliverer = Start();
  EXPECT_TRUE(WaitFor(exam, "sending"));
  const std::string process = std::to_string(deliverer);
  // It takes the deliveries first, and then makes the process that sends.
  for (int i = 0; i < 2400 && child_ <= 0; ++i) {
    std::ifstream("/proc/" + process + "/task/" + process + "/children") >> child_;
    if (child_ <= 0) std::this_thread::sleep_for(milliseconds(25));
  }
  ASSERT_GT(child_, 0);
  ::kill(child_, SIGKILL);
  for (int i = 0; i < 2400 && Deliveries(exam)[0].attempt < 2; ++i) {
    std::this_thread::sleep_for(milliseconds(25));
  }
  EXPECT_GE(Deliveries(exam)[0].attempt, 2);
  EXPECT_THAT(Deliveries(exam)[0].error, HasSubstr("signal 9"));
  ::kill(deliverer, SIGKILL);
  ::waitpid(deliverer, nullptr, 0);
}

TEST_F(DelivererTest, WaitsForAStoreThatDoesNotAnswer) {
  AddFolder("a");
  config_.store.url = "sqlite:/proc/no/such/folder/node.db";
  const pid_t deliverer = Start();
  std::this_thread::sleep_for(milliseconds(2000));
  EXPECT_EQ(::waitpid(deliverer, nullptr, WNOHANG), 0) << "it goes on";
  ::kill(deliverer, SIGTERM);
  int status = 0;
  ::waitpid(deliverer, &status, 0);
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

}  // namespace
}  // namespace mhcnn
