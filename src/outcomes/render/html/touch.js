(() => {
  "use strict";
  document.addEventListener("click", (event) => {
    if (event.target.matches("figure img")) event.target.parentElement.classList.toggle("large");
  });
  const boxes = document.querySelectorAll(".scroll");
  for (const box of boxes) if (!box.querySelector("a")) box.tabIndex = 0;
  const measured = new ResizeObserver((changes) => {
    for (const { target } of changes) target.classList.toggle("overflows", target.scrollWidth > target.clientWidth + 1);
  });
  for (const box of boxes) measured.observe(box);
  document.documentElement.classList.add("with-touch");
})();
