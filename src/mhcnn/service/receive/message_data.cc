#include "mhcnn/service/receive/message_data.h"

#include "mhcnn/service/receive/deadline.h"

namespace mhcnn {
namespace {

/// Returns whole seconds, as the toolkit's time-outs need them.
int Seconds(std::chrono::milliseconds time) {
  return static_cast<int>((time.count() + 999) / 1000);
}

OFCondition NextPiece(T_ASC_Association& association, std::chrono::milliseconds patience,
                      DUL_PDV& piece) {
  OFCondition status = DUL_NextPDV(&association.DULassociation, &piece);
  if (status.good()) return status;
  const Deadline deadline(patience + std::chrono::seconds(2));
  status = DUL_ReadPDVs(&association.DULassociation, nullptr, DUL_NOBLOCK, Seconds(patience));
  if (status != DUL_PDATAPDUARRIVED) return status.good() ? DUL_READTIMEOUT : status;
  return DUL_NextPDV(&association.DULassociation, &piece);
}

}  // namespace

MessageData ReceiveData(T_ASC_Association& association, T_ASC_PresentationContextID context,
                        std::uint64_t limit, std::chrono::milliseconds patience,
                        const std::function<bool(std::span<const std::uint8_t>)>& sink) {
  MessageData data;
  MessageData::End end = MessageData::End::kWhole;
  for (bool last = false; !last;) {
    DUL_PDV piece{};
    data.condition = NextPiece(association, patience, piece);
    if (data.condition.bad()) return data;
    if (piece.presentationContextID != context || piece.pdvType != DUL_DATASETPDV) {
      data.condition = DIMSE_UNEXPECTEDPDVTYPE;
      return data;
    }
    data.bytes += piece.fragmentLength;
    if (end == MessageData::End::kWhole && data.bytes > limit) end = MessageData::End::kTooLarge;
    if (data.bytes / 2 > limit) {
      data.condition = DIMSE_OUTOFRESOURCES;
      return data;
    }
    if (end == MessageData::End::kWhole &&
        !sink({static_cast<const std::uint8_t*>(piece.data), piece.fragmentLength})) {
      end = MessageData::End::kNotWritten;
    }
    last = piece.lastPDV != OFFalse;
  }
  data.end = end;
  return data;
}

}  // namespace mhcnn
