// The pages of the node: the page of each address, the person who is logged in, and the live events.
import { NodeApi, NodeEvents } from "./api.js";
import { AdminPage } from "./admin.js";
import { FIELD } from "./batch_data.js";
import { element } from "./dom.js";
import { makeLoginPage } from "./login.js";
import { NODE_EXAM_KEYS, NodeExamPage } from "./node_exam.js";
import { NodeData } from "./node_data.js";
import { PasswordDialog } from "./password.js";
import { Uploads } from "./upload.js";
import { Worklist } from "./worklist.js";

const NODE_NOTICE = "Research tool, not a medical device";
const NODE_KEYS = [
  ["Worklist", [["↑ ↓, Page Up, Page Down, Home, End", "select another exam"], ["Enter", "open the selected exam"], ["/", "search"], ["R", "measure the selected exam again (administrator)"], ["Escape", "end the search and the filters"]]],
  NODE_EXAM_KEYS,
  ["Both", [["?", "this list"]]],
];

class NodePages {
  constructor(root) {
    this.root = root;
    this.api = new NodeApi();
    this.api.onLoggedOut = () => this.toLogin();
    this.help = this.makeHelp();
    this.uploads = new Uploads(this.api);  // uploads continue while the page shows something else
    addEventListener("beforeunload", (event) => { if (this.uploads.busy) event.preventDefault(); });
    this.password = new PasswordDialog(this.api, () => this.events?.again());
    addEventListener("popstate", () => this.follow());
    addEventListener("keydown", (event) => this.onKey(event));
    this.start();
  }

  async start() {
    try {
      if (await this.api.readSession()) this.follow();
      else this.toLogin();
    } catch (error) {
      this.root.replaceChildren(element("main", { class: "login" }, element("p", { class: "empty", role: "alert", text: error.message }),
        element("button", { type: "button", onclick: () => this.start(), text: "Try again" })));
    }
  }

  go(path) {
    if (path !== location.pathname) history.pushState(null, "", path);
    this.follow();
  }

  toLogin() {
    if (location.pathname === "/login" && this.login) return;
    const next = location.pathname === "/login" ? new URLSearchParams(location.search).get("next") ?? "/" : location.pathname;
    history.replaceState(null, "", `/login?next=${encodeURIComponent(next)}`);
    this.follow();
  }

  /** Shows the page of the address. */
  follow() {
    const path = location.pathname;
    if (!this.api.session || path === "/login") return this.showLogin();
    this.login = null;
    this.admin?.close();
    this.admin = null;
    if (path === "/admin" && this.api.administers) return this.showAdmin();
    const exam = path.match(/^\/exam\/(\d+)$/);
    if (this.api.role === "sender") return this.showSender();
    this.showExams(exam ? Number(exam[1]) : null);
  }

  showLogin() {
    this.leave();
    this.uploads.stop();
    document.title = "Log in · Breast density";
    this.login = makeLoginPage(this.api, NODE_NOTICE, async () => {
      const next = new URLSearchParams(location.search).get("next") ?? "/";
      history.replaceState(null, "", /^\/(exam\/\d+|admin)?$/.test(next) ? next : "/");
      this.follow();
    });
    this.root.replaceChildren(this.login);
    this.login.querySelector("input").focus();
  }

  showAdmin() {
    this.leave();
    this.uploads.box.inert = false;
    document.title = "Administration · Breast density";
    this.admin = new AdminPage(this.api, this.makeHead("/admin"));
    this.show(this.admin.page);
  }

  showSender() {
    this.leave();
    this.show(element("main", { class: "batch" }, this.makeHead("/"), element("p", { class: "empty", text: "This account can send images, but cannot see exams." })));
  }

  show(...boxes) { this.root.replaceChildren(...boxes, this.uploads.box, this.help, this.password.dialog); }

  /** Forgets the worklist: another person may log in. */
  leave() {
    this.events?.close();
    this.exam?.hide();
    this.events = this.worklist = this.exam = null;
    this.admin?.close();
    this.admin = null;
    this.help.close();
    this.password.close();
  }

  /** Shows the worklist, and an exam over it. */
  showExams(id) {
    if (!this.worklist) this.makeExams();
    const { exam, worklist } = this;
    worklist.page.inert = id !== null;
    worklist.page.ariaHidden = id !== null ? "true" : null;
    this.uploads.box.inert = id !== null;
    if (id === null) {
      const was = exam.open;
      exam.hide();
      document.title = "Worklist · Breast density";
      if (was || document.activeElement === document.body) worklist.table.grid.focus({ preventScroll: true });
      return;
    }
    const { rows } = worklist.selection;
    const position = rows.indexOf(id), first = !exam.open;
    if (position >= 0) worklist.table.setActive(position);
    exam.show(id, position, rows.length).then(() => {
      if (this.exam?.open && this.exam.index === id) document.title = `${this.data.row(id)?.[FIELD.patient] || `Exam ${id}`} · Breast density`;
    });
    if (first) exam.heading.focus({ preventScroll: true });
  }

  makeExams() {
    this.data = new NodeData(this.api);
    this.worklist = new Worklist(this.api, this.data, { open: (id) => this.go(`/exam/${id}`), head: this.makeHead("/"), uploads: this.uploads });
    this.exam = new NodeExamPage(this.data, { api: this.api, step: (by) => this.step(by), close: () => this.go("/"), open: (id) => this.go(`/exam/${id}`), notice: NODE_NOTICE, tail: this.makeTail() });
    this.show(this.worklist.page, this.exam.box);
    const { selection } = this.worklist;
    this.events = new NodeEvents({
      exam: (exam) => {
        const before = this.data.summaries.get(exam.id)?.changed, revised = before !== exam.changed || this.data.summaries.get(exam.id)?.category_corrected !== exam.category_corrected;
        selection.take(exam);
        if (this.exam?.open && this.exam.index === exam.id && revised) this.exam.changed();
      },
      counts: (counts) => this.worklist?.setCounts(counts),
      reload: () => selection.load(true),
      // If the session has ended, the answer leads to the login page.
      ended: () => this.api.get("/api/v1/session").catch(() => {}),
      connected: (is, missed) => {
        this.connection.textContent = is ? "Live" : "Connection lost";
        this.connection.classList.toggle("lost", !is);
        this.worklist?.say(is ? (missed === "lost" ? "The page is connected again." : "") : "The connection to the node is lost. The page tries to connect again and shows its last data.", !is);
        if (missed) {
          selection.load(true);
          this.readCounts();
          if (this.exam?.open) this.exam.changed();
        }
      },
    });
    this.readCounts();
    selection.load();
  }

  async readCounts() {
    try {
      this.worklist?.setCounts(await this.api.get("/api/v1/counts"));
    } catch {
      // The next event contains them.
    }
  }

  step(by) {
    const next = this.worklist.selection.neighbour(this.exam.index, by);
    if (next !== undefined) this.go(`/exam/${next}`);
  }

  /** Makes the line at the top: places, notice, person who is logged in. */
  makeHead(here) {
    const link = (path, text) => element("a", { href: path, "aria-current": path === here ? "page" : null, onclick: (event) => {
      event.preventDefault();
      this.go(path);
    }, text });
    this.connection = element("span", { class: "connection", role: "status" });
    return element("header", { class: "top" },
      element("h1", { text: "Breast density" }),
      element("nav", { "aria-label": "Pages" }, link("/", "Worklist"), this.api.administers ? link("/admin", "Administration") : null),
      here === "/" ? this.connection : null,
      element("span", { class: "about" }),
      element("strong", { class: "notice", text: NODE_NOTICE }),
      this.makeTail());
  }

  /** Makes the elements for the person who is logged in, and for the list of keys. */
  makeTail() {
    const { session } = this.api;
    return [
      session.access !== "open" ? element("span", { class: "who quiet", text: `${session.name}, ${session.role}` }) : null,
      session.access === "accounts" ? element("button", { type: "button", onclick: () => this.password.open(), text: "Password" }) : null,
      session.access === "accounts" ? element("button", { type: "button", onclick: () => this.logOut(), text: "Log out" }) : null,
      element("button", { type: "button", "aria-label": "Keys (?)", title: "Keys (?)", onclick: () => this.help.showModal(), text: "?" })].filter(Boolean);
  }

  async logOut() {
    try {
      await this.api.post("/api/v1/logout");
    } catch {
      // The session may have ended already.
    }
    this.api.session = null;
    history.pushState(null, "", "/login");
    this.follow();
  }

  makeHelp() {
    return element("dialog", { class: "help", "aria-label": "Keys" },
      element("h2", { text: "Keys" }),
      NODE_KEYS.map(([title, keys]) => [element("h3", { text: title }), element("dl", {}, keys.map(([key, does]) => [element("dt", {}, element("kbd", { text: key })), element("dd", { text: does })]).flat())]).flat(),
      element("form", { method: "dialog" }, element("button", { text: "Close" })), element("p", { class: "quiet", text: `${NODE_NOTICE}.` }));
  }

  onKey(event) {
    if (this.help.open || this.password.dialog.open || event.ctrlKey || event.metaKey || event.altKey || this.login || event.defaultPrevented) return;
    const typing = event.target.matches?.("input:not([type=range]):not([type=radio]), select, textarea");
    const { exam, worklist } = this;
    const inExam = exam?.open;
    if (event.key === "Escape") this.onEscape(event, typing);
    else if (worklist && event.target === worklist.search && (event.key === "Enter" || event.key === "ArrowDown")) worklist.table.grid.focus();
    else if (typing || event.target.matches?.("input[type=radio], input[type=range]") && /^(Arrow|Home|End|Page)/.test(event.key)) return;
    else if (event.key === "?") this.help.showModal();
    else if (!worklist) return;
    else if (event.key === "/" && !inExam) worklist.search.focus();
    else if (inExam ? !exam.onKey(event) : !worklist.onKey(event)) return;
    event.preventDefault();
  }

  onEscape(event, typing) {
    const { exam, worklist } = this;
    if (exam?.screen.dialog.open) exam.screen.dialog.close();
    else if (exam?.open && (typing || event.target.closest?.("form"))) exam.figures.focus();
    else if (exam?.open) this.go("/");
    else if (worklist) {
      worklist.clear();
      worklist.table.grid.focus();
    }
  }
}

new NodePages(document.getElementById("page"));
