// Passkeys. A form with data-passkey asks there what a device is to sign, has it signed, and is
// sent with the answer. Without this file, or in a browser that knows no passkeys, whatever is
// marked data-passkey-offer stays hidden; passwords and codes work all the same.
(() => {
  "use strict";

  const kind = window.PublicKeyCredential;
  if (!kind?.parseRequestOptionsFromJSON || !kind.parseCreationOptionsFromJSON) return;

  for (const offer of document.querySelectorAll("[data-passkey-offer]")) offer.hidden = false;
  for (const form of document.querySelectorAll("form[data-passkey]")) {
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      sign(form);
    });
  }

  async function sign(form) {
    // What is missing in the form, the server says before any device is asked.
    if (!form.checkValidity()) {
      form.submit();
      return;
    }
    const trouble = form.querySelector("[data-passkey-trouble]");
    const button = form.querySelector("button[type=submit]");
    trouble.hidden = true;
    button.disabled = true;
    try {
      const options = await ask(form);
      if (!options) return;
      const credential = form.hasAttribute("data-passkey-new")
        ? await navigator.credentials.create({ publicKey: kind.parseCreationOptionsFromJSON(options) })
        : await navigator.credentials.get({ publicKey: kind.parseRequestOptionsFromJSON(options) });
      form.elements.credential.value = JSON.stringify(credential);
      form.submit();
    } catch {
      // Given up, too late, or a device that is not known here: the words stand in the page.
      trouble.hidden = false;
    } finally {
      button.disabled = false;
    }
  }

  // What the server wants signed; where it leads elsewhere instead, so does the browser.
  async function ask(form) {
    const headers = { "X-Form-Token": form.elements.form_token.value };
    const answer = await fetch(form.dataset.passkey, { method: "POST", headers });
    if (answer.redirected) {
      location.assign(answer.url);
      return null;
    }
    if (!answer.ok) throw new Error(answer.statusText);
    return answer.json();
  }
})();
