#include "mhcnn/service/api/idempotent_request.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <exception>

#include "mhcnn/base/text.h"

namespace mhcnn {
namespace {

constexpr std::size_t kLongestKey = 255, kLargestAnswer = std::size_t{1} << 20;

}  // namespace

IdempotentRequest::IdempotentRequest(ThreadStores& stores, const HttpRequest& request,
                                     const std::string& who)
    : stores_(stores) {
  const bool given = std::any_of(request.fields.begin(), request.fields.end(),
                                 [](const auto& f) { return f.first == "idempotency-key"; });
  if (!given) return;
  const std::string key(request.Field("idempotency-key"));
  const bool visible =
      std::all_of(key.begin(), key.end(), [](char c) { return c > 0x20 && c < 0x7f; });
  if (key.empty() || key.size() > kLongestKey || !visible) {
    throw HttpError(400, "Idempotency-Key must be 1 to 255 visible characters");
  }
  key_ = Sha256Hex(request.method + "\n" + request.path + "\n" + who + "\n" + key);
  IdempotencyKeys::Found found = stores_.Mine().request_keys().Begin(key_);
  if (found.state == IdempotencyKeys::State::kInProgress) {
    throw HttpError(409, "a request with this Idempotency-Key is in progress",
                    {{"Retry-After", "5"}});
  }
  if (found.state == IdempotencyKeys::State::kNew) {
    held_ = true;
  } else {
    answer_ = Answer{std::move(found.request), std::move(found.body), found.status};
  }
  Add(request.query);
}

IdempotentRequest::~IdempotentRequest() {
  if (!held_) return;
  try {
    stores_.Mine().request_keys().Release(key_);
  } catch (const std::exception& e) {
    // The request counts as broken off after an hour.
    spdlog::error("web: {}", ToDisplayText(e.what()));
  }
}

void IdempotentRequest::Add(std::string_view bytes) {
  if (!key_.empty()) digest_.Add(bytes.data(), bytes.size());
}

HttpResponse IdempotentRequest::Replay() {
  if (digest_.Hex() != answer_->request) {
    throw HttpError(422, "this Idempotency-Key was used for another request; take a new key");
  }
  HttpResponse response;
  response.status = answer_->status;
  response.content_type = "application/json";
  response.body = answer_->body;
  return response;
}

void IdempotentRequest::Keep(const HttpResponse& response) {
  if (!held_ || response.status >= 500 || response.body.size() > kLargestAnswer) return;
  stores_.Mine().request_keys().Answer(key_, digest_.Hex(), response.status, response.body);
  held_ = false;
}

}  // namespace mhcnn
