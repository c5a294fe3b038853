#include "mhcnn/model/builder.h"

namespace mhcnn {

int NetworkBuilder::Append(Op op, const std::string& name, std::vector<int> inputs,
                           int out_channels) {
  Layer layer;
  layer.op = op;
  layer.module = module_;
  layer.name = name;
  layer.in_channels = inputs.empty() ? 1 : Channels(inputs.front());
  layer.inputs = std::move(inputs);
  layer.out_channels = out_channels;
  network_.layers.push_back(std::move(layer));
  return static_cast<int>(network_.layers.size()) - 1;
}

int NetworkBuilder::Input() { return Append(Op::kInput, "image", {}, 1); }

int NetworkBuilder::Conv(const std::string& name, int input, int out_channels, int kernel,
                         int stride, std::array<int, 4> pads, int groups, bool bias) {
  const int index = Append(Op::kConv2d, name, {input}, out_channels);
  Last().kernel = kernel;
  Last().stride = stride;
  Last().pads = pads;
  Last().groups = groups;
  Last().bias = bias;
  return index;
}

int NetworkBuilder::BatchNorm(const std::string& name, int input, double epsilon) {
  const int index = Append(Op::kBatchNorm, name, {input}, Channels(input));
  Last().epsilon = epsilon;
  return index;
}

int NetworkBuilder::Relu(const std::string& name, int input) {
  return Append(Op::kRelu, name, {input}, Channels(input));
}

int NetworkBuilder::Relu6(const std::string& name, int input) {
  return Append(Op::kRelu6, name, {input}, Channels(input));
}

int NetworkBuilder::MaxPool(const std::string& name, int input, int kernel, int stride, int pad) {
  const int index = Append(Op::kMaxPool, name, {input}, Channels(input));
  Last().kernel = kernel;
  Last().stride = stride;
  Last().pads = {pad, pad, pad, pad};
  return index;
}

int NetworkBuilder::Add(const std::string& name, int a, int b) {
  return Append(Op::kAdd, name, {a, b}, Channels(a));
}

int NetworkBuilder::Concat(const std::string& name, int a, int b) {
  return Append(Op::kConcat, name, {a, b}, Channels(a) + Channels(b));
}

int NetworkBuilder::Upsample2x(const std::string& name, int input) {
  return Append(Op::kUpsample2x, name, {input}, Channels(input));
}

int NetworkBuilder::GlobalAvgPool(const std::string& name, int input) {
  return Append(Op::kGlobalAvgPool, name, {input}, Channels(input));
}

int NetworkBuilder::Dropout(const std::string& name, int input, double probability) {
  const int index = Append(Op::kDropout, name, {input}, Channels(input));
  Last().probability = probability;
  return index;
}

int NetworkBuilder::Linear(const std::string& name, int input, int out_channels) {
  const int index = Append(Op::kLinear, name, {input}, out_channels);
  Last().bias = true;
  return index;
}

int NetworkBuilder::Sigmoid(const std::string& name, int input) {
  return Append(Op::kSigmoid, name, {input}, Channels(input));
}

int NetworkBuilder::Channel(const std::string& name, int input, int channel) {
  const int index = Append(Op::kChannel, name, {input}, 1);
  Last().channel = channel;
  return index;
}

int NetworkBuilder::Histogram(const std::string& name, int input, int bins, double low,
                              double high) {
  const int index = Append(Op::kHistogram, name, {input}, bins);
  Last().low = low;
  Last().high = high;
  return index;
}

}  // namespace mhcnn
