// Going to sandboxes, making and deleting them, in a real browser.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { after, afterEach, before, beforeEach, test } from 'node:test';
import { promisify } from 'node:util';
import { browser, curlLine, serve, until } from './helpers.mjs';

const run = promisify(execFile);
let mock, chrome, page, complaints, forgive, close;

before(async () => {
  [mock, chrome] = await Promise.all([serve(), browser()]);
});
after(async () => {
  await chrome?.close();
  await mock?.stop();
});
beforeEach(async () => {
  for (const name of await names()) await mock.send('DELETE', `/_mock/sandboxes/${name}`);
  ({ page, complaints, forgive, close } = await chrome.page());
});
afterEach(async () => {
  await close();
  assert.deepEqual(complaints, []);
});

const names = async () => (await mock.get('/_mock/sandboxes')).data.map(({ name }) => name);
const switcher = () => page.locator('#sandbox');
const list = () => page.locator('.sandboxes');
const row = (name) => list().getByRole('link', { name: new RegExp(`^${name}`) });
const notice = (text) => page.locator('.notice', { hasText: text }).last().waitFor();
const button = (name) => page.getByRole('button', { name, exact: true });

async function open(path = '/') {
  await page.goto(mock.base + path);
  await page.locator('.tenant').first().waitFor();
}

async function unfold(path) {
  await open(path);
  await switcher().click();
  await list().waitFor();
}

/** The sandbox that the page is in by now. */
const isIn = (name) => page.locator('#sandbox.in', { hasText: `Sandbox ${name}` }).waitFor();
const isAtRoot = () => until('the root', async () => page.url() === `${mock.base}/` && !(await page.locator('#sandbox.in').count()));

test('without sandboxes there is no more than a small button', async () => {
  await open();
  assert.equal(await switcher().innerText(), 'Sandboxes');
  assert.equal(await list().isVisible(), false);
  await switcher().click();
  await list().waitFor();
  assert.deepEqual(await list().locator('a').allInnerTexts(), ['The root']);
  assert.equal(await page.getByLabel('Filter sandboxes').isVisible(), false);
});

test('one is made with a name and a scenario, gone to, and left again', async () => {
  await unfold();
  await page.getByLabel('New sandbox').fill('one');
  await page.getByLabel('Its scenario').selectOption('expiring');
  await button('Make').click();
  await notice('Sandbox one is made from scenario expiring.');
  assert.deepEqual(await names(), ['one']);
  assert.equal(await page.evaluate(() => document.activeElement.dataset.key), 'to-one', 'the way there is at hand');
  assert.equal(await page.getByLabel('New sandbox').inputValue(), '');

  await page.keyboard.press('Enter');
  await isIn('one');
  assert.equal(page.url(), `${mock.base}/sandboxes/one/`);
  await page.locator('.tenant').first().waitFor();
  assert.equal(await page.locator('#scenario-select').inputValue(), 'expiring');

  await switcher().click();
  await row('The root').click();
  await isAtRoot();
  await until('the count', async () => (await switcher().innerText()).replace(/\s+/g, ' ') === 'Sandboxes 1');
});

test('without a name one is made up, without a scenario it is the root’s', async () => {
  await unfold();
  await button('Make').click();
  await notice(/Sandbox s\d+ is made from scenario default/);
  const [name] = await names();
  await row(name).waitFor();
});

test('a name that is none is refused in the words of the server', async () => {
  await unfold();
  await page.getByLabel('New sandbox').fill('no good');
  await button('Make').click();
  await page.getByRole('alert').filter({ hasText: '400: "no good" is no name for a sandbox' }).waitFor();
  assert.equal(await page.getByLabel('New sandbox').inputValue(), 'no good', 'it can be mended');
  forgive(/400/);
});

test('one is deleted, after a second thought', async () => {
  for (const name of ['one', 'two']) await mock.send('POST', '/_mock/sandboxes', { name });
  await unfold();
  await button('Delete sandbox one').click();
  await button('Sure? Delete sandbox one').waitFor();
  assert.deepEqual(await names(), ['one', 'two'], 'once is not enough');
  await button('Sure? Delete sandbox one').click();
  await notice('Sandbox one is deleted.');
  assert.deepEqual(await names(), ['two']);
  await until('the list', async () => (await list().locator('a').count()) === 2);
});

test('who deletes the sandbox that the page is in comes to the root', async () => {
  for (const name of ['one', 'two']) await mock.send('POST', '/_mock/sandboxes', { name });
  await unfold('/sandboxes/one/');
  assert.equal(await row('one').getAttribute('aria-current'), 'page');
  await row('two').click();
  await isIn('two');
  await switcher().click();
  await button('Delete sandbox two').click();
  await button('Sure? Delete sandbox two').click();
  await isAtRoot();
  assert.deepEqual(await names(), ['one']);
  // The page may hear of the end before it has left.
  forgive(/404.*\/sandboxes\/two\//);
});

test('curl lines that are copied work', async () => {
  await mock.send('POST', '/_mock/sandboxes', { name: 'one' });
  await unfold('/sandboxes/one/');
  const ran = async (label) => {
    const line = await curlLine(page, 'sandboxes', label);
    assert.ok(line.includes(`'${mock.base}/_mock/sandboxes`), `${line} is not of the root`);
    return (await run('sh', ['-c', line])).stdout;
  };
  assert.equal(JSON.parse(await ran('List the sandboxes'))[0].name, 'one');
  await page.getByLabel('New sandbox').fill('two');
  await page.getByLabel('Its scenario').selectOption('grace');
  assert.equal(JSON.parse(await ran('Make this sandbox')).scenario, 'grace');
  assert.deepEqual(await names(), ['one', 'two']);
});

test('it closes by Escape and by a click elsewhere, and reads anew what others made', async () => {
  await unfold();
  await page.getByLabel('New sandbox').focus();
  await page.keyboard.press('Escape');
  assert.equal(await list().isVisible(), false);
  assert.equal(await page.evaluate(() => document.activeElement.id), 'sandbox');
  await mock.send('POST', '/_mock/sandboxes', { name: 'one' });
  await page.keyboard.press('Enter');
  await row('one').waitFor();
  await page.locator('h1').click();
  assert.equal(await list().isVisible(), false);
});

test('among very many the page stays quick: some are shown, a filter finds the rest', async () => {
  const all = Array.from({ length: 300 }, (_, n) => `t${n}`);
  await Promise.all(all.map((name) => mock.send('POST', '/_mock/sandboxes', { name })));
  await unfold();
  await page.getByText('And 250 more: filter to see them.').waitFor();
  assert.equal(await list().locator('a').count(), 51);
  await page.getByLabel('Filter sandboxes').fill('t299');
  await until('one', async () => (await list().locator('a').count()) === 2);
  await page.getByLabel('Filter sandboxes').fill('nothing');
  await page.getByText('No sandbox matches.').waitFor();

  await page.getByLabel('New sandbox').fill('zz');
  await button('Make').click();
  await row('zz').waitFor();
  assert.equal(await page.getByLabel('Filter sandboxes').inputValue(), 'zz', 'what was made can be seen');
});

test('a page of a sandbox that is gone says so, and makes it again', async () => {
  await mock.send('POST', '/_mock/sandboxes', { name: 'one', scenario: 'empty' });
  await open('/sandboxes/one/');
  await mock.send('DELETE', '/_mock/sandboxes/one');
  await page.getByRole('heading', { name: 'This sandbox does not exist any more' }).waitFor();
  assert.equal(await page.locator('main').isVisible(), false);
  assert.equal(await page.getByRole('link', { name: 'To the root' }).getAttribute('href'), `${mock.base}/`);
  await button('Make it again').click();
  await page.locator('.tenant').first().waitFor();
  assert.deepEqual(await names(), ['one']);
  forgive(/404/);
});

test('a page reached by the host of a sandbox knows the way to the root', async () => {
  await mock.send('POST', '/_mock/sandboxes', { name: 'one', scenario: 'grace' });
  const { port } = new URL(mock.base);
  await page.goto(`http://one.localhost:${port}/`);
  await page.locator('.tenant').first().waitFor();
  await isIn('one');
  await switcher().click();
  assert.equal(await row('The root').getAttribute('href'), `http://localhost:${port}/`);
  assert.equal(await row('one').getAttribute('aria-current'), 'page');
});
