// The page of a batch: summary, table and exams.
import { element, counted, countText } from "./dom.js";
import { BatchData, FIELD } from "./batch_data.js";
import { Selection } from "./selection.js";
import { Summary } from "./summary.js";
import { COLUMN, ExamTable } from "./table.js";
import { EXAM_KEYS, ExamPage } from "./exam.js";

const KEYS = [
  ["Table", [["↑ ↓, Page Up, Page Down, Home, End", "select another exam"], ["Enter", "open the selected exam"], ["/", "search"], ["Escape", "end the search and the filters"]]],
  EXAM_KEYS,
  ["Both", [["?", "this list"]]],
];
const NOTICE = "Research tool, not a medical device";

/** Starts the page in an element. */
async function startBatchPage(root) {
  const data = new BatchData();
  root.append(element("p", { class: "empty", role: "status", text: "Reading the results …" }));
  try {
    await data.load();
  } catch (error) {
    root.replaceChildren(element("p", { class: "empty", role: "alert", text: error.message }));
    return;
  }
  new BatchPage(root, data);
}

class BatchPage {
  constructor(root, data) {
    this.data = data;
    this.selection = new Selection(data);
    this.summary = new Summary(data, this.selection);
    this.table = new ExamTable(data, this.selection, (index) => this.openExam(index), Object.values(COLUMN));
    this.exam = new ExamPage(data, { step: (by) => this.step(by), close: () => this.closeExam(), notice: NOTICE });
    this.help = this.makeHelp();
    this.search = element("input", {
      type: "search", placeholder: "Search patient, study, file", "aria-label": "Search patient, study, date or file", spellcheck: "false",
      autocomplete: "off", oninput: () => this.selection.search(this.search.value),
    });
    this.count = element("p", { class: "count", role: "status" });
    this.clearButton = element("button", { type: "button", class: "clear", onclick: () => this.clear(), text: "Show all" });
    this.order = element("select", { "aria-label": "Order", onchange: () => this.selection.sortBy(...this.order.value.split(" ").map((word, i) => (i ? word === "down" : word))) },
      [["exam up", "By exam"], ["date down", "By date"], ["percent down", "Percent, highest first"], ["percent up", "Percent, lowest first"], ["category down", "By category"], ["flags down", "Flags and errors first"]]
        .map(([value, text]) => element("option", { value, text })));
    const { facts } = data;
    const model = [facts.model?.name, facts.model?.version].filter(Boolean).join(" ");
    const folder = decodeURIComponent(location.pathname.split("/").at(-2) ?? "");
    this.page = element("main", { class: "batch" },
      element("header", { class: "top" },
        element("h1", { text: "Breast density" }), element("span", { class: "quiet about", text: [folder, model && `model ${model}`, `mhcnn ${facts.version}`].filter(Boolean).join(" · ") }),
        element("strong", { class: "notice", text: NOTICE }),
        element("button", { type: "button", "aria-label": "Keys (?)", title: "Keys (?)", onclick: () => this.help.showModal(), text: "?" })),
      facts.done < facts.files ? element("p", { class: "banner", role: "status", text: `The run was interrupted after ${countText(facts.done)} of ${countText(facts.files)} files. Continue with mhcnn predict --resume.` }) : null,
      element("div", { class: "batch-body" },
        element("details", { class: "summary-fold", open: matchMedia("(min-width: 60rem)").matches }, element("summary", { text: "Summary and filters" }), this.summary.box),
        element("div", { class: "list" },
          element("div", { class: "toolbar" }, this.search, this.order, this.count, this.clearButton), this.table.box)));
    root.replaceChildren(this.page, this.exam.box, this.help);
    this.selection.onChange(() => this.refresh());
    this.refresh();
    document.title = `Breast density: ${counted(data.exams.length, "exam")}`;
    addEventListener("keydown", (event) => this.onKey(event));
    addEventListener("hashchange", () => this.followAddress());
    this.followAddress();
    if (!this.exam.open) this.table.grid.focus({ preventScroll: true });
  }

  makeHelp() {
    const dialog = element("dialog", { class: "help", "aria-label": "Keys" },
      element("h2", { text: "Keys" }),
      KEYS.map(([title, keys]) => [element("h3", { text: title }), element("dl", {}, keys.map(([key, does]) => [element("dt", {}, element("kbd", { text: key })), element("dd", { text: does })]).flat())]).flat(),
      element("form", { method: "dialog" }, element("button", { text: "Close" })),
      element("p", { class: "quiet", text: `${NOTICE}.` }));
    return dialog;
  }

  refresh() {
    const shown = this.selection.rows.length, all = this.data.exams.length;
    this.count.textContent = shown === all ? counted(all, "exam") : `${countText(shown)} of ${counted(all, "exam")}`;
    this.clearButton.hidden = !this.selection.active();
  }

  clear() {
    this.search.value = "";
    this.selection.clear();
  }

  openExam(index) { location.hash = `exam=${encodeURIComponent(this.data.exams[index][FIELD.study])}`; }

  closeExam() { location.hash = ""; }

  step(by) {
    const next = this.selection.rows[this.selection.rows.indexOf(this.openIndex) + by];
    if (next !== undefined) this.openExam(next);
  }

  /** Shows the table or an exam, as the address requests. */
  followAddress() {
    const name = location.hash.startsWith("#exam=") ? decodeURIComponent(location.hash.slice(6)) : null;
    const index = name === null ? -1 : this.data.exams.findIndex((row) => row[FIELD.study] === name);
    this.page.inert = index >= 0;
    this.page.ariaHidden = index >= 0 ? "true" : null;
    if (index < 0) {
      const was = this.exam.open;
      this.exam.hide();
      if (was) this.table.grid.focus({ preventScroll: true });
      return;
    }
    this.openIndex = index;
    const position = this.selection.rows.indexOf(index);
    if (position >= 0) this.table.setActive(position);
    const first = !this.exam.open;
    this.exam.show(index, position, this.selection.rows.length);
    if (first) this.exam.heading.focus({ preventScroll: true });
  }

  onKey(event) {
    if (this.help.open || event.ctrlKey || event.metaKey || event.altKey) return;
    const typing = event.target.matches?.("input, select, textarea");
    if (event.key === "Escape") this.onEscape(typing);
    else if (event.target === this.search && (event.key === "Enter" || event.key === "ArrowDown")) this.table.grid.focus();
    else if (typing) return;
    else if (event.key === "?") this.help.showModal();
    else if (event.key === "/" && !this.exam.open) this.search.focus();
    else if (!this.exam.open || !this.exam.onKey(event)) return;
    event.preventDefault();
  }

  onEscape(typing) {
    if (this.exam.screen.dialog.open) this.exam.screen.dialog.close();
    else if (this.exam.open) this.closeExam();
    else if (typing && !this.search.value) this.table.grid.focus();
    else {
      this.clear();
      this.table.grid.focus();
    }
  }
}

startBatchPage(document.getElementById("page"));
