#include "mhcnn/service/maintenance.h"

#include <gtest/gtest.h>

#include "mhcnn/base/file.h"
#include "mhcnn/testing/scratch_folder.h"

namespace mhcnn {
namespace {

namespace fs = std::filesystem;
using std::chrono::days;
using testing_support::ScratchFolder;

/// A store with one image of one exam, that was received at `now`.
struct StoreWithImage {
  ScratchFolder scratch;
  StoreTime now = StoreTime(std::chrono::milliseconds(1'700'000'000'000));
  ServiceConfig config;
  std::unique_ptr<ObjectFolder> folder;
  std::unique_ptr<JobStore> store;

  StoreWithImage() {
    config.objects = scratch / "objects";
    config.store.url = "sqlite:" + (scratch / "node.db").string();
    config.store.clock = [this] { return now; };
    folder = std::make_unique<ObjectFolder>(config.objects);
    store = std::make_unique<JobStore>(config.store);
    WriteFileAtomically(config.objects / "received/a.dcm", std::string(1000, 'x'));
    ReceivedObject object;
    object.sop_uid = "1.2.3.4";
    object.study_uid = "1.2.3";
    object.digest = object.image_digest = object.demographics_digest = "d";
    object.file = "received/a.dcm";
    object.bytes = 1000;
    store->objects().Add(object, {});
  }
  bool HasFile() const { return fs::exists(config.objects / "received/a.dcm"); }
  void EndExam() {
    now += days(1);
    store->exams().CloseComplete();
    const auto job = store->work().Claim("w", {});
    ASSERT_TRUE(job.has_value());
    ASSERT_TRUE(store->work().Finish(*job, "{}", true, {}));
  }
};

TEST(RemoveExpired, KeepsWhatIsNotFinished) {
  StoreWithImage setup;
  setup.now += days(100);
  EXPECT_EQ(RemoveExpired(*setup.store, *setup.folder, setup.config), 0);
  EXPECT_TRUE(setup.HasFile());
}

TEST(RemoveExpired, RemovesFilesOfExamsThatEndedLongAgo) {
  StoreWithImage setup;
  setup.EndExam();
  setup.config.retention.images_days = 7;
  setup.now += days(6);
  EXPECT_EQ(RemoveExpired(*setup.store, *setup.folder, setup.config), 0);
  setup.now += days(2);
  EXPECT_EQ(RemoveExpired(*setup.store, *setup.folder, setup.config), 1);
  EXPECT_FALSE(setup.HasFile());
  EXPECT_EQ(setup.store->retention().Bytes(), 0u);
  EXPECT_EQ(setup.store->exams().List({}).size(), 1u);  // its row stays
}

TEST(RemoveExpired, RemovesEarlierOverTheQuota) {
  StoreWithImage setup;
  setup.EndExam();
  setup.now += days(1);
  setup.config.retention.max_bytes = 10'000;
  EXPECT_EQ(RemoveExpired(*setup.store, *setup.folder, setup.config), 0);
  setup.config.retention.max_bytes = 500;
  EXPECT_EQ(RemoveExpired(*setup.store, *setup.folder, setup.config), 1);
  EXPECT_FALSE(setup.HasFile());
}

TEST(RemoveOrphans, RemovesOldResultsWithoutARow) {
  StoreWithImage setup;
  setup.store->exams().CloseComplete();
  setup.now += days(1);
  setup.store->exams().CloseComplete();
  const auto job = setup.store->work().Claim("w", {});
  ASSERT_TRUE(job.has_value());
  ResultFile known;
  known.sop_uid = "1.2.3/results.json";
  known.kind = "table";
  known.file = "results/1/1-2/results.json";
  ASSERT_TRUE(setup.store->work().Finish(*job, "{}", true, {known}));
  const fs::path results = setup.config.objects / "results/1";
  const auto yesterday = fs::file_time_type::clock::now() - std::chrono::hours(25);
  for (const char* file : {"1-1/results.json", "1-1/objects/sr.dcm", "1-2/results.json"}) {
    WriteFileAtomically(results / file, std::string_view("x"));
    fs::last_write_time(results / file, yesterday);
  }
  WriteFileAtomically(results / "1-3/results.json", std::string_view("of a worker that is at it"));
  EXPECT_EQ(RemoveOrphans(*setup.store, *setup.folder), 2);
  EXPECT_FALSE(fs::exists(results / "1-1"));
  EXPECT_TRUE(fs::exists(results / "1-2/results.json"));
  EXPECT_TRUE(fs::exists(results / "1-3/results.json"));
  EXPECT_TRUE(setup.HasFile());
}

}  // namespace
}  // namespace mhcnn
