#include "mhcnn/model/restricted_pickle.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <unordered_map>

#include "mhcnn/base/error.h"

namespace mhcnn {
namespace {

using Value = PickleValue;
using Kind = PickleValue::Kind;

/// Far more than a state dict needs: values are released recursively, and a few bytes of pickle can
/// copy a long string.
constexpr int kMaxDepth = 32;
constexpr std::size_t kMaxBytes = std::size_t{256} << 20;

Value Container(Kind kind) {
  Value value;
  value.kind = kind;
  value.container = std::make_shared<PickleContainer>();
  return value;
}

Value Integer(std::int64_t number) {
  Value value;
  value.kind = Kind::kInt;
  value.integer = number;
  return value;
}

class Machine {
 public:
  Machine(std::string_view data, std::size_t& at) : data_(data), at_(at) {}

  Value Run() {
    while (true) {
      const char op = Take(1)[0];
      if (op == '.') return Pop();
      Step(op);
    }
  }

 private:
  [[noreturn]] static void Corrupt() { throw Error(ErrorCode::kCorrupt, "is not a whole pickle"); }
  [[noreturn]] static void Refuse(const std::string& what) {
    throw Error(ErrorCode::kUnsupported,
                "contains " + what + ", which is not read: only tensors are", "",
                "give a plain state dict");
  }

  std::string_view Take(std::size_t size) {
    if (size > data_.size() - at_) Corrupt();
    const auto bytes = data_.substr(at_, size);
    at_ += size;
    return bytes;
  }

  /// A little-endian unsigned number of `size` bytes.
  std::uint64_t Number(std::size_t size) {
    std::uint64_t number = 0;
    std::memcpy(&number, Take(size).data(), size);
    return number;
  }

  std::string Line() {
    const auto end = data_.find('\n', at_);
    if (end == std::string_view::npos) Corrupt();
    std::string line(data_.substr(at_, end - at_));
    at_ = end + 1;
    return line;
  }

  /// Counts what is kept in memory.
  void Spend(std::size_t bytes) {
    spent_ += bytes;
    if (spent_ > kMaxBytes) Corrupt();
  }

  void Push(Value value) {
    Spend(sizeof(Value) + sizeof(PickleContainer) + value.text.size());
    stack_.push_back(std::move(value));
  }

  void Remember(std::uint64_t key) {
    Spend(2 * sizeof(Value) + Top().text.size());
    memo_[key] = Top();
  }

  static void Put(PickleContainer& target, Value value) {
    if (value.container) {
      if (value.container.get() == &target || value.container->depth >= kMaxDepth) Corrupt();
      value.container->closed = true;
      target.depth = std::max(target.depth, value.container->depth + 1);
    }
    target.items.push_back(std::move(value));
  }

  Value Pop() {
    if (stack_.empty() || (!marks_.empty() && stack_.size() <= marks_.back())) Corrupt();
    Value value = std::move(stack_.back());
    stack_.pop_back();
    return value;
  }

  Value& Top() {
    if (stack_.empty()) Corrupt();
    return stack_.back();
  }

  std::vector<Value> PopToMark() {
    if (marks_.empty() || marks_.back() > stack_.size()) Corrupt();
    const auto begin = stack_.begin() + static_cast<std::ptrdiff_t>(marks_.back());
    std::vector<Value> values(std::make_move_iterator(begin),
                              std::make_move_iterator(stack_.end()));
    stack_.erase(begin, stack_.end());
    marks_.pop_back();
    return values;
  }

  void PushTuple(std::vector<Value> values) {
    Value tuple = Container(Kind::kSequence);
    for (auto& value : values) Put(*tuple.container, std::move(value));
    Push(std::move(tuple));
  }

  void PushTupleOfSize(std::size_t size) {
    std::vector<Value> values(size);
    while (size > 0) values[--size] = Pop();
    PushTuple(std::move(values));
  }

  void Extend(Kind kind, std::vector<Value> values) {
    Value& target = Top();
    if (target.kind != kind || target.container->closed) Corrupt();
    if (kind == Kind::kDict && values.size() % 2 != 0) Corrupt();
    for (auto& value : values) Put(*target.container, std::move(value));
  }

  void Global() {
    Value value;
    value.kind = Kind::kGlobal;
    value.text = Line();
    value.text += " " + Line();
    const bool known = value.text == "collections OrderedDict" ||
                       value.text == "torch._utils _rebuild_tensor_v2" ||
                       (value.text.starts_with("torch ") && value.text.ends_with("Storage"));
    if (!known) Refuse("the global '" + value.text + "'");
    Push(std::move(value));
  }

  void Reduce() {
    Value arguments = Pop();
    const Value callable = Pop();
    if (callable.kind != Kind::kGlobal || arguments.kind != Kind::kSequence) Corrupt();
    if (callable.text == "collections OrderedDict") {
      if (!arguments.items().empty()) Refuse("an OrderedDict with arguments");
      Push(Container(Kind::kDict));
    } else if (callable.text == "torch._utils _rebuild_tensor_v2") {
      arguments.kind = Kind::kTensor;
      Push(std::move(arguments));
    } else {
      Refuse("a call of '" + callable.text + "'");
    }
  }

  void Step(char op) {
    switch (op) {
      case '\x80':  // PROTO
        if (Number(1) > 2) Refuse("a pickle of a later protocol");
        return;
      case 'N':
        return Push({});
      case '\x88':  // NEWTRUE
      case '\x89': {
        Value value = Integer(op == '\x88');
        value.kind = Kind::kBool;
        return Push(std::move(value));
      }
      case 'K':
        return Push(Integer(static_cast<std::int64_t>(Number(1))));
      case 'M':
        return Push(Integer(static_cast<std::int64_t>(Number(2))));
      case 'J':
        return Push(Integer(static_cast<std::int32_t>(Number(4))));
      case '\x8a': {  // LONG1: the magic number is longer than 8 bytes; its low part tells enough
        const auto bytes = Take(Number(1));
        std::uint64_t low = 0;
        std::memcpy(&low, bytes.data(), std::min<std::size_t>(8, bytes.size()));
        return Push(Integer(static_cast<std::int64_t>(low)));
      }
      case 'G': {
        Value value;
        value.kind = Kind::kFloat;
        std::uint64_t bits = 0;
        for (const char byte : Take(8)) bits = bits << 8 | static_cast<unsigned char>(byte);
        value.real = std::bit_cast<double>(bits);
        return Push(std::move(value));
      }
      case 'X': {
        Value value;
        value.kind = Kind::kString;
        value.text = std::string(Take(Number(4)));
        return Push(std::move(value));
      }
      case '(':
        Spend(sizeof(std::size_t));
        marks_.push_back(stack_.size());
        return;
      case ')':
        return PushTuple({});
      case 't':
        return PushTuple(PopToMark());
      case '\x85':
        return PushTupleOfSize(1);
      case '\x86':
        return PushTupleOfSize(2);
      case '\x87':
        return PushTupleOfSize(3);
      case ']':
        return Push(Container(Kind::kSequence));
      case '}':
        return Push(Container(Kind::kDict));
      case 'e':
        return Extend(Kind::kSequence, PopToMark());
      case 'a': {
        Value value = Pop();
        return Extend(Kind::kSequence, {std::move(value)});
      }
      case 'u':
        return Extend(Kind::kDict, PopToMark());
      case 's': {
        Value value = Pop();
        Value key = Pop();
        return Extend(Kind::kDict, {std::move(key), std::move(value)});
      }
      case 'q':
        return Remember(Number(1));
      case 'r':
        return Remember(Number(4));
      case 'h':
        return Recall(Number(1));
      case 'j':
        return Recall(Number(4));
      case 'c':
        return Global();
      case 'R':
        return Reduce();
      case 'Q': {
        Value id = Pop();
        if (id.kind != Kind::kSequence) Corrupt();
        id.kind = Kind::kPersistent;
        return Push(std::move(id));
      }
      case 'b':  // BUILD sets attributes (a state dict's _metadata); they are dropped
        Pop();
        return;
      default:
        Refuse("the pickle opcode " + std::to_string(static_cast<unsigned char>(op)));
    }
  }

  void Recall(std::uint64_t key) {
    const auto found = memo_.find(key);
    if (found == memo_.end()) Corrupt();
    Push(found->second);
  }

  std::string_view data_;
  std::size_t& at_;
  std::vector<Value> stack_;
  std::vector<std::size_t> marks_;
  std::unordered_map<std::uint64_t, Value> memo_;
  std::size_t spent_ = 0;
};

}  // namespace

PickleValue ReadRestrictedPickle(std::string_view data, std::size_t& at) {
  if (at > data.size()) throw Error(ErrorCode::kCorrupt, "is cut short");
  return Machine(data, at).Run();
}

}  // namespace mhcnn
