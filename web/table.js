// The table of exams. Only the rows in view exist: 100,000 exams scroll as 10 do.
import { element, counted, intervalText, percentText, problemText } from "./dom.js";
import { FIELD, examName, isDense } from "./batch_data.js";
import { percentTrack, probabilityBars, setBars, setTrack } from "./scale.js";

const SETTLED = 90;  // milliseconds without scrolling after which pictures load

/** Columns of the table: `make` fills a cell that is used again for other exams, and returns the function that writes an exam into it. */
export const COLUMN = {
  pictures: {
    name: "Images", kind: "pictures",
    make: (cell, data) => {
      const pictures = [0, 1, 2, 3].map(() => element("img", { alt: "", decoding: "async" }));
      for (const picture of pictures) picture.addEventListener("error", () => {
        picture.dataset.absent = picture.getAttribute("src") ?? "";  // e.g. removed by the retention
        picture.removeAttribute("src");
      });
      cell.append(...pictures);
      const write = () => {};
      write.settle = (row, index) => {
        const keys = data.facts.pictures ? row[FIELD.pictures] : ["", "", "", ""];
        pictures.forEach((picture, i) => {
          const address = keys[i] ? data.thumbnailAddress(keys[i], index) : "";
          if (!address) picture.removeAttribute("src");
          else if (picture.getAttribute("src") !== address && picture.dataset.absent !== address) picture.src = address;
        });
      };
      return write;
    },
  },
  exam: {
    name: "Exam", order: "exam", kind: "exam",
    make: (cell, data) => {
      const name = element("b"), study = element("span");
      cell.append(name, study);
      return (row) => {
        const files = row[FIELD.files];
        name.textContent = examName(row);
        study.textContent = row[FIELD.patient] ? row[FIELD.study] : files.length === 2 ? data.facts.folder + files[0] : row[FIELD.study];
      };
    },
  },
  date: { name: "Date", order: "date", kind: "date", make: (cell) => (row) => { cell.textContent = row[FIELD.date]; } },
  percent: {
    name: "Percent density", order: "percent", kind: "percent",
    make: (cell) => {
      const percent = element("b"), interval = element("span"), track = percentTrack();
      cell.append(element("span", { class: "figures" }, percent, interval), track.track);
      return (row) => {
        percent.textContent = row[FIELD.percent] === null ? "–" : `${percentText(row[FIELD.percent])} %`;
        interval.textContent = intervalText(row[FIELD.low], row[FIELD.high]);
        track.track.hidden = row[FIELD.percent] === null;
        setTrack(track, row[FIELD.percent], row[FIELD.low], row[FIELD.high]);
      };
    },
  },
  sides: {
    name: "Right, left", order: "sides", kind: "sides",
    make: (cell) => (row) => {
      cell.textContent = row[FIELD.right] === null && row[FIELD.left] === null ? "" : `${percentText(row[FIELD.right])}  ${percentText(row[FIELD.left])}`;
    },
  },
  category: {
    name: "Category", order: "category", kind: "category",
    make: (cell) => {
      const letter = element("b"), chance = element("span"), bars = probabilityBars();
      cell.append(letter, bars.box, chance);
      return (row) => {
        const category = row[FIELD.category], probabilities = row[FIELD.probabilities];
        letter.textContent = category || "–";
        setBars(bars, probabilities, category);
        chance.textContent = category && probabilities ? `${Math.round(100 * probabilities["abcd".indexOf(category)])} %` : "";
      };
    },
  },
  density: {
    name: "Density", order: "dense", kind: "density",
    make: (cell) => {
      const pill = element("span", { class: "pill" });
      cell.append(pill);
      return (row) => {
        const category = row[FIELD.category];
        pill.hidden = !category;
        pill.textContent = isDense(category) ? "Dense" : "Not dense";
        pill.classList.toggle("dense", isDense(category));
      };
    },
  },
  flags: {
    name: "Flags and errors", order: "flags", kind: "flags",
    make: (cell, data) => {
      const flag = element("span"), more = element("span", { class: "more" });
      cell.append(flag, more);
      return (row) => {
        const notes = examNotes(row, data.facts.words.flags);
        flag.textContent = notes[0] ?? "";
        more.textContent = notes.length > 1 ? `+${notes.length - 1}` : "";
        cell.classList.toggle("refused", row[FIELD.failed] > 0 || row[FIELD.error] !== "");
      };
    },
  },
};

/** Returns the remarks on an exam, the most serious first. */
function examNotes(row, words) {
  const failed = row[FIELD.failed];
  const notes = row[FIELD.flags].map((flag) => words[flag]).sort((a, b) => Number(b.leave_out) - Number(a.leave_out)).map((flag) => flag.sentence);
  if (row[FIELD.error]) notes.unshift(problemText(row[FIELD.error]));
  else if (failed) notes.unshift(`${failed} of ${counted(row[FIELD.images], "file")} refused.`);
  return notes;
}

/** Row that is used again for other exams. */
function makeRow(place, columns, data) {
  const row = element("div", { role: "row", id: `exam-row-${place}`, class: "row-layout" });
  const writers = columns.map(({ kind, make }) => {
    const cell = element("div", { role: "gridcell", class: `cell ${kind}` });
    row.append(cell);
    return make(cell, data);
  });
  return { row, writers, index: -1, at: -1 };
}

/** Table of exams; `open` is called with the place of an exam among all exams; `columns` are of COLUMN or similar. */
export class ExamTable {
  constructor(data, selection, open, columns, nothing = "No exam matches the search and the filters.") {
    this.data = data;
    this.columns = columns;
    this.selection = selection;
    this.open = open;
    this.pool = [];
    this.active = 0;
    this.heads = new Map();
    this.head = element("div", { role: "rowgroup", class: "head" }, element("div", { role: "row", class: "row-layout" }, columns.map((column) => this.makeHead(column))));
    this.body = element("div", { role: "rowgroup", class: "body" });
    this.empty = element("p", { class: "empty", hidden: true, text: nothing });
    this.grid = element("div", {
      role: "grid", class: "grid", tabindex: "0", "aria-label": "Exams", "aria-colcount": columns.length,
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
    selection.onChange((kept) => this.refresh(kept));
    new ResizeObserver(() => this.measure()).observe(this.grid);
    this.refresh();
  }

  makeHead({ name, order, kind }) {
    if (!order || !this.selection.sortBy) return element("div", { role: "columnheader", class: `cell ${kind}` }, element("span", { text: name }));
    const head = element("div", { role: "columnheader", class: `cell ${kind}`, "aria-sort": "none" },
      element("button", { type: "button", onclick: () => this.selection.sortBy(order) }, name, element("span", { class: "arrow", "aria-hidden": "true" })));
    this.heads.set(order, head);
    return head;
  }

  /** Called after another order or other filters; `kept`: the exams in view stay, some of them changed. */
  refresh(kept) {
    const { rows, order, descending } = this.selection;
    if (kept) this.keep(rows);
    for (const [name, head] of this.heads) head.setAttribute("aria-sort", name !== order ? "none" : descending ? "descending" : "ascending");
    this.grid.setAttribute("aria-rowcount", (this.selection.total ?? rows.length) + 1);
    this.empty.hidden = rows.length > 0;
    for (const used of this.pool) used.at = -1;
    if (!kept) {
      this.grid.scrollTop = 0;
      this.active = 0;
    }
    this.marked = rows[this.active];
    this.measure();
  }

  /** Called after rows were added or removed: the marked row keeps its exam, and the rows in view stay there. */
  keep(rows) {
    const { top } = this;
    const was = this.active;
    const at = rows.indexOf(this.marked);
    this.active = at >= 0 ? at : Math.max(0, Math.min(rows.length - 1, was));
    if (!top || this.grid.scrollTop <= 0) return;
    const now = rows.indexOf(top.index);
    if (now < 0 || now === top.at) return;
    this.body.style.height = `${rows.length * this.height}px`;
    this.grid.scrollTop += (now - top.at) * this.height;
  }

  /** Called after the window or the number of rows changed; nothing else asks the browser for sizes while it scrolls. */
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
      const made = makeRow(this.pool.length, this.columns, this.data);
      this.pool.push(made);
      this.body.append(made.row);
    }
    while (this.pool.length > count) this.pool.pop().row.remove();
    if (!count) {
      this.grid.removeAttribute("aria-activedescendant");
      return;
    }
    const first = Math.max(0, Math.min(Math.floor(top / height) - 1, rows.length - count));
    const highest = Math.min(Math.ceil(top / height), rows.length - 1);
    this.top = { at: highest, index: rows[highest] };
    for (let at = first; at < first + count; ++at) {
      const used = this.pool[at % count];
      if (used.at !== at || used.height !== height || used.index !== rows[at]) this.setRow(used, at, rows[at], height);
      if (used.active === (at === this.active)) continue;
      used.active = at === this.active;
      used.row.classList.toggle("active", used.active);
      used.row.setAttribute("aria-selected", used.active);
      if (used.active) this.grid.setAttribute("aria-activedescendant", used.row.id);
    }
    this.selection.near?.(first + count);
    clearTimeout(this.settle);
    this.settle = setTimeout(() => this.loadPictures(), SETTLED);
  }

  setRow(used, at, index, height) {
    const row = this.data.exams[index];
    const other = used.index !== index;
    used.at = at;
    used.index = index;
    used.height = height;
    used.row.style.transform = `translateY(${at * height}px)`;
    used.row.setAttribute("aria-rowindex", at + 2);
    if (other && !used.stale) {
      used.stale = true;
      used.row.classList.add("stale");
    }
    for (const write of used.writers) write(row, index);
  }

  loadPictures() {
    for (const used of this.pool) {
      if (used.at < 0) continue;
      for (const write of used.writers) write.settle?.(this.data.exams[used.index], used.index);
      used.stale = false;
      used.row.classList.remove("stale");
    }
  }

  /** Moves the marked row and keeps it in view. */
  setActive(at) {
    const last = this.selection.rows.length - 1;
    this.active = Math.max(0, Math.min(last, at));
    this.marked = this.selection.rows[this.active];
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
