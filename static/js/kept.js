// What this browser keeps of forms that were not sent: one draft for each account and form, with its files.
"use strict";

const kept = (() => {
  const STORE = "laporan";

  function run(mode, act) {
    return new Promise((resolve, reject) => {
      const opening = indexedDB.open("konsep", 1);
      opening.onupgradeneeded = () => opening.result.createObjectStore(STORE);
      opening.onerror = () => reject(opening.error);
      opening.onsuccess = () => {
        const request = act(opening.result.transaction(STORE, mode).objectStore(STORE));
        request.transaction.oncomplete = () => { opening.result.close(); resolve(request.result); };
        request.transaction.onabort = () => { opening.result.close(); reject(request.error); };
      };
    }).catch(() => undefined); // a browser that keeps nothing still sends
  }

  const keyOf = (account, path) => `${account} ${path}`;

  async function list(account) { // of one account, or of all when nobody is signed in
    const keys = await run("readonly", (store) => store.getAllKeys()) || [];
    const drafts = await run("readonly", (store) => store.getAll()) || [];
    const all = drafts.map((draft, at) => {
      const [whose, path] = keys[at].split(/ (.*)/s);
      return { ...draft, key: keys[at], whose, path, isReport: !path.includes("/komitmen/") && !path.includes("/ubah/") };
    });
    return all.filter((one) => account === undefined || one.whose === account).sort((one, other) => other.at - one.at);
  }

  return {
    list,
    get: (account, path) => run("readonly", (store) => store.get(keyOf(account, path))),
    put: (account, path, draft) => run("readwrite", (store) => store.put(draft, keyOf(account, path))),
    forget: (key) => run("readwrite", (store) => store.delete(key)),
    keyOf,
  };
})();
