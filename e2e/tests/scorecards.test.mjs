// Scorecards: reached from the parcels and from the figures, told in both languages, and each count opens the parcels under it.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { closeBrowser, look, visitor } from "../lib/browser.mjs";
import { onPostgres, startKept, until } from "../lib/kept.mjs";
import { signIn, speak } from "../lib/people.mjs";

after(closeBrowser);

const VIEWS = [["fr", 390], ["en", 1440], ["fr", 1440], ["en", 390]];
const NAMES = { fr: ["Bilans", "À conditions égales", "Notre propre entrepôt"], en: ["Scorecards", "Like with like", "Our own warehouse"] };

test("scorecards, over a past", async (t) => {
  const kept = await startKept("demo");
  t.after(kept.stop);
  const admin = kept.signIns.find(({ line }) => line.includes("admin")) ?? kept.signIns[0];
  for (const [language, width] of onPostgres ? VIEWS.slice(0, 2) : VIEWS) {
    await t.test(`${language}, ${width} px`, async (t) => {
      const page = await visitor(t, kept.address, { language, width });
      await signIn(page, admin);
      await speak(page, language);
      for (const from of ["/parcels", "/figures"]) {
        await page.goto(from);
        await page.locator('main a[href="/scorecards"]').click();
        await page.waitForURL((url) => url.pathname === "/scorecards");
      }
      // The past is recorded and counted in the background.
      const rows = page.locator("table.cards").first().locator("tbody tr");
      await until("carriers with parcels", async () => (await page.goto("/scorecards?days=365"), (await rows.count()) > 1), undefined, 120);
      const doorsOf = () => page.locator('main a[href^="/scorecards/parcels"]').evaluateAll((links) => links.map((link) => link.getAttribute("href")));
      await until("everything counted, of a past that is long enough", async () => {
        await page.goto("/scorecards?days=365");
        return (await page.locator("main [role=status]").count()) === 0 && (await doorsOf()).length > 15;
      }, undefined, 120);
      const text = await page.locator("main").innerText();
      for (const name of NAMES[language]) assert.ok(text.includes(name), `“${name}” on the page`);
      await page.locator("details:has(dl.method) summary").click();
      await look(page, language, "scorecards");

      const doors = await doorsOf();
      // Once is enough: what stands behind them does not depend on language and width.
      const opened = language === "fr" && width === 390 ? [...new Set(doors)] : doors.slice(0, 1);
      for (const door of opened) {
        await page.goto(door);
        assert.equal(await page.locator("h1").count(), 1, door);
        assert.ok((await page.locator("main p.small").first().innerText()).length > 40, `${door} says how it is computed`);
      }
      await look(page, language, "scorecards-parcels");
      // Back to the period that was chosen.
      await page.locator('.crumb a[href^="/scorecards"]').click();
      assert.equal(await page.locator("#f-days").inputValue(), "365");
    });
  }
});
