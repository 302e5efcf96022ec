// What the pages need a script for, and no more. Runs after Material's own.
(() => {
  // Material puts a <nav> with the copy button into a code block once the block comes into
  // view. Landmarks need names of their own: number them in the order of the page.
  const words = { en: "Code block", zh: "代码块" };
  const word = words[document.documentElement.lang.slice(0, 2)] ?? words.en;

  function nameCodeNavs() {
    document.querySelectorAll(".md-typeset pre").forEach((block, index) => {
      const nav = block.querySelector("nav.md-code__nav:not([aria-label])");
      nav?.setAttribute("aria-label", `${word} ${index + 1}`);
    });
  }

  nameCodeNavs();
  new MutationObserver(nameCodeNavs).observe(document.body, {
    childList: true,
    subtree: true,
  });

  // The colour of the browser's chrome: the page's own tags serve until Material's script
  // has added one that follows the reader's choice of light or dark.
  if (document.querySelector('meta[name="theme-color"]:not([media])')) {
    document.querySelectorAll('meta[name="theme-color"][media]').forEach((m) => m.remove());
  }
})();
