// Tables as files, a gateway of text messages on its page, and what was not understood in the reader's language.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { closeBrowser, look, visitor } from "../lib/browser.mjs";
import { startKept, until } from "../lib/kept.mjs";
import { signIn, speak, welcome } from "../lib/people.mjs";

after(closeBrowser);

const VIEWS = [["fr", 390], ["en", 1280], ["fr", 1280], ["en", 390]];

test("tables, and a gateway", async (t) => {
  const kept = await startKept("demo");
  t.after(kept.stop);
  const admin = kept.signIns.find(({ line }) => line.includes("admin")) ?? kept.signIns[0];
  const page = await visitor(t, kept.address, { language: "en" });
  await signIn(page, admin);
  await speak(page, "en");
  await until("a text message was taken and its receipt heard", async () => {
    await page.goto("/connections/sms_http");
    return /Last message taken/.test(await page.locator("main").innerText());
  }, undefined, 90);

  await t.test("the list as it is filtered is downloaded", async () => {
    for (const [path, file] of [["/promises?kind=delivery", "promises"], ["/parcels?open=yes", "parcels"], ["/figures", "figures"], ["/scorecards", "scorecards"], ["/imports", "orders"]]) {
      await page.goto(path);
      const link = page.locator("main a[download]");
      const [download] = await Promise.all([page.waitForEvent("download"), link.click()]);
      assert.match(download.suggestedFilename(), new RegExp(`^kept-${file}-\\d{4}-\\d\\d-\\d\\d\\.csv$`));
      const chunks = [];
      for await (const chunk of await download.createReadStream()) chunks.push(chunk);
      const text = Buffer.concat(chunks).toString("utf8");
      assert.ok(text.startsWith("\ufeff") && text.split("\r\n").length > 3, `${path}: ${text.slice(0, 200)}`);
    }
  });

  await t.test("a message to oneself is sent, and what became of it is said", async () => {
    await page.goto("/connections/sms_http");
    await page.locator("#test-number").fill("01 23 45 67 89");
    await Promise.all([page.waitForEvent("load"), page.locator("#message button").click()]);
    assert.equal(await page.locator("#test-number").getAttribute("aria-invalid"), "true");
    page.forgive(/422/);
    await look(page, "en", "gateway-wrong");
    await page.locator("#test-number").fill("+33 6 39 98 12 34");
    await Promise.all([page.waitForEvent("load"), page.locator("#message button").click()]);
    assert.match(await page.locator("#message").innerText(), /took the test|arrived on the phone/);
    await until("the network's word", async () => {
      await page.goto("/connections/sms_http");
      return /arrived on the phone/.test(await page.locator("#message").innerText());
    });
  });

  for (const [language, width] of VIEWS) {
    const other = await visitor(undefined, kept.address, { language, width });
    await signIn(other, admin);
    await speak(other, language);
    for (const [path, name] of [["/connections/sms_http", "gateway"], ["/connections", "connections"], ["/promises", "promises"], ["/imports", "imports"], ["/settings", "settings"], ["/unmapped", "not-understood"]]) {
      await t.test(`${name}, ${language}, ${width} px`, async () => {
        await other.goto(path);
        await look(other, language, name);
      });
    }
    await other.context().close();
  }
});

test("the form of a gateway", async (t) => {
  const kept = await startKept("serve");
  t.after(kept.stop);
  const page = await visitor(t, kept.address, { language: "en" });
  await welcome(page);
  for (const source of ["twilio", "ovh_sms", "sms_http"]) {
    for (const [language, width] of VIEWS) {
      await page.setViewportSize({ width, height: 900 });
      await page.goto(`/connections/${source}`);
      await speak(page, language);
      await page.goto(`/connections/${source}`);
      await look(page, language, `form-${source}`);
    }
  }
});
