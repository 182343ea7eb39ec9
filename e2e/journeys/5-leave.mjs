// Leaving: what is erased at once, what the law keeps, and that nobody comes back by the old number.

import assert from 'node:assert/strict';

import { WIDTHS, journey } from '../stage.mjs';
import { demo } from '../server.mjs';
import * as step from '../steps.mjs';

// Who has left is gone for every later journey, so each width has a demo of its own.
for (const width of WIDTHS) {
  const server = () => demo();

  journey('a person without a policy leaves and cannot come back', async (stage) => {
    const { page } = stage;
    page.on('dialog', (dialog) => dialog.accept());
    await step.beCustomer(stage, step.UNINSURED);
    await leavePlan(stage);
    await page.getByRole('listitem').filter({ hasText: '账户中作为注册用户的信息' }).waitFor();
    await stage.look('plan');
    await step.press(stage, '删除信息并注销账号');
    await step.arrive(stage, '账号已注销');
    await page.getByText('删除证明').waitFor();
    await stage.look('certificate');

    await step.open(stage, '/home');
    await step.arrive(stage, /登录/);
    const gone = await codeFor(stage, step.UNINSURED);
    const stranger = await codeFor(stage, '13900009999');
    assert.equal(gone, stranger, 'the answer tells who had an account');
  }, { widths: [width], server });

  journey('a person with a policy in force leaves, and the law keeps the policy until a day', async (stage) => {
    const { page } = stage;
    page.on('dialog', (dialog) => dialog.accept());
    await step.beCustomer(stage, step.INSURED);
    await leavePlan(stage);
    const kept = page.getByRole('listitem').filter({ hasText: '保单中作为投保人的信息' });
    await kept.getByText('2055年3月1日').waitFor();
    await kept.getByText('《保险法》第八十七条').waitFor();
    await stage.look('plan');
    await step.press(stage, '删除信息并注销账号');
    await step.arrive(stage, '账号已注销');
    await kept.getByText('2055年3月1日').waitFor();
    await stage.look('certificate');
  }, { widths: [width], server });
}

async function leavePlan(stage) {
  await stage.page.getByRole('navigation', { name: '主导航' }).getByRole('link', { name: '隐私中心' }).click();
  await stage.page.getByRole('main').getByRole('link', { name: '删除信息与注销账号' }).first().click();
  await step.arrive(stage, '删除信息与注销账号');
}

/** What the pages say after a code was asked for and mistyped: without digits, and without what a message in the demo's telephone says. */
async function codeFor(stage, phone) {
  await step.open(stage, '/login');
  await step.field(stage, '手机号码').fill(phone);
  await step.press(stage, '获取验证码');
  await step.arrive(stage, '输入验证码');
  const asked = await stage.page.getByRole('main').innerText();
  stage.tolerates(/status of 422/);
  await step.field(stage, '验证码').fill('000000');
  await step.press(stage, '登录');
  await stage.page.getByRole('alert').waitFor();
  const answered = await stage.page.getByRole('main').innerText();
  return `${asked}\n${answered}`.replaceAll(/\d/g, '0').replaceAll(/演示：短信里.*|短信中的.*/g, '');
}
