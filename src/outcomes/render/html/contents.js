(() => {
  "use strict";
  const contents = document.querySelector(".contents");
  const parts = [...document.querySelectorAll("main > section:not(.found)")];
  const kept = `closed sections of ${location.pathname}`;

  const read = () => {
    try {
      return JSON.parse(sessionStorage.getItem(kept)) ?? [];
    } catch {
      return [];
    }
  };

  const keep = () => {
    const closed = parts.filter((part) => part.classList.contains("closed")).map((part) => part.id);
    try {
      sessionStorage.setItem(kept, JSON.stringify(closed));
    } catch {
      // a browser that keeps nothing forgets which sections were closed
    }
  };

  const set = (part, isOpen) => {
    part.classList.toggle("closed", !isOpen);
    part.querySelector("h2 button").setAttribute("aria-expanded", String(isOpen));
  };

  const all = document.createElement("button");
  const tell = () => {
    all.textContent = parts.every((part) => part.classList.contains("closed")) ? "Open all" : "Close all";
  };

  for (const part of parts) {
    const title = part.querySelector("h2");
    const button = document.createElement("button");
    button.type = "button";
    button.className = "fold";
    button.append(...title.childNodes);
    title.append(button);
    button.addEventListener("click", () => {
      set(part, part.classList.contains("closed"));
      keep();
      tell();
    });
    set(part, !read().includes(part.id));
  }

  all.type = "button";
  all.className = "all";
  all.addEventListener("click", () => {
    const isOpen = parts.every((part) => part.classList.contains("closed"));
    for (const part of parts) set(part, isOpen);
    keep();
    tell();
  });
  tell();
  contents.append(all);

  const reveal = () => {
    const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    const part = target?.closest("main > section");
    if (!part?.classList.contains("closed")) return;
    set(part, true);
    keep();
    tell();
    target.scrollIntoView();
  };
  addEventListener("hashchange", reveal);
  document.addEventListener("click", (event) => {
    if (event.target.closest("a[href^='#']")) setTimeout(reveal);
  });
  reveal();

  // the last section that begins above a line near the top is the one that is read; at the end of the page the last
  const LINE = 60; // pixels
  let isWaiting = false;
  const mark = () => {
    isWaiting = false;
    const isEnd = scrollY + innerHeight >= document.documentElement.scrollHeight - 2;
    const read = isEnd ? parts.at(-1) : parts.findLast((part) => part.getBoundingClientRect().top <= LINE);
    for (const link of contents.querySelectorAll("a"))
      if (read && link.hash === `#${read.id}`) link.setAttribute("aria-current", "true");
      else link.removeAttribute("aria-current");
  };
  addEventListener(
    "scroll",
    () => {
      if (!isWaiting) requestAnimationFrame(mark);
      isWaiting = true;
    },
    { passive: true },
  );
  mark();
})();
