// Keyboard, selection, focus: plain behaviour on data attributes, no framework, no inline code.
"use strict";
(() => {
  const find = (selector, root = document) => root.querySelector(selector);
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const typing = (node) => node.matches("input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable]");

  // Lists: [data-list] holds [data-row]; a row's first a[data-open] opens it.
  const rows = () => all("[data-list] [data-row]").filter((row) => row.offsetParent !== null);
  let index = -1;
  function go(to) {
    const list = rows();
    if (!list.length) return;
    index = Math.max(0, Math.min(list.length - 1, to));
    list.forEach((row, i) => row.classList.toggle("current", i === index));
    list[index].scrollIntoView({ block: "nearest" });
    const target = find("[data-open]", list[index]);
    if (target) target.focus({ preventScroll: true });
  }
  function current() { return rows()[index]; }

  // One-letter commands: data-key="a" on a link or button; inside the current row first, else on the page.
  function press(key) {
    const scope = current();
    const target = (scope && find(`[data-key="${key}"]`, scope)) || find(`main > [data-key="${key}"], main :not([data-row] *)[data-key="${key}"]`);
    if (!target) return false;
    if (target.tagName === "A" || target.tagName === "BUTTON") target.click(); else target.focus();
    return true;
  }

  let leader = false;
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Escape" && typing(event.target)) { event.target.blur(); return; }
    if (typing(event.target) || find("dialog[open]")) return;
    const key = event.key;
    if (leader) {
      leader = false;
      const home = { j: "/", p: "/portefeuille/", r: "/relances/", i: "/imports/" }[key];
      if (home) { event.preventDefault(); location.href = home; }
      return;
    }
    if (key === "g") { leader = true; setTimeout(() => { leader = false; }, 1200); return; }
    if ((key === "j" || key === "k") && rows().length) go(key === "j" ? index + 1 : index - 1);
    else if (key === "/") { const box = find("[data-find]"); if (box) box.focus(); }
    else if (key === "?") openDialog("shortcuts");
    else if (key === "x") { const box = current() && find("input[type=checkbox]", current()); if (box) box.click(); }
    else if (key.length !== 1 || !press(key)) return;
    event.preventDefault();
  });

  function openDialog(id) { const dialog = document.getElementById(id); if (dialog && !dialog.open) dialog.showModal(); }
  document.addEventListener("click", (event) => {
    const target = event.target;
    if (!(target instanceof Element)) return;
    const opener = target.closest("[data-dialog]");
    // A link that opens a dialog leads to the same form on its own page when there is no script.
    if (opener) { event.preventDefault(); openDialog(opener.dataset.dialog); }
    if (target.closest("[data-shortcuts]")) openDialog("shortcuts");
    if (target.closest("[data-close]")) { const box = target.closest("dialog"); if (box) box.close(); else history.back(); }
    if (target.closest("[data-print]")) window.print();
    const menu = target.closest("[data-menu-button]");
    if (menu) menu.setAttribute("aria-expanded", String(find("#menu").classList.toggle("open")));
  });

  // Bulk selection: [data-select-all] drives the checkboxes named as it says; [data-selected] shows the count.
  document.addEventListener("change", (event) => {
    const target = event.target;
    if (target.matches("[data-select-all]")) {
      all(`input[name="${target.dataset.selectAll}"]`).forEach((box) => { box.checked = target.checked; });
    }
    if (target.matches("[data-autosubmit]")) target.form.requestSubmit();
    const counter = find("[data-selected]");
    if (counter) {
      const count = all(`input[name="${counter.dataset.selected}"]:checked`).length;
      counter.textContent = count ? `${count} sélectionné${count > 1 ? "s" : ""}` : "";
      all("[data-needs-selection]").forEach((node) => { node.disabled = count === 0; });
    }
  });

  // A question before what cannot be undone; a button that has sent its form cannot send it twice.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.dataset.confirm && !window.confirm(form.dataset.confirm)) { event.preventDefault(); return; }
    if (form.method === "post" && !form.hasAttribute("hx-post")) {
      if (form.dataset.sent) { event.preventDefault(); return; }
      form.dataset.sent = "1";
      setTimeout(() => { delete form.dataset.sent; }, 4000);
    }
  });

  // Drafts: what was typed in [data-draft] survives a closed tab until the form is sent.
  function drafts(root) {
    all("form[data-draft]", root).forEach((form) => {
      const name = `draft:${form.dataset.draft}`;
      const saved = JSON.parse(localStorage.getItem(name) || "{}");
      all("textarea, input[type=text]", form).forEach((field) => {
        if (field.name && saved[field.name] && !field.value) field.value = saved[field.name];
        field.addEventListener("input", () => { saved[field.name] = field.value; localStorage.setItem(name, JSON.stringify(saved)); });
      });
      form.addEventListener("submit", () => localStorage.removeItem(name));
    });
    const focus = find("[data-focus]", root);
    if (focus) focus.focus();
  }
  drafts(document);
  const asked = find("dialog[data-open-now]");
  if (asked) openDialog(asked.id);
  document.addEventListener("htmx:afterSwap", (event) => {
    drafts(event.target);
    // What was fetched into a dialog is shown in it, over the line it was asked from.
    const box = event.target.closest("dialog");
    if (box) { if (!box.open) box.showModal(); } else index = -1;
  });
  // After an act the list stands on the line that follows the one just treated.
  const following = rows().findIndex((row) => row.hasAttribute("data-following"));
  if (following >= 0) go(following);
})();
