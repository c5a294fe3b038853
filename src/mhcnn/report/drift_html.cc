#include "mhcnn/report/drift_html.h"

#include <fmt/format.h>

#include <algorithm>

#include "mhcnn/base/html.h"
#include "mhcnn/image/density_category.h"
#include "mhcnn/report/plot.h"

namespace mhcnn {
namespace {

constexpr const char* kStyle = R"(
body{font:15px/1.45 system-ui,sans-serif;margin:2rem auto;max-width:70rem;padding:0 1rem;color:#1c2733;background:#fff}
h1{font-size:1.5rem}h2{font-size:1.15rem;margin-top:2rem}.dim{color:#5a6b7b;font-size:.88rem}
.note{background:#fff4d6;border-left:4px solid #d99a00;padding:.4rem .8rem}.bad{background:#fde3e1;border-left:4px solid #c0271a;padding:.4rem .8rem}
table{border-collapse:collapse;font-size:.9rem}td,th{text-align:left;padding:.25rem .9rem .25rem 0;border-bottom:1px solid #dde3e8}
td.n,th.n{text-align:right;font-variant-numeric:tabular-nums}tr.changed td{font-weight:600;background:#fde3e1}
.figures{display:flex;flex-wrap:wrap;gap:1rem 2rem}figure{margin:0}figcaption{font-size:.85rem;color:#465665}
)";

const PlotColour kBefore{150, 160, 170, 1}, kNow{31, 92, 158, 1};

std::string BinName(const std::vector<double>& ends, std::size_t bin, bool category) {
  if (category) return ToLetter(CategoryFromIndex(static_cast<std::int64_t>(bin)));
  if (bin == 0) return fmt::format("to {:.3g}", ends[0]);
  return bin == ends.size() ? fmt::format("over {:.3g}", ends.back())
                            : fmt::format("to {:.3g}", ends[bin]);
}

/// Fractions of the bins, the reference beside the new sample.
std::string Bars(const DriftRow& line) {
  double before = 0, after = 0, highest = 0;
  for (const double n : line.before) before += n;
  for (const double n : line.after) after += n;
  const std::size_t bins = line.before.size();
  for (std::size_t i = 0; i < bins; ++i)
    highest = std::max({highest, line.before[i] / before, line.after[i] / after});
  const double top = std::max(0.1, std::ceil(highest * 10) / 10);
  PlotAxis x{0, static_cast<double>(bins), 1, line.metric, false}, y{0, top, top / 5, "share"};
  Plot plot(380, 220, x, y, {.bottom = 60});
  for (std::size_t i = 0; i < bins; ++i) {
    const auto at = static_cast<double>(i);
    plot.Line({{at + 0.35, 0}, {at + 0.35, line.before[i] / before}}, kBefore, 9);
    plot.Line({{at + 0.65, 0}, {at + 0.65, line.after[i] / after}}, kNow, 9);
    plot.Text(at + 0.5, -0.06 * top, BinName(line.ends, i, line.metric == "category"),
              {70, 86, 101, 1}, TextAlign::kCentre, 0.7);
  }
  return plot.Svg(line.metric + ": distribution of the reference (grey) and now (blue)");
}

std::string Table(const DriftGroup& group) {
  std::string text =
      "<table><tr><th>figure</th><th class=n>reference</th><th class=n>now</th><th "
      "class=n>stability "
      "index</th><th class=n>p</th><th></th></tr>\n";
  for (const DriftRow& line : group.lines) {
    if (!line.undefined.empty()) {
      text += fmt::format("<tr><td>{}</td><td colspan=5>not compared, {}</td></tr>\n",
                          EscapeHtml(line.metric), EscapeHtml(line.undefined));
      continue;
    }
    text += fmt::format(
        "<tr{}><td>{}</td><td class=n>{}</td><td class=n>{}</td><td class=n>{}</td><td "
        "class=n>{:.2g}</td><td>{}</td></tr>\n",
        line.changed ? " class=changed" : "", EscapeHtml(line.metric),
        line.ValueText(line.reference), line.ValueText(line.now),
        line.stability.value ? fmt::format("{:.3f}", *line.stability.value) : "", line.p,
        line.changed ? "changed" : "");
  }
  return text + "</table>\n";
}

std::string Verdict(const Drift& drift) {
  if (drift.changed()) return "<p class=bad>Something has changed.</p>\n";
  return drift.compared() ? "<p>Nothing has changed beyond the limits.</p>\n"
                          : "<p class=bad>Neither percent nor category could be compared.</p>\n";
}

}  // namespace

std::string DriftHtml(const Drift& drift) {
  std::string text = fmt::format(
      "<!doctype html><html lang=en><meta charset=utf-8><title>Drift</title><style>{}</style>\n"
      "<h1>Has the output changed?</h1><p class=dim>{} against {}</p>\n"
      "<p class=note>Research tool, not a medical device. Results are compared with "
      "results: results that have not changed are not necessarily correct.</p>\n",
      kStyle, EscapeHtml(drift.now), EscapeHtml(drift.reference));
  text += Verdict(drift);
  for (const auto& warning : drift.warnings)
    text += "<p class=note>Warning: " + EscapeHtml(warning) + "</p>\n";
  for (const DriftGroup& group : drift.groups) {
    text += fmt::format("<h2>{}</h2><p class=dim>{} files in the reference, {} now</p>\n",
                        EscapeHtml(group.name), group.reference, group.now);
    if (!group.undefined.empty()) {
      text += "<p>Not compared: " + EscapeHtml(group.undefined) + "</p>\n";
      continue;
    }
    text += Table(group) + "<div class=figures>";
    for (const DriftRow& line : group.lines) {
      if (line.before.size() < 2) continue;
      text += "<figure>" + Bars(line) + "<figcaption>" + EscapeHtml(line.metric) +
              ": reference grey, now blue</figcaption></figure>\n";
    }
    text += "</div>\n";
  }
  return text + "</html>\n";
}

}  // namespace mhcnn
