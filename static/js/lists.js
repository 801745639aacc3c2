// Filtering a list without losing the reader's place. Without this file the form and every link work as they are.
// Asked for early and run whenever it is there: no paint waits for it, and it moves nothing on the page by itself.
(() => {
  const list = document.querySelector("[data-list]");
  if (!list || !window.fetch || !window.DOMParser) return;
  const said = document.getElementById("kabar");
  let asked = 0;

  const addressOf = (form) => {
    const query = new URLSearchParams();
    for (const [name, value] of new FormData(form)) if (value) query.append(name, value);
    return form.action.split("?")[0] + (String(query) && "?" + query);
  };

  const nameOf = (details) => (details.querySelector("input") || details).name || details.className;

  const orderOf = (form) => form.querySelector("#urut").selectedOptions[0].textContent;

  const swap = (html) => {
    const next = new DOMParser().parseFromString(html, "text/html");
    const [form, result] = ["saringan", "hasil"].map((id) => next.getElementById(id));
    if (!form || !result) return false;
    const old = document.getElementById("hasil");
    const ordered = orderOf(list);
    const focused = document.activeElement.id || (old.contains(document.activeElement) && "jumlah");
    const panel = list.querySelector(".filter-panel").scrollTop;
    for (const details of form.querySelectorAll(".filters, .facet")) {
      const before = [...list.querySelectorAll(".filters, .facet")].find((one) => nameOf(one) === nameOf(details));
      details.open ||= Boolean(before && before.open);
    }
    document.getElementById("saringan").replaceWith(form);
    old.replaceWith(result);
    form.querySelector(".filter-panel").scrollTop = panel;
    const again = focused && document.getElementById(focused);
    if (again) again.focus({ preventScroll: true });
    document.title = next.title;
    const count = result.querySelector("#jumlah");
    const order = orderOf(form);
    const told = [count ? count.textContent : "", order === ordered ? "" : order];
    said.textContent = told.map((one) => one.trim().replace(/\s+/g, " ")).filter(Boolean).join("; ");
    return true;
  };

  const go = async (address, kept) => {
    const mine = ++asked;
    list.setAttribute("aria-busy", "true");
    try {
      const answer = await fetch(address);
      const html = await answer.text();
      if (mine !== asked) return;
      if (!answer.ok || !swap(html)) throw new Error(answer.status);
      if (!kept) history.pushState(null, "", address);
    } catch {
      if (mine === asked) location.assign(address); // as without this file
    } finally {
      if (mine === asked) list.removeAttribute("aria-busy");
    }
  };

  list.addEventListener("change", ({ target }) => {
    if (target.form && target.name !== "q") go(addressOf(target.form));
  });
  list.addEventListener("submit", (event) => {
    event.preventDefault();
    go(addressOf(event.target));
  });
  list.addEventListener("click", (event) => {
    const link = event.target.closest("#hasil thead a, #hasil .chips a, #hasil .empty a, .presets a");
    if (!link || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    go(link.href);
  });
  window.addEventListener("popstate", () => go(location.href, true));
})();
