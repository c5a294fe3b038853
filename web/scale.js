// Percent densities with their intervals on one scale from 0 to 100.
import { element } from "./dom.js";

/** Makes a track with the interval as a bar and the percent as a mark; it is not read aloud, as the figures are next to it. */
export function percentTrack() {
  const bar = element("span", { class: "track-bar" });
  const mark = element("span", { class: "track-mark" });
  const track = element("span", { class: "track", "aria-hidden": "true" }, bar, mark);
  return { track, bar, mark };
}

/** Sets a track to the figures. */
export function setTrack({ bar, mark }, percent, low, high) {
  mark.hidden = percent === null;
  bar.hidden = low === null || high === null;
  if (percent !== null) mark.style.left = `${percent}%`;
  if (!bar.hidden) {
    bar.style.left = `${low}%`;
    bar.style.width = `${high - low}%`;
  }
}

/** Makes the bars of the four probabilities. */
export function probabilityBars() {
  const bars = ["a", "b", "c", "d"].map(() => element("i"));
  return { box: element("span", { class: "bars", "aria-hidden": "true" }, bars), bars };
}

/** Sets the bars; the chosen category is highlighted. */
export function setBars({ box, bars }, probabilities, category) {
  box.hidden = probabilities === null;
  if (probabilities === null) return;
  bars.forEach((bar, i) => {
    bar.style.height = `${Math.max(4, 100 * probabilities[i])}%`;
    bar.classList.toggle("chosen", "abcd"[i] === category);
  });
}
