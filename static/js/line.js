// A form on a bad line: what is typed stays, photographs are made smaller, and what is sent arrives once.
// Without this file it works as a plain form. What a value would change is asked of the server.
"use strict";

(() => {
  const ORDINARY = 4 / 3; // sides of a photograph: one that is longer may weigh more, so that its letters stay readable
  const MOST_DRAWN = 16e6; // pixels, and
  const LONGEST_DRAWN = 16e3; // on a side: what every browser can draw
  const WAITS = [2, 4, 8, 15, 30]; // seconds between tries
  let form, files, asking, working, halting, tried; // tried: this draft was sent before, and nobody heard whether it arrived

  // --- Drafts: one for each account and form, in this browser only -----------------------------------------

  const PASSING = ["csrfmiddlewaretoken", "account", "read_doubts", "seen", "langkah"]; // the page's own, never the draft's
  const key = () => kept.keyOf(form.dataset.account, form.dataset.keep);

  function save() {
    const fields = [...new FormData(form)].filter(([name, value]) => typeof value === "string" && !PASSING.includes(name));
    const title = document.querySelector("h1")?.textContent.trim();
    return kept.put(form.dataset.account, form.dataset.keep, { at: Date.now(), title, tried, fields, files: [...files] });
  }

  const forget = (mine = key()) => kept.forget(mine);

  async function restore() {
    const draft = await kept.get(form.dataset.account, form.dataset.keep);
    if (!draft) return false;
    tried = draft.tried;
    const typed = new URLSearchParams(location.search).get("nilai"); // newer than the draft
    const values = new Map();
    for (const [name, value] of draft.fields) values.set(name, [...(values.get(name) || []), value]);
    for (const field of form.elements) {
      const given = values.get(field.name) || [];
      if (field.type === "radio" || field.type === "checkbox") field.checked = given.includes(field.value) || given.includes("True");
      else if (given.length && !["file", "submit"].includes(field.type) && field.name !== "di" && !(field.name === "value" && typed)) field.value = given[0];
    }
    for (const [name, one] of draft.files) put(form.elements[name], one.file, one.digests, one.words);
    for (const box of form.querySelectorAll(".evidence details")) {
      box.open ||= [...box.querySelectorAll("input:not([type=hidden], [type=radio]), textarea")].some((one) => one.value);
    }
    const at = new Date(draft.at).toLocaleString("id-ID", { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" });
    const step = Number(values.get("di")?.[0] ?? 0);
    const onwards = step > Number(form.elements.di?.value ?? 0) ? [["Teruskan dari langkah " + (step + 1), () => deliver("langkah", step)]] : [];
    say(`Isian yang belum terkirim dipulihkan, dari ${at}.`, "", ...onwards, ["Buang isian ini", async () => {
      await forget();
      location.replace(form.dataset.keep);
    }]);
    return true;
  }

  // --- What the reader is told ------------------------------------------------------------------------------

  function say(text, tone = "", ...acts) {
    const notice = document.createElement("div"), words = document.createElement("p");
    notice.className = `notice ${tone}`;
    words.textContent = text;
    notice.append(words);
    for (const [name, act] of acts) {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "link";
      button.textContent = name;
      button.addEventListener("click", act);
      notice.append(button);
    }
    document.querySelector("[data-line]")?.replaceChildren(...(text ? [notice] : []));
  }

  function note(input, text, wrong = false) {
    let words = input.parentElement.querySelector("[data-note]");
    if (!words) {
      words = document.createElement("p");
      words.dataset.note = "";
      words.setAttribute("role", "status");
      input.after(words);
    }
    words.className = wrong ? "error" : "help";
    words.textContent = text;
    if (wrong) input.setAttribute("aria-invalid", "true");
    else input.removeAttribute("aria-invalid");
  }

  const size = (bytes) => bytes < 1e6 ? `${Math.ceil(bytes / 1e3)} KB`
    : `${(bytes / 1e6).toLocaleString("id-ID", { maximumFractionDigits: 1 })} MB`;

  // --- Files ------------------------------------------------------------------------------------------------

  async function digest(file) {
    if (!window.crypto?.subtle) return ""; // there is none without HTTPS
    const sum = await crypto.subtle.digest("SHA-256", await file.arrayBuffer());
    return [...new Uint8Array(sum)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  }

  async function dayTaken(file) {
    const head = new TextDecoder("latin1").decode(await file.slice(0, 131072).arrayBuffer());
    const days = [...head.matchAll(/((?:19|20)\d\d):(\d\d):(\d\d) \d\d:\d\d:\d\d/g)].map((day) => day.slice(1).join("-"));
    return days.sort()[0] || ""; // Exif has the day it was taken, and a later one when it was changed
  }

  async function pixelsOfPng(file) {
    const head = new DataView(await file.slice(0, 24).arrayBuffer());
    const isPng = head.byteLength === 24 && head.getUint32(0) === 0x89504e47;
    return isPng ? head.getUint32(16) * head.getUint32(20) : 0;
  }

  const heaviest = ({ width, height }, { shrunk, largest }) => // in bytes
    Math.min(largest, shrunk * Math.max(1, Math.max(width, height) / Math.min(width, height) / ORDINARY));

  async function smaller(picture, { shortSide }, most, name) {
    const short = Math.min(picture.width, picture.height), long = Math.max(picture.width, picture.height);
    const drawable = Math.min(1, LONGEST_DRAWN / long, Math.sqrt(MOST_DRAWN / (short * long)));
    for (let side = shortSide, quality = 0.85; ; side *= 0.85, quality = Math.max(0.6, quality - 0.08)) {
      const scale = Math.min(drawable, side / short);
      const canvas = document.createElement("canvas"), pen = canvas.getContext("2d");
      canvas.width = Math.max(1, Math.round(picture.width * scale));
      canvas.height = Math.max(1, Math.round(picture.height * scale));
      pen.fillStyle = "#fff";
      pen.fillRect(0, 0, canvas.width, canvas.height);
      pen.drawImage(picture, 0, 0, canvas.width, canvas.height);
      const blob = await new Promise((done) => canvas.toBlob(done, "image/jpeg", quality));
      if (blob.size <= most) return new File([blob], `${name.replace(/\.\w+$/, "")}.jpg`, { type: "image/jpeg" });
    }
  }

  function put(input, file, digests, words) {
    const list = new DataTransfer();
    list.items.add(file);
    input.files = list.files;
    files.set(input.name, { file, digests, words });
    note(input, words);
    show(input, file);
  }

  async function show(input, file) { // as the reader of the report will see it; a canvas needs no address
    input.parentElement.querySelector("canvas")?.remove();
    const picture = file?.type.startsWith("image/") && await createImageBitmap(file).catch(() => null);
    if (!picture) return;
    const canvas = document.createElement("canvas"), scale = Math.min(1, 720 / picture.width);
    canvas.width = picture.width * scale;
    canvas.height = picture.height * scale;
    canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
    canvas.setAttribute("role", "img");
    canvas.setAttribute("aria-label", `Foto ${file.name}`);
    picture.close();
    input.parentElement.append(canvas);
  }

  function refuse(input, problem) {
    input.value = "";
    note(input, problem, true);
  }

  async function chosen(input) {
    const { empty, tooBig, tooWide, otherKind, heic, largest, mostPixels, shrunk } = input.dataset;
    const original = input.files[0], hidden = form.elements[input.name.replace(/file$/, "original_sha256")];
    files.delete(input.name);
    hidden.value = "";
    note(input, "");
    show(input);
    if (!original) return;
    if (!original.size) return refuse(input, empty);
    const isPaper = original.type === "application/pdf", isAccepted = input.accept.split(",").includes(original.type);
    if (isPaper && original.size > largest) return refuse(input, tooBig);
    if (!isPaper && original.type && !original.type.startsWith("image/")) return refuse(input, otherKind);
    if (await pixelsOfPng(original) > mostPixels) return refuse(input, tooWide); // told without unfolding it
    if (isPaper || (isAccepted && original.size <= shrunk)) {
      return put(input, original, [await digest(original)], `${size(original.size)}, siap dikirim.`);
    }
    const picture = await createImageBitmap(original).catch(() => null);
    if (!picture) return refuse(input, /hei[cf]/i.test(original.type + original.name) ? heic : otherKind);
    const before = await digest(original), most = heaviest(picture, input.dataset);
    if (isAccepted && original.size <= most) return put(input, original, [before], `${size(original.size)}, siap dikirim.`);
    if (!before) return original.size > largest ? refuse(input, tooBig) : undefined; // nothing to vouch for a smaller one
    const file = await smaller(picture, input.dataset, most, original.name);
    picture.close();
    hidden.value = before;
    const captured = form.elements[input.name.replace(/file$/, "captured_on")];
    captured.value ||= await dayTaken(original);
    put(input, file, [await digest(file), before],
      `Dikecilkan dari ${size(original.size)} menjadi ${size(file.size)}. Sidik foto aslinya ikut dicatat.`);
  }

  // --- What it would change ---------------------------------------------------------------------------------

  function preview() {
    if (!form.dataset.previewUrl) return;
    clearTimeout(asking?.timer);
    asking?.stop.abort();
    const stop = new AbortController();
    asking = { stop, timer: setTimeout(() => ask(stop).catch(() => undefined), 350) };
  }

  async function ask(stop) {
    const given = new FormData(form), asked = new URLSearchParams({ base: form.dataset.base });
    for (const name of ["value", "period", "period_typed"]) asked.set(name, given.get(name) ?? "");
    for (const [name, value] of given) {
      const [, row, what] = name.match(/^(bukti-\d+-)(kind|captured_on)$/) || [];
      if (row && value && (files.has(`${row}file`) || given.get(`${row}url`) || given.get(`${row}held`))) asked.append(what, value);
    }
    for (const { digests } of files.values()) for (const sum of digests) if (sum) asked.append("sha256", sum);
    const answer = await fetch(`${form.dataset.previewUrl}?${asked}`, { signal: stop.signal });
    if (answer.ok && !answer.redirected) form.querySelector("[data-preview]").innerHTML = await answer.text();
  }

  // --- Sending ----------------------------------------------------------------------------------------------

  function send(event) {
    event.preventDefault();
    const button = event.submitter || form.querySelector("[name=kirim], [name=simpan]") || form.querySelector("[type=submit]");
    return deliver(button.name, button.value);
  }

  async function deliver(name, value) {
    const stop = new AbortController(), what = files.size ? "Isian dan fotonya" : "Isian Anda";
    let wake;
    const halt = () => { stop.abort(); wake?.(); };
    halting = halt;
    await working; // a photograph may still be on its way through the canvas
    const body = new FormData(form);
    if (name) body.append(name, value);
    clearTimeout(asking?.timer);
    form.inert = true;
    for (let tries = 0; !stop.signal.aborted; tries += 1) {
      const seconds = WAITS[Math.min(tries, WAITS.length - 1)], again = `Dicoba lagi dalam ${seconds} detik; tidak akan tercatat dua kali.`;
      const token = document.cookie.match(/csrftoken=(\w+)/); // another one since somebody signed in again
      if (token) body.set("csrfmiddlewaretoken", token[1]);
      say(name === "langkah" ? "Memuat." : "Mengirim. Jangan tutup halaman ini dulu.", "", ["Berhenti", halt]);
      let why = `Menunggu sinyal. ${form.dataset.previewUrl ? "Belum ada tanda terima." : "Belum terkirim."}`;
      try {
        const there = tried && await arrivedBefore(body, stop.signal);
        if (there && (there.sent || name === "simpan")) {
          await forget();
          return location.assign(there.address);
        }
        tried = name === "kirim" || name === "simpan";
        await save();
        const hindered = await sendFiles(body, stop.signal, () => body.get("csrfmiddlewaretoken"));
        if (hindered?.away) return await arrived(hindered.away, "", what);
        if (hindered) break;
        const answer = await fetch(form.dataset.keep, {
          method: "POST", body, headers: { "X-Draft": "kept" }, signal: stop.signal });
        const html = await answer.text();
        if (answer.status < 500) return await arrived(answer, html, what);
        why = `Register sedang tidak dapat dihubungi. ${what} tersimpan di ponsel ini.`;
      } catch {
        if (stop.signal.aborted) break;
      }
      const waited = new Promise((done) => { wake = done; });
      const timer = setTimeout(wake, seconds * 1000);
      addEventListener("online", wake, { once: true });
      say(`${why} ${again}`, "notice-warn", ["Coba sekarang", wake], ["Berhenti dan ubah", halt]);
      await waited;
      clearTimeout(timer);
      removeEventListener("online", wake);
    }
    form.inert = false;
    if (form.querySelector("[aria-invalid=true]") && !stop.signal.aborted) return say("Belum terkirim: periksa lagi berkas yang ditandai.", "notice-warn");
    say(`Berhenti mengirim. ${what} tersimpan di ponsel ini.`, "notice-warn");
  }

  async function arrivedBefore(body, signal) {
    if (!body.get("uuid") || !form.dataset.receipts) return undefined;
    const answer = await fetch(`${form.dataset.receipts}${body.get("uuid")}/ada/`, { signal });
    return answer.ok && !answer.redirected ? answer.json() : undefined;
  }

  async function sendFiles(body, signal, token) { // apart from the form, which is then a few kilobytes
    if (!form.dataset.pieces) return undefined;
    for (const [name, entry] of files) {
      const [sum] = entry.digests, held = name.replace(/file$/, "held");
      if (!sum) continue; // without HTTPS nothing vouches for it: it goes with the form
      const tell = (percent) => say(`Mengirim ${entry.file.name}: ${percent} %. Jangan tutup halaman ini dulu.`, "", ["Berhenti", () => halting()]);
      const answer = await pieces.send(`${form.dataset.pieces}${sum}/`, entry.file, { signal, token, tell });
      if (answer.away) return answer;
      if (answer.problem) {
        files.delete(name);
        refuse(form.elements[name], answer.problem);
        return answer;
      }
      body.delete(name);
      body.set(held, answer.held);
    }
    say("Mengirim. Jangan tutup halaman ini dulu.", "", ["Berhenti", () => halting()]);
    return undefined;
  }

  async function arrived(answer, html, what) {
    form.inert = false;
    if (answer.redirected && new URL(answer.url).pathname === form.dataset.signIn) {
      return say(`Waktu masuk Anda sudah habis. ${what} tersimpan di ponsel ini.`, "notice-warn",
        ["Masuk lagi", () => location.assign(`${form.dataset.signIn}?next=${encodeURIComponent(form.dataset.keep)}`)]);
    }
    if (answer.status === 403) { // the cookie that vouches for this form is gone or changed
      return say(`Halaman ini terlalu lama terbuka. ${what} tersimpan di ponsel ini.`, "notice-warn",
        ["Muat ulang", () => location.reload()]);
    }
    if (answer.redirected) {
      await forget();
      history.pushState({}, "", answer.url);
    }
    const page = new DOMParser().parseFromString(html, "text/html");
    document.title = page.title;
    document.querySelector("main").replaceWith(page.querySelector("main"));
    document.querySelector("main").focus({ preventScroll: true });
    scrollTo(0, 0);
    return begin();
  }

  // --- Beginning --------------------------------------------------------------------------------------------

  function lineChanged() {
    if (!form?.isConnected || form.inert) return;
    say(navigator.onLine ? "" : "Tidak ada sinyal. Isian Anda tersimpan di ponsel ini; teruskan saja.", "notice-warn");
  }

  function touched({ target }) {
    if (target.type === "file") return;
    if (target.name === "period") form.elements.period_typed.value = ""; // the one that was given last holds
    if (target.name === "period_typed" && target.value) {
      for (const one of form.querySelectorAll("[name=period]")) one.checked = false;
    }
    save();
    preview();
  }

  async function changed({ target }) {
    if (target.type !== "file") return;
    working = chosen(target).catch(() => note(target, ""));
    await working;
    save();
    preview();
  }

  function pressed(event) {
    const reading = event.target.closest("button[name=value]");
    if (!reading) return;
    event.preventDefault();
    form.querySelector("input[name=value]").value = reading.value;
    save();
    preview();
  }

  async function begin() {
    form = document.querySelector("form[data-keep]");
    files = new Map();
    working = tried = undefined;
    if (!form) return;
    form.addEventListener("input", touched);
    form.addEventListener("change", changed);
    form.addEventListener("click", pressed);
    form.addEventListener("submit", send);
    if (form.dataset.answered !== undefined) await save();
    else if (await restore()) preview();
    for (const input of form.querySelectorAll("input[type=file]")) { // chosen while this file was still on its way
      if (input.files.length && !files.has(input.name)) await changed({ target: input });
    }
    if (!navigator.onLine) lineChanged();
  }

  addEventListener("online", lineChanged);
  addEventListener("offline", lineChanged);
  addEventListener("popstate", () => location.reload());
  begin();
})();
