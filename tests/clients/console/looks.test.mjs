// The pages fit on screens of all sizes, can be read in light and dark, and walked through by keyboard.

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, afterEach, before, test } from 'node:test';
import { MSP, REC, START, browser, serve, shots } from './helpers.mjs';

const PHONE = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true, deviceScaleFactor: 2 };
const LOOKS = {
  light: { colorScheme: 'light' },
  dark: { colorScheme: 'dark' },
  phone: { ...PHONE, colorScheme: 'light' },
  'phone-dark': { ...PHONE, viewport: { width: 360, height: 780 }, colorScheme: 'dark', reducedMotion: 'reduce' },
  tablet: { viewport: { width: 900, height: 1100 }, colorScheme: 'light' },
  laptop: { viewport: { width: 1280, height: 800 }, colorScheme: 'light' },
};
let mock, chrome, page, complaints, close;

/** A server on which something of everything is to be seen. */
before(async () => {
  mock = await serve('--refresh-delay', '1h');
  chrome = await browser();
  await mock.send('POST', '/_mock/clock/freeze', { at: START });
  await mock.send('POST', '/_mock/reset', { keep: ['clock'] });
  for (const name of ['one', 'a-longer-name-of-a-test-suite-7']) await mock.send('POST', '/_mock/sandboxes', { name });
  await mock.get('/entitlements/summaries', { 'x-rks-tenantid': REC });
  await mock.get('/nowhere?at=all');
  const body = new URLSearchParams({ grant_type: 'client_credentials', client_id: 'r1mock', client_secret: 'r1mock-secret' });
  await fetch(`${mock.base}/oauth2/token/${MSP}`, { method: 'POST', body });
  await mock.get('/mspEntitlements/summaries?refresh=true', { 'x-rks-tenantid': MSP });
  await mock.send('POST', '/_mock/faults/sets/rate-limited');
});
after(async () => {
  await chrome?.close();
  await mock?.stop();
});
afterEach(async () => {
  await close();
  assert.deepEqual(complaints, []);
});

async function open(path, options) {
  ({ page, complaints, close } = await chrome.page(options));
  await page.goto(mock.base + path);
  // What is drawn last, of each part that is read apart.
  const parts = path === '/' ? ['.meters', '#clock-controls button', '#scenario-select', 'progress', '#fault-note', '.requests > li', '#sandbox .chip'] : ['.operation', '#caller select'];
  for (const part of parts) await page.locator(part).first().waitFor();
}

/** Nothing of the page is wider than the screen, and no button's text wider than the button. */
async function fits(where) {
  const found = await page.evaluate(() => ({
    width: document.documentElement.scrollWidth,
    over: document.documentElement.scrollWidth > Math.min(screen.width, innerWidth),
    thin: [...document.querySelectorAll('dd, td, p')].filter((node) => node.checkVisibility() && node.textContent.length > 12 && node.clientWidth > 1 && node.clientWidth < 60).map((node) => node.textContent.slice(0, 40)),
    hidden: [...document.querySelectorAll('.scroll, table')].filter((node) => node.checkVisibility() && node.scrollWidth > node.clientWidth + 1).map((node) => node.outerHTML.slice(0, 120)),
    cut: [...document.querySelectorAll('button, summary, .chip, h1, h2, h3')].filter((node) => node.checkVisibility() && node.scrollWidth > node.clientWidth + 1 && node.clientWidth > 1).map((node) => node.outerHTML.slice(0, 120)),
  }));
  assert.ok(!found.over, `${where} is ${found.width} wide`);
  assert.deepEqual(found.hidden, [], `${where}: columns are cut`);
  assert.deepEqual(found.cut, [], where);
  assert.deepEqual(found.thin, [], where);
}

/** Texts whose contrast to what is behind them is too low to be read by everyone (WCAG 2, AA). */
async function readable(where) {
  const poor = await page.evaluate(() => {
    const canvas = new OffscreenCanvas(1, 1).getContext('2d', { willReadFrequently: true });
    const rgba = (colour) => {
      canvas.clearRect(0, 0, 1, 1);
      canvas.fillStyle = colour;
      canvas.fillRect(0, 0, 1, 1);
      const [r, g, b, a] = canvas.getImageData(0, 0, 1, 1).data;
      return [r, g, b, a / 255];
    };
    const over = ([r, g, b, a], below) => [r, g, b].map((part, n) => part * a + below[n] * (1 - a));
    const behind = (node) => {
      if (!node) return [255, 255, 255];
      const own = rgba(getComputedStyle(node).backgroundColor);
      return own[3] === 1 ? own.slice(0, 3) : over(own, behind(node.parentElement));
    };
    const light = (colour) => {
      const [r, g, b] = colour.map((part) => (part / 255 <= 0.03928 ? part / 255 / 12.92 : ((part / 255 + 0.055) / 1.055) ** 2.4));
      return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const faint = (node) => (node ? Number(getComputedStyle(node).opacity) * faint(node.parentElement) : 1);
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    const poor = new Map();
    for (let text = texts.nextNode(); text; text = texts.nextNode()) {
      const node = text.parentElement;
      if (!text.data.trim() || !node.checkVisibility() || node.closest(':disabled, .offscreen, .skip')) continue;
      const style = getComputedStyle(node);
      const back = behind(node);
      const colour = rgba(node.closest('svg') ? style.fill : style.color);
      const ink = over([...colour.slice(0, 3), colour[3] * faint(node)], back);
      const [a, b] = [light(ink), light(back)].sort((a, b) => b - a);
      const size = Number.parseFloat(style.fontSize);
      const large = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
      const ratio = (a + 0.05) / (b + 0.05);
      if (ratio < (large ? 3 : 4.5)) poor.set(`${node.tagName}.${node.getAttribute('class') ?? ''} in ${node.parentElement.getAttribute('class') ?? ''}`, `${ratio.toFixed(2)} ${text.data.trim().slice(0, 30)}`);
    }
    return [...poor].map((entry) => entry.join(': '));
  });
  assert.deepEqual(poor, [], where);
}

const keep = async (name, what = page) => shots && (await what.screenshot({ path: join(shots, `${name}.png`), ...(what === page && { fullPage: true }) }));

for (const [name, options] of Object.entries(LOOKS)) {
  test(`it fits and can be read: ${name}`, async () => {
    await open('/', options);
    await fits('the MSP');
    await readable('the MSP');
    await keep(`msp-${name}`);

    await page.locator('#sandbox').click();
    await page.locator('.sandboxes').getByText('one').first().waitFor();
    await fits('the sandboxes');
    await readable('the sandboxes');
    if (shots) await page.screenshot({ path: join(shots, `sandboxes-${name}.png`) });
    await page.keyboard.press('Escape');

    await page.locator('.tenant', { hasText: 'Dunmore Logistics' }).click();
    await page.getByRole('heading', { name: 'Dunmore Logistics' }).waitFor();
    await page.locator('.banner').first().waitFor();
    await page.locator('.requests summary').first().click();
    await page.locator('.requests dl').first().waitFor();
    await fits('the REC');
    await readable('the REC');
    await keep(`rec-${name}`);

    await page.goto(`${mock.base}/_mock/console/docs.html`);
    const first = page.locator('#op-getSummary_1');
    await first.getByText('Try it').click();
    await first.getByRole('button', { name: 'Send' }).click();
    await first.locator('.answer pre').waitFor();
    await fits('the docs');
    await readable('the docs');
    await keep(`docs-${name}`, first);

    await page.goto(`${mock.base}/_mock/console/docs.html?surface=control`);
    await page.locator('.operation').first().waitFor();
    await fits('the docs of the control surface');
    await readable('the docs of the control surface');
    if (shots) await page.screenshot({ path: join(shots, `control-${name}.png`) });

    await page.goto(`${mock.base}/_mock/deprecations/about`);
    await page.getByRole('navigation', { name: 'Parts of the guide' }).waitFor();
    await fits('the page about deprecated operations');
    await readable('the page about deprecated operations');
    await keep(`deprecations-${name}`);
  });
}

/** Walks by Tab until it comes round; what it came by, in order. */
async function walk() {
  const seen = [];
  for (let n = 0; n < 2000; n += 1) {
    await page.keyboard.press('Tab');
    const here = await page.evaluate(() => {
      const node = document.activeElement;
      if (node === document.body) return undefined;
      const box = node.getBoundingClientRect();
      const style = getComputedStyle(node);
      // A selection of several parts, such as a date, is one stop for each.
      node.dataset.stop ??= String(document.querySelectorAll('[data-stop]').length);
      return { stop: node.dataset.stop, html: node.outerHTML.slice(0, 120), outlined: style.outlineStyle === 'solid' && Number.parseFloat(style.outlineWidth) >= 2, area: box.width * box.height };
    });
    if (!here || seen[0]?.stop === here.stop) return seen;
    if (seen.at(-1)?.stop !== here.stop) seen.push(here);
  }
  assert.fail(`no end: ${seen.at(-1).html}`);
}

for (const path of ['/', '/_mock/console/docs.html']) {
  test(`by keyboard one comes everywhere, sees where one is, and comes out again: ${path}`, async () => {
    await open(path);
    const seen = await walk();
    assert.deepEqual(seen.filter(({ outlined, area }) => !outlined || area === 0).map(({ html }) => html), []);
    const missed = await page.evaluate(() =>
      [...document.querySelectorAll('a[href], button, select, input, textarea, summary')]
        .filter((node) => node.checkVisibility() && !node.disabled && node.dataset.stop === undefined)
        .map((node) => node.outerHTML.slice(0, 120)),
    );
    assert.deepEqual(missed, []);
  });
}

test('nothing moves for those who do not want it', async () => {
  await open('/', { reducedMotion: 'reduce' });
  const moving = await page.evaluate(() => document.getAnimations().length);
  assert.equal(moving, 0);
});
