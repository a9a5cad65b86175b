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
  unmapped: "/unmapped",
  settings: "/settings",
};

/** The same with one promise, parcel, order, customer, message and customer's page, as name → path. */
export async function everyPlace(page) {
  const first = (from, link) =>
    until(`${link} on ${from}`, async () => {
      await page.goto(from);
      const found = page.locator(`a[href^="${link}"]`);
      return (await found.count()) ? (await found.first().getAttribute("href")).split("?")[0] : false;
    });
  const parcel = await first("/parcels", "/parcels/par_");
  const customer = await first("/customers", "/customers/cus_");
  return {
    ...LISTS,
    promise: await first("/promises", "/promises/prm_"),
    parcel,
    order: await first(parcel, "/orders/ord_"),
    customer,
    message: await first("/messages", "/messages/msg_"),
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
