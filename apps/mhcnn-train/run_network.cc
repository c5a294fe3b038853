#include "run_network.h"

#include <ATen/Parallel.h>
#include <torch/cuda.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <filesystem>

#include "mhcnn/base/error.h"
#include "mhcnn/base/message_socket.h"
#include "mhcnn/base/parallel.h"
#include "mhcnn/model/checkpoint.h"
#include "mhcnn/train/device.h"
#include "mhcnn/train/network_service.h"

namespace mhcnn {
namespace {

/// Reads "cpu", "cuda" or "cuda:1".
c10::Device ParseDevice(const std::string& word) {
  if (word == "cpu") return c10::kCPU;
  int index = 0;
  if (word.starts_with("cuda:")) {
    const std::string number = word.substr(5);
    if (number.empty() || number.size() > 2 ||
        number.find_first_not_of("0123456789") != std::string::npos) {
      throw Error(ErrorCode::kUsage, "is not a CUDA device", "--device " + word, "give cuda:0");
    }
    index = std::stoi(number);
  } else if (word != "cuda") {
    throw Error(ErrorCode::kUsage, "is not known", "--device " + word, "give cpu, cuda or cuda:0");
  }
  const c10::Device found = ChooseDevice(TrainingDevice::kCuda, index);
  if (found.index() != index) {  // it accepts ranks, which may exceed the devices
    throw Error(ErrorCode::kUsage,
                "there are only " + std::to_string(torch::cuda::device_count()) + " CUDA devices",
                "--device " + word, "give a smaller number");
  }
  return found;
}

}  // namespace

int RunNetwork(int argc, char** argv) {
  CLI::App app{"Runs the network of a checkpoint for mhcnn, over the socket on standard input.",
               "mhcnn-train network"};
  std::filesystem::path checkpoint;
  std::string device = "cuda";
  int threads = 0;
  bool bf16 = false;
  app.add_option("checkpoint", checkpoint, "checkpoint.safetensors of the network")->required();
  app.add_option("--device", device, "cpu, cuda or cuda:N");
  app.add_option("-j,--threads", threads, "number of threads (0: all processors)")
      ->check(CLI::Range(0, 1024));
  app.add_flag("--bf16", bf16, "calculate in bf16 in place of fp32");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& e) {
    return app.exit(e) == 0 ? 0 : 2;
  }
  // The process ends when the other program closes the socket, also when both get the same signal.
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) std::signal(signal, SIG_IGN);
  setenv("NVIDIA_TF32_OVERRIDE", "0", 1);  // fp32 without TF32, as on processors
  try {
    at::set_num_threads(threads > 0 ? threads : AvailableThreads());
    ServeNetwork(ReadCheckpoint(checkpoint), {.device = ParseDevice(device), .bf16 = bf16},
                 STDIN_FILENO);
    return 0;
  } catch (const std::exception& e) {
    const Message message = ToErrorMessage(e);
    try {
      SendMessage(STDIN_FILENO, message);
    } catch (const Error&) {
      // Standard input is not a socket, or nobody listens.
      std::fprintf(stderr, "error: %s\n", message.text.c_str());
    }
    return 1;
  }
}

}  // namespace mhcnn
