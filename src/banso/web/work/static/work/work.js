// Keys, dialogs and copying on the pages of work. All of it works without, by links and forms.
"use strict";

const cards = () => [...document.querySelectorAll("[data-card]")];
const box = document.querySelector("[data-dialog-box]");
const keys = document.querySelector("[data-keys]");
const PLACE = "banso:today"; // where in the list somebody was, across the answer of a form

function current() {
  return document.activeElement?.closest?.("[data-card]") ?? null;
}

function goTo(place) {
  const all = cards();
  if (!all.length) return;
  const card = all[Math.min(Math.max(place, 0), all.length - 1)];
  card.focus({ preventScroll: true });
  card.scrollIntoView({ block: "nearest" });
}

// Where somebody acted, the next card comes up: it takes the place of the one that went.
for (const button of document.querySelectorAll("[data-help]")) {
  button.hidden = false;
  button.addEventListener("click", () => keys.showModal());
}
document.addEventListener("submit", (event) => {
  if (!event.target.matches("[data-act]")) return;
  const at = cards().indexOf(current() ?? box?.opener);
  if (at >= 0) sessionStorage.setItem(PLACE, at);
});
const kept = sessionStorage.getItem(PLACE);
sessionStorage.removeItem(PLACE);
if (kept !== null) goTo(Number(kept));

// What a card keeps back is fetched when it is opened.
async function fragment(address) {
  const answer = await fetch(address, { headers: { "HX-Request": "true" } });
  return answer.ok ? answer.text() : null;
}
async function showMore(details) {
  if (!details.open || details.dataset.loaded) return;
  const html = await fragment(details.dataset.more);
  if (html === null) return;
  details.dataset.loaded = "1";
  details.querySelector("[data-more-content]").innerHTML = html;
  showCopying(details);
}
for (const details of document.querySelectorAll("[data-more]")) {
  details.addEventListener("toggle", () => showMore(details));
}

// A form that has a page of its own comes up in a dialog.
document.addEventListener("click", async (event) => {
  const link = event.target.closest("[data-dialog]");
  if (link && box && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
    event.preventDefault();
    box.opener = link.closest("[data-card]");
    const html = await fragment(link.href);
    if (html === null) { location.assign(link.href); return; }
    box.querySelector("[data-dialog-content]").innerHTML = html;
    box.showModal();
    box.querySelector("select, input:not([type=hidden], [type=checkbox]), textarea")?.focus();
  }
  const close = event.target.closest("dialog [data-close]");
  if (close) {
    event.preventDefault();
    close.closest("dialog").close();
  }
});
box?.addEventListener("close", () => box.opener?.focus());

function showCopying(root) {
  for (const button of root.querySelectorAll("[data-copy]")) button.hidden = !navigator.clipboard;
}
showCopying(document);
document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).value);
  button.querySelector("span").textContent = "✓";
});

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (document.querySelector("dialog[open]")) return;
  if (event.target.matches("input, select, textarea, [contenteditable]")) return;
  const here = current();
  const at = cards().indexOf(here);
  if (event.key === "j") goTo(at + 1);
  else if (event.key === "k") goTo(at < 0 ? 0 : at - 1);
  else if (event.key === "?") keys?.showModal();
  else if (event.key === "Enter" && here && event.target === here) {
    const details = here.querySelector("[data-more]");
    details.open = !details.open;
  } else if ("dgsx".includes(event.key) && here) {
    here.querySelector(`[data-key="${event.key}"]`)?.click();
  } else return;
  event.preventDefault();
});
