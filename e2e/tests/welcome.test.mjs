// The first start: nobody can sign in, so the first visitor becomes the administrator.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { checkPage, closeBrowser, visitor } from "../lib/browser.mjs";
import { startKept } from "../lib/kept.mjs";
import { ada, signIn, speak, welcome } from "../lib/people.mjs";
import { LISTS } from "../lib/places.mjs";

after(closeBrowser);

test("the first start", async (t) => {
  const kept = await startKept("serve");
  t.after(kept.stop);

  await t.test("leads to the welcome page, in the visitor's language", async (t) => {
    for (const language of ["fr", "en"]) {
      const page = await visitor(t, kept.address, { language });
      await page.goto("/");
      assert.equal(new URL(page.url()).pathname, "/welcome");
      await checkPage(page, language);
    }
  });

  await t.test("refuses a password that is easy to guess, and keeps what was written", async (t) => {
    const page = await visitor(t, kept.address);
    await page.goto("/welcome");
    await page.locator("#name").fill(ada.name);
    await page.locator("#email").fill(ada.email);
    await page.locator("#password").fill("aaaaaaaaaaaaaaaa");
    await page.locator('form[action="/welcome"] button[type=submit]').click();
    await page.locator("[role=alert]").waitFor();
    assert.equal(await page.locator("#email").inputValue(), ada.email);
    assert.equal(await page.locator("#password").inputValue(), "");
    page.forgive(/422/);
    await checkPage(page, "en");
  });

  await t.test("makes the administrator and closes its door", async (t) => {
    const page = await visitor(t, kept.address);
    await welcome(page);
    await checkPage(page, "en");
    await page.goto("/welcome");
    assert.ok(page.complaints.some((complaint) => complaint.includes("404")), "the welcome page is still open");
    page.forgive(/404/);
    const stranger = await visitor(t, kept.address);
    await stranger.goto("/welcome");
    assert.equal(await stranger.locator('form[action="/welcome"]').count(), 0);
    stranger.forgive(/404/);
  });

  await t.test("every list is calm when it is empty", async (t) => {
    const page = await visitor(t, kept.address);
    await signIn(page, ada);
    for (const language of ["fr", "en"]) {
      await page.goto("/");
      await speak(page, language);
      for (const path of Object.values(LISTS)) {
        await page.goto(path);
        await checkPage(page, language);
      }
    }
  });
});
