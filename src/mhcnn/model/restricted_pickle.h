#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mhcnn {

struct PickleContainer;

/// A value of a pickle, of the few kinds that a state dict needs.
struct PickleValue {
  /// Kinds of values.
  enum class Kind {
    kNone,
    kBool,
    kInt,
    kFloat,
    kString,
    kGlobal,
    kSequence,
    kDict,
    kPersistent,
    kTensor
  };
  /// Kind of this value.
  Kind kind = Kind::kNone;
  /// Value of a kBool or kInt.
  std::int64_t integer = 0;
  /// Value of a kFloat.
  double real = 0;
  std::string text;  ///< value of a string; "module name" of a global
  /// Container of the items.
  std::shared_ptr<PickleContainer> container;

  /// Returns the items of a tuple or list, keys and values in turn of a dict, the id of a
  /// persistent value, the arguments of a tensor. Call it for these kinds only.
  const std::vector<PickleValue>& items() const;
};

/// Container of items; shared, as memo entries name the same one. A container inside another is
/// closed: it accepts no more items, so nesting is known when it is made, and none contains itself.
struct PickleContainer {
  /// The items, in order.
  std::vector<PickleValue> items;
  /// Levels of containers from here down, this one included.
  int depth = 1;
  /// Whether no item can be added any more.
  bool closed = false;
};

inline const std::vector<PickleValue>& PickleValue::items() const { return container->items; }

/// Reads one pickle (protocol 2) at `at` and moves `at` behind it. Knows plain values, containers,
/// OrderedDict() and torch's tensor constructor, whose arguments are kept as a kTensor; any other
/// global or opcode is an Error(kUnsupported), so that no code named by the file is ever run. A
/// hostile one (deep nesting, values copied without end) is an Error(kCorrupt).
PickleValue ReadRestrictedPickle(std::string_view data, std::size_t& at);

}  // namespace mhcnn
