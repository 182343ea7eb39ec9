// A new version comes into force: whoever agreed to what it widens is asked again for exactly that, and reads why.

import assert from 'node:assert/strict';

import { journey } from '../stage.mjs';
import * as step from '../steps.mjs';
import { command, updated } from '../server.mjs';

/** The scopes that the later version widens, as the program compares the two. */
async function widened() {
  const told = await command(['diff', 'platforms/haigang', 'platforms/haigang/later/2026-09-01.toml', '--json']);
  const fates = JSON.parse(told).consents;
  return new Set(fates.filter(({ fate }) => fate === 'again').map(({ scope }) => scope));
}

journey('a customer is asked again for what a new version widens and reads why', async (stage) => {
  const { page } = stage;
  const someone = page.viewportSize().width < 600 ? step.INSURED : step.MATURED;
  await step.beCustomer(stage, someone);
  await step.open(stage, '/consents');
  const again = page.locator('#again');
  await again.getByRole('heading', { name: '政策更新后，请您重新决定' }).waitFor();
  const asked = again.locator('.sheets > li');
  const links = await again.getByRole('link', { name: /^重新决定/ }).evaluateAll((all) => all.map((one) => one.getAttribute('href')));
  const scopes = links.map((href) => href.split('/').pop());
  const wider = await widened();
  assert.ok(scopes.length > 0, 'nobody is asked anything');
  assert.deepEqual(scopes.filter((scope) => !wider.has(scope)), [], 'asked for what is no wider');
  // Each consent that stopped counting is asked for, and no other.
  assert.equal(await page.getByText('政策已更新，不再适用').count(), scopes.length);
  for (let nth = 0; nth < scopes.length; nth += 1) {
    const why = await asked.nth(nth).locator('.why li').allInnerTexts();
    assert.ok(why.length > 0 && why.every((line) => /[\u4e00-\u9fff]/.test(line)), `no reason for ${scopes[nth]}`);
  }
  await stage.look('asked again');

  await again.getByRole('link', { name: /^重新决定/ }).first().click();
  await page.getByLabel('同意', { exact: true }).check();
  await step.press(stage, '提交');
  await page.getByRole('status').waitFor();
  await step.open(stage, '/consents');
  assert.equal(await asked.count(), scopes.length - 1, 'what was decided is still asked');
}, { server: updated });
