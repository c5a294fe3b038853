// The content of the files next to the page. A page in a file cannot fetch; it loads scripts that call the functions below.

/** Places of the values in a row of page/exams.js. */
export const FIELD = {
  study: 0, patient: 1, date: 2, images: 3, failed: 4, percent: 5, low: 6, high: 7, right: 8, left: 9, category: 10,
  probabilities: 11, flags: 12, codes: 13, error: 14, pictures: 15, files: 16,
};

/** The exams of a batch and where their details and pictures are. */
export class BatchData {
  constructor(folder = "page/") {
    this.folder = folder;
    this.exams = [];
    this.facts = null;
    this.parts = new Map();
    this.outlines = new Map();
    this.noPicture = "The run wrote no picture of this image";
    globalThis.mhcnnRows = (rows) => { for (const row of rows) this.exams.push(row); };
    globalThis.mhcnnBatch = (facts) => { this.facts = facts; };
    globalThis.mhcnnPart = (part, details) => { this.parts.set(part, details); };
    globalThis.mhcnnPicture = (key, outlines) => { this.outlines.set(key, outlines); };
  }

  /** Reads the table. */
  async load() {
    await this.script("exams.js");
    if (this.facts === null) throw new Error("page/exams.js is not complete: run mhcnn predict again.");
  }

  row(index) { return this.exams[index]; }

  /** Reads all figures of an exam. */
  async details(index) {
    const part = Math.floor(index / this.facts.part);
    if (!this.parts.has(part)) await this.script(`exams-${part}.js`);
    const details = this.parts.get(part)?.[index % this.facts.part];
    if (details?.study !== this.exams[index][FIELD.study]) {
      throw new Error(`page/exams-${part}.js belongs to another run: run mhcnn predict again.`);
    }
    return details;
  }

  /** Returns why an exam has no details. */
  noDetails() { return "The page does not contain this exam: run mhcnn predict again."; }

  /** Reads the size and outlines of a picture; null where the run wrote none. */
  async outlinesOf(key) {
    if (!this.outlines.has(key)) {
      try {
        await this.script(`pictures/${key.slice(0, 2)}/${key}.js`);
      } catch {
        return null;
      }
    }
    return this.outlines.get(key) ?? null;
  }

  pictureAddress(key) { return `${this.folder}pictures/${key.slice(0, 2)}/${key}.jpg`; }
  thumbnailAddress(key) { return `${this.folder}pictures/${key.slice(0, 2)}/${key}-small.jpg`; }

  script(name) {
    return new Promise((resolve, reject) => {
      const script = document.createElement("script");
      script.src = this.folder + name;
      script.onload = () => { script.remove(); resolve(); };
      script.onerror = () => { script.remove(); reject(new Error(`${this.folder}${name} is missing.`)); };
      document.head.append(script);
    });
  }

  /** Returns the paths of the files of an exam. */
  paths(index) {
    const [folder, ...names] = this.exams[index][FIELD.files];
    return names.map((name) => this.facts.folder + folder + name);
  }
}

/** Returns the name of an exam: its patient, else its only file or the folder of its files. */
export function examName(row) {
  const files = row[FIELD.files];
  return row[FIELD.patient] || (files.length === 2 ? files[1] : files[0].replace(/\/$/, "")) || row[FIELD.study];
}

/** Returns whether a category is dense: BI-RADS c and d. */
export function isDense(category) {
  return category === "c" || category === "d";
}
