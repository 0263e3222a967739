(() => {
  "use strict";
  const panel = document.getElementById("panel");
  const body = document.getElementById("panel-body");
  const command = document.getElementById("panel-command").content.firstElementChild;
  let opener = null;

  const idOf = (element) => {
    const quote = element.closest("[data-id], [data-literal^='result:']");
    if (!quote || quote.closest("#panel, #numbers")) return null;
    return quote.dataset.id ?? quote.dataset.literal.slice("result:".length).split("#")[0];
  };

  const show = (label, from, ...parts) => {
    body.replaceChildren(...parts);
    panel.setAttribute("aria-label", label);
    opener = from;
    panel.show();
    panel.querySelector("button").focus();
  };

  const define = (term) => {
    const entry = document.getElementById(term.hash.slice(1));
    if (!entry) return false;
    const name = document.createElement("strong");
    name.append(...entry.querySelector("dt").cloneNode(true).childNodes);
    const said = document.createElement("p");
    said.append(name, ": ", ...entry.querySelector("dd").cloneNode(true).childNodes);
    show("What this word means", term, said);
    return true;
  };

  const open = (id, from) => {
    const entry = document.getElementById("n-" + id);
    if (!entry) return false;
    const copy = entry.cloneNode(true);
    copy.removeAttribute("id");
    const method = entry.parentElement.querySelector(".method").cloneNode(true);
    const source = entry.closest(".numbers").querySelector(".source").cloneNode(true);
    const trace = command.cloneNode(true);
    trace.querySelector("code").append(id);
    show("About this number", from, copy, method, trace, source);
    return true;
  };

  const close = () => {
    if (!panel.open) return;
    panel.close();
    opener?.focus({ preventScroll: true });
  };

  document.addEventListener("click", (event) => {
    const term = event.target.closest("a.term");
    if (term) {
      if (define(term)) event.preventDefault();
      return;
    }
    const id = idOf(event.target);
    if (id && open(id, event.target.closest("a") ?? document.activeElement)) event.preventDefault();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") close();
  });
  panel.querySelector("button").addEventListener("click", close);
  document.documentElement.classList.add("with-panel");
})();
