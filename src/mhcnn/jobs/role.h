#pragma once

#include <optional>
#include <string_view>

namespace mhcnn {

/// What a person or a program may do at a node. The numbers are kept in the store: they never
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

/// Returns whether who has one role may do what asks for another. Viewer, reader and administrator
/// each include the one before. What asks for a sender is open to readers and administrators too,
/// not to viewers; a sender may do nothing else.
bool Permits(Role has, Role least);

}  // namespace mhcnn
