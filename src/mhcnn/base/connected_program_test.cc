#include "mhcnn/base/connected_program.h"

#include <gmock/gmock.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <csignal>

#include "mhcnn/testing/error_message.h"

namespace mhcnn {
namespace {

using ::testing::HasSubstr;
using testing_support::ErrorMessage;

TEST(ConnectedProgram, TalksOverItsStandardInput) {
  pid_t pid = 0;
  {
    // The shell's standard input is the socket, and open for writing too.
    const ConnectedProgram program({"/bin/sh", "-c", "read word; echo \"heard $word\" >&0"});
    pid = program.pid();
    ASSERT_EQ(::send(program.socket(), "this\n", 5, 0), 5);
    std::array<char, 64> answer{};
    EXPECT_EQ(::recv(program.socket(), answer.data(), answer.size(), 0), 11);
    EXPECT_STREQ(answer.data(), "heard this\n");
  }
  EXPECT_EQ(::kill(pid, 0), -1);  // it has ended and was waited for
}

TEST(ConnectedProgram, EndsWhenTheSocketIsClosed) {
  const auto start = std::chrono::steady_clock::now();
  pid_t pid = 0;
  {
    const ConnectedProgram program({"/bin/cat"});
    pid = program.pid();
    EXPECT_NE(::getpgid(pid), ::getpgid(0));  // Ctrl-C does not reach it
  }
  EXPECT_EQ(::kill(pid, 0), -1);
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(4));
}

TEST(ConnectedProgram, ReportsMissingProgram) {
  EXPECT_THAT(ErrorMessage([] { ConnectedProgram({"/no/such/program"}); }, ErrorCode::kIo),
              HasSubstr("/no/such/program: cannot be started"));
}

}  // namespace
}  // namespace mhcnn
