#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <span>

#include "mhcnn/service/receive/dicom_network.h"

namespace mhcnn {

/// What became of the data set of a message.
struct MessageData {
  /// How its reception ended.
  enum class End {
    kWhole,       ///< all of it went to the sink
    kTooLarge,    ///< larger than the limit; the rest was read and dropped
    kNotWritten,  ///< the sink failed; the rest was read and dropped
    kBroken,      ///< the connection or the protocol: `condition` says how. Abort or release
  };
  /// How it ended, and the toolkit's word for it.
  End end = End::kBroken;
  OFCondition condition = EC_Normal;  ///< bad where it is kBroken
  std::uint64_t bytes = 0;            ///< read, those that were dropped included
};

/// Reads the data set that follows a command, as it comes, in pieces of a PDU, and gives each to
/// `sink` until that returns false. Holds at most one PDU in memory. Of a data set that is larger
/// than `limit`, or cannot be written, as many bytes again are read and dropped, so that an answer
/// can be given; one that goes on is kBroken. `patience`: for each PDU.
MessageData ReceiveData(T_ASC_Association& association, T_ASC_PresentationContextID context,
                        std::uint64_t limit, std::chrono::milliseconds patience,
                        const std::function<bool(std::span<const std::uint8_t>)>& sink);

}  // namespace mhcnn
