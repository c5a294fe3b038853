#include "mhcnn/base/message_socket.h"

#include <gmock/gmock.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <thread>

#include "mhcnn/base/file_descriptor.h"
#include "mhcnn/testing/error_message.h"

namespace mhcnn {
namespace {

using ::testing::HasSubstr;

struct Ends {
  Ends() { EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM, 0, fds.data()), 0); }
  ~Ends() {
    Close(0);
    Close(1);
  }
  Ends(const Ends&) = delete;
  Ends& operator=(const Ends&) = delete;
  void Close(std::size_t i) {
    if (fds[i] >= 0) ::close(fds[i]);
    fds[i] = -1;
  }
  std::array<int, 2> fds{-1, -1};
};

TEST(MessageSocket, SendsTextAndArrays) {
  Ends ends;
  // Larger than the socket's buffer, so that the sender waits for the receiver.
  Message message{.text = "two arrays", .arrays = {std::vector<float>(2'000'000, 0.5f), {}, {1}}};
  message.arrays[0].back() = 7;
  std::thread sender([&] {
    SendMessage(ends.fds[0], message);
    SendMessage(ends.fds[0], ToErrorMessage(Error(ErrorCode::kUsage, "no such device", "cuda")));
    ends.Close(0);
  });
  const auto first = ReceiveMessage(ends.fds[1]);
  const auto second = ReceiveMessage(ends.fds[1]);
  sender.join();
  ASSERT_TRUE(first && second);
  EXPECT_EQ(first->text, "two arrays");
  EXPECT_FALSE(first->error);
  EXPECT_EQ(first->arrays, message.arrays);
  EXPECT_EQ(second->text, "cuda: no such device");
  EXPECT_EQ(second->error, ErrorCode::kUsage);
  EXPECT_TRUE(second->arrays.empty());
  EXPECT_FALSE(ReceiveMessage(ends.fds[1]));  // the end
}

TEST(MessageSocket, AnErrorIsOneLine) {
  const Message message = ToErrorMessage(std::runtime_error("first line\nsecond line"));
  EXPECT_EQ(message.text, "first line");
  EXPECT_EQ(message.error, ErrorCode::kInternal);
}

TEST(MessageSocket, ReportsClosedPeer) {
  Ends ends;
  const std::array<char, 3> part{'M', 'H', 'N'};
  ASSERT_EQ(::write(ends.fds[0], part.data(), part.size()), 3);
  ends.Close(0);
  EXPECT_THAT(testing_support::ErrorMessage([&] { ReceiveMessage(ends.fds[1]); }, ErrorCode::kIo),
              HasSubstr("in the middle of a message"));
  EXPECT_THAT(testing_support::ErrorMessage([&] { SendMessage(ends.fds[1], {.text = "hello"}); },
                                            ErrorCode::kIo),
              HasSubstr("is lost"));
}

TEST(MessageSocket, RejectsMalformedMessage) {
  const auto sent = [](std::vector<std::uint64_t> words) {
    Ends ends;
    EXPECT_GT(::write(ends.fds[0], words.data(), words.size() * 8), 0);
    ends.Close(0);
    return testing_support::ErrorMessage([&] { ReceiveMessage(ends.fds[1]); }, ErrorCode::kCorrupt);
  };
  constexpr std::uint64_t kMagic = 0x314e484d;
  EXPECT_THAT(sent({0x20726f727265, 0, 0}), HasSubstr("no message"));
  EXPECT_THAT(sent({kMagic, std::uint64_t{1} << 40, 0}), HasSubstr("no message"));
  EXPECT_THAT(sent({kMagic, 0, std::uint64_t{1} << 40}), HasSubstr("no message"));
  EXPECT_THAT(sent({kMagic | std::uint64_t{99} << 32, 0, 0}), HasSubstr("no message"));
  EXPECT_THAT(sent({kMagic, 0, 2, std::uint64_t{1} << 28, std::uint64_t{1} << 28}),
              HasSubstr("no message"));
}

}  // namespace
}  // namespace mhcnn
