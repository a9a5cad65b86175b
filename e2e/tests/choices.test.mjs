// What a customer chooses is carried out in the shop: from the shop's order to the refund confirmed, in both languages, wide and on a phone.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { closeBrowser, look, visitor } from "../lib/browser.mjs";
import { openHouse } from "../lib/house.mjs";
import { until } from "../lib/kept.mjs";
import { ada, reveal, signIn, speak } from "../lib/people.mjs";
import { customerLink } from "../lib/places.mjs";
import { openShop } from "../lib/woocommerce.mjs";

after(closeBrowser);

const VIEWS = [["fr", 390], ["en", 1440], ["fr", 1440], ["en", 390]];

test("choices", async (t) => {
  const shop = await openShop(t);
  const house = await openHouse(t, ["--woocommerce-url", shop.address, "--woocommerce-key", "ck_test", "--woocommerce-secret", "cs_test", "--shop-seconds", "1"]);
  let number = 5000;

  for (const [language, width] of VIEWS) {
    await t.test(`chosen, released, done, paid back, ${language}, ${width} px`, async (t) => {
      const order = shop.place((number += 10), language);
      const page = await visitor(t, house.address, { language, width });
      await signIn(page, ada);
      await speak(page, language);
      const promise = await numberedPromise(page, order.number);
      const own = await customersPage(t, page, house, language, width);

      await look(own, language, "choices-own-before");
      const cancel = own.locator('.choices button[name=says][value="cancel"]');
      assert.match(await cancel.innerText(), language === "fr" ? /50,80/ : /50\.80/, "what they get back is said before they choose");
      await Promise.all([own.waitForEvent("load"), cancel.click()]);
      await look(own, language, "choices-own-chosen");
      assert.equal(order.status, "processing", "nothing without a yes: the playbook waits for one");

      await until("the wish on Today", async () => {
        await page.goto("/");
        return page.locator(`main a[href="${promise}"]`).count();
      });
      await look(page, language, "choices-today");
      await releaseOn(page, promise, language, "choices-promise");
      await until("the shop to be asked", () => order.status === "cancelled");
      await until("the outcome on the page", async () => {
        await page.goto(promise);
        return page.locator('form[action$="/release"][action^="/errands/"]').count().then((count) => count === 0);
      });
      await look(page, language, "choices-promise-done");
      await own.goto(own.url().split("?")[0] + `?lang=${language}`);
      await look(own, language, "choices-own-cancelled");

      const refund = await until("the refund that is owed", async () => {
        await page.goto(promise);
        const link = page.locator('main table a[href^="/promises/prm_"]');
        return (await link.count()) ? link.first().getAttribute("href") : false;
      });
      await until("the refund waits for a yes", async () => {
        await page.goto(refund);
        return page.locator('form[action$="/release"][action^="/errands/"]').count();
      });
      await releaseOn(page, refund, language, "choices-refund");
      const paid = await until("the refund in the shop", () => shop.refunds.find((made) => made.order === order.id));
      assert.equal(Number(paid.amount), 50.8, "all that was paid, its delivery too");
      await until("the shop's own news of it", async () => {
        await page.goto(refund);
        return page.locator('form[action^="/messages/msg_"][action$="/release"]').count();
      });
      await look(page, language, "choices-refund-paid");
      await own.reload();
      await look(own, language, "choices-own-paid");
      assert.equal(shop.refunds.filter((made) => made.order === order.id).length, 1, "once");
    });
  }

  for (const [language, width] of VIEWS) {
    await t.test(`another address, typed wrong, then right, ${language}, ${width} px`, async (t) => {
      const order = shop.place((number += 10), language);
      const page = await visitor(t, house.address, { language, width });
      await signIn(page, ada);
      await speak(page, language);
      const promise = await numberedPromise(page, order.number);
      const due = await page.locator("main h1").innerText();
      const own = await customersPage(t, page, house, language, width);
      const form = own.locator('form:has(button[value="new_address"])');
      await reveal(form);
      await form.locator("[name=street]").fill("8 rue Haute");
      await form.locator("[name=postal]").fill("2920");
      await form.locator("[name=city]").fill("Quimper");
      await look(own, language, "choices-address-form");
      await Promise.all([own.waitForEvent("load"), form.locator("button").click()]);
      own.forgive(/422/);
      assert.match(await own.locator(".wrong").innerText(), /75011/, "what a code looks like is said");
      assert.equal(await form.locator("[name=street]").inputValue(), "8 rue Haute", "nothing that was typed is lost");
      await look(own, language, "choices-address-wrong");
      await form.locator("[name=postal]").fill("29000");
      await Promise.all([own.waitForEvent("load"), form.locator("button").click()]);
      assert.equal(order.shipping.city, "Brest", "nothing without a yes: the playbook waits for one");
      await until("the wish on the page of the promise", async () => {
        await page.goto(promise);
        return page.locator('form[action$="/release"][action^="/errands/"]').count();
      });
      assert.match(await page.locator("main").innerText(), /8 rue Haute, 29000 Quimper/);
      await releaseOn(page, promise, language, "choices-address-promise");
      await until("the address in the shop", () => order.shipping.city === "Quimper" && order.shipping.postcode === "29000");
      await until("it is said to be changed", async () => {
        await own.goto(own.url().split("?")[0].replace(/\/address$/, "") + `?lang=${language}`);
        return (await own.locator("main").innerText()).match(language === "fr" ? /L’adresse de livraison est changée/ : /The delivery address is changed/);
      });
      await look(own, language, "choices-address-done");
      await page.goto(promise);
      assert.equal(await page.locator("main h1").innerText(), due, "what was promised stands");
    });
  }

  for (const [language, width] of [["fr", 390], ["en", 1440]]) {
    await t.test(`another day waits for a person who tells the carrier, ${language}, ${width} px`, async (t) => {
      const order = shop.place((number += 10), language);
      const page = await visitor(t, house.address, { language, width });
      await signIn(page, ada);
      await speak(page, language);
      const promise = await numberedPromise(page, order.number);
      const own = await customersPage(t, page, house, language, width);
      const form = own.locator('form:has(button[value="another_day"])');
      await reveal(form);
      const day = new Date(Date.now() + 12 * 86_400_000).toISOString().slice(0, 10);
      await form.locator("[name=day]").fill(day);
      await Promise.all([own.waitForEvent("load"), form.locator("button").click()]);
      assert.match(await own.locator("main").innerText(), language === "fr" ? /Une personne transmet le jour/ : /A person is passing on the day/);
      await look(own, language, "choices-day-own");
      await page.goto("/");
      await look(page, language, "choices-day-today");
      await page.goto(promise);
      await look(page, language, "choices-day-promise");
      const told = page.locator('form[action$="/done"][action^="/errands/"]').last();
      await reveal(told);
      await told.locator("input[name=reason]").fill("told on the phone");
      await Promise.all([page.waitForEvent("load"), told.locator("button").click()]);
      await own.reload();
      assert.match(await own.locator("main").innerText(), language === "fr" ? /est transmis à qui vous livre/ : /has been passed on to whoever/);
    });
  }

  await t.test("a shop that refuses is seen, and it is done by hand", async (t) => {
    const order = shop.place((number += 10), "en");
    const page = await visitor(t, house.address);
    await signIn(page, ada);
    const promise = await numberedPromise(page, order.number);
    const own = await customersPage(t, page, house, "en", 1440);
    await Promise.all([own.waitForEvent("load"), own.locator('.choices button[value="cancel"]').click()]);
    order.status = "completed";
    await until("the errand", async () => {
      await page.goto(promise);
      return page.locator('form[action$="/release"][action^="/errands/"]').count();
    });
    await releaseOn(page, promise, "en", "choices-refusing");
    await until("the refusal", async () => {
      await page.goto(promise);
      return (await page.locator("main").innerText()).includes("completed in WooCommerce already");
    });
    await look(page, "en", "choices-refused");
    const byHand = page.locator('form[action$="/done"]').first();
    await reveal(byHand);
    await byHand.locator("input[name=reason]").fill("called the warehouse, it never left");
    await Promise.all([page.waitForEvent("load"), byHand.locator("button").click()]);
    assert.match(await page.locator("main").innerText(), /called the warehouse/);
    await own.reload();
    await look(own, "en", "choices-own-by-hand");
  });

  await t.test("a person asks the shop for something, and what is missing is said", async (t) => {
    const order = shop.place((number += 10), "en");
    const page = await visitor(t, house.address);
    await signIn(page, ada);
    const promise = await numberedPromise(page, order.number);
    await page.goto(promise);
    const form = page.locator(`form[action="${promise}/errand"]`);
    await reveal(form);
    await page.locator("#e-what").selectOption("refund");
    await page.locator("#e-amount").fill("a lot");
    await page.locator("#e-text").fill("a gesture");
    await Promise.all([page.waitForEvent("load"), form.locator("button").click()]);
    page.forgive(/422/);
    assert.equal(await page.locator("#e-text").inputValue(), "a gesture", "nothing that was written is lost");
    assert.match(await page.locator("main .notice").first().innerText(), /EUR/);
    await look(page, "en", "choices-ask-wrong");
    await page.locator("#e-amount").fill("5.00");
    await Promise.all([page.waitForEvent("load"), page.locator(`form[action="${promise}/errand"] button`).click()]);
    const gesture = await until("the gesture in the shop", () => shop.refunds.find((made) => made.order === order.id));
    assert.equal(Number(gesture.amount), 5);
    await page.goto(promise);
    await reveal(form);
    await page.locator("#e-what").selectOption("note");
    await page.locator("#e-text").fill("Call her before noon");
    await Promise.all([page.waitForEvent("load"), form.locator("button").click()]);
    await until("the note in the shop", () => shop.notes.some((note) => note.order === order.id && note.note.includes("before noon") && !note.customer_note));
  });
});

/** The promise about an order that the shop is asked for every second. */
async function numberedPromise(page, number) {
  await until(`order ${number}`, async () => {
    await page.goto(`/find?q=${number}`);
    return page.locator('a[href^="/promises/prm_"]').count();
  });
  await page.locator('a[href^="/promises/prm_"]').first().click();
  await page.waitForURL(/\/promises\/prm_/);
  return new URL(page.url()).pathname;
}

async function customersPage(t, page, house, language, width) {
  const customer = await page.locator('a[href^="/customers/cus_"]').first().getAttribute("href");
  const own = await visitor(t, house.address, { language, width });
  await own.goto(`${await customerLink(page, customer)}?lang=${language}`);
  return own;
}

async function releaseOn(page, promise, language, picture) {
  await page.goto(promise);
  await look(page, language, picture);
  await Promise.all([page.waitForEvent("load"), page.locator('form[action$="/release"][action^="/errands/"] button').first().click()]);
}
