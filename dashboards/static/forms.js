// A decision takes seconds: says so, and keeps a second click from asking twice.
"use strict";

document.querySelectorAll("form[data-busy]").forEach((form) => {
  form.addEventListener("submit", () => {
    const button = form.querySelector("button[type=submit]");
    button.disabled = true;
    button.textContent = form.dataset.busy;
  });
});
addEventListener("pageshow", (event) => {
  if (event.persisted) location.reload();
});
