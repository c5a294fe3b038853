// The views of an exam hung as on a mammography workstation: right breast left, chest walls together, CC above MLO, one zoom for all.
import { element, percentText, svgElement } from "./dom.js";

const LARGEST_ZOOM = 10;
const STEP = 1.25;

/** One place of the hanging: picture, outlines and labels. */
class ViewBox {
  constructor(views, right, image, figures, name) {
    this.right = right;
    this.image = image;
    this.size = null;
    this.picture = element("img", { alt: "", draggable: "false", hidden: true });
    this.lines = svgElement("svg", { class: "outlines", "aria-hidden": "true" });
    this.note = element("p", { class: "view-note" });
    const words = image ? `${image.name}, ${image.error ? "not measured" : `percent density ${percentText(figures?.percent)} %`}` : `${name}: not in the exam`;
    this.label = element("span", { class: "view-label" }, element("b", { text: image ? image.name : name }),
      figures?.percent ? element("span", { text: `${percentText(figures.percent)} %` }) : null,
      figures?.category ? element("span", { text: figures.category }) : null);
    this.box = element("div", { class: `view ${right ? "right" : "left"}`, role: "img", "aria-label": words }, this.picture, this.lines, this.note, this.label);
    if (!image) this.note.textContent = "Not in the exam";
    else if (image.error) this.note.textContent = "Not measured";
    else this.load(views);
  }

  async load(views) {
    if (!views.data.facts.pictures) {
      this.note.textContent = "No picture: run predict without --no-overlays";
      return;
    }
    const outlines = await views.data.outlinesOf(this.image.key);
    if (outlines === null) {
      this.note.textContent = "The run wrote no picture of this image";
      return;
    }
    this.picture.addEventListener("error", () => { this.note.textContent = "The picture is missing"; });
    this.picture.src = views.data.pictureAddress(this.image.key);
    this.picture.alt = `${this.image.name}, the breast`;
    this.picture.hidden = false;
    this.lines.setAttribute("viewBox", `0 0 ${outlines.width} ${outlines.height}`);
    this.lines.setAttribute("preserveAspectRatio", "none");
    for (const tissue of ["breast", "pectoral", "dense"]) {
      if (outlines[tissue]) this.lines.append(svgElement("path", { class: tissue, d: outlines[tissue], "fill-rule": "evenodd" }));
    }
    if (!outlines.breast) this.note.textContent = "The model draws no outlines";
    this.size = outlines;
    views.arrange();
  }
}

/** All views of an exam. */
export class ExamViews {
  constructor(data, details) {
    this.data = data;
    this.zoom = 1;
    this.x = 0;  // from the chest wall, and from the middle, in millimetres (or pixels of the image)
    this.y = 0;
    this.solo = null;
    this.pointers = new Map();
    const figures = new Map(details.scale.filter((row) => row.kind === "image").map((row) => [row.label, row]));
    const used = details.hung.length ? details.hung : [{ view: "CC", images: [null, null] }];
    this.boxes = used.flatMap(({ view, images }) => images.map((place, side) => {
      const image = place === null ? null : details.images[place];
      return new ViewBox(this, side === 0, image, image && figures.get(image.name), `${side === 0 ? "R" : "L"} ${view}`.trim());
    }));
    this.ruler = element("span", { class: "ruler", "aria-hidden": "true", hidden: true });
    this.grid = element("div", { class: "views" }, this.boxes.map(({ box }) => box));
    this.rowsOfBoxes = used.map((_, row) => this.boxes.slice(2 * row, 2 * row + 2));
    this.box = element("div", { class: "views-area" }, this.grid, this.ruler);
    this.listen();
    this.observer = new ResizeObserver(() => this.arrange());
    this.observer.observe(this.grid);
  }

  close() { this.observer.disconnect(); }

  /** One length for a unit in all views; rows as high as their images need. */
  arrange() {
    const shown = this.boxes.filter((one) => one.size && (this.solo === null || this.solo === one));
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
    // As far as the largest image reaches beyond its place.
    this.x = Math.max(0, Math.min(this.x, Math.max(...shown.map((one) => extent(one)[0] - one.cell.width / scale))));
    const slack = Math.max(0, ...shown.map((one) => (extent(one)[1] - one.cell.height / scale) / 2));
    this.y = Math.max(-slack, Math.min(slack, this.y));
    for (const one of shown) {
      const [w, h] = extent(one).map((length) => length * scale);
      const left = one.right ? one.cell.width - w + this.x * scale : -this.x * scale;
      const top = (one.cell.height - h) / 2 - this.y * scale;
      for (const layer of [one.picture, one.lines]) {
        layer.style.width = `${w}px`;
        layer.style.height = `${h}px`;
        layer.style.transform = `translate(${left}px, ${top}px)`;
      }
    }
    this.setRuler(scale, shown[0].cell.width);
    this.grid.classList.toggle("zoomed", this.zoom > 1);
  }

  setRuler(scale, width) {
    this.ruler.hidden = !this.inMm;
    const cm = [5, 2, 1].find((length) => length * 10 * scale < width * 0.6) ?? 0.5;
    this.ruler.style.width = `${cm * 10 * scale}px`;
    this.ruler.textContent = `${cm} cm`;
  }

  /** Zooms; the tissue under the point stays there, and so does the same place of the other views. */
  zoomBy(factor, clientX, clientY, one = this.solo ?? this.boxes[0]) {
    if (!Number.isFinite(this.unit)) return;
    const zoom = Math.max(1, Math.min(LARGEST_ZOOM, this.zoom * factor));
    const area = one.box.getBoundingClientRect();
    const px = clientX === undefined ? area.width / 2 : one.right ? area.right - clientX : clientX - area.left;
    const py = clientY === undefined ? 0 : clientY - area.top - area.height / 2;
    const before = this.unit * this.zoom, after = this.unit * zoom;
    this.x += px / before - px / after;
    this.y += py / before - py / after;
    this.zoom = zoom;
    if (zoom === 1) this.x = this.y = 0;
    this.arrange();
  }

  zoomIn() { this.zoomBy(STEP); }
  zoomOut() { this.zoomBy(1 / STEP); }

  fit() {
    this.zoom = 1;
    this.x = this.y = 0;
    this.arrange();
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
    this.grid.addEventListener("pointerdown", (event) => {
      const one = this.boxAt(event.target);
      if (!one || event.button > 0) return;
      this.pointers.set(event.pointerId, { x: event.clientX, y: event.clientY, one });
      if (this.zoom > 1 || this.pointers.size > 1) this.grid.setPointerCapture(event.pointerId);
    });
    this.grid.addEventListener("pointermove", (event) => this.onMove(event));
    for (const end of ["pointerup", "pointercancel", "lostpointercapture"]) {
      this.grid.addEventListener(end, (event) => this.pointers.delete(event.pointerId));
    }
  }

  onMove(event) {
    const pointer = this.pointers.get(event.pointerId);
    if (!pointer) return;
    const others = [...this.pointers].filter(([id]) => id !== event.pointerId).map(([, other]) => other);
    if (others.length === 1) {
      const [other] = others;
      const before = Math.hypot(pointer.x - other.x, pointer.y - other.y);
      const after = Math.hypot(event.clientX - other.x, event.clientY - other.y);
      if (before > 0) this.zoomBy(after / before, (event.clientX + other.x) / 2, (event.clientY + other.y) / 2, other.one);
    } else if (!others.length && this.zoom > 1) {
      this.panBy(event.clientX - pointer.x, event.clientY - pointer.y, pointer.one.right);
    }
    pointer.x = event.clientX;
    pointer.y = event.clientY;
  }
}
