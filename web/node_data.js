// The exams of the node in the form that the table and the exam page need, as BatchData for a batch. An exam is identified by its number.

/** Names of the states of an exam. */
export const STATES = {
  receiving: "Receiving", waiting: "Waiting", running: "Running", done: "Measured", refused: "Refused", dead: "Failed", cancelled: "Cancelled",
};
/** Meanings of the states. */
const STATE_WORDS = {
  receiving: "Images are still arriving.", waiting: "Its images are complete. It waits for a worker.", running: "A worker is measuring it now.",
  done: "It was measured.", refused: "No image of the exam could be measured.", dead: "Its analysis failed and was given up.", cancelled: "It was taken out of the queue.",
};

/** Words for the outcomes of results that are sent. */
export const DELIVERY_NAMES = { queued: "waiting", sending: "being sent", stored: "stored", committed: "stored and committed", dead: "given up", superseded: "not sent, replaced" };

/** Returns "2026-01-03" for "20260103". */
export function dateText(date) {
  return /^\d{8}$/.test(date ?? "") ? `${date.slice(0, 4)}-${date.slice(4, 6)}-${date.slice(6)}` : date ?? "";
}

/** Returns "2026-11-28 10:00" for a time in UTC, in the local time. */
export function momentText(moment) {
  const date = new Date(/ UTC$/.test(moment) ? moment.replace(" ", "T").replace(" UTC", "Z") : moment);
  if (Number.isNaN(date.getTime())) return moment ?? "";
  const two = (number) => String(number).padStart(2, "0");
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())} ${two(date.getHours())}:${two(date.getMinutes())}`;
}

const numberOf = (text) => (text === null || text === undefined || text === "" ? null : Number(text));
const CATEGORY_WORDS = { a: "almost entirely fatty", b: "scattered areas of fibroglandular density", c: "heterogeneously dense", d: "extremely dense" };

/** Exams that the page has read. */
export class NodeData {
  constructor(api) {
    this.api = api;
    this.facts = { pictures: true, folder: "", words: { flags: [], errors: {}, categories: { ...CATEGORY_WORDS } } };
    this.flagNumbers = new Map();
    this.summaries = new Map();
    this.records = new Map();
    this.pictures = new Map();  // pictures of records; kept when a record is read again
    this.exams = {};
    this.noPicture = "The node keeps no picture of this image";
  }

  takeWords(words) {
    for (const flag of words?.flags ?? []) this.facts.words.flags[this.flagNumber(flag.word)] = flag;
    Object.assign(this.facts.words.errors, words?.errors);
    Object.assign(this.facts.words.categories, words?.categories);
  }

  flagNumber(word) {
    if (!this.flagNumbers.has(word)) {
      this.flagNumbers.set(word, this.facts.words.flags.length);
      const sentence = word.replaceAll("_", " ");
      this.facts.words.flags.push({ word, sentence: `${sentence.charAt(0).toUpperCase()}${sentence.slice(1)}.`, advice: "", leave_out: false });
    }
    return this.flagNumbers.get(word);
  }

  /** Keeps the summary of an exam from the list or an event. */
  take(exam) {
    this.summaries.set(exam.id, exam);
    // The interval belongs to the model's percent, not to the reader's.
    const own = exam.percent_corrected && Number(exam.percent_corrected) !== Number(exam.percent);
    this.exams[exam.id] = [
      exam.study_uid, exam.patient_id, dateText(exam.study_date), exam.images, 0, numberOf(exam.percent_corrected || exam.percent), own ? null : numberOf(exam.percent_low),
      own ? null : numberOf(exam.percent_high), null, null, exam.category_corrected || exam.category || "", null, (exam.flags ?? []).map((word) => this.flagNumber(word)), [],
      exam.state === "done" ? "" : exam.reason ?? "", exam.thumbnails ?? ["", "", "", ""], [""],
    ];
    const kept = this.records.get(exam.id);
    if (kept && (kept.revision !== exam.revision || kept.state !== exam.state || kept.category_corrected !== exam.category_corrected || kept.changed !== exam.changed)) this.records.delete(exam.id);
  }

  /** Reads everything about an exam; throws NodeProblem. */
  async record(id) {
    if (!this.records.has(id)) {
      const record = await this.api.get(`/api/v1/exams/${id}`);
      this.takeWords(record.words);
      this.take(record);
      if (record.row) {
        const own = this.exams[id];
        const row = [...record.row];
        row[12] = row[12].map((place) => this.flagNumber(record.words.flags[place].word));
        row[1] = own[1] || row[1];
        row[2] = own[2] || row[2];
        record.row = row;
      }
      this.records.set(id, record);
      this.pictures.set(id, record.pictures ?? []);
    }
    return this.records.get(id);
  }

  forget(id) { this.records.delete(id); }

  /** Reads the figures of an exam; null before it was measured. Then row() is of the model, without corrections. */
  async details(id) {
    return (await this.record(id)).details ?? null;
  }

  row(id) { return this.records.get(id)?.row ?? this.exams[id]; }

  /** Returns why an exam has no figures. */
  noDetails(id) {
    const state = this.summaries.get(id)?.state;
    return STATE_WORDS[state] ?? "";
  }

  async outlinesOf(key, id) {
    try {
      return await this.api.get(`/api/v1/exams/${id}/pictures/${key}.json`);
    } catch {
      return null;
    }
  }

  /** Reads 16-bit pixels of an image, at most the given number on its longer side. */
  async pixelsOf(image, longest, id, signal) {
    const picture = this.pictures.get(id)?.find(({ key }) => key === image.key);
    if (!picture) throw new Error("no pixels");
    const response = await this.api.bytes(`/api/v1/exams/${id}/images/${encodeURIComponent(picture.sop_uid)}/pixels?longest=${longest}`, signal);
    const number = (name) => Number(response.headers.get(name) ?? NaN);
    const bits = number("Mhcnn-Bits") || 16;
    const [centre, width] = (response.headers.get("Mhcnn-Window") ?? "").split("/").map(Number);
    const buffer = await response.arrayBuffer();
    const columns = number("Mhcnn-Columns"), rows = number("Mhcnn-Rows");
    const values = new Uint16Array(buffer);
    if (values.length !== columns * rows) throw new Error("the pixels are cut short");
    const own = width > 0 ? { centre, width } : { centre: 2 ** (bits - 1), width: 2 ** bits };
    return { values, columns, rows, bits, scale: number("Mhcnn-Scale") || 1, window: own };
  }

  pictureAddress(key, id) { return `/api/v1/exams/${id}/pictures/${key}.jpg`; }
  thumbnailAddress(key, id) { return `/api/v1/exams/${id}/pictures/${key}-small.jpg`; }

  /** Returns the names of the images, in place of the paths of files. */
  paths(id) { return (this.records.get(id)?.objects ?? []).map(({ view, sop_uid: uid }) => [view, uid].filter(Boolean).join("  ")); }
}
