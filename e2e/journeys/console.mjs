// Staff: sign in, find somebody by the whole number, see masks with their reasons, and leave a trace with every look.

import assert from 'node:assert/strict';

import { journey } from '../stage.mjs';
import * as step from '../steps.mjs';

journey('staff find a person by the whole number and see masks with the reasons of both sides', async (stage) => {
  const { page } = stage;
  await step.beStaff(stage, 'kefu');
  await page.goto('/console/');
  await step.arrive(stage, '今天');
  await stage.look('home');
  await step.find(stage, '13900009998');
  await page.getByText('没有找到').waitFor();
  await step.find(stage, step.INSURED);
  await stage.look('found');
  await step.openSubject(stage, step.INSURED);
  assert.doesNotMatch(page.url(), new RegExp(step.INSURED), 'the number stands in the address');
  const text = await page.getByRole('main').innerText();
  assert.doesNotMatch(text, /13900000001|990101198604123245|林晚照/, 'something is shown in the clear');
  const row = page.getByRole('row').filter({ hasText: '证件号码' }).first();
  assert.match(await row.innerText(), /掩码|不展示/);
  assert.equal(await page.getByRole('link', { name: /^查看原文/ }).count(), 0, 'who may not look is offered to');
  await stage.look('subject');
});

journey('a clear view is refused to one role, and allowed to another for a reason', async (stage) => {
  const { page } = stage;
  await step.beStaff(stage, 'lipei');
  await step.openSubject(stage, step.INSURED);
  await page.getByRole('link', { name: '查看原文：证件号码' }).first().click();
  await step.arrive(stage, '申请查看原文：证件号码');
  const address = page.url();
  await stage.look('request');
  stage.tolerates(/status of 422/);
  await step.press(stage, '查看原文');
  await page.getByRole('alert').waitFor();
  await page.getByLabel('为了哪项业务').selectOption({ index: 1 });
  await page.getByLabel('查看原因').selectOption('核实客户身份');
  await step.press(stage, '查看原文');
  await page.getByText('990101198604123245').waitFor();
  await stage.look('clear');

  stage.tolerates(/status of 403/);
  await page.context().clearCookies();
  await step.beStaff(stage, 'kefu');
  await page.goto(address);
  if (await step.heading(stage, '申请查看原文').count() > 0) {
    await page.getByLabel('为了哪项业务').selectOption({ index: 1 });
    await page.getByLabel('查看原因').selectOption('核实客户身份');
    await step.press(stage, '查看原文');
  }
  await step.arrive(stage, /没有执行|没有.*权限/);
  assert.doesNotMatch(await page.content(), /990101198604123245/);
  await stage.look('refused');
});

journey('staff read the ledger with its checkpoint and the policy with its findings', async (stage) => {
  const { page } = stage;
  await step.beStaff(stage, 'operator');
  await page.goto('/console/ledger');
  await step.arrive(stage, '存证账本');
  assert.match(await page.locator('#checkpoint').innerText(), /haigang/);
  await stage.look('ledger');
  await step.press(stage, '核验整本账');
  await page.getByText('没有发现损坏').waitFor();
  await page.goto('/console/policy');
  await page.getByRole('heading', { name: '检查发现' }).waitFor();
  await stage.look('policy');
  await page.getByRole('link', { name: '数据流图' }).click();
  await step.arrive(stage, '数据流图');
  await stage.look('map');
  await page.goto('/console/requests');
  await stage.look('requests');
});

journey('compliance has every report made and each is on the ledger', async (stage) => {
  const { page } = stage;
  await step.beStaff(stage, 'operator');
  for (const [kind, table] of [
    ['保存与删除', '各类记录'],
    ['访问审查', '谁做了什么'],
    ['删除通知', '各系统的应答'],
    ['密码应用', '算法与标准'],
    ['明文检查', '检查范围'],
  ]) {
    await page.goto('/console/reports');
    await step.arrive(stage, /报告/);
    if (kind === '保存与删除') {
      await stage.look('reports');
    }
    await step.press(stage, `出具${kind}`);
    await step.arrive(stage, kind);
    await page.getByRole('heading', { name: table }).waitFor();
    await page.getByText('没有发现问题').waitFor();
    assert.doesNotMatch(await page.content(), /13900000001|990101198604123245|林晚照/, 'a customer stands in a report');
    await stage.look(kind);
  }
  await page.goto('/console/ledger');
  await page.getByText('出具报告').first().waitFor();
});

journey('nobody sees the console without signing in, which needs no mouse', async (stage) => {
  const { page } = stage;
  for (const path of ['/console/', '/console/subjects', '/console/ledger', '/console/policy', '/console/policy/map']) {
    await page.goto(path);
    await step.arrive(stage, '工作人员登录');
  }
  await stage.look('sign in');
  const reached = [];
  for (const wanted of ['登录名', '口令']) {
    await tabTo(page, wanted, reached);
    await page.keyboard.type(wanted === '登录名' ? 'lipei' : step.passphrase(stage, 'lipei'));
  }
  await page.keyboard.press('Enter');
  await step.arrive(stage, '今天');
});

/** Presses Tab until the control of that name has the focus; every stop on the way shows where it is. */
async function tabTo(page, wanted, reached) {
  for (let stops = 0; stops < 20; stops += 1) {
    await page.keyboard.press('Tab');
    const stop = await page.evaluate(() => {
      const element = document.activeElement;
      const { outlineStyle, outlineWidth } = getComputedStyle(element);
      const name = element.labels?.[0]?.textContent ?? element.textContent;
      return { name: name.trim(), ring: outlineStyle === 'none' ? 0 : Number.parseFloat(outlineWidth) };
    });
    assert.ok(stop.ring >= 3, `“${stop.name}” has the focus and shows a ring of ${stop.ring} px`);
    reached.push(stop.name);
    if (stop.name.startsWith(wanted)) {
      return;
    }
  }
  assert.fail(`Tab does not reach “${wanted}”, only ${reached.join(', ')}`);
}
