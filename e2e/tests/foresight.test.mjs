// The screens that say what is believed and what came of it: the curve beside the switch, a promise with its estimate, the figures, trials.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { closeBrowser, look, visitor } from "../lib/browser.mjs";
import { openHouse, openPromise, orderNews } from "../lib/house.mjs";
import { onPostgres, startKept, until } from "../lib/kept.mjs";
import { ada, reveal, signIn, speak } from "../lib/people.mjs";

after(closeBrowser);

const VIEWS = [["fr", 390], ["en", 1440], ["fr", 1440], ["en", 390]];
const LEARNED = { fr: /Appris de [\d\s]+ cas .+ depuis/, en: /Learned from [\d,]+ cases .+ since/ };

test("what is believed, over a past", async (t) => {
  const kept = await startKept("demo");
  t.after(kept.stop);
  const admin = kept.signIns.find(({ line }) => line.includes("admin")) ?? kept.signIns[0];
  for (const [language, width] of onPostgres ? VIEWS.slice(0, 2) : VIEWS) {
    const page = await visitor(undefined, kept.address, { language, width });
    await signIn(page, admin);
    await speak(page, language);
    const step = (name, act) => t.test(`${name}, ${language}, ${width} px`, () => ((page.complaints.length = 0), act()));

    await step("the switch with its curve", async () => {
      const curve = page.locator(".curve-fold").first();
      // A rule is chosen once enough of the past has passed, and the demo has only begun.
      await until("a rule that was chosen", async () => (await page.goto("/playbooks"), curve.locator("table").count()), undefined, 120);
      await reveal(curve.locator(".curve-box"));
      assert.ok(await curve.locator("svg").isVisible(), "the curve is drawn");
      assert.equal(await curve.locator("tbody b").count(), 1, "one rule is in force");
      await look(page, language, "curve");
      // A table that is wider than the window is scrolled in its own box, and can be reached.
      assert.ok(await curve.locator("table").isVisible());
    });

    await step("a promise and what its estimate was learned from", async () => {
      await until("an open promise whose risk is learned", () => learnedPromise(page, LEARNED[language]), undefined, 120);
      await look(page, language, "promise-learned");
    });

    await step("each figure opens its facts, and says how it is computed", async () => {
      await page.goto("/figures");
      const method = page.locator("details:has(dl.method)");
      await method.locator("summary").click();
      await look(page, language, "figures");
      const names = await page.locator(".figures .lead, .small-figures th").allInnerTexts();
      assert.ok(names.length > 20, "shares, counts and groups");
      const doors = await page.locator('main a[href*="figure="]').evaluateAll((links) => links.map((link) => link.getAttribute("href")));
      assert.ok(doors.length > 15, `${doors.length} figures open`);
      const shares = page.locator("ul.figures").first().locator("li");
      for (const share of await shares.all()) {
        const name = (await share.locator(".lead").innerText()).trim();
        assert.ok((await method.innerText()).includes(name), `how “${name}” is computed`);
      }
      // Once is enough: what stands behind them does not depend on language and width.
      const opened = language === "fr" && width === 390 ? [...new Set(doors)] : doors.slice(0, 1);
      for (const door of opened) {
        await page.goto(door);
        assert.equal(await page.locator("h1").count(), 1, door);
      }
      await look(page, language, "figure-opened");
    });

    await step("a trial: asked, under way, its result, a letter", async () => {
      await page.goto("/trials");
      await look(page, language, "trial-ask");
      for (const box of await page.locator("input[name=playbook]").all()) await box.check();
      await page.locator('form[action="/trials"] button.main').click();
      await page.waitForURL(/\/trials\/[0-9a-f]+$/);
      if (await page.locator("progress").count()) await look(page, language, "trial-running").catch(notWhenOver(page));
      await until("the trial is over", () => page.locator('main a[href*="/messages/"]').count());
      await look(page, language, "trial-result");
      await page.locator('main a[href*="/messages/"]').first().click();
      await page.locator(".paper").waitFor();
      await look(page, language, "trial-letter");
    });
    await page.context().close();
  }
});

test("what is believed, with no past", async (t) => {
  const house = await openHouse(t);
  await house.tell(orderNews(401, "moving"));
  for (const [language, width] of onPostgres ? VIEWS.slice(0, 2) : VIEWS) {
    await t.test(`too little is known, ${language}, ${width} px`, async (t) => {
      const page = await visitor(t, house.address, { language, width });
      await signIn(page, ada);
      await speak(page, language);
      await openPromise(page, 401);
      const none = language === "fr" ? /Aucun risque ne peut encore être chiffré/ : /No chance can be given yet/;
      assert.match(await page.locator("main").innerText(), none);
      await look(page, language, "promise-too-little");
      await page.goto("/playbooks");
      const curve = page.locator(".curve-fold").first();
      await curve.locator("summary").click();
      assert.equal(await curve.locator("table").count(), 0, "no rule is chosen, so none is drawn");
      await look(page, language, "curve-too-little");
    });
  }
});

/** Opens an open promise that says what its risk was learned from, if there is one yet. While the demo's past passes it may be over soon. */
async function learnedPromise(page, learned) {
  for (const state of ["at_risk", "open"]) {
    await page.goto(`/promises?kind=delivery&state=${state}`);
    const links = await page.locator('main .rows a[href^="/promises/prm_"]').evaluateAll((all) => all.map((link) => link.getAttribute("href")));
    for (const link of links.slice(0, 6)) {
      await page.goto(link);
      if (learned.test(await page.locator("main").innerText())) return true;
    }
  }
  return false;
}

/** A trial may end while its page is looked at; then the page has gone on, and only then. */
function notWhenOver(page) {
  return async (error) => {
    if (await page.locator("progress").count()) throw error;
  };
}
