#pragma once

// A DICOM peer written byte by byte, so that tests send what they mean, wrong things too, and judge
// the answers without the toolkit.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

namespace mhcnn::testing_support {

using Bytes = std::vector<std::uint8_t>;

/// A presentation context to propose; `scp`: with role selection as SCP alone.
struct ProposedContext {
  int id = 1;
  std::string abstract;
  std::vector<std::string> syntaxes{"1.2.840.10008.1.2"};
  bool scp = false;
};

/// Answer for a proposed context: 0 accepted, 3 abstract syntax, 4 transfer syntaxes.
struct AnsweredContext {
  int id = 0, result = -1;
  std::string syntax;
};

/// A PDU as it came: its type, -1 where the peer closed the connection, 0 where nothing came.
struct Pdu {
  int type = 0;
  Bytes body;
};

class DicomClient {
 public:
  explicit DicomClient(int port, const std::string& from = "127.0.0.1") {
    const bool six = from.find(':') != std::string::npos;
    fd_ = ::socket(six ? AF_INET6 : AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const int on = 1;
    ::setsockopt(fd_, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (!(six ? Join(Address6(from, 0), Address6("::1", port))
              : Join(Address(from, 0), Address("127.0.0.1", port)))) {
      ::close(fd_);
      throw std::runtime_error("cannot connect");
    }
  }
  ~DicomClient() { Close(); }
  DicomClient(const DicomClient&) = delete;
  DicomClient& operator=(const DicomClient&) = delete;
  void Close() {
    if (fd_ >= 0) ::close(fd_);
    fd_ = -1;
  }
  int fd() const { return fd_; }

  bool Send(const Bytes& bytes) {
    for (std::size_t done = 0; done < bytes.size();) {
      const auto n = ::send(fd_, bytes.data() + done, bytes.size() - done, MSG_NOSIGNAL);
      if (n <= 0) return false;
      done += static_cast<std::size_t>(n);
    }
    return true;
  }

  Pdu Read(std::chrono::milliseconds patience = std::chrono::seconds(20)) {
    Bytes head;
    const int got = ReadExactly(head, 6, patience);
    if (got != 1) return {got, {}};
    const std::size_t size = Big(head, 2);
    Pdu pdu{head[0], {}};
    if (ReadExactly(pdu.body, size, patience) != 1) return {-1, {}};
    return pdu;
  }

  static Bytes Request(const std::vector<ProposedContext>& contexts,
                       const std::string& calling = "TESTER", const std::string& called = "MHCNN",
                       const std::string& application = "1.2.840.10008.3.1.1.1") {
    Bytes body = {0, 1, 0, 0};
    Put(body, Padded(called));
    Put(body, Padded(calling));
    body.insert(body.end(), 32, 0);
    Put(body, Item(0x10, Text(application)));
    Bytes user = Item(0x51, {0, 0, 0x40, 0});
    Put(user, Item(0x52, Text("1.2.3.4")));
    for (const auto& context : contexts) {
      Bytes item = {static_cast<std::uint8_t>(context.id), 0, 0, 0};
      Put(item, Item(0x30, Text(context.abstract)));
      for (const auto& syntax : context.syntaxes) Put(item, Item(0x40, Text(syntax)));
      Put(body, Item(0x20, item));
      if (!context.scp) continue;
      Bytes role = {0, static_cast<std::uint8_t>(context.abstract.size())};
      Put(role, Text(context.abstract));
      Put(role, {0, 1});
      Put(user, Item(0x54, role));
    }
    Put(body, Item(0x50, user));
    return Wrapped(1, body);
  }

  /// Sends a request and returns the answer: 2 accepted, 3 rejected.
  Pdu Associate(const Bytes& request) {
    Send(request);
    Pdu answer = Read();
    contexts_.clear();
    if (answer.type != 2) return answer;
    for (std::size_t at = 68; at + 4 <= answer.body.size();) {
      const std::size_t size = answer.body[at + 2] * 256U + answer.body[at + 3];
      if (answer.body[at] == 0x21) {
        AnsweredContext context{answer.body[at + 4], answer.body[at + 6], {}};
        const std::size_t length = answer.body[at + 10] * 256U + answer.body[at + 11];
        const auto from = answer.body.begin() + static_cast<std::ptrdiff_t>(at) + 12;
        context.syntax.assign(from, from + static_cast<std::ptrdiff_t>(length));
        contexts_.push_back(context);
      }
      at += 4 + size;
    }
    return answer;
  }
  const std::vector<AnsweredContext>& contexts() const { return contexts_; }

  /// Makes one PDU of a message: control 3 last of command, 1 command, 2 last of data, 0 data.
  static Bytes Piece(int context, int control, const Bytes& data) {
    Bytes body;
    PutBig(body, static_cast<std::uint32_t>(data.size() + 2));
    body.push_back(static_cast<std::uint8_t>(context));
    body.push_back(static_cast<std::uint8_t>(control));
    Put(body, data);
    return Wrapped(4, body);
  }

  static Bytes Command(std::uint16_t field, const std::string& sop_class, bool with_data,
                       const std::string& sop_uid = {}, std::optional<int> event = {}) {
    Bytes set;
    PutElement(set, 0x0002, Even(sop_class));
    PutElement(set, 0x0100, Short(field));
    PutElement(set, 0x0110, Short(7));
    if (field == 1) PutElement(set, 0x0700, Short(0));
    PutElement(set, 0x0800, Short(with_data ? 0x0000 : 0x0101));
    if (!sop_uid.empty()) PutElement(set, 0x1000, Even(sop_uid));
    if (event) PutElement(set, 0x1002, Short(static_cast<std::uint16_t>(*event)));
    Bytes all;
    Bytes length;
    PutLittle(length, static_cast<std::uint32_t>(set.size()), 4);
    PutElement(all, 0x0000, length);
    Put(all, set);
    return all;
  }

  /// Returns the status of the next answer; nothing where none came. `comment`: its Error Comment.
  std::optional<int> Status(std::string* comment = nullptr) {
    const Pdu pdu = Read();
    if (pdu.type != 4 || pdu.body.size() < 6) return {};
    std::optional<int> status;
    for (std::size_t at = 6; at + 8 <= pdu.body.size();) {
      const std::uint32_t element = pdu.body[at + 2] | pdu.body[at + 3] << 8U;
      const std::uint32_t size = pdu.body[at + 4] | pdu.body[at + 5] << 8U;
      at += 8;
      if (element == 0x0900) status = pdu.body[at] | pdu.body[at + 1] << 8;
      if (element == 0x0902 && comment != nullptr) {
        comment->assign(pdu.body.begin() + static_cast<std::ptrdiff_t>(at),
                        pdu.body.begin() + static_cast<std::ptrdiff_t>(at + size));
      }
      at += size;
    }
    return status;
  }

  std::optional<int> Echo(int context = 1) {
    Send(Piece(context, 3, Command(0x0030, "1.2.840.10008.1.1", false)));
    return Status();
  }
  std::optional<int> Store(int context, const std::string& sop_class, const std::string& sop_uid,
                           const Bytes& data_set, std::string* comment = nullptr) {
    Send(Piece(context, 3, Command(0x0001, sop_class, true, sop_uid)));
    SendData(context, data_set);
    return Status(comment);
  }
  bool SendData(int context, const Bytes& data_set, bool last = true) {
    constexpr std::size_t kPiece = 16'000;
    for (std::size_t at = 0; at < data_set.size(); at += kPiece) {
      const std::size_t end = std::min(at + kPiece, data_set.size());
      const Bytes piece(data_set.begin() + static_cast<std::ptrdiff_t>(at),
                        data_set.begin() + static_cast<std::ptrdiff_t>(end));
      if (!Send(Piece(context, last && end == data_set.size() ? 2 : 0, piece))) return false;
    }
    return true;
  }
  /// Asks for the release and returns whether the peer agreed.
  bool Release() {
    Send(Wrapped(5, {0, 0, 0, 0}));
    return Read().type == 6;
  }

  static Bytes Wrapped(int type, const Bytes& body) {
    Bytes pdu = {static_cast<std::uint8_t>(type), 0};
    PutBig(pdu, static_cast<std::uint32_t>(body.size()));
    Put(pdu, body);
    return pdu;
  }

 private:
  template <typename T>
  bool Join(const T& own, const T& peer) {
    return ::bind(fd_, reinterpret_cast<const sockaddr*>(&own), sizeof own) == 0 &&
           ::connect(fd_, reinterpret_cast<const sockaddr*>(&peer), sizeof peer) == 0;
  }
  static sockaddr_in6 Address6(const std::string& text, int port) {
    sockaddr_in6 address{};
    address.sin6_family = AF_INET6;
    address.sin6_port = htons(static_cast<std::uint16_t>(port));
    ::inet_pton(AF_INET6, text.c_str(), &address.sin6_addr);
    return address;
  }
  static sockaddr_in Address(const std::string& text, int port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    ::inet_pton(AF_INET, text.c_str(), &address.sin_addr);
    return address;
  }
  /// Returns 1 where all came, 0 after the time, -1 where the peer closed.
  int ReadExactly(Bytes& into, std::size_t size, std::chrono::milliseconds patience) {
    const auto until = std::chrono::steady_clock::now() + patience;
    into.resize(size);
    for (std::size_t done = 0; done < size;) {
      const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
          until - std::chrono::steady_clock::now());
      pollfd wait{fd_, POLLIN, 0};
      if (left.count() <= 0 || ::poll(&wait, 1, static_cast<int>(left.count())) <= 0) return 0;
      const auto n = ::recv(fd_, into.data() + done, size - done, 0);
      if (n <= 0) return -1;
      done += static_cast<std::size_t>(n);
    }
    return 1;
  }
  static std::uint32_t Big(const Bytes& b, std::size_t at) {
    return std::uint32_t{b[at]} << 24 | std::uint32_t{b[at + 1]} << 16 |
           std::uint32_t{b[at + 2]} << 8 | b[at + 3];
  }
  static void PutBig(Bytes& out, std::uint32_t value) {
    for (int i = 3; i >= 0; --i) out.push_back(static_cast<std::uint8_t>(value >> (8 * i)));
  }
  static void PutLittle(Bytes& out, std::uint32_t value, int bytes) {
    for (int i = 0; i < bytes; ++i) out.push_back(static_cast<std::uint8_t>(value >> (8 * i)));
  }
  static Bytes Short(std::uint16_t value) {
    return {static_cast<std::uint8_t>(value), static_cast<std::uint8_t>(value >> 8)};
  }
  static void Put(Bytes& out, const Bytes& more) {
    out.insert(out.end(), more.begin(), more.end());
  }
  static Bytes Text(const std::string& text) { return {text.begin(), text.end()}; }
  static Bytes Even(std::string text) {
    if (text.size() % 2 != 0) text += '\0';
    return Text(text);
  }
  static Bytes Padded(std::string title) {
    title.resize(16, ' ');
    return Text(title);
  }
  static Bytes Item(int type, const Bytes& content) {
    Bytes item = {static_cast<std::uint8_t>(type), 0,
                  static_cast<std::uint8_t>(content.size() >> 8),
                  static_cast<std::uint8_t>(content.size())};
    Put(item, content);
    return item;
  }
  static void PutElement(Bytes& out, std::uint16_t element, const Bytes& value) {
    PutLittle(out, 0, 2);
    PutLittle(out, element, 2);
    PutLittle(out, static_cast<std::uint32_t>(value.size()), 4);
    Put(out, value);
  }

  int fd_ = -1;
  std::vector<AnsweredContext> contexts_;
};

}  // namespace mhcnn::testing_support
