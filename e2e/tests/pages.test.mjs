// Every page of a shop with a past: in French and English, wide and on a phone, without a complaint and without a barrier.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { checkPage, checkWidth, closeBrowser, visitor } from "../lib/browser.mjs";
import { onPostgres, startKept } from "../lib/kept.mjs";
import { signIn, speak } from "../lib/people.mjs";
import { everyPlace } from "../lib/places.mjs";

after(closeBrowser);

// The pages do not depend on the database: on PostgreSQL two views show that what they read is there.
const VIEWS = [["fr", 390], ["en", 1440], ["fr", 1440], ["en", 390]];
// Windows between a phone and a wide one, on either side of where the layout changes.
const BETWEEN = [680, 910, 1010, 1100, 1280];

test("the pages of a demo", async (t) => {
  const kept = await startKept("demo");
  t.after(kept.stop);
  const admin = kept.signIns.find(({ line }) => line.includes("admin")) ?? kept.signIns[0];
  const guide = await visitor(undefined, kept.address);
  await signIn(guide, admin);
  const places = await everyPlace(guide);
  await guide.context().close();

  for (const [language, width] of onPostgres ? VIEWS.slice(0, 2) : VIEWS) {
    const page = await visitor(undefined, kept.address, { language, width });
    await signIn(page, admin);
    await speak(page, language);
    for (const [name, path] of Object.entries(places)) {
      await t.test(`${name}, ${language}, ${width} px`, async () => {
        page.complaints.length = 0;
        // A customer reads in their own language, whoever looks, until they choose.
        await page.goto(name === "customer-page" ? `${path}?lang=${language}` : path);
        await checkPage(page, language);
      });
    }
    await page.context().close();
  }

  await t.test("between a phone and a wide window, everything has room", { skip: onPostgres }, async (t) => {
    const page = await visitor(t, kept.address, { language: "fr" });
    await signIn(page, admin);
    await speak(page, "fr");
    for (const path of Object.values(places)) {
      await page.goto(path);
      for (const width of BETWEEN) {
        await page.setViewportSize({ width, height: 900 });
        await checkWidth(page);
      }
    }
  });

  await t.test("dark", async (t) => {
    const page = await visitor(t, kept.address, { dark: true });
    await signIn(page, admin);
    await speak(page, "en");
    for (const name of ["today", "promise", "figures", "customer-page"]) {
      await page.goto(places[name]);
      await checkPage(page, await page.locator("html").getAttribute("lang"));
    }
  });

  await t.test("every word of the ledger that was shown has a text", () => {
    const missing = kept.said().split("\n").filter((line) => line.includes("text.missing"));
    assert.deepEqual([...new Set(missing.map((line) => line.replace(/^.*text\.missing/, "")))], []);
  });
});
