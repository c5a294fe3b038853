#include "mhcnn/jobs/utc_time.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

namespace mhcnn {
namespace {

/// The number of `count` digits at a place; nothing where there are none.
std::optional<int> Digits(std::string_view text, std::size_t at, std::size_t count) {
  if (text.size() < at + count) return std::nullopt;
  int number = 0;
  for (const char c : text.substr(at, count)) {
    if (c < '0' || c > '9') return std::nullopt;
    number = 10 * number + (c - '0');
  }
  return number;
}

}  // namespace

std::string ToUtcText(StoreTime time) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(time);
  return fmt::format("{:%Y-%m-%dT%H:%M:%S}.{:03}Z",
                     fmt::gmtime(std::chrono::system_clock::to_time_t(seconds)),
                     (time - seconds).count());
}

std::optional<StoreTime> ParseUtc(std::string_view text) {
  using namespace std::chrono;
  const auto year = Digits(text, 0, 4), month = Digits(text, 5, 2), day = Digits(text, 8, 2);
  if (!year || !month || !day || text[4] != '-' || text[7] != '-') return std::nullopt;
  const year_month_day date{std::chrono::year(*year),
                            std::chrono::month(static_cast<unsigned>(*month)),
                            std::chrono::day(static_cast<unsigned>(*day))};
  if (!date.ok()) return std::nullopt;
  const StoreTime midnight = sys_days(date);
  if (text.size() == 10) return midnight;
  const auto hour = Digits(text, 11, 2), minute = Digits(text, 14, 2), second = Digits(text, 17, 2);
  if (!hour || !minute || !second || text[10] != 'T' || text[13] != ':' || text[16] != ':' ||
      *hour > 23 || *minute > 59 || *second > 59) {
    return std::nullopt;
  }
  const StoreTime moment = midnight + hours(*hour) + minutes(*minute) + seconds(*second);
  if (text.substr(19) == "Z") return moment;
  const auto fraction = Digits(text, 20, 3);
  if (text.size() != 24 || text[19] != '.' || !fraction || text[23] != 'Z') return std::nullopt;
  return moment + milliseconds(*fraction);
}

}  // namespace mhcnn
