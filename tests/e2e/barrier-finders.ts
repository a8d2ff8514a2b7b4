import { readFileSync } from 'node:fs';
import type { AxeResults } from 'axe-core';
import type { Page } from 'playwright-core';

/** What a machine can find of the barriers on a page. The page's context must have been opened with `bypassCSP`. */

const axe = readFileSync('node_modules/axe-core/axe.min.js', 'utf8');
export const ALL_RULES = {
  type: 'tag',
  values: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
};
/** What can differ in the dark. */
export const CONTRAST = { type: 'rule', values: ['color-contrast'] };

/** What axe finds by some of its rules. */
export async function barriers(page: Page, runOnly: object): Promise<string[]> {
  if (!(await page.evaluate('"axe" in window'))) await page.addScriptTag({ content: axe });
  const { violations } = await page.evaluate<AxeResults>(
    `axe.run({ runOnly: ${JSON.stringify(runOnly)}, resultTypes: ['violations'] })`,
  );
  return violations.map(({ id, nodes }) => `${id} (${nodes[0]?.target.join(' ')})`);
}

/** What is wider than the screen or than the box that cuts it off. */
export function cutOff(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const found: string[] = [];
    const width = document.documentElement.clientWidth;
    if (document.documentElement.scrollWidth > width) found.push('the page scrolls sideways');
    for (const element of document.body.querySelectorAll<HTMLElement>('*')) {
      const style = getComputedStyle(element);
      // What ends in an ellipsis says so, and stands in full elsewhere.
      const cuts =
        (style.overflowX === 'hidden' || style.overflowX === 'clip') && style.textOverflow !== 'ellipsis';
      const hidden = element.closest(
        '.visually-hidden, .skip, #svelte-announcer, [aria-hidden="true"], [hidden]',
      );
      if (cuts && !hidden && element.scrollWidth > element.clientWidth + 1)
        found.push(`cut: ${element.tagName.toLowerCase()}.${element.className}`);
    }
    return found;
  });
}

/** Everything that is found on a page as it stands, with all that can be unfolded. */
export async function allBarriers(page: Page): Promise<string[]> {
  await page.locator('details').evaluateAll((all) => all.forEach((one) => one.setAttribute('open', '')));
  return [...(await barriers(page, ALL_RULES)), ...(await cutOff(page))];
}

/**
 * Goes through a page with the tabulator alone.
 *
 * @returns what it never came to, and what did not show that it was there
 */
export async function unreachableByKeyboard(page: Page): Promise<string[]> {
  const count = await page.evaluate(() => {
    const all = document.querySelectorAll<HTMLElement>(
      'a[href], button, input, select, textarea, summary, iframe',
    );
    const groups = new Set<string>();
    let number = 0;
    for (const element of all) {
      const visible = element.checkVisibility({ visibilityProperty: true }) && !element.closest('[inert]');
      if (!visible || element.matches(':disabled, [type=hidden], [tabindex="-1"]')) continue;
      if (element instanceof HTMLInputElement && element.type === 'radio') {
        // The tabulator comes to one of a group.
        if (groups.has(element.name)) continue;
        groups.add(element.name);
      }
      element.dataset.stop = String(number++);
    }
    (document.activeElement as HTMLElement | null)?.blur();
    return number;
  });
  const left = new Set(Array.from({ length: count }, (_, index) => String(index)));
  const unseen: string[] = [];
  for (let step = 0; step < count + 20 && left.size > 0; step++) {
    await page.keyboard.press('Tab');
    const here = await page.evaluate(() => {
      const element = document.activeElement as HTMLElement;
      const group = element instanceof HTMLInputElement && element.type === 'radio' ? element.name : null;
      const stop =
        element.dataset.stop ??
        (group && document.querySelector<HTMLElement>(`[name="${group}"][data-stop]`)?.dataset.stop);
      const { outlineStyle, outlineWidth } = getComputedStyle(element);
      const shown = outlineStyle !== 'none' && parseFloat(outlineWidth) >= 2;
      return {
        stop: stop ?? null,
        shown: shown || element.tagName === 'IFRAME',
        name: element.outerHTML.slice(0, 80),
      };
    });
    if (here.stop !== null) left.delete(here.stop);
    if (here.stop !== null && !here.shown) unseen.push(`no sign of focus: ${here.name}`);
  }
  const missed = await page.evaluate(
    (stops) => stops.map((stop) => document.querySelector(`[data-stop="${stop}"]`)!.outerHTML.slice(0, 80)),
    [...left],
  );
  return [...unseen, ...missed.map((name) => `never reached: ${name}`)];
}
