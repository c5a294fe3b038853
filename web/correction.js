// A reader accepts the category of the model or gives another one.
import { element, percentText } from "./dom.js";
import { momentText } from "./node_data.js";

/** Form and earlier corrections of an exam. `send` posts a correction and returns a promise, `reload` reads the exam again; `reads`: whether
* the person may do this. */
export class ReaderBox {
  constructor({ reads, send, reload, words }) {
    this.reads = reads;
    this.send = send;
    this.reload = reload;
    this.words = words;
  }

  /** Returns the section of an exam with its corrections, the oldest first. */
  section(exam, corrections) {
    const sorted = [...corrections].sort((a, b) => a.version - b.version);
    const newest = sorted.at(-1) ?? null;
    const model = { category: exam.category, percent: exam.percent };
    const children = [newest ? this.verdict(newest, exam.revision) : element("p", { class: "quiet", text: "No reader has given a category yet." })];
    if (this.reads) children.push(this.formBox(this.form(exam, newest, model), newest?.revision === exam.revision));
    if (sorted.length > 1) {
      children.push(element("details", {}, element("summary", { text: `All ${sorted.length} versions` }), element("ol", { class: "versions", reversed: true }, [...sorted].reverse().map((one) =>
        element("li", { value: one.version }, `category ${one.category}${one.percent ? `, ${percentText(one.percent)} %` : ""}, ${one.author}, ${momentText(one.made)}${one.comment ? `: ${one.comment}` : ""}`)))));
    }
    return element("section", { class: "reader" }, element("h2", { text: "Reader" }), children);
  }

  verdict(one, revision) {
    return element("div", { class: "reader-verdict" }, element("span", { class: "letter small", text: one.category || "–" }),
      element("div", {}, element("p", { text: one.accepted ? "The reader accepted the result of the model." : `The reader gave category ${one.category}${one.percent ? ` and ${percentText(one.percent)} %` : ""}.` }),
        element("p", { class: "quiet", text: `${one.author}, ${momentText(one.made)}, version ${one.version}${one.revision === revision ? "" : `, of revision ${one.revision} of the exam`}` }),
        one.comment ? element("p", { class: "comment", text: one.comment }) : null));
  }

  loadAgain() { return element("button", { type: "button", onclick: () => this.reload(), text: "Load again" }); }

  /** Returns the form, which is open until a reader has corrected this revision. */
  formBox(form, spoken) {
    if (!spoken) return form;
    const box = element("details", {}, element("summary", { text: "Change the result" }), form);
    const { focus, submit } = this;
    this.focus = () => {
      box.open = true;
      focus();
    };
    this.toSubmit = () => {
      box.open = true;
      submit.focus();
    };
    return box;
  }

  form(exam, newest, model) {
    const start = newest ?? model;
    const radios = ["a", "b", "c", "d"].map((letter) => element("input", { type: "radio", name: "category", value: letter, id: `category-${letter}`, checked: letter === start.category, onchange: () => refresh() }));
    const percent = element("input", { type: "number", min: "0", max: "100", step: "0.1", inputmode: "decimal", value: newest ? newest.percent : model.percent ?? "", oninput: () => refresh() });
    const comment = element("textarea", { rows: "2", maxlength: "2000" });
    const said = element("p", { class: "said", role: "status" });
    const submit = element("button", { class: "main" });
    const chosen = () => radios.find(({ checked }) => checked)?.value ?? "";
    const refresh = () => {
      const same = chosen() === model.category && (percent.value === "" || Number(percent.value) === Number(model.percent));
      submit.textContent = same ? "Accept the result (a)" : "Save the change (a)";
      submit.disabled = !chosen();
    };
    const form = element("form", { class: "reader-form", oninput: () => { form.dataset.edited = "yes"; }, onsubmit: async (event) => {
      event.preventDefault();
      submit.disabled = true;
      said.textContent = "Sending …";
      said.className = "said";
      try {
        await this.send({ revision: exam.revision, version: newest?.version ?? 0, category: chosen(), percent: percent.value === "" ? null : Number(percent.value), comment: comment.value.trim() }, exam.id);
      } catch (error) {
        said.classList.add("serious");
        said.textContent = `Not saved: ${error.message}`;
        if (error.status === 409) said.append(" ", this.loadAgain());
        submit.disabled = false;
      }
    } },
    element("fieldset", {}, element("legend", { text: "Category" }), element("span", { class: "choice" }, ["a", "b", "c", "d"].map((letter, i) =>
      [radios[i], element("label", { for: `category-${letter}`, title: this.words.categories[letter] ?? "", text: letter })]).flat())),
    element("label", { class: "percent-field" }, element("span", { text: "Percent" }), percent),
    element("label", { class: "wide-field" }, element("span", { text: "Comment" }), comment), submit, said);
    refresh();
    this.focus = () => (radios.find(({ checked }) => checked) ?? radios[0]).focus();
    this.submit = submit;
    this.edited = () => form.isConnected && form.dataset.edited === "yes";
    this.sayChanged = () => said.replaceChildren("The exam changed meanwhile. ", this.loadAgain());
    this.toSubmit = () => submit.focus();
    return form;
  }
}
