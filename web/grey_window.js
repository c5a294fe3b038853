// The grey scale: which values are black and white. A window is a fraction of each image's own window, so that one setting
// fits images with different values: centre 0.5 and width 1 are the image's own window.

/** Windows to choose from. */
export const WINDOWS = [
  { name: "Default", centre: 0.5, width: 1 },
  { name: "Contrast", centre: 0.5, width: 0.6 },
  { name: "Dense tissue", centre: 0.72, width: 0.56 },
  { name: "Skin line", centre: 0.2, width: 0.4 },
];

const NARROWEST = 0.02, WIDEST = 4;

/** Returns the window after a drag by pixels of the screen: to the right wider, downwards darker. */
export function draggedWindow({ centre, width }, dx, dy) {
  return {
    centre: Math.max(-1, Math.min(2, centre + dy * 0.002 * Math.max(0.2, width))),
    width: Math.max(NARROWEST, Math.min(WIDEST, width * Math.exp(dx * 0.004))),
  };
}

/** Returns the name of a window of the list; "" for another one. */
export function windowName({ centre, width }) {
  return WINDOWS.find((one) => Math.abs(one.centre - centre) < 1e-6 && Math.abs(one.width - width) < 1e-6)?.name ?? "";
}

/** Returns the values of black and white for an image whose own window is `own` {centre, width}. */
export function windowLimits({ centre, width }, own) {
  const low = own.centre - own.width / 2;
  return { black: low + (centre - width / 2) * own.width, white: low + (centre + width / 2) * own.width };
}
