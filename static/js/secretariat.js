// One letter leads to what it stands beside, as long as nobody is typing, and one act is open at a time.
// Everything works without this file.
"use strict";

const TYPED = "input:not([type=radio], [type=checkbox]), textarea, select";

function closeOthers(box) {
  for (const other of document.querySelectorAll(".screen-acts details[open]")) {
    if (other !== box) {
      other.open = false;
    }
  }
}

function open(place) {
  if (place instanceof HTMLAnchorElement) {
    place.click();
    return;
  }
  const box = place.closest("details");
  closeOthers(box);
  box.open = true;
  box.querySelector("form").querySelector("input:not([type=hidden]), textarea, select, button").focus();
}

document.addEventListener("click", (event) => {
  const summary = event.target instanceof Element && event.target.closest(".screen-acts summary");
  if (summary) {
    closeOthers(summary.parentElement);
  }
});

document.addEventListener("keydown", (event) => {
  const typing = event.target instanceof Element && event.target.matches(TYPED);
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && event.target.form) {
    event.target.form.requestSubmit();
  } else if (!typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
    const place = document.querySelector(`[data-key="${CSS.escape(event.key.toLowerCase())}"]`);
    if (place) {
      event.preventDefault();
      open(place);
    }
  }
});
