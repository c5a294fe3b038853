#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mhcnn {

/// The parameters of a request target, the text after its "?".
class HttpQuery {
 public:
  /// Reads "a=1&b=x%20y"; "+" is a space. Throws HttpError(400) for wrong escapes and for text that
  /// is not UTF-8 or contains control characters.
  explicit HttpQuery(std::string_view query);

  /// Returns names and values, decoded, in their order.
  const std::vector<std::pair<std::string, std::string>>& all() const { return all_; }
  /// Returns the first value of a name, "" where it is absent.
  std::string Text(std::string_view name) const;
  /// Returns whether the name is present.
  bool Has(std::string_view name) const;
  /// Returns a whole number, nothing where the name is absent or empty. Throws HttpError(400) for
  /// other text and for a number outside of the range.
  std::optional<std::int64_t> Number(std::string_view name, std::int64_t least,
                                     std::int64_t largest) const;
  /// Throws HttpError(400) that names the first parameter that is not among `known`, or that occurs
  /// twice.
  void AllowOnly(const std::vector<std::string_view>& known) const;

 private:
  std::vector<std::pair<std::string, std::string>> all_;
};

}  // namespace mhcnn
