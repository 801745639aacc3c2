// One letter leads to what it stands beside, as long as nobody is typing. Everything works without it.
"use strict";

const TYPED = "input:not([type=radio], [type=checkbox]), textarea, select";

function open(place) {
  if (place instanceof HTMLAnchorElement) {
    place.click();
    return;
  }
  const box = place.closest("details");
  box.open = true;
  const form = box.querySelector("form");
  const first = form.querySelector("input:not([type=hidden]), textarea, select, button");
  first.focus({ preventScroll: true });
  box.scrollIntoView({ block: "nearest" });
}

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
