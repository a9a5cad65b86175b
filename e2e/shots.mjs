// Pictures of every page of a demo, in e2e/shots: name-language-size-theme.png.
import { mkdir, rm } from "node:fs/promises";
import path from "node:path";
import { closeBrowser, visitor } from "./lib/browser.mjs";
import { startKept } from "./lib/kept.mjs";
import { signIn, speak } from "./lib/people.mjs";
import { everyPlace } from "./lib/places.mjs";

const SIZES = { wide: { width: 1440, height: 900 }, phone: { width: 390, height: 844 } };
const folder = path.join(import.meta.dirname, "shots");

await rm(folder, { recursive: true, force: true });
await mkdir(folder, { recursive: true });
const kept = await startKept("demo");
try {
  const admin = kept.signIns.find(({ line }) => line.includes("admin")) ?? kept.signIns[0];
  const guide = await visitor(undefined, kept.address);
  await signIn(guide, admin);
  // The pictures show the shop as it is now, after its past has passed.
  await new Promise((resolve) => setTimeout(resolve, 45_000));
  const places = await everyPlace(guide);
  for (const language of ["fr", "en"]) {
    for (const [size, window] of Object.entries(SIZES)) {
      await picture(places, language, size, window, false);
      await picture({ today: places.today }, language, size, window, true);
    }
  }
} finally {
  await closeBrowser();
  await kept.stop();
}

async function picture(places, language, size, window, dark) {
  const admin = kept.signIns.find(({ line }) => line.includes("admin")) ?? kept.signIns[0];
  const page = await visitor(undefined, kept.address, { language, dark, ...window });
  await page.goto("/sign-in");
  if (!dark) await shoot(page, `sign-in-${language}-${size}-light`);
  await signIn(page, admin);
  await speak(page, language);
  for (const [name, where] of Object.entries(places)) {
    await page.goto(name === "customer-page" ? `${where}?lang=${language}` : where);
    await shoot(page, `${name}-${language}-${size}-${dark ? "dark" : "light"}`);
  }
  if (page.complaints.length > 0) console.error(`the browser complained:\n${page.complaints.join("\n")}`);
  await page.context().close();
}

async function shoot(page, name) {
  await page.evaluate(() => document.fonts.ready);
  const whole = !name.includes("-wide-");
  // A picture of a whole page has no bottom of a window for bars to stick to.
  if (whole) await page.evaluate(() => document.querySelectorAll(".tabs-phone, .bulk").forEach((bar) => (bar.style.position = "static")));
  await page.screenshot({ path: path.join(folder, `${name}.png`), fullPage: whole });
  console.log(`   ${name}.png`);
}
