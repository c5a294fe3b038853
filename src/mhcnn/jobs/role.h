#pragma once

#include <optional>
#include <string_view>

namespace mhcnn {

/// Permissions of a person or a program at a node. The numbers are kept in the store: they never
/// change.
enum class Role {
  kSender,         ///< sends images, and reads nothing
  kViewer,         ///< sees exams and results
  kReader,         ///< a viewer who also corrects results and sends images
  kAdministrator,  ///< a reader who also controls the node
};

/// Returns the stable lower-case word of a role: "reader".
const char* RoleName(Role role);
/// Returns the role of a word; nothing for another word.
std::optional<Role> ParseRole(std::string_view word);

/// Returns whether the role `has` may do what requires the role `least`. Viewer, reader and
/// administrator each include the one before. What requires a sender is allowed to readers and
/// administrators too, not to viewers; a sender may do nothing else.
bool RolePermits(Role has, Role least);

}  // namespace mhcnn
