// Elements and texts. Text of files is added to the page only as text, never as markup.

/** Makes an element: attributes by name, `on...` as listeners, then children (elements or texts). */
export function element(tag, attributes, ...children) {
  return fill(document.createElement(tag), attributes, children);
}

/** Makes an element of SVG in the same way. */
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

/** Returns a percent with the digits of the tables, or a dash. */
export function percentText(percent) {
  return percent === null || percent === undefined ? "–" : Number(percent).toFixed(1);
}

/** Returns an interval as "15.1 to 33.0"; "" without one. */
export function intervalText(low, high) {
  return low === null || high === null ? "" : `${percentText(low)} to ${percentText(high)}`;
}

/** Returns a number as "1,234". */
export function countText(count) {
  return count.toLocaleString("en");
}

/** Returns a count with its noun: "1 exam", "2 exams". */
export function counted(count, word) {
  return `${countText(count)} ${word}${count === 1 ? "" : "s"}`;
}

/** Returns an error without its code, such as "corrupt: is cut short; get the file again". */
export function problemText(error) {
  const words = error.replace(/^none of its 1 files could be measured; the first: /, "").replace(/(^|; the first: )[a-z_]+: /, "$1");
  const sentences = words.split("; ").map(capital).join(". ");
  return sentences.endsWith(".") ? sentences : `${sentences}.`;
}

/** Returns the text with its first character as a capital. */
export function capital(text) {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
