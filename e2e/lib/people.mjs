// What people do on the pages: sign in, choose a language, look for something; by keyboard where that is the point.
import assert from "node:assert/strict";

/** The first administrator, as the tests make them. */
export const ada = { name: "Ada Perrin", email: "ada@shop.example", password: "a sentence only Ada thinks of" };

/** Fills and sends the form of the first start. */
export async function welcome(page, language = "en") {
  await page.goto("/welcome");
  await page.locator("#name").fill(ada.name);
  await page.locator("#email").fill(ada.email);
  await page.locator("#password").fill(ada.password);
  await page.locator("#language").selectOption(language);
  await page.locator('form[action="/welcome"] button[type=submit]').click();
  await page.waitForURL((url) => url.pathname === "/");
}

/** Signs in. */
export async function signIn(page, { email, password }) {
  await page.goto("/sign-in");
  await page.locator("#email").fill(email);
  await page.locator("#password").fill(password);
  await Promise.all([page.waitForEvent("load"), page.locator('form[action="/sign-in"] button[type=submit]').click()]);
}

/** Signs out, with the form that every page has. */
export async function signOut(page) {
  const form = await reachable(page.locator('form[action="/sign-out"]'));
  assert.ok(form, `${page.url()}: no way to sign out in a window of this size`);
  await reveal(form);
  await Promise.all([page.waitForEvent("load"), form.locator("button").click()]);
}

/** Chooses the language of the pages, with the form that every page has. */
export async function speak(page, language) {
  const spoken = () => page.locator("html").getAttribute("lang");
  if ((await spoken()) === language) return;
  const forms = page.locator('form[action="/language"]').filter({ has: page.locator(`[value="${language}"]`) });
  const form = await reachable(forms);
  assert.ok(form, `${page.url()}: no way to change the language in a window of this size`);
  await reveal(form);
  await Promise.all([page.waitForEvent("load"), form.locator("button").click()]);
  assert.equal(await spoken(), language, "the language that was chosen");
}

/** The first of several alike that is shown, or lies in a folded part that is. */
async function reachable(elements) {
  for (const element of await elements.all()) {
    const fold = element.locator("xpath=ancestor::details[not(@open)]").first().locator("summary").first();
    if ((await element.isVisible()) || ((await fold.count()) && (await fold.isVisible()))) return element;
  }
  return undefined;
}

/** Opens the folded parts around an element, from the outside in. */
export async function reveal(element) {
  const around = element.locator("xpath=ancestor::details[not(@open)]");
  for (let left = await around.count(); left > 0; left -= 1) await around.first().locator("summary").first().click();
}

/** Presses Tab until the focus is on something that fits; fails when the focus cannot be seen on the way there. */
export async function tabTo(page, selector, most = 120) {
  for (let presses = 0; presses < most; presses += 1) {
    await page.keyboard.press("Tab");
    const focus = await page.evaluate((selector) => {
      const active = document.activeElement;
      // A row's link draws its ring around the whole row; a radio button's is drawn by its label.
      const drawn = [getComputedStyle(active), getComputedStyle(active, "::after"), getComputedStyle(active.closest("label") ?? active)];
      const seen = drawn.some(({ outlineStyle, outlineWidth }) => outlineStyle !== "none" && parseFloat(outlineWidth) > 0);
      return { fits: active.matches(selector), seen, html: active.outerHTML.slice(0, 120) };
    }, selector);
    if (!focus.fits) continue;
    assert.ok(focus.seen, `the focus cannot be seen on ${focus.html}`);
    return;
  }
  assert.fail(`${page.url()}: ${most} presses of Tab do not reach ${selector}`);
}
