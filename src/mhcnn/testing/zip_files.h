#pragma once

#include <zip.h>

#include <filesystem>
#include <map>
#include <string>

namespace mhcnn {

/// Writes a zip file for tests: contents by member name, encrypted where there is a password.
inline bool WriteZip(const std::filesystem::path& path,
                     const std::map<std::string, std::string>& members,
                     const char* password = nullptr) {
  zip_t* archive = zip_open(path.c_str(), ZIP_CREATE | ZIP_TRUNCATE, nullptr);
  for (const auto& [name, content] : members) {
    const auto index = zip_file_add(
        archive, name.c_str(), zip_source_buffer(archive, content.data(), content.size(), 0), 0);
    if (password != nullptr) {
      zip_file_set_encryption(archive, static_cast<zip_uint64_t>(index), ZIP_EM_AES_256, password);
    }
  }
  return zip_close(archive) == 0;
}

}  // namespace mhcnn
