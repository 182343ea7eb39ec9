// A company books for its people, and its contact picks the one insurer that gets the booking; a refusal on the way.

import assert from 'node:assert/strict';

import { journey } from '../stage.mjs';
import * as step from '../steps.mjs';

const PLATFORM = 'yihui-xicheng';
const BASE = `/p/${PLATFORM}`;
const PICKED = '太湖之光人寿保险股份有限公司';
const SUSPENDED = '梅园财产保险股份有限公司';

async function answerAll(stage, word) {
  for (const control of await stage.page.locator(`input[type=radio][value=${word}]`).all()) {
    await control.check();
  }
}

journey('a company books for its people and picks the insurer that gets the booking', async (stage) => {
  const { page } = stage;
  const { name, phone } = step.newPerson();
  const group = (item) => page.locator(`[name="group.${item}"]`);
  const contact = (item) => page.locator(`[name="contact.${item}"]`);
  await page.goto(`${BASE}/register/company`);
  await step.arrive(stage, '企业注册');
  await group('group-type').fill('企业');
  await group('company-name').fill('星桥仪器有限公司');
  await group('group-size').fill('30');
  await contact('contact-name').fill(name);
  await contact('contact-phone').fill(phone);
  await contact('contact-email').fill('wen@xingqiao.example');
  await answerAll(stage, 'yes');
  await step.press(stage, '提交注册');
  await step.enterCode(stage);

  await page.getByRole('heading', { name: '待您选定' }).waitFor();
  await stage.look('home');
  await step.follow(stage, '去选定');
  await step.arrive(stage, '团体投保预约');
  assert.equal(await page.getByText(SUSPENDED).count(), 0, 'somebody is offered to whom nothing goes any more');
  await stage.look('insurers');
  await page.getByRole('link', { name: /^授权这家机构/ }).click();
  await step.arrive(stage, `授权${PICKED}`);
  await stage.look('form');

  // Whoever says no is asked nothing else, and the booking reaches nobody.
  await answerAll(stage, 'no');
  await step.press(stage, '提交');
  await page.waitForURL(/done=/);
  await page.getByRole('heading', { name: '待您选定' }).waitFor();

  await step.follow(stage, '去选定');
  await page.getByRole('link', { name: /^授权这家机构/ }).click();
  await page.getByRole('group', { name: '授权到何时' }).getByLabel('直到我撤销').check();
  await answerAll(stage, 'yes');
  await step.press(stage, '提交');
  await step.arrive(stage, `已授权${PICKED}`);
  await stage.look('picked');
  await page.goto(`${BASE}/home`);
  assert.equal(await page.getByRole('heading', { name: '待您选定' }).count(), 0);
  await page.goto(`${BASE}/mine/shared`);
  await page.getByText('实际承保的保险公司').first().waitFor();
  await stage.look('shared');
});
