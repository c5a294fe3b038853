// Sends files to the node: dropped files, folders and zips, three at once, with the answer of the node to each.
import { element, capital, counted, countText } from "./dom.js";

const AT_ONCE = 3;
const MOST_SHOWN = 500;

/** Returns the files that were dropped; folders are read with all their subfolders. */
async function droppedFiles(transfer) {
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
  if (!entries.length) return [...transfer.files];
  const files = [];
  const read = async (entry) => {
    if (entry.isFile) files.push(await new Promise((resolve, reject) => entry.file(resolve, reject)));
    else {
      const reader = entry.createReader();
      for (;;) {
        const some = await new Promise((resolve, reject) => reader.readEntries(resolve, reject));
        if (!some.length) break;
        for (const inner of some) await read(inner);
      }
    }
  };
  for (const entry of entries) await read(entry);
  return files;
}

function randomKey() {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

async function mediaType(file) {
  const head = new Uint8Array(await file.slice(0, 4).arrayBuffer());
  return head[0] === 0x50 && head[1] === 0x4b ? "application/zip" : "application/dicom";
}

/** Returns the answer of the node for a file, as a sentence; `bad` where something was not accepted. */
function resultOf({ stored = [], failed = [] }) {
  const fresh = stored.filter(({ duplicate }) => !duplicate).length, known = stored.length - fresh;
  const words = [
    fresh ? (fresh === 1 && stored.length === 1 ? "Stored." : `${counted(fresh, "image")} stored.`) : "",
    known ? (known === 1 && !fresh ? "The node already has this image." : `${countText(known)} already stored.`) : "",
    ...failed.slice(0, 5).map(({ name, problem, remedy }) => `${[name, problem].filter(Boolean).join(": ")}${remedy ? `. ${capital(remedy)}` : ""}.`.replace(/\.\.$/, ".")),
    failed.length > 5 ? `${countText(failed.length - 5)} more were refused.` : "",
    !stored.length && !failed.length ? "The file contains no image." : ""];
  return { text: words.filter(Boolean).join(" "), bad: failed.length > 0 || !stored.length };
}

/** List of the files that are sent; hidden while it is empty. */
export class Uploads {
  constructor(api) {
    this.api = api;
    this.queue = [];
    this.person = 0;  // changes when another person may log in
    this.running = new Set();
    this.sent = this.refused = this.all = 0;
    this.title = element("span", { role: "status" });
    this.list = element("ul", {});
    this.meter = element("progress", { max: "1", value: "0", "aria-label": "Sent" });
    this.cancelButton = element("button", { type: "button", onclick: () => this.cancel(), text: "Cancel" });
    this.closeButton = element("button", { type: "button", onclick: () => this.close(), text: "Close" });
    this.box = element("section", { class: "uploads", hidden: true, "aria-label": "Files that are sent" },
      element("header", {}, element("h2", {}, this.title), this.cancelButton, this.closeButton), this.meter, this.list);
    this.picker = this.makePicker({ multiple: true });
    this.folderPicker = this.makePicker({ webkitdirectory: true });
  }

  makePicker(attributes) {
    const input = element("input", { type: "file", hidden: true, tabindex: "-1", ...attributes, onchange: () => {
      this.add([...input.files]);
      input.value = "";
    } });
    return input;
  }

  /** Accepts the files that are dropped on an element. */
  listen(target) {
    let depth = 0;
    const over = (by) => {
      depth = Math.max(0, depth + by);
      target.classList.toggle("dropping", depth > 0);
    };
    const files = (event) => event.dataTransfer?.types.includes("Files") && this.api.sends;
    target.addEventListener("dragenter", (event) => { if (files(event)) over(1); });
    target.addEventListener("dragleave", (event) => { if (files(event)) over(-1); });
    target.addEventListener("dragover", (event) => { if (files(event)) event.preventDefault(); });
    target.addEventListener("drop", async (event) => {
      if (!files(event)) return;
      event.preventDefault();
      depth = 0;
      over(0);
      const { person } = this, dropped = await droppedFiles(event.dataTransfer);
      if (person === this.person) this.add(dropped);
    });
  }

  add(files) {
    for (const file of files) {
      if (file.name.startsWith(".")) continue;
      const bar = element("i"), words = element("span", { text: "Waiting." });
      const again = element("button", { type: "button", hidden: true, text: "Try again", onclick: () => this.again(one) });
      const item = element("li", {}, element("b", { text: file.webkitRelativePath || file.name }), words, again, element("span", { class: "meter", "aria-hidden": "true" }, bar));
      const one = { file, bar, words, again, item, key: randomKey(), share: 0 };
      this.queue.push(one);
      ++this.all;
      if (this.list.childElementCount < MOST_SHOWN) this.list.append(item);
    }
    this.box.hidden = this.all === 0;
    this.pump();
  }

  again(one) {
    --this.refused;
    one.again.hidden = true;
    one.item.className = "";
    one.cancelled = false;
    one.words.textContent = "Waiting.";
    this.queue.push(one);
    this.pump();
  }

  pump() {
    while (this.running.size < AT_ONCE && this.queue.length) this.send(this.queue.shift());
    this.refresh();
  }

  async send(one) {
    this.running.add(one);
    one.words.textContent = "Sending …";
    let result;
    try {
      const type = await mediaType(one.file);
      if (one.cancelled) throw Object.assign(new Error("Cancelled."), { status: 0 });
      one.request = this.api.upload(one.file, type, one.key, (share) => {
        one.share = share;
        one.bar.style.width = `${100 * share}%`;
        this.refresh();
      });
      result = resultOf(await one.request.done);
    } catch (error) {
      result = { text: error.message, bad: true };
      one.again.hidden = !(error.status === 0 || error.status === 429 || error.status >= 500);
    }
    this.running.delete(one);
    if (one.forgotten) return;
    one.words.textContent = result.text;
    one.item.classList.add(result.bad ? "serious" : "good");
    if (result.bad) {
      ++this.refused;
      this.list.prepend(one.item);
    } else ++this.sent;
    this.pump();
  }

  get busy() { return this.running.size + this.queue.length > 0; }

  /** Ends all uploads and empties the list: another person may log in. */
  stop() {
    ++this.person;
    for (const one of this.running) one.forgotten = true;
    this.cancel();
    this.close();
  }

  cancel() {
    for (const one of this.queue.splice(0)) {
      one.words.textContent = "Cancelled.";
      one.item.classList.add("serious");
      ++this.refused;
    }
    for (const one of this.running) {
      one.cancelled = true;
      one.request?.abort();
    }
    this.refresh();
  }

  close() {
    this.box.hidden = true;
    this.list.replaceChildren();
    this.sent = this.refused = this.all = 0;
  }

  refresh() {
    const { busy } = this;
    const done = this.sent + this.refused;
    this.title.textContent = busy ? `Sending ${countText(Math.min(this.all, done + 1))} of ${counted(this.all, "file")}`
      : `${counted(this.sent, "file")} sent${this.refused ? `, ${countText(this.refused)} not` : ""}`;
    this.meter.value = this.all ? (done + [...this.running].reduce((sum, one) => sum + one.share, 0)) / this.all : 0;
    this.meter.hidden = this.cancelButton.hidden = !busy;
    this.closeButton.hidden = busy;
  }
}
