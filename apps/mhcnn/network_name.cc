#include "network_name.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace mhcnn::cli {

std::string NetworkName(const ModelCard& card) {
  return fmt::format("{}, decoder {}, {} x {}", card.network.encoder,
                     fmt::join(card.network.decoder_channels, "-"), card.preprocess.input_height,
                     card.preprocess.input_width);
}

}  // namespace mhcnn::cli
