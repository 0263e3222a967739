(() => {
  "use strict";
  const panel = document.getElementById("panel");
  const body = document.getElementById("panel-body");
  let opener = null;

  const idOf = (element) => {
    const quote = element.closest("[data-id], [data-literal^='result:']");
    if (!quote || quote.closest("#panel, #numbers")) return null;
    return quote.dataset.id ?? quote.dataset.literal.slice("result:".length).split("#")[0];
  };

  const open = (id, from) => {
    const entry = document.getElementById("n-" + id);
    if (!entry) return false;
    const copy = entry.cloneNode(true);
    copy.removeAttribute("id");
    const source = entry.parentElement.querySelector(".source").cloneNode(true);
    body.replaceChildren(copy, source);
    opener = from;
    panel.show();
    panel.querySelector("button").focus();
    return true;
  };

  const close = () => {
    if (!panel.open) return;
    panel.close();
    opener?.focus({ preventScroll: true });
  };

  document.addEventListener("click", (event) => {
    const id = idOf(event.target);
    if (id && open(id, event.target.closest("a") ?? document.activeElement)) event.preventDefault();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") close();
  });
  panel.querySelector("button").addEventListener("click", close);
  document.documentElement.classList.add("with-panel");
})();
