#include "mhcnn/service/receive/negotiation.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "mhcnn/base/text.h"
#include "mhcnn/dicom/syntax.h"

namespace mhcnn {
namespace {

/// Returns an AE title without leading and trailing spaces, which do not count (PS3.5 6.2).
std::string Trimmed(const char* title) {
  const std::string_view text(title);
  const auto first = text.find_first_not_of(' ');
  if (first == std::string_view::npos) return {};
  return std::string(text.substr(first, text.find_last_not_of(' ') - first + 1));
}

Negotiation Rejected(Negotiation negotiation, T_ASC_RejectParametersReason reason,
                     const char* problem) {
  negotiation.rejected = true;
  negotiation.rejection = {ASC_RESULT_REJECTEDPERMANENT, ASC_SOURCE_SERVICEUSER, reason};
  negotiation.problem = problem;
  return negotiation;
}

/// Returns whether a UID has the root of all storage classes of the standard, also future ones.
bool IsStorageClass(std::string_view uid) {
  constexpr std::string_view kRoot = "1.2.840.10008.5.1.4.1.1.";
  return uid.size() > kRoot.size() && uid.substr(0, kRoot.size()) == kRoot;
}

bool IsReadable(std::string_view syntax) {
  const auto& readable = ReadableSyntaxUids();
  return std::find(readable.begin(), readable.end(), syntax) != readable.end();
}

/// Returns the first offered syntax that is accepted; null without one. Messages that the toolkit
/// itself parses need a `plain` syntax.
const char* ChosenSyntax(const T_ASC_PresentationContext& context, bool plain) {
  constexpr std::array kPlain = {UID_LittleEndianImplicitTransferSyntax,
                                 UID_LittleEndianExplicitTransferSyntax};
  for (int i = 0; i < context.transferSyntaxCount; ++i) {
    const char* syntax = context.proposedTransferSyntaxes[i];
    const bool taken =
        plain ? std::any_of(kPlain.begin(), kPlain.end(),
                            [&](const char* one) { return std::string_view(one) == syntax; })
              : IsReadable(syntax);
    if (taken) return syntax;
  }
  return nullptr;
}

void NegotiateContext(T_ASC_Parameters& params, const T_ASC_PresentationContext& context,
                      Negotiation& negotiation) {
  const std::string_view abstract(context.abstractSyntax);
  const bool echo = abstract == UID_VerificationSOPClass;
  const bool report = abstract == UID_StorageCommitmentPushModelSOPClass;
  const bool store = IsStorageClass(abstract);
  const auto id = context.presentationContextID;
  if (!echo && !report && !store) {
    ASC_refusePresentationContext(&params, id, ASC_P_ABSTRACTSYNTAXNOTSUPPORTED);
    return;
  }
  const char* syntax = ChosenSyntax(context, !store);
  if (syntax == nullptr) {
    ASC_refusePresentationContext(&params, id, ASC_P_TRANSFERSYNTAXESNOTSUPPORTED);
    return;
  }
  // The peer proposes itself as SCP of commitment; the node accepts it as SCU (PS3.7 D.3.3.4).
  const bool as_scp =
      context.proposedRole == ASC_SC_ROLE_SCP || context.proposedRole == ASC_SC_ROLE_SCUSCP;
  const T_ASC_SC_ROLE role = report && as_scp ? ASC_SC_ROLE_SCP : ASC_SC_ROLE_DEFAULT;
  if (ASC_acceptPresentationContext(&params, id, syntax, role).bad()) return;
  negotiation.stores = negotiation.stores || store;
  negotiation.reports = negotiation.reports || report;
}

}  // namespace

T_ASC_RejectParameters MakeCongestionRejection() {
  return {ASC_RESULT_REJECTEDTRANSIENT, ASC_SOURCE_SERVICEPROVIDER_PRESENTATION_RELATED,
          ASC_REASON_SP_PRES_TEMPORARYCONGESTION};
}

Negotiation Negotiate(T_ASC_Parameters& params, const ReceiveConfig& config,
                      const std::string& address) {
  std::array<char, DUL_LEN_TITLE + 1> calling{}, called{};
  std::array<char, DUL_LEN_NAME + 1> context{};
  Negotiation negotiation;
  const bool known = ASC_getAPTitles(&params, calling.data(), calling.size(), called.data(),
                                     called.size(), nullptr, 0)
                         .good() &&
                     ASC_getApplicationContextName(&params, context.data(), context.size()).good();
  negotiation.calling = Trimmed(calling.data());
  if (!known || std::string_view(context.data()) != UID_StandardApplicationContext) {
    return Rejected(negotiation, ASC_REASON_SU_APPCONTEXTNAMENOTSUPPORTED,
                    "its application context is not the one of DICOM");
  }
  if (Trimmed(called.data()) != config.ae_title) {
    return Rejected(negotiation, ASC_REASON_SU_CALLEDAETITLENOTRECOGNIZED,
                    "it calls another AE title");
  }
  if (negotiation.calling.empty() || !config.allow.Allows(negotiation.calling, address)) {
    return Rejected(negotiation, ASC_REASON_SU_CALLINGAETITLENOTRECOGNIZED,
                    "its AE title is not allowed from this address");
  }
  const int contexts = ASC_countPresentationContexts(&params);
  for (int i = 0; i < contexts; ++i) {
    T_ASC_PresentationContext proposed;
    if (ASC_getPresentationContext(&params, i, &proposed).bad()) continue;
    NegotiateContext(params, proposed, negotiation);
  }
  return negotiation;
}

}  // namespace mhcnn
