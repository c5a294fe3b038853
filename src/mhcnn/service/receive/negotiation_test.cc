#include "mhcnn/service/receive/negotiation.h"

#include <gtest/gtest.h>

#include <memory>
#include <vector>

#include "mhcnn/dicom/syntax.h"

namespace mhcnn {
namespace {

constexpr const char* kMammography = UID_DigitalMammographyXRayImageStorageForPresentation;
constexpr const char* kImplicit = UID_LittleEndianImplicitTransferSyntax;

/// A request as a peer makes it.
class Request {
 public:
  explicit Request(const char* calling = "SCU", const char* called = "MHCNN") {
    ASC_createAssociationParameters(&params_, 16384);
    ASC_setAPTitles(params_, calling, called, nullptr);
  }
  ~Request() { ASC_destroyAssociationParameters(&params_); }
  Request(const Request&) = delete;
  Request& operator=(const Request&) = delete;

  void Propose(const char* abstract, std::vector<const char*> syntaxes,
               T_ASC_SC_ROLE role = ASC_SC_ROLE_DEFAULT) {
    const auto id = static_cast<T_ASC_PresentationContextID>(2 * count_++ + 1);
    ASSERT_TRUE(ASC_addPresentationContext(params_, id, abstract, syntaxes.data(),
                                           static_cast<int>(syntaxes.size()), role)
                    .good());
  }
  /// Returns the accepted transfer syntax of the context; "" where it was refused.
  std::string Accepted(int number) {
    T_ASC_PresentationContext context;
    const auto id = static_cast<T_ASC_PresentationContextID>(2 * number + 1);
    if (ASC_findAcceptedPresentationContext(params_, id, &context).bad()) return {};
    return context.acceptedTransferSyntax;
  }
  T_ASC_Parameters& params() { return *params_; }

 private:
  T_ASC_Parameters* params_ = nullptr;
  int count_ = 0;
};

TEST(Negotiation, AcceptsEverySyntaxThatTheReaderTakes) {
  for (const std::string_view uid : ReadableSyntaxUids()) {
    Request request;
    const std::string syntax(uid);
    request.Propose(kMammography, {syntax.c_str()});
    const Negotiation negotiation = Negotiate(request.params(), {}, "192.0.2.1");
    EXPECT_FALSE(negotiation.rejected);
    EXPECT_TRUE(negotiation.stores);
    EXPECT_EQ(request.Accepted(0), syntax);
  }
}

TEST(Negotiation, TakesTheFirstSyntaxOfTheSenderThatItReads) {
  Request request;
  request.Propose(kMammography, {UID_MPEG2MainProfileAtMainLevelTransferSyntax,
                                 UID_JPEG2000LosslessOnlyTransferSyntax, kImplicit});
  request.Propose(kMammography, {UID_MPEG2MainProfileAtMainLevelTransferSyntax});
  Negotiate(request.params(), {}, "192.0.2.1");
  EXPECT_EQ(request.Accepted(0), UID_JPEG2000LosslessOnlyTransferSyntax);
  EXPECT_EQ(request.Accepted(1), "");
}

TEST(Negotiation, AcceptsStorageAndVerificationAlone) {
  Request request;
  request.Propose(UID_VerificationSOPClass, {kImplicit});
  request.Propose(UID_SegmentationStorage, {kImplicit});
  request.Propose("1.2.840.10008.5.1.4.1.1.99999", {kImplicit});  // a future class
  request.Propose(UID_FINDStudyRootQueryRetrieveInformationModel, {kImplicit});
  request.Propose("1.2.3.4", {kImplicit});
  const auto negotiation = Negotiate(request.params(), {}, "192.0.2.1");
  EXPECT_TRUE(negotiation.stores);
  EXPECT_FALSE(negotiation.reports);
  EXPECT_NE(request.Accepted(0), "");
  EXPECT_NE(request.Accepted(1), "");
  EXPECT_NE(request.Accepted(2), "");
  EXPECT_EQ(request.Accepted(3), "");
  EXPECT_EQ(request.Accepted(4), "");
}

TEST(Negotiation, TakesReportsOfAPeerThatIsScp) {
  Request request;
  request.Propose(UID_StorageCommitmentPushModelSOPClass, {kImplicit}, ASC_SC_ROLE_SCP);
  const auto negotiation = Negotiate(request.params(), {}, "192.0.2.1");
  EXPECT_TRUE(negotiation.reports);
  T_ASC_PresentationContext context;
  ASSERT_TRUE(ASC_findAcceptedPresentationContext(&request.params(), 1, &context).good());
  EXPECT_EQ(context.acceptedRole, ASC_SC_ROLE_SCP);
}

TEST(Negotiation, AsksForItsOwnTitle) {
  for (const char* called : {"OTHER", "mhcnn", "MHCNN2", ""}) {
    Request request("SCU", called);
    request.Propose(kMammography, {kImplicit});
    const auto negotiation = Negotiate(request.params(), {}, "192.0.2.1");
    ASSERT_TRUE(negotiation.rejected) << called;
    EXPECT_EQ(negotiation.rejection.result, ASC_RESULT_REJECTEDPERMANENT);
    EXPECT_EQ(negotiation.rejection.reason, ASC_REASON_SU_CALLEDAETITLENOTRECOGNIZED);
  }
  Request padded("  SCU ", " MHCNN  ");
  const auto negotiation = Negotiate(padded.params(), {}, "192.0.2.1");
  EXPECT_FALSE(negotiation.rejected);
  EXPECT_EQ(negotiation.calling, "SCU");
}

TEST(Negotiation, AsksForAnAllowedPeer) {
  ReceiveConfig config;
  config.allow.Add({"PACS", AddressRange("192.0.2.0/24")});
  const auto reason = [&](const char* calling, const char* address) {
    Request request(calling);
    const auto negotiation = Negotiate(request.params(), config, address);
    return negotiation.rejected ? static_cast<int>(negotiation.rejection.reason) : 0;
  };
  EXPECT_EQ(reason("PACS", "192.0.2.9"), 0);
  EXPECT_EQ(reason("OTHER", "192.0.2.9"), ASC_REASON_SU_CALLINGAETITLENOTRECOGNIZED);
  EXPECT_EQ(reason("PACS", "198.51.100.1"), ASC_REASON_SU_CALLINGAETITLENOTRECOGNIZED);
}

TEST(Negotiation, RejectsForLackOfResourcesInPassing) {
  EXPECT_EQ(MakeCongestionRejection().result, ASC_RESULT_REJECTEDTRANSIENT);
  EXPECT_EQ(MakeCongestionRejection().reason, ASC_REASON_SP_PRES_TEMPORARYCONGESTION);
}

}  // namespace
}  // namespace mhcnn
