#include <fmt/format.h>

#include <cstring>
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>

#include "command.h"
#include "mhcnn/base/error.h"
#include "mhcnn/base/file.h"
#include "mhcnn/base/json.h"
#include "mhcnn/base/version.h"
#include "mhcnn/calibrate/learn_features.h"
#include "mhcnn/data/manifest.h"
#include "mhcnn/infer/backend.h"
#include "mhcnn/model/onnx/model_file.h"

namespace mhcnn::cli {
namespace {

namespace fs = std::filesystem;

struct Arguments {
  fs::path checkpoint, output;
  std::string name, version = Version();
  bool full_precision = false;
  fs::path features, weights, sets;
  int threads = 0;
};

/// Returns a copy with weights of 16 bits; statistics and biases, few and of any size, keep theirs.
Checkpoint Halved(Checkpoint checkpoint) {
  for (auto& [name, tensor] : checkpoint.weights) {
    if (tensor.shape.size() < 2 || tensor.dtype != DType::kFloat32) continue;
    const auto values = tensor.ToFloat();
    tensor.dtype = DType::kFloat16;
    tensor.bytes.resize(values.size() * sizeof(std::uint16_t));
    for (std::size_t i = 0; i < values.size(); ++i) {
      const std::uint16_t half = FloatToHalf(values[i]);
      std::memcpy(tensor.bytes.data() + i * sizeof half, &half, sizeof half);
    }
  }
  return checkpoint;
}

/// Adds the distribution of the features of the training images to the card of the model `path`.
void AddFeatures(const Arguments& arguments, const fs::path& path, nlohmann::json training) {
  const auto backend = Backend::Create({.model = path, .threads = arguments.threads});
  const LearnedDistributions learned =
      LearnDistributions(*backend, ReadManifest(arguments.features), arguments.threads);
  training["features"] = learned.features;
  if (!learned.inputs.empty()) training["inputs"] = learned.inputs;
  ReplaceCardPart(path, path, CardPart::kTraining, training);
}

int Run(const Arguments& arguments) {
  const Checkpoint checkpoint = ReadCheckpoint(arguments.checkpoint);
  ModelCard card;
  card.name = arguments.name.empty() ? arguments.output.stem().string() : arguments.name;
  card.version = arguments.version;
  card.masks = checkpoint.network.masks;
  card.categories = {"a", "b", "c", "d"};
  card.calibration = nlohmann::json::object();
  card.provenance =
      checkpoint.provenance.is_object() ? checkpoint.provenance : nlohmann::json::object();
  card.training = nlohmann::json::object();
  if (const auto data = card.provenance.find("data");
      data != card.provenance.end() && data->is_object()) {
    card.training = *data;
    data->erase("inputs");  // it is in card.training
  }
  if (!arguments.sets.empty()) {
    try {
      card.training["sets"] = ParseJson(ReadTextFile(arguments.sets));
    } catch (const Error& e) {
      throw e.WithSubject(arguments.sets.string());
    }
  }
  // Written under another name until it is complete: an error leaves an earlier file unchanged.
  const fs::path unfinished = fs::path(arguments.output) += ".tmp.onnx";
  try {
    WriteOnnxModel(unfinished, checkpoint, card, {.half = !arguments.full_precision});
    if (!arguments.features.empty()) AddFeatures(arguments, unfinished, card.training);
    fs::rename(unfinished, arguments.output);
  } catch (...) {
    std::error_code ignored;
    fs::remove(unfinished, ignored);
    throw;
  }
  if (!arguments.weights.empty()) WriteCheckpoint(arguments.weights, Halved(checkpoint));
  fmt::print("{}: {} {}, {}, {:.1f} MB\n", arguments.output.string(), card.name, card.version,
             checkpoint.network.encoder,
             static_cast<double>(fs::file_size(arguments.output)) / 1e6);
  return kSuccess;
}

}  // namespace

void AddExport(CLI::App& app, int& status) {
  auto arguments = std::make_shared<Arguments>();
  CLI::App* command =
      app.add_subcommand("export", "write a checkpoint as a self-contained ONNX model");
  command
      ->add_option("checkpoint", arguments->checkpoint, "checkpoint.safetensors of a training run")
      ->required();
  command->add_option("-o,--output", arguments->output, "ONNX file to write")->required();
  command->add_option("--name", arguments->name,
                      "name of the model (default: the name of the output file)");
  command
      ->add_option("--model-version", arguments->version,
                   "version of the model, shown with the results")
      ->capture_default_str();
  command->add_flag("--fp32", arguments->full_precision, "store weights in 32 bits instead of 16");
  command
      ->add_option(
          "--features", arguments->features,
          "manifest.csv of the training images: the model then contains the distribution of their "
          "features and reports the distance of another image from it (ood_score)")
      ->check(CLI::ExistingFile);
  command
      ->add_option(
          "--sets", arguments->sets,
          "JSON list of the data sets that the model was trained on, with their terms of use and "
          "readers; stored in the model")
      ->check(CLI::ExistingFile);
  command->add_option(
      "--weights", arguments->weights,
      "file to which the checkpoint is also written with 16-bit weights, for mhcnn train --from");
  command->add_option("-j,--threads", arguments->threads, "number of threads (0: all processors)")
      ->check(CLI::Range(0, 1024));
  command->callback([arguments, &status] { status = Run(*arguments); });
}

}  // namespace mhcnn::cli
