// The form of a case file stays on the page, so that its file need not be chosen again to name the columns.
"use strict";

const form = document.querySelector("form[data-case-file]");

async function count(event) {
  event.preventDefault();
  const button = form.querySelector("button[type=submit]");
  button.disabled = true;
  try {
    const answer = await fetch(form.action, { method: "POST", body: new FormData(form) });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const part = page.querySelector("[data-case-part]");
    const wrong = page.querySelector("form[data-case-file] .field-wrong");
    if (!part || wrong) {
      form.removeEventListener("submit", count); // what only the whole page can say
      form.requestSubmit();
      return;
    }
    form.querySelector("[data-case-part]").replaceWith(part);
    part.scrollIntoView({ block: "nearest" });
  } catch {
    form.removeEventListener("submit", count);
    form.requestSubmit();
  } finally {
    button.disabled = false;
  }
}

if (form && window.fetch) form.addEventListener("submit", count);
