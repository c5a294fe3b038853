#include "mhcnn/model/network_options.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "mhcnn/base/error.h"
#include "mhcnn/base/options.h"

namespace mhcnn {
namespace {

[[noreturn]] void BadField(const std::string& field, const std::string& problem,
                           const std::string& remedy = "") {
  throw Error(ErrorCode::kUsage, "network." + field + " " + problem, "", remedy);
}

constexpr std::array kHeads = {"segmentation", "regression", "classification"};
constexpr std::array kDecoders = {"shared", "per_mask"};
constexpr std::array kCategorySources = {"features", "dense_mask"};

/// Index of a word among the words of an enumeration.
template <std::size_t N>
std::size_t Find(const std::string& field, const std::string& word,
                 const std::array<const char*, N>& words) {
  const auto found = std::find(words.begin(), words.end(), word);
  if (found != words.end()) return static_cast<std::size_t>(found - words.begin());
  const std::string nearest = Nearest(word, {words.begin(), words.end()});
  BadField(field, "'" + word + "' is not known",
           nearest.empty() ? "" : "did you mean '" + nearest + "'?");
}

void CheckHeads(const NetworkOptions& o) {
  if (o.heads.empty()) BadField("heads", "is empty");
  for (const Head head : o.heads) {
    if (std::count(o.heads.begin(), o.heads.end(), head) > 1)
      BadField("heads", std::string("names '") + HeadName(head) + "' twice");
  }
  const bool dense = o.Has(Head::kSegmentation) && o.MaskIndex("dense") >= 0;
  if (o.decoders == Decoders::kPerMask && !(dense && o.masks.size() > 1)) {
    BadField("decoders", "'per_mask' needs the head 'segmentation' with 'dense' and another mask");
  }
  if (o.category_from == CategorySource::kDenseMask && !(dense && o.Has(Head::kClassification))) {
    BadField("category_from",
             "'dense_mask' needs the heads 'segmentation', with the mask 'dense', and "
             "'classification'");
  }
  if (o.encoder == kPixelHistogram && o.heads != std::vector{Head::kClassification}) {
    BadField("heads", "must be [\"classification\"] with the encoder pixel_histogram",
             "a histogram does not say where a grey value lies");
  }
}

}  // namespace

const char* HeadName(Head head) { return kHeads.at(static_cast<std::size_t>(head)); }
Head ParseHead(const std::string& name) { return static_cast<Head>(Find("heads", name, kHeads)); }

const char* DecodersName(Decoders decoders) {
  return kDecoders.at(static_cast<std::size_t>(decoders));
}
Decoders ParseDecoders(const std::string& word) {
  return static_cast<Decoders>(Find("decoders", word, kDecoders));
}

const char* CategorySourceName(CategorySource source) {
  return kCategorySources.at(static_cast<std::size_t>(source));
}
CategorySource ParseCategorySource(const std::string& word) {
  return static_cast<CategorySource>(Find("category_from", word, kCategorySources));
}

std::vector<std::string> EncoderNames() {
  return {"resnet18",           "resnet34",           "resnet50",          "resnet101",
          "efficientnet_lite0", "efficientnet_lite1", "efficientnet_lite2"};
}

bool NetworkOptions::Has(Head head) const {
  return std::find(heads.begin(), heads.end(), head) != heads.end();
}

int NetworkOptions::MaskIndex(const std::string& mask) const {
  const auto found = std::find(masks.begin(), masks.end(), mask);
  return found == masks.end() ? -1 : static_cast<int>(found - masks.begin());
}

void NetworkOptions::Check() const {
  auto names = EncoderNames();
  names.emplace_back(kPixelHistogram);
  if (std::find(names.begin(), names.end(), encoder) == names.end()) {
    const std::string nearest = Nearest(encoder, names);
    BadField("encoder", "'" + encoder + "' is not known",
             nearest.empty() ? "" : "did you mean '" + nearest + "'?");
  }
  if (decoder_channels.size() != 5) BadField("decoder_channels", "must be five numbers");
  for (const int channels : decoder_channels) {
    if (channels < 1 || channels > 4096) BadField("decoder_channels", "must lie in 1..4096");
  }
  if (masks.empty() || masks.size() > 64) BadField("masks", "must name 1 to 64 masks");
  if (!(dropout >= 0 && dropout < 1)) BadField("dropout", "must lie in 0..1");
  CheckHeads(*this);
}

void to_json(nlohmann::json& json, const NetworkOptions& o) {
  std::vector<std::string> heads;
  for (const Head head : o.heads) heads.emplace_back(HeadName(head));
  json = {{"encoder", o.encoder},
          {"decoder_channels", o.decoder_channels},
          {"masks", o.masks},
          {"dropout", o.dropout},
          {"heads", heads},
          {"decoders", DecodersName(o.decoders)},
          {"category_from", CategorySourceName(o.category_from)}};
}

void from_json(const nlohmann::json& json, NetworkOptions& o) {
  o = NetworkOptions();  // files written before there were heads hold networks with the defaults
  try {
    json.at("encoder").get_to(o.encoder);
    json.at("decoder_channels").get_to(o.decoder_channels);
    json.at("masks").get_to(o.masks);
    json.at("dropout").get_to(o.dropout);
    if (json.contains("heads")) {
      o.heads.clear();
      for (const auto& head : json["heads"].get<std::vector<std::string>>())
        o.heads.push_back(ParseHead(head));
    }
    if (json.contains("decoders")) o.decoders = ParseDecoders(json["decoders"]);
    if (json.contains("category_from"))
      o.category_from = ParseCategorySource(json["category_from"]);
  } catch (const Error& e) {
    throw Error(ErrorCode::kCorrupt, std::string("network options cannot be read: ") + e.what());
  } catch (const nlohmann::json::exception& e) {
    throw Error(ErrorCode::kCorrupt, std::string("network options cannot be read: ") + e.what());
  }
}

}  // namespace mhcnn
