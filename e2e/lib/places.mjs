// Every page of the list, with an example of each noun found by following links.
import { until } from "./kept.mjs";

/** Pages without a noun in their address. */
export const LISTS = {
  today: "/",
  promises: "/promises",
  parcels: "/parcels",
  customers: "/customers",
  messages: "/messages",
  playbooks: "/playbooks",
  figures: "/figures",
  scorecards: "/scorecards",
  trials: "/trials",
  unmapped: "/unmapped",
  notices: "/notices",
  connections: "/connections",
  start: "/start",
  imports: "/imports",
  settings: "/settings",
};

/**
 * The same with one promise, parcel, order, customer, message and customer's page, as name → path.
 *
 * Waits until the past of the demo has something to show in each list: a late promise whose customer was told, a message that waits for a yes, a code that no
 * table translates.
 */
export async function everyPlace(page) {
  const first = (from, link, within = "") =>
    until(
      `${link} on ${from}`,
      async () => {
        await page.goto(from);
        const found = page.locator(`main ${within} a[href^="${link}"]`);
        return (await found.count()) ? (await found.first().getAttribute("href")).split("?")[0] : false;
      },
      undefined,
      90,
    );
  const message = await first("/messages", "/messages/msg_");
  await until("a code without a meaning on /unmapped", async () => {
    await page.goto("/unmapped");
    return page.locator('main form[action="/unmapped/mapping"]').count();
  }, undefined, 90);
  const promise = await first("/promises?state=late", "/promises/prm_", ".row:has(svg .told)");
  const parcel = await first(promise, "/parcels/par_");
  const customer = await first(promise, "/customers/cus_");
  return {
    ...LISTS,
    promise,
    parcel,
    order: await first(promise, "/orders/ord_"),
    customer,
    message,
    "customer-page": await customerLink(page, customer),
  };
}

/** The secret address of a customer's own page, as the team hands it on. */
export async function customerLink(page, customer) {
  await page.goto(customer);
  const [link] = (await page.content()).match(/\/p\/[\w-]{16,}/) ?? [];
  if (!link) throw new Error(`${customer} does not show the customer's own link`);
  return link;
}
