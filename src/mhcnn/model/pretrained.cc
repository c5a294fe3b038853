#include "mhcnn/model/pretrained.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <set>

#include "mhcnn/base/error.h"
#include "mhcnn/model/builder.h"
#include "mhcnn/model/checkpoint.h"
#include "mhcnn/model/safetensors.h"
#include "mhcnn/model/torch_file.h"

namespace mhcnn {
namespace {

using NamedTensors = std::vector<std::pair<std::string, Tensor>>;

/// How pictures of 0..1 were normalised, per colour, when the weights were trained.
struct Normalisation {
  std::array<double, 3> mean, deviation;
};

Normalisation FindNormalisation(const std::string& encoder) {
  if (IsResNet(encoder)) return {{0.485, 0.456, 0.406}, {0.229, 0.224, 0.225}};
  return {{0.5, 0.5, 0.5}, {0.5, 0.5, 0.5}};
}

/// A first convolution for one grey channel g of 0..1: sum over c of w_c (g - mean_c) / deviation_c
/// is weight * g - shift.
struct GreyConvolution {
  Tensor weight;              ///< (out, 1, k, k)
  std::vector<double> shift;  ///< by output channel
};

GreyConvolution ForGrey(const Tensor& colour, const Normalisation& normalisation) {
  const auto values = colour.ToFloat();
  const auto out = static_cast<std::size_t>(colour.shape[0]);
  const auto area = static_cast<std::size_t>(colour.shape[2] * colour.shape[3]);
  std::vector<float> weight(out * area);
  GreyConvolution grey;
  grey.shift.assign(out, 0);
  for (std::size_t o = 0; o < out; ++o) {
    for (std::size_t i = 0; i < area; ++i) {
      double sum = 0;
      for (std::size_t c = 0; c < 3; ++c) {
        const double scaled = values[(o * 3 + c) * area + i] / normalisation.deviation[c];
        sum += scaled;
        grey.shift[o] += scaled * normalisation.mean[c];
      }
      weight[o * area + i] = static_cast<float>(sum);
    }
  }
  grey.weight = Tensor::FromFloat({colour.shape[0], 1, colour.shape[2], colour.shape[3]}, weight);
  return grey;
}

bool IsColourVersion(const Tensor& tensor, const std::vector<std::int64_t>& wanted) {
  auto colour = wanted;
  if (colour.size() != 4 || colour[1] != 1) return false;
  colour[1] = 3;
  return tensor.shape == colour;
}

/// Without the prefixes that wrappers (DataParallel, Lightning, compile, smp's timm encoders) put
/// before names.
std::string StripWrapperPrefixes(std::string name) {
  for (bool again = true; again;) {
    again = false;
    for (const std::string prefix : {"module.", "_orig_mod.", "model."}) {
      if (!name.starts_with(prefix)) continue;
      name.erase(0, prefix.size());
      again = true;
    }
  }
  constexpr std::string_view kTimm = "encoder.model.";
  if (name.starts_with(kTimm)) name = "encoder." + name.substr(kTimm.size());
  return name;
}

NamedTensors ReadTensors(const std::filesystem::path& path) {
  NamedTensors tensors;
  if (path.extension() == ".safetensors") {
    auto file = ReadSafetensors(path);
    tensors.assign(std::make_move_iterator(file.tensors.begin()),
                   std::make_move_iterator(file.tensors.end()));
  } else {
    tensors = ReadTorchFile(path);
  }
  for (auto& [name, tensor] : tensors) name = StripWrapperPrefixes(name);
  return tensors;
}

std::string StripPrefix(const std::string& name) {
  constexpr std::string_view kEncoder = "encoder.";
  return name.starts_with(kEncoder) ? name.substr(kEncoder.size()) : name;
}

/// The tensor of each parameter by name, or null where there is none.
std::vector<const Tensor*> FindByName(const NamedTensors& tensors,
                                      const std::vector<Parameter>& wanted) {
  std::map<std::string, const Tensor*> named;
  for (const auto& [name, tensor] : tensors) named.emplace(StripPrefix(name), &tensor);
  std::vector<const Tensor*> found;
  for (const auto& parameter : wanted) {
    const auto at = named.find(StripPrefix(parameter.name));
    found.push_back(at == named.end() ? nullptr : at->second);
  }
  return found;
}

/// A tensor of the encoder's blocks that the network has not: the file is of a deeper network, or
/// one with attention. Empty where there is none; what follows the blocks is not used.
std::string FindUnusedTensors(const NamedTensors& tensors, const std::vector<Parameter>& wanted) {
  std::set<std::string> known;
  for (const auto& parameter : wanted) known.insert(StripPrefix(parameter.name));
  for (const auto& [name, tensor] : tensors) {
    const std::string bare = StripPrefix(name);
    const bool of_blocks = bare.starts_with("layer") || bare.starts_with("blocks.");
    if (of_blocks && !bare.ends_with("num_batches_tracked") && !known.count(bare)) return name;
  }
  return "";
}

/// Finds tensors in file order without the counters of batches; tensors after the encoder (the
/// classifier) are not used.
std::vector<const Tensor*> FindByOrder(const NamedTensors& tensors,
                                       const std::vector<Parameter>& wanted) {
  std::vector<const Tensor*> found;
  for (const auto& [name, tensor] : tensors) {
    if (found.size() < wanted.size() && !name.ends_with("num_batches_tracked"))
      found.push_back(&tensor);
  }
  found.resize(wanted.size(), nullptr);
  return found;
}

ImportedWeights FitEncoder(const Network& network, const NamedTensors& tensors,
                           bool in_file_order) {
  auto wanted = Parameters(network);
  std::erase_if(wanted, [](const Parameter& p) { return p.module != Module::kEncoder; });
  auto found = FindByName(tensors, wanted);
  // The packages' first convolution has a name of its own; a sorted safetensors file has no order.
  if (!IsResNet(network.options.encoder) && found.front() == nullptr && in_file_order)
    found = FindByOrder(tensors, wanted);

  ImportedWeights imported;
  imported.encoder = network.options.encoder;
  TensorMap& fitted = imported.weights;
  std::vector<double> shift;
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    const Parameter& parameter = wanted[i];
    const auto fail = [&](const std::string& problem) {
      throw Error(ErrorCode::kUnsupported, problem + " '" + parameter.name + "'", "",
                  "the weights are not of the encoder " + network.options.encoder);
    };
    if (found[i] == nullptr) fail("has no tensor for");
    if (IsColourVersion(*found[i], parameter.shape)) {
      auto grey = ForGrey(*found[i], FindNormalisation(network.options.encoder));
      fitted.emplace(parameter.name, std::move(grey.weight));
      shift = std::move(grey.shift);
      imported.from_colour = true;
    } else if (found[i]->shape == parameter.shape) {
      fitted.emplace(parameter.name, Tensor::FromFloat(parameter.shape, found[i]->ToFloat()));
    } else {
      fail(fmt::format("has a tensor of shape [{}] instead of [{}] for",
                       fmt::join(found[i]->shape, ", "), fmt::join(parameter.shape, ", ")));
    }
  }
  if (!shift.empty()) {
    Tensor& mean = fitted.at("encoder.bn1.running_mean");
    auto values = mean.ToFloat();
    for (std::size_t o = 0; o < values.size(); ++o)
      values[o] = static_cast<float>(values[o] + shift[o]);
    mean = Tensor::FromFloat(mean.shape, values);
  }
  // Where names had no meaning, the order and every shape have fitted.
  const bool by_name = FindByName(tensors, wanted).front() != nullptr;
  if (const std::string name = FindUnusedTensors(tensors, wanted); by_name && !name.empty()) {
    throw Error(ErrorCode::kUnsupported,
                "has a tensor '" + name + "' that the encoder does not have", "",
                "the weights are not of the encoder " + network.options.encoder);
  }
  return imported;
}

/// Channels of the decoder of segmentation_models.pytorch's U-Net in a file; empty where there is
/// none.
std::vector<int> DecoderChannels(const NamedTensors& tensors) {
  std::vector<int> channels;
  for (int block = 0; block < 5; ++block) {
    const std::string wanted = fmt::format("decoder.blocks.{}.conv1.0.weight", block);
    for (const auto& [name, tensor] : tensors) {
      if (name == wanted && tensor.shape.size() == 4)
        channels.push_back(static_cast<int>(tensor.shape[0]));
    }
  }
  if (channels.size() != 5) channels.clear();
  return channels;
}

void FitDecoder(const Network& network, const NamedTensors& tensors, ImportedWeights& imported) {
  std::map<std::string, const Tensor*> rest;
  for (const auto& [name, tensor] : tensors) {
    if (name.starts_with("decoder.") && !name.ends_with("num_batches_tracked"))
      rest.emplace(name, &tensor);
  }
  for (const auto& parameter : Parameters(network)) {
    if (parameter.module != Module::kDecoder) continue;
    const auto found = rest.find(parameter.name);
    if (found == rest.end() || found->second->shape != parameter.shape) {
      throw Error(ErrorCode::kUnsupported, "has no fitting tensor for '" + parameter.name + "'", "",
                  "the decoder is not the U-Net's of segmentation_models.pytorch");
    }
    imported.weights.emplace(parameter.name,
                             Tensor::FromFloat(parameter.shape, found->second->ToFloat()));
    rest.erase(found);
  }
  if (!rest.empty()) {
    throw Error(ErrorCode::kUnsupported,
                "has a tensor '" + rest.begin()->first + "' that the decoder does not have", "",
                "the decoder is not the U-Net's of segmentation_models.pytorch");
  }
  imported.decoder_channels = network.options.decoder_channels;
}

ImportedWeights Import(const NamedTensors& tensors, const std::string& encoder, bool sorted) {
  NetworkOptions options;
  options.encoder = encoder;
  const auto channels = DecoderChannels(tensors);
  if (!channels.empty()) options.decoder_channels = channels;
  const Network network = BuildNetwork(options);
  ImportedWeights imported = FitEncoder(network, tensors, !sorted);
  if (!channels.empty()) FitDecoder(network, tensors, imported);
  return imported;
}

ImportedWeights ImportMatchingTensors(const NamedTensors& tensors, bool sorted) {
  const auto names = EncoderNames();
  for (const auto& name : names) {
    NetworkOptions options;
    options.encoder = name;
    try {
      FitEncoder(BuildNetwork(options), tensors, !sorted);
    } catch (const Error&) {
      continue;
    }
    return Import(tensors, name, sorted);
  }
  throw Error(
      ErrorCode::kUnsupported, "does not contain the weights of a known encoder", "",
      fmt::format(
          "the known encoders are {}; --encoder NAME reports what is missing for one of them",
          fmt::join(names, ", ")));
}

/// Parts of a checkpoint that fit as a whole; the encoder must.
TensorMap FittingParts(const Network& network, Checkpoint checkpoint, const std::string& file) {
  if (checkpoint.network.encoder != network.options.encoder) {
    throw Error(ErrorCode::kUnsupported,
                fmt::format("is a checkpoint of the encoder {}", checkpoint.network.encoder), file,
                "the encoder of the recipe is " + network.options.encoder);
  }
  std::set<Module> misfits;
  for (const Parameter& parameter : Parameters(network)) {
    const auto found = checkpoint.weights.find(parameter.name);
    if (found == checkpoint.weights.end() || found->second.shape != parameter.shape)
      misfits.insert(parameter.module);
  }
  TensorMap weights;
  for (const Parameter& parameter : Parameters(network)) {
    if (misfits.count(parameter.module) == 0)
      weights.emplace(parameter.name, std::move(checkpoint.weights.at(parameter.name)));
  }
  return weights;
}

}  // namespace

ImportedWeights ImportWeights(const std::filesystem::path& path, const std::string& encoder) {
  try {
    const NamedTensors tensors = ReadTensors(path);
    const bool sorted = path.extension() == ".safetensors";
    return encoder.empty() ? ImportMatchingTensors(tensors, sorted)
                           : Import(tensors, encoder, sorted);
  } catch (const Error& e) {
    throw e.WithSubject(path.string());
  }
}

TensorMap ReadPretrained(const Network& network, const std::filesystem::path& path) {
  if (IsCheckpoint(path)) return FittingParts(network, ReadCheckpoint(path), path.string());
  if (network.options.encoder == kPixelHistogram) {
    throw Error(ErrorCode::kUnsupported, "is not a checkpoint of mhcnn-train", path.string(),
                "no other program has weights for the encoder pixel_histogram");
  }
  ImportedWeights imported = ImportWeights(path, network.options.encoder);
  if (imported.decoder_channels != network.options.decoder_channels ||
      !network.options.Has(Head::kSegmentation))
    std::erase_if(imported.weights, [](const auto& w) { return w.first.starts_with("decoder."); });
  return std::move(imported.weights);
}

}  // namespace mhcnn
