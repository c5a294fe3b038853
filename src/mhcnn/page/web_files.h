#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace mhcnn {

/// Beginning of each page of a batch.
inline constexpr std::string_view kPageStart = "<!doctype html><!-- mhcnn page -->";

/// The pages that use a file.
enum class WebUse {
  kBatch,  ///< the page of a batch, and perhaps the pages of the node
  kNode,   ///< the pages of the node alone
};

/// A file of the folder web/ as it was when this program was built.
struct WebFile {
  std::string_view name;        ///< "table.js"
  std::string_view content;     ///< its text
  WebUse use = WebUse::kBatch;  ///< pages that use it
};

/// Returns the files of web/: modules in the order in which each comes after those that it imports,
/// then styles and frames of the pages.
const std::vector<WebFile>& WebFiles();

/// Joins the modules of the page of a batch into one script: the lines that import are left out and
/// so are the words `export`, as a browser does not load modules from files without a server.
/// Modules therefore export declarations alone, import in single lines that begin with `import {`,
/// and have no two names of the highest level in common.
std::string JoinModules(const std::vector<WebFile>& files);

/// Returns index.html of a batch with style and script inside. Its policy (CSP) allows this script
/// and this style by their hashes, and scripts and images of the page's own folder; nothing from
/// outside.
std::string BatchPageHtml();

}  // namespace mhcnn
