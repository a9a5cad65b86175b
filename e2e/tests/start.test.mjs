// From an empty installation to the first playbook that waits for a yes: connect a shop and a carrier on a page, read the past, look at it, approve.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { checkPage, closeBrowser, look, visitor } from "../lib/browser.mjs";
import { openCarrier } from "../lib/dhl.mjs";
import { startKept, until } from "../lib/kept.mjs";
import { ada, signIn, speak, welcome } from "../lib/people.mjs";
import { openShop } from "../lib/woocommerce.mjs";

after(closeBrowser);

const HOUR = 3_600_000;
const VIEWS = [["fr", 390], ["en", 1440], ["fr", 1440], ["en", 390]];

test("getting started", async (t) => {
  const shop = await openShop(t, { key: "ck_good", secret: "cs_good" });
  const carrier = await openCarrier(t);
  // Forty orders over the last eighty days; every fifth came three days late.
  for (let number = 1; number <= 40; number += 1) {
    const days = 82 - 2 * number + 4;
    const order = shop.past(7000 + number, days, "dhl");
    const placed = Date.parse(`${order.date_created_gmt}Z`);
    const at = (hours) => new Date(placed + hours * HOUR);
    const arrives = number % 5 === 0 ? 150 : 50;
    const history = [[at(8), "transit", "Picked up"], [at(20), "transit", "Processed at facility"], [at(arrives), "delivered", "Delivered"]];
    carrier.parcels.set(`T${7000 + number}`, history.filter(([moment]) => moment.getTime() < Date.now()));
  }
  const kept = await startKept("serve", ["--shop-seconds", "1", "--poll-seconds", "1"]);
  t.after(kept.stop);
  const page = await visitor(t, kept.address, { language: "en" });
  await welcome(page);

  await t.test("Today leads to the guide", async () => {
    await page.locator('main a[href="/start"]').click();
    await page.waitForURL(/\/start$/);
    for (const [language, width] of VIEWS) await seen(t, kept, "/start", language, width, "start-empty");
  });

  await t.test("a wrong key is said to be one, a wrong address too, and what was typed is still there", async () => {
    await page.goto("/connections/woocommerce");
    await connect(page, { url: shop.address, key: "", secret: "" });
    assert.equal(await page.locator("#c-url").inputValue(), shop.address);
    assert.equal(await page.locator("#c-key").getAttribute("aria-invalid"), "true");
    await checked(page, "connect-empty");
    await connect(page, { url: shop.address, key: "ck_wrong", secret: "cs_wrong" });
    assert.match(await page.locator("main [role=alert]").innerText(), /the key was refused/);
    await checked(page, "connect-refused");
  });

  await t.test("the right key connects, and the past is read without a restart", async () => {
    await connect(page, { key: "ck_good", secret: "cs_good" });
    await page.waitForURL(/done=connected/);
    await page.locator("#import-days").selectOption("90");
    await Promise.all([page.waitForEvent("load"), page.locator('form[action$="/import"] button').click()]);
    await until("the import is over", async () => {
      await page.goto("/connections/woocommerce");
      return /40 orders since/.test(await page.locator("#import").innerText());
    });
    await Promise.all([page.waitForEvent("load"), page.locator('form[action$="/trial"] button').click()]);
    assert.match(await page.locator("main .notice").innerText(), /It works/);
    await checkPage(page, "en");
    for (const [language, width] of VIEWS) await seen(t, kept, "/connections/woocommerce", language, width, "connection-shop");
  });

  await t.test("a secret is made and shown once", async () => {
    await page.goto("/connections/woocommerce");
    await Promise.all([page.waitForEvent("load"), page.locator("#webhook form").first().locator("button").click()]);
    const secret = await page.locator("#new-secret").innerText();
    assert.ok(secret.length >= 43);
    await look(page, "en", "connection-secret");
    await page.goto("/connections/woocommerce");
    assert.ok(!(await page.content()).includes(secret));
  });

  await t.test("a carrier is connected, and tells what became of the parcels", async () => {
    await page.goto("/connections/dhl");
    await connect(page, { key: carrier.key, address: carrier.address });
    await page.waitForURL(/done=connected/);
    // A call a second: the carrier is asked about each of them before what became of all is looked at.
    await until("every parcel to be asked about", () => new Set(carrier.asked.filter((number) => carrier.parcels.has(number))).size === 40, undefined, 180);
    await until("what became of the parcels", async () => {
      await page.goto("/connections/dhl");
      return /[3-9]\d|1\d\d/.test(await page.locator("main table").innerText());
    }, undefined, 90);
    for (const [language, width] of VIEWS) await seen(t, kept, "/connections", language, width, "connections");
  });

  await t.test("the past is looked at: so many late, so many known before", async () => {
    await page.goto("/start");
    await Promise.all([page.waitForEvent("load"), page.locator('form[action="/start/look"] button').click()]);
    const said = await until("what was found", async () => {
      await page.goto("/start");
      const lines = await page.locator("main .look p").allInnerTexts();
      return lines.length > 2 && lines.join("\n");
    }, undefined, 60);
    assert.match(said, /40 orders were placed/);
    assert.match(said, /8 passed their day undelivered/);
    assert.match(said, /You would have told \d+ of the 8 customers/);
    const example = page.locator('#look table a[href^="/promises/prm_"]').first();
    for (const [language, width] of VIEWS) await seen(t, kept, "/start", language, width, "start-looked");
    await page.goto("/start");
    await example.click();
    await page.waitForURL(/\/promises\/prm_/);
    await checkPage(page, "en");
  });

  await t.test("nobody was told anything", async () => {
    await page.goto("/messages");
    assert.equal(await page.locator('main a[href^="/messages/msg_"]').count(), 0, "nothing waits and nothing left");
  });

  await t.test("a playbook is switched from the guide, and Today goes on to the next step", async () => {
    await page.goto("/start");
    const form = page.locator('form[action="/playbooks/tell-late/mode"]');
    await form.locator("select").selectOption("approve");
    await Promise.all([page.waitForEvent("load"), form.locator("button").click()]);
    assert.equal(await page.locator('form[action="/playbooks/tell-late/mode"] select').inputValue(), "approve");
    await page.goto("/");
    assert.match(await page.locator('main a[href="/start"]').innerText(), /step 4 of 4/);
    await page.goto("/start");
    await Promise.all([page.waitForEvent("load"), page.locator('form[action="/start/dismissal"] button').click()]);
    await page.goto("/");
    assert.equal(await page.locator('main a[href="/start"]').count(), 0, "it was put away");
  });

  await t.test("what customers receive already is said, and left to who sends it", async (t) => {
    const beside = async () => {
      await page.goto("/playbooks");
      return page.locator('section[aria-labelledby="pb-confirm-refund"]').innerText();
    };
    assert.match(await beside(), /WooCommerce usually tells this too, and nobody has said/);
    await page.goto("/start");
    await Promise.all([page.waitForURL("**/notices"), page.locator('main a[href="/notices"]').first().click()]);
    for (const [language, width] of VIEWS) await seen(t, kept, "/notices", language, width, "notices");
    const form = page.locator('#woocommerce form');
    assert.equal(await form.locator("[value=refunded]").isChecked(), true, "what is usual is ticked, and counts only when it is said");
    await Promise.all([page.waitForEvent("load"), form.locator("button").click()]);
    assert.match(await page.locator("#woocommerce header").innerText(), /It writes in one case, says/);
    assert.match(await beside(), /Left to WooCommerce/);
  });

  await t.test("orders of a file are chosen, looked at, and read", async (t) => {
    const day = (ago) => new Date(Date.now() - ago * 24 * HOUR).toISOString().slice(0, 10);
    const file = `N° commande;Date;Livraison prévue;E-mail;Réf.;Quantité\nF1;${day(4)};${day(-2)};odile@customer.example;VESTA;1\nF2;hier;${day(-2)};marc@customer.example;VESTA;1\n`;
    await page.goto("/imports");
    await look(page, "en", "imports-empty");
    await page.locator("#i-file").setInputFiles({ name: "orders.csv", mimeType: "text/csv", buffer: Buffer.from(file, "latin1") });
    await until("the file is read", () => page.locator("#i-csv").inputValue());
    await Promise.all([page.waitForEvent("load"), page.locator("button[value=look]").click()]);
    assert.match(await page.locator("main").innerText(), /One order can be read/);
    assert.equal(await page.locator('[name="column.order_number"]').inputValue(), "N° commande", "what is no UTF-8 is read as spreadsheets write it");
    await look(page, "en", "imports-looked");
    await Promise.all([page.waitForEvent("load"), page.locator("button[value=read]").click()]);
    assert.match(await page.locator("main [role=status]").innerText(), /One order recorded/);
    await look(page, "en", "imports-read");
    for (const [language, width] of VIEWS) await seen(t, kept, "/unmapped", language, width, "unmapped");
  });

  await t.test("a shop that refuses from now on is seen on Today, with what to do", async (t) => {
    shop.keys.key = "ck_revoked";
    await until("it is seen", async () => {
      await page.goto("/");
      return page.locator('main a.plain[href="/connections"]').count();
    });
    for (const [language, width] of VIEWS) await seen(t, kept, "/connections", language, width, "connections-failing");
    await page.goto("/connections/woocommerce");
    assert.match(await page.locator("main .intro").innerText(), /the key was refused/);
    await Promise.all([page.waitForEvent("load"), page.locator('form[action$="/trial"] button').click()]);
    page.forgive(/422/);
    assert.match(await page.locator("main [role=alert]").innerText(), /It does not work: the key was refused/);
    await checkPage(page, "en");
  });

  await t.test("a carrier that is disconnected is asked no more", async () => {
    await page.goto("/connections/dhl");
    await page.locator("details:has(form[action$='/removal']) summary").click();
    await Promise.all([page.waitForEvent("load"), page.locator('form[action$="/removal"] button').click()]);
    const before = carrier.asked.length;
    await new Promise((resolve) => setTimeout(resolve, 3000));
    assert.ok(carrier.asked.length - before <= 1, "it is asked no more");
  });
});

/** Fills the form of a connection as far as given, and sends it. */
async function connect(page, given) {
  for (const [name, value] of Object.entries(given)) await page.locator(`#c-${name}`).fill(value);
  await Promise.all([page.waitForEvent("load"), page.locator("form.connect button").click()]);
}

/** A page that says that something is wrong. */
async function checked(page, name) {
  page.forgive(/422/);
  await look(page, "en", name);
}

/** The same page as somebody else sees it. */
async function seen(t, kept, path, language, width, name) {
  const page = await visitor(t, kept.address, { language, width });
  await signIn(page, ada);
  await speak(page, language);
  await page.goto(path);
  await look(page, language, name);
  await page.goto("/");
  await speak(page, "en");
  await page.context().close();
}
