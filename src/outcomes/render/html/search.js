(() => {
  "use strict";
  const MOST = 50; // hits that are shown: more are to be narrowed by another word
  const list = document.getElementById("numbers");
  const form = list.querySelector("form");
  const field = form.querySelector("input");
  const said = document.getElementById("hits");
  const fold = (text) => text.toLowerCase().replace(/\s+/g, " ");
  let entries = null;

  const show = (hits) => {
    for (const one of list.querySelectorAll(".hit")) one.classList.remove("hit");
    for (const hit of hits)
      for (const one of [hit, hit.parentElement, hit.closest(".numbers")]) one.classList.add("hit");
    list.classList.add("sought");
    list.classList.toggle("many", hits.length > 1);
  };

  const search = () => {
    entries ??= [...list.querySelectorAll(".alike > p")].map((entry) => [entry, fold(entry.textContent)]);
    const words = fold(field.value).split(" ").filter(Boolean);
    const found = words.length ? entries.filter(([, text]) => words.every((word) => text.includes(word))) : [];
    show(found.slice(0, MOST).map(([entry]) => entry));
    const count = found.length === 1 ? "1 number" : `${found.length || "No"} numbers`;
    said.textContent = !words.length ? "" : found.length > MOST ? `${count}; the first ${MOST} are shown.` : `${count}.`;
  };

  const reveal = () => {
    const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (!target?.matches("#numbers .alike > p")) return;
    field.value = "";
    said.textContent = "";
    show([target]);
    target.scrollIntoView();
  };

  let waiting = 0;
  field.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(search, 120);
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    clearTimeout(waiting);
    search();
    const first = list.querySelector("p.hit");
    if (!first) return;
    first.tabIndex = -1;
    first.focus();
  });
  form.querySelector(".all").addEventListener("click", () => {
    field.value = "";
    said.textContent = "";
    list.classList.remove("sought", "many");
  });
  addEventListener("hashchange", reveal);
  form.hidden = false;
  show([]);
  reveal();
})();
