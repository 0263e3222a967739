(() => {
  "use strict";
  document.addEventListener("click", (event) => {
    if (event.target.matches("figure img")) event.target.parentElement.classList.toggle("large");
  });
  for (const box of document.querySelectorAll(".scroll")) if (!box.querySelector("a")) box.tabIndex = 0;
  document.documentElement.classList.add("with-touch");
})();
