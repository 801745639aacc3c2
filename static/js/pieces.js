// Sends a file in pieces, apart from its form: what has arrived stays there, and the rest goes on where it broke.
"use strict";

const pieces = (() => {
  const FIRST = 32e3, SMALLEST = 16e3, LARGEST = 1e6; // bytes of a piece
  const QUICK = 2e3, SLOW = 12e3; // milliseconds

  async function asked(address, request) {
    const answer = await fetch(address, request);
    if (answer.redirected || answer.status === 403) return { away: answer }; // signed out, or the page is too old
    if (answer.status >= 500) throw new Error(answer.status);
    return answer.json();
  }

  // Resolves to { held }, { problem } or { away }; rejects when the line breaks.
  async function send(address, file, { signal, token, tell }) {
    let size = FIRST, answer = await asked(address, { signal }), before = -1;
    while (!answer.held && !answer.problem && !answer.away) {
      const at = answer.received, piece = file.slice(at, at + size), began = performance.now();
      if (at === before) throw new Error("nothing arrives");
      tell(Math.floor(100 * at / file.size));
      const headers = { "X-CSRFToken": token(), "X-Offset": at, "X-Name": encodeURIComponent(file.name).slice(0, 200),
        "Content-Type": "application/octet-stream", ...(at + size >= file.size && { "X-Last": "1" }) };
      answer = await asked(address, { method: "POST", headers, body: piece, signal });
      before = at;
      const took = performance.now() - began;
      if (took < QUICK) size = Math.min(LARGEST, 2 * size);
      else if (took > SLOW) size = Math.max(SMALLEST, size / 2);
    }
    return answer;
  }

  return { send };
})();
