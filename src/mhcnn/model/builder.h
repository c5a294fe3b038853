#pragma once

#include <string>
#include <vector>

#include "mhcnn/model/network.h"

namespace mhcnn {

/// Appends layers to a network; each call returns the new layer's index.
class NetworkBuilder {
 public:
  explicit NetworkBuilder(Network& network) : network_(network) {}

  void SetModule(Module module) { module_ = module; }
  int Channels(int layer) const {
    return network_.layers[static_cast<std::size_t>(layer)].out_channels;
  }

  int Input();
  /// `pads`: top, left, bottom, right.
  int Conv(const std::string& name, int input, int out_channels, int kernel, int stride,
           std::array<int, 4> pads, int groups = 1, bool bias = false);
  int BatchNorm(const std::string& name, int input, double epsilon = 1e-5);
  int Relu(const std::string& name, int input);
  int Relu6(const std::string& name, int input);
  int MaxPool(const std::string& name, int input, int kernel, int stride, int pad);
  int Add(const std::string& name, int a, int b);
  int Concat(const std::string& name, int a, int b);
  int Upsample2x(const std::string& name, int input);
  int GlobalAvgPool(const std::string& name, int input);
  int Dropout(const std::string& name, int input, double probability);
  int Linear(const std::string& name, int input, int out_channels);
  int Sigmoid(const std::string& name, int input);
  int Channel(const std::string& name, int input, int channel);
  int Histogram(const std::string& name, int input, int bins, double low, double high);

 private:
  int Append(Op op, const std::string& name, std::vector<int> inputs, int out_channels);
  Layer& Last() { return network_.layers.back(); }

  Network& network_;
  Module module_ = Module::kEncoder;
};

/// Feature layers of an encoder at 1/2, 1/4, 1/8, 1/16 and 1/32 of the input.
using Features = std::array<int, 5>;
bool IsResNet(const std::string& encoder);
Features BuildResNet(NetworkBuilder& builder, const std::string& encoder, int input);
Features BuildEfficientNetLite(NetworkBuilder& builder, const std::string& encoder, int input);
/// Those heads on the features that the network's options name; sets the network's outputs.
void BuildHeads(NetworkBuilder& builder, Network& network, const Features& features);
/// A classifier of four categories that sees one mask's probabilities (N, 1, H, W); gives logits.
int BuildMaskClassifier(NetworkBuilder& builder, int mask, double dropout);
/// The whole network of the encoder "pixel_histogram".
void BuildHistogramClassifier(NetworkBuilder& builder, Network& network, int input);

}  // namespace mhcnn
