// Which exams the worklist shows: the node filters and pages, the newest first; events change what is shown.

const PAGE = 100;

/** The filters and the exams that pass, as the table takes them: `rows` are numbers of exams. */
export class NodeSelection {
  constructor(api, data) {
    this.api = api;
    this.data = data;
    this.filter = { state: "", category: "", flag: "", q: "", from: "", to: "" };
    this.rows = [];
    this.next = null;
    this.problem = "";
    this.loading = false;
    this.notBefore = 0;  // when the next page may be asked for, after a failure
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

  active() { return Object.values(this.filter).some(Boolean); }

  /** Number of rows; -2 while more are at the node. */
  get total() { return this.next === null ? this.rows.length : -2; }

  address(before) {
    const query = new URLSearchParams({ limit: String(PAGE) });
    for (const [name, value] of Object.entries(this.filter)) {
      if (value) query.set(name, name === "from" || name === "to" ? value.replaceAll("-", "") : value);
    }
    if (before) query.set("before", String(before));
    return `/api/v1/exams?${query}`;
  }

  /** Reads the first exams again. `kept`: those in view stay. */
  async load(kept = false) {
    const turn = ++this.turn;
    this.loading = true;
    try {
      const { exams, next } = await this.api.get(this.address());
      if (turn !== this.turn) return;
      for (const exam of exams) this.data.take(exam);
      this.problem = "";
      this.rows = exams.map(({ id }) => id);
      this.next = next ?? null;
    } catch (error) {
      if (turn !== this.turn) return;
      this.problem = error.message;
      if (!kept) {  // they are of other filters
        this.rows = [];
        this.next = null;
      }
    }
    this.loading = false;
    this.tell(kept);
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
      const there = new Set(this.rows);
      this.rows.push(...exams.map(({ id }) => id).filter((id) => !there.has(id)));
      this.next = next ?? null;
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

  /** An exam is new or changed. */
  take(exam) {
    this.data.take(exam);
    const at = this.rows.indexOf(exam.id);
    if (this.passes(exam)) {
      if (at < 0) {
        const place = this.rows.findIndex((id) => id < exam.id);
        if (place >= 0) this.rows.splice(place, 0, exam.id);
        else if (this.next === null) this.rows.push(exam.id);
      }
    } else if (at >= 0) this.rows.splice(at, 1);
    this.tell(true);
  }
}
