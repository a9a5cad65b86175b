// What is not in stock, what a partner owes, and what the law adds to a refund that is late: on the team's pages and on the customer's own.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { closeBrowser, look, visitor } from "../lib/browser.mjs";
import { openHouse, openPromise, orderNews } from "../lib/house.mjs";
import { onPostgres, until } from "../lib/kept.mjs";
import { ada, signIn, speak } from "../lib/people.mjs";
import { customerLink } from "../lib/places.mjs";

after(closeBrowser);

const VIEWS = [["fr", 390], ["en", 1440], ["fr", 1440], ["en", 390]];
const SAYS = {
  fr: { missing: "pas en stock", sold: "vendu par Tapis d’Ici", serves: "ce que nous avons promis au client", law: "20 %", partners: "Partenaires" },
  en: { missing: "not in stock", sold: "sold by Tapis d’Ici", serves: "what we promised the customer", law: "20 %", partners: "Partners" },
};

test("stock, partners and late refunds", async (t) => {
  const house = await openHouse(t);
  const day = (days) => new Date(Date.now() + days * 86_400_000).toISOString();
  const at = (days) => ({ at: day(days).replace(/\.\d+Z$/, "+00:00"), offset: "known" });
  const [ordered] = orderNews(6001, "ordered");
  const lamp = { sku: "LAMP", title: "Vesta lamp", quantity: 1, price: { minor: 12_900, currency: "EUR" } };
  const rug = { sku: "RUG", title: "Sand rug", quantity: 1, price: { minor: 24_000, currency: "EUR" }, seller: "Tapis d’Ici" };
  await house.tell([
    { ...ordered, lines: [lamp, rug], ship_by: day(-0.5).slice(0, 10) },
    { kind: "order.lines_backordered", order_number: "E-6001", skus: ["LAMP"], expected_day: day(9).slice(0, 10), ...at(0) },
  ]);
  // An order that was to arrive fifty days ago, cancelled by the customer forty days ago and not paid back.
  const [old] = orderNews(6002, "ordered");
  await house.tell([
    { ...old, ...at(-60), lines: [lamp], promised_day: day(-50).slice(0, 10), customer: { ...old.customer, consumer: true } },
    { kind: "order.lines_cancelled", order_number: "E-6002", by: "customer", ...at(-40) },
  ]);

  for (const [language, width] of onPostgres ? VIEWS.slice(0, 2) : VIEWS) {
    await t.test(`${language}, ${width} px`, async (t) => {
      const says = SAYS[language];
      const page = await visitor(t, house.address, { language, width });
      await signIn(page, ada);
      await speak(page, language);
      const main = () => page.locator("main").innerText();

      const promise = await openPromise(page, 6001);
      await until("the message about it", async () => {
        await page.goto(promise);
        return page.locator('form[action^="/messages/msg_"][action$="/release"]').count();
      });
      const text = await main();
      for (const words of [says.missing, says.sold]) assert.ok(text.includes(words), `“${words}” on the promise`);
      await look(page, language, "stock-promise");
      const own = await visitor(t, house.address, { language, width });
      await own.goto(`${await customerLink(page, promise)}?lang=${language}`);
      assert.ok((await own.locator("main").innerText()).includes(says.missing), "the customer reads it on their page");
      await look(own, language, "stock-own");

      await page.goto("/promises?kind=supply");
      await page.locator('main a[href^="/promises/prm_"]').first().click();
      await page.waitForURL((url) => url.pathname.startsWith("/promises/prm_"));
      assert.ok((await main()).includes(says.serves));
      await look(page, language, "stock-partner");
      await page.locator("main a", { hasText: says.serves }).click();
      assert.equal(new URL(page.url()).pathname, promise, "from the partner's promise to ours");

      await page.goto("/promises?kind=refund");
      await page.locator('main a[href^="/promises/prm_"]').first().click();
      await page.waitForURL((url) => url.pathname.startsWith("/promises/prm_"));
      await until("what the law has added", async () => {
        await page.reload();
        return (await main()).replaceAll(/[\u00a0\u202f]/g, " ").includes(says.law);
      });
      await look(page, language, "stock-refund-late");

      await page.goto("/figures?days=90");
      await look(page, language, "stock-figures");
    });
  }
});
