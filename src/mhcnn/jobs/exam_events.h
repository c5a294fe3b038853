#pragma once

#include <cstdint>
#include <string>

namespace mhcnn {

class Database;

/// Adds a text to the history of an exam, within the transaction of the event. The text names no
/// patient; text of peers in it is made printable.
void AddExamEvent(Database& database, std::int64_t exam, const std::string& text);

}  // namespace mhcnn
