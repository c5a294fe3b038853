#include "mhcnn/page/web_files.h"

#include <algorithm>

#include "mhcnn/base/embedded_file.h"
#include "mhcnn/base/error.h"
#include "mhcnn/base/html.h"
#include "mhcnn/base/sha256.h"

MHCNN_EMBED(mhcnn_web_dom, MHCNN_WEB "/dom.js");
MHCNN_EMBED(mhcnn_web_batch_data, MHCNN_WEB "/batch_data.js");
MHCNN_EMBED(mhcnn_web_selection, MHCNN_WEB "/selection.js");
MHCNN_EMBED(mhcnn_web_grey_window, MHCNN_WEB "/grey_window.js");
MHCNN_EMBED(mhcnn_web_pixel_painter, MHCNN_WEB "/pixel_painter.js");
MHCNN_EMBED(mhcnn_web_screen_size, MHCNN_WEB "/screen_size.js");
MHCNN_EMBED(mhcnn_web_scale, MHCNN_WEB "/scale.js");
MHCNN_EMBED(mhcnn_web_summary, MHCNN_WEB "/summary.js");
MHCNN_EMBED(mhcnn_web_table, MHCNN_WEB "/table.js");
MHCNN_EMBED(mhcnn_web_view_box, MHCNN_WEB "/view_box.js");
MHCNN_EMBED(mhcnn_web_views, MHCNN_WEB "/views.js");
MHCNN_EMBED(mhcnn_web_exam, MHCNN_WEB "/exam.js");
MHCNN_EMBED(mhcnn_web_batch, MHCNN_WEB "/batch.js");
MHCNN_EMBED(mhcnn_web_api, MHCNN_WEB "/api.js");
MHCNN_EMBED(mhcnn_web_node_data, MHCNN_WEB "/node_data.js");
MHCNN_EMBED(mhcnn_web_node_selection, MHCNN_WEB "/node_selection.js");
MHCNN_EMBED(mhcnn_web_upload, MHCNN_WEB "/upload.js");
MHCNN_EMBED(mhcnn_web_worklist, MHCNN_WEB "/worklist.js");
MHCNN_EMBED(mhcnn_web_trend, MHCNN_WEB "/trend.js");
MHCNN_EMBED(mhcnn_web_correction, MHCNN_WEB "/correction.js");
MHCNN_EMBED(mhcnn_web_node_exam, MHCNN_WEB "/node_exam.js");
MHCNN_EMBED(mhcnn_web_login, MHCNN_WEB "/login.js");
MHCNN_EMBED(mhcnn_web_password, MHCNN_WEB "/password.js");
MHCNN_EMBED(mhcnn_web_admin, MHCNN_WEB "/admin.js");
MHCNN_EMBED(mhcnn_web_node, MHCNN_WEB "/node.js");
MHCNN_EMBED(mhcnn_web_style, MHCNN_WEB "/style.css");
MHCNN_EMBED(mhcnn_web_frame, MHCNN_WEB "/batch.html");
MHCNN_EMBED(mhcnn_web_node_style, MHCNN_WEB "/node.css");
MHCNN_EMBED(mhcnn_web_node_frame, MHCNN_WEB "/node.html");
MHCNN_EMBED(mhcnn_web_icon, MHCNN_WEB "/icon.svg");

namespace mhcnn {
namespace {

/// The value of a source of CSP that allows exactly this text.
std::string HashSource(std::string_view text) {
  Sha256 hash;
  hash.Add(text.data(), text.size());
  const auto digest = hash.Finish();
  return "'sha256-" + Base64({digest.begin(), digest.end()}) + "'";
}

/// Puts `value` in the place of `mark`, which stands once.
void Fill(std::string& page, std::string_view mark, std::string_view value) {
  const std::size_t at = page.find(mark);
  if (at == std::string::npos) {
    throw Error(ErrorCode::kInternal, "the frame of the page lacks " + std::string(mark));
  }
  page.replace(at, mark.size(), value);
}

std::string_view FileNamed(std::string_view name) {
  for (const auto& file : WebFiles()) {
    if (file.name == name) return file.content;
  }
  throw Error(ErrorCode::kInternal, "the program lacks a file of its page: " + std::string(name));
}

}  // namespace

const std::vector<WebFile>& WebFiles() {
  static const std::vector<WebFile> files = {
      {"dom.js", MHCNN_EMBEDDED(mhcnn_web_dom)},
      {"batch_data.js", MHCNN_EMBEDDED(mhcnn_web_batch_data)},
      {"selection.js", MHCNN_EMBEDDED(mhcnn_web_selection)},
      {"grey_window.js", MHCNN_EMBEDDED(mhcnn_web_grey_window)},
      {"pixel_painter.js", MHCNN_EMBEDDED(mhcnn_web_pixel_painter)},
      {"screen_size.js", MHCNN_EMBEDDED(mhcnn_web_screen_size)},
      {"scale.js", MHCNN_EMBEDDED(mhcnn_web_scale)},
      {"summary.js", MHCNN_EMBEDDED(mhcnn_web_summary)},
      {"table.js", MHCNN_EMBEDDED(mhcnn_web_table)},
      {"view_box.js", MHCNN_EMBEDDED(mhcnn_web_view_box)},
      {"views.js", MHCNN_EMBEDDED(mhcnn_web_views)},
      {"exam.js", MHCNN_EMBEDDED(mhcnn_web_exam)},
      {"batch.js", MHCNN_EMBEDDED(mhcnn_web_batch)},
      {"api.js", MHCNN_EMBEDDED(mhcnn_web_api), WebUse::kNode},
      {"node_data.js", MHCNN_EMBEDDED(mhcnn_web_node_data), WebUse::kNode},
      {"node_selection.js", MHCNN_EMBEDDED(mhcnn_web_node_selection), WebUse::kNode},
      {"upload.js", MHCNN_EMBEDDED(mhcnn_web_upload), WebUse::kNode},
      {"worklist.js", MHCNN_EMBEDDED(mhcnn_web_worklist), WebUse::kNode},
      {"trend.js", MHCNN_EMBEDDED(mhcnn_web_trend), WebUse::kNode},
      {"correction.js", MHCNN_EMBEDDED(mhcnn_web_correction), WebUse::kNode},
      {"node_exam.js", MHCNN_EMBEDDED(mhcnn_web_node_exam), WebUse::kNode},
      {"login.js", MHCNN_EMBEDDED(mhcnn_web_login), WebUse::kNode},
      {"password.js", MHCNN_EMBEDDED(mhcnn_web_password), WebUse::kNode},
      {"admin.js", MHCNN_EMBEDDED(mhcnn_web_admin), WebUse::kNode},
      {"node.js", MHCNN_EMBEDDED(mhcnn_web_node), WebUse::kNode},
      {"style.css", MHCNN_EMBEDDED(mhcnn_web_style)},
      {"batch.html", MHCNN_EMBEDDED(mhcnn_web_frame)},
      {"node.css", MHCNN_EMBEDDED(mhcnn_web_node_style), WebUse::kNode},
      {"node.html", MHCNN_EMBEDDED(mhcnn_web_node_frame), WebUse::kNode},
      {"icon.svg", MHCNN_EMBEDDED(mhcnn_web_icon), WebUse::kNode},
  };
  return files;
}

std::string JoinModules(const std::vector<WebFile>& files) {
  constexpr std::string_view kImport = "import {", kExport = "export ";
  std::string script;
  for (const auto& file : files) {
    if (!file.name.ends_with(".js") || file.use != WebUse::kBatch) continue;
    std::string_view rest = file.content;
    while (!rest.empty()) {
      const std::size_t end = std::min(rest.find('\n'), rest.size() - 1);
      std::string_view line = rest.substr(0, end + 1);
      rest.remove_prefix(end + 1);
      if (line.starts_with(kImport)) continue;
      if (line.starts_with(kExport)) line.remove_prefix(kExport.size());
      script += line;
    }
  }
  return script;
}

std::string BatchPageHtml() {
  const std::string script = JoinModules(WebFiles());
  const std::string_view style = FileNamed("style.css");
  // A page in a file has no origin of its own: `file:` names its folder there, 'self' on a server.
  const std::string policy = "default-src 'none'; script-src " + HashSource(script) +
                             " 'self' file:; style-src " + HashSource(style) +
                             "; img-src 'self' file:; base-uri 'none'; form-action 'none'";
  std::string page(FileNamed("batch.html"));
  Fill(page, "{policy}", policy);
  Fill(page, "{style}", style);
  Fill(page, "{script}", script);
  return std::string(kPageStart) + "\n" + page;
}

}  // namespace mhcnn
