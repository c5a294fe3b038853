// Which exams the table shows, and in which order.
import { FIELD, examName, isDense } from "./batch_data.js";

/** Columns by which the table is sorted: value of a row, empty values last. */
export const ORDERS = {
  exam: (row) => examName(row).toLowerCase(),
  date: (row) => row[FIELD.date] || null,
  percent: (row) => row[FIELD.percent],
  category: (row) => (row[FIELD.category] ? row[FIELD.category] + (row[FIELD.probabilities]?.[row[FIELD.category].charCodeAt(0) - 97] ?? 0) : null),
  dense: (row) => (row[FIELD.category] ? Number(isDense(row[FIELD.category])) : null),
  sides: (row) => (row[FIELD.left] === null || row[FIELD.right] === null ? null : Math.abs(row[FIELD.left] - row[FIELD.right])),
  flags: (row) => row[FIELD.failed] * 1000 + row[FIELD.flags].length + (row[FIELD.error] ? 1e6 : 0),
};

/** Filters by group: values of one group are alternatives, groups are conditions. */
const GROUPS = {
  category: (row) => [row[FIELD.category] || "none"],
  density: (row) => [row[FIELD.category] ? (isDense(row[FIELD.category]) ? "dense" : "not") : "none"],
  percent: (row) => [row[FIELD.percent] === null ? "none" : String(percentBin(row[FIELD.percent]))],
  flag: (row) => row[FIELD.flags].map(String),
  code: (row) => row[FIELD.codes],
  state: (row) => [
    ...(row[FIELD.error] ? ["error"] : []),
    ...(row[FIELD.failed] > 0 ? ["refused"] : []),
    ...(row[FIELD.flags].length > 0 ? ["flagged"] : []),
    ...(row[FIELD.failed] === 0 && row[FIELD.flags].length === 0 && !row[FIELD.error] ? ["clean"] : []),
  ],
};

/** Width of a bar of the histogram in percent. */
export const BIN = 5;

/** Returns the bar of a percent; 100 is in the last one. */
export function percentBin(percent) {
  return Math.min(100 / BIN - 1, Math.floor(percent / BIN));
}

/** Returns the values of a row in a group of filters. */
export function valuesOf(group, row) {
  return GROUPS[group](row);
}

/** Order and filters; `rows` are the places of the exams that pass. */
export class Selection {
  constructor(data) {
    this.data = data;
    this.filters = new Map();
    this.text = "";
    this.order = "exam";
    this.descending = false;
    this.listeners = [];
    this.texts = null;
    this.sorted = null;
    this.rows = [];
    this.update();
  }

  onChange(listener) { this.listeners.push(listener); }

  /** Sorts by a column; the same again: in the other direction. */
  sortBy(order, descending = this.order === order ? !this.descending : false) {
    this.order = order;
    this.descending = descending;
    this.sorted = null;
    this.update();
  }

  search(text) {
    this.text = text;
    this.update();
  }

  has(group, value) { return this.filters.get(group)?.has(value) ?? false; }

  toggle(group, value) {
    const values = this.filters.get(group) ?? new Set();
    if (!values.delete(value)) values.add(value);
    if (values.size) this.filters.set(group, values);
    else this.filters.delete(group);
    this.update();
  }

  clear() {
    this.filters.clear();
    this.text = "";
    this.update();
  }

  /** Returns whether some exams may be hidden. */
  active() { return this.filters.size > 0 || this.text.trim() !== ""; }

  update() {
    this.sorted ??= this.sort();
    const words = this.text.toLowerCase().split(/\s+/).filter(Boolean);
    const groups = [...this.filters];
    if (!words.length && !groups.length) this.rows = this.sorted;
    else {
      if (words.length) this.texts ??= this.data.exams.map((row, index) => this.searched(row, index));
      this.rows = this.sorted.filter((index) =>
        groups.every(([group, wanted]) => GROUPS[group](this.data.exams[index]).some((value) => wanted.has(value))) &&
        words.every((word) => this.texts[index].includes(word)));
    }
    for (const listener of this.listeners) listener();
  }

  sort() {
    const { exams } = this.data;
    const keys = exams.map(ORDERS[this.order]);
    const direction = this.descending ? -1 : 1;
    const order = new Uint32Array(exams.length).map((_, index) => index);
    return order.sort((a, b) => {
      const x = keys[a], y = keys[b];
      if (x === y) return a - b;
      if (x === null) return 1;
      if (y === null) return -1;
      return (x < y ? -1 : 1) * direction;
    });
  }

  searched(row, index) {
    return [row[FIELD.patient], row[FIELD.study], row[FIELD.date], ...this.data.paths(index)].join("\n").toLowerCase();
  }
}
