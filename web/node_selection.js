// Which exams the worklist shows, and in which order: the node filters, sorts and pages; events change what is shown.
import { STATES } from "./node_data.js";

const PAGE = 100;
const MOST = 500;  // largest number of exams that the node gives at once

/** Values by which exams are sorted, as the node compares them; null: no value, which comes last. */
const VALUE = {
  received: (exam) => exam.id,
  date: (exam) => exam.study_date || null,
  patient: (exam) => exam.patient_id || null,
  state: (exam) => Object.keys(STATES).indexOf(exam.state),
  percent: (exam) => (exam.percent_corrected || exam.percent ? Number(exam.percent_corrected || exam.percent) : null),
  category: (exam) => exam.category_corrected || exam.category || null,
};
/** First direction of a column, where it is not the largest first. */
const ASCENDING = new Set(["patient", "state"]);

/** Possible choices: order, direction, words. */
export const NODE_ORDERS = [
  ["received", "desc", "Newest received first"], ["received", "asc", "Oldest received first"], ["date", "desc", "Newest study first"], ["date", "asc", "Oldest study first"],
  ["patient", "asc", "Patient, A to Z"], ["patient", "desc", "Patient, Z to A"], ["percent", "desc", "Highest percent first"], ["percent", "asc", "Lowest percent first"],
  ["category", "desc", "Category, d to a"], ["category", "asc", "Category, a to d"], ["state", "asc", "State, receiving first"], ["state", "desc", "State, cancelled first"],
];

/** Filters and the exams that pass, as the table needs them: `rows` are numbers of exams. */
export class NodeSelection {
  constructor(api, data) {
    this.api = api;
    this.data = data;
    this.filter = { state: "", category: "", flag: "", q: "", from: "", to: "" };
    this.order = "received";
    this.descending = true;
    this.rows = [];
    this.next = null;
    this.end = null;  // number and value of the last exam that was read, while `next` is set
    this.problem = "";
    this.loading = false;
    this.notBefore = 0;  // time when the next page may be requested, after a failure
    this.turn = 0;
    this.listeners = [];
  }

  onChange(listener) { this.listeners.push(listener); }

  tell(kept) { for (const listener of this.listeners) listener(kept); }

  /** Sets a filter; the same value again ends it. */
  toggle(name, value) { this.set(name, this.filter[name] === value ? "" : value); }

  set(name, value) {
    if (this.filter[name] === value) return;
    this.filter[name] = value;
    this.load();
  }

  clear() {
    for (const name of Object.keys(this.filter)) this.filter[name] = "";
    this.load();
  }

  /** Sorts by a value; the same again: in the other direction. */
  sortBy(order) { this.sort(order, this.order === order ? !this.descending : !ASCENDING.has(order)); }

  sort(order, descending) {
    this.order = order;
    this.descending = descending;
    this.load();
  }

  /** Returns a number below 0 where exam `a` is before `b` in the list. */
  compare(a, b) { return this.comparePlaces(this.place(a), this.place(b)); }

  /** Returns the values on which the place of an exam in the list depends. */
  place(exam) { return { id: exam.id, value: VALUE[this.order](exam) }; }

  comparePlaces(a, b) {
    const one = a.value, other = b.value;
    if (one === other) return b.id - a.id;
    if (one === null || other === null) return one === null ? 1 : -1;
    return (one < other ? -1 : 1) * (this.descending ? -1 : 1);
  }

  /** Returns the exam after (1) or before (-1) another one. If that has left the list, its former place counts. */
  neighbour(id, by) {
    const at = this.rows.indexOf(id);
    if (at >= 0) return this.rows[at + by];
    const exam = this.data.summaries.get(id), of = (row) => this.compare(exam, this.data.summaries.get(row));
    if (!exam) return undefined;
    return by > 0 ? this.rows.find((row) => of(row) < 0) : this.rows.findLast((row) => of(row) > 0);
  }

  active() { return Object.values(this.filter).some(Boolean); }

  /** Returns the number of rows; -2 while the node has more. */
  get total() { return this.next === null ? this.rows.length : -2; }

  address(before, limit = PAGE) {
    const query = new URLSearchParams({ limit: String(limit) });
    for (const [name, value] of Object.entries(this.filter)) {
      if (value) query.set(name, name === "from" || name === "to" ? value.replaceAll("-", "") : value);
    }
    if (this.order !== "received" || !this.descending) {
      query.set("sort", this.order);
      query.set("order", this.descending ? "desc" : "asc");
    }
    if (before) query.set("before", String(before));
    return `/api/v1/exams?${query}`;
  }

  /** Reads the first exams again. `kept`: those in view stay. */
  async load(kept = false) {
    const turn = ++this.turn;
    this.loading = true;
    try {
      const wanted = kept ? Math.max(PAGE, this.rows.length) : PAGE, found = new Map();
      let before = null;
      do {
        const { exams, next } = await this.api.get(this.address(before, Math.min(MOST, wanted - found.size)));
        if (turn !== this.turn) return;
        for (const exam of exams) found.set(exam.id, exam);
        before = next ?? null;
        this.endsWith(exams, before);
      } while (before !== null && found.size < wanted);
      for (const exam of found.values()) this.data.take(exam);
      this.problem = "";
      this.rows = [...found.keys()];
    } catch (error) {
      if (turn !== this.turn) return;
      this.problem = error.message;
      if (!kept) {  // the earlier exams are of other filters
        this.rows = [];
        this.endsWith([], null);
      }
    }
    this.loading = false;
    this.tell(kept);
  }

  /** Called when a page was read; `next` leads to the one after it. */
  endsWith(exams, next) {
    this.next = next;
    if (exams.length) this.end = this.place(exams.at(-1));
  }

  /** Called with the last row that is drawn: reads the next page before it is needed. */
  async near(last) {
    if (this.next === null || this.loading || Date.now() < this.notBefore || last < this.rows.length - PAGE / 2) return;
    const turn = this.turn;
    this.loading = true;
    try {
      const { exams, next } = await this.api.get(this.address(this.next));
      if (turn !== this.turn) return;
      for (const exam of exams) this.data.take(exam);
      // An exam that an event added gets its place from the page.
      const page = new Set(exams.map(({ id }) => id));
      this.rows = [...this.rows.filter((id) => !page.has(id)), ...page];
      this.endsWith(exams, next ?? null);
    } catch (error) {
      if (turn !== this.turn) return;
      this.problem = error.message;
      this.notBefore = Date.now() + 5000;
    }
    this.loading = false;
    this.tell(true);
  }

  passes(exam) {
    const { state, category, flag, q, from, to } = this.filter;
    const date = exam.study_date ?? "";
    const text = `${exam.patient_id}\n${exam.study_uid}`.toLowerCase();
    return (!state || exam.state === state) && (!category || (exam.category_corrected || exam.category) === category) && (!flag || (exam.flags ?? []).includes(flag)) &&
      (!q || text.includes(q.toLowerCase())) && (!from || date >= from.replaceAll("-", "")) && (!to || (date && date <= to.replaceAll("-", "")));
  }

  /** Called when an exam is new or changed. */
  take(exam) {
    const { rows } = this, known = this.data.summaries.get(exam.id);
    const at = rows.indexOf(exam.id), passes = this.passes(exam);
    const stays = at >= 0 && passes && VALUE[this.order](known) === VALUE[this.order](exam);
    this.data.take(exam);
    if (!stays) {
      if (at >= 0) rows.splice(at, 1);
      if (passes) this.insert(exam);
    }
    this.tell(true);
  }

  insert(exam) {
    const { rows } = this;
    // An exam after the last one that was read comes with the next page.
    if (this.next !== null && this.comparePlaces(this.place(exam), this.end) > 0) return;
    const place = rows.findIndex((id) => this.compare(exam, this.data.summaries.get(id)) < 0);
    if (place >= 0) rows.splice(place, 0, exam.id);
    else rows.push(exam.id);
  }
}
