#include "mhcnn/base/json.h"

#include <nlohmann/json.hpp>
#include <string>

#include "mhcnn/base/error.h"

namespace mhcnn {
namespace {

constexpr int kMaxNesting = 64;

}  // namespace

nlohmann::json ParseJson(std::string_view text) {
  const auto shallow = [](int depth, nlohmann::json::parse_event_t, nlohmann::json&) {
    if (depth > kMaxNesting) throw Error(ErrorCode::kCorrupt, "is JSON nested too deeply");
    return true;
  };
  try {
    return nlohmann::json::parse(text, shallow);
  } catch (const nlohmann::json::exception& e) {
    throw Error(ErrorCode::kCorrupt, std::string("is not JSON: ") + e.what());
  }
}

}  // namespace mhcnn
