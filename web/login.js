// The page on which a person enters name and password.
import { element } from "./dom.js";

/** Login page; `done` is called with the session. */
export function makeLoginPage(api, notice, done) {
  const name = element("input", { name: "name", autocomplete: "username", required: true, autofocus: true, spellcheck: "false" });
  const password = element("input", { name: "password", type: "password", autocomplete: "current-password", required: true });
  const said = element("p", { class: "said serious", role: "alert" });
  const submit = element("button", { class: "main", text: "Log in" });
  const form = element("form", { class: "login-form", onsubmit: async (event) => {
    event.preventDefault();
    submit.disabled = true;
    said.textContent = "";
    try {
      api.session = await api.ask("/api/v1/login", { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ name: name.value, password: password.value }) }, true);
      await done();
    } catch (error) {
      said.textContent = error.status === 401 ? "The name or the password is wrong." : error.message;
      password.select();
    }
    submit.disabled = false;
  } },
  element("h1", { text: "Breast density" }),
  element("label", {}, element("span", { text: "Name" }), name), element("label", {}, element("span", { text: "Password" }), password), submit, said,
  element("p", { class: "quiet", text: `${notice}.` }));
  return element("main", { class: "login" }, form);
}
