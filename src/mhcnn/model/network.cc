#include "mhcnn/model/network.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "mhcnn/base/error.h"
#include "mhcnn/base/options.h"
#include "mhcnn/model/builder.h"

namespace mhcnn {
namespace {

[[noreturn]] void BadField(const std::string& field, const std::string& problem,
                           const std::string& remedy = "") {
  throw Error(ErrorCode::kUsage, "network." + field + " " + problem, "", remedy);
}

void OneOf(const std::string& field, const std::string& value,
           const std::vector<std::string>& choices) {
  if (std::find(choices.begin(), choices.end(), value) != choices.end()) return;
  const std::string nearest = Nearest(value, choices);
  BadField(field, "'" + value + "' is not known",
           nearest.empty() ? "" : "did you mean '" + nearest + "'?");
}

void CheckHeads(const NetworkOptions& o) {
  if (o.heads.empty()) BadField("heads", "names none");
  for (const std::string& head : o.heads) {
    OneOf("heads", head, {"segmentation", "regression", "classification"});
    if (std::count(o.heads.begin(), o.heads.end(), head) > 1)
      BadField("heads", "names '" + head + "' twice");
  }
  OneOf("decoders", o.decoders, {"shared", "per_mask"});
  OneOf("category_from", o.category_from, {"features", "dense_mask"});
  const bool dense = o.Has("segmentation") && o.MaskIndex("dense") >= 0;
  if (o.decoders == "per_mask" && !(dense && o.masks.size() > 1)) {
    BadField("decoders", "'per_mask' needs the head 'segmentation' with 'dense' and another mask");
  }
  if (o.category_from == "dense_mask" && !(dense && o.Has("classification"))) {
    BadField("category_from",
             "'dense_mask' needs the heads 'segmentation', with the mask 'dense', and "
             "'classification'");
  }
  if (o.encoder == kPixelHistogram && o.heads != std::vector<std::string>{"classification"}) {
    BadField("heads", "must be [\"classification\"] with the encoder pixel_histogram",
             "a histogram does not say where a grey value lies");
  }
}

}  // namespace

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

std::vector<std::string> EncoderNames() {
  return {"resnet18",           "resnet34",           "resnet50",          "resnet101",
          "efficientnet_lite0", "efficientnet_lite1", "efficientnet_lite2"};
}

bool NetworkOptions::Has(const std::string& head) const {
  return std::find(heads.begin(), heads.end(), head) != heads.end();
}

int NetworkOptions::MaskIndex(const std::string& mask) const {
  const auto found = std::find(masks.begin(), masks.end(), mask);
  return found == masks.end() ? -1 : static_cast<int>(found - masks.begin());
}

void NetworkOptions::Check() const {
  auto names = EncoderNames();
  names.emplace_back(kPixelHistogram);
  if (std::find(names.begin(), names.end(), encoder) == names.end()) {
    const std::string nearest = Nearest(encoder, names);
    BadField("encoder", "'" + encoder + "' is not known",
             nearest.empty() ? "" : "did you mean '" + nearest + "'?");
  }
  if (decoder_channels.size() != 5) BadField("decoder_channels", "must be five numbers");
  for (const int channels : decoder_channels) {
    if (channels < 1 || channels > 4096) BadField("decoder_channels", "must lie in 1..4096");
  }
  if (masks.empty() || masks.size() > 64) BadField("masks", "must name 1 to 64 masks");
  if (!(dropout >= 0 && dropout < 1)) BadField("dropout", "must lie in 0..1");
  CheckHeads(*this);
}

void to_json(nlohmann::json& json, const NetworkOptions& o) {
  json = {{"encoder", o.encoder},
          {"decoder_channels", o.decoder_channels},
          {"masks", o.masks},
          {"dropout", o.dropout},
          {"heads", o.heads},
          {"decoders", o.decoders},
          {"category_from", o.category_from}};
}

void from_json(const nlohmann::json& json, NetworkOptions& o) {
  try {
    json.at("encoder").get_to(o.encoder);
    json.at("decoder_channels").get_to(o.decoder_channels);
    json.at("masks").get_to(o.masks);
    json.at("dropout").get_to(o.dropout);
    // Files written before there were these hold networks with the defaults.
    const NetworkOptions defaults;
    o.heads = json.value("heads", defaults.heads);
    o.decoders = json.value("decoders", defaults.decoders);
    o.category_from = json.value("category_from", defaults.category_from);
  } catch (const nlohmann::json::exception& e) {
    throw Error(ErrorCode::kCorrupt, std::string("network options cannot be read: ") + e.what());
  }
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
