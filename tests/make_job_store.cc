// Makes a job store with an exam in each state, for tests/jobs.sh: make_job_store URL.
#include <cstdio>
#include <exception>
#include <string>

#include "mhcnn/base/sha256.h"
#include "mhcnn/jobs/job_store.h"

namespace {

using namespace mhcnn;

void Make(const std::string& url) {
  // An hour ago, so that what is due is overdue for the command.
  auto now =
      std::chrono::time_point_cast<std::chrono::milliseconds>(std::chrono::system_clock::now()) -
      std::chrono::hours(1);
  JobStoreOptions options;
  options.url = url;
  options.clock = [&now] { return now; };
  JobStore store(options);
  const auto receive = [&](const std::string& study, const std::string& patient,
                           const std::string& date) {
    ReceivedObject image;
    image.sop_uid = study + ".1.1";
    image.study_uid = study;
    image.patient_id = patient;
    image.study_date = date;
    image.digest = image.image_digest = Sha256Hex(study);
    image.view = "L-CC";
    image.file = "received/" + image.digest;
    image.peer = "dicom:MODALITY@192.0.2.1";
    store.objects().Add(image, {});
  };
  const auto close = [&] {
    now += std::chrono::seconds(60);
    store.exams().CloseComplete();
    return store.work().Claim("host:77", {}).value();
  };
  const auto result = [](const std::string& kind) {
    ResultFile file;
    file.sop_uid = "2.25." + std::to_string(kind.size()) + "." + Sha256Hex(kind).substr(0, 4);
    file.kind = kind;
    file.digest = Sha256Hex(kind);
    file.file = "results/" + kind;
    file.destinations = {"PACS"};
    return file;
  };
  receive("1.1", "P1", "20240101");  // 1: a prior
  store.work().Finish(close(), R"({"percent_density": 23.44, "category": "b"})", false, {});
  receive("1.2", "P1", "20260101");  // 2: done, with a dead delivery
  store.work().Finish(close(), R"({"percent_density": 21, "category": "b"})", false,
                      {result("seg"), result("sr"), result("cad")});
  const auto batch = store.deliveries().Claim("PACS", "host:78", {});
  store.deliveries().Failed(batch.at(0), "0122 SOP Class not supported", true, {});
  store.deliveries().Failed(batch.at(1), "connection refused", false, {});
  store.deliveries().Stored(batch.at(2));
  receive("1.3", "P3", "20260103");  // 3: refused
  store.work().Refuse(close(), "out of scope: is a specimen");
  receive("1.4", "P4", "20260104");  // 4: dead
  store.work().Fail(close(), "the model is missing", true, {});
  receive("1.5", "P5", "20260105");  // 5: cancelled
  store.exams().Cancel(close().exam.id, "somebody");
  receive("1.6", "P6", "20260106");  // 6: running
  close();
  receive("1.7", "P7", "20260107");  // 7: failed once, waits
  store.work().Fail(close(), "no memory", false, {});
  ReceivedObject broken;
  broken.sop_uid = "1.7.9";
  broken.study_uid = "1.7";
  broken.digest = "x";
  broken.use = ObjectPurpose::kQuarantine;
  broken.reason = "corrupt: is cut short";
  broken.peer = "stow:192.0.2.2";
  store.objects().Add(broken, {});
  receive("1.8", "P8\n\x1b[31m", "20260108");  // 8: receiving; an odd Patient ID
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  try {
    Make(argv[1]);
  } catch (const std::exception& e) {
    std::fprintf(stderr, "%s\n", e.what());
    return 1;
  }
  return 0;
}
