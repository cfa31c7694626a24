// The form of an entry: Ctrl+Enter sends it, @ offers names. It works without.
"use strict";

for (const form of document.querySelectorAll("[data-entry]")) {
  const field = form.querySelector("textarea");
  const people = (field.dataset.people || "").split("|").filter(Boolean);
  let list = null;
  let chosen = 0;

  // What stands between the last @ and the cursor, if somebody's name begins so.
  function begun() {
    const before = field.value.slice(0, field.selectionStart);
    const place = Math.max(before.lastIndexOf("@"), before.lastIndexOf("＠"));
    if (place < 0 || before.length - place > 30 || before.slice(place).includes("\n")) return null;
    return { place, text: before.slice(place + 1).toLowerCase() };
  }

  function close() {
    list?.remove();
    list = null;
    field.removeAttribute("aria-activedescendant");
  }

  function insert(name) {
    const { place } = begun();
    const rest = field.value.slice(field.selectionStart);
    field.value = `${field.value.slice(0, place)}@${name} ${rest}`;
    const end = place + name.length + 2;
    field.setSelectionRange(end, end);
    close();
    field.focus();
  }

  function mark() {
    for (const [place, item] of [...list.children].entries()) {
      item.setAttribute("aria-selected", String(place === chosen));
    }
    field.setAttribute("aria-activedescendant", list.children[chosen].id);
    list.children[chosen].scrollIntoView({ block: "nearest" });
  }

  function offer() {
    close();
    const at = begun();
    const names = at ? people.filter((name) => name.toLowerCase().startsWith(at.text)) : [];
    if (!names.length || (at && names.length === 1 && names[0].toLowerCase() === at.text)) return;
    list = document.createElement("ul");
    list.className = "entry-names";
    list.setAttribute("role", "listbox");
    for (const [place, name] of names.slice(0, 20).entries()) {
      const item = document.createElement("li");
      item.id = `entry-name-${place}`;
      item.setAttribute("role", "option");
      item.textContent = name;
      item.addEventListener("mousedown", (event) => {
        event.preventDefault();
        insert(name);
      });
      list.append(item);
    }
    field.parentElement.append(list);
    chosen = 0;
    mark();
  }

  field.addEventListener("input", offer);
  field.addEventListener("blur", close);
  field.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      form.requestSubmit();
    } else if (list && ["ArrowDown", "ArrowUp"].includes(event.key)) {
      event.preventDefault();
      const step = event.key === "ArrowDown" ? 1 : -1;
      chosen = (chosen + step + list.children.length) % list.children.length;
      mark();
    } else if (list && ["Enter", "Tab"].includes(event.key)) {
      event.preventDefault();
      insert(list.children[chosen].textContent);
    } else if (list && event.key === "Escape") {
      event.stopPropagation();
      close();
    }
  });
}
