// A role left to another adult: the holder passes a link on, the guest proves a telephone and answers alone.

import assert from 'node:assert/strict';

import { journey } from '../stage.mjs';
import * as step from '../steps.mjs';

const BASE = '/p/yihui-xicheng';
const HOLDER = '13900020001';

/** Gives every consent of the page the same answer. */
async function answerAll({ page }, word) {
  const answers = page.getByRole('group', { name: /^(同意|单独同意) / });
  const count = await answers.count();
  for (let nth = 0; nth < count; nth += 1) {
    await answers.nth(nth).getByLabel(word, { exact: true }).check();
  }
  return count;
}

/** Fills the guest's fields of a family member. */
async function fillMember({ page }, person, idNumber) {
  const field = (item) => page.locator(`[name="family.${item}"]`);
  await field('name').fill(person.name);
  await field('id-type').selectOption('居民身份证');
  await field('id-number').fill(idNumber);
  await page.locator('[name="family.sex"][value="女"]').check();
  await field('birth-date').fill(person.birth);
  await field('family-relation').fill('姐妹');
}

journey('an adult of the family is invited, refuses, agrees, and the link works once', async (stage) => {
  const { page } = stage;
  await step.beCustomer(stage, HOLDER, BASE);
  await page.goto(`${BASE}/functions/insure-family`);
  await step.arrive(stage, '为家庭成员投保');
  await page.getByLabel(/邀请本人填写/).first().check();
  await step.press(stage, '下一步');
  await page.getByText('这里不用填写').first().waitFor();
  await stage.look('form');
  await answerAll(stage, '同意');
  await step.press(stage, '提交');
  await step.arrive(stage, '邀请本人填写');
  await stage.look('link');
  const link = (await page.locator('pre.code').first().innerText()).trim();
  assert.match(link, /\/join\/[\w-]{43}$/, 'the link holds more than a secret');
  await step.follow(stage, '看看填写了没有');
  await page.getByText('等待填写').waitFor();
  assert.equal(await page.getByText('/join/').count(), 0, 'a link is shown twice');
  await stage.look('waiting');

  // Whoever was invited sits at another browser.
  const holder = await page.context().cookies();
  await page.context().clearCookies();
  const path = new URL(link).pathname;
  await page.goto(path);
  await page.getByRole('heading', { name: /受邀填写/ }).waitFor();
  await stage.look('opened');
  stage.tolerates(/status of 4(03|10|22)/);
  await step.field(stage, '手机号码').fill('123');
  await step.press(stage, '获取验证码');
  await page.getByRole('alert').waitFor();
  const person = step.newPerson();
  await step.field(stage, '手机号码').fill(person.phone);
  await step.press(stage, '获取验证码');
  const hint = await page.getByText('演示：短信里的验证码是').innerText();
  await step.field(stage, '验证码').fill(hint.match(/\d{6}/)[0]);
  await stage.look('code');
  await step.press(stage, '下一步');

  await fillMember(stage, person, step.wrongly(person.idNumber));
  assert.ok((await answerAll(stage, '不同意')) >= 2, 'the guest has consents of the own');
  await step.press(stage, '提交');
  await page.getByRole('alert').waitFor();
  assert.equal(await page.getByRole('radio', { name: '同意', checked: true }).count(), 0, 'a consent is remembered');
  await fillMember(stage, person, person.idNumber);
  await answerAll(stage, '不同意');
  await step.press(stage, '提交');
  await page.getByRole('heading', { name: '没有提交：您填写的内容没有保存' }).waitFor();
  await stage.look('refused');
  await answerAll(stage, '同意');
  await step.press(stage, '提交');
  await step.arrive(stage, '已提交');
  await stage.look('joined');
  // The link lets nobody join twice; by the same telephone it leads back to what was given.
  await page.context().clearCookies();
  await page.goto(path);
  await step.arrive(stage, '回到您填写的内容');
  await stage.look('back');
  await step.field(stage, '手机号码').fill(person.phone);
  await step.press(stage, '获取验证码');
  const again = await page.getByText('演示：短信里的验证码是').innerText();
  await step.field(stage, '验证码').fill(again.match(/\d{6}/)[0]);
  await stage.look('back code');
  await step.press(stage, '进入');
  await page.waitForURL(/\/mine$/);
  await stage.look('own');
  await page.goto(`${BASE}/home`);
  await page.getByText('您没有在这里开立账号').waitFor();
  await page.goto(`${BASE}/consents`);
  await page.getByRole('link', { name: /^撤回/ }).first().click();
  await stage.look('withdraw');
  await step.press(stage, '撤回同意');
  await page.getByRole('heading', { level: 1, name: /已撤回/ }).waitFor();

  await page.context().clearCookies();
  await page.context().addCookies(holder);
  await page.goto(`${BASE}/home`);
  await step.arrive(stage, '您好');
  assert.equal(await page.getByText(person.name).count(), 0, 'the holder is told who joined');
});
