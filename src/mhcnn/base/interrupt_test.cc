#include "mhcnn/base/interrupt.h"

#include <gtest/gtest.h>

#include <csignal>
#include <cstdlib>

#include "mhcnn/base/error.h"

// Each case runs in a process of its own: the flag stays set.
namespace mhcnn {
namespace {

/// Raises a signal once. Exits 0 if the flag is then set and ThrowIfInterrupted() throws
/// kInterrupted.
[[noreturn]] void ExitAfterOne(int signal_number) {
  CatchInterrupts();
  if (Interrupted()) std::_Exit(1);
  ThrowIfInterrupted();
  std::raise(signal_number);
  if (!Interrupted()) std::_Exit(2);
  try {
    ThrowIfInterrupted();
  } catch (const Error& e) {
    std::_Exit(e.code() == ErrorCode::kInterrupted ? 0 : 3);
  }
  std::_Exit(4);
}

[[noreturn]] void ExitAfterTwo(int signal_number) {
  CatchInterrupts();
  std::raise(signal_number);
  std::raise(signal_number);
  std::_Exit(0);
}

TEST(InterruptDeathTest, FirstSignalOnlySetsTheFlag) {
  EXPECT_FALSE(Interrupted());
  EXPECT_NO_THROW(ThrowIfInterrupted());
  for (const int signal_number : {SIGINT, SIGTERM, SIGHUP}) {
    EXPECT_EXIT(ExitAfterOne(signal_number), ::testing::ExitedWithCode(0), "") << signal_number;
  }
}

TEST(InterruptDeathTest, SecondSignalEndsTheProcess) {
  for (const int signal_number : {SIGINT, SIGTERM}) {
    EXPECT_EXIT(ExitAfterTwo(signal_number), ::testing::KilledBySignal(signal_number), "");
  }
  EXPECT_EXIT(ExitAfterTwo(SIGHUP), ::testing::ExitedWithCode(0), "");
}

}  // namespace
}  // namespace mhcnn
