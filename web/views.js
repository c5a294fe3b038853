// The views of an exam, placed as on a mammography workstation: right breast left, chest walls together, CC above MLO, one zoom for all.
import { element, svgElement } from "./dom.js";
import { draggedWindow } from "./grey_window.js";
import { LENS, ViewBox } from "./view_box.js";

const LARGEST_ZOOM = 20;
const STEP = 1.25;
const REST = 120;  // milliseconds without a change of zoom after which sharper pixels load

/** All views of an exam. `told` is called after changes: `window` after a drag, `point` with the value under
* the cursor, `pixels` when pixels of 16 bits were loaded. */
export class ExamViews {
  constructor(data, details, exam, told = {}) {
    this.data = data;
    this.exam = exam;
    this.told = told;
    this.closed = false;
    this.stop = new AbortController();
    this.zoom = 1;
    this.x = 0;  // from the chest wall, and from the middle, in millimetres (or pixels of the image)
    this.y = 0;
    this.solo = null;
    this.tool = "move";
    this.window = { centre: 0.5, width: 1 };
    this.inverted = false;
    this.lens = null;
    this.pointers = new Map();
    const figures = new Map(details.scale.filter((row) => row.kind === "image").map((row) => [row.label, row]));
    const used = details.hung.length ? details.hung : [{ view: "CC", images: [null, null] }];
    this.boxes = used.flatMap(({ view, images }) => images.map((place, side) => {
      const image = place === null ? null : details.images[place];
      return new ViewBox(this, side === 0, image, image && figures.get(image.name), `${side === 0 ? "R" : "L"} ${view}`.trim());
    }));
    this.ruler = element("span", { class: "ruler", "aria-hidden": "true", hidden: true });
    this.transfer = ["R", "G", "B"].map((channel) => svgElement(`feFunc${channel}`, { type: "linear", slope: 1, intercept: 0 }));
    const filter = svgElement("svg", { class: "filter", "aria-hidden": "true" },
      svgElement("filter", { id: "grey-window", "color-interpolation-filters": "sRGB", x: 0, y: 0, width: 1, height: 1 }, svgElement("feComponentTransfer", {}, this.transfer)));
    this.grid = element("div", { class: "views" }, this.boxes.map(({ box }) => box));
    this.rowsOfBoxes = used.map((_, row) => this.boxes.slice(2 * row, 2 * row + 2));
    this.box = element("div", { class: "views-area" }, this.grid, this.ruler, filter);
    this.listen();
    this.observer = new ResizeObserver(() => this.arrange());
    this.observer.observe(this.grid);
  }

  close() {
    this.closed = true;
    this.stop.abort();
    this.observer.disconnect();
    cancelAnimationFrame(this.frame);
    clearTimeout(this.rest);
    for (const one of this.boxes) one.close();
  }

  /** Sets one length of a unit in all views, and rows as high as their images need. */
  arrange() {
    const shown = this.shown();
    if (!shown.length) return;
    this.inMm = shown.every((one) => one.size.mm);
    const extent = (one) => (this.inMm ? one.size.mm : one.size.pixels);
    const heights = this.rowsOfBoxes.map((row) => Math.max(0, ...row.filter((one) => shown.includes(one)).map((one) => extent(one)[1])));
    const most = Math.max(...heights);
    this.grid.style.gridTemplateRows = this.solo ? "" : heights.map((height) => `${Math.max(height, most / 3)}fr`).join(" ");
    for (const one of shown) {
      const { width, height } = one.box.getBoundingClientRect();
      one.cell = { width, height };
    }
    this.unit = Math.min(...shown.map((one) => Math.min(one.cell.width / extent(one)[0], one.cell.height / extent(one)[1])));
    if (!Number.isFinite(this.unit) || this.unit <= 0) return;
    const scale = this.unit * this.zoom;
    // Limited by the part of the largest image that is outside its place.
    this.x = Math.max(0, Math.min(this.x, Math.max(...shown.map((one) => extent(one)[0] - one.cell.width / scale))));
    const slack = Math.max(0, ...shown.map((one) => (extent(one)[1] - one.cell.height / scale) / 2));
    this.y = Math.max(-slack, Math.min(slack, this.y));
    for (const one of shown) {
      const [width, height] = extent(one).map((length) => length * scale);
      const left = one.right ? one.cell.width - width + this.x * scale : -this.x * scale;
      const top = (one.cell.height - height) / 2 - this.y * scale;
      one.at = { left, top, width, height };
      for (const layer of [one.picture, one.lines]) {
        layer.style.width = `${width}px`;
        layer.style.height = `${height}px`;
        layer.style.transform = `translate(${left}px, ${top}px)`;
      }
    }
    this.setRuler(scale, shown[0].cell.width);
    this.grid.classList.toggle("zoomed", this.zoom > 1);
    this.drawSoon();
    this.sharpenSoon();
  }

  shown() { return this.boxes.filter((one) => one.size && (this.solo === null || this.solo === one)); }

  drawSoon() {
    if (this.frame || this.closed) return;
    this.frame = requestAnimationFrame(() => {
      this.frame = 0;
      for (const one of this.shown()) one.draw(this);
    });
  }

  /** Loads pixels as sharp as the screen shows, once all pictures of the exam are loaded or nothing changed for a while. */
  sharpenSoon() {
    clearTimeout(this.rest);
    this.rest = setTimeout(() => this.sharpen(), REST);
  }

  pictureCame() {
    if (this.shown().every((one) => one.picture.complete)) this.sharpen();
  }

  sharpen() {
    if (this.closed) return;
    const ratio = globalThis.devicePixelRatio || 1;
    for (const one of this.shown()) {
      if (one.at) one.sharpen(this, Math.max(one.at.width, one.at.height) * ratio * (this.lens?.one === one ? LENS.power : 1));
    }
  }

  setRuler(scale, width) {
    this.ruler.hidden = !this.inMm;
    const cm = [5, 2, 1].find((length) => length * 10 * scale < width * 0.6) ?? 0.5;
    this.ruler.style.width = `${cm * 10 * scale}px`;
    this.ruler.textContent = `${cm} cm`;
  }

  /** Sets the grey scale of all views. */
  setGrey(window, inverted) {
    this.window = window;
    this.inverted = inverted;
    const sign = inverted ? -1 : 1, start = -(window.centre - window.width / 2) / window.width;
    for (const channel of this.transfer) {
      channel.setAttribute("slope", sign / window.width);
      channel.setAttribute("intercept", inverted ? 1 - start : start);
    }
    const own = window.centre === 0.5 && window.width === 1 && !inverted;
    this.grid.style.setProperty("--picture-filter", own ? "none" : "url(\"#grey-window\")");
    this.drawSoon();
  }

  /** Sets the action of a drag: "move", "window" or "magnify". */
  setTool(tool) {
    this.tool = tool;
    this.grid.dataset.tool = tool;
    if (tool !== "magnify") this.setLens(null);
  }

  setLens(lens) {
    if (!lens && !this.lens) return;
    this.lens = lens;
    this.drawSoon();
    this.sharpenSoon();
  }

  /** Zooms; the tissue under the point stays there, as does the same place of the other views. */
  zoomBy(factor, clientX, clientY, one = this.solo ?? this.boxes[0]) {
    if (!Number.isFinite(this.unit)) return;
    const zoom = Math.max(Math.min(1, this.zoom), Math.min(LARGEST_ZOOM, this.zoom * factor));
    const area = one.box.getBoundingClientRect();
    const px = clientX === undefined ? area.width / 2 : one.right ? area.right - clientX : clientX - area.left;
    const py = clientY === undefined ? 0 : clientY - area.top - area.height / 2;
    const before = this.unit * this.zoom, after = this.unit * zoom;
    this.x += px / before - px / after;
    this.y += py / before - py / after;
    this.zoom = zoom;
    if (zoom <= 1) this.x = this.y = 0;
    this.arrange();
  }

  zoomIn() { this.zoomBy(STEP); }
  zoomOut() { this.zoomBy(1 / STEP); }

  fit() {
    this.zoom = 1;
    this.x = this.y = 0;
    this.arrange();
  }

  /** Shows a millimetre with its length on the screen; returns whether the images have a scale. */
  trueSize(pixelsPerMm) {
    if (!this.inMm || !(this.unit > 0)) return false;
    this.zoom = pixelsPerMm / this.unit;
    this.x = this.y = 0;
    this.arrange();
    return true;
  }

  /** Shows each pixel of the first image as one pixel of the screen. */
  eachPixel() {
    const [first] = this.shown();
    if (!first || !(this.unit > 0)) return;
    const extent = this.inMm ? first.size.mm[0] : first.size.pixels[0];
    this.zoomBy(first.size.pixels[0] / extent / (globalThis.devicePixelRatio || 1) / (this.unit * this.zoom));
  }

  /** Moves by pixels of the screen, seen in a right or a left view. */
  panBy(dx, dy, right = false) {
    const scale = this.unit * this.zoom;
    this.x += (right ? dx : -dx) / scale;
    this.y -= dy / scale;
    this.arrange();
  }

  /** Shows one view alone, or all again. */
  showAlone(one) {
    this.solo = this.solo === one ? null : one;
    this.grid.classList.toggle("alone", this.solo !== null);
    for (const each of this.boxes) each.box.hidden = this.solo !== null && each !== this.solo;
    this.fit();
  }

  boxAt(target) { return this.boxes.find(({ box }) => box.contains(target)); }

  listen() {
    this.grid.addEventListener("wheel", (event) => {
      event.preventDefault();
      this.zoomBy(Math.exp(-event.deltaY / 400), event.clientX, event.clientY, this.boxAt(event.target));
    }, { passive: false });
    this.grid.addEventListener("dblclick", (event) => {
      const one = this.boxAt(event.target);
      if (one?.size) this.showAlone(one);
    });
    this.grid.addEventListener("contextmenu", (event) => event.preventDefault());
    this.grid.addEventListener("pointerdown", (event) => {
      const one = this.boxAt(event.target);
      if (!one || event.button === 1) return;
      const does = event.button === 2 || event.shiftKey ? "window" : this.tool;
      this.pointers.set(event.pointerId, { x: event.clientX, y: event.clientY, one, does });
      if (this.zoom > 1 || does !== "move" || this.pointers.size > 1) this.grid.setPointerCapture(event.pointerId);
      this.setPoint(event);
    });
    this.grid.addEventListener("pointermove", (event) => {
      this.onMove(event);
      this.setPoint(event);
    });
    this.grid.addEventListener("pointerleave", () => {
      this.told.point?.("", "");
      this.setLens(null);
    });
    for (const end of ["pointerup", "pointercancel", "lostpointercapture"]) {
      this.grid.addEventListener(end, (event) => this.pointers.delete(event.pointerId));
    }
  }

  /** Shows the value under the cursor and the magnifier. */
  setPoint(event) {
    const one = this.boxes.find(({ box }) => {
      const { left, right, top, bottom } = box.getBoundingClientRect();
      return event.clientX >= left && event.clientX < right && event.clientY >= top && event.clientY < bottom;
    });
    if (!one?.at || !this.shown().includes(one)) {
      this.told.point?.("", "");
      this.setLens(null);
      return;
    }
    const { left, top } = one.box.getBoundingClientRect();
    const x = event.clientX - left, y = event.clientY - top;
    this.told.point?.(one.name, one.valueText(x, y), one);
    if (this.tool === "magnify") this.setLens({ one, x, y });
  }

  onMove(event) {
    const pointer = this.pointers.get(event.pointerId);
    if (!pointer) return;
    const others = [...this.pointers].filter(([id]) => id !== event.pointerId).map(([, other]) => other);
    const dx = event.clientX - pointer.x, dy = event.clientY - pointer.y;
    if (others.length === 1) {
      const [other] = others;
      const before = Math.hypot(pointer.x - other.x, pointer.y - other.y);
      const after = Math.hypot(event.clientX - other.x, event.clientY - other.y);
      if (before > 0) this.zoomBy(after / before, (event.clientX + other.x) / 2, (event.clientY + other.y) / 2, other.one);
    } else if (!others.length && pointer.does === "window") this.told.window?.(draggedWindow(this.window, dx, dy));
    else if (!others.length && pointer.does === "move" && this.zoom > 1) this.panBy(dx, dy, pointer.one.right);
    pointer.x = event.clientX;
    pointer.y = event.clientY;
  }
}
