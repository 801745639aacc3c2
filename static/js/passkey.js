/* A passkey needs a browser that knows it: without one its buttons stay hidden. A refusal is said in words. */
"use strict";

if (window.PublicKeyCredential) document.documentElement.classList.add("has-passkeys");

/* Deferred: the page is there. allauth's own forms do the work; which of them, the button says. */
const { loginForm, authenticateForm, addForm } = window.allauth.webauthn.forms;
const ids = { login: "passkey_login", authenticate: "passkey_use", add: "passkey_add", credential: "passkey_credential",
  passwordless: "id_passwordless", data: "js_data" };
for (const [button, form] of [["login", loginForm], ["authenticate", authenticateForm], ["add", addForm]]) {
  if (document.getElementById(ids[button])) form({ ids });
}

document.addEventListener("allauth.error", (event) => {
  event.preventDefault();
  const old = document.getElementById("passkey_problem");
  if (old) old.remove();
  const said = document.createElement("p");
  said.id = "passkey_problem";
  said.className = "notice notice-bad";
  said.setAttribute("role", "alert");
  said.textContent = "Passkey tidak jadi dipakai: dibatalkan, atau perangkat ini belum punya. Coba lagi, atau pakai cara lain.";
  document.querySelector("#passkey_login, #passkey_use, #passkey_add").closest("form").before(said);
});
