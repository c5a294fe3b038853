#include <fmt/format.h>

#include <algorithm>

#include "mhcnn/base/html.h"
#include "mhcnn/base/text.h"
#include "mhcnn/base/version.h"
#include "mhcnn/data/dataset_summary.h"

namespace mhcnn {
namespace {

constexpr const char* kStyle = R"(
body{font:15px/1.45 system-ui,sans-serif;margin:2rem auto;max-width:72rem;padding:0 1rem;color:#1c2733;background:#fff}
h1{font-size:1.5rem;margin:0}h2{font-size:1.05rem;margin:2rem 0 .6rem}
.note{background:#fff4d6;border-left:4px solid #d99a00;padding:.4rem .8rem;margin:1rem 0}
.leak{background:#fde3e1;border-left:4px solid #c0271a;padding:.4rem .8rem;margin:1rem 0;font-weight:600}
.figures{display:flex;flex-wrap:wrap;gap:2rem}.figures div b{display:block;font-size:1.6rem;font-weight:600}
.charts{display:flex;flex-wrap:wrap;gap:2rem 2.5rem}.charts figure{margin:0}
figcaption{font-size:.85rem;color:#465665;margin-bottom:.3rem}
svg text{font:12px system-ui,sans-serif;fill:#1c2733}
.pictures{display:flex;flex-wrap:wrap;gap:.8rem}.pictures figure{margin:0;background:#10151a;padding:.3rem;border-radius:3px}
.pictures img{display:block;height:300px;margin:0 auto;min-width:90px;object-fit:contain}
.pictures figcaption{color:#dfe6ec;font-size:.72rem;max-width:15rem;overflow-wrap:anywhere;margin:.3rem 0 0}
table{border-collapse:collapse;font-size:.88rem}td,th{text-align:left;padding:.2rem .8rem .2rem 0;border-bottom:1px solid #dde3e8;vertical-align:top;overflow-wrap:anywhere}
td.n,th.n{text-align:right;font-variant-numeric:tabular-nums}
.key span{display:inline-block;width:1.2rem;border-top:3px solid;margin:0 .3rem .2rem 1rem;vertical-align:middle}
details{margin:.3rem 0}summary{cursor:pointer}
)";

using Bars = std::vector<std::pair<std::string, std::size_t>>;

/// Horizontal bars as SVG: a word, a bar, a count.
std::string Chart(const std::string& title, const Bars& bars) {
  if (bars.empty()) return "";
  std::size_t most = 1, longest = 1;
  for (const auto& [word, count] : bars) {
    most = std::max(most, count);
    longest = std::max(longest, word.size());
  }
  const std::size_t label = std::min<std::size_t>(longest * 7 + 10, 260), width = 180;
  std::string svg = fmt::format(
      "<figure><figcaption>{}</figcaption><svg width=\"{}\" height=\"{}\" role=\"img\">",
      EscapeHtml(title), label + width + 60, bars.size() * 20);
  for (std::size_t i = 0; i < bars.size(); ++i) {
    const auto& [word, count] = bars[i];
    const double length = static_cast<double>(count * width) / static_cast<double>(most);
    svg += fmt::format(
        "<text x=\"{}\" y=\"{}\" text-anchor=\"end\">{}</text>"
        "<rect x=\"{}\" y=\"{}\" width=\"{:.1f}\" height=\"14\" fill=\"#3f78a8\"/>"
        "<text x=\"{:.1f}\" y=\"{}\">{}</text>",
        label - 6, i * 20 + 14, EscapeHtml(word), label, i * 20 + 3, length,
        static_cast<double>(label) + length + 6, i * 20 + 14, count);
  }
  return svg + "</svg></figure>\n";
}

Bars ToBars(const DatasetSummary::Counts& counts, std::size_t limit = 12) {
  Bars bars(counts.begin(), counts.end());
  if (bars.size() <= limit) return bars;
  std::stable_sort(bars.begin(), bars.end(),
                   [](const auto& a, const auto& b) { return a.second > b.second; });
  std::size_t rest = 0;
  for (std::size_t i = limit; i < bars.size(); ++i) rest += bars[i].second;
  const std::size_t kinds = bars.size() - limit;
  bars.resize(limit);
  bars.emplace_back(fmt::format("{} others", kinds), rest);
  return bars;
}

std::string Parts(const DatasetSummary& c) {
  std::string html =
      "<h2>Parts</h2>\n<table><tr><th>part</th><th class=n>patients</th><th class=n>images</th>";
  for (const auto& [category, count] : c.categories) {
    html += fmt::format("<th class=n>{}</th>", EscapeHtml(category));
  }
  html += "</tr>\n";
  for (const auto& [part, categories] : c.categories_by_split) {
    std::size_t images = 0;
    for (const auto& [category, count] : categories) images += count;
    html += fmt::format("<tr><td>{}</td><td class=n>{}</td><td class=n>{}</td>", EscapeHtml(part),
                        c.patients_by_split.at(part), images);
    for (const auto& [category, total] : c.categories) {
      const auto found = categories.find(category);
      html += fmt::format("<td class=n>{}</td>", found == categories.end() ? 0 : found->second);
    }
    html += "</tr>\n";
  }
  return html + "</table>\n";
}

std::string Problems(const DatasetSummary& c) {
  std::string html = fmt::format("<h2>Problems: {}</h2>\n", c.problems.size());
  for (const auto& [kind, count] : c.problems_of_kind) {
    html += fmt::format("<details{}><summary>{}: {}</summary><table>\n",
                        kind == "leak" ? " open" : "", EscapeHtml(kind), count);
    std::size_t shown = 0;
    for (const auto& p : c.problems) {
      if (p.kind != kind) continue;
      if (++shown > 100) {
        html += "<tr><td>…</td><td>census.json contains all of them</td></tr>\n";
        break;
      }
      html += fmt::format("<tr><td>{}</td><td>{}</td></tr>\n", EscapeHtml(ToDisplayText(p.subject)),
                          EscapeHtml(ToDisplayText(p.text)));
    }
    html += "</table></details>\n";
  }
  return html;
}

}  // namespace

std::string SummaryHtml(const DatasetSummary& c, const std::vector<SummaryPicture>& pictures) {
  std::string html = fmt::format(
      "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>Census of "
      "{0}</title>"
      "<style>{1}</style></head><body>\n<h1>Census of {0}</h1>\n<p>{2}</p>\n"
      "<p class=\"note\">Made by mhcnn {3}. A research tool, not a medical device.</p>\n",
      EscapeHtml(c.set), kStyle, EscapeHtml(fmt::to_string(fmt::join(c.folders, ", "))), Version());
  if (const auto leaks = c.problems_of_kind.find("leak"); leaks != c.problems_of_kind.end()) {
    html += fmt::format(
        "<p class=\"leak\">LEAK: {} times the set puts one patient or one picture into two parts. "
        "They were moved into one; see Problems.</p>\n",
        leaks->second);
  }
  html += fmt::format(
      "<div class=\"figures\"><div><b>{}</b>images</div><div><b>{}</b>patients</div>"
      "<div><b>{}</b>with dense mask</div><div><b>{}</b>with percent</div>"
      "<div><b>{}</b>pictures in several files</div><div><b>{}</b>problems</div></div>\n",
      c.images, c.patients, c.masks.contains("dense") ? c.masks.at("dense") : 0,
      c.images_with_percent, c.duplicates.size(), c.problems.size());
  if (c.images_without_patient > 0) {
    html += fmt::format(
        "<p>The patient is not known for {} images; each of them counts as a separate "
        "patient.</p>\n",
        c.images_without_patient);
  }
  html += "<h2>Contents</h2>\n<div class=\"charts\">\n";
  html += Chart("category", ToBars(c.categories));
  if (c.images_with_percent > 0) {
    Bars bars;
    for (std::size_t i = 0; i < c.percent_histogram.size(); ++i) {
      bars.emplace_back(fmt::format("{} to {}", 10 * i, 10 * i + 10), c.percent_histogram[i]);
    }
    html += Chart(fmt::format("percent density ({:.1f} to {:.1f}, median {:.1f})", c.percent_low,
                              c.percent_high, c.percent_median),
                  bars);
  }
  html += Chart("view", ToBars(c.views)) + Chart("laterality", ToBars(c.lateralities)) +
          Chart("masks", ToBars(c.masks)) + Chart("size (width x height)", ToBars(c.sizes)) +
          Chart("vendor", ToBars(c.vendors));
  for (const auto& [name, counts] : c.own_labels) {
    html += Chart("the set's own label: " + name, ToBars(counts));
  }
  html += "</div>\n" + Parts(c);
  if (!pictures.empty()) {
    html +=
        "<h2>Pictures</h2>\n<p class=\"key\">from least to most dense; outlines:"
        "<span style=\"color:#3cbee6\"></span>breast<span style=\"color:#ff6e32\"></span>dense "
        "tissue"
        "<span style=\"color:#50c850\"></span>pectoral muscle</p>\n<div class=\"pictures\">\n";
    for (const auto& p : pictures) {
      html += fmt::format(
          "<figure><img alt=\"\" width=\"{}\" height=\"{}\" src=\"data:image/jpeg;base64,{}\">"
          "<figcaption>{}</figcaption></figure>\n",
          p.width, p.height, Base64(p.jpeg), EscapeHtml(p.caption));
    }
    html += "</div>\n";
  }
  if (!c.duplicates.empty()) {
    html += fmt::format("<h2>Pictures in several files: {}</h2>\n<table>\n", c.duplicates.size());
    for (std::size_t i = 0; i < std::min<std::size_t>(100, c.duplicates.size()); ++i) {
      html += fmt::format("<tr><td>{}</td></tr>\n",
                          EscapeHtml(fmt::to_string(fmt::join(c.duplicates[i], "  =  "))));
    }
    html += "</table>\n";
  }
  return html + Problems(c) + "</body></html>\n";
}

}  // namespace mhcnn
