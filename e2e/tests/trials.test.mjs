// A playbook is tried on the past: asked for, run, read, its letter opened; with script and without, in both languages.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { checkPage, closeBrowser, visitor } from "../lib/browser.mjs";
import { openHouse, orderNews, waitingMessage } from "../lib/house.mjs";
import { until } from "../lib/kept.mjs";
import { ada, signIn, speak } from "../lib/people.mjs";

after(closeBrowser);

const DRAFT = `[[playbook]]
name = "mine"
title = { fr = "a", en = "a" }
explanation = { fr = "a", en = "a" }
on = ["late", "at_risk", "attempt_failed"]
audience = "customer"
message = "late-apology"
`;

test("trials", async (t) => {
  const house = await openHouse(t);
  const guide = await visitor(undefined, house.address);
  await house.tell(orderNews(301, "missed"));
  await signIn(guide, ada);
  // Its signal has been raised and decided: there is a past.
  await waitingMessage(guide, 301);
  await guide.context().close();

  for (const language of ["en", "fr"]) {
    for (const script of [true, false]) {
      await t.test(`a playbook on the past, ${language}, ${script ? "with" : "without"} script`, async (t) => {
        const page = await visitor(t, house.address, { language, script });
        await signIn(page, ada);
        await speak(page, language);
        await page.goto("/playbooks");
        await page.locator('main a[href="/trials"]').click();
        if (script) await checkPage(page, language);
        for (const box of await page.locator("input[name=playbook]").all()) await box.check();
        await page.locator('form[action="/trials"] button.main').click();
        await page.waitForURL(/\/trials\/[0-9a-f]+$/);
        // The page of a run under way asks again by itself.
        await until("the trial is over", () => page.locator('main a[href*="/messages/"]').count());
        if (script) await checkPage(page, language);
        await page.locator('main a[href*="/messages/"]').first().click();
        assert.match(await page.locator(".paper").innerText(), /customer\.example/, "to whom it would have gone");
        if (script) await checkPage(page, language);
      });
    }
  }

  await t.test("a draft is checked while it is written", async (t) => {
    const page = await visitor(t, house.address);
    await signIn(page, ada);
    await speak(page, "en");
    await page.goto("/trials");
    await page.locator("#draft").fill(DRAFT.replace('"late"', '"lte"'));
    await until("what is wrong with it", () => page.locator("#draft-check .notice.bad").count());
    assert.match(await page.locator("#draft-check").innerText(), /Line 5/);
    await checkPage(page, "en");
    await page.locator("#draft").fill(DRAFT);
    await until("that it is right", () => page.locator("#draft-check .notice.good").count());
    await page.locator('form[action="/trials"] button.main').click();
    await page.waitForURL(/\/trials\/[0-9a-f]+$/);
    await until("the trial is over", () => page.locator('main a[href*="/messages/"]').count());
  });
});
