#include "mhcnn/train/network_service.h"

#include <fmt/format.h>
#include <torch/torch.h>

#include <cstring>

#include "mhcnn/base/error.h"
#include "mhcnn/base/message_socket.h"

namespace mhcnn {
namespace {

/// The floats of one picture in the host's memory; empty where the network has no such output.
std::vector<float> ToInputImage(const torch::Tensor& batch, std::int64_t index) {
  if (!batch.defined()) return {};
  const torch::Tensor one = batch[index].to(torch::kFloat32).contiguous();
  const auto* values = one.data_ptr<float>();
  return {values, values + one.numel()};
}

class Service {
 public:
  Service(const Checkpoint& checkpoint, const NetworkServiceOptions& options)
      : options_(options),
        rows_(checkpoint.preprocess.input_height),
        columns_(checkpoint.preprocess.input_width),
        forward_{.bf16 = options.bf16, .channels_last = true},
        network_(BuildNetwork(checkpoint.network)) {
    network_.Load(checkpoint.weights);
    network_.eval();
    network_.to(options.device);
    UseChannelsLast(network_);
  }

  Message Introduction() const {
    return {.text = fmt::format("LibTorch {} {}, {}", TORCH_VERSION, options_.device.str(),
                                options_.bf16 ? "bf16" : "f32"),
            .arrays = {{static_cast<float>(rows_), static_cast<float>(columns_)}}};
  }

  Message Answer(const Message& request) {
    const torch::Tensor images = Images(request);
    nn::Outputs outputs = RunForward(network_, images, forward_);
    if (outputs.segmentation.defined()) outputs.segmentation = outputs.segmentation.sigmoid();
    if (outputs.percent.defined()) outputs.percent = outputs.percent * 100;
    if (outputs.category.defined()) outputs.category = outputs.category.softmax(1);
    outputs = outputs.Cpu();
    Message answer;
    for (std::int64_t i = 0; i < images.size(0); ++i) {
      for (const auto& output :
           {outputs.segmentation, outputs.percent, outputs.category, outputs.features}) {
        answer.arrays.push_back(ToInputImage(output, i));
      }
    }
    return answer;
  }

 private:
  torch::Tensor Images(const Message& request) const {
    const auto size = static_cast<std::size_t>(rows_ * columns_);
    torch::Tensor images =
        torch::empty({static_cast<std::int64_t>(request.arrays.size()), 1, rows_, columns_});
    auto* values = images.data_ptr<float>();
    for (const auto& array : request.arrays) {
      if (array.size() != size) {
        throw Error(ErrorCode::kInternal, fmt::format("a picture has {} values, not {} x {}",
                                                      array.size(), rows_, columns_));
      }
      std::memcpy(values, array.data(), size * sizeof(float));
      values += size;
    }
    return images.to(options_.device);
  }

  NetworkServiceOptions options_;
  std::int64_t rows_, columns_;
  ForwardOptions forward_;
  nn::GraphModule network_;
};

}  // namespace

void ServeNetwork(const Checkpoint& checkpoint, const NetworkServiceOptions& options, int socket) {
  const torch::NoGradGuard no_grad;
  Service service(checkpoint, options);
  SendMessage(socket, service.Introduction());
  while (const auto request = ReceiveMessage(socket)) {
    Message answer;
    try {
      if (!request->arrays.empty()) answer = service.Answer(*request);
    } catch (const c10::OutOfMemoryError&) {
      answer = {.text = "the device has too little memory", .error = ErrorCode::kLimit};
    } catch (const std::exception& e) {
      answer = ToErrorMessage(e);
    }
    SendMessage(socket, answer);
  }
}

}  // namespace mhcnn
