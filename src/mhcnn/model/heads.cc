#include "mhcnn/model/builder.h"

namespace mhcnn {
namespace {

int ConvBnRelu(NetworkBuilder& b, const std::string& name, int x, int channels) {
  x = b.Conv(name + ".0", x, channels, 3, 1, {1, 1, 1, 1});
  x = b.BatchNorm(name + ".1", x);
  return b.Relu(name + ".2", x);
}

/// The decoder of a U-Net (Ronneberger et al. 2015) in the form of segmentation_models.pytorch;
/// gives features of the input's size.
int Decoder(NetworkBuilder& b, const std::string& prefix, const std::vector<int>& channels,
            const Features& features) {
  b.SetModule(Module::kDecoder);
  int x = features.back();
  for (std::size_t i = 0; i < channels.size(); ++i) {
    const std::string name = prefix + ".blocks." + std::to_string(i);
    x = b.Upsample2x(name + ".upsample", x);
    if (i + 1 < features.size())
      x = b.Concat(name + ".concat", x, features[features.size() - 2 - i]);
    x = ConvBnRelu(b, name + ".conv1", x, channels[i]);
    x = ConvBnRelu(b, name + ".conv2", x, channels[i]);
  }
  return x;
}

int LastConv(NetworkBuilder& b, const std::string& name, int x, int masks) {
  b.SetModule(Module::kSegmentationHead);
  return b.Conv(name + ".0", x, masks, 3, 1, {1, 1, 1, 1}, 1, true);
}

int SharedDecoder(NetworkBuilder& b, const NetworkOptions& options, const Features& features) {
  const int x = Decoder(b, "decoder", options.decoder_channels, features);
  return LastConv(b, "segmentation_head", x, static_cast<int>(options.masks.size()));
}

/// Gudhe et al. 2022 ("Area-based breast percentage density estimation in mammograms using
/// weight-adaptive multitask learning"): one encoder, a decoder for the breast and one for dense
/// tissue. The pectoral muscle, which they do not draw, goes with the breast.
int DecoderPerMask(NetworkBuilder& b, const NetworkOptions& options, const Features& features) {
  const int others = Decoder(b, "decoder", options.decoder_channels, features);
  const int dense = Decoder(b, "decoder_dense", options.decoder_channels, features);
  // A convolution for each mask, so that they stand in the declared order.
  int all = -1;
  for (const std::string& mask : options.masks) {
    const int one = LastConv(b, "segmentation_head_" + mask, mask == "dense" ? dense : others, 1);
    all = all < 0 ? one : b.Concat("segmentation_head.concat_" + mask, all, one);
  }
  return all;
}

}  // namespace

void BuildHeads(NetworkBuilder& b, Network& network, const Features& features) {
  const NetworkOptions& options = network.options;
  if (options.Has(Head::kSegmentation)) {
    network.segmentation = options.decoders == Decoders::kPerMask
                               ? DecoderPerMask(b, options, features)
                               : SharedDecoder(b, options, features);
  }
  const auto pooled = [&](const std::string& name) {
    const int pool = b.GlobalAvgPool(name + ".pool", features.back());
    return b.Dropout(name + ".dropout", pool, options.dropout);
  };
  if (options.Has(Head::kRegression)) {
    b.SetModule(Module::kRegressionHead);
    network.regression = b.Sigmoid("regression_head.sigmoid",
                                   b.Linear("regression_head", pooled("regression_head"), 1));
  }
  if (!options.Has(Head::kClassification)) return;
  b.SetModule(Module::kClassificationHead);
  if (options.category_from == CategorySource::kDenseMask) {
    const int logits =
        b.Channel("classification_head.dense", network.segmentation, options.MaskIndex("dense"));
    const int mask = b.Sigmoid("classification_head.mask", logits);
    network.classification = BuildMaskClassifier(b, mask, options.dropout);
  } else {
    network.classification = b.Linear("classification_head", pooled("classification_head"), 4);
  }
}

}  // namespace mhcnn
