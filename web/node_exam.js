// An exam of the node: the content of the batch page, and its state, its reader, its earlier exams, results and deliveries.
import { element, capital, counted, problemText } from "./dom.js";
import { EXAM_KEYS, ExamPage } from "./exam.js";
import { ReaderBox } from "./correction.js";
import { DELIVERY_NAMES, STATES, momentText } from "./node_data.js";
import { makeTrend } from "./trend.js";

const RESULT_NAMES = { seg: "Segmentation (DICOM SEG)", sr: "Report (DICOM SR)", cad: "Mammography CAD SR", sc: "Picture (secondary capture)", fhir: "FHIR bundle", json: "JSON", csv: "Table (CSV)" };
/** Keys of the node's exam page besides those of the batch page. */
export const NODE_EXAM_KEYS = [EXAM_KEYS[0], [...EXAM_KEYS[1].slice(0, -1), ["c", "go to the reader's category"], ["a", "go to the button that accepts or saves it"], EXAM_KEYS[1].at(-1)]];

function bytesText(bytes) {
  if (!(bytes >= 0)) return "";
  const power = Math.min(3, Math.floor(Math.log(Math.max(1, bytes)) / Math.log(1000)));
  return `${(bytes / 1000 ** power).toFixed(power ? 1 : 0)} ${["bytes", "kB", "MB", "GB"][power]}`;
}

/** Page of an exam of the node. */
export class NodeExamPage extends ExamPage {
  constructor(data, { api, open, tail, ...rest }) {
    super(data, rest);
    this.box.firstChild.append(...tail);
    this.api = api;
    this.openExam = open;
    this.said = "";
    this.reader = new ReaderBox({ reads: api.reads, words: data.facts.words, send: (correction, id) => this.correct(correction, id), reload: () => this.reload() });
  }

  get record() { return this.data.records.get(this.index); }

  async show(index, position, count) {
    this.said = "";
    this.results = null;
    await super.show(index, position, count);
    if (this.open && this.index === index && this.record) this.readResults(index);
  }

  async readResults(index) {
    if (!this.record?.results?.length) return;
    try {
      const { results } = await this.api.get(`/api/v1/exams/${index}/results`);
      if (this.index !== index || !this.open) return;
      this.results = results;
      this.resultBox?.replaceWith(this.resultSection());
    } catch {
      // The list without addresses is kept.
    }
  }

  /** Called when the node reports that the exam changed. The unfinished text of a reader is kept. */
  changed() {
    if (this.reader.edited?.()) this.reader.sayChanged();
    else this.reload();
  }

  /** Reads the figures again after an event, a correction or an answer, and pictures only where they changed. */
  async reload() {
    const { index, details } = this;
    this.data.forget(index);
    let now = null;
    try {
      now = await this.data.details(index);
    } catch (error) {
      this.said = error.message;
    }
    if (!this.open || this.index !== index) return;
    const seen = (some) => JSON.stringify(some && [some.images, some.scale, some.hung, some.model]);
    if (seen(now) !== seen(details)) return this.show(index, this.position ?? -1, this.count ?? 0);
    this.details = now;
    const top = this.figures.scrollTop;
    this.showFigures();
    this.figures.scrollTop = top;
    this.readResults(index);
  }

  setHeading(index, position, count) {
    this.position = position;
    this.count = count;
    super.setHeading(index, position, count);
  }

  async correct(correction, id) {
    await this.api.post(`/api/v1/exams/${id}/corrections`, correction);
    if (this.index === id) await this.reload();
  }

  async act(what) {
    try {
      const { state } = await this.api.post(`/api/v1/exams/${this.index}/${what}`);
      this.said = `The node answered: ${(STATES[state] ?? state).toLowerCase()}.`;
    } catch (error) {
      this.said = `The node answered: ${error.message}`;
    }
    await this.reload();
  }

  sections(row, details, paths) {
    const { record } = this;
    const [head, ...rest] = super.sections(row, details, paths);
    const about = rest.pop();
    head.prepend(element("h2", { text: "Model" }));
    return [this.stateSection(record), head, this.reader.section(record, record.corrections ?? []), ...rest, this.trendSection(record), this.nodeSection(record), this.resultSection(), this.history(record), about];
  }

  sectionsWithout() {
    const { record } = this;
    return record ? [this.stateSection(record, true), this.trendSection(record), this.nodeSection(record), this.resultSection(), this.history(record)] : [];
  }

  /** Makes the section of the state of the exam, unless it is simply measured. */
  stateSection(record, large = record.state !== "done") {
    const may = this.api.administers;
    const again = may && ["done", "refused", "dead", "cancelled"].includes(record.state);
    const cancel = may && record.state !== "cancelled";
    const actions = [
      again ? element("button", { type: "button", onclick: () => this.act("retry"), text: "Measure again" }) : null,
      cancel ? this.cancelButton() : null].filter(Boolean);
    this.actions = actions.length ? element("p", { class: "actions" }, actions) : null;
    if (!large && !this.said) return null;
    return element("section", { class: "exam-state" }, large ? element("p", { class: `large state-${record.state}`, text: STATES[record.state] ?? record.state }) : null,
      record.reason ? element("p", { text: problemText(record.reason) }) : null, this.said ? element("p", { class: "quiet", role: "status", text: this.said }) : null);
  }

  /** Makes the button that cancels an exam, which asks for confirmation first. */
  cancelButton() {
    const button = element("button", { type: "button", text: "Cancel the exam", onclick: () => {
      if (button.dataset.asked) this.act("cancel");
      button.dataset.asked = "yes";
      button.textContent = "Confirm: cancel the exam and do not send its results";
    } });
    return button;
  }

  trendSection(record) { return makeTrend(record.priors ?? [], record, (id) => this.openExam(id)); }

  /** Makes the section with the node's data of the exam, its deliveries and the images that it did not measure. */
  nodeSection(record) {
    const deliveries = new Map();
    for (const { destination, state, error } of record.deliveries ?? []) {
      const key = `${destination}\n${state}\n${error ?? ""}`;
      deliveries.set(key, { destination, state, error, count: (deliveries.get(key)?.count ?? 0) + 1 });
    }
    const others = (record.not_measured ?? []).map(({ view, sop_uid: uid, use, reason }) => element("li", {}, element("b", { text: view || uid }), element("span", { text: `Not measured (${use}). ${reason ? problemText(reason) : ""}` })));
    return this.section("Explanation", element("ul", { class: "sentences" }, (record.explanation ?? []).filter((text) => record.state === "done" || !record.reason || !text.includes(record.reason)).map((text) => element("li", { text }))),
      deliveries.size ? element("ul", { class: "notes deliveries" }, [...deliveries.values()].map(({ destination, state, error, count }) =>
        element("li", { class: state === "dead" ? "serious" : "" }, element("b", { text: destination }), element("span", { text: `${counted(count, "result")}: ${DELIVERY_NAMES[state] ?? state}.` }), error ? element("em", { text: capital(error) }) : null))) : null,
      others.length ? element("ul", { class: "notes" }, others) : null, this.actions);
  }

  resultSection() {
    const list = this.results ?? [];
    this.resultBox = this.section("Results to download", list.length ? element("ul", { class: "results" }, list.map((one) => element("li", {},
      one.removed ? element("span", { text: RESULT_NAMES[one.kind] ?? one.kind }) : element("a", { href: `/api/v1/exams/${this.index}/results/${one.id}`, download: true, text: RESULT_NAMES[one.kind] ?? one.kind }),
      element("span", { class: "quiet", text: [one.removed ? "removed" : bytesText(one.bytes), one.revision === this.record?.revision ? "" : `revision ${one.revision}`].filter(Boolean).join(" · ") }))))
      : element("p", { class: "quiet", text: this.record?.results?.length ? `${counted(this.record.results.length, "result")}.` : "None yet." }));
    return this.resultBox;
  }

  history(record) {
    const events = record.history ?? [];
    return events.length ? element("section", {}, element("details", {}, element("summary", { text: `History: ${counted(events.length, "event")}` }),
      element("ol", { class: "history" }, [...events].reverse().map(({ at, text }) => element("li", {}, element("span", { class: "quiet", text: momentText(at) }), element("span", { text })))))) : null;
  }

  onKey(event) {
    if (event.key === "c" && this.reader.focus && this.api.reads) this.reader.focus();
    else if (event.key === "a" && this.reader.toSubmit && this.api.reads) this.reader.toSubmit();
    else return super.onKey(event);
    return true;
  }
}
