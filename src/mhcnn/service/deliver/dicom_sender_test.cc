#include "mhcnn/service/deliver/dicom_sender.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "mhcnn/testing/dicom_peer.h"
#include "mhcnn/testing/sent_objects.h"

namespace mhcnn {
namespace {

using namespace testing_support;
using testing::HasSubstr;
using Words = std::vector<std::string>;

DestinationConfig Destination(int port) {
  DestinationConfig destination;
  destination.host = "127.0.0.1";
  destination.port = port;
  destination.called_ae = "PACS";
  destination.calling_ae = "MHCNN";
  destination.timeout = std::chrono::seconds(20);  // for a machine that is busy
  return destination;
}

struct Objects {
  ScratchFolder folder;
  std::vector<OutgoingObject> all{MakeObject(folder, "a"), MakeObject(folder, "b"),
                                  MakeObject(folder, "c")};
};

Words SendTo(const DicomPeer& peer, const std::vector<OutgoingObject>& objects,
             std::chrono::milliseconds timeout = std::chrono::seconds(20)) {
  auto destination = Destination(peer.port());
  destination.timeout = timeout;
  DicomSender sender(destination);
  return SendAll(sender, objects).Words();
}

TEST(DicomSender, OnlyResponsesCountAsStored) {
  const Objects objects;
  EXPECT_EQ(SendTo(DicomPeer({0x0000, 0xB000, 0xB006}), objects.all),
            (Words{"stored", "stored", "stored"}));
  EXPECT_EQ(SendTo(DicomPeer({0xA700, 0x0000, 0xC000}), objects.all),
            (Words{"transient", "stored", "permanent"}));
  EXPECT_EQ(SendTo(DicomPeer({0xA900, 0x0122, 0x0000}), objects.all),
            (Words{"permanent", "permanent", "stored"}));
}

TEST(DicomSender, RetriesOnceAfterAbort) {
  const Objects objects;
  const int abort = static_cast<int>(PeerDoes::kAbort);
  EXPECT_EQ(SendTo(DicomPeer({abort, 0x0000}), objects.all),
            (Words{"transient", "stored", "stored"}));
  EXPECT_EQ(SendTo(DicomPeer({abort}), objects.all),
            (Words{"transient", "transient", "transient"}));
}

TEST(DicomSender, TimesOutOnHangingPeer) {
  const Objects objects;
  const auto start = std::chrono::steady_clock::now();
  EXPECT_EQ(SendTo(DicomPeer({0x0000, static_cast<int>(PeerDoes::kSilence)}), objects.all,
                   std::chrono::seconds(3)),
            (Words{"stored", "transient", "transient"}));
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(30));
}

TEST(DicomSender, DistinguishesRejectionReasons) {
  const Objects objects;
  EXPECT_EQ(SendTo(DicomPeer({static_cast<int>(PeerDoes::kReject)}), objects.all),
            (Words{"permanent", "permanent", "permanent"}));
  EXPECT_EQ(SendTo(DicomPeer({static_cast<int>(PeerDoes::kBusy)}), objects.all),
            (Words{"transient", "transient", "transient"}));
}

TEST(DicomSender, CallsAClosedPortTransient) {
  const Objects objects;
  const auto destination = Destination(DicomPeer::FreePort());
  DicomSender sender(destination);
  const auto outcomes = SendAll(sender, objects.all);
  EXPECT_EQ(outcomes.Words(), (Words{"transient", "transient", "transient"}));
  EXPECT_THAT(outcomes.outcomes[0].text, HasSubstr("127.0.0.1"));
  EXPECT_EQ(outcomes.outcomes[0].text.find('\n'), std::string::npos);
  EXPECT_EQ(sender.Check().result, SendResult::kTransient);
}

TEST(DicomSender, NamesWhatIsNotAccepted) {
  const Objects objects;
  EXPECT_EQ(SendTo(DicomPeer({static_cast<int>(PeerDoes::kAcceptNothing)}), objects.all),
            (Words{"permanent", "permanent", "permanent"}));
  const DicomPeer peer({0x0000});
  auto destination = Destination(peer.port());
  destination.formats = {ResultFormat::kSeg, ResultFormat::kSr, ResultFormat::kSc};
  DicomSender sender(destination);
  const SendOutcome check = sender.Check();
  EXPECT_EQ(check.result, SendResult::kPermanent);
  EXPECT_THAT(check.text, HasSubstr("Comprehensive SR (sr)"));
  EXPECT_THAT(check.text, testing::Not(HasSubstr("(seg)")));
  destination.formats = {ResultFormat::kSeg, ResultFormat::kSc};
  EXPECT_EQ(sender.Check().result, SendResult::kStored);
}

TEST(DicomSender, SendsInImplicitVrWhereThePeerTakesNoOther) {
  const Objects objects;
  EXPECT_EQ(SendTo(DicomPeer({static_cast<int>(PeerDoes::kImplicitOnly)}), objects.all),
            (Words{"stored", "stored", "stored"}));
}

TEST(DicomSender, StopsBetweenObjects) {
  const Objects objects;
  const DicomPeer peer({0x0000});
  const auto destination = Destination(peer.port());
  DicomSender sender(destination);
  // The association and one object.
  EXPECT_EQ(SendAll(sender, objects.all, 2).Words(), (Words{"stored", "untried", "untried"}));
}

TEST(DicomSender, RefusesFilesThatAreNoObjects) {
  const ScratchFolder folder;
  const DicomPeer peer({0x0000});
  auto damaged = MakeTextObject(folder, "x.dcm", "no DICOM");
  damaged.sop_class_uid = "1.2.840.10008.5.1.4.1.1.7";
  EXPECT_EQ(
      SendTo(peer, {MakeTextObject(folder, "b.json", "{}"), damaged, MakeObject(folder, "a")}),
      (Words{"permanent", "permanent", "stored"}));
}

}  // namespace
}  // namespace mhcnn
