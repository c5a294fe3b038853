#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <span>

#include "mhcnn/service/receive/dicom_network.h"

namespace mhcnn {

/// Outcome of the reception of the data set of a message.
struct MessageData {
  /// End of the reception.
  enum class End {
    kWhole,       ///< all of it went to the sink
    kTooLarge,    ///< larger than the limit; the rest was read and dropped
    kNotWritten,  ///< the sink failed; the rest was read and dropped
    kBroken,      ///< connection or protocol error, see `condition`: abort or release
  };
  /// End of the reception, and the toolkit's name for it.
  End end = End::kBroken;
  OFCondition condition = EC_Normal;  ///< bad where `end` is kBroken
  std::uint64_t bytes = 0;            ///< number of bytes read, with those that were dropped
};

/// Reads the data set that follows a command, as it arrives, in pieces of a PDU, and gives each to
/// `sink` until that returns false. Keeps at most one PDU in memory. Of a data set that is larger
/// than `limit`, or cannot be written, bytes up to twice the limit are read and dropped, so that an
/// answer can be given; a longer one is kBroken. `patience`: time limit for each PDU.
MessageData ReceiveData(T_ASC_Association& association, T_ASC_PresentationContextID context,
                        std::uint64_t limit, std::chrono::milliseconds patience,
                        const std::function<bool(std::span<const std::uint8_t>)>& sink);

}  // namespace mhcnn
