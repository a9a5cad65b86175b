// In the demo what a customer chooses is really carried out: its shop is asked to cancel and to pay back, and says that it did.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { closeBrowser, look, visitor } from "../lib/browser.mjs";
import { startKept, until } from "../lib/kept.mjs";
import { signIn, speak } from "../lib/people.mjs";
import { customerLink } from "../lib/places.mjs";

after(closeBrowser);

test("a choice in the demo", async (t) => {
  const kept = await startKept("demo");
  t.after(kept.stop);
  await t.test("is carried out in its shop, and paid back", (t) => carriedOut(t, kept));
});

async function carriedOut(t, kept) {
  const page = await visitor(t, kept.address);
  await signIn(page, kept.signIns[0]);
  await speak(page, "en");
  await until("the manager to trust the shop with what customers choose", async () => {
    await page.goto("/playbooks");
    return page.locator('form[action="/playbooks/carry-out-cancel/mode"] input[value="automatic"]:checked').count();
  }, undefined, 90);

  // Somebody whose order has not left yet.
  const own = await until("an order that can be cancelled", async () => {
    await page.goto("/promises?state=open");
    const links = await page.locator('main a[href^="/promises/prm_"]').evaluateAll((all) => [...new Set(all.map((link) => link.getAttribute("href").split("?")[0]))]);
    for (const promise of links.slice(-8).reverse()) {
      await page.goto(promise);
      if (await page.locator('main a[href^="/parcels/par_"]').count()) continue;
      const customer = page.locator('a[href^="/customers/cus_"]').first();
      if (!(await customer.count())) continue;
      const visit = await visitor(t, kept.address, { language: "fr", width: 390 });
      await visit.goto(`${await customerLink(page, await customer.getAttribute("href"))}?lang=fr`);
      if (await cancelling(visit, promise).count()) return { visit, promise };
      await visit.close();
    }
    return false;
  }, undefined, 120);

  const { visit, promise } = own;
  await Promise.all([visit.waitForEvent("load"), cancelling(visit, promise).click()]);
  const refund = await until("the shop to cancel, and what is owed back", async () => {
    await page.goto(promise);
    const link = page.locator('main table a[href^="/promises/prm_"]');
    return (await link.count()) ? link.first().getAttribute("href") : false;
  }, undefined, 60);
  let shown = "";
  await until("the shop's own word that it paid", async () => {
    await page.goto(refund);
    shown = await page.locator("main").innerText();
    return /\bDone\b/.test(shown) && /\bKept\b/.test(shown);
  }, () => shown.slice(0, 1500), 30);
  await look(page, "en", "demo-choices-refund");
  await visit.reload();
  await look(visit, "fr", "demo-choices-own");
  assert.equal(await cancelling(visit, promise).count(), 0, "nothing of it is left to cancel");
}

/** The button on a customer's page that cancels what a promise is about. */
function cancelling(visit, promise) {
  return visit.locator(`form:has(input[name="promise"][value="${promise.split("/").pop()}"]) button[name=says][value="cancel"]`);
}
