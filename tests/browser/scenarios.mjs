// What people do with the status page. Each function is one scenario; tests/system/test_browser.py
// names them, starts the server that each is played on, and answers what they ask for.
import { strict as assert } from 'node:assert';
import { headings, tooWide, unnamed, weakTexts } from './accessibility.mjs';
import { eventually } from './stage.mjs';

const row = (page, table, name) => page.getByRole('table', { name }).getByRole('row').filter(
  { has: page.getByRole('rowheader', { name: new RegExp(`^${table}\\b`) }) });
const memberRow = (page, name) => row(page, name, 'members');
const dialogOf = (page, name) => page.getByRole('dialog', { name, exact: true });
const rateOf = async (line) => Number((await line.locator('[data-label="Req/s"]').innerText())
  .replace(/,/g, ''));

/** The page takes the place of the classic one, and its numbers live. */
export async function overview(stage) {
  const page = await stage.openStatus();
  assert.equal(await page.getByRole('heading', { level: 1 }).innerText(), await stage.ask('name'));
  assert.equal(await page.locator('form').count(), 1, 'the forms of the classic page are gone');
  for (const name of ['balancers', 'members', 'mounts']) {
    await page.getByRole('table', { name }).waitFor();
  }
  for (const name of ['a', 'b', 'c']) {
    assert.match(await memberRow(page, name).innerText(), /Active/);
  }
  await stage.ask('traffic 8');
  await eventually(async () => assert.ok(await rateOf(memberRow(page, 'a')) > 0));
  await eventually(async () => assert.match(
    await memberRow(page, 'a').locator('[data-label="p99"]').innerText(), /[µm]?s$/));
  assert.match(await memberRow(page, 'a').locator('[data-label="State"]').innerText(), /^OK$/);
  assert.equal(await page.locator('.jk-plot canvas').count(), 3, 'three charts');
  await eventually(async () => assert.ok(await page.evaluate(() =>
    performance.getEntriesByName('jk-refresh').length) >= 6)); // something for the charts
  await stage.shoot('page', { fullPage: true });

  await page.getByRole('button', { name: 'lb', exact: true }).click();
  await page.getByRole('heading', { name: 'Members of lb' }).waitFor();
  assert.equal(await memberRow(page, 'direct').count(), 0);
  await page.getByRole('button', { name: 'Pause' }).click();
  await page.getByText('Paused').waitFor();
  assert.match(await page.title(), /status$/);
  await page.getByRole('link', { name: 'Classic page' }).click();
  await page.waitForURL(/cmd=list/);
  assert.equal(await page.locator('body.jk').count(), 0);
}

/** An edit, by keyboard alone, with its confirmation; and the same when somebody was faster. */
export async function edit(stage) {
  const page = await stage.openStatus();
  const button = page.getByRole('button', { name: 'Edit b', exact: true });
  await button.focus();
  await page.keyboard.press('Enter');
  const dialog = dialogOf(page, 'Member b of lb');
  const weight = dialog.getByLabel('lbfactor');
  await weight.waitFor();
  assert.deepEqual(await page.evaluate(unnamed), []);
  assert.deepEqual(await page.evaluate(weakTexts), []);
  const review = dialog.getByRole('button', { name: 'Review changes' });
  assert.ok(await review.isDisabled(), 'nothing to review yet');
  await weight.focus();
  await page.keyboard.press('Control+A');
  await page.keyboard.type('7');
  await stage.shoot('form');
  await page.keyboard.press('Enter');
  const question = dialogOf(page, 'Change member b of lb?');
  assert.match(await question.innerText(), /lbfactor\s+1\s*→\s*7/);
  await stage.shoot('confirmation');
  await page.keyboard.press('Escape');
  await question.waitFor({ state: 'detached' });
  assert.equal(await stage.ask('setting b lbfactor'), '1', 'nothing is done before the answer');
  assert.equal(await weight.inputValue(), '7', 'what was typed is still there');
  await weight.press('Enter');
  await question.getByRole('button', { name: 'Apply' }).press('Enter');
  await dialog.waitFor({ state: 'detached' });
  assert.equal(await stage.ask('setting b lbfactor'), '7');
  await eventually(async () => assert.equal(
    await memberRow(page, 'b').locator('[data-label="Weight"]').innerText(), '7'));
  assert.ok(await button.evaluate((element) => element === document.activeElement),
    'the keyboard is where it was');

  await button.click();
  await weight.fill('9');
  assert.equal(await stage.ask('set b lbfactor 4'), 'done'); // somebody else
  await review.click();
  await question.getByRole('button', { name: 'Apply' }).click();
  await dialog.getByText('Somebody else changed it').waitFor();
  assert.equal(await weight.inputValue(), '4', 'the form shows what is in force');
  assert.equal(await stage.ask('setting b lbfactor'), '4');
  stage.expectSilence(/status of 412/);
}

/** A value that the server refuses: it says why, and the form stays. */
export async function refused(stage) {
  const page = await stage.openStatus();
  await page.getByRole('button', { name: 'Edit b', exact: true }).click();
  const dialog = dialogOf(page, 'Member b of lb');
  await dialog.getByLabel('host', { exact: true }).fill('no such host.invalid');
  await dialog.getByRole('button', { name: 'Review changes' }).click();
  const question = dialogOf(page, 'Change member b of lb?');
  await question.getByRole('button', { name: 'Apply' }).click();
  await eventually(async () => assert.match(await question.getByRole('alert').innerText(), /host/));
  await page.keyboard.press('Escape');
  assert.ok(await dialog.isVisible());
  assert.equal(await stage.ask('setting b host'), '127.0.0.1');
  stage.expectSilence(/status of 422/);
}

/** Drain, enable and stop, each with a word on what it does. */
export async function drain(stage) {
  const page = await stage.openStatus();
  const activation = memberRow(page, 'a').locator('[data-label="Activation"]');
  const press = async (name, title, verb) => {
    await page.getByRole('button', { name, exact: true }).last().click();
    const question = dialogOf(page, title);
    const text = await question.innerText();
    await question.getByRole('button', { name: verb, exact: true }).click();
    await question.waitFor({ state: 'detached' });
    return text;
  };
  const told = await press('Drain a', 'Drain member a of lb?', 'Drain');
  assert.match(told, /active\s*→\s*disabled/);
  assert.match(told, /sessions/);
  await eventually(async () => assert.match(await activation.innerText(), /Disabled/));
  assert.equal(await stage.ask('setting a activation'), 'disabled');
  await press('Enable a', 'Enable member a of lb?', 'Enable');
  assert.equal(await stage.ask('setting a activation'), 'active');
  await page.getByRole('button', { name: 'Edit a', exact: true }).click();
  await press('Stop', 'Stop member a of lb?', 'Stop');
  await eventually(async () => assert.match(await activation.innerText(), /Stopped/));
  assert.equal(await stage.ask('setting a activation'), 'stopped');
  await page.getByRole('button', { name: 'Edit a', exact: true }).click();
  await press('Reset counters', 'Reset the counters of member a of lb?', 'Reset');
  await page.getByText('counters reset').waitFor();
}

/** A backend dies: its row turns red without a reload, and the failures say why. */
export async function down(stage) {
  const page = await stage.openStatus();
  await page.evaluate(() => { window.wasHere = true; });
  const state = memberRow(page, 'b').locator('[data-label="State"]');
  await stage.ask('kill b');
  await eventually(async () => assert.match(await state.innerText(), /^Error$/));
  assert.ok(await page.evaluate(() => window.wasHere), 'the page was not loaded again');
  const [red, green, blue] = (await state.locator('.jk-pill').evaluate((element) =>
    getComputedStyle(element).color)).match(/\d+/g).map(Number);
  assert.ok(red > 100 && red > 2 * green && red > 2 * blue, 'it is red');
  assert.match(await memberRow(page, 'b').getAttribute('class'), /jk-row-bad/);
  const failures = page.getByRole('table', { name: 'last failures' });
  await failures.getByText('connect-refused').first().waitFor();
  assert.match(await failures.getByText('connect-refused').first().getAttribute('title'),
    /refused.*Tomcat/);
  assert.match(await failures.innerText(), /<img src=x>/, 'paths are text');
  assert.equal(await page.locator('img').count(), 0);
  await stage.shoot('page', { fullPage: true });
  assert.match(await page.title(), /^[12] bad/); // the direct worker is on the same backend
  await page.getByRole('button', { name: /^Bad/ }).click();
  assert.ok(await memberRow(page, 'b').isVisible());
  assert.ok(!await memberRow(page, 'a').isVisible());
  await stage.ask('revive b');
  await page.getByRole('button', { name: 'Recover b' }).click();
  await dialogOf(page, 'Recover member b of lb?').getByRole('button', { name: 'Recover' }).click();
  await page.getByRole('button', { name: /^All/ }).click();
  await eventually(async () => assert.match(await state.innerText(), /^Recovering$/));
  await page.getByRole('button', { name: 'Edit b', exact: true }).click();
  const dialog = dialogOf(page, 'Member b of lb');
  await dialog.getByRole('button', { name: 'Reset counters' }).waitFor();
  assert.equal(await dialog.getByRole('button', { name: 'Recover' }).count(), 0,
    'it is recovering already');
  await page.keyboard.press('Escape');
  await stage.ask('traffic 4');
  await eventually(async () => assert.match(await state.innerText(), /^OK$/));
}

/** No answers: it says so, waits longer each time, and goes on when there are some again. */
export async function lost(stage) {
  const page = await stage.openStatus();
  let asked = 0;
  await page.route('**/api/v1/**', (route) => {
    asked += 1;
    return route.abort();
  });
  const banner = page.getByRole('alert').filter({ hasText: 'Lost contact' });
  await banner.waitFor();
  await stage.shoot('contact');
  assert.deepEqual(await page.evaluate(weakTexts), []);
  await page.waitForTimeout(4000);
  assert.ok(asked < 20, `${asked} questions in a few seconds are too many`);
  await page.unroute('**/api/v1/**');
  await banner.getByRole('button', { name: 'Try now' }).click();
  await banner.waitFor({ state: 'hidden' });
  await page.getByText('Live', { exact: true }).waitFor();
  stage.expectSilence(/ERR_FAILED|No numbers/);
}

/** Roles, labels, headings, contrast in both schemes, and the keyboard. */
export async function accessible(stage) {
  const page = await stage.openStatus();
  await stage.ask('traffic 4');
  for (const role of ['banner', 'navigation', 'main', 'contentinfo']) {
    assert.equal(await page.getByRole(role).count(), 1, role);
  }
  assert.equal(await page.evaluate(() => document.documentElement.lang), 'en');
  assert.deepEqual(await page.evaluate(unnamed), []);
  assert.deepEqual(await page.evaluate(headings), [1, 2, 2, 2, 2, 2]);
  for (const colorScheme of ['light', 'dark']) {
    await page.emulateMedia({ colorScheme });
    assert.deepEqual(await page.evaluate(weakTexts), [], colorScheme);
  }
  await stage.shoot('dark', { fullPage: true });
  await page.getByRole('button', { name: 'Edit a', exact: true }).click();
  await dialogOf(page, 'Member a of lb').waitFor();
  assert.deepEqual(await page.evaluate(weakTexts), [], 'dark dialog');
  await page.keyboard.press('Escape');

  await page.locator('body').press('/');
  const filter = page.getByLabel('Filter');
  assert.ok(await filter.evaluate((element) => element === document.activeElement));
  assert.ok(await filter.evaluate((element) => getComputedStyle(element).outlineStyle !== 'none'),
    'focus is seen');
  await page.keyboard.type((await memberRow(page, 'b').innerText()).match(/[\d.]+:\d+/)[0]);
  assert.ok(await memberRow(page, 'b').isVisible());
  assert.ok(!await memberRow(page, 'a').isVisible());
  await page.keyboard.press('Escape');
  assert.ok(await memberRow(page, 'a').isVisible());

  const header = page.getByRole('table', { name: 'members' })
    .getByRole('columnheader', { name: 'Member' });
  await header.getByRole('button').press('Enter');
  assert.equal(await header.getAttribute('aria-sort'), 'ascending');
  await header.getByRole('button').press('Space');
  assert.equal(await header.getAttribute('aria-sort'), 'descending');
  const names = await page.getByRole('table', { name: 'members' }).getByRole('rowheader')
    .allInnerTexts();
  assert.deepEqual(names.map((text) => text.split('\n')[0]), ['direct', 'c', 'b', 'a']);
  // everything that can be clicked can be reached by Tab
  const stops = new Set();
  await page.locator('body').press('Tab');
  for (let i = 0; i < 150; i += 1) {
    stops.add(await page.evaluate(() => document.activeElement.getAttribute('aria-label') ??
      document.activeElement.textContent));
    await page.keyboard.press('Tab');
  }
  for (const name of ['Skip to the members', 'Pause', 'lb', 'Edit balancer lb', 'Drain a', 'Edit c',
    'Find', 'Classic page']) {
    assert.ok(stops.has(name), `Tab does not reach "${name}"`);
  }
}

/** A phone: nothing is beyond its edge, and there are cards. */
export async function phone(stage) {
  const page = await stage.openStatus({ viewport: { width: 390, height: 844 }, hasTouch: true,
    isMobile: true, deviceScaleFactor: 2 });
  await stage.ask('traffic 4');
  assert.deepEqual(await page.evaluate(tooWide), []);
  await stage.shoot('top');
  await page.getByRole('region', { name: /^Members/ }).evaluate((element) => element.scrollIntoView());
  await stage.shoot('members');
  assert.equal(await page.getByRole('table', { name: 'members' }).count(), 1, 'it is still a table');
  await page.getByLabel('Sort members by').selectOption('rate');
  await page.getByRole('button', { name: 'Edit a', exact: true }).tap();
  await dialogOf(page, 'Member a of lb').waitFor();
  assert.deepEqual(await page.evaluate(tooWide), []);
  await stage.shoot('dialog');
}

/** The mount table and its question. */
export async function mounts(stage) {
  const page = await stage.openStatus();
  const table = page.getByRole('table', { name: 'mounts' });
  await table.getByRole('rowheader', { name: '/app/*' }).waitFor();
  const answer = page.getByRole('region', { name: 'Mounts' }).getByRole('status');
  const ask = async (url, expected) => {
    await page.getByLabel('Which worker gets this URL?').fill(url);
    await page.keyboard.press('Enter');
    await eventually(async () => assert.match(await answer.innerText(), expected));
  };
  await ask('/app/cart?x=1', /^lb gets \/app\/cart.*by the rule \/app\/\*/);
  await ask(`${new URL(stage.url).origin}/direct/`, /^direct gets/);
  await ask('/nothing/<b>here</b>', /^nobody gets \/nothing\/<b>here<\/b>/);
  await stage.shoot('answer');
}

/** A status worker that is read-only has nothing to press, and one without the API stays classic. */
export async function readOnly(stage) {
  const page = await stage.openStatus();
  await page.getByText('read-only').waitFor();
  assert.equal(await page.getByRole('button', { name: /^(Drain|Edit|Enable|Stop|Recover)/ }).count(), 0);
  await page.getByRole('button', { name: 'Details of a', exact: true }).click();
  const dialog = dialogOf(page, 'Member a of lb');
  await dialog.getByText('Address').waitFor();
  assert.equal(await dialog.getByRole('button').count(), 1, 'Close alone');
}

/** Without script, or without the API, the classic page is what there is. */
export async function classic(stage) {
  const plain = await stage.newPage({ javaScriptEnabled: false });
  await plain.goto(stage.url);
  assert.ok(await plain.getByText('lb').first().isVisible());
  await stage.shoot('page', { fullPage: true });
  const page = await stage.newPage();
  await page.route('**/api/v1/**', (route) => route.fulfill({ status: 403, body: '{}' }));
  await page.goto(stage.url);
  await page.waitForTimeout(500);
  assert.equal(await page.locator('body.jk').count(), 0);
  assert.ok(await page.getByText('lb').first().isVisible());
  stage.expectSilence(/status of 403/);
}

/** Five hundred members: found, sorted, and refreshed without a stutter. */
export async function many(stage) {
  const page = await stage.openStatus();
  const table = page.getByRole('table', { name: 'members' });
  assert.equal(await table.locator('tbody tr').count(), 504);
  // what did not change is not touched: weights never change here, rates always do
  await page.evaluate(() => {
    window.touched = { Weight: 0, 'Req/s': 0 };
    new MutationObserver((records) => records.forEach(({ target }) => {
      const label = target.dataset?.label;
      if (label in window.touched) {
        window.touched[label] += 1;
      }
    })).observe(document.body, { childList: true, subtree: true });
  });
  await eventually(async () => assert.ok(await page.evaluate(() =>
    performance.getEntriesByName('jk-refresh').length) >= 8), 40);
  const touched = await page.evaluate(() => window.touched);
  assert.ok(touched['Req/s'] > 500, 'rates are refreshed');
  assert.equal(touched.Weight, 0, 'weights are not');
  const times = (await page.evaluate(() => performance.getEntriesByName('jk-refresh')
    .map((entry) => entry.duration))).slice(1).sort((a, b) => a - b);
  const median = times[Math.floor(times.length / 2)];
  console.log(`# refresh of 504 rows: median ${median.toFixed(1)} ms, ` +
    `most ${times[times.length - 1].toFixed(1)} ms`);
  // a busy machine slows most of them down: the quicker half counts
  assert.ok(times[Math.floor(times.length / 4)] < 50, `refreshes took ${times} ms`);
  await page.getByLabel('Filter').fill('10.0.0.123');
  assert.equal(await table.locator('tbody tr:visible').count(), 2);
  await page.getByText('2 of 504 shown').waitFor();
  await page.getByLabel('Filter').fill('');
  await table.getByRole('columnheader', { name: 'p99' }).getByRole('button').click();
  const values = (await table.locator('td[data-label="p99"]').allInnerTexts()).map(parseFloat);
  assert.ok(values[0] >= values[250] && values[250] >= values[503]);
  await stage.shoot('sorted');
}
