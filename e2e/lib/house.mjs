// An empty installation with an administrator, a token and news of its own making.
import assert from "node:assert/strict";
import { visitor } from "./browser.mjs";
import { startKept, until } from "./kept.mjs";
import { reveal, welcome } from "./people.mjs";

/** Starts `kept serve`, makes the administrator, lets every playbook prepare messages for a person's yes, and makes a token. */
export async function openHouse(t, options = []) {
  const kept = await startKept("serve", options);
  t.after(kept.stop);
  const page = await visitor(undefined, kept.address);
  await welcome(page);
  await trustAll(page, "approve");
  const token = await newToken(page);
  await page.context().close();
  return { address: kept.address, tell: (news) => tell(kept.address, token, news) };
}

/** Switches every playbook by its form on the page. */
export async function trustAll(page, mode) {
  await page.goto("/playbooks");
  const forms = page.locator('form[action^="/playbooks/"][action$="/mode"]');
  const actions = await forms.evaluateAll((all) => [...new Set(all.map((form) => form.getAttribute("action")))]);
  assert.notEqual(actions.length, 0, "no playbook can be switched");
  for (const action of actions) await switchPlaybook(page, action, mode);
}

/** Switches one; `action` is the address of its form. */
export async function switchPlaybook(page, action, mode) {
  await page.goto("/playbooks");
  const forms = page.locator(`form[action="${action}"]`);
  const form = forms.filter({ has: page.locator(`[value="${mode}"]`) }).first();
  await reveal(form);
  const choice = form.locator(`[value="${mode}"]`).first();
  const kind = await choice.evaluate((element) => (element.matches("button, input[type=submit]") ? "button" : element.localName));
  if (kind === "option") await form.locator("select").selectOption(mode);
  else if (kind === "input") await form.locator("label", { has: page.locator(`[value="${mode}"]`) }).click();
  const send = kind === "button" ? choice : form.locator("button:not([value]), button").last();
  await Promise.all([page.waitForEvent("load"), send.click()]);
}

/** Makes a token that may do everything, and reads it off the page that shows it once. */
async function newToken(page) {
  await page.goto("/settings");
  const form = page.locator('form[action="/settings/tokens"]');
  await reveal(form);
  await form.locator("input[name=name]").fill("browser tests");
  for (const scope of await form.locator("input[name=scope]").all()) await scope.check();
  await Promise.all([page.waitForEvent("load"), form.locator("button").click()]);
  const [token] = (await page.content()).match(/kept_[\w-]{43}/) ?? [];
  assert.ok(token, "no token was shown");
  return token;
}

/** Hands in news, as a shop would. */
async function tell(address, token, news) {
  const answer = await fetch(`${address}/api/facts`, {
    method: "POST",
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    body: JSON.stringify(news),
  });
  const said = await answer.text();
  assert.ok(answer.ok, `/api/facts answers ${answer.status}: ${said}`);
  assert.deepEqual(JSON.parse(said).rejected, [], "news that was not taken");
}

/**
 * An order and its parcel, as far as `until` says: "ordered", "moving", "missed" (nobody there, says the carrier) or "delivered".
 *
 * The customer lives where it is noon now, so that no message waits for the end of the night.
 */
export function orderNews(number, reached) {
  const now = Date.now();
  const hour = 3_600_000;
  const at = (hours) => ({ at: new Date(now + hours * hour).toISOString().replace(/\.\d+Z$/, "+00:00"), offset: "known" });
  const tracking = `6A${String(10_000_000_000 + number).slice(-11)}`;
  const order = `E-${number}`;
  const scan = (code, text, hours, milestone, exception) => ({
    kind: "parcel.scanned", tracking_number: tracking, carrier: "laposte", code, text, location: "Brest", milestone,
    ...(exception && { exception }), ...at(hours),
  });
  const ordered = {
    kind: "order.placed", order_number: order, ...at(-30),
    customer: {
      reference: `C-${number}`, name: `Anne Perret ${number}`, email: `anne.${number}@customer.example`, city: "Brest", language: "en",
      country: "FR", zone: noonZone(now), consumer: true,
    },
    lines: [{ sku: "LAMP", title: "Vesta lamp", quantity: 1 }],
    promised_day: new Date(now + 72 * hour).toISOString().slice(0, 10),
    destination_country: "FR",
  };
  const announced = { kind: "parcel.announced", order_number: order, carrier: "laposte", tracking_number: tracking, ...at(-28) };
  const moving = [ordered, announced, scan("PC1", "Pris en charge", -20, "handed_over"), scan("ET1", "En cours", -8, "in_network")];
  const last = {
    ordered: [ordered],
    moving,
    missed: [...moving, scan("AG1", "Destinataire absent", -1, "out_for_delivery", "attempt_failed_absent")],
    delivered: [...moving, scan("DI1", "Livré", -1, "delivered")],
  };
  return last[reached];
}

/** The word of an agent to call the customer of an order back within a day. */
export function callBackNews(number) {
  const at = new Date().toISOString().replace(/\.\d+Z$/, "+00:00");
  const customer = { order_number: `E-${number}` };
  return [{ kind: "word.given", promise_kind: "call_back", customer, at, offset: "known", by: "agent", within: "P1D", sentence: "We call you back tomorrow" }];
}

/** The address of the newest promise of a kind. */
export async function newestPromise(page, kind) {
  const link = page.locator('main a[href^="/promises/prm_"]').first();
  await until(`a promise of kind ${kind}`, async () => {
    await page.goto(`/promises?kind=${kind}`);
    return link.count();
  });
  return (await link.getAttribute("href")).split(/[?#]/)[0];
}

/** Finds an order by its number and opens the promise about it; answers the promise's address. */
export async function openPromise(page, number) {
  const link = page.locator('a[href^="/promises/prm_"]');
  const address = await until(`the promise about E-${number}`, async () => {
    await page.goto(`/find?q=E-${number}`);
    const here = new URL(page.url()).pathname;
    if (here.startsWith("/promises/prm_")) return here;
    return (await link.count()) ? (await link.first().getAttribute("href")).split(/[?#]/)[0] : false;
  });
  await page.goto(address);
  return address;
}

/** The address of the message about an order that waits for a yes, once it is there. */
export async function waitingMessage(page, number) {
  const promise = await openPromise(page, number);
  return until(`a message about E-${number}`, async () => {
    await page.goto(promise);
    const form = page.locator('form[action^="/messages/msg_"][action$="/release"]');
    return (await form.count()) ? (await form.first().getAttribute("action")).replace(/\/release$/, "") : false;
  });
}

/** Etc/GMT-5 is five hours ahead of Greenwich: the signs are those of POSIX. */
function noonZone(now) {
  const ahead = 12 - new Date(now).getUTCHours();
  return ahead === 0 ? "Etc/GMT" : `Etc/GMT${ahead > 0 ? "-" : "+"}${Math.abs(ahead)}`;
}
