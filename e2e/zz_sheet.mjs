import { chromium } from "playwright-core";
const [out, ...names] = process.argv.slice(2);
const b = await chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox", "--allow-file-access-from-files"] });
const p = await b.newPage({ viewport: { width: 1640, height: 1500 } });
const cols = names.map((n) => { const [f, k = "0"] = n.split(":"); return `<div style="width:390px;height:1480px;border:1px solid #888;background:url(file:///work/main/e2e/shots/${f}.png) 0 -${k * 1480}px no-repeat"></div>`; });
const { writeFileSync } = await import("node:fs");
writeFileSync("/tmp/sheet.html", `<body style="margin:4px;display:flex;gap:6px;background:#ccc">${cols.join("")}`);
await p.goto("file:///tmp/sheet.html"); await p.screenshot({ path: out }); await b.close();
