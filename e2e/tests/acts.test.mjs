// What people do, and that it is done: on an installation whose only news is what the test hands in.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { checkPage, closeBrowser, visitor } from "../lib/browser.mjs";
import { openHouse, openPromise, orderNews, switchPlaybook, waitingMessage } from "../lib/house.mjs";
import { until } from "../lib/kept.mjs";
import { ada, signIn, tabTo } from "../lib/people.mjs";
import { customerLink } from "../lib/places.mjs";

after(closeBrowser);

test("acts", async (t) => {
  const house = await openHouse(t);

  await t.test("a playbook is switched, and stays so", async (t) => {
    const page = await visitor(t, house.address);
    await signIn(page, ada);
    const action = "/playbooks/pickup-waiting/mode";
    const mode = async () => {
      await page.goto("/playbooks");
      return page.locator(`form[action="${action}"] [name=mode]:checked`).evaluateAll((chosen) => chosen.map(({ value }) => value));
    };
    assert.deepEqual(await mode(), ["approve"]);
    await switchPlaybook(page, action, "shadow");
    assert.deepEqual(await mode(), ["shadow"]);
  });

  await t.test("a message is read and released", async (t) => {
    await house.tell(orderNews(101, "missed"));
    const page = await visitor(t, house.address);
    await signIn(page, ada);
    const message = await waitingMessage(page, 101);
    await page.goto(message);
    assert.match(await page.locator("main").innerText(), /anne\.101@customer\.example/, "to whom it goes");
    await checkPage(page, "en");
    await release(page, message);
  });

  await t.test("a message is released without script", async (t) => {
    await house.tell(orderNews(102, "missed"));
    const page = await visitor(t, house.address, { script: false });
    await signIn(page, ada);
    await page.waitForURL((url) => url.pathname === "/");
    await release(page, await waitingMessage(page, 102));
  });

  await t.test("from signing in to the release by keyboard alone", async (t) => {
    await house.tell(orderNews(103, "missed"));
    const eye = await visitor(t, house.address);
    await signIn(eye, ada);
    const message = await waitingMessage(eye, 103);
    const promise = await openPromise(eye, 103);

    const page = await visitor(t, house.address);
    await page.goto("/sign-in");
    await tabTo(page, "#email");
    await page.keyboard.type(ada.email);
    await tabTo(page, "#password");
    await page.keyboard.type(ada.password);
    await page.keyboard.press("Enter");
    await page.waitForURL((url) => url.pathname === "/");
    await tabTo(page, `a[href^="${promise}"], a[href^="${message}"]`);
    await pressEnter(page);
    await page.waitForURL((url) => url.pathname === promise || url.pathname === message);
    if (new URL(page.url()).pathname === promise) {
      await tabTo(page, `a[href^="${message}"], form[action="${message}/release"] button`);
      await pressEnter(page);
    }
    await page.goto(message);
    if (await page.locator(`form[action="${message}/release"]`).count()) {
      await tabTo(page, `form[action="${message}/release"] button`);
      await pressEnter(page);
    }
    await released(page, message);
  });

  await t.test("a customer says that it did not arrive, and the team sees it", async (t) => {
    await house.tell(orderNews(104, "delivered"));
    const page = await visitor(t, house.address);
    await signIn(page, ada);
    const promise = await openPromise(page, 104);
    const customer = await page.locator('a[href^="/customers/cus_"]').first().getAttribute("href");
    const link = await customerLink(page, customer);

    const own = await visitor(t, house.address, { width: 390, height: 844 });
    await own.goto(link);
    await checkPage(own, "en");
    const answer = own.locator('form[action$="/answer"] button[value="not_arrived"]');
    await Promise.all([own.waitForEvent("load"), answer.click()]);
    await checkPage(own, "en");

    await until("the dispute on the promise", async () => {
      await page.goto(promise);
      return /disputed/i.test(await page.locator("main").innerText());
    });
    await page.goto("/");
    assert.match(await page.locator("main").innerText(), /E-104/, "today shows what the customer disputes");
  });

  await t.test("a wrong link of a customer shows nothing", async (t) => {
    const page = await visitor(t, house.address);
    await page.goto(`/p/${"A".repeat(43)}`);
    assert.ok(page.complaints.some((complaint) => complaint.includes("404")));
    page.forgive(/404/);
    assert.equal(await page.locator("form").count(), 0);
  });

  await t.test("news appears without loading the page again", async (t) => {
    const page = await visitor(t, house.address);
    await signIn(page, ada);
    await page.goto("/");
    await page.evaluate(() => (window.sameDocument = true));
    assert.doesNotMatch(await page.locator("main").innerText(), /E-105/);
    await house.tell(orderNews(105, "missed"));
    await page.locator("main", { hasText: "E-105" }).waitFor({ timeout: 30_000 });
    assert.equal(await page.evaluate(() => window.sameDocument), true, "the page was loaded again");
  });
});

/** Follows or sends what has the focus, and waits for the page that comes: going on earlier would call the act back. */
async function pressEnter(page) {
  await Promise.all([page.waitForEvent("load"), page.keyboard.press("Enter")]);
}

/** Sends the form that releases a message, on the message's page. */
async function release(page, message) {
  await page.goto(message);
  await Promise.all([page.waitForEvent("load"), page.locator(`form[action="${message}/release"] button`).first().click()]);
  await released(page, message);
}

/** A message that left, or is leaving, can no longer be released. */
async function released(page, message) {
  await until(`${message} to be released`, async () => {
    await page.goto(message);
    return (await page.locator(`form[action="${message}/release"]`).count()) === 0;
  });
}
