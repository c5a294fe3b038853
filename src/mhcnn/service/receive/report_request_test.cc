// Reports of storage commitment as a PACS sends them: on an association of its own, with itself as
// SCP.
#include "mhcnn/service/receive/report_request.h"

#include <gtest/gtest.h>

#include <thread>

#include "mhcnn/jobs/job_store.h"
#include "mhcnn/testing/dicom_client.h"
#include "mhcnn/testing/receiver_process.h"

namespace mhcnn {
namespace {

using namespace testing_support;  // NOLINT(google-build-using-namespace)
constexpr const char* kCommitment = "1.2.840.10008.1.20.1";
constexpr const char* kInstance = "1.2.840.10008.1.20.1.1";

void Put(Bytes& out, std::uint32_t value, int bytes) {
  for (int i = 0; i < bytes; ++i) out.push_back(static_cast<std::uint8_t>(value >> (8 * i)));
}
Bytes Element(std::uint16_t group, std::uint16_t element, Bytes value) {
  if (value.size() % 2 != 0) value.push_back(0);
  Bytes out;
  Put(out, group, 2);
  Put(out, element, 2);
  Put(out, static_cast<std::uint32_t>(value.size()), 4);
  out.insert(out.end(), value.begin(), value.end());
  return out;
}
Bytes Text(const std::string& text) { return {text.begin(), text.end()}; }
Bytes Joined(const std::vector<Bytes>& parts) {
  Bytes all;
  for (const auto& part : parts) all.insert(all.end(), part.begin(), part.end());
  return all;
}
/// An item of (0008,1199) or (0008,1198) in implicit VR.
Bytes Item(const std::string& uid, int reason = -1) {
  std::vector<Bytes> parts = {Element(0x0008, 0x1150, Text("1.2.840.10008.5.1.4.1.1.88.33")),
                              Element(0x0008, 0x1155, Text(uid))};
  if (reason >= 0) {
    Bytes value;
    Put(value, static_cast<std::uint32_t>(reason), 2);
    parts.push_back(Element(0x0008, 0x1197, value));
  }
  return Element(0xFFFE, 0xE000, Joined(parts));
}
Bytes Report(const std::string& transaction, const std::vector<Bytes>& committed,
             const std::vector<Bytes>& failed) {
  std::vector<Bytes> parts = {Element(0x0008, 0x1195, Text(transaction))};
  if (!failed.empty()) parts.push_back(Element(0x0008, 0x1198, Joined(failed)));
  if (!committed.empty()) parts.push_back(Element(0x0008, 0x1199, Joined(committed)));
  return Joined(parts);
}

/// Returns the status of the answer to a report.
std::optional<int> Send(const ReceiverProcess& node, const Bytes& report, int event = 1) {
  DicomClient client(node.port());
  EXPECT_EQ(
      client.Associate(DicomClient::Request({{1, kCommitment, {"1.2.840.10008.1.2"}, true}})).type,
      2);
  EXPECT_EQ(client.contexts().at(0).result, 0);
  client.Send(
      DicomClient::Piece(1, 3, DicomClient::Command(0x0100, kCommitment, true, kInstance, event)));
  client.SendData(1, report);
  const auto status = client.Status();
  EXPECT_TRUE(client.Release());
  return status;
}

/// Two results of an exam that were sent to PACS, and asked commitment for as 2.25.9.
std::int64_t AskCommitment(const ServiceConfig& config) {
  JobStore store(config.store);
  ReceivedObject image;
  image.sop_uid = "1.2.3.4";
  image.sop_class_uid = "1.2.840.10008.5.1.4.1.1.1.2";
  image.study_uid = "1.2.3";
  image.digest = image.image_digest = image.demographics_digest = std::string(64, 'a');
  image.file = "received/aa/aa/a.dcm";
  CompletenessRules rules;
  rules.quiet = rules.four_views = std::chrono::milliseconds(1);
  store.objects().Add(image, rules);
  std::this_thread::sleep_for(std::chrono::milliseconds(20));
  store.exams().CloseComplete();
  const auto job = store.work().Claim("w", {});
  std::vector<ResultFile> results;
  for (const char* uid : {"1.5.1", "1.5.2"}) {
    results.push_back({uid, "1.2.840.10008.5.1.4.1.1.88.33", "sr", "results/a", "d", {"PACS"}});
  }
  store.work().Finish(job.value(), "{}", false, results);
  const auto sent = store.deliveries().Claim("PACS", "s", {});
  for (const auto& delivery : sent) store.deliveries().Stored(delivery);
  store.commitments().Asked("2.25.9", sent);
  return job->exam.id;
}

TEST(ReportRequest, HandsTheReportToTheStore) {
  const ReceiverProcess node;
  const std::int64_t exam = AskCommitment(node.config());
  EXPECT_EQ(Send(node, Report("2.25.9", {Item("1.5.1")}, {Item("1.5.2", 0x0112)}), 2), 0);
  JobStore store(node.config().store);
  const auto deliveries = store.deliveries().ListForExam(exam);
  ASSERT_EQ(deliveries.size(), 2U);
  EXPECT_EQ(deliveries[0].state, DeliveryState::kCommitted);
  EXPECT_EQ(deliveries[1].state, DeliveryState::kQueued) << "sent again";
  EXPECT_NE(deliveries[1].error.find("0112"), std::string::npos) << deliveries[1].error;
  EXPECT_EQ(Send(node, Report("2.25.9", {Item("1.5.1")}, {Item("1.5.2", 0x0112)}), 2), 0)
      << "a report that comes twice";
}

TEST(ReportRequest, AnswersWhatIsWrong) {
  const ReceiverProcess node;
  EXPECT_EQ(Send(node, Report("2.25.8", {Item("1.5.1")}, {})), 0x0112);
  EXPECT_EQ(Send(node, Report("2.25.8", {Item("1.5.1")}, {}), 7), 0x0113);
  EXPECT_EQ(Send(node, Report("not a UID", {}, {})), 0x0115);
  EXPECT_EQ(Send(node, Bytes(501, 0xFE)), 0x0115);
  Bytes deep;  // sequences within sequences without end
  for (int i = 0; i < 5000; ++i) {
    for (const Bytes& part : {Bytes{8, 0, 0x99, 0x11, 255, 255, 255, 255},
                              Bytes{0xFE, 0xFF, 0, 0xE0, 255, 255, 255, 255}}) {
      deep.insert(deep.end(), part.begin(), part.end());
    }
  }
  EXPECT_EQ(Send(node, deep), 0x0115);
}

}  // namespace
}  // namespace mhcnn
