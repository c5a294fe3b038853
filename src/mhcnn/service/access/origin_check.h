#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "mhcnn/service/web/http_message.h"

namespace mhcnn {

/// Refuses requests that a web page of somebody else makes in the browser of a user of the node.
///
/// - The field Host must name the node: on loopback `localhost`, a numeric address, or one of
///   `host_names`; elsewhere anything where `host_names` is empty. A page whose name was bound to
///   the node's address after it was loaded (DNS rebinding) sends its own name.
/// - An unsafe request (other than GET, HEAD and OPTIONS) must come from a page of the node, where
///   the browser states its origin (Sec-Fetch-Site, Origin). Programs send neither field.
class OriginCheck {
 public:
  /// Makes the check of a node that listens on `address`; `host_names` are in lower case.
  OriginCheck(const std::string& address, std::vector<std::string> host_names);

  /// Throws HttpError: 400 for a Host that cannot be read, 421 for one that does not name the node,
  /// 403 for an unsafe request of another origin.
  void operator()(const HttpRequest& request) const;

 private:
  bool IsOwnName(const std::string& name) const;

  bool any_host_;
  std::vector<std::string> host_names_;
};

/// Returns whether a method may change something: all but GET, HEAD and OPTIONS.
bool IsUnsafe(std::string_view method);

}  // namespace mhcnn
