// The summary next to the table; each figure is a filter.
import { element, capital, counted, countText } from "./dom.js";
import { FIELD } from "./batch_data.js";
import { BIN, percentBin, valuesOf } from "./selection.js";

/** Counts the exams of each value of a group. */
function countValues(exams, group) {
  const counts = new Map();
  for (const row of exams) for (const value of valuesOf(group, row)) counts.set(value, (counts.get(value) ?? 0) + 1);
  return counts;
}

/** Summary of all exams, with the values that are filters now. */
export class Summary {
  constructor(data, selection) {
    this.data = data;
    this.selection = selection;
    this.buttons = [];
    this.box = element("aside", { class: "summary", "aria-label": "Summary and filters" },
      this.files(), this.histogram(), this.categories(), this.states(), this.flags(), this.errors());
    selection.onChange(() => this.refresh());
    this.refresh();
  }

  /** Makes a button that switches a filter. */
  filter(group, value, attributes, ...children) {
    const button = element("button", {
      type: "button", "aria-pressed": "false", onclick: () => this.selection.toggle(group, value), ...attributes,
    }, ...children);
    this.buttons.push({ button, group, value });
    return button;
  }

  refresh() {
    for (const { button, group, value } of this.buttons) button.setAttribute("aria-pressed", this.selection.has(group, value));
  }

  section(title, ...children) {
    return element("section", {}, element("h2", { text: title }), ...children);
  }

  files() {
    const { facts, exams } = this.data;
    const measured = facts.done - facts.failed;
    const figure = (count, word) => element("div", {}, element("b", { text: countText(count) }), element("span", { text: word }));
    const box = element("section", { class: "totals" },
      figure(exams.length, exams.length === 1 ? "exam" : "exams"),
      figure(measured, measured === 1 ? "image measured" : "images measured"),
      figure(facts.failed, facts.failed === 1 ? "file refused" : "files refused"));
    return box;
  }

  histogram() {
    const { exams } = this.data;
    const bars = new Array(100 / BIN).fill(0);
    let none = 0;
    const percents = [];
    for (const row of exams) {
      const percent = row[FIELD.percent];
      if (percent === null) ++none;
      else {
        ++bars[percentBin(percent)];
        percents.push(percent);
      }
    }
    if (!percents.length) return this.section("Percent density", element("p", { class: "quiet", text: "No exam has a percent." }));
    percents.sort((a, b) => a - b);
    const median = (percents[(percents.length - 1) >> 1] + percents[percents.length >> 1]) / 2;
    const most = Math.max(1, ...bars);
    const chart = element("div", { class: "histogram", role: "group", "aria-label": "Exams by percent density" }, bars.map((count, i) => {
      const range = `${i * BIN} to ${(i + 1) * BIN} %: ${counted(count, "exam")}`;
      const fill = element("i");
      fill.style.height = count ? `${Math.max(3, 100 * count / most)}%` : "0";
      return this.filter("percent", String(i), { "aria-label": range, title: range, disabled: count === 0 }, fill);
    }));
    const axis = element("div", { class: "axis", "aria-hidden": "true" }, ["0", "25", "50", "75", "100 %"].map((text) => element("span", { text })));
    const words = `median ${median.toFixed(1)} %${none ? `, ${counted(none, "exam")} without` : ""}`;
    return this.section("Percent density", chart, axis, element("p", { class: "quiet", text: words }));
  }

  /** Makes a line with a bar behind it. */
  line(group, value, label, count, most, title) {
    const bar = element("i", { class: "line-bar", "aria-hidden": "true" });
    bar.style.width = `${100 * count / Math.max(1, most)}%`;
    return this.filter(group, value, { class: "line", title }, bar, element("span", { text: label }), element("b", { text: countText(count) }));
  }

  categories() {
    const { exams, facts } = this.data;
    const counts = countValues(exams, "category");
    const most = Math.max(1, ...counts.values());
    const lines = ["a", "b", "c", "d"].map((letter) =>
      this.line("category", letter, `${letter}  ${capital(facts.words.categories[letter])}`, counts.get(letter) ?? 0, most, capital(facts.words.categories[letter])));
    if (counts.get("none")) lines.push(this.line("category", "none", "No category", counts.get("none"), most));
    const density = countValues(exams, "density");
    const pair = element("div", { class: "pair" },
      this.filter("density", "not", { class: "line" }, element("span", { text: "Not dense" }), element("b", { text: countText(density.get("not") ?? 0) })),
      this.filter("density", "dense", { class: "line" }, element("span", { text: "Dense" }), element("b", { text: countText(density.get("dense") ?? 0) })));
    return this.section("BI-RADS density category", ...lines, pair);
  }

  states() {
    const counts = countValues(this.data.exams, "state");
    const most = this.data.exams.length;
    const names = { clean: "Without flags and errors", flagged: "With flags", refused: "With refused files", error: "Nothing measured" };
    return this.section("State", ...Object.entries(names).map(([value, label]) => this.line("state", value, label, counts.get(value) ?? 0, most)));
  }

  flags() {
    const counts = countValues(this.data.exams, "flag");
    const { flags } = this.data.facts.words;
    const order = [...counts].sort((a, b) => Number(flags[b[0]].leave_out) - Number(flags[a[0]].leave_out) || b[1] - a[1]);
    if (!order.length) return this.section("Flags", element("p", { class: "quiet", text: "No exam has a flag." }));
    return this.section("Flags, and what to do", ...order.map(([value, count]) => {
      const { sentence, advice, word } = flags[value];
      return this.filter("flag", value, { class: "advice", title: word },
        element("span", { text: sentence }), element("b", { text: countText(count) }), element("em", { text: advice }));
    }));
  }

  errors() {
    const { facts, exams } = this.data;
    const codes = Object.entries(facts.failed_by_code).sort((a, b) => b[1] - a[1]);
    const counts = countValues(exams, "code");
    const left = facts.left_out ? [element("p", { class: "quiet", text: `No row: ${facts.left_out}.` })] : [];
    if (!codes.length) return this.section("Errors", element("p", { class: "quiet", text: "All files were measured." }), ...left);
    return this.section("Errors, and what to do", ...codes.map(([code, files]) => {
      const words = facts.words.errors[code] ?? { meaning: code, advice: "" };
      return this.filter("code", code, { class: "advice", title: `${code}: ${counted(files, "file")} of ${counted(counts.get(code) ?? 0, "exam")}` },
        element("span", { text: `${capital(words.meaning)}.` }), element("b", { text: countText(files) }),
        element("em", { text: words.advice ? `${capital(words.advice)}.` : "" }));
    }), ...left);
  }
}
