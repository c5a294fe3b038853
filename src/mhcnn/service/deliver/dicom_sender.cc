#include "mhcnn/service/deliver/dicom_sender.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "mhcnn/base/error.h"
#include "mhcnn/base/text.h"
#include "mhcnn/results/result_formats.h"
#include "mhcnn/service/deliver/dicom_association.h"
#include "mhcnn/service/deliver/store_status.h"

namespace mhcnn {
namespace {

/// Object that can be sent, and the contexts in which it can be sent: the best first.
struct Storable {
  std::size_t index = 0;
  std::uint64_t bytes = 0;
  std::vector<ProposedContext> contexts;
};

Storable ReadStorable(const OutgoingObject& object, std::size_t index) {
  DcmFileFormat file;
  const OFCondition status = file.loadFile(OFFilename(object.path.c_str()), EXS_Unknown,
                                           EGL_noChange, DCM_MaxReadLength, ERM_metaOnly);
  OFString sop_class, syntax;
  if (status.bad() ||
      file.getMetaInfo()->findAndGetOFString(DCM_MediaStorageSOPClassUID, sop_class).bad() ||
      file.getMetaInfo()->findAndGetOFString(DCM_TransferSyntaxUID, syntax).bad()) {
    throw Error(ErrorCode::kCorrupt, "has no DICOM file header", object.path.string(),
                "measure the exam again (mhcnn jobs retry)");
  }
  Storable storable{index, std::filesystem::file_size(object.path), {}};
  storable.contexts.push_back({sop_class.c_str(), syntax.c_str()});
  const DcmXfer xfer(syntax.c_str());
  if (!xfer.isEncapsulated() && xfer.getXfer() != EXS_Unknown) {
    for (const char* other :
         {UID_LittleEndianExplicitTransferSyntax, UID_LittleEndianImplicitTransferSyntax}) {
      if (syntax != other) storable.contexts.push_back({sop_class.c_str(), other});
    }
  }
  return storable;
}

std::vector<Storable> ReadStorables(const std::vector<OutgoingObject>& objects,
                                    const SendHooks& hooks) {
  std::vector<Storable> storables;
  for (std::size_t i = 0; i < objects.size(); ++i) {
    try {
      if (objects[i].sop_class_uid.empty()) {
        hooks.ended(i, {SendResult::kPermanent,
                        "is not a DICOM object and cannot be sent by C-STORE; remove '" +
                            objects[i].kind + "' from formats of the destination"});
        continue;
      }
      storables.push_back(ReadStorable(objects[i], i));
    } catch (const Error& e) {
      hooks.ended(i, {SendResult::kPermanent, e.what()});
    } catch (const std::filesystem::filesystem_error& e) {
      hooks.ended(i, {SendResult::kTransient, e.what()});
    }
  }
  return storables;
}

std::vector<ProposedContext> AllContexts(const std::vector<Storable>& storables,
                                         std::size_t first) {
  std::vector<ProposedContext> contexts;
  for (std::size_t i = first; i < storables.size(); ++i) {
    for (const auto& context : storables[i].contexts) {
      if (std::find(contexts.begin(), contexts.end(), context) == contexts.end()) {
        contexts.push_back(context);
      }
    }
  }
  return contexts;
}

struct StoreAttempt {
  SendOutcome outcome;
  bool timed_out = false;
};

StoreAttempt Store(DicomAssociation& association, const OutgoingObject& object,
                   const Storable& storable) {
  T_ASC_PresentationContextID context = 0;
  for (const auto& proposed : storable.contexts) {
    context = association.Accepted(proposed);
    if (context != 0) break;
  }
  if (context == 0) {
    return {{SendResult::kPermanent,
             "the destination does not accept the SOP class " +
                 storable.contexts[0].abstract_syntax + " ('" + object.kind +
                 "'); allow it there, or leave it out of formats of the destination"}};
  }
  DcmFileFormat file;
  if (file.loadFile(OFFilename(object.path.c_str())).bad()) {
    return {{SendResult::kPermanent, "is not a readable DICOM file"}};
  }
  T_DIMSE_C_StoreRQ request{};
  request.MessageID = association.NextMessage();
  OFStandard::strlcpy(request.AffectedSOPClassUID, storable.contexts[0].abstract_syntax.c_str(),
                      sizeof(request.AffectedSOPClassUID));
  OFStandard::strlcpy(request.AffectedSOPInstanceUID, object.sop_uid.c_str(),
                      sizeof(request.AffectedSOPInstanceUID));
  request.DataSetType = DIMSE_DATASET_PRESENT;
  request.Priority = DIMSE_PRIORITY_MEDIUM;
  T_DIMSE_C_StoreRSP response{};
  DcmDataset* detail = nullptr;
  const OFCondition status = DIMSE_storeUser(association.get(), context, &request, nullptr,
                                             file.getDataset(), nullptr, nullptr, DIMSE_NONBLOCKING,
                                             association.timeout_seconds(), &response, &detail);
  SendOutcome outcome;
  std::string comment;
  if (detail != nullptr) comment = ToDisplayText(DicomText(*detail, DCM_ErrorComment));
  delete detail;
  if (status.bad()) {
    return {association.Fail(status), DicomAssociation::IsTimeout(status)};
  }
  outcome = ToStoreOutcome(response.DimseStatus, object.sent_before);
  if (outcome.result != SendResult::kStored && !comment.empty()) {
    outcome.text += " (\"" + comment.substr(0, 64) + "\")";
  }
  return {outcome};
}

/// SOP classes of the formats that the program writes, with the word for each.
struct ResultClass {
  ResultFormat format;
  const char* uid;
  const char* name;
};
constexpr ResultClass kResultClasses[] = {
    {ResultFormat::kSeg, UID_SegmentationStorage, "Segmentation"},
    {ResultFormat::kSr, UID_ComprehensiveSRStorage, "Comprehensive SR"},
    {ResultFormat::kCad, UID_MammographyCADSRStorage, "Mammography CAD SR"},
    {ResultFormat::kSc, UID_SecondaryCaptureImageStorage, "Secondary Capture"},
};

}  // namespace

void DicomSender::Send(const std::vector<OutgoingObject>& objects, const SendHooks& hooks) {
  const std::vector<Storable> storables = ReadStorables(objects, hooks);
  if (storables.empty()) return;
  DicomAssociation association(destination_);
  std::size_t next = 0;
  const auto report_rest = [&](const SendOutcome& outcome) {
    for (; next < storables.size(); ++next) hooks.ended(storables[next].index, outcome);
  };
  for (int associations = 0; next < storables.size(); ++associations) {
    if (!hooks.may_send(0)) return;
    const SendOutcome opened = association.Open(AllContexts(storables, next));
    if (opened.result != SendResult::kStored) return report_rest(opened);
    while (next < storables.size() && association.is_open()) {
      const Storable& storable = storables[next];
      if (!hooks.may_send(storable.bytes)) return association.Close();
      const StoreAttempt attempt = Store(association, objects[storable.index], storable);
      hooks.ended(storable.index, attempt.outcome);
      ++next;
      if (!association.is_open() && (attempt.timed_out || associations > 0)) {
        return report_rest({SendResult::kTransient, "not tried: " + attempt.outcome.text});
      }
    }
  }
  association.Close();
}

SendOutcome DicomSender::Check() {
  std::vector<ProposedContext> contexts{
      {UID_VerificationSOPClass, UID_LittleEndianImplicitTransferSyntax}};
  std::vector<const ResultClass*> wanted;
  for (const auto& one : kResultClasses) {
    if (!destination_.formats.contains(one.format)) continue;
    wanted.push_back(&one);
    contexts.push_back({one.uid, UID_LittleEndianExplicitTransferSyntax});
  }
  const ProposedContext commitment{UID_StorageCommitmentPushModelSOPClass,
                                   UID_LittleEndianImplicitTransferSyntax};
  if (destination_.commitment) contexts.push_back(commitment);
  DicomAssociation association(destination_);
  const SendOutcome opened = association.Open(contexts);
  if (opened.result != SendResult::kStored) return opened;
  std::string missing;
  for (const auto* one : wanted) {
    if (association.Accepted({one->uid, UID_LittleEndianExplicitTransferSyntax}) == 0) {
      missing += fmt::format("{}{} ({})", missing.empty() ? "" : ", ", one->name,
                             ResultFormatName(one->format));
    }
  }
  if (destination_.commitment && association.Accepted(commitment) == 0) {
    missing += fmt::format("{}Storage Commitment", missing.empty() ? "" : ", ");
  }
  if (association.Accepted(contexts[0]) != 0) {
    DIC_US echo = 0;
    DcmDataset* detail = nullptr;
    const OFCondition status =
        DIMSE_echoUser(association.get(), association.NextMessage(), DIMSE_NONBLOCKING,
                       association.timeout_seconds(), &echo, &detail);
    delete detail;
    if (status.bad()) return association.Fail(status);
    if (echo != 0) {
      association.Close();
      return {SendResult::kTransient,
              fmt::format("the destination answered C-ECHO with status {:04X}", echo)};
    }
  }
  association.Close();
  if (!missing.empty()) {
    return {SendResult::kPermanent, "the destination answers, but does not accept " + missing +
                                        "; allow it there, or leave it out of the destination's "
                                        "formats"};
  }
  return {SendResult::kStored, "the destination answers C-ECHO and accepts the results"};
}

}  // namespace mhcnn
