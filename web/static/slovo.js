// Comfort only: every page works without this. Suggestions in the query box, and the key «/» that leads to it.
(() => {
  "use strict";

  const box = document.getElementById("q");
  if (!box) return;

  // «/» on any layout: the key that types it, or the one in its place («.» in Russian). Not while something is typed.
  const off = () => { try { return localStorage.getItem("slash") === "off"; } catch { return false; } };
  document.addEventListener("keydown", event => {
    const slash = event.key === "/" || (event.code === "Slash" && !event.shiftKey);
    if (!slash || event.ctrlKey || event.altKey || event.metaKey || event.isComposing || off()) return;
    if (event.target.closest("input:not([type=checkbox]), textarea, select, [contenteditable]")) return;
    event.preventDefault();
    box.focus();
    box.select();
  });
  box.setAttribute("aria-keyshortcuts", "/");

  // A shortcut of one letter must have a switch (WCAG 2.1.4): it stands on the help page.
  const setting = document.getElementById("slash");
  if (setting) {
    const tick = setting.querySelector("input");
    tick.checked = !off();
    tick.addEventListener("change", () => {
      try { localStorage.setItem("slash", tick.checked ? "on" : "off"); } catch { /* nothing is kept in a private window */ }
    });
    setting.hidden = false;
  }

  // Suggestions: the editable combobox of WAI-ARIA's Authoring Practices, with a list that the arrows walk through.
  const source = box.form.dataset.suggest;
  if (!source) return;
  const PAUSE = 120; // milliseconds: between keys of a fast typist, so that one request is made for a word
  const LEAST = 2; // letters
  const list = document.createElement("ul");
  list.id = "suggestions";
  list.hidden = true;
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", box.form.dataset.suggestions);
  box.after(list);
  for (const [name, value] of Object.entries({ role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": list.id }))
    box.setAttribute(name, value);

  let timer = 0;
  let request = null;
  let typed = "";
  let active = -1;

  const close = () => {
    clearTimeout(timer);
    request?.abort();
    active = -1;
    list.hidden = true;
    box.setAttribute("aria-expanded", "false");
    box.removeAttribute("aria-activedescendant");
  };

  const show = suggestions => {
    active = -1;
    box.removeAttribute("aria-activedescendant");
    list.replaceChildren(...suggestions.map((suggestion, at) => {
      const option = document.createElement("li");
      const count = document.createElement("span");
      option.id = `suggestion-${at}`;
      option.setAttribute("role", "option");
      option.setAttribute("aria-selected", "false");
      option.dataset.text = option.textContent = suggestion.text;
      count.className = "count";
      count.textContent = suggestion.documents.toLocaleString(document.documentElement.lang);
      option.append(" ", count);
      return option;
    }));
    list.hidden = !suggestions.length;
    box.setAttribute("aria-expanded", String(!list.hidden));
  };

  const ask = async () => {
    request?.abort();
    request = new AbortController();
    typed = box.value;
    if (typed.trim().length < LEAST) return close();
    try {
      const answer = await fetch(`${source}?${new URLSearchParams({ q: typed })}`, { signal: request.signal });
      if (answer.ok) show((await answer.json()).suggestions);
    } catch { /* another letter came, or the network went: the box works without */ }
  };

  const choose = at => {
    const options = [...list.children];
    options[active]?.setAttribute("aria-selected", "false");
    // One place beyond either end is the box itself, with what was typed.
    active = at < -1 ? options.length - 1 : at >= options.length ? -1 : at;
    const option = options[active];
    option?.setAttribute("aria-selected", "true");
    option?.scrollIntoView({ block: "nearest" });
    box.value = option ? option.dataset.text : typed;
    if (option) box.setAttribute("aria-activedescendant", option.id);
    else box.removeAttribute("aria-activedescendant");
  };

  box.addEventListener("input", event => {
    clearTimeout(timer);
    if (!event.isComposing) timer = setTimeout(ask, PAUSE);
  });
  box.addEventListener("keydown", event => {
    if (event.isComposing) return;
    if (event.key === "ArrowDown" && list.hidden) ask();
    else if (event.key === "ArrowDown") choose(active + 1);
    else if (event.key === "ArrowUp" && !list.hidden) choose(active - 1);
    else if (event.key === "Escape" && !list.hidden) { choose(-1); close(); }
    else return;
    event.preventDefault();
  });
  box.addEventListener("blur", close);
  box.form.addEventListener("submit", close);
  // Before the blur that a click brings.
  list.addEventListener("mousedown", event => event.preventDefault());
  list.addEventListener("click", event => {
    const option = event.target.closest("[role=option]");
    if (!option) return;
    box.value = option.dataset.text;
    close();
    box.form.requestSubmit();
  });
})();
