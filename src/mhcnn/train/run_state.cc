#include "mhcnn/train/run_state.h"

#include <nlohmann/json.hpp>
#include <sstream>

#include "mhcnn/base/error.h"
#include "mhcnn/model/safetensors.h"

namespace mhcnn {
namespace {

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
                  const nn::AdamW& optimizer) {
  SafetensorsFile file;
  for (auto& [name, tensor] : network.Save()) file.tensors.emplace("weight." + name, tensor);
  if (average) {
    for (auto& [name, tensor] : average->Save()) file.tensors.emplace("average." + name, tensor);
  }
  nlohmann::json steps = nlohmann::json::object();
  for (const auto& [name, moments] : optimizer.moments()) {
    file.tensors.emplace("first." + name, nn::FromTorch(moments.first));
    file.tensors.emplace("second." + name, nn::FromTorch(moments.second));
    steps[name] = moments.steps.item<double>();
  }
  const RunPosition& p = state.position;
  file.metadata["position"] = nlohmann::json{
      {"phase", p.phase},
      {"epoch", p.epoch},
      {"step", p.step},
      {"epochs_done", p.epochs_done},
      {"steps_done", p.steps_done},
      {"sums", p.sums}}.dump();
  const PlateauTracker& w = state.watch;
  file.metadata["watch"] = nlohmann::json{
      {"epochs", w.epochs},
      {"since_best", w.since_best},
      {"since_cut", w.since_cut},
      {"best", w.best},
      {"rate_scale", w.rate_scale},
      {"improved", state.improved},
      {"events", state.events},
      {"log_variances", state.learned.log_variances},
      {"mask_log_variances", state.learned.mask_log_variances},
      {"reader_names", state.learned.reader_names},
      {"readers",
       state.learned.readers}}.dump();
  file.metadata["optimizer_steps"] = steps.dump();
  file.metadata["recipe"] = state.recipe;
  file.metadata["metrics"] = state.metrics;
  file.metadata["data"] = state.data;
  file.metadata["forward"] = state.forward;
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
    const auto watched = nlohmann::json::parse(file.metadata.at("watch"));
    PlateauTracker& w = state.watch;
    watched.at("epochs").get_to(w.epochs);
    watched.at("since_best").get_to(w.since_best);
    watched.at("since_cut").get_to(w.since_cut);
    watched.at("best").get_to(w.best);
    watched.at("rate_scale").get_to(w.rate_scale);
    watched.at("improved").get_to(state.improved);
    watched.at("events").get_to(state.events);
    watched.at("log_variances").get_to(state.learned.log_variances);
    state.learned.mask_log_variances = watched.value("mask_log_variances", std::vector<float>());
    state.learned.reader_names = watched.value("reader_names", std::vector<std::string>());
    state.learned.readers = watched.value("readers", std::vector<float>());
    state.recipe = file.metadata.at("recipe");
    state.metrics = file.metadata.at("metrics");
    state.data = file.metadata.at("data");
    state.forward = file.metadata.at("forward");
  } catch (const std::exception&) {
    throw Error(ErrorCode::kCorrupt, "is not the state of a training run", path.string(),
                "start over with --restart");
  }
  network.Load(WithPrefix(file.tensors, "weight."));
  if (average) average->Load(WithPrefix(file.tensors, "average."));
  return state;
}

void LoadOptimizer(const std::filesystem::path& path, nn::AdamW& optimizer) {
  const SafetensorsFile file = ReadSafetensors(path);
  try {
    const auto steps = nlohmann::json::parse(file.metadata.at("optimizer_steps"));
    for (const auto& [name, count] : steps.items()) {
      optimizer.SetMoments(name, nn::ToTorch(file.tensors.at("first." + name)),
                           nn::ToTorch(file.tensors.at("second." + name)), count.get<double>());
    }
  } catch (const Error& e) {
    throw e.WithSubject(path.string());
  } catch (const std::exception&) {
    throw Error(ErrorCode::kCorrupt, "contains no whole state of the optimiser", path.string(),
                "start over with --restart");
  }
}

std::string FirstDifference(const std::string& before, const std::string& now) {
  std::istringstream a(before), b(now);
  std::string x, y;
  while (true) {
    const bool more_a = static_cast<bool>(std::getline(a, x)),
               more_b = static_cast<bool>(std::getline(b, y));
    if (!more_a && !more_b) return "";
    if (!more_a) x = "(nothing)";
    if (!more_b) y = "(nothing)";
    if (x != y) return "was \"" + x + "\", now \"" + y + "\"";
  }
}

}  // namespace mhcnn
