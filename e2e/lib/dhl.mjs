// A carrier that speaks DHL's Shipment Tracking – Unified, as far as one number and its history go: https://developer.dhl.com
import { createServer } from "node:http";

/** Opens one on a port of its own; closed with the test. Answers { address, key, parcels, asked }. */
export async function openCarrier(t) {
  const key = "made-up-key";
  const parcels = new Map();
  const asked = [];
  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url, "http://carrier");
    const say = (status, value) => response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(value));
    const number = searchParams.get("trackingNumber");
    asked.push(number);
    if (request.headers["dhl-api-key"] !== key) return say(401, { title: "Unauthorized", status: 401, detail: "Unauthorized for given resource." });
    if (pathname !== "/track/shipments" || !parcels.has(number)) return say(404, { title: "No result found", status: 404, detail: "No shipment with given tracking number found." });
    const events = parcels.get(number).map(([at, statusCode, description]) => ({
      timestamp: at.toISOString().replace(/\.\d+Z$/, "+00:00"), statusCode, status: description, description, location: { address: { addressLocality: "Brest", countryCode: "FR" } },
    }));
    say(200, { shipments: [{ id: number, service: "parcel-eu", status: events.at(-1), events: events.toReversed() }] });
  });
  await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
  t.after(() => new Promise((closed) => (server.close(closed), server.closeAllConnections())));
  return { address: `http://127.0.0.1:${server.address().port}`, key, parcels, asked };
}
