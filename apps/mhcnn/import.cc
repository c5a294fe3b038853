#include <fmt/format.h>
#include <fmt/ranges.h>

#include <filesystem>
#include <memory>

#include "command.h"
#include "mhcnn/model/pretrained.h"
#include "mhcnn/model/safetensors.h"

namespace mhcnn::cli {
namespace {

namespace fs = std::filesystem;

struct Arguments {
  fs::path input, output;
  std::string encoder;
};

int Run(const Arguments& arguments) {
  ImportedWeights imported = ImportWeights(arguments.input, arguments.encoder);
  SafetensorsFile file;
  file.tensors = std::move(imported.weights);
  file.metadata = {{"mhcnn.encoder", imported.encoder},
                   {"mhcnn.source", arguments.input.filename().string()}};
  WriteSafetensors(arguments.output, file);
  std::string decoder;
  if (!imported.decoder_channels.empty())
    decoder = fmt::format(", decoder [{}]", fmt::join(imported.decoder_channels, ", "));
  fmt::print("{}: {}{}{}, {} tensors; next: name it as training.pretrained in a recipe\n",
             arguments.output.string(), imported.encoder,
             imported.from_colour ? " (colours summed to grey)" : "", decoder, file.tensors.size());
  return kSuccess;
}

}  // namespace

void AddImport(CLI::App& app, int& status) {
  auto arguments = std::make_shared<Arguments>();
  CLI::App* command = app.add_subcommand("import",
                                         "convert weights of torchvision, timm or "
                                         "segmentation_models.pytorch to start a training from");
  command
      ->add_option("weights", arguments->input,
                   "file of weights: .pth of torch.save, or .safetensors")
      ->required();
  command->add_option("-o,--output", arguments->output, "safetensors file to write")->required();
  command->add_option(
      "--encoder", arguments->encoder,
      "encoder of the weights: resnet18, …, efficientnet_lite2 (default: the one that fits)");
  command->callback([arguments, &status] { status = Run(*arguments); });
}

}  // namespace mhcnn::cli
