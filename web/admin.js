// The page of an administrator: parts of the node, queues, deliveries, disk, settings. Nothing is changed here.
import { element, capital, countText } from "./dom.js";
import { DELIVERY_NAMES, STATES, momentText } from "./node_data.js";

const EVERY = 10000;  // milliseconds

function sizeText(bytes) {
  if (bytes === null || bytes === undefined) return "–";
  return bytes >= 1e9 ? `${(bytes / 1e9).toFixed(1)} GB` : `${(bytes / 1e6).toFixed(1)} MB`;
}

function table(heads, rows, label) {
  return element("div", { class: "wide-table", tabindex: "0", role: "region", "aria-label": label }, element("table", { class: "plain-table" },
    element("thead", {}, element("tr", {}, heads.map((text) => element("th", { scope: "col", text })))),
    element("tbody", {}, rows.map((cells) => element("tr", {}, cells.map((cell, i) => element(i ? "td" : "th", i ? {} : { scope: "row" }, cell)))))));
}

/** Makes elements of a value of the settings: objects and lists become lists. */
function valueBox(value) {
  if (value !== null && typeof value === "object") {
    const entries = Array.isArray(value) ? value.map((one, i) => [one?.name ?? String(i + 1), one]) : Object.entries(value);
    if (!entries.length) return element("span", { class: "quiet", text: "none" });
    if (Array.isArray(value) && value.every((one) => typeof one !== "object")) return element("span", { text: value.join(", ") });
    return element("dl", { class: "settings" }, entries.map(([name, inner]) => [element("dt", { text: name }), element("dd", {}, valueBox(inner))]).flat());
  }
  return element("span", { text: value === "" || value === null ? "–" : String(value) });
}

/** The page of the administrator. */
export class AdminPage {
  constructor(api, head) {
    this.api = api;
    this.said = element("p", { class: "banner serious", role: "status", hidden: true });
    this.status = element("div", { class: "admin-status" });
    this.settings = element("div", {});
    this.page = element("main", { class: "batch admin" }, head, this.said, element("div", { class: "admin-body", tabindex: "0", role: "region", "aria-label": "State and settings of the node" }, this.status, this.settings));
    this.start();
  }

  async start() {
    await this.refresh();
    try {
      this.settings.replaceChildren(element("section", {}, element("h2", { text: "Settings and destinations (read only, without secrets)" }), valueBox(await this.api.get("/api/v1/settings"))));
    } catch (error) {
      this.say(error.message);
    }
    if (!this.closed) this.timer = setInterval(() => this.refresh(), EVERY);
  }

  close() {
    this.closed = true;
    clearInterval(this.timer);
  }

  say(text) {
    this.said.textContent = text;
    this.said.hidden = !text;
  }

  async refresh() {
    let status;
    try {
      status = await this.api.get("/api/v1/status");
    } catch (error) {
      this.say(error.message);
      return;
    }
    this.say("");
    const { node = {}, parts = [], queues = {}, disk = {}, store = {} } = status;
    const section = (title, ...children) => element("section", {}, element("h2", { text: title }), ...children);
    const used = disk.quota ? disk.bytes / disk.quota : null;
    const meter = element("i");
    if (used !== null) meter.style.width = `${Math.min(100, 100 * used)}%`;
    this.status.replaceChildren(
      section("Node", element("dl", { class: "facts" }, ...[["Name", node.name], ["Version", node.version], ["Store", [store.kind, store.schema ? `schema ${store.schema}` : ""].filter(Boolean).join(", ")]]
        .filter(([, value]) => value).map(([name, value]) => [element("dt", { text: name }), element("dd", { text: value })]).flat())),
      section("Disk", element("dl", { class: "facts" }, ...[["Objects", sizeText(disk.bytes)], ["Quota", disk.quota ? sizeText(disk.quota) : "none"], ["Free", sizeText(disk.free)], ["Kept free", sizeText(disk.reserve)]]
        .map(([name, value]) => [element("dt", { text: name }), element("dd", { text: value })]).flat()),
      used === null ? null : element("span", { class: "meter", role: "img", "aria-label": `${Math.round(100 * used)} % of the quota` }, meter),
      disk.free !== undefined && disk.free < disk.reserve ? element("p", { class: "alarm", text: "The free disk space is below the reserve. The node accepts no images until more space is free." }) : null),
      section("Queues", element("dl", { class: "facts" }, Object.entries(STATES).map(([state, label]) => [element("dt", { text: label }), element("dd", { text: countText(queues.exams?.[state] ?? 0) })]).flat(),
        ["waiting", "running"].map((state) => [element("dt", { text: `Jobs ${state}` }), element("dd", { text: countText(queues.jobs?.[state] ?? 0) })]).flat())),
      section("Deliveries", Object.keys(queues.deliveries ?? {}).length ? table(["Destination", "State", "Results"], Object.entries(queues.deliveries).flatMap(([name, states]) => Object.entries(states).filter(([, count]) => count)
        .map(([state, count]) => [name, element("span", { class: state === "dead" ? "alarm" : "", text: capital(DELIVERY_NAMES[state] ?? state) }), countText(count)])), "Deliveries") : element("p", { class: "quiet", text: "Nothing was sent to a destination yet." })),
      section("Parts", parts.length ? table(["Part", "Node", "Host", "State", "Last seen", "Started", "Version", "Process"], parts.map((part) => [part.part, part.node, part.host,
        element("span", { class: part.alive ? "" : "alarm", text: part.alive ? "runs" : "silent" }), momentText(part.seen), momentText(part.started), part.version, String(part.pid)]), "Parts of the node")
        : element("p", { class: "quiet", text: "No part has reported yet." })));
  }
}
