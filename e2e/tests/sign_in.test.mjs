// Signing in, wrongly and rightly, and out.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { checkPage, closeBrowser, visitor } from "../lib/browser.mjs";
import { startKept } from "../lib/kept.mjs";
import { ada, signIn, signOut, welcome } from "../lib/people.mjs";

after(closeBrowser);

test("signing in", async (t) => {
  const kept = await startKept("serve");
  t.after(kept.stop);
  const first = await visitor(undefined, kept.address);
  await welcome(first);
  await first.context().close();

  await t.test("with a wrong password says so, and not whether the address is known", async (t) => {
    const page = await visitor(t, kept.address);
    const said = [];
    for (const email of [ada.email, "nobody@shop.example"]) {
      await signIn(page, { email, password: "not the password at all" });
      said.push(await page.locator("[role=alert]").innerText());
      assert.equal(await page.locator("#email").inputValue(), email);
      page.forgive(/422/);
      await checkPage(page, "en");
    }
    assert.equal(said[0], said[1]);
    await page.goto("/promises");
    assert.equal(new URL(page.url()).pathname, "/sign-in");
    page.forgive(/401/);
  });

  await t.test("leads where one wanted to go, and nowhere else", async (t) => {
    const page = await visitor(t, kept.address);
    await page.goto("/sign-in?next=/figures");
    await page.locator("#email").fill(ada.email);
    await page.locator("#password").fill(ada.password);
    await page.locator('form[action="/sign-in"] button[type=submit]').click();
    await page.waitForURL((url) => url.pathname === "/figures");

    const other = await visitor(t, kept.address);
    await other.goto("/sign-in?next=//elsewhere.example/");
    await other.locator("#email").fill(ada.email);
    await other.locator("#password").fill(ada.password);
    await other.locator('form[action="/sign-in"] button[type=submit]').click();
    await other.waitForURL((url) => url.pathname === "/");
    assert.equal(new URL(other.url()).origin, kept.address);
  });

  await t.test("ends with signing out, also for the way back", async (t) => {
    const page = await visitor(t, kept.address);
    await signIn(page, ada);
    assert.equal(new URL(page.url()).pathname, "/");
    await signOut(page);
    assert.equal(new URL(page.url()).pathname, "/sign-in");
    await page.goto("/");
    assert.equal(new URL(page.url()).pathname, "/sign-in");
    page.forgive(/401/);
  });
});
