// Requests to the node: GET and POST of /api/v1 with the session, problems as sentences, live events.

/** Error for an answer other than success, in words. */
export class NodeProblem extends Error {
  constructor(status, text) {
    super(text);
    this.status = status;
  }
}

/** Returns the sentence of an answer that is not a success: its problem details (RFC 9457), else its status. */
function problemOf(status, text) {
  try {
    const { detail, title } = JSON.parse(text);
    const words = detail || title;
    if (words) return words.charAt(0).toUpperCase() + words.slice(1);
  } catch {
    // Not JSON: only the status is known.
  }
  return status ? `The node answered with status ${status}.` : "The node does not answer. Check the network.";
}

/** Client of the node that serves this page. */
export class NodeApi {
  constructor() {
    this.session = null;
    this.onLoggedOut = () => {};
  }

  get role() { return this.session?.role ?? "viewer"; }
  /** Returns whether the person may send images. */
  get sends() { return ["sender", "reader", "administrator"].includes(this.role); }
  get reads() { return ["reader", "administrator"].includes(this.role); }
  get administers() { return this.role === "administrator"; }

  /** Reads the person who is logged in; false where nobody is. */
  async readSession() {
    try {
      this.session = await this.get("/api/v1/session", { quiet: true });
      return true;
    } catch (error) {
      if (error.status === 401) return false;
      throw error;
    }
  }

  get(path, { signal, quiet } = {}) { return this.ask(path, { signal }, quiet); }

  post(path, body = {}, quiet = false) {
    return this.ask(path, { method: "POST", headers: { "Content-Type": "application/json", ...this.csrf() }, body: JSON.stringify(body) }, quiet);
  }

  csrf() { return this.session?.csrf ? { "X-CSRF-Token": this.session.csrf } : {}; }

  async ask(path, options, quiet) {
    let response;
    try {
      response = await fetch(path, { credentials: "same-origin", ...options });
    } catch (error) {
      if (error.name === "AbortError") throw error;
      throw new NodeProblem(0, problemOf(0, ""));
    }
    const text = response.status === 204 ? "" : await response.text();
    if (!response.ok) {
      if (response.status === 401 && !quiet) this.onLoggedOut();
      throw new NodeProblem(response.status, problemOf(response.status, text));
    }
    return text ? JSON.parse(text) : null;
  }

  async bytes(path, signal) {
    const response = await fetch(path, { credentials: "same-origin", signal });
    if (!response.ok) throw new NodeProblem(response.status, problemOf(response.status, await response.text()));
    return response;
  }

  /** Sends a file; `progress` gets a fraction from 0 to 1. Returns the request, whose `done` is a promise of the answer. */
  upload(file, type, key, progress) {
    const request = new XMLHttpRequest();
    request.done = new Promise((resolve, reject) => {
      request.open("POST", "/api/v1/uploads");
      for (const [name, value] of Object.entries({ "Content-Type": type, "Idempotency-Key": key, ...this.csrf() })) request.setRequestHeader(name, value);
      request.upload.addEventListener("progress", (event) => progress(event.total ? event.loaded / event.total : 0));
      request.addEventListener("load", () => {
        if (request.status >= 200 && request.status < 300) resolve(JSON.parse(request.responseText));
        else reject(new NodeProblem(request.status, problemOf(request.status, request.responseText)));
      });
      request.addEventListener("error", () => reject(new NodeProblem(0, problemOf(0, ""))));
      request.addEventListener("abort", () => reject(new NodeProblem(0, "Cancelled.")));
      request.send(file);
    });
    return request;
  }
}

const PATIENCE = 5000;  // milliseconds without a stream before the page shows it

/** Events of the node: `exam`, `counts`, and `connected` with whether events arrive. A page that nobody sees has no stream: a browser opens
* at most six connections to a node that uses HTTP/1.1, for all of its tabs together. */
export class NodeEvents {
  constructor(heard) {
    this.heard = heard;
    this.missed = "";  // why events may be missing: "lost" or "away"
    this.onVisible = () => this.follow();
    document.addEventListener("visibilitychange", this.onVisible);
    this.follow();
  }

  /** Opens the stream when the page is visible, and ends it when it is not. */
  follow() {
    const seen = document.visibilityState !== "hidden";
    if (seen && !this.source) this.open();
    if (seen) return;
    this.end();
    this.missed ||= "away";
  }

  open() {
    const source = this.source = new EventSource("/api/v1/events");
    source.addEventListener("open", () => {
      const { missed } = this;
      clearTimeout(this.silence);
      this.silence = 0;
      this.missed = "";
      this.heard.connected(true, missed);
    });
    for (const name of ["exam", "counts", "reload"]) source.addEventListener(name, (event) => this.heard[name](JSON.parse(event.data)));
    source.addEventListener("error", () => {
      // The node ends each stream after a time, and the browser opens it again.
      this.silence ||= setTimeout(() => {
        this.missed = "lost";
        this.heard.connected(false, "");
      }, PATIENCE);
      if (source.readyState !== EventSource.CLOSED) return;
      this.heard.ended();
      clearTimeout(this.timer);  // the browser does not try again after an answer other than success
      this.timer = setTimeout(() => this.again(), PATIENCE);
    });
  }

  end() {
    clearTimeout(this.timer);
    clearTimeout(this.silence);
    this.silence = 0;
    this.source?.close();
    this.source = null;
  }

  /** Opens a new stream with the current session. */
  again() {
    const { silence } = this;
    this.silence = 0;
    this.end();
    this.silence = silence;
    this.missed ||= "away";
    this.follow();
  }

  close() {
    document.removeEventListener("visibilitychange", this.onVisible);
    this.end();
  }
}
