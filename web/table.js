// The table of exams. Only the rows in view exist: 100,000 exams scroll as 10 do.
import { element, counted, intervalText, percentText, problemText } from "./dom.js";
import { FIELD, examName, isDense } from "./batch_data.js";
import { percentTrack, probabilityBars, setBars, setTrack } from "./scale.js";

const COLUMNS = [
  { name: "Images" },
  { name: "Exam", order: "exam" },
  { name: "Date", order: "date" },
  { name: "Percent density", order: "percent" },
  { name: "Right, left", order: "sides" },
  { name: "Category", order: "category" },
  { name: "Density", order: "dense" },
  { name: "Flags and errors", order: "flags" },
];
const SETTLED = 90;  // milliseconds without scrolling after which pictures load

/** Cells of a row that is used again for other exams. */
function makeRow(place) {
  const row = element("div", { role: "row", id: `exam-row-${place}` });
  const cell = (name, ...children) => {
    const made = element("div", { role: "gridcell", class: `cell ${name}` }, ...children);
    row.append(made);
    return made;
  };
  const pictures = [0, 1, 2, 3].map(() => element("img", { alt: "", decoding: "async" }));
  for (const picture of pictures) picture.addEventListener("error", () => picture.removeAttribute("src"));
  cell("pictures", pictures);
  const name = element("b"), study = element("span");
  cell("exam", name, study);
  const date = cell("date");
  const percent = element("b"), interval = element("span"), track = percentTrack();
  cell("percent", element("span", { class: "figures" }, percent, interval), track.track);
  const sides = cell("sides");
  const letter = element("b"), chance = element("span"), bars = probabilityBars();
  cell("category", letter, bars.box, chance);
  const pill = element("span", { class: "pill" });
  cell("density", pill);
  const flag = element("span"), more = element("span", { class: "more" });
  const flags = cell("flags", flag, more);
  return { row, pictures, name, study, date, percent, interval, track, sides, letter, chance, bars, pill, flag, more, flags, index: -1, at: -1 };
}

/** The table; `open` is called with the place of an exam among all exams. */
export class ExamTable {
  constructor(data, selection, open) {
    this.data = data;
    this.selection = selection;
    this.open = open;
    this.pool = [];
    this.active = 0;
    this.heads = new Map();
    this.head = element("div", { role: "rowgroup", class: "head" }, element("div", { role: "row", class: "row-layout" }, COLUMNS.map((column) => this.makeHead(column))));
    this.body = element("div", { role: "rowgroup", class: "body" });
    this.empty = element("p", { class: "empty", hidden: true, text: "No exam matches the search and the filters." });
    this.grid = element("div", {
      role: "grid", class: "grid", tabindex: "0", "aria-label": "Exams", "aria-colcount": COLUMNS.length,
      onscroll: () => this.schedule(), onkeydown: (event) => this.onKey(event),
    }, this.head, this.body);
    this.box = element("div", { class: "table" }, this.grid, this.empty);
    this.body.addEventListener("click", (event) => {
      const row = event.target.closest("[role=row]");
      const used = this.pool.find((one) => one.row === row);
      if (!used) return;
      this.setActive(used.at);
      this.open(used.index);
    });
    selection.onChange(() => this.refresh());
    new ResizeObserver(() => this.measure()).observe(this.grid);
    this.refresh();
  }

  makeHead({ name, order }) {
    if (!order) return element("div", { role: "columnheader", class: "cell" }, element("span", { text: name }));
    const head = element("div", { role: "columnheader", class: `cell ${order}`, "aria-sort": "none" },
      element("button", { type: "button", onclick: () => this.selection.sortBy(order) }, name, element("span", { class: "arrow", "aria-hidden": "true" })));
    this.heads.set(order, head);
    return head;
  }

  /** After another order or other filters. */
  refresh() {
    const { rows, order, descending } = this.selection;
    for (const [name, head] of this.heads) head.setAttribute("aria-sort", name !== order ? "none" : descending ? "descending" : "ascending");
    this.grid.setAttribute("aria-rowcount", rows.length + 1);
    this.empty.hidden = rows.length > 0;
    for (const used of this.pool) used.at = -1;
    this.grid.scrollTop = 0;
    this.active = 0;
    this.measure();
  }

  /** After the window or the number of rows changed; nothing else asks the browser for sizes while it scrolls. */
  measure() {
    this.height = parseFloat(getComputedStyle(this.grid).getPropertyValue("--row")) || 64;
    this.view = this.grid.clientHeight;
    this.headHeight = this.head.offsetHeight;
    this.body.style.height = `${this.selection.rows.length * this.height}px`;
    this.schedule();
  }

  schedule() {
    if (this.frame) return;
    this.frame = requestAnimationFrame(() => {
      this.frame = 0;
      this.render();
    });
  }

  render() {
    const { rows } = this.selection;
    const { height, view } = this, top = this.grid.scrollTop;
    const count = Math.min(rows.length, Math.ceil(view / height) + 2);
    while (this.pool.length < count) {
      const made = makeRow(this.pool.length);
      made.row.classList.add("row-layout");
      this.pool.push(made);
      this.body.append(made.row);
    }
    while (this.pool.length > count) this.pool.pop().row.remove();
    if (!count) return;
    const first = Math.max(0, Math.min(Math.floor(top / height) - 1, rows.length - count));
    for (let at = first; at < first + count; ++at) {
      const used = this.pool[at % count];
      if (used.at !== at || used.height !== height || used.index !== rows[at]) this.setRow(used, at, rows[at], height);
      if (used.active === (at === this.active)) continue;
      used.active = at === this.active;
      used.row.classList.toggle("active", used.active);
      used.row.setAttribute("aria-selected", used.active);
      if (used.active) this.grid.setAttribute("aria-activedescendant", used.row.id);
    }
    clearTimeout(this.settle);
    this.settle = setTimeout(() => this.loadPictures(), SETTLED);
  }

  setRow(used, at, index, height) {
    const row = this.data.exams[index];
    used.at = at;
    used.index = index;
    used.height = height;
    used.row.style.transform = `translateY(${at * height}px)`;
    used.row.setAttribute("aria-rowindex", at + 2);
    if (!used.stale) {
      used.stale = true;
      used.row.classList.add("stale");
    }
    const files = row[FIELD.files];
    used.name.textContent = examName(row);
    used.study.textContent = row[FIELD.patient] ? row[FIELD.study] : files.length === 2 ? this.data.facts.folder + files[0] : row[FIELD.study];
    used.date.textContent = row[FIELD.date];
    used.percent.textContent = row[FIELD.percent] === null ? "–" : `${percentText(row[FIELD.percent])} %`;
    used.interval.textContent = intervalText(row[FIELD.low], row[FIELD.high]);
    used.track.track.hidden = row[FIELD.percent] === null;
    setTrack(used.track, row[FIELD.percent], row[FIELD.low], row[FIELD.high]);
    used.sides.textContent = row[FIELD.right] === null && row[FIELD.left] === null ? "" : `${percentText(row[FIELD.right])}  ${percentText(row[FIELD.left])}`;
    const category = row[FIELD.category];
    used.letter.textContent = category || "–";
    setBars(used.bars, row[FIELD.probabilities], category);
    used.chance.textContent = category ? `${Math.round(100 * row[FIELD.probabilities]["abcd".indexOf(category)])} %` : "";
    used.pill.hidden = !category;
    used.pill.textContent = isDense(category) ? "Dense" : "Not dense";
    used.pill.classList.toggle("dense", isDense(category));
    this.setFlags(used, row);
  }

  setFlags(used, row) {
    const words = this.data.facts.words.flags;
    const failed = row[FIELD.failed], flags = row[FIELD.flags];
    const notes = flags.map((flag) => words[flag]).sort((a, b) => Number(b.leave_out) - Number(a.leave_out)).map((flag) => flag.sentence);
    if (row[FIELD.error]) notes.unshift(problemText(row[FIELD.error]));
    else if (failed) notes.unshift(`${failed} of ${counted(row[FIELD.images], "file")} refused.`);
    used.flag.textContent = notes[0] ?? "";
    used.more.textContent = notes.length > 1 ? `+${notes.length - 1}` : "";
    used.flags.classList.toggle("refused", failed > 0);
  }

  loadPictures() {
    for (const used of this.pool) {
      if (used.at < 0) continue;
      const keys = this.data.facts.pictures ? this.data.exams[used.index][FIELD.pictures] : ["", "", "", ""];
      used.pictures.forEach((picture, i) => {
        const address = keys[i] ? this.data.thumbnailAddress(keys[i]) : "";
        if (!address) picture.removeAttribute("src");
        else if (picture.getAttribute("src") !== address) picture.src = address;
      });
      used.stale = false;
      used.row.classList.remove("stale");
    }
  }

  /** Moves the marked row and keeps it in view. */
  setActive(at) {
    const last = this.selection.rows.length - 1;
    this.active = Math.max(0, Math.min(last, at));
    const { height } = this;
    const top = this.active * height, view = this.view - this.headHeight;
    if (top < this.grid.scrollTop) this.grid.scrollTop = top;
    else if (top + height > this.grid.scrollTop + view) this.grid.scrollTop = top + height - view;
    this.schedule();
  }

  onKey(event) {
    if (event.target !== this.grid || event.ctrlKey || event.metaKey || event.altKey) return;
    const page = Math.max(1, Math.floor(this.view / this.height) - 1);
    const moves = { ArrowDown: 1, ArrowUp: -1, PageDown: page, PageUp: -page, Home: -Infinity, End: Infinity };
    if (event.key in moves) {
      event.preventDefault();
      this.setActive(this.active + moves[event.key]);
    } else if (event.key === "Enter" && this.selection.rows.length) {
      event.preventDefault();
      this.open(this.selection.rows[this.active]);
    }
  }
}
