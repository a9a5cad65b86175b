// A shop that speaks the REST API v3 of WooCommerce, as far as orders, refunds and notes go: https://developer.woocommerce.com/docs/apis/rest-api/v3/orders
import { createServer } from "node:http";

/** Opens one on a port of its own, with this key and secret if given; closed with the test. Answers { address, place, past, orders, refunds, notes }. */
export async function openShop(t, keys) {
  const orders = new Map();
  const refunds = [];
  const notes = [];
  const touch = (order) => (order.date_modified_gmt = new Date().toISOString().slice(0, 19));
  const answers = {
    "GET orders": (_, query) => {
      const since = query.get("modified_after");
      const sought = query.get("search");
      const all = [...orders.values()].sort((one, other) => (one.date_modified_gmt < other.date_modified_gmt ? -1 : 1));
      return all.filter((order) => (since ? order.date_modified_gmt > since : !sought || order.number === sought));
    },
    "GET order": (order) => order,
    "PUT order": (order, _, asked) => {
      const { meta_data: meta = [], ...rest } = asked;
      Object.assign(order, rest);
      order.meta_data.push(...meta);
      touch(order);
      return order;
    },
    "GET refunds": (order) => refunds.filter((refund) => refund.order === order.id),
    "POST refunds": (order, _, asked) => {
      const made = { id: 9000 + refunds.length, order: order.id, ...asked, amount: String(asked.amount), refunded_payment: true };
      made.date_created = made.date_created_gmt = new Date().toISOString().slice(0, 19);
      refunds.push(made);
      order.refunds.push({ id: made.id, reason: asked.reason, total: `-${asked.amount}` });
      touch(order);
      return made;
    },
    "GET notes": (order) => notes.filter((note) => note.order === order.id),
    "POST notes": (order, _, asked) => {
      const made = { id: 8000 + notes.length, order: order.id, ...asked };
      notes.push(made);
      return made;
    },
  };
  const server = createServer(async (request, response) => {
    const { pathname, searchParams } = new URL(request.url, "http://shop");
    const [, id, part] = pathname.match(/^\/wp-json\/wc\/v3\/orders(?:\/(\d+))?(?:\/(refunds|notes))?$/) ?? [];
    let body = "";
    for await (const chunk of request) body += chunk;
    const say = (status, value) => response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(value));
    const order = id && orders.get(Number(id));
    const answer = answers[`${request.method} ${part ?? (id ? "order" : "orders")}`];
    const wrong = keys && request.headers.authorization !== `Basic ${btoa(`${keys.key}:${keys.secret}`)}`;
    if (wrong || !request.headers.authorization?.startsWith("Basic ")) return say(401, { code: "woocommerce_rest_cannot_view", message: "Sorry, you cannot list resources." });
    if (!pathname.startsWith("/wp-json/wc/v3/orders") || (id && !order) || !answer) return say(404, { code: "rest_no_route", message: "No route was found." });
    say(request.method === "POST" ? 201 : 200, answer(order, searchParams, body ? JSON.parse(body) : undefined));
  });
  await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
  t.after(() => new Promise((closed) => (server.close(closed), server.closeAllConnections())));
  return {
    address: `http://127.0.0.1:${server.address().port}`,
    orders,
    refunds,
    notes,
    keys,
    /** Somebody orders a lamp for 45.90 € and pays 4.90 € for its delivery, which is promised in three days. */
    place(number, language) {
      const wall = (hours) => new Date(Date.now() + hours * 3_600_000).toISOString().slice(0, 19);
      const order = {
        id: number, parent_id: 0, number: String(number), status: "processing", currency: "EUR", customer_id: number,
        date_created: wall(-1), date_created_gmt: wall(-1), date_paid: wall(-1), date_paid_gmt: wall(-1), date_completed: null,
        shipping_total: "4.90", shipping_tax: "0.00", total: "50.80",
        billing: { first_name: "Anne", last_name: `Perret ${number}`, company: "", address_1: "3 rue de Siam", city: "Brest", postcode: "29200", country: "FR", email: `anne.${number}@customer.example` },
        shipping: { first_name: "Anne", last_name: `Perret ${number}`, address_1: "3 rue de Siam", city: "Brest", postcode: "29200", country: "FR" },
        meta_data: [{ key: "_delivery_date", value: wall(72).slice(0, 10) }, { key: "wpml_language", value: language }],
        line_items: [{ id: number + 1, name: "Lampe Vesta", product_id: 7, variation_id: 0, quantity: 1, total: "45.90", total_tax: "0.00", taxes: [], meta_data: [], sku: "VESTA" }],
        shipping_lines: [], fee_lines: [], coupon_lines: [], refunds: [],
      };
      touch(order);
      orders.set(order.id, order);
      return order;
    },
    /** One that was placed so many days ago, promised for three days later, and handed to a carrier; it is completed. */
    past(number, days, provider) {
      const order = this.place(number, "fr");
      const wall = (hours) => new Date(Date.now() - days * 86_400_000 + hours * 3_600_000).toISOString().slice(0, 19);
      Object.assign(order, { status: "completed", date_created: wall(0), date_created_gmt: wall(0), date_paid: wall(0), date_paid_gmt: wall(0), date_completed: wall(6), date_modified: wall(6), date_modified_gmt: wall(6) });
      order.meta_data[0].value = wall(72).slice(0, 10);
      order.meta_data.push({ key: "_wc_shipment_tracking_items", value: [{ tracking_provider: provider, tracking_number: `T${number}`, date_shipped: wall(6).slice(0, 10) }] });
      return order;
    },
  };
}
