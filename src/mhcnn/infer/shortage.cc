#include "mhcnn/infer/shortage.h"

#include <algorithm>
#include <array>
#include <new>
#include <string_view>
#include <system_error>

namespace mhcnn {
namespace {

template <std::size_t kCount>
bool HasAny(std::string_view text, const std::array<const char*, kCount>& words) {
  return std::ranges::any_of(words, [&](const char* word) { return text.find(word) != text.npos; });
}

constexpr std::array kMemoryWords = {"bad_alloc", "Cannot allocate memory", "out of memory",
                                     "Insufficient memory"};
constexpr std::array kThreadWords = {"Resource temporarily unavailable"};

bool IsOutOfMemory(const std::exception& thrown) {
  if (dynamic_cast<const std::bad_alloc*>(&thrown)) return true;
  const auto* system = dynamic_cast<const std::system_error*>(&thrown);
  return (system && system->code() == std::errc::not_enough_memory) ||
         HasAny(thrown.what(), kMemoryWords);
}

bool IsOutOfThreads(const std::exception& thrown) {
  const auto* system = dynamic_cast<const std::system_error*>(&thrown);
  return (system && system->code() == std::errc::resource_unavailable_try_again) ||
         HasAny(thrown.what(), kThreadWords);
}

}  // namespace

std::optional<Error> ShortageError(const std::exception& thrown, const std::string& subject) {
  const char* remedy = "give the process more memory, or use fewer --threads";
  if (IsOutOfMemory(thrown))
    return Error(ErrorCode::kLimit, "more memory is needed than there is", subject, remedy);
  if (IsOutOfThreads(thrown)) {
    return Error(ErrorCode::kLimit,
                 "a thread could not be started: the limit of memory or of threads is reached",
                 subject, remedy);
  }
  return std::nullopt;
}

}  // namespace mhcnn
