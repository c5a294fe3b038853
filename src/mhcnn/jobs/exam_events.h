#pragma once

#include <cstdint>
#include <string>

namespace mhcnn {

class Database;

/// Writes into the history of an exam, within the transaction of what happened. The text names no
/// patient; text of peers in it is made printable.
void AddExamEvent(Database& database, std::int64_t exam, const std::string& text);

}  // namespace mhcnn
