#pragma once

#include <chrono>
#include <cstddef>
#include <mutex>
#include <string>

namespace mhcnn {

/// Progress of a long operation, shown on standard error: on a terminal as one line that is redrawn
/// in place with rate and time left; elsewhere as a plain line every ten seconds; not at all where
/// the log shows warnings only. Thread-safe.
class Progress {
 public:
  /// Starts with nothing done of `total`; `label` begins the line and `unit` names what is counted.
  Progress(std::string label, std::size_t total, std::string unit = "images");
  ~Progress();
  /// Counts `n` more done; `note` follows the figures, e.g. the losses.
  void Advance(std::size_t n = 1, const std::string& note = {});
  /// Counts one item that an earlier run finished: it does not enter the rate.
  void Skip();
  /// Draws the last line; later calls do nothing. The destructor calls it.
  void Finish();

 private:
  void Draw(bool last);

  using Clock = std::chrono::steady_clock;
  std::mutex mutex_;
  std::string label_, unit_, note_;
  std::size_t total_, done_ = 0, skipped_ = 0;
  bool terminal_, finished_ = false;
  Clock::time_point start_, drawn_;
};

/// Returns a time as "3:07" or "2:03:07".
std::string FormatDuration(double seconds);

}  // namespace mhcnn
