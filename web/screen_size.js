// The size of a millimetre on this screen. A browser does not know it; a person measures it once with a ruler.
import { element } from "./dom.js";

const NAME = "mhcnn-pixels-per-mm";
const BY_STANDARD = 96 / 25.4;  // pixels of a millimetre in style sheets
const BAR_MM = 100;

/** Returns the pixels of the page for a millimetre, as measured on this screen; null before. */
export function measuredScale() {
  try {
    const value = Number(localStorage.getItem(`${NAME}-${screen.width}x${screen.height}`));
    return value > 0 ? value / (globalThis.devicePixelRatio || 1) : null;
  } catch {
    return null;
  }
}

function keepScale(scale) {
  try {
    localStorage.setItem(`${NAME}-${screen.width}x${screen.height}`, String(scale * (globalThis.devicePixelRatio || 1)));
  } catch {
    // Without a store the measurement is valid until the page is left.
  }
}

/** Dialog in which a person measures the screen; `done` is called with the pixels for a millimetre. */
export function makeScreenDialog(done) {
  const bar = element("span", { class: "measure-bar", "aria-hidden": "true" });
  const input = element("input", { type: "range", min: "150", max: "1600", step: "1", "aria-label": `Length of the bar, until it is ${BAR_MM} mm`, oninput: () => set(Number(input.value)) });
  let length = 0;
  const set = (pixels) => {
    length = pixels;
    bar.style.width = `${pixels}px`;
  };
  const dialog = element("dialog", { class: "help measure", "aria-label": "Measure the screen" },
    element("h2", { text: "Measure the screen" }),
    element("p", { text: `Hold a ruler to the screen. Set the bar to ${BAR_MM} mm with the slider or the arrow keys. A bank card is 85.6 mm wide.` }),
    element("div", { class: "measure-box" }, bar), input,
    element("form", { method: "dialog", onsubmit: () => { keepScale(length / BAR_MM); done(length / BAR_MM); } },
      element("button", { class: "main", text: "The bar is 100 mm" }), element("button", { type: "button", onclick: () => dialog.close(), text: "Cancel" })),
    element("p", { class: "quiet", text: "This browser saves the size of this screen." }));
  return {
    dialog,
    show() {
      const scale = measuredScale() ?? BY_STANDARD;
      input.max = String(Math.max(400, Math.floor(Math.min(1600, innerWidth - 80))));
      input.value = String(Math.round(scale * BAR_MM));
      set(Number(input.value));
      dialog.showModal();
    },
  };
}
