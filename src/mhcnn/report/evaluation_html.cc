#include "mhcnn/report/evaluation_html.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "mhcnn/base/html.h"
#include "mhcnn/base/text.h"
#include "mhcnn/base/version.h"
#include "mhcnn/image/density_category.h"
#include "mhcnn/report/evaluation_figures.h"

namespace mhcnn {
namespace {

constexpr const char* kStyle = R"(
body{font:15px/1.45 system-ui,sans-serif;margin:2rem auto;max-width:74rem;padding:0 1rem;color:#1c2733;background:#fff}
h1{font-size:1.5rem;margin:0;overflow-wrap:anywhere}h2{font-size:1.15rem;margin:2.4rem 0 .6rem}h3{font-size:1rem;margin:1.4rem 0 .5rem}
p{margin:.4rem 0}.dim{color:#5a6b7b;font-size:.88rem;overflow-wrap:anywhere}
.note{background:#fff4d6;border-left:4px solid #d99a00;padding:.4rem .8rem;margin:1rem 0}
.bad{background:#fde3e1;border-left:4px solid #c0271a;padding:.4rem .8rem;margin:1rem 0}
.tiles{display:flex;flex-wrap:wrap;gap:1rem 2.2rem;margin:1.2rem 0}.tiles div{font-size:.85rem;color:#5a6b7b}
.tiles b{display:block;font-size:1.6rem;font-weight:600;color:#1c2733;line-height:1.2}.tiles i{font-style:normal;display:block}
.figures{display:flex;flex-wrap:wrap;gap:1.2rem 2rem;margin:.6rem 0 1rem}.figures figure{margin:0}
figcaption{font-size:.85rem;color:#465665;margin-bottom:.3rem}
svg{max-width:100%;height:auto}svg text{font:12px system-ui,sans-serif}
table{border-collapse:collapse;font-size:.88rem;margin:.4rem 0}
td:first-child{white-space:nowrap}td,th{text-align:left;padding:.22rem .9rem .22rem 0;border-bottom:1px solid #dde3e8;vertical-align:top}
th{font-weight:600;color:#465665}td.n,th.n{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}th.n{white-space:normal;vertical-align:bottom}
tr.main td{font-weight:600}tr.main td.light,td.light{font-weight:400;color:#5a6b7b}
.scroll{overflow-x:auto}.tight{font-size:.8rem}.tight td,.tight th{padding-right:.6rem}.confusion td,.confusion th{text-align:center;padding:.5rem .9rem;border:1px solid #fff}
.confusion small{display:block;color:inherit;opacity:.75}
.cases{display:flex;flex-wrap:wrap;gap:1rem}.cases figure{margin:0;max-width:18rem}
.cases img{display:block;border-radius:3px}.cases figcaption{margin:.3rem 0 0;overflow-wrap:anywhere}
.key span{display:inline-block;width:1.2rem;border-top:3px solid;margin:0 .3rem .2rem .9rem;vertical-align:middle}
details{margin:.5rem 0}summary{cursor:pointer}
)";

std::string Number(double value, const std::string& unit) {
  return fmt::format("{:.{}f}", value, unit.empty() ? 3 : unit == "pixels" ? 1 : 2);
}

std::string Value(const Statistic& statistic, const std::string& unit) {
  return statistic.defined() ? Number(*statistic.value, unit) : "not defined";
}

std::string IntervalText(const MetricRow& line) {
  const Estimate& e = line.estimate;
  if (!e.low.defined() || !e.high.defined()) return "";
  return Number(*e.low.value, line.unit) + " to " + Number(*e.high.value, line.unit);
}

/// Returns the remarks of a line: why it or its interval is undefined, warnings, notes.
std::string Remarks(const MetricRow& line) {
  const BootstrapEstimate& e = line.estimate;
  std::vector<std::string> remarks;
  if (!e.value.defined()) {
    remarks.push_back(e.value.undefined);
  } else if (!e.low.defined()) {
    remarks.push_back("no interval: " + e.low.undefined);
  }
  if (!e.warning.empty()) remarks.push_back(e.warning);
  if (!line.note.empty()) remarks.push_back(line.note);
  return EscapeHtml(fmt::to_string(fmt::join(remarks, "; ")));
}

std::string Baselines(const MetricRow& line) {
  std::vector<std::string> words;
  for (const auto& b : line.baselines) {
    words.push_back((b.value.defined() ? Number(*b.value.value, line.unit)
                                       : "not defined (" + b.value.undefined + ")") +
                    ", " + b.name);
  }
  std::string html;
  for (const auto& word : words) html += (html.empty() ? "" : "<br>") + EscapeHtml(word);
  return html;
}

std::string LinesTable(const Evaluation& evaluation, ReportSection section) {
  std::string html =
      "<div class=scroll><table><tr><th>figure</th><th class=n>value</th><th class=n>95 % "
      "interval</th><th>unit</th><th class=n>cases</th><th class=n>patients</th><th>a trivial "
      "method's value</th><th>remarks</th></tr>\n";
  for (const auto& line : evaluation.lines) {
    if (line.section != section) continue;
    html += fmt::format(
        "<tr{}><td>{}</td><td class=n>{}</td><td class=\"n light\">{}</td><td class=light>{}</td>"
        "<td class=\"n light\">{}</td><td class=\"n light\">{}</td><td class=light>{}</td>"
        "<td class=light>{}</td></tr>\n",
        line.headline ? " class=main" : "", EscapeHtml(line.metric),
        Value(line.estimate.value, line.unit), IntervalText(line), line.unit, line.cases,
        line.patients, Baselines(line), Remarks(line));
  }
  return html + "</table></div>\n";
}

std::string Figure(const std::string& caption, const std::string& svg) {
  if (svg.empty()) return "";
  return "<figure><figcaption>" + EscapeHtml(caption) + "</figcaption>" + svg + "</figure>\n";
}

std::string Figures(const std::string& content) {
  return content.empty() ? "" : "<div class=figures>\n" + content + "</div>\n";
}

bool HasCases(const Evaluation& evaluation, ReportSection section) {
  return std::any_of(evaluation.lines.begin(), evaluation.lines.end(),
                     [&](const auto& line) { return line.section == section && line.cases > 0; });
}

bool HasSection(const Evaluation& evaluation, ReportSection section) {
  return std::any_of(evaluation.lines.begin(), evaluation.lines.end(),
                     [&](const auto& line) { return line.section == section; });
}

/// A section without any case is one sentence, not a table of empty lines.
std::string Section(const Evaluation& evaluation, const std::string& title, ReportSection section,
                    const std::string& figures) {
  const std::string head = "<h2>" + title + "</h2>\n";
  if (!HasCases(evaluation, section)) {
    for (const auto& line : evaluation.lines) {
      if (line.section == section)
        return head + "<p>Nothing to score: " + EscapeHtml(line.estimate.value.undefined) +
               ".</p>\n";
    }
  }
  return head + Figures(figures) + LinesTable(evaluation, section);
}

std::string Tile(const Evaluation& evaluation, const std::string& metric) {
  const auto& line = evaluation.Row(metric);
  if (line.cases == 0) return "";
  return fmt::format("<div><b>{}</b>{}<i>{}</i></div>", Value(line.estimate.value, line.unit),
                     EscapeHtml(metric) + (line.unit.empty() ? "" : ", " + line.unit),
                     IntervalText(line));
}

std::string Tiles(const Evaluation& e) {
  std::string html = fmt::format(
      "<div class=tiles><div><b>{}</b>images measured<i>of {}</i></div><div><b>{}</b>patients"
      "</div>",
      e.measured, e.measured + e.not_measured, e.patients);
  for (const char* metric :
       {"Dice dense", "tissue Dice", "percent MAE (masks)", "percent Spearman (masks)",
        "category accuracy", "category quadratic kappa"}) {
    html += Tile(e, metric);
  }
  return html + "</div>\n";
}

std::string MakeHtmlList(const std::vector<std::string>& lines) {
  constexpr std::size_t kShown = 100;
  std::string html = "<table>\n";
  for (std::size_t i = 0; i < std::min(kShown, lines.size()); ++i) {
    html += "<tr><td class=dim>" + EscapeHtml(lines[i]) + "</td></tr>\n";
  }
  if (lines.size() > kShown) {
    html += fmt::format("<tr><td>and {} more, in the JSON file</td></tr>\n", lines.size() - kShown);
  }
  return html + "</table>\n";
}

std::string ListNotMeasured(const EvaluationSubject& subject,
                            const std::vector<EvaluatedCase>& cases) {
  std::vector<std::string> failed;
  for (const auto& c : cases) {
    if (!c.measured()) failed.push_back(ToDisplayText(c.path + ": " + c.error));
  }
  std::string html;
  if (!failed.empty()) {
    html += fmt::format(
        "<div class=bad>{} of {} images could not be measured. They are counted only as failures "
        "and in the true category of their exams."
        "<details><summary>which, and why</summary>{}</details></div>\n",
        failed.size(), cases.size(), MakeHtmlList(failed));
  }
  if (!subject.problems.empty()) {
    html += fmt::format(
        "<div class=bad>{} rows or files were left out."
        "<details><summary>which</summary>{}</details></div>\n",
        subject.problems.size(), MakeHtmlList(subject.problems));
  }
  if (!subject.doubts.empty()) {
    html +=
        fmt::format("<div class=bad>Check the labels: {}</div>\n", MakeHtmlList(subject.doubts));
  }
  return html;
}

std::string ConfusionTable(const ConfusionMatrix& confusion) {
  if (confusion.sum() == 0) return "";
  std::string html =
      "<figure><figcaption>Confusion matrix: number of images, and fraction of the "
      "true category</figcaption><table class=confusion><tr><th></th><th>predicted a</th><th>b</th>"
      "<th>c</th><th>d</th></tr>\n";
  for (Eigen::Index truth = 0; truth < 4; ++truth) {
    html += fmt::format("<tr><th>{}{}</th>", truth == 0 ? "true " : "",
                        ToLetter(CategoryFromIndex(truth)));
    const auto all = static_cast<double>(confusion.row(truth).sum());
    for (Eigen::Index predicted = 0; predicted < 4; ++predicted) {
      const double fraction = all > 0 ? static_cast<double>(confusion(truth, predicted)) / all : 0;
      html += fmt::format(
          "<td style=\"background:rgba(0,90,150,{:.2f});color:{}\">{}<small>{}</small></td>",
          0.06 + 0.84 * fraction, fraction > 0.5 ? "#fff" : "#1c2733", confusion(truth, predicted),
          all > 0 ? fmt::format("{:.0f} %", 100 * fraction) : "no case");
    }
    html += "</tr>\n";
  }
  return html + "</table></figure>\n";
}

/// The lines that fit beside each other; those of exams and failures are of vendors alone.
constexpr const char* kStratumColumns[] = {"Dice breast",
                                           "Dice dense",
                                           "tissue Dice",
                                           "percent MAE (masks)",
                                           "percent bias (masks)",
                                           "percent MAE (regression head)",
                                           "category accuracy",
                                           "category quadratic kappa",
                                           "category linear kappa",
                                           "not measured, share",
                                           "exam category accuracy",
                                           "exam category quadratic kappa",
                                           "exam category linear kappa",
                                           "exam dense sensitivity",
                                           "exam dense specificity",
                                           "exam not measured, share"};

/// Null where the stratum has no such line.
const MetricRow* FindRow(const Stratum& stratum, const std::string& metric) {
  const auto line = std::find_if(stratum.lines.begin(), stratum.lines.end(),
                                 [&](const auto& l) { return l.metric == metric; });
  return line == stratum.lines.end() ? nullptr : &*line;
}

bool AnyHasCases(const std::vector<Stratum>& strata, const std::string& metric) {
  return std::any_of(strata.begin(), strata.end(), [&](const Stratum& stratum) {
    const MetricRow* line = FindRow(stratum, metric);
    return line != nullptr && line->cases > 0;
  });
}

std::string StratumCell(const MetricRow* line) {
  if (line == nullptr) return "<td class=n></td>";
  const Estimate& e = line->estimate;
  if (!e.value.defined()) {
    return fmt::format("<td class=n title=\"{}\">&ndash;</td>", EscapeHtml(e.value.undefined));
  }
  const std::string remarks = Remarks(*line);
  return fmt::format("<td class=n{}>{}<br><span class=dim>{}</span></td>",
                     remarks.empty() ? "" : " title=\"" + remarks + "\"",
                     Value(e.value, line->unit), IntervalText(*line));
}

std::string StrataTable(const Evaluation& evaluation) {
  std::vector<std::string> columns;
  for (const char* metric : kStratumColumns) {
    if (AnyHasCases(evaluation.strata, metric)) columns.emplace_back(metric);
  }
  std::string html =
      "<div class=scroll><table class=tight><tr><th>stratum</th><th class=n>cases</th><th "
      "class=n>patients</th><th class=n>not measured</th>";
  for (const auto& column : columns) html += "<th class=n>" + EscapeHtml(column) + "</th>";
  html += "</tr>\n";
  for (const auto& stratum : evaluation.strata) {
    html += fmt::format(
        "<tr><td>{} {}</td><td class=n>{}</td><td class=n>{}</td><td class=n>{}</td>",
        EscapeHtml(stratum.kind), EscapeHtml(stratum.name), stratum.cases, stratum.patients,
        stratum.not_measured ? std::to_string(*stratum.not_measured) : "");
    for (const auto& column : columns) html += StratumCell(FindRow(stratum, column));
    html += "</tr>\n";
  }
  return html + "</table></div>\n";
}

std::string Strata(const Evaluation& evaluation) {
  if (evaluation.strata.empty() && evaluation.small_strata.empty()) return "";
  std::string html = "<h2>By view, vendor, density and age</h2>\n";
  if (!evaluation.strata.empty()) {
    html +=
        Figures(Figure("Dice of dense tissue; dashed: all cases",
                       StrataFigure(evaluation, "Dice dense", "Dice dense")) +
                Figure("Mean absolute error of the percent from the masks; dashed: all cases",
                       StrataFigure(evaluation, "percent MAE (masks)", "percent MAE (points)")));
    html += StrataTable(evaluation);
  }
  if (!evaluation.small_strata.empty()) {
    html += fmt::format("<p class=dim>Left out, fewer than {} cases: {}.</p>\n",
                        evaluation.options.min_stratum_size,
                        EscapeHtml(fmt::to_string(fmt::join(evaluation.small_strata, ", "))));
  }
  return html;
}

std::string CaseCaption(const EvaluatedCase& c) {
  std::vector<std::string> words;
  if (const Statistic dice = c.dice(Tissue::kDense); dice.defined())
    words.push_back(fmt::format("Dice dense {:.3f}", *dice.value));
  const auto& predicted = c.percent ? c.percent : c.regression;
  if (predicted && c.true_percent)
    words.push_back(fmt::format("percent {:.1f}, true {:.1f}", *predicted, *c.true_percent));
  if (c.category && c.true_category)
    words.push_back(
        fmt::format("category {}, true {}", ToLetter(*c.category), ToLetter(*c.true_category)));
  // The folder too: an exam's files have the same names as the next one's.
  const std::filesystem::path path(c.path);
  return EscapeHtml(ToDisplayText((path.parent_path().filename() / path.filename()).string())) +
         "<br>" + EscapeHtml(fmt::to_string(fmt::join(words, "; ")));
}

std::string Worst(const std::vector<EvaluatedCase>& cases, const ShownCases& shown) {
  if (shown.worst.empty()) return "";
  std::string html = "<h2>Cases with the largest errors</h2>\n";
  if (!shown.pictures.empty()) {
    html +=
        "<p class=\"dim key\">left: true, right: predicted;<span style=\"color:#56b4e9\"></span>"
        "breast<span style=\"color:#f0e442\"></span>dense tissue<span style=\"color:#d55e00\">"
        "</span>pectoral muscle</p>\n";
  }
  for (const auto& list : shown.worst) {
    html += "<h3>" + EscapeHtml(list.title) + "</h3>\n<div class=cases>\n";
    for (const auto i : list.cases) {
      html += "<figure>";
      const auto picture = shown.pictures.find(i);
      if (picture != shown.pictures.end()) {
        html += "<img alt=\"\" src=\"data:image/jpeg;base64," + Base64(picture->second) + "\">";
      }
      html += "<figcaption>" + CaseCaption(cases[i]) + "</figcaption></figure>\n";
    }
    html += "</div>\n";
  }
  return html;
}

std::string Method(const Evaluation& evaluation) {
  const auto& o = evaluation.options;
  return fmt::format(
      "<h2>How to read this</h2>\n<p class=dim>Intervals: percentile bootstrap, {} resamples of "
      "whole patients, seed {}; intervals from fewer than about ten patients are too "
      "narrow. There is no such interval if all resamples give the same value or a tenth of them "
      "give no value; a fraction of independent cases then has Wilson's interval. If the data do "
      "not define a figure, the reason is shown and no number. Masks are compared at the picture's "
      "own size. Dice = 2TP / (2TP + FP "
      "+ FN), a mean over images; &quot;pooled&quot; takes all pixels together. Tissue Dice: mean "
      "of adipose, dense and pectoral where each pixel has one class. Hausdorff 95: the greater of "
      "both directions' 95th percentile of boundary distances. Surface Dice: fraction of "
      "boundary pixels within {:g} mm ({:g} pixels where the file gives no spacing) of the other "
      "boundary. "
      "Percent density = 100 area(dense within breast) / area(breast without pectoral muscle). "
      "ICC(2,1) and ICC(3,1) take truth and method as two raters. Bias and limits of agreement "
      "after Bland and Altman, found minus true. Ordinal AUC: Harrell's concordance of the "
      "expected category. ECE: 15 equal bins of the top probability. Definitions and sources: "
      "docs/evaluation.md.</p>\n",
      o.bootstrap.resamples, o.bootstrap.seed, o.scoring.tolerance_mm, o.scoring.tolerance_pixels);
}

}  // namespace

std::string EvaluationHtml(const EvaluationSubject& subject, const Evaluation& evaluation,
                           const std::vector<EvaluatedCase>& cases, const ShownCases& shown) {
  const auto percent_figures = [&](PercentColumn column, const std::string& name) {
    return Figure("Predicted (" + name + ") against true percent; dashed: equal",
                  ScatterFigure(cases, column)) +
           Figure("Bland-Altman (" + name + "): bias and 95 % limits of agreement",
                  BlandAltmanFigure(cases, column));
  };
  return fmt::format(
             "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"
             "<meta name=\"viewport\" content=\"width=device-width\">"
             "<title>Evaluation of {0}</title><style>{1}</style></head><body>\n"
             "<h1>Evaluation of {0}</h1>\n<p class=dim>on {2}{3}</p>\n"
             "<p class=note>Made by mhcnn {4}. A research tool, not a medical device.</p>\n",
             EscapeHtml(subject.method), kStyle, EscapeHtml(subject.data),
             subject.split.empty() ? "" : ", split " + EscapeHtml(subject.split), Version()) +
         Tiles(evaluation) + ListNotMeasured(subject, cases) +
         Section(evaluation, "Segmentation", ReportSection::kSegmentation,
                 Figure("Dice: each image a dot, the mean with its interval; orange: Otsu's "
                        "threshold within the true breast",
                        DiceFigure(evaluation, cases))) +
         Section(evaluation, "Percent density", ReportSection::kPercent,
                 percent_figures(PercentColumn::kMasks, "masks") +
                     percent_figures(PercentColumn::kRegression, "regression head")) +
         Section(evaluation, "BI-RADS density category", ReportSection::kCategory,
                 ConfusionTable(evaluation.confusion) +
                     Figure("Each category against the others", RocFigure(cases)) +
                     Figure("Calibration; dashed: perfect", CalibrationFigure(evaluation))) +
         (HasSection(evaluation, ReportSection::kExam)
              ? Section(evaluation, "By exam", ReportSection::kExam, "")
              : "") +
         (HasSection(evaluation, ReportSection::kReaders)
              ? Section(evaluation, "Agreement between readers", ReportSection::kReaders, "")
              : "") +
         Strata(evaluation) + Worst(cases, shown) + Method(evaluation) + "</body></html>\n";
}

}  // namespace mhcnn
