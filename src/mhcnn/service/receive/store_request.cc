#include "mhcnn/service/receive/store_request.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "mhcnn/base/write_all.h"
#include "mhcnn/results/exam_results.h"
#include "mhcnn/service/receive/message_data.h"
#include "mhcnn/service/receive/part10_head.h"

namespace mhcnn {
namespace fs = std::filesystem;
namespace {

/// A file that is being received; removed where nobody took it.
class IncomingFile {
 public:
  explicit IncomingFile(fs::path path)
      : path_(std::move(path)),
        fd_(::open(path_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600)) {
    if (fd_ < 0) code_ = errno;
  }
  ~IncomingFile() {
    Close();
    std::error_code ec;
    fs::remove(path_, ec);
  }
  IncomingFile(const IncomingFile&) = delete;
  IncomingFile& operator=(const IncomingFile&) = delete;

  bool Write(std::span<const std::uint8_t> bytes) {
    if (fd_ < 0) return false;
    const bool written = WriteAll(fd_, bytes);
    if (!written) code_ = errno;
    return written;
  }
  /// Some file systems tell only now that the disk is full.
  bool Close() {
    if (fd_ < 0) return false;
    const bool closed = ::close(fd_) == 0;
    if (!closed) code_ = errno;
    fd_ = -1;
    return closed;
  }
  const fs::path& path() const { return path_; }
  int code() const { return code_; }

 private:
  fs::path path_;
  int code_ = 0;
  int fd_;
};

IntakeOutcome Refused(ErrorCode code, std::string problem) {
  IntakeOutcome outcome;
  outcome.code = code;
  outcome.problem = std::move(problem);
  return outcome;
}

OFCondition Respond(T_ASC_Association& association, T_ASC_PresentationContextID context,
                    const T_DIMSE_C_StoreRQ& request, int status, const std::string& problem) {
  T_DIMSE_C_StoreRSP response{};
  response.MessageIDBeingRespondedTo = request.MessageID;
  response.DimseStatus = static_cast<DIC_US>(status);
  response.DataSetType = DIMSE_DATASET_NULL;
  std::memcpy(response.AffectedSOPClassUID, request.AffectedSOPClassUID,
              sizeof response.AffectedSOPClassUID);
  std::memcpy(response.AffectedSOPInstanceUID, request.AffectedSOPInstanceUID,
              sizeof response.AffectedSOPInstanceUID);
  response.opts = O_STORE_AFFECTEDSOPCLASSUID | O_STORE_AFFECTEDSOPINSTANCEUID;
  if (request.opts & O_STORE_RQ_BLANK_PADDING) response.opts |= O_STORE_RSP_BLANK_PADDING;
  DcmDataset detail;
  if (status != 0) {
    detail.putAndInsertOFStringArray(DCM_ErrorComment, ToErrorComment(problem).c_str());
  }
  return DIMSE_sendStoreResponse(&association, context, &request, &response,
                                 status != 0 ? &detail : nullptr);
}

/// Returns the outcome of an object whose data set was received, in whole or in part.
IntakeOutcome Outcome(MessageData::End end, IncomingFile& file, const T_DIMSE_C_StoreRQ& request,
                      const std::string& abstract, const StoreContext& store) {
  switch (end) {
    case MessageData::End::kTooLarge:
      return Refused(ErrorCode::kLimit, fmt::format("the object is larger than {} bytes",
                                                    store.config.receive.max_object_bytes));
    case MessageData::End::kBroken:
    case MessageData::End::kNotWritten:
      return Refused(ErrorCode::kIo,
                     std::string("cannot be written: ") + std::strerror(file.code()));
    case MessageData::End::kWhole:
      break;
  }
  if (!file.Close()) return Outcome(MessageData::End::kNotWritten, file, request, abstract, store);
  if (abstract != request.AffectedSOPClassUID) {
    return Refused(ErrorCode::kUsage, "its SOP Class UID differs from the presentation context");
  }
  return store.intake.Take(file.path(), store.peer, request.AffectedSOPClassUID,
                           request.AffectedSOPInstanceUID);
}

}  // namespace

std::string ToErrorComment(const std::string& text) {
  std::string comment = AsciiText(text).substr(0, 64);
  for (char& c : comment) {
    if (c == '\\' || c < ' ' || c > '~') c = ' ';
  }
  return comment;
}

int ToDimseStatus(const IntakeOutcome& outcome) {
  if (outcome.safe) return STATUS_STORE_Success;
  switch (outcome.code) {
    case ErrorCode::kUsage:
      return STATUS_STORE_Error_DataSetDoesNotMatchSOPClass;
    case ErrorCode::kCorrupt:
      return STATUS_STORE_Error_CannotUnderstand;
    default:
      return STATUS_STORE_Refused_OutOfResources;
  }
}

StoreAnswer AnswerStore(T_ASC_Association& association, T_ASC_PresentationContextID context,
                        const T_DIMSE_C_StoreRQ& request, const StoreContext& store) {
  StoreAnswer answer;
  T_ASC_PresentationContext agreed;
  answer.condition = ASC_findAcceptedPresentationContext(association.params, context, &agreed);
  if (answer.condition.bad()) return answer;
  IncomingFile file(store.folder.MakeIncomingPath());
  std::string no_room;
  bool writable =
      store.intake.HasRoom(&no_room) &&
      file.Write(MakePart10Head(request.AffectedSOPClassUID, request.AffectedSOPInstanceUID,
                                agreed.acceptedTransferSyntax));
  const MessageData data =
      ReceiveData(association, context, store.config.receive.max_object_bytes,
                  store.config.receive.message_timeout, [&](std::span<const std::uint8_t> bytes) {
                    writable = writable && file.Write(bytes);
                    return writable;
                  });
  if (data.end == MessageData::End::kBroken) {
    answer.condition = data.condition;
    return answer;
  }
  answer.outcome = no_room.empty() ? Outcome(data.end, file, request, agreed.abstractSyntax, store)
                                   : Refused(ErrorCode::kIo, no_room);
  answer.status = ToDimseStatus(answer.outcome);
  answer.condition = Respond(association, context, request, answer.status, answer.outcome.problem);
  return answer;
}

}  // namespace mhcnn
