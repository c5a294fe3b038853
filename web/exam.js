// One exam: its views, its figures, its flags and its refused images.
import { element, capital, counted, intervalText, percentText, problemText } from "./dom.js";
import { FIELD, examName, isDense } from "./batch_data.js";
import { WINDOWS, draggedWindow, windowLimits, windowName } from "./grey_window.js";
import { percentTrack, setTrack } from "./scale.js";
import { makeScreenDialog, measuredScale } from "./screen_size.js";
import { ExamViews } from "./views.js";

const STYLES = ["outline", "fill", "off"];
const TOOLS = { move: "Move", window: "Window", magnify: "Magnify" };

/** Keys of an exam, for the list of keys. */
export const EXAM_KEYS = ["Exam", [
  ["p, n", "previous exam, next exam"], ["← → ↑ ↓", "move a zoomed image; else ← → previous exam, next exam"], ["+ −, wheel, two fingers", "zoom all views"], ["0", "whole views"],
  ["t, x", "true size, one image pixel for each screen pixel"], ["1 2 3 4, double click", "only one view, all views"], ["m", "magnifier"],
  ["Shift and ↑ ↓ ← →", "window: brighter, darker, narrower, wider; also by dragging with the right button or with Shift"], ["w, r", "next window of the list, default window"], ["i", "invert the grey scale"],
  ["o", "outline, fill, off"], ["[ ]", "opacity of the outlines"], ["Escape", "back to the table"]]];

/** View of an exam over the table. `step` goes to the exam before or after it, `close` back to the table. */
export class ExamPage {
  constructor(data, { step, close, notice }) {
    this.data = data;
    this.step = step;
    this.closePage = close;
    this.style = "outline";
    this.opacity = 80;
    this.inverted = false;
    this.window = WINDOWS[0];
    this.tool = "move";
    this.shown = 0;
    this.screen = makeScreenDialog((scale) => this.views?.trueSize(scale));
    this.heading = element("h1", { tabindex: "-1" });
    this.place = element("span", { class: "quiet place" });
    this.opacityInput = element("input", {
      type: "range", min: "0", max: "100", value: String(this.opacity), "aria-label": "Opacity of the outlines", title: "Opacity of the outlines ([ ])",
      oninput: () => { this.opacity = Number(this.opacityInput.value); this.apply(); },
    });
    this.styleButtons = STYLES.map((style) => element("button", { type: "button", "aria-pressed": "false", onclick: () => this.setStyle(style), text: capital(style) }));
    this.invertButton = element("button", { type: "button", "aria-pressed": "false", onclick: () => this.invert(), text: "Invert" });
    const tool = (text, label, action) => element("button", { type: "button", "aria-label": label, title: label, onclick: action, text });
    this.toolButtons = Object.entries(TOOLS).map(([name, text]) => element("button", { type: "button", "aria-pressed": "false", onclick: () => this.setTool(name), text }));
    this.windowSelect = element("select", { "aria-label": "Window", onchange: () => this.setWindow(WINDOWS[this.windowSelect.value] ?? this.window) },
      WINDOWS.map(({ name }, i) => element("option", { value: i, text: i ? name : "Default window" })), element("option", { value: "own", text: "Own window", hidden: true }));
    this.point = element("span", { class: "value" });
    this.windowText = element("span");
    this.readout = element("p", { class: "readout" },
      element("span", { class: "legend", "aria-hidden": "true" }, ["dense", "breast", "pectoral"].map((tissue) => element("span", { class: `key ${tissue}`, text: { dense: "dense tissue", breast: "breast", pectoral: "pectoral muscle" }[tissue] }))),
      this.point, this.windowText);
    this.bar = element("div", { class: "tools", role: "toolbar", "aria-label": "Views" },
      element("span", { class: "group", role: "group", "aria-label": "Outlines" }, this.styleButtons),
      element("span", { class: "group opacity" }, this.opacityInput),
      element("span", { class: "group", role: "group", "aria-label": "Action of a drag" }, this.toolButtons),
      element("span", { class: "group" }, tool("−", "Zoom out (−)", () => this.views?.zoomOut()), tool("Fit", "Whole views (0)", () => this.views?.fit()), tool("+", "Zoom in (+)", () => this.views?.zoomIn()),
        tool("1:1", "One image pixel for each screen pixel (x)", () => this.views?.eachPixel()), tool("True size", "True size (t)", () => this.trueSize()), tool("↔", "Measure the screen for the true size", () => this.screen.show())),
      element("span", { class: "group" }, this.windowSelect, this.invertButton));
    this.area = element("div", { class: "exam-views" });
    this.figures = element("div", { class: "exam-figures", tabindex: "0", role: "region", "aria-label": "Figures" });
    this.box = element("main", { class: "exam-page", hidden: true },
      element("header", { class: "exam-head" },
        element("button", { type: "button", class: "back", onclick: () => this.closePage(), "aria-label": "Back to the table (Escape)", title: "Back to the table (Escape)", text: "‹ Exams" }),
        this.heading, this.place, element("strong", { class: "notice", text: notice }),
        element("span", { class: "group" }, tool("‹", "Previous exam (←)", () => this.step(-1)), tool("›", "Next exam (→)", () => this.step(1)))),
      element("div", { class: "exam-body" }, element("div", { class: "exam-left" }, this.bar, this.area, this.readout), this.figures), this.screen.dialog);
    this.apply();
  }

  get open() { return !this.box.hidden; }

  async show(index, position, count) {
    const turn = ++this.shown;
    this.box.hidden = false;
    if (index !== this.index) this.clear();  // nothing of another exam stays until the answer arrives
    this.index = index;
    this.setHeading(index, position, count);
    let details = null, problem = "";
    try {
      details = await this.data.details(index);
    } catch (error) {
      problem = error.message;
    }
    if (turn !== this.shown) return;
    this.setHeading(index, position, count);
    this.views?.close();
    this.views = null;
    this.window = WINDOWS[0];
    this.setPoint("", "");
    this.details = details;
    this.box.classList.toggle("bare", !details);
    if (details) {
      this.views = new ExamViews(this.data, details, index, { window: (window) => this.setWindow(window), point: (name, value, one) => this.setPoint(name, value, one), pixels: () => this.setPoint("", "") });
      this.area.replaceChildren(this.views.box);
    } else this.area.replaceChildren(element("p", { class: "empty", text: problem || this.data.noDetails(index) }));
    this.showFigures();
    this.figures.scrollTop = 0;
    this.apply();
  }

  setHeading(index, position, count) {
    const row = this.data.row(index);
    this.heading.textContent = row ? examName(row) : "Exam";
    this.place.textContent = [row?.[FIELD.date], position < 0 ? "" : `${position + 1} of ${count}`].filter(Boolean).join(" · ");
  }

  /** Shows the figures next to the views. */
  showFigures() {
    const { index, details } = this;
    this.figures.replaceChildren(...(details ? this.sections(this.data.row(index), details, this.data.paths(index)) : this.sectionsWithout(index)).filter(Boolean));
  }

  /** Returns the sections of an exam that has no figures. */
  sectionsWithout() { return []; }

  /** Removes everything that is shown of an exam. */
  clear() {
    this.views?.close();
    this.views = this.details = null;
    this.area.replaceChildren();
    this.figures.replaceChildren();
  }

  hide() {
    ++this.shown;
    this.box.hidden = true;
    this.clear();
  }

  setStyle(style) {
    this.style = style;
    this.apply();
  }

  invert() {
    this.inverted = !this.inverted;
    this.apply();
  }

  setTool(tool) {
    this.tool = tool;
    this.apply();
  }

  setWindow(window) {
    this.window = window;
    this.apply();
  }

  nextWindow() {
    const place = WINDOWS.findIndex(({ name }) => name === windowName(this.window));
    this.setWindow(WINDOWS[(place + 1) % WINDOWS.length]);
  }

  /** Shows the true size; measures the screen first where it was not measured. */
  trueSize() {
    const scale = measuredScale();
    if (scale === null) this.screen.show();
    else if (this.views && !this.views.trueSize(scale)) this.setPoint("", "These images do not state their size in millimetres.");
  }

  /** Shows the value under the cursor. */
  setPoint(name, value, one) {
    this.point.textContent = [name && value ? `${name}:` : "", value].filter(Boolean).join(" ");
    const pixels = one?.pixels ?? this.views?.shown().find((each) => each.pixels)?.pixels;
    const { centre, width } = this.window;
    if (pixels) {
      const { black, white } = windowLimits(this.window, pixels.window);
      this.windowText.textContent = `Window: centre ${Math.round((black + white) / 2)}, width ${Math.round(white - black)}`;
    } else this.windowText.textContent = `Window: centre ${Math.round(100 * centre)} %, width ${Math.round(100 * width)} %`;
  }

  setOpacity(opacity) {
    this.opacity = Math.max(0, Math.min(100, opacity));
    this.opacityInput.value = String(this.opacity);
    this.apply();
  }

  apply() {
    this.styleButtons.forEach((button, i) => button.setAttribute("aria-pressed", STYLES[i] === this.style));
    this.invertButton.setAttribute("aria-pressed", this.inverted);
    this.area.dataset.outlines = this.style;
    this.area.style.setProperty("--opacity", this.opacity / 100);
    this.area.classList.toggle("inverted", this.inverted);
    Object.keys(TOOLS).forEach((tool, i) => this.toolButtons[i].setAttribute("aria-pressed", tool === this.tool));
    const place = WINDOWS.findIndex(({ name }) => name === windowName(this.window));
    this.windowSelect.value = place < 0 ? "own" : String(place);
    this.views?.setTool(this.tool);
    this.views?.setGrey(this.window, this.inverted);
    this.setPoint("", "");
  }

  section(title, ...children) {
    return element("section", {}, element("h2", { text: title }), ...children);
  }

  sections(row, details, paths) {
    return [this.head(row, details), this.scale(details), this.probabilities(row), this.flags(row, details), this.refused(details), this.about(row, details, paths)];
  }

  head(row, details) {
    const category = row[FIELD.category];
    const percent = row[FIELD.percent];
    return element("section", { class: "verdict" },
      element("div", { class: "verdict-category" },
        element("span", { class: "letter", text: category || "–" }),
        element("div", {}, element("p", { class: "large", text: details.category_words || "No category" }),
          category ? element("span", { class: `pill ${isDense(category) ? "dense" : ""}`, text: details.density }) : null,
          details.basis ? element("p", { class: "quiet", text: details.basis }) : null)),
      element("div", { class: "verdict-percent" },
        element("p", { class: "figure" }, element("b", { text: percentText(percent) }), percent === null ? null : " %"),
        element("p", { class: "quiet", text: details.interval || (percent === null ? problemText(row[FIELD.error] || "no percent") : "no interval") })));
  }

  scale(details) {
    const axis = element("div", { class: "scale-row scale-axis", "aria-hidden": "true" }, element("span"),
      element("span", { class: "axis" }, ["0", "25", "50", "75", "100"].map((text) => element("span", { text }))),
      element("span", { text: "%" }), element("span", { text: "interval" }), element("span", { text: "cat." }));
    const rows = details.scale.map((line) => {
      const track = percentTrack();
      setTrack(track, line.percent && Number(line.percent), line.low && Number(line.low), line.high && Number(line.high));
      const areas = line.dense ? `${line.dense} of ${line.breast} cm²` : "";
      return element("tr", { class: `scale-row ${line.kind}` },
        element("th", { scope: "row", text: line.label }), element("td", {}, track.track),
        line.percent ? element("td", { class: "value", text: line.percent, title: areas }) : element("td", { class: "value quiet", text: "–" }),
        element("td", { class: "range", text: line.percent ? intervalText(line.low, line.high) : line.problem }), element("td", { class: "letter-cell", text: line.category }));
    });
    const areas = details.scale.filter((line) => line.dense).map((line) => `${line.label} ${line.dense} of ${line.breast} cm²`);
    const differences = [
      details.left_right ? `Left minus right: ${details.left_right} points.` : "",
      details.view_difference ? `CC minus MLO, the larger difference of the two breasts: ${details.view_difference} points.` : ""].filter(Boolean);
    return this.section("Percent density", axis, element("table", { class: "scale", "aria-label": "Percent density of views, breasts and exam" }, element("tbody", {}, rows)),
      differences.length ? element("p", { class: "quiet", text: differences.join(" ") }) : null,
      areas.length ? element("details", {}, element("summary", { text: "Areas of dense tissue and breast" }), element("ul", { class: "plain" }, areas.map((text) => element("li", { text })))) : null);
  }

  probabilities(row) {
    const category = row[FIELD.category];
    if (!category) return null;
    const list = row[FIELD.probabilities].map((probability, i) => {
      const letter = "abcd"[i], bar = element("i");
      bar.style.width = `${100 * probability}%`;
      return element("li", { class: letter === category ? "chosen" : "" }, element("b", { text: letter }),
        element("span", { class: "wide", text: this.data.facts.words.categories[letter] }), element("span", { class: "meter", "aria-hidden": "true" }, bar),
        element("span", { class: "value", text: `${(100 * probability).toFixed(1)} %` }));
    });
    return this.section("Probability of each category", element("ul", { class: "probabilities" }, list));
  }

  flags(row, details) {
    const flags = row[FIELD.flags].map((flag) => this.data.facts.words.flags[flag]).sort((a, b) => Number(b.leave_out) - Number(a.leave_out));
    if (!flags.length) return this.section("Flags", element("p", { class: "quiet", text: "None." }));
    const measured = details.images.filter((image) => !image.error);
    return this.section("Flags", element("ul", { class: "notes" }, flags.map(({ word, sentence, advice, leave_out: leave }) => {
      const names = measured.filter((image) => image.flags.includes(word)).map((image) => image.name);
      const where = !names.length ? "Exam" : names.length === measured.length && names.length > 1 ? "All images" : names.join(", ");
      return element("li", { class: leave ? "serious" : "", title: word }, element("b", { text: where }), element("span", { text: sentence }), element("em", { text: advice }));
    })));
  }

  refused(details) {
    const refused = details.images.filter((image) => image.error);
    const missing = details.missing.map((view) => view.replace("-", " "));
    const hidden = details.not_hung.map((place) => details.images[place]).filter((image) => !image.error);
    const notes = [
      ...refused.map((image) => element("li", { class: "serious" }, element("b", { text: image.name }), element("span", { text: `Not measured. ${problemText(image.error)}` }), element("em", { text: image.path }))),
      ...(missing.length ? [element("li", {}, element("b", { text: missing.join(", ") }), element("span", { text: missing.length === 1 ? "This standard view is missing or was not measured." : "These standard views are missing or were not measured." }))] : []),
      ...(hidden.length ? [element("li", {}, element("b", { text: hidden.map((image) => image.name).join(", ") }), element("span", { text: "It was measured, but the views above do not show it." }))] : []),
      ...(details.objects_error ? [element("li", {}, element("b", { text: "Objects" }), element("span", { text: problemText(details.objects_error) }))] : []),
    ];
    return notes.length ? this.section("Refused and missing", element("ul", { class: "notes" }, notes)) : null;
  }

  about(row, details, paths) {
    const line = (name, value) => (value ? [element("dt", { text: name }), element("dd", { text: value })] : []);
    return element("section", {}, element("details", { open: !row[FIELD.patient] }, element("summary", { text: `${counted(paths.length, "file")}, study and model` }),
      element("dl", {}, ...line("Study", row[FIELD.study]), ...line("Patient ID", row[FIELD.patient]), ...line("Date", row[FIELD.date]), ...line("Model", details.model),
        element("dt", { text: "Files" }), paths.map((path) => element("dd", { text: path })), ...line("Objects", details.objects.join(", ")))));
  }

  /** Handles the keys of the view; returns whether it used the key. */
  onKey(event) {
    if (this.screen.dialog.open) return false;
    const views = this.views;
    const pan = 60;
    const move = (dx, dy, step) => () => (views && views.zoom > 1 ? views.panBy(dx, dy) : step ? this.step(step) : this.figures.scrollBy(0, -dy));
    const shift = (dx, dy) => () => this.setWindow(draggedWindow(this.window, dx, dy));
    const windows = { ArrowLeft: shift(-25, 0), ArrowRight: shift(25, 0), ArrowUp: shift(0, -20), ArrowDown: shift(0, 20) };
    if (event.shiftKey && event.key in windows) {
      windows[event.key]();
      return true;
    }
    const actions = {
      ArrowLeft: move(pan, 0, -1), ArrowRight: move(-pan, 0, 1), ArrowUp: move(0, pan, 0), ArrowDown: move(0, -pan, 0),
      p: () => this.step(-1), n: () => this.step(1), "+": () => views?.zoomIn(), "=": () => views?.zoomIn(), "-": () => views?.zoomOut(),
      0: () => views?.fit(), o: () => this.setStyle(STYLES[(STYLES.indexOf(this.style) + 1) % STYLES.length]),
      "[": () => this.setOpacity(this.opacity - 10), "]": () => this.setOpacity(this.opacity + 10), i: () => this.invert(),
      t: () => this.trueSize(), x: () => views?.eachPixel(), m: () => this.setTool(this.tool === "magnify" ? "move" : "magnify"), w: () => this.nextWindow(), r: () => this.setWindow(WINDOWS[0]),
      ...Object.fromEntries([1, 2, 3, 4].map((n) => [n, () => views?.boxes[n - 1]?.size && views.showAlone(views.boxes[n - 1])])),
    };
    const action = actions[event.key];
    if (!action) return false;
    action();
    return true;
  }
}
