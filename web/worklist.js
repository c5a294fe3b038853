// The worklist: the exams of the node by state, live.
import { element, counted, countText } from "./dom.js";
import { STATES, momentText } from "./node_data.js";
import { NodeSelection, NODE_ORDERS } from "./node_selection.js";
import { COLUMN, ExamTable } from "./table.js";

const TYPED = 250;  // milliseconds after the last key before the node searches

/** State of an exam, and the possible actions where it has no result. */
function stateColumn(worklist) {
  return {
    name: "State", order: "state", kind: "state",
    make: (cell, data) => {
      const word = element("b"), moment = element("span");
      const retry = element("button", { type: "button", tabindex: "-1", text: "Retry" });
      let id = 0;
      retry.addEventListener("click", (event) => {
        event.stopPropagation();
        worklist.retry(id);
      });
      cell.append(element("span", { class: "state-words" }, word, moment), retry);
      return (_, index) => {
        id = index;
        const exam = data.summaries.get(index);
        word.textContent = STATES[exam.state] ?? exam.state;
        moment.textContent = momentText(exam.changed);
        cell.dataset.state = exam.state;
        retry.hidden = !worklist.api.administers || !["refused", "dead", "cancelled"].includes(exam.state);
        retry.setAttribute("aria-label", `Measure exam ${index} again`);
      };
    },
  };
}

/** Category, with a word where a reader gave it. */
const READ_CATEGORY = {
  ...COLUMN.category,
  make: (cell, data) => {
    const write = COLUMN.category.make(cell, data), read = element("span", { text: "reader" });
    cell.append(read);
    return (row, index) => {
      write(row, index);
      read.hidden = !data.summaries.get(index).category_corrected;
    };
  },
};

/** Page of the worklist. `open` is called with the number of an exam. */
export class Worklist {
  constructor(api, data, { open, head, uploads }) {
    this.api = api;
    this.data = data;
    this.selection = new NodeSelection(api, data);
    this.counts = { exams: {}, jobs: {}, deliveries: {} };
    this.uploads = uploads;
    this.table = new ExamTable(data, this.selection, open,
      [stateColumn(this), COLUMN.pictures, { ...COLUMN.exam, name: "Patient", order: "patient" }, COLUMN.date, COLUMN.percent, READ_CATEGORY, { ...COLUMN.density, order: null }, { ...COLUMN.flags, name: "Flags and reasons", order: null }], "Reading the exams …");
    this.sortSelect = element("select", { "aria-label": "Sort", onchange: () => {
      const [order, direction] = this.sortSelect.value.split(" ");
      this.selection.sort(order, direction === "desc");
    } }, NODE_ORDERS.map(([order, direction, text]) => element("option", { value: `${order} ${direction}`, text })));
    this.search = element("input", {
      type: "search", placeholder: "Search patient or study", "aria-label": "Search patient or study", spellcheck: "false", autocomplete: "off",
      oninput: () => {
        clearTimeout(this.typing);
        this.typing = setTimeout(() => this.selection.set("q", this.search.value.trim()), TYPED);
      },
    });
    this.count = element("p", { class: "count", role: "status" });
    this.clearButton = element("button", { type: "button", class: "clear", onclick: () => this.clear(), text: "Show all" });
    this.banner = element("p", { class: "banner", role: "status", hidden: true });
    this.buttons = [];
    this.page = element("main", { class: "batch worklist" }, head, this.banner,
      element("div", { class: "batch-body" },
        element("details", { class: "summary-fold", open: matchMedia("(min-width: 60rem)").matches }, element("summary", { text: "States, filters and sending" }), this.makeSide()),
        element("div", { class: "list" }, element("div", { class: "toolbar" }, this.search, this.sortSelect, this.count, this.clearButton), this.table.box)));
    this.uploads.listen(this.page);
    this.selection.onChange(() => this.refresh());
    this.refresh();
  }

  section(title, ...children) { return element("section", {}, element("h2", { text: title }), ...children); }

  filter(name, value, label) {
    const count = element("b"), bar = element("i", { class: "line-bar", "aria-hidden": "true" });
    const button = element("button", { type: "button", class: "line", "aria-pressed": "false", onclick: () => this.selection.toggle(name, value) }, bar, element("span", { text: label }), count);
    this.buttons.push({ button, name, value, count, bar });
    return button;
  }

  makeSide() {
    const dates = ["from", "to"].map((name) => element("input", { type: "date", "aria-label": `Study date ${name}`, onchange: (event) => this.selection.set(name, event.target.value) }));
    this.dates = dates;
    this.flagSelect = element("select", { "aria-label": "Flag", onchange: () => this.selection.set("flag", this.flagSelect.value) });
    const { categories } = this.data.facts.words;
    return element("aside", { class: "summary", "aria-label": "States, filters and sending" },
      this.api.sends ? this.section("Send images",
        element("div", { class: "send" },
          element("button", { type: "button", onclick: () => this.uploads.picker.click(), text: "Files or zips" }),
          element("button", { type: "button", onclick: () => this.uploads.folderPicker.click(), text: "A folder" }),
          element("p", { class: "quiet", text: "Or drop DICOM files, folders or zip files on this page." })), this.uploads.picker, this.uploads.folderPicker) : null,
      this.section("State", ...Object.entries(STATES).map(([state, label]) => this.filter("state", state, label))),
      this.section("BI-RADS density category", ...["a", "b", "c", "d"].map((letter) => this.filter("category", letter, `${letter}  ${categories[letter].charAt(0).toUpperCase()}${categories[letter].slice(1)}`))),
      this.section("Flag", this.flagSelect),
      this.section("Study date", element("div", { class: "dates" }, element("span", { class: "quiet", text: "From" }), dates[0], element("span", { class: "quiet", text: "To" }), dates[1])));
  }

  /** Offers the flags that are known so far. */
  refreshFlags() {
    const { flags } = this.data.facts.words;
    if (this.flagSelect.childElementCount === flags.length + 1) return;
    const { value } = this.flagSelect;
    this.flagSelect.replaceChildren(element("option", { value: "", text: "All exams" }),
      ...[...flags].sort((a, b) => a.sentence.localeCompare(b.sentence)).map(({ word, sentence }) => element("option", { value: word, text: sentence })));
    this.flagSelect.value = value;
  }

  refresh() {
    const { rows, next, problem, filter, order, descending } = this.selection;
    this.sortSelect.value = `${order} ${descending ? "desc" : "asc"}`;
    this.refreshFlags();
    const { exams } = this.counts;
    const all = Object.values(exams).reduce((sum, count) => sum + count, 0);
    for (const { button, name, value, count, bar } of this.buttons) {
      button.setAttribute("aria-pressed", filter[name] === value);
      if (name !== "state") continue;
      count.textContent = exams[value] === undefined ? "" : countText(exams[value]);
      bar.style.width = `${100 * (exams[value] ?? 0) / Math.max(1, all)}%`;
    }
    const shown = next === null ? counted(rows.length, "exam") : `${countText(rows.length)} exams or more`;
    this.count.textContent = !this.selection.active() && all ? counted(all, "exam") : shown;
    this.clearButton.hidden = !this.selection.active();
    this.table.empty.textContent = problem || (this.selection.active() ? "No exam matches the search and the filters."
      : this.api.sends ? "The node has no exams yet. Send images to it by DICOM, or drop files on this page." : "The node has no exams yet.");
  }

  setCounts(counts) {
    this.counts = counts;
    this.refresh();
  }

  /** Shows the answer of the node, or that it does not answer. */
  say(text, serious = false) {
    this.banner.textContent = text;
    this.banner.classList.toggle("serious", serious);
    this.banner.hidden = !text;
  }

  clear() {
    this.search.value = "";
    for (const date of this.dates) date.value = "";
    this.flagSelect.value = "";
    this.selection.clear();
  }

  async retry(id) {
    try {
      await this.api.post(`/api/v1/exams/${id}/retry`);
      this.say(`Exam ${id} waits for a worker again.`);
    } catch (error) {
      this.say(`Exam ${id} was not given to a worker: ${error.message}`, true);
    }
  }

  /** Handles the keys of the worklist; returns whether it used the key. */
  onKey(event) {
    if (event.key !== "R" || !this.api.administers) return false;
    const id = this.selection.rows[this.table.active];
    if (["refused", "dead", "cancelled"].includes(this.data.summaries.get(id)?.state)) this.retry(id);
    return true;
  }
}
