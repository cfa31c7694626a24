// Behavior that pages share. Every page works without it.
"use strict";

// A menu made of <details> closes on a click elsewhere and on Escape.
function closeMenus(except) {
  for (const menu of document.querySelectorAll(".user-menu[open], details[data-menu][open]")) {
    if (!except || !menu.contains(except)) menu.open = false;
  }
}
document.addEventListener("click", (event) => closeMenus(event.target));
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const open = document.querySelector(".user-menu[open], details[data-menu][open]");
  if (open) {
    open.open = false;
    open.querySelector("summary").focus();
  }
});

// On a narrow screen the navigation scrolls sideways: it begins where the reader is.
for (const nav of document.querySelectorAll(".shell-nav, .tabs")) {
  const here = nav.querySelector("[aria-current]");
  if (here) nav.scrollLeft = here.offsetLeft + here.offsetWidth / 2 - nav.clientWidth / 2;
}

// The theme changes in place; the server is told, so that the next page has it.
document.addEventListener("submit", async (event) => {
  const form = event.target;
  const button = event.submitter;
  if (!form.matches("[data-display]") || !button || button.name !== "theme") return;
  event.preventDefault();
  document.documentElement.dataset.theme = button.value;
  for (const other of document.querySelectorAll('[data-display] button[name="theme"]')) {
    if (other.value === button.value) other.setAttribute("aria-pressed", "true");
    else other.removeAttribute("aria-pressed");
  }
  const fields = new FormData(form, button);
  document.dispatchEvent(new CustomEvent("banso:theme"));
  await fetch(form.action, { method: "POST", body: fields, redirect: "manual" });
});

// A form that htmx sent and that was refused shows what the server answered.
document.addEventListener("htmx:beforeSwap", (event) => {
  if ([409, 422].includes(event.detail.xhr.status)) {
    event.detail.shouldSwap = true;
    event.detail.isError = false;
  }
});

// Filters that change by choice are applied at once.
document.addEventListener("change", (event) => {
  const field = event.target;
  if (field.matches(".filters select, .filters [type=checkbox]")) field.form.requestSubmit();
});
