// Elements and texts. Text of files reaches the page as text alone, never as markup.

/** Makes an element: attributes by name, `on...` as listeners, then children (elements or texts). */
export function element(tag, attributes, ...children) {
  return fill(document.createElement(tag), attributes, children);
}

/** The same for SVG. */
export function svgElement(tag, attributes, ...children) {
  return fill(document.createElementNS("http://www.w3.org/2000/svg", tag), attributes, children);
}

function fill(made, attributes, children) {
  for (const [name, value] of Object.entries(attributes ?? {})) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else if (name === "text") made.textContent = value;
    else made.setAttribute(name, value === true ? "" : value);
  }
  made.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== ""));
  return made;
}

/** A percent with the digits of the tables; a dash where there is none. */
export function percentText(percent) {
  return percent === null || percent === undefined ? "–" : Number(percent).toFixed(1);
}

/** "15.1 to 33.0"; "" without an interval. */
export function intervalText(low, high) {
  return low === null || high === null ? "" : `${percentText(low)} to ${percentText(high)}`;
}

/** "1,234" */
export function countText(count) {
  return count.toLocaleString("en");
}

/** "1 exam", "2 exams" */
export function counted(count, word) {
  return `${countText(count)} ${word}${count === 1 ? "" : "s"}`;
}

/** Sentences without the code: "corrupt: is cut short; get the file again" */
export function problemText(error) {
  const words = error.replace(/^none of its 1 files could be measured; the first: /, "").replace(/(^|; the first: )[a-z_]+: /, "$1");
  const sentences = words.split("; ").map(capital).join(". ");
  return sentences.endsWith(".") ? sentences : `${sentences}.`;
}

/** The first character as a capital. */
export function capital(text) {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
