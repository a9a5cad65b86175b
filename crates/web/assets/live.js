// Live refresh and single keys. Every act works without this file.
(() => {
  "use strict";
  const main = () => document.getElementById("main");
  // Nothing is exchanged under a person who is writing, choosing or has opened something.
  const busy = () => {
    const here = main();
    if (!here || document.hidden) return true;
    if (here.querySelector("details[open], input:checked:not([type=radio]), dialog[open]")) return true;
    const active = document.activeElement;
    return !!(active && here.contains(active) && active.matches("input, textarea, select")) || here.dataset.touched === "yes";
  };
  let pending = false;
  let last = 0;
  const refresh = () => {
    if (!pending || busy() || Date.now() - last < 4000 || !window.htmx) return;
    pending = false;
    last = Date.now();
    window.htmx.ajax("GET", location.href, { target: "#main", select: "#main", swap: "outerMorph" }).catch(() => {});
  };
  // What was fetched before a person began to write or opened something comes too late: it waits for the next calm moment.
  document.addEventListener("htmx:before:swap", (event) => {
    const to = event.detail && event.detail.ctx && event.detail.ctx.target;
    if ((to !== main() && to !== "#main") || !busy()) return;
    event.preventDefault();
    pending = true;
  });
  if (main() && main().dataset.live && window.EventSource) {
    // What changed between the reading of this page and the opening of the stream is told first.
    const events = new EventSource("/events?since=" + encodeURIComponent(main().dataset.live));
    const changed = () => { pending = true; refresh(); };
    events.onmessage = changed;
    events.addEventListener("change", changed);
    setInterval(refresh, 2000);
  }
  document.addEventListener("input", (event) => {
    const here = main();
    if (here && here.contains(event.target)) here.dataset.touched = "yes";
  });
  // A chosen file fills the field that is sent: whoever has no script pastes its text. What is not UTF-8 is windows-1252, as spreadsheets write.
  document.addEventListener("change", async (event) => {
    const fills = event.target.dataset && event.target.dataset.fills;
    const file = fills && event.target.files && event.target.files[0];
    if (!file) return;
    const bytes = await file.arrayBuffer();
    let text;
    try { text = new TextDecoder("utf-8", { fatal: true }).decode(bytes); } catch { text = new TextDecoder("windows-1252").decode(bytes); }
    document.getElementById(fills).value = text;
  });
  const links = () => [...document.querySelectorAll("#main .rows a.lead")];
  const move = (step) => {
    const all = links();
    if (!all.length) return;
    const at = all.indexOf(document.activeElement);
    const next = all[at < 0 ? (step > 0 ? 0 : all.length - 1) : Math.min(all.length - 1, Math.max(0, at + step))];
    next.focus();
    next.scrollIntoView({ block: "nearest" });
  };
  const search = () => document.getElementById("find");
  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest && event.target.closest("input, textarea, select, [contenteditable]");
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k" && search()) {
      event.preventDefault();
      search().focus();
      search().select();
      return;
    }
    if (typing || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "j") move(1);
    else if (event.key === "k") move(-1);
    else if (event.key === "o" && document.activeElement.matches("#main .rows a.lead")) document.activeElement.click();
    else if (event.key === "/" && search()) { event.preventDefault(); search().focus(); }
    else if (event.key === "?") { const help = document.getElementById("keys"); if (help) { help.open = !help.open; if (help.open) help.parentElement.closest("details").open = true; } }
  });
})();
