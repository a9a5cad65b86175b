// Noted by hand: that the customer got in touch, and that what was promised is done. Wide and on a phone, in both languages, by keyboard.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { checkPage, closeBrowser, look, visitor } from "../lib/browser.mjs";
import { callBackNews, newestPromise, openHouse, orderNews } from "../lib/house.mjs";
import { ada, reveal, signIn, speak, tabTo } from "../lib/people.mjs";
import { customerLink } from "../lib/places.mjs";

after(closeBrowser);

const VIEWS = [["fr", 390], ["en", 1440], ["fr", 1440], ["en", 390]];
const SAID = "When will you call?\nI was told yesterday.";

test("hands", async (t) => {
  const house = await openHouse(t);
  let number = 200;

  for (const [language, width] of VIEWS) {
    await t.test(`a contact and a deed, ${language}, ${width} px`, async (t) => {
      number += 1;
      await house.tell([...orderNews(number, "ordered"), ...callBackNews(number)]);
      const page = await visitor(t, house.address, { language, width });
      await signIn(page, ada);
      await speak(page, language);
      const promise = await newestPromise(page, "call_back");

      await page.goto(promise);
      const contact = page.locator(`form[action="${promise}/contact"]`);
      await reveal(contact);
      await look(page, language, "hands-contact");
      // Past the browser's own checks, as an old browser or a machine would send it.
      await contact.evaluate((form) => (form.noValidate = true));
      await page.locator("#c-channel").selectOption("shop");
      await page.locator("#c-text").fill(SAID);
      await page.locator("#c-at").fill("2090-01-01T10:00");
      await send(page, contact);
      page.forgive(/422/);
      await look(page, language, "hands-contact-wrong");
      assert.equal(await page.locator("#c-text").inputValue(), SAID, "nothing that was written is lost");
      assert.equal(await page.locator("#c-channel").inputValue(), "shop");
      assert.equal(await page.evaluate(() => document.activeElement.name), "asked", "what is wrong first has the focus");
      assert.equal(await page.locator(".wrong").count(), 2, "the answer that is missing, and the moment ahead");
      await page.locator("#c-at").fill("");
      await page.locator('form[action$="/contact"] input[name=asked][value=yes]').check();
      await send(page, page.locator('form[action$="/contact"]'));
      assert.equal(new URL(page.url()).pathname, promise);
      assert.match(await page.locator("main").innerText(), /When will you call\?/, "what they said");
      assert.match(await page.locator("main").innerText(), /Ada Perrin/, "who noted it");

      const deed = page.locator(`form[action="${promise}/deed"]`);
      await reveal(deed);
      await look(page, language, "hands-deed");
      await page.locator("#d-evidence").fill("Called at ten past two, six minutes");
      await send(page, deed);
      await look(page, language, "hands-done");
      assert.match(await page.locator("main").innerText(), /six minutes/);
      assert.equal(await page.locator('form[action$="/deed"]').count(), 0, "it is closed");

      const customer = await page.locator('a[href^="/customers/cus_"]').first().getAttribute("href");
      const own = await visitor(t, house.address, { language, width });
      await own.goto(`${await customerLink(page, customer)}?lang=${language}`);
      await look(own, language, "hands-customer");
      assert.doesNotMatch(await own.locator("main").innerText(), /six minutes/, "the evidence is the team's");
      await reveal(page.locator('form[action$="/contact"]'));
      await look(page, language, "hands-customer-file");
    });
  }

  await t.test("by keyboard alone, and without script", async (t) => {
    number += 1;
    await house.tell([...orderNews(number, "ordered"), ...callBackNews(number)]);
    const page = await visitor(t, house.address);
    await signIn(page, ada);
    const promise = await newestPromise(page, "call_back");
    await page.goto(promise);
    await tabTo(page, "#contact > summary");
    await page.keyboard.press("Enter");
    await tabTo(page, "#c-channel");
    await page.keyboard.press("ArrowDown");
    await tabTo(page, "input[name=asked]");
    await page.keyboard.press("Space");
    await tabTo(page, "#c-text");
    await page.keyboard.type("By keyboard");
    await tabTo(page, 'form[action$="/contact"] button');
    await Promise.all([page.waitForEvent("load"), page.keyboard.press("Enter")]);
    assert.match(await page.locator("main").innerText(), /By keyboard/);
    await checkPage(page, "en");

    const plain = await visitor(t, house.address, { script: false });
    await signIn(plain, ada);
    await plain.goto(promise);
    const deed = plain.locator(`form[action="${promise}/deed"]`);
    await reveal(deed);
    await plain.locator("#d-evidence").fill("Without script");
    await send(plain, deed);
    assert.match(await plain.locator("main").innerText(), /Without script/);
  });

  await t.test("news that arrives late takes nothing away from who writes", async (t) => {
    number += 1;
    await house.tell([...orderNews(number, "ordered"), ...callBackNews(number)]);
    const page = await visitor(t, house.address);
    await signIn(page, ada);
    const promise = await newestPromise(page, "call_back");
    let answered;
    const written = new Promise((resolve) => (answered = resolve));
    const fetched = new Promise((resolve) => {
      page.route(`**${promise}`, async (route) => {
        if (!route.request().headers()["hx-request"]) return route.continue();
        const answer = await route.fetch();
        resolve();
        await written;
        await route.fulfill({ response: answer });
      });
    });
    // The news comes between the page and its stream: what happened in that gap is told as well.
    let told;
    const opened = new Promise((resolve) => (told = resolve));
    await page.route("**/events*", async (route) => (await opened, await route.continue()));
    await page.goto(promise);
    await house.tell(orderNews(number, "moving"));
    told();
    await within(30, fetched, "the page fetches itself anew");
    await reveal(page.locator(`form[action="${promise}/contact"]`));
    await page.locator("#c-text").fill(SAID);
    const late = page.waitForResponse((answer) => answer.url().endsWith(promise));
    answered();
    await (await late).finished();
    await page.evaluate(() => new Promise((painted) => requestAnimationFrame(() => setTimeout(painted, 300))));
    assert.ok(await page.locator("#c-text").isVisible(), "the form is still open");
    assert.equal(await page.locator("#c-text").inputValue(), SAID);
    await page.unrouteAll({ behavior: "ignoreErrors" });
  });

  await t.test("the figures count what hands closed only once it was due", async (t) => {
    const page = await visitor(t, house.address);
    await signIn(page, ada);
    await page.goto("/figures");
    assert.doesNotMatch(await page.locator("main").innerText(), /Kept on the team’s word, by who answers/);
  });
});

/** What is awaited must come within so many seconds. */
async function within(seconds, promised, what) {
  let clock;
  const late = new Promise((_, reject) => (clock = setTimeout(() => reject(new Error(`waited ${seconds} s in vain: ${what}`)), seconds * 1000)));
  try {
    return await Promise.race([promised, late]);
  } finally {
    clearTimeout(clock);
  }
}

async function send(page, form) {
  await Promise.all([page.waitForEvent("load"), form.locator("button").click()]);
}
