#include "model/builder.h"

namespace mhcnn {
namespace {

int ConvBnRelu(NetworkBuilder& b, const std::string& name, int x, int channels) {
  x = b.Conv(name + ".0", x, channels, 3, 1, {1, 1, 1, 1});
  x = b.BatchNorm(name + ".1", x);
  return b.Relu(name + ".2", x);
}

}  // namespace

void BuildDecoderAndHeads(NetworkBuilder& b, Network& network, const Features& features) {
  b.SetPart(Part::kDecoder);
  int x = features.back();
  for (std::size_t i = 0; i < network.options.decoder_channels.size(); ++i) {
    const std::string name = "decoder.blocks." + std::to_string(i);
    x = b.Upsample2x(name + ".upsample", x);
    if (i + 1 < features.size())
      x = b.Concat(name + ".concat", x, features[features.size() - 2 - i]);
    x = ConvBnRelu(b, name + ".conv1", x, network.options.decoder_channels[i]);
    x = ConvBnRelu(b, name + ".conv2", x, network.options.decoder_channels[i]);
  }
  b.SetPart(Part::kSegmentationHead);
  network.segmentation =
      b.Conv("segmentation_head.0", x, static_cast<int>(network.options.masks.size()), 3, 1,
             {1, 1, 1, 1}, 1, true);

  const auto pooled = [&](const std::string& name) {
    const int pool = b.GlobalAvgPool(name + ".pool", features.back());
    return b.Dropout(name + ".dropout", pool, network.options.dropout);
  };
  b.SetPart(Part::kRegressionHead);
  network.regression = b.Sigmoid("regression_head.sigmoid",
                                 b.Linear("regression_head", pooled("regression_head"), 1));
  b.SetPart(Part::kClassificationHead);
  network.classification = b.Linear("classification_head", pooled("classification_head"), 4);
}

}  // namespace mhcnn
