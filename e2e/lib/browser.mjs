// The browser, and visitors in it whose every complaint is kept.
import assert from "node:assert/strict";
import { mkdir, readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import path from "node:path";
import { chromium } from "playwright-core";

const axeSource = readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
let started;

/** The one browser of this process. */
export function browser() {
  started ??= chromium.launch({
    executablePath: process.env.KEPT_CHROMIUM ?? "/usr/bin/chromium",
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
  return started;
}

/** Closes it. */
export async function closeBrowser() {
  await (await started)?.close();
  started = undefined;
}

/**
 * A visitor: a page in a context of its own, at `address`, closed with the test; without a test, the caller closes its context.
 *
 * `page.complaints` holds what the browser complained about: errors in the console, violations of the policy, requests that failed,
 * answers of 400 and above. A test that ends with complaints it did not `forgive` fails.
 */
export async function visitor(t, address, options = {}) {
  const { language = "en", script = true, width = 1440, height = 900, dark = false } = options;
  const context = await (await browser()).newContext({
    baseURL: address,
    locale: language === "fr" ? "fr-FR" : "en-GB",
    timezoneId: "Europe/Paris",
    javaScriptEnabled: script,
    viewport: { width, height },
    colorScheme: dark ? "dark" : "light",
    reducedMotion: "reduce",
  });
  context.setDefaultTimeout(15_000);
  const page = await context.newPage();
  page.complaints = [];
  page.forgive = (pattern) => (page.complaints = page.complaints.filter((complaint) => !pattern.test(complaint)));
  const complain = (text) => page.complaints.push(text);
  page.on("console", (message) => message.type() === "error" && complain(`console: ${message.text()}`));
  page.on("pageerror", (error) => complain(`script: ${error}`));
  page.on("requestfailed", (request) => {
    // The stream of live updates ends with its page; a download and a redirect "fail" as aborted.
    const reason = request.failure()?.errorText ?? "";
    if (reason !== "net::ERR_ABORTED") complain(`request: ${request.url()} ${reason}`);
  });
  page.on("response", (answer) => answer.status() >= 400 && complain(`answer: ${answer.status()} ${answer.url()}`));
  if (script) {
    await page.exposeFunction("complainAboutPolicy", complain);
    await page.addInitScript(() =>
      document.addEventListener("securitypolicyviolation", (event) =>
        window.complainAboutPolicy(`policy: ${event.violatedDirective} ${event.blockedURI} ${event.sourceFile ?? ""}:${event.lineNumber ?? ""}`),
      ),
    );
  }
  t?.after(async () => {
    await context.close();
    assert.deepEqual(page.complaints, [], "the browser complained");
  });
  return page;
}

/** Fails when the open page breaks a rule that holds for every page. */
export async function checkPage(page, language) {
  const where = page.url();
  assert.equal(await page.locator("html").getAttribute("lang"), language, `${where}: language of the page`);
  assert.equal(await page.locator("h1").count(), 1, `${where}: one first heading`);
  assert.notEqual((await page.title()).trim(), "", `${where}: a title`);
  const html = await page.content();
  assert.deepEqual(html.match(/‹[^›]{0,80}›?|\{\s*\$[\w-]+\s*\}/g) ?? [], [], `${where}: texts that are missing`);
  await checkWidth(page);
  assert.deepEqual(await axe(page), [], `${where}: barriers`);
  assert.deepEqual(page.complaints, [], `${where}: the browser complained`);
}

/** Fails when something on the open page has no room in a window as wide as this one. */
export async function checkWidth(page) {
  const where = `${page.url()}, ${page.viewportSize().width} px`;
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  assert.ok(wide <= 1, `${where}: ${wide} px wider than the window`);
  assert.deepEqual(await page.evaluate(sticksOut), [], `${where}: sticks out of its place in a row`);
}

/** Parts of rows whose words are wider than their place, and are seen beside or over what stands next to them. */
function sticksOut() {
  return [...document.querySelectorAll(".row > *")]
    .filter((part) => part.clientWidth > 0 && part.scrollWidth > part.clientWidth + 1 && getComputedStyle(part).overflowX === "visible")
    .map((part) => `${part.className}: ${part.textContent.trim().slice(0, 60)}`);
}

/** Checks the page as it stands; with KEPT_E2E_PICTURES, takes a picture of it into that folder as well. */
export async function look(page, language, name) {
  await checkPage(page, language);
  const folder = process.env.KEPT_E2E_PICTURES;
  if (!folder) return;
  await mkdir(folder, { recursive: true });
  await page.evaluate(() => document.fonts.ready);
  // A picture of a whole page has no bottom of a window for bars to stick to.
  const bars = (position) =>
    page.evaluate((value) => document.querySelectorAll(".bar, .tabs-phone, .bulk").forEach((bar) => (bar.style.position = value)), position);
  await bars("static");
  await page.screenshot({ path: path.join(folder, `${name}-${language}-${page.viewportSize().width}.png`), fullPage: true });
  await bars("");
}

/** Serious and critical barriers that axe sees, one line each. */
export async function axe(page) {
  // Evaluated through the debugger, which the page's policy does not govern.
  await page.evaluate(await axeSource);
  const { violations } = await page.evaluate(() => window.axe.run(document, { resultTypes: ["violations"] }));
  return violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .flatMap(({ id, help, nodes }) => nodes.map((node) => `${id}: ${help}: ${node.html.slice(0, 160)} ${contrast(node)}`));
}

function contrast(node) {
  const data = node.any?.[0]?.data;
  return data?.contrastRatio ? `(${data.fgColor} on ${data.bgColor}: ${data.contrastRatio})` : "";
}
