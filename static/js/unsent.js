// Lists what this telephone keeps unsent; at the way out, what belongs to who leaves is cleared.
"use strict";

(async () => {
  const place = document.querySelector("[data-unsent]");
  if (!place) return;
  const account = place.dataset.unsent || undefined, leaving = document.querySelector("form[data-leaving]");
  const drafts = await kept.list(account), reports = drafts.filter((one) => one.isReport).length;

  function words() {
    const counts = [[reports, "laporan"], [drafts.length - reports, "usulan"]].filter(([count]) => count);
    return `${counts.map(([count, what]) => `${count} ${what}`).join(" dan ")} di ponsel ini belum terkirim.`;
  }

  function row(draft) {
    const item = document.createElement("li"), name = document.createElement(account ? "a" : "span"), at = document.createElement("span");
    name.textContent = draft.title || draft.path;
    if (account) name.href = draft.path;
    at.className = "meta";
    at.textContent = ` ${new Date(draft.at).toLocaleString("id-ID", { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" })}`;
    item.append(name, at);
    return item;
  }

  if (drafts.length) {
    const said = document.createElement("p");
    said.textContent = words() + (leaving ? " Bila Anda keluar, isian itu dibuang dari ponsel ini." : "");
    const list = document.createElement("ul");
    list.className = "plain lined";
    if (account) list.append(...drafts.map(row)); // what belongs to whom is nobody else's business
    place.append(said, list);
    place.hidden = false;
  }
  leaving?.addEventListener("submit", async (event) => {
    event.preventDefault();
    await Promise.all(drafts.map((draft) => kept.forget(draft.key)));
    leaving.submit();
  }, { once: true });
})();
