// The workspace as an app: a worker that opens an empty shell without signal, and keeps nothing of anybody.
"use strict";

navigator.serviceWorker?.register(document.querySelector("[data-worker]").dataset.worker, { scope: "/kerja/" })
  .catch(() => undefined);
