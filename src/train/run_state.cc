#include "train/run_state.h"

#include <nlohmann/json.hpp>

#include "base/error.h"
#include "model/safetensors.h"

namespace mhcnn {
namespace {

using torch::optim::AdamWParamState;

AdamWParamState* StateOf(torch::optim::AdamW& optimizer, const torch::Tensor& parameter) {
  const auto found = optimizer.state().find(parameter.unsafeGetTensorImpl());
  return found == optimizer.state().end() ? nullptr
                                          : static_cast<AdamWParamState*>(found->second.get());
}

TensorMap WithPrefix(const TensorMap& tensors, const std::string& prefix) {
  TensorMap named;
  for (const auto& [name, tensor] : tensors) {
    if (name.starts_with(prefix)) named.emplace(name.substr(prefix.size()), tensor);
  }
  return named;
}

}  // namespace

void SaveRunState(const std::filesystem::path& path, const RunState& state,
                  const nn::GraphModule& network, const nn::GraphModule* average,
                  torch::optim::AdamW& optimizer) {
  SafetensorsFile file;
  for (auto& [name, tensor] : network.Save()) file.tensors.emplace("weight." + name, tensor);
  if (average) {
    for (auto& [name, tensor] : average->Save()) file.tensors.emplace("average." + name, tensor);
  }
  nlohmann::json steps = nlohmann::json::object();
  for (const auto& [name, parameter] : network.Trainable()) {
    const AdamWParamState* moments = StateOf(optimizer, parameter);
    if (!moments) continue;
    file.tensors.emplace("first." + name, nn::FromTorch(moments->exp_avg()));
    file.tensors.emplace("second." + name, nn::FromTorch(moments->exp_avg_sq()));
    steps[name] = moments->step();
  }
  const RunPosition& p = state.position;
  file.metadata["position"] = nlohmann::json{
      {"phase", p.phase},
      {"epoch", p.epoch},
      {"step", p.step},
      {"epochs_done", p.epochs_done},
      {"steps_done", p.steps_done},
      {"sums", p.sums}}.dump();
  file.metadata["optimizer_steps"] = steps.dump();
  file.metadata["recipe"] = state.recipe;
  file.metadata["metrics"] = state.metrics;
  WriteSafetensors(path, file);
}

RunState LoadRunState(const std::filesystem::path& path, nn::GraphModule& network,
                      nn::GraphModule* average) {
  const SafetensorsFile file = ReadSafetensors(path);
  RunState state;
  try {
    const auto json = nlohmann::json::parse(file.metadata.at("position"));
    RunPosition& p = state.position;
    json.at("phase").get_to(p.phase);
    json.at("epoch").get_to(p.epoch);
    json.at("step").get_to(p.step);
    json.at("epochs_done").get_to(p.epochs_done);
    json.at("steps_done").get_to(p.steps_done);
    json.at("sums").get_to(p.sums);
    state.recipe = file.metadata.at("recipe");
    state.metrics = file.metadata.at("metrics");
  } catch (const std::exception&) {
    throw Error(ErrorCode::kCorrupt, "is not the state of a training run", path.string(),
                "start over with --restart");
  }
  network.Load(WithPrefix(file.tensors, "weight."));
  if (average) average->Load(WithPrefix(file.tensors, "average."));
  return state;
}

void LoadOptimizer(const std::filesystem::path& path, const nn::GraphModule& network,
                   torch::optim::AdamW& optimizer) {
  const SafetensorsFile file = ReadSafetensors(path);
  const auto steps = nlohmann::json::parse(file.metadata.at("optimizer_steps"));
  for (const auto& [name, parameter] : network.Trainable()) {
    if (!steps.contains(name)) continue;
    auto moments = std::make_unique<AdamWParamState>();
    moments->step(steps.at(name).get<std::int64_t>());
    // In the parameter's memory format, as the optimiser itself would make them.
    const auto like = [&](const std::string& key) {
      return torch::empty_like(parameter).detach().copy_(nn::ToTorch(file.tensors.at(key + name)));
    };
    moments->exp_avg(like("first."));
    moments->exp_avg_sq(like("second."));
    optimizer.state()[parameter.unsafeGetTensorImpl()] = std::move(moments);
  }
}

}  // namespace mhcnn
