// A sale, and then the same sale again as it was: for its customer and for staff.

import assert from 'node:assert/strict';

import { journey } from '../stage.mjs';
import * as step from '../steps.mjs';

const PLATFORM = 'jd-allianz';
const BASE = `/p/${PLATFORM}`;
const CUSTOMER = '13900030001';
const NUMBER = '990401198509172029';

const FIELDS = {
  name: '周听澜',
  nationality: '中国',
  occupation: '中学教师',
  'home-or-work-address': '澜江省听涛市东屏区梧桐路26号',
  phone: CUSTOMER,
  'id-number': NUMBER,
  'id-validity': '2016-05-01至2036-05-01',
};

async function fillIn(page) {
  for (const [item, value] of Object.entries(FIELDS)) {
    const control = page.locator(`[name="applicant.${item}"]`);
    if (await control.count()) {
      await control.fill(value);
    }
  }
  await page.locator('[name="applicant.id-type"]').selectOption('居民身份证');
  await page.locator('[name="applicant.sex"][value="女"]').check();
}

journey('a sale is shown again to its customer and to staff, page by page', async (stage) => {
  const { page } = stage;
  await step.beCustomer(stage, CUSTOMER, BASE);
  await page.goto(`${BASE}/functions/apply`);
  await step.arrive(stage, '投保');
  await page.getByLabel(/航空/).check();
  await page.getByRole('group', { name: '被保险人是谁' }).getByLabel(/就是我本人/).check();
  await step.press(stage, '下一步');
  await fillIn(page);
  const answers = page.getByRole('group', { name: /^(同意|单独同意|书面同意) / });
  const count = await answers.count();
  stage.tolerates(/status of 4(03|22)/);
  if (count > 0) {
    await step.press(stage, '提交');
    await page.getByRole('alert').first().waitFor();
  }
  for (let nth = 0; nth < count; nth += 1) {
    await answers.nth(nth).getByLabel('同意', { exact: true }).check();
  }
  await step.press(stage, '提交');
  await page.waitForURL(/done=/);

  await page.goto(`${BASE}/mine`);
  await page.getByRole('heading', { name: '办理过程回放' }).waitFor();
  await page.getByRole('main').getByRole('link', { name: /建立的“保单”/ }).first().click();
  await step.arrive(stage, '“保单”办理过程回放');
  await page.getByText('与存证一致').waitFor();
  await page.getByText('提交，业务已受理').waitFor();
  const course = await page.getByRole('main').innerText();
  assert.doesNotMatch(course, new RegExp(`${NUMBER}|周听澜`), 'something is shown in the clear');
  await stage.look('course');
  await page.getByRole('link', { name: '看第 2 页当时的样子' }).click();
  await page.getByText('页面原样，不能填写').waitFor();
  assert.equal(await page.locator('[name="applicant.name"]').isEnabled(), false, 'the page of then can be filled in');
  assert.equal(await page.locator('[name="applicant.name"]').inputValue(), '');
  if (count > 0) {
    await page.getByText('当时的选择').first().waitFor();
  }
  await stage.look('page');

  await step.beStaff(stage, 'hebao', PLATFORM);
  await step.openSubject(stage, CUSTOMER);
  await page.getByRole('link', { name: '办理过程回放' }).first().click();
  await step.arrive(stage, '“保单”办理过程回放');
  await stage.look('staff');
});
