#include "mhcnn/model/network.h"

#include <algorithm>

#include "mhcnn/model/builder.h"

namespace mhcnn {

const char* ModuleName(Module module) {
  switch (module) {
    case Module::kEncoder:
      return "encoder";
    case Module::kDecoder:
      return "decoder";
    case Module::kSegmentationHead:
      return "segmentation";
    case Module::kRegressionHead:
      return "regression";
    case Module::kClassificationHead:
      break;
  }
  return "classification";
}

Network BuildNetwork(const NetworkOptions& options) {
  options.Check();
  Network network;
  network.options = options;
  NetworkBuilder builder(network);
  const int input = builder.Input();
  if (options.encoder == kPixelHistogram) {
    BuildHistogramClassifier(builder, network, input);
    return network;
  }
  const Features features = IsResNet(options.encoder)
                                ? BuildResNet(builder, options.encoder, input)
                                : BuildEfficientNetLite(builder, options.encoder, input);
  BuildHeads(builder, network, features);
  return network;
}

int FeatureLayer(const Network& network) {
  const auto of_encoder = [](const Layer& layer) { return layer.module == Module::kEncoder; };
  const auto last = std::find_if(network.layers.rbegin(), network.layers.rend(), of_encoder);
  if (network.options.encoder == kPixelHistogram) return -1;
  return static_cast<int>(network.layers.rend() - last) - 1;
}

std::vector<Parameter> Parameters(const Network& network) {
  std::vector<Parameter> parameters;
  for (const Layer& layer : network.layers) {
    const std::int64_t in = layer.in_channels, out = layer.out_channels;
    const auto add = [&](const char* suffix, std::vector<std::int64_t> shape,
                         bool trainable = true) {
      parameters.push_back({layer.name + suffix, std::move(shape), trainable, layer.module});
    };
    if (layer.op == Op::kConv2d) {
      add(".weight", {out, in / layer.groups, layer.kernel, layer.kernel});
      if (layer.bias) add(".bias", {out});
    } else if (layer.op == Op::kLinear) {
      add(".weight", {out, in});
      if (layer.bias) add(".bias", {out});
    } else if (layer.op == Op::kBatchNorm) {
      add(".weight", {out});
      add(".bias", {out});
      add(".running_mean", {out}, false);
      add(".running_var", {out}, false);
    }
  }
  return parameters;
}

}  // namespace mhcnn
