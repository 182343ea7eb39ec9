// What a customer does with a policy in force: its certificate, looked at and printed.

import assert from 'node:assert/strict';

import { journey } from '../stage.mjs';
import * as step from '../steps.mjs';

/** Opens the first record of a list. Gives its address. */
async function firstRecord(stage, base, list) {
  const { page } = stage;
  await page.goto(`${base}${list}`);
  const href = await page.locator(`a[href^="${base}/records/rec-"]`).first().getAttribute('href');
  await page.goto(href);
  return href;
}

journey('a policy in force has a certificate to print', async (stage) => {
  const { page } = stage;
  await step.beCustomer(stage, step.INSURED);
  const record = await firstRecord(stage, step.BASE, '/records?function=query-policy');
  await page.getByRole('link', { name: '电子保险凭证' }).click();
  await step.arrive(stage, '电子保险凭证');
  assert.equal(new URL(page.url()).pathname, `${record}/certificate`);
  await page.getByRole('button', { name: '打印或存为 PDF' }).waitFor();
  assert.equal(await page.getByText(/\d{14,}/).count(), 0, 'a number stands there unmasked');
  await stage.look('certificate');

  await page.emulateMedia({ media: 'print' });
  assert.ok(!(await page.getByRole('button', { name: '打印或存为 PDF' }).isVisible()), 'a button is printed');
  assert.ok(await page.getByText('保障期间').isVisible());
  await stage.look('paper');
  await page.emulateMedia({ media: 'screen' });
});
