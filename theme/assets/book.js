// What the pages need a script for, and no more. Runs after Material's own.
(() => {
  const english = {
    close: "Close",
    figure: "Figure, enlarged",
    goOn: "Continue: ",
    menu: "Pages of the book",
  };
  const chinese = { close: "关闭", figure: "放大的图", goOn: "继续：", menu: "目录" };
  const root = document.documentElement;
  const words = root.lang.startsWith("zh") ? chinese : english;

  // The colour of the browser's chrome: the page's own tags serve until Material's script
  // has added one that follows the reader's choice of light or dark.
  if (document.querySelector('meta[name="theme-color"]:not([media])')) {
    document.querySelectorAll('meta[name="theme-color"][media]').forEach((m) => m.remove());
  }

  // The scroll bar is dark where the reader's system is, or where the reader has chosen so.
  const follow = () => (root.dataset.mdColorScheme = document.body.dataset.mdColorScheme);
  const system = matchMedia("(prefers-color-scheme: dark)").matches ? "slate" : "default";
  if (document.body.dataset.mdColorScheme !== system) follow();

  // Light and dark are exchanged at once: nothing fades behind the rest. (What takes its
  // colour from what is around it begins to fade when that has ended.)
  const fading = () => document.getAnimations().filter((a) => a instanceof CSSTransition);
  document.addEventListener("change", ({ target }) => {
    if (target.name !== "__palette") return;
    follow();
    for (let some; (some = fading()).length; ) some.forEach((one) => one.finish());
  });

  // The search knows the gates AND and OR by name. Behind another word, "and" and "or" are
  // mere words, and the search's worker is not asked for them.
  const { postMessage, dispatchEvent } = Worker.prototype;
  let asked;
  Worker.prototype.postMessage = function ({ type, data }) {
    if (type === 2) {
      asked = `.${data.trim()}`;
      data = data.replace(/(\S\s+)(?:and|or)\b\s*/g, "$1");
    }
    postMessage.call(this, { type, data });
  };

  // A word that is a name of the library leads to the chapter first, and then to its entry
  // in the reference, however many pages begin words with it. Classes are told from functions.
  Worker.prototype.dispatchEvent = function (event) {
    const { type, data } = event.data ?? {};
    const named = (doc) => doc.location.toLowerCase().endsWith(asked.toLowerCase());
    const at = type === 3 ? data.items.findIndex((page) => page.some(named)) : -1;
    if (at >= 0) {
      const [page] = data.items.splice(at, 1);
      const exact = (doc) => doc.location.endsWith(asked);
      const entries = page.filter(named).sort((a, b) => exact(b) - exact(a));
      entries.forEach((doc) => (doc.score = Infinity)); // Material folds the others away
      const others = page.filter((doc) => !named(doc));
      data.items.splice(Math.min(at, 1), 0, [...entries, ...others]);
    }
    return dispatchEvent.call(this, event);
  };

  // A figure is a link to its picture. Followed with a plain click or the enter key, it
  // shows the picture as large as the window allows; a click or Escape goes back.
  const viewer = document.createElement("dialog");
  viewer.className = "viewer md-typeset";
  viewer.setAttribute("aria-label", words.figure);
  viewer.addEventListener("click", () => viewer.close());
  viewer.addEventListener("keydown", (event) => event.stopPropagation());
  document.body.append(viewer);

  document.querySelectorAll("a.enlarge").forEach((link) => {
    link.setAttribute("aria-haspopup", "dialog");
    link.addEventListener("click", (event) => {
      if (event.button || event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      const picture = link.firstElementChild.cloneNode();
      picture.style.setProperty("--ratio", picture.width / picture.height);
      const close = document.createElement("button");
      close.className = "md-button";
      close.textContent = words.close;
      const pane = document.createElement("div");
      pane.className = "pane";
      pane.append(picture);
      viewer.replaceChildren(close, pane);
      const caption = link.parentElement.querySelector("figcaption")?.cloneNode(true);
      if (caption) viewer.append(caption);
      viewer.addEventListener("close", () => link.focus(), { once: true });
      const { left, width } = link.getBoundingClientRect();
      // Never cut off on both sides: it begins at its left edge, or ends at its right.
      const right = event.detail && (event.clientX - left) / width > 2 / 3;
      viewer.showModal();
      pane.scrollLeft = right ? pane.scrollWidth : 0;
      if (pane.scrollWidth > pane.clientWidth) pane.tabIndex = 0;
    });
  });

  // A number shows its expression to a pointer that rests on it. A finger taps it.
  const expression = document.createElement("code");
  expression.className = "expression";
  expression.popover = "auto";
  document.body.append(expression);
  document.addEventListener("click", ({ target }) => {
    const number = target.closest(".bound[title]");
    if (!number || matchMedia("(hover: hover)").matches) return;
    expression.textContent = number.title;
    expression.showPopover();
    const { left, bottom } = number.getBoundingClientRect();
    const most = innerWidth - expression.offsetWidth - 16;
    expression.style.left = `${Math.max(16, Math.min(left, most))}px`;
    expression.style.top = `${bottom + 6}px`;
  });

  // Material opens the drawer with a label, which no key reaches: a button takes its place.
  const label = document.querySelector("label.md-header__button[for=__drawer]");
  if (label) {
    const menu = document.createElement("button");
    menu.className = `${label.className} menu`;
    menu.setAttribute("aria-label", words.menu);
    menu.append(...label.children);
    menu.addEventListener("click", () => document.getElementById("__drawer").click());
    label.replaceWith(menu);
  }

  // Where the reader is: a chapter notes the heading last passed, and the first page leads
  // back to it. Kept in this browser alone, by the same means as the choice of light or dark.
  const chapter = document.querySelector("h1 + .reading");
  if (chapter && window.__md_set) {
    const headings = [...document.querySelectorAll("article :is(h1, h2, h3)[id]")];
    addEventListener("pagehide", () => {
      const passed = headings.filter((one) => one.getBoundingClientRect().top < 120);
      const last = passed.at(-1) ?? headings[0];
      const site = new URL(JSON.parse(document.getElementById("__config").textContent).base, location);
      __md_set("reading", {
        path: location.pathname.slice(site.pathname.length),
        anchor: last.tagName === "H1" ? "" : last.id,
        title: headings[0].firstChild.textContent,
      });
    });
  }
  const start = document.querySelector(".hero .md-button--primary");
  const place = start && window.__md_get?.("reading");
  if (place) {
    const goOn = start.cloneNode();
    goOn.textContent = words.goOn + place.title;
    goOn.href = place.path + (place.anchor && `#${place.anchor}`);
    start.classList.remove("md-button--primary");
    start.before(goOn, " ");
  }

  // The page for addresses that lead nowhere offers to search for the words in them.
  const missing = document.querySelector(".missing input");
  if (missing) missing.value = decodeURI(location.pathname).match(/\p{L}\w+/gu)?.at(-1) ?? "";
})();
