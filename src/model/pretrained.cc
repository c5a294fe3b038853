#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "base/error.h"
#include "model/builder.h"
#include "model/checkpoint.h"
#include "model/safetensors.h"
#include "model/torch_file.h"

namespace mhcnn {
namespace {

using NamedTensors = std::vector<std::pair<std::string, Tensor>>;

/// How pictures of 0..1 were normalised, per colour, when the weights were trained.
struct Normalisation {
  std::array<double, 3> mean, deviation;
};

Normalisation NormalisationOf(const std::string& encoder) {
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

NamedTensors ReadTensors(const std::filesystem::path& path) {
  if (path.extension() != ".safetensors") return ReadLegacyTorchFile(path);
  auto file = ReadSafetensors(path);
  return {std::make_move_iterator(file.tensors.begin()),
          std::make_move_iterator(file.tensors.end())};
}

/// The tensor of each parameter by name, or null where there is none.
std::vector<const Tensor*> FindByName(const NamedTensors& tensors,
                                      const std::vector<Parameter>& wanted) {
  std::vector<const Tensor*> found;
  for (const auto& parameter : wanted) {
    const std::string bare = parameter.name.substr(std::string("encoder.").size());
    const auto at = std::find_if(tensors.begin(), tensors.end(), [&](const auto& named) {
      return named.first == bare || named.first == parameter.name;
    });
    found.push_back(at == tensors.end() ? nullptr : &at->second);
  }
  return found;
}

/// In file order without the counters of batches; what follows the encoder (the classifier) is not
/// used.
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

TensorMap Fit(const Network& network, const NamedTensors& tensors, bool in_file_order) {
  auto wanted = Parameters(network);
  std::erase_if(wanted, [](const Parameter& p) { return p.part != Part::kEncoder; });
  auto found = FindByName(tensors, wanted);
  // The packages' first convolution has a name of its own; a sorted safetensors file has no order.
  if (!IsResNet(network.options.encoder) && found.front() == nullptr && in_file_order)
    found = FindByOrder(tensors, wanted);

  TensorMap fitted;
  std::vector<double> shift;
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    const Parameter& parameter = wanted[i];
    const auto fail = [&](const std::string& problem) {
      throw Error(ErrorCode::kUnsupported, problem + " '" + parameter.name + "'", "",
                  "the weights are not of the encoder " + network.options.encoder);
    };
    if (found[i] == nullptr) fail("has no tensor for");
    if (IsColourVersion(*found[i], parameter.shape)) {
      auto grey = ForGrey(*found[i], NormalisationOf(network.options.encoder));
      fitted.emplace(parameter.name, std::move(grey.weight));
      shift = std::move(grey.shift);
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
  return fitted;
}

}  // namespace

TensorMap ReadPretrainedEncoder(const Network& network, const std::filesystem::path& path) {
  try {
    const bool sorted = path.extension() == ".safetensors";
    return Fit(network, ReadTensors(path), !sorted);
  } catch (const Error& e) {
    throw e.WithSubject(path.string());
  }
}

}  // namespace mhcnn
