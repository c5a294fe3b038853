// The percent densities of a patient's exams over the years.
import { element, intervalText, percentText, svgElement } from "./dom.js";
import { dateText } from "./node_data.js";

const WIDE = 380, HIGH = 132, LEFT = 34, RIGHT = 14, TOP = 10, BOTTOM = 22;

/** Returns the days of a date YYYYMMDD; null for another text. */
function daysOf(date) {
  if (!/^\d{8}$/.test(date ?? "")) return null;
  return Date.UTC(Number(date.slice(0, 4)), Number(date.slice(4, 6)) - 1, Number(date.slice(6))) / 86400000;
}

const numberOrNull = (text) => (text === null || text === undefined || text === "" ? null : Number(text));

/** Returns a point of the chart for an exam or a prior; null without a percent or a date. A reader's figures replace the model's. */
function pointOf(exam) {
  const read = numberOrNull(exam.percent_corrected), percent = read ?? numberOrNull(exam.percent);
  const days = daysOf(exam.study_date);
  if (percent === null || days === null) return null;
  // The interval belongs to the model's percent.
  const own = read !== null && read !== numberOrNull(exam.percent);
  return { id: exam.id, date: exam.study_date, days, percent, low: own ? null : numberOrNull(exam.percent_low), high: own ? null : numberOrNull(exam.percent_high), category: exam.category_corrected || exam.category };
}

/** Makes the chart and its figures; null with fewer than two exams. `open` is called with the number of an exam. */
export function makeTrend(priors, exam, open) {
  const points = [...priors, exam].map(pointOf).filter(Boolean).sort((a, b) => a.days - b.days);
  if (points.length < 2) return null;
  const first = points[0].days, last = Math.max(first + 1, points.at(-1).days);
  const top = Math.min(100, Math.max(20, Math.ceil(Math.max(...points.map(({ percent, high }) => high ?? percent)) / 20) * 20));
  const x = (days) => LEFT + 8 + (days - first) / (last - first) * (WIDE - LEFT - RIGHT - 16);
  const y = (percent) => TOP + (1 - percent / top) * (HIGH - TOP - BOTTOM);
  const lines = [0, top / 2, top].map((percent) => [
    svgElement("line", { class: "grid-line", x1: LEFT, x2: WIDE - RIGHT, y1: y(percent), y2: y(percent) }),
    svgElement("text", { x: LEFT - 6, y: y(percent) + 4, "text-anchor": "end" }, String(percent))]).flat();
  const dates = [points[0], points.at(-1)].map(({ date, days }, i) => svgElement("text", { x: i ? WIDE - RIGHT : LEFT, y: HIGH - 5, "text-anchor": i ? "end" : "start", "data-days": days }, dateText(date)));
  const marks = points.map((point) => [
    point.low === null || point.high === null ? null : svgElement("line", { class: "interval", x1: x(point.days), x2: x(point.days), y1: y(point.low), y2: y(Math.min(top, point.high)) }),
    svgElement("circle", { class: point.id === exam.id ? "now" : "", cx: x(point.days), cy: y(point.percent), r: point.id === exam.id ? 5 : 3.5 })]).flat().filter(Boolean);
  const chart = svgElement("svg", { class: "trend", viewBox: `0 0 ${WIDE} ${HIGH}`, "aria-hidden": "true" }, lines,
    svgElement("polyline", { points: points.map(({ days, percent }) => `${x(days).toFixed(1)},${y(percent).toFixed(1)}`).join(" ") }), marks, dates);
  const rows = [...points].reverse().map((point) => element("tr", { class: point.id === exam.id ? "now" : "" },
    element("th", { scope: "row" }, point.id === exam.id ? dateText(point.date) : element("a", { href: `/exam/${point.id}`, onclick: (event) => {
      event.preventDefault();
      open(point.id);
    }, text: dateText(point.date) })),
    element("td", { class: "value", text: `${percentText(point.percent)} %` }), element("td", { text: intervalText(point.low, point.high) }), element("td", { text: point.category })));
  return element("section", {}, element("h2", { text: "Earlier exams of the patient, percent density" }), chart,
    element("table", { class: "trend-table", "aria-label": "Percent density of the exams of the patient" }, element("tbody", {}, rows)));
}
