// A booked appointment dropped on a free time goes to the same form as « déplacer ».
(() => {
  const form = document.getElementById("drop");
  let moving = null;
  for (const card of document.querySelectorAll("[data-move]")) {
    card.addEventListener("dragstart", (event) => {
      moving = card.dataset.move;
      event.dataTransfer.effectAllowed = "move";
      event.dataTransfer.setData("text/plain", moving);
    });
    card.addEventListener("dragend", () => { moving = null; });
  }
  for (const slot of document.querySelectorAll("[data-slot]")) {
    slot.addEventListener("dragover", (event) => {
      if (!moving) return;
      event.preventDefault();
      slot.classList.add("over");
    });
    slot.addEventListener("dragleave", () => slot.classList.remove("over"));
    slot.addEventListener("drop", (event) => {
      event.preventDefault();
      if (!moving || !form) return;
      form.action = moving;
      form.elements.slot.value = slot.dataset.slot;
      form.submit();
    });
  }
  for (const select of document.querySelectorAll("[data-submit]")) {
    select.addEventListener("change", () => select.form.requestSubmit());
  }
})();
