// The dialog in which a person changes their own password.
import { element } from "./dom.js";

const SHORTEST = 12;  // characters; the node decides

/** Dialog of a new password; `done` is called after a change: the other sessions of the person have ended, and this one was renewed. */
export class PasswordDialog {
  constructor(api, done) {
    this.api = api;
    this.done = done;
    const field = (name, label, autocomplete) => {
      const input = element("input", { name, type: "password", autocomplete, required: true });
      return { input, box: element("label", {}, element("span", { text: label }), input) };
    };
    // Password managers need the name of the user.
    this.name = element("input", { name: "username", autocomplete: "username", hidden: true });
    this.present = field("present", "Current password", "current-password");
    this.next = field("next", `New password, ${SHORTEST} characters or more`, "new-password");
    this.repeat = field("repeat", "New password again", "new-password");
    this.said = element("p", { class: "said serious", role: "alert" });
    this.submit = element("button", { class: "main", text: "Change the password" });
    this.form = element("form", { onsubmit: (event) => {
      event.preventDefault();
      this.send();
    } }, this.name, this.present.box, this.next.box, this.repeat.box, this.said,
    element("p", { class: "quiet", text: "Your other sessions end." }),
    element("div", { class: "dialog-buttons" }, this.submit, element("button", { type: "button", onclick: () => this.dialog.close(), text: "Close" })));
    this.dialog = element("dialog", { class: "help password", "aria-label": "Change the password", onclose: () => this.form.reset() },
      element("h2", { text: "Change the password" }), this.form);
  }

  open() {
    this.name.value = this.api.session.name;
    this.say("");
    this.dialog.showModal();
    this.present.input.focus();
  }

  /** Closes the dialog and deletes the text in its fields. */
  close() {
    this.dialog.close();
    this.form.reset();
  }

  say(text, good = false) {
    this.said.textContent = text;
    this.said.classList.toggle("serious", !good);
  }

  async send() {
    const next = this.next.input.value;
    if (next !== this.repeat.input.value) {
      this.say("The two new passwords differ.");
      this.repeat.input.select();
      return;
    }
    this.submit.disabled = true;
    this.say("");
    try {
      this.api.session = await this.api.post("/api/v1/password", { password: this.present.input.value, new: next }, true);
      this.form.reset();
      this.say("The password was changed.", true);
      this.done();
    } catch (error) {
      if (error.status === 401 && !await this.goesOn()) return this.dialog.close();
      this.say(error.status === 401 ? "The current password is wrong." : `${error.message}.`.replace(/\.\.$/, "."));
      (error.status === 422 ? this.next : this.present).input.select();
    } finally {
      this.submit.disabled = false;
    }
  }

  /** Returns whether the session is still valid: 401 is also the answer to a wrong password. */
  async goesOn() {
    try {
      await this.api.get("/api/v1/session");
      return true;
    } catch (error) {
      return error.status !== 401;
    }
  }
}
