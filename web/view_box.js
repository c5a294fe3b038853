// One view of an exam: its picture, its pixels, its outlines and its magnifier.
import { element, percentText, svgElement } from "./dom.js";
import { windowLimits } from "./grey_window.js";
import { returnPainter, takePainter } from "./pixel_painter.js";

/** Magnifier: its radius in pixels of the page, and its magnification. */
export const LENS = { radius: 110, power: 2.5 };
const LEVELS = [1024, 2048, 8192];  // pixels of the longer side that are loaded

/** One place of the display: picture, pixels, outlines and labels. */
export class ViewBox {
  constructor(views, right, image, figures, name) {
    this.right = right;
    this.image = image;
    this.size = null;
    this.pixels = null;
    this.name = image ? image.name : name;
    this.picture = element("img", { alt: "", draggable: "false", hidden: true });
    this.lines = svgElement("svg", { class: "outlines", "aria-hidden": "true" });
    this.lens = element("span", { class: "lens", "aria-hidden": "true", hidden: true });
    this.note = element("p", { class: "view-note" });
    const words = image ? `${image.name}, ${image.error ? "not measured" : `percent density ${percentText(figures?.percent)} %`}` : `${name}: not in the exam`;
    this.label = element("span", { class: "view-label" }, element("b", { text: this.name }),
      figures?.percent ? element("span", { text: `${percentText(figures.percent)} %` }) : null,
      figures?.category ? element("span", { text: figures.category }) : null);
    this.box = element("div", { class: `view ${right ? "right" : "left"}`, role: "img", "aria-label": words }, this.picture, this.lines, this.lens, this.note, this.label);
    if (!image) this.note.textContent = "Not in the exam";
    else if (image.error) this.note.textContent = "Not measured";
    else this.load(views);
  }

  async load(views) {
    if (!views.data.facts.pictures) {
      this.note.textContent = "No picture: run predict without --no-overlays";
      return;
    }
    const outlines = await views.data.outlinesOf(this.image.key, views.exam);
    if (views.closed) return;
    if (outlines === null) {
      this.note.textContent = views.data.noPicture;
      return;
    }
    this.picture.addEventListener("error", () => { this.note.textContent = "The picture is missing"; });
    this.picture.addEventListener("load", () => views.pictureCame());
    this.picture.src = views.data.pictureAddress(this.image.key, views.exam);
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

  /** Loads 16-bit pixels where the page has them and the screen shows more than are loaded. */
  async sharpen(views, wanted) {
    if (!views.data.pixelsOf || !this.size || this.failed || this.loading) return;
    const level = LEVELS.find((most) => most >= wanted) ?? LEVELS.at(-1);
    if (this.pixels && (this.pixels.scale <= 1 || level <= this.level)) return;
    this.painter ??= takePainter();
    if (!this.painter) {
      this.failed = true;
      return;
    }
    this.loading = true;
    try {
      const pixels = await views.data.pixelsOf(this.image, Math.min(level, this.painter.largest), views.exam, views.stop.signal);
      if (views.closed) return;
      this.painter.load(pixels.values, pixels.columns, pixels.rows);
      this.pixels = pixels;
      this.level = level;
      if (!this.painter.canvas.isConnected) this.picture.after(this.painter.canvas);
      this.box.classList.add("sharp");
      views.told.pixels?.();
      views.drawSoon();
      views.sharpenSoon();
    } catch {
      this.failed = true;  // the picture of 8 bits is kept
    } finally {
      this.loading = false;
    }
  }

  close() {
    if (this.painter) returnPainter(this.painter);
    this.painter = this.pixels = null;
  }

  /** Returns whether the painter draws the pixels. */
  get sharp() { return this.pixels !== null && !this.painter.lost; }

  /** Returns the value at a point of the view, as text; "" outside the image. */
  valueText(x, y) {
    if (!this.pixels || !this.at) return "";
    const { columns, rows, values, scale } = this.pixels;
    const column = Math.floor((x - this.at.left) / this.at.width * columns), row = Math.floor((y - this.at.top) / this.at.height * rows);
    if (column < 0 || row < 0 || column >= columns || row >= rows) return "";
    return `value ${values[row * columns + column]}${scale > 1.01 ? ` (mean of ${scale.toFixed(1)} × ${scale.toFixed(1)} pixels)` : ""}`;
  }

  draw(views) {
    if (!this.at) return;
    const lens = views.lens?.one === this ? views.lens : null;
    this.box.classList.toggle("sharp", this.sharp);
    if (this.sharp) {
      const { width: across, height: down } = this.cell;
      this.painter.draw({ ...this.at, across, down, limits: windowLimits(views.window, this.pixels.window), inverted: views.inverted, lens: lens && { ...lens, radius: LENS.radius }, power: LENS.power });
    }
    this.drawLens(lens);
  }

  /** Keeps the outlines out of the magnifier; without a painter it is a larger copy of the picture. */
  drawLens(lens) {
    const { left, top, width, height } = this.at, { radius, power } = LENS;
    this.lens.hidden = !lens || this.sharp;
    if (!lens) {
      this.lines.style.clipPath = "";
      return;
    }
    const x = lens.x - left, y = lens.y - top, far = 1e5;
    this.lines.style.clipPath = `path(evenodd, "M${-far} ${-far}H${far}V${far}H${-far}ZM${x - radius} ${y}a${radius} ${radius} 0 1 0 ${2 * radius} 0a${radius} ${radius} 0 1 0 ${-2 * radius} 0Z")`;
    if (this.lens.hidden) return;
    if (!this.lens.firstChild) this.lens.append(element("img", { alt: "", src: this.picture.src }));
    this.lens.style.transform = `translate(${lens.x - radius}px, ${lens.y - radius}px)`;
    const copy = this.lens.firstChild;
    copy.style.width = `${width * power}px`;
    copy.style.height = `${height * power}px`;
    copy.style.transform = `translate(${radius - x * power}px, ${radius - y * power}px)`;
  }
}
